"""All period tables over ten million experiences in DuckDB: the SQL that dbt compiles, on made-up experiences.

    python -m benchmarks.periods [--rows 10000000] [--threads 2]

Builds the sample once for its tables and compiled SQL, puts so many experiences of 50 brands over four years in the
place of core.experience, and makes every table that a period needs. Other processes make the wall's time lie, so
processor seconds by the number of cores stand beside it: what an idle machine would take.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

__all__ = ["TABLES", "Made", "measure"]

ROOT = Path(__file__).resolve().parents[1]
TABLES = (  # in the order in which they need each other
    "source_day", "listening", "brand_span", "period", "source_coverage", "correction", "channel_day",
    "channel_estimate", "estimate", "change", "brand_day", "brand_period", "channel_period", "driver_period",
    "share_of_voice_period", "place_period", "brand_period_history", "what_if", "sensitivity",
)  # fmt: skip
MEMORY = "2GB"
_AS_OF = "2026-11-20 12:00:00+00"
_EXPERIENCES = """
CREATE TABLE core.made AS
SELECT
    md5_number(n::VARCHAR)::UUID AS mention_id,
    'brand-' || floor(50 * pow(place, 2))::INTEGER AS brand,  -- a few are told of much
    1 AS episode_no,
    CASE WHEN kind < 0.5 THEN 'posts' WHEN kind < 0.6 THEN 'forum' WHEN kind < 0.9 THEN 'reviews' ELSE 'inbox' END
        AS source,
    CASE WHEN kind < 0.6 THEN 'online' WHEN kind < 0.9 THEN 'review_site' ELSE 'company' END AS channel,
    TIMESTAMPTZ '{as_of}' - to_seconds((age * 4 * 365 * 86400)::BIGINT) AS told_at,
    told_at::DATE AS told_date,
    CASE WHEN mood < 0.25 THEN 'bad' WHEN mood < 0.6 THEN 'neutral' WHEN mood < 0.95 THEN 'good' END AS label,
    CASE WHEN kind >= 0.6 AND kind < 0.9 THEN 'rating' ELSE 'text' END AS label_basis,
    CASE WHEN (mood < 0.25 OR mood >= 0.6) AND why < 0.6 THEN drivers[1 + (why * 50)::INTEGER % len(drivers)]
        || CASE WHEN why < 0.2 THEN ', ' || drivers[1 + (why * 300 + 7)::INTEGER % len(drivers)] ELSE '' END END
        AS drivers,
    CASE WHEN kind >= 0.6 AND kind < 0.9 THEN 1 + (mood * 4)::INTEGER END::DOUBLE AS rating_of_five,
    why > 0.92 AS is_duplicate,
    mood < 0.01 AS is_recovered,
    false AS is_linked,
    CASE WHEN kind < 0.6 AND why > 0.5 THEN age * 2000 END::DOUBLE AS audience,
    CASE WHEN kind < 0.6 THEN (place * 3)::BIGINT END AS repost_count,
    CASE WHEN kind >= 0.6 AND kind < 0.65 THEN 'place-' || (why * 100)::INTEGER END AS place_id
