"""Time the dashboards' queries on a home's published file, each on a connection of its own, as Superset asks them.

    var/bi/venv/bin/python bi/measure.py HOME

The queries are those that Superset sent in the last `make test-bi`, with the brand of most mentions in the place of the
sample's. Prints milliseconds: the best of five, with opening the file.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

QUERIES = Path(__file__).resolve().parents[1] / "var" / "bi" / "queries.json"
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


def main(home: Path) -> None:
    """Print a line for each query, the slowest first."""
    file = home / "published" / "current" / "grapevine.duckdb"
    if not file.exists() or not QUERIES.exists():
        sys.exit(f"needs {file} (publish something) and {QUERIES} (run `make test-bi`)")
    known = json.loads(QUERIES.read_text(encoding="utf-8"))
    with duckdb.connect(file, read_only=True) as connection:
        brand, count = connection.execute(
            "SELECT brand_name, count(*) AS mention_count FROM marts.mentions GROUP BY ALL ORDER BY mention_count DESC"
        ).fetchone() or ("", 0)
    told = {
        chart: milliseconds(file, query.replace(known["brand"], brand)) for chart, query in known["queries"].items()
    }
    sys.stdout.write(f"{brand}, {count:,} mentions; DuckDB {duckdb.__version__}\n")
    for chart, taken in sorted(told.items(), key=lambda one: -one[1]):
        sys.stdout.write(f"{taken:8.1f} ms  {chart}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
