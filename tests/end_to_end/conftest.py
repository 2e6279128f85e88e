"""What the end-to-end tests share: the sample's settings, a way to run, and what "the same" means."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from records.home import Home

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "examples" / "sample" / "grapevine.toml"
# How a pull went may differ between two runs that bring the same; so may the moments at which rows were written.
NOT_COMPARED = {"pull", "source_health"}
NOT_COMPARED_COLUMN = "column_name NOT LIKE '%\\_loaded\\_at' ESCAPE '\\' AND column_name <> 'fetched_at'"

Tables = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def grapevine() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Start the command line in a process of its own."""

    def start(home: Home, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(Path(sys.executable).with_name("grapevine")), "--home", str(home.root), *arguments]
        env = {name: value for name, value in os.environ.items() if not name.startswith("GRAPEVINE")}
        return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)

    return start


@pytest.fixture
def tables_of() -> Callable[[Home], Tables]:
    """Return every table of the private warehouse as far as two equal runs must agree on it, rows in order."""

    def read(home: Home) -> Tables:
        found: Tables = {}
        with duckdb.connect(str(home.warehouse), read_only=True) as connection:
            columns = connection.execute(
                "SELECT table_schema, table_name, "
                "string_agg(format('\"{}\"', column_name), ', ' ORDER BY ordinal_position) "
                f"FROM information_schema.columns WHERE {NOT_COMPARED_COLUMN} "
                "AND table_schema IN ('raw', 'core', 'marts') GROUP BY ALL ORDER BY ALL"
            ).fetchall()
            for schema, table, names in columns:
                if table not in NOT_COMPARED:
                    query = f'SELECT {names} FROM "{schema}"."{table}" ORDER BY ALL'
                    found[f"{schema}.{table}"] = connection.execute(query).fetchall()
        return found

    return read
