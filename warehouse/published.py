"""One published folder: a DuckDB file of the marts, the same as Parquet, and latest.json that says what is in it.

published/<run>/grapevine.duckdb             schema marts, nothing else; DuckDB 1.5 and later read it
published/<run>/parquet/<table>/*.parquet    the same rows
published/<run>/latest.json                  when, as of, from what, row counts, model and profile versions
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from records.errors import CheckFailed
from warehouse.literal import quoted

__all__ = [
    "FILE",
    "FORMAT",
    "LATEST",
    "MartTable",
    "attach",
    "describe",
    "is_whole",
    "mart_tables",
    "read_latest",
    "row_counts",
    "signature",
    "write_parquet",
    "write_table",
]

FILE = "grapevine.duckdb"
LATEST = "latest.json"
FORMAT = 1
STORAGE_VERSION = "v1.4.0"  # drivers of DuckDB 1.4, which is supported longest, open it; v1.5.0 is no smaller
_NESTED = ("[", "STRUCT", "MAP", "UNION")


@dataclass(frozen=True, slots=True)
class MartTable:
    """A table or view of the schema marts, as readers will find it.

    Attributes:
        name: in the schema marts.
        comment: its description.
        columns: name, type, whether NULL is refused, description.
    """

    name: str
    comment: str | None
    columns: tuple[tuple[str, str, bool, str | None], ...]

    def create(self, target: str) -> list[str]:
        """Return the statements that make it, empty, in the attached database `target`, comments included."""
        place = f'{target}.marts."{self.name}"'
        body = ", ".join(
            f'"{name}" {kind}{" NOT NULL" if required else ""}' for name, kind, required, _ in self.columns
        )
        said = [f"COMMENT ON TABLE {place} IS {quoted(self.comment)}"] if self.comment else []
        said += [
            f'COMMENT ON COLUMN {place}."{name}" IS {quoted(comment)}'
            for name, _, _, comment in self.columns
            if comment
        ]
        return [f"CREATE TABLE {place} ({body})", *said]


def mart_tables(connection: duckdb.DuckDBPyConnection) -> list[MartTable]:
    """Return the marts of the private warehouse, sorted by name.

    Raises:
        CheckFailed: a column is nested, which BI tools show as NULL.
    """
    comments = dict(
        connection.execute(
            "SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'marts' "
            "UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'marts' AND NOT internal"
        ).fetchall()
    )
    found: dict[str, list[tuple[str, str, bool, str | None]]] = {name: [] for name in sorted(comments)}
    for table, name, kind, is_nullable, comment in connection.execute(
        "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() "
        "WHERE schema_name = 'marts' ORDER BY table_name, column_index"
    ).fetchall():
        if any(mark in kind for mark in _NESTED):
            raise CheckFailed(f"marts.{table}.{name} is {kind}, which BI tools can't show; make it flat in its model")
        found[table].append((name, kind, not is_nullable, comment))
    return [MartTable(name, comments[name], tuple(columns)) for name, columns in found.items()]


def signature(tables: Sequence[MartTable]) -> str:
    """Return 16 hex digits that change when the storage version, a table, column, type or description does."""
    said = "\n".join([STORAGE_VERSION, *(statement for table in tables for statement in table.create("target"))])
    return hashlib.blake2b(said.encode(), digest_size=8).hexdigest()


@contextmanager
def attach(connection: duckdb.DuckDBPyConnection, file: Path) -> Iterator[None]:
    """Attach a DuckDB file, new or known, as `target`; what was committed to it is in the file at the end."""
    connection.execute(f"ATTACH {quoted(file)} AS target (STORAGE_VERSION '{STORAGE_VERSION}')")
    try:
        yield
        connection.execute("CHECKPOINT target")
    finally:
        connection.execute("DETACH target")


def write_table(connection: duckdb.DuckDBPyConnection, table: MartTable) -> None:
    """Write one table whole into `target`, in the place of one of that name."""
    connection.execute(f'DROP TABLE IF EXISTS target.marts."{table.name}"')
    for statement in table.create("target"):
        connection.execute(statement)
    # Readers ask for days and weeks: rows that lie by date let a scan pass over the others.
    order = "ORDER BY told_date" if "told_date" in (name for name, *_ in table.columns) else ""
    connection.execute(f'INSERT INTO target.marts."{table.name}" BY NAME FROM marts."{table.name}" {order}')


def write_parquet(connection: duckdb.DuckDBPyConnection, table: MartTable, folder: Path) -> None:
    """Write one table of `target` as Parquet into `folder`, which is missing; it is made."""
    folder.mkdir(parents=True)
    connection.execute(
        f'COPY (FROM target.marts."{table.name}") TO {quoted(folder / f"{table.name}.parquet")} '
        "(FORMAT parquet, COMPRESSION zstd)"
    )


def row_counts(file: Path, tables: Sequence[str]) -> dict[str, int]:
    """Return how many rows each table of a published file has; opens it as a reader would.

    Raises:
        duckdb.Error: the file is no database, or a table is missing.
    """
    with duckdb.connect(str(file), read_only=True) as reader:
        return {name: _one(reader.execute(f'SELECT count(*) FROM marts."{name}"')) for name in tables}


def describe(folder: Path) -> dict[str, Any]:
    """Return what a later look compares: size and time of change of the DuckDB file and of Parquet files."""
    stat = (folder / FILE).stat()
    parquet = [file.stat() for file in (folder / "parquet").rglob("*.parquet")]
    return {
        "file_bytes": stat.st_size,
        "file_changed_ns": stat.st_mtime_ns,
        "parquet_count": len(parquet),
        "parquet_bytes": sum(one.st_size for one in parquet),
        "parquet_changed_ns": max((one.st_mtime_ns for one in parquet), default=0),
    }


def read_latest(folder: Path) -> dict[str, Any]:
    """Return latest.json of a published folder.

    Raises:
        CheckFailed: it is missing or no latest.json.
    """
    path = folder / LATEST
    try:
        latest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckFailed(f"{path} can't be read ({error}); run `grapevine publish --force`") from error
    if not isinstance(latest, dict) or latest.get("format") != FORMAT:
        raise CheckFailed(f"{path} has not format {FORMAT}; run `grapevine publish --force`")
    return latest


def is_whole(folder: Path) -> bool:
    """Whether a published folder is as it was published: untouched files that open and hold the rows they should."""
    try:
        latest = read_latest(folder)
        if latest["file"] != describe(folder):
            return False
        counts = latest["row_counts"]
        return bool(row_counts(folder / FILE, list(counts)) == counts)
    except (CheckFailed, OSError, KeyError, duckdb.Error):
        return False


def _one(answer: duckdb.DuckDBPyConnection) -> int:
    row = answer.fetchone()
    return int(row[0]) if row else 0
