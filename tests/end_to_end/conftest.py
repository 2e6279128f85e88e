"""What the end-to-end tests share: the sample's settings, a way to run, and what "the same" means."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from records.home import Home

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLE = ROOT / "examples" / "sample" / "grapevine.toml"
# How a pull went may differ between two runs that bring the same; so may the moments at which rows were written.
NOT_COMPARED = {"pull", "source_health"}
NOT_COMPARED_COLUMN = "column_name NOT LIKE '%\\_loaded\\_at' ESCAPE '\\' AND column_name <> 'fetched_at'"

Tables = dict[str, list[tuple[Any, ...]]]
TablesOf = Callable[[Home], Tables]
Grapevine = Callable[..., "subprocess.CompletedProcess[str]"]


@dataclass(frozen=True)
class Unhurt:
    """A run that was never killed: its home folder, and how many ticks each of its steps took."""

    home: Home
    ticks: dict[str, int]


@pytest.fixture(scope="session")
def unhurt(made_once: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Unhurt:
    """The sample's home after a run, to ask and to run again, which changes nothing; else copy it."""

    def run(folder: Path) -> None:
        done = traced(Home(folder / "home"))
        assert done.returncode == 0, done.stderr
        (folder / "ticks.json").write_text(done.stdout, encoding="utf-8")

    folder = made_once("sample", run)
    home = Home(tmp_path_factory.mktemp("unhurt") / "home")
    shutil.copytree(folder / "home", home.root, symlinks=True)
    return Unhurt(home, json.loads((folder / "ticks.json").read_text(encoding="utf-8")))


def traced(home: Home, *deaths: str) -> subprocess.CompletedProcess[str]:
    """Run the sample with `run_killed.py`."""
    command = [sys.executable, str(HERE / "run_killed.py"), str(SAMPLE), str(home.root), *deaths]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def published(home: Home, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home.published_file), read_only=True) as connection:
        return connection.execute(query).fetchall()


def files_under(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def differing(found: list[tuple[Any, ...]], expected: list[tuple[Any, ...]]) -> list[Any]:
    """Return the rows that are not the same; a sum over threads may end in other digits each time."""
    if len(found) != len(expected):
        return [f"{len(found)} rows instead of {len(expected)}"]
    pairs = zip(found, expected, strict=True)
    return [(row, wanted) for row, wanted in pairs if not all(map(is_same, row, wanted))]


def is_same(value: Any, wanted: Any) -> bool:
    if isinstance(value, float) and isinstance(wanted, float):
        return value == wanted or math.isclose(value, wanted, rel_tol=1e-9)
    return bool(value == wanted)


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
