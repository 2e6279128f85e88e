"""Asking what is published: read-only, and nothing but the published file can be reached.

Used by `grapevine sql`, `status` and whoever must never be in the way of a run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from records.errors import CheckFailed, InputError
from records.home import Home
from warehouse.published import FILE, read_latest

__all__ = ["Answer", "connect", "latest", "select", "snapshot"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The rows of a query; times are aware UTC, NULL is None."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def rows_as_dicts(self) -> list[dict[str, Any]]:
        """Return the rows with their columns' names."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@contextmanager
def connect(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open what is published, read-only; table names need no schema. Files and other databases can't be reached.

    Raises:
        InputError: nothing has been published.
        CheckFailed: the published file is damaged.
    """
    with _open(home, home.published_file.resolve()) as connection:
        yield connection


@contextmanager
def snapshot(home: Home) -> Iterator[tuple[dict[str, Any], duckdb.DuckDBPyConnection]]:
    """As `connect`, with the latest.json of the same folder, whatever is published in the meantime."""
    folder = home.current.resolve()  # the link is followed once
    with _open(home, folder / FILE) as connection:
        yield read_latest(folder), connection


@contextmanager
def _open(home: Home, file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    if not file.exists():
        raise InputError(f"nothing is published in {home.root}; run `grapevine run`")
    try:
        connection = duckdb.connect(str(file), read_only=True)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise CheckFailed(f"{file} can't be opened; run `grapevine publish --force` ({reason})") from error
    with connection:
        connection.execute("SET TimeZone = 'UTC'; SET search_path = 'marts'")
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield connection


def select(home: Home, statement: str, parameters: Sequence[Any] = ()) -> Answer:
    """Ask one question.

    Args:
        home: the home folder.
        statement: SQL that returns rows.
        parameters: for the question marks in it.

    Raises:
        InputError: nothing has been published, or the SQL can't be run; the message says why.
    """
    with connect(home) as connection:
        try:
            answer = connection.execute(statement, list(parameters))
            if answer.description is None:
                raise InputError("the SQL returns no rows; write a SELECT")
            return Answer(tuple(column[0] for column in answer.description), answer.fetchall())
        except duckdb.Error as error:
            raise InputError(f"the SQL can't be run: {error}") from error


def latest(home: Home) -> dict[str, Any]:
    """Return latest.json: when and as of when was published, from what, and how many rows each table has.

    Raises:
        InputError: nothing has been published.
        CheckFailed: latest.json is damaged.
    """
    if not home.current.exists():
        raise InputError(f"nothing is published in {home.root}; run `grapevine run`")
    return read_latest(home.current)
