"""The published file is the same to the DuckDB that wrote it and to an older one, such as drivers of BI tools have."""

from __future__ import annotations

import inspect
import json
import subprocess

import duckdb
from pipeline import PYTHON, Pipeline


def test_published_file__same_in_both_versions_of_duckdb(pipeline: Pipeline) -> None:
    assert duckdb.__version__.startswith("1.5.")
    here = fingerprints(str(pipeline.published_file))
    # the same function, in the project's own environment
    code = (
        inspect.getsource(fingerprints)
        + "\nimport sys, json, duckdb\n"
        + ("print(json.dumps([duckdb.__version__, fingerprints(sys.argv[1])]))")
    )
    said = subprocess.run([PYTHON, "-c", code, pipeline.published_file], capture_output=True, text=True, check=True)
    version, there = json.loads(said.stdout)

    assert version.startswith("2.")
    assert len(here) >= 16
    assert here == there


def fingerprints(file: str) -> dict[str, list[object]]:
    """Return of each table its row count, and of each column its distinct values and its sum or lengths."""
    import duckdb

    with duckdb.connect(file, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns = connection.execute(
            "select table_name, column_name, data_type from information_schema.columns "
            "where table_schema = 'marts' order by all"
        ).fetchall()
        asked: dict[str, list[str]] = {}
        for table_name, column, data_type in columns:
            is_number = data_type in ("DOUBLE", "BIGINT", "INTEGER")
            total = f'fsum("{column}")' if is_number else f'sum(length("{column}"::varchar))'
            asked.setdefault(table_name, ["count(*)"]).extend([f'count(distinct "{column}")', f"{total}::double"])
        return {
            name: [
                float(value or 0)
                for value in connection.execute(f"select {', '.join(parts)} from marts.{name}").fetchone()
            ]
            for name, parts in asked.items()
        }
