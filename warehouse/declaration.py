"""The private tables' declaration: raw.sql, read as tables and columns with their descriptions.

What stands there once serves three times: the tables are made from it, DuckDB gets its comments from it, and the data
dictionary is written from it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from records.errors import CheckFailed
from warehouse.literal import quoted

__all__ = ["Column", "Table", "apply", "tables"]

_FILE = Path(__file__).with_name("raw.sql")
_TABLE = re.compile(r"((?:^--[^\n]*\n)*)^CREATE TABLE IF NOT EXISTS raw\.(\w+) \(\n(.*?)^\);", re.MULTILINE | re.DOTALL)
_COLUMN = re.compile(
    r"    (?P<name>[a-z_]+) (?P<kind>[A-Z]+(?:\[\])?)(?P<rest>[^,-]*),?(?: +-- (?P<description>.+))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, DuckDB type, whether it may be NULL, and what it holds."""

    name: str
    kind: str
    is_nullable: bool
    description: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the schema raw; its description ends with the grain and the key."""

    name: str
    description: str
    columns: tuple[Column, ...]


@cache
def tables() -> tuple[Table, ...]:
    """Return the declared tables in the order of the file.

    Raises:
        CheckFailed: a table or a column has no description, or a line can't be read as a column.
    """
    return tuple(_table(*match.groups()) for match in _TABLE.finditer(_text()))


def apply(connection: duckdb.DuckDBPyConnection) -> None:
    """Make missing tables, add missing columns and set the comments; costs one query when nothing changed."""
    declared = hashlib.blake2b(_text().encode(), digest_size=16).hexdigest()
    if _applied(connection) == declared:
        return
    connection.execute("BEGIN")
    connection.execute(_text())
    for table in tables():
        connection.execute(f"COMMENT ON TABLE raw.{table.name} IS {quoted(table.description)}")
        for column in table.columns:
            connection.execute(f"ALTER TABLE raw.{table.name} ADD COLUMN IF NOT EXISTS {column.name} {column.kind}")
            connection.execute(f"COMMENT ON COLUMN raw.{table.name}.{column.name} IS {quoted(column.description)}")
    connection.execute("DELETE FROM raw.declaration")
    connection.execute("INSERT INTO raw.declaration VALUES (?)", [declared])
    connection.execute("COMMIT")


def _applied(connection: duckdb.DuckDBPyConnection) -> str | None:
    try:
        row = connection.execute("SELECT declaration_hash FROM raw.declaration").fetchone()
    except duckdb.CatalogException:  # a new file
        return None
    return row[0] if row else None


@cache
def _text() -> str:
    return _FILE.read_text(encoding="utf-8")


def _table(comment: str, name: str, body: str) -> Table:
    description = " ".join(line.removeprefix("--").strip() for line in comment.splitlines())
    columns = tuple(_column(name, line) for line in body.splitlines() if not line.startswith("    PRIMARY KEY"))
    if not description:
        raise CheckFailed(f"raw.{name} has no description in {_FILE.name}; write it above the table")
    return Table(name, description, columns)


def _column(table: str, line: str) -> Column:
    match = _COLUMN.fullmatch(line)
    if match is None or not match["description"]:
        raise CheckFailed(f"raw.{table} has the line {line.strip()!r} in {_FILE.name}; write NAME TYPE, -- description")
    return Column(match["name"], match["kind"], "NOT NULL" not in match["rest"], match["description"])