FROM (
    SELECT n, random() AS kind, random() AS mood, random() AS place, random() AS age, random() AS why
    FROM range({rows}) AS number (n)
)
CROSS JOIN (SELECT list(driver ORDER BY driver) AS drivers FROM raw.driver)
"""


@dataclass(frozen=True)
class Made:
    """One table: its rows, seconds by the wall, seconds of processor."""

    table: str
    rows: int
    seconds: float
    cpu_seconds: float


def measure(*, rows: int, threads: int, folder: Path) -> list[Made]:
    """Make the experiences and then every period table; return what each cost."""
    home = folder / "home"
    command = [str(Path(sys.executable).with_name("grapevine")), "--home", str(home)]
    config = str(ROOT / "examples" / "sample" / "grapevine.toml")
    for step in ("pull", "load", "score", "build"):
        subprocess.run([*command, step, "--config", config], check=True, stdout=subprocess.DEVNULL)
    nodes = _compiled(home, folder / "compiled")
    limits: dict[str, Any] = {"memory_limit": MEMORY, "threads": threads, "temp_directory": str(folder / "temp")}
    with duckdb.connect(str(home / "grapevine.duckdb"), config=limits) as connection:
        _prepare(connection, rows)
        return [_make(connection, nodes[table]) for table in TABLES]


def _compiled(home: Path, target: Path) -> dict[str, dict[str, Any]]:
    """The SQL of each model, as dbt compiles it."""
    project = str(ROOT / "warehouse")
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "--write-json", "compile", "--full-refresh"]
    places = [
        "--project-dir",
        project,
        "--profiles-dir",
        project,
        "--target-path",
        str(target),
        "--log-path",
        str(target),
    ]
    given = {
        "GRAPEVINE_DUCKDB": str(home / "grapevine.duckdb"),
        "GRAPEVINE_MEMORY": MEMORY,
        "GRAPEVINE_TEMP": str(target / "temp"),
    }
    subprocess.run([*command, *places], check=True, stdout=subprocess.DEVNULL, env=os.environ | given)
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return {node["name"]: node for node in manifest["nodes"].values() if node["resource_type"] == "model"}


def _prepare(connection: duckdb.DuckDBPyConnection, rows: int) -> None:
    connection.execute("SET TimeZone = 'UTC'; SET preserve_insertion_order = false; SELECT setseed(0.5)")
    connection.execute(_EXPERIENCES.format(rows=rows, as_of=_AS_OF))
    connection.execute("DROP VIEW core.experience CASCADE; CREATE VIEW core.experience AS FROM core.made")
    connection.execute("UPDATE raw.clock SET as_of = ?::TIMESTAMPTZ", [_AS_OF])
    connection.execute(
        "INSERT INTO raw.brand BY NAME SELECT DISTINCT one.brand, one.brand AS brand_name, 'UTC' AS time_zone, "
        "[one.brand] AS names, ['brand-1'] AS competitors, true AS is_configured FROM core.made AS one"
    )
    connection.execute("CREATE TABLE core.one_line AS FROM raw.coverage LIMIT 1")
    connection.execute("DELETE FROM raw.coverage")
    connection.execute(
        "INSERT INTO raw.coverage BY NAME SELECT * REPLACE (NULL AS brand, source AS source, NULL AS valid_from) "
        "FROM (SELECT * EXCLUDE (source) FROM core.one_line) CROSS JOIN (SELECT DISTINCT source FROM core.made)"
    )


def _make(connection: duckdb.DuckDBPyConnection, node: dict[str, Any]) -> Made:
    name = f"{node['schema']}.{node['name']}"
    wall, processor = time.perf_counter(), time.process_time()
    connection.execute(f"CREATE OR REPLACE TABLE {name} AS {node['compiled_code']}")
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    (count,) = connection.execute(f"SELECT count(*) FROM {name}").fetchall()[0]
    return Made(name, count, wall, processor)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        tables = measure(rows=options.rows, threads=options.threads, folder=Path(made))
    print(f"{options.rows:,} experiences, {options.threads} threads, at most {MEMORY} for DuckDB")
    print(f"{'table':32}{'rows':>12}{'s by the wall':>16}{'s of processor':>16}")
    for one in tables:
        print(f"{one.table:32}{one.rows:>12,}{one.seconds:>16.2f}{one.cpu_seconds:>16.2f}")
    wall, processor = sum(one.seconds for one in tables), sum(one.cpu_seconds for one in tables)
    print(f"{'all':32}{sum(one.rows for one in tables):>12,}{wall:>16.2f}{processor:>16.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"an idle machine: {processor / options.threads:.1f} s; largest memory of the process {peak:,.0f} MB")


if __name__ == "__main__":
    main()
