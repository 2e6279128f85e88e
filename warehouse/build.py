"""build: run the dbt project that makes core and marts from raw, tests included, in this process.

dbt opens the warehouse itself, so the door is held around it and our own connections are closed; it keeps the file's
lock after it has finished until its connections are closed by name. Nothing is done when neither data nor settings
nor models have changed since the last build.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from records.errors import CheckFailed
from records.garbage import uncollected
from records.home import Home
from warehouse import clock, store

__all__ = ["BuildReport", "build", "write_docs"]

PROJECT = Path(__file__).parent
_PROJECT_FOLDERS = ("models", "macros", "tests")
_SHOWN_FAILURES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did.

    Attributes:
        is_skipped: nothing had changed.
        is_full: incremental tables were built anew.
        model_count: tables and views built.
        test_count: tests that passed, unit tests included.
        warnings: tests that warn, each with its message.
    """

    is_skipped: bool
    is_full: bool = False
    model_count: int = 0
    test_count: int = 0
    warnings: tuple[str, ...] = ()


def build(home: Home, *, full: bool = False, force: bool = False) -> BuildReport:
    """Build core and marts, and test them.

    Args:
        home: the home folder.
        full: build incremental tables anew. Done anyway when models or settings have changed, or a build had failed.
        force: build even if nothing has changed.

    Raises:
        Busy: another process holds the warehouse.
        InputError: nothing has been loaded yet.
        CheckFailed: a model or a test failed; names it. What is published stays as it is.
    """
    with store.door(home, step="build"):
        with store.inside(home) as connection:
            now = clock.require(connection)
            rules, data = _fingerprints(connection, now)
            if now.built_from == f"{rules} {data}" and not (force or full):
                return BuildReport(is_skipped=True)
            is_full = full or not (now.built_from or "").startswith(rules)
            clock.mark(connection, "built_from", None)
        results = _dbt(home, ["build", *(["--full-refresh"] if is_full else [])])
        with store.inside(home) as connection:
            clock.mark(connection, "built_from", f"{rules} {data}")
            clock.mark(connection, "built_loaded_at", now.clock_loaded_at)
    return _report(results, is_full)


def write_docs(home: Home) -> Path:
    """Write dbt's page of all models, columns and their lineage as one static file; return its path.

    Raises:
        Busy: another process holds the warehouse.
        CheckFailed: dbt can't read the project.
    """
    with store.door(home, step="docs"):
        with store.inside(home) as connection:
            clock.require(connection)
        _dbt(home, ["docs", "generate", "--static", "--write-json"])
    page = home.root / "docs" / "index.html"
    page.parent.mkdir(exist_ok=True)
    shutil.copyfile(home.dbt / "target" / "static_index.html", page)
    return page


def _fingerprints(connection: duckdb.DuckDBPyConnection, now: clock.Clock) -> tuple[str, str]:
    """What the tables are made by (models, settings), and from (data, moment, which sources are in trouble)."""
    files = [
        PROJECT / "dbt_project.yml",
        *(path for folder in _PROJECT_FOLDERS for path in (PROJECT / folder).rglob("*")),
    ]
    project = hashlib.blake2b(digest_size=8)
    for path in sorted(path for path in files if path.suffix in {".sql", ".yml", ".md"}):
        project.update(f"{path.relative_to(PROJECT)}\0".encode() + path.read_bytes())
    troubles = connection.execute(
        "SELECT source_name, slice, arg_max(error_kind, started_at) AS kind, arg_max(status, started_at) AS status "
        "FROM raw.pull GROUP BY ALL HAVING status NOT IN ('complete', 'unchanged') ORDER BY ALL"
    ).fetchall()
    told = hashlib.blake2b(repr(troubles).encode(), digest_size=4).hexdigest()
    return f"{project.hexdigest()}-{now.settings_hash}", f"{now.data_revision} {now.as_of.isoformat()} {told}"


def _dbt(home: Home, command: Sequence[str]) -> Sequence[Any]:
    """Run one dbt command and return its results; dbt prints nothing and writes under home only."""
    with _environment(home):
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager
        from dbt.cli.main import dbtRunner

        arguments = [
            *command,
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(home.dbt / "target"), "--log-path", str(home.dbt / "logs")),
            *("--log-level", "none", "--log-level-file", "none", "--quiet", "--no-print", "--no-use-colors"),
            *("--no-version-check", "--no-send-anonymous-usage-stats", "--threads", "1"),
        ]
        try:
            # dbt keeps what it makes: looking through it for garbage, again and again, is a seventh of a build
            with uncollected():
                answer = dbtRunner().invoke(arguments)
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    results = getattr(answer.result, "results", None) or ()
    failed = [result for result in results if str(result.status) in {"error", "fail", "runtime error"}]
    if failed:
        raise CheckFailed(_failures(home, failed))
    if not answer.success:
        raise CheckFailed(f"dbt {command[0]} failed: {_first_lines(str(answer.exception))}; mend the dbt project")
    return tuple(results)


@contextmanager
def _environment(home: Home) -> Iterator[None]:
    """Set what warehouse/profiles.yml reads, and take it back afterwards."""
    limits = store.limits(home)
    given: Mapping[str, str] = {
        "GRAPEVINE_DUCKDB": str(home.warehouse),
        "GRAPEVINE_MEMORY": str(limits["memory_limit"]),
        "GRAPEVINE_TEMP": str(limits["temp_directory"]),
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _report(results: Sequence[Any], is_full: bool) -> BuildReport:
    kinds = [(str(result.node.resource_type), str(result.status)) for result in results]
    return BuildReport(
        is_skipped=False,
        is_full=is_full,
        model_count=sum(kind == "model" for kind, _ in kinds),
        test_count=sum(kind in {"test", "unit_test"} and status == "pass" for kind, status in kinds),
        warnings=tuple(
            f"{result.node.name}: {_first_lines(str(result.message))}"
            for result in results
            if str(result.status) == "warn"
        ),
    )


def _failures(home: Home, failed: Sequence[Any]) -> str:
    with store.inside(home) as connection:
        said = [
            f"{result.node.resource_type} {result.node.name} ({result.node.original_file_path}): "
            f"{_broken_rules(connection, result) or _first_lines(str(result.message))}"
            for result in failed[:_SHOWN_FAILURES]
        ]
    more = f"; and {len(failed) - _SHOWN_FAILURES} more" if len(failed) > _SHOWN_FAILURES else ""
    return f"the build broke a promise, nothing new can be published: {'; '.join(said)}{more}"


def _broken_rules(connection: duckdb.DuckDBPyConnection, result: Any) -> str:
    """Name the promises that a failed `sound` test found broken, each with how many rows break it."""
    if str(result.status) != "fail" or not str(result.node.name).endswith("_is_sound"):
        return ""
    broken = connection.execute(f"SELECT broken, row_count FROM ({result.node.compiled_code})").fetchall()
    return ", ".join(f"{rule} ({count} {'row' if count == 1 else 'rows'})" for rule, count in broken)


def _first_lines(text: str) -> str:
    return " ".join(text.split())[:300]
