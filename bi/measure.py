"""Time the dashboards' queries on a home's published file, each on a connection of its own, as Superset asks them.

    var/bi/venv/bin/python bi/measure.py HOME

The queries are those that Superset sent in the last `make test-bi`, with the brand of most mentions in the place of the
sample's; where that was never run, the datasets that all charts read, of which Superset takes a part (.venv/bin/python
will do). Prints milliseconds: the best of five, with opening the file.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb
import yaml

QUERIES = Path(__file__).resolve().parents[1] / "var" / "bi" / "queries.json"
DATASETS = Path(__file__).resolve().parent / "superset" / "datasets" / "Grapevine"
TIMES = 5


def milliseconds(file: Path, query: str) -> float:
    """Return how long a query takes at best, with opening the file and fetching all rows."""
    best = float("inf")
    for _ in range(TIMES):
        start = time.perf_counter()
        with duckdb.connect(file, read_only=True) as connection:
            connection.execute(query).fetchall()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def queries(brand: str) -> dict[str, str]:
    """Return what is asked, for the brand, by name."""
    if QUERIES.exists():
        known = json.loads(QUERIES.read_text(encoding="utf-8"))
        return {chart: query.replace(known["brand"], brand) for chart, query in known["queries"].items()}
    datasets = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(DATASETS.glob("*.yaml"))]
    found = {}
    for one in datasets:
        sql = one["sql"] or f"FROM marts.{one['table_name']}"
        where = f"WHERE brand_name = '{brand}'" if "brand_name" in sql else ""
        found[one["table_name"]] = f"FROM ({sql}) AS dataset {where}"
    return found


def main(home: Path) -> None:
    """Print a line for each query, the slowest first."""
    file = home / "published" / "current" / "grapevine.duckdb"
    if not file.exists():
        sys.exit(f"needs {file} (publish something)")
    with duckdb.connect(file, read_only=True) as connection:
        brand, count = connection.execute(
            "SELECT brand_name, sum(mention_count)::BIGINT AS mention_count FROM marts.brand_day "
            "INNER JOIN marts.brand USING (brand) GROUP BY ALL ORDER BY mention_count DESC"
        ).fetchone() or ("", 0)
    told = {chart: milliseconds(file, query) for chart, query in queries(brand).items()}
    sys.stdout.write(f"{brand}, {count:,} mentions; DuckDB {duckdb.__version__}\n")
    for chart, taken in sorted(told.items(), key=lambda one: -one[1]):
        sys.stdout.write(f"{taken:8.1f} ms  {chart}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
