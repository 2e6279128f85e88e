"""export: one published table as CSV, Parquet or a spreadsheet.

Mentions are written by strangers, and a cell that begins with = + - or @ is a formula to a spreadsheet program. In CSV
an apostrophe goes before such a sign (records/cells.py); in .xlsx words are marked as words, and stay as they are.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import duckdb

from records.cells import FORMULA, HARMLESS
from records.errors import InputError
from records.home import Home
from warehouse import query
from warehouse.literal import quoted
from warehouse.spreadsheet import write_sheet

__all__ = ["KINDS", "export"]

Kind = Literal["csv", "parquet", "xlsx"]
KINDS: tuple[Kind, ...] = ("csv", "parquet", "xlsx")
_ROWS_PER_FETCH = 10_000


def export(home: Home, table: str, path: Path, *, kind: Kind) -> int:
    """Write a published table to a file, sorted by its first columns; return how many rows.

    Args:
        home: the home folder.
        table: a table of the schema marts.
        path: the file, replaced if there is one, whole or not at all.
        kind: csv (UTF-8 with a head; formulas made harmless), parquet (zstd) or xlsx.

    Raises:
        InputError: nothing is published, there is no such table, or the file can't be written.
    """
    query.latest(home)
    with duckdb.connect(str(home.published_file.resolve()), read_only=True) as reader:
        reader.execute("SET TimeZone = 'UTC'")
        kinds = dict(
            reader.execute(
                "SELECT column_name, data_type FROM duckdb_columns() "
                "WHERE schema_name = 'marts' AND table_name = ? ORDER BY column_index",
                [table],
            ).fetchall()
        )
        if not kinds:
            raise InputError(f"{table!r} is no published table{_near(reader, table)}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "xlsx":
                answer = reader.execute(f'SELECT * FROM marts."{table}" ORDER BY ALL')
                return write_sheet(path, table, list(kinds), _rows(answer))
            return _copy(reader, table, kinds, path, kind)
        except (OSError, duckdb.IOException) as error:
            raise InputError(f"{path} can't be written: {str(error).splitlines()[0]}; name another file") from error


def _copy(reader: duckdb.DuckDBPyConnection, table: str, kinds: dict[str, str], path: Path, kind: Kind) -> int:
    def cell(name: str) -> str:
        if kind == "csv" and kinds[name] == "VARCHAR":
            return f'regexp_replace("{name}", {quoted(FORMULA)}, {quoted(HARMLESS)}, \'g\') AS "{name}"'
        return f'"{name}"'

    options = "FORMAT csv, HEADER true" if kind == "csv" else "FORMAT parquet, COMPRESSION zstd"
    draft = path.with_name(path.name + ".tmp")
    try:
        row = reader.execute(
            f'COPY (SELECT {", ".join(map(cell, kinds))} FROM marts."{table}" ORDER BY ALL) '
            f"TO {quoted(draft)} ({options})"
        ).fetchone()
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return int(row[0]) if row else 0


def _rows(answer: duckdb.DuckDBPyConnection) -> Iterator[tuple[Any, ...]]:
    while rows := answer.fetchmany(_ROWS_PER_FETCH):
        yield from rows


def _near(reader: duckdb.DuckDBPyConnection, table: str) -> str:
    names = [name for (name,) in reader.execute("SELECT table_name FROM duckdb_tables() ORDER BY ALL").fetchall()]
    close = difflib.get_close_matches(table, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else f"; known: {', '.join(names)}"
