"""Tables that a user names on the command line: CSV or Parquet, .gz too, every value as text.

Not for pulling: the `files` connector reads sources, row by row and with rejects; this reads a file to be judged.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from records.errors import InputError

__all__ = ["column", "read_table", "write_table"]

_FORMATS = ".csv, .tsv, .csv.gz, .tsv.gz or .parquet"
_DELIMITERS = ",;\t|"


def read_table(path: Path) -> pa.Table:
    """Return a file's table with every column as string; empty cells of a CSV are "".

    Raises:
        InputError: the file is missing, unreadable, empty or of another format.
    """
    kind = _kind(path)
    try:
        if kind == "parquet":
            table = pq.read_table(path)
            return pa.table({name: _as_text(table.column(name)) for name in table.column_names})
        data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"{path} does not exist; give the path of a {_FORMATS} file") from None
    except (OSError, EOFError, pa.ArrowInvalid, zlib.error) as error:
        raise InputError(f"{path} can't be read ({error}); give a whole {_FORMATS} file") from None
    return _read_csv(path, data)


def column(table: pa.Table, name: str, path: Path, option: str) -> list[str | None]:
    """Return a column's values.

    Args:
        table: as read.
        name: the column.
        path: named in the message.
        option: the command's option that named the column ("--text").

    Raises:
        InputError: there is no such column; the message suggests the nearest.
    """
    if name not in table.column_names:
        near = difflib.get_close_matches(name, table.column_names, 1, cutoff=0.5)
        remedy = f"did you mean {near[0]!r}?" if near else f"it has {', '.join(map(repr, table.column_names))}"
        raise InputError(f"{option} is {name!r}, but {path} has no such column; {remedy}")
    values: list[str | None] = table.column(name).to_pylist()
    return values


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table as CSV or Parquet, by the extension; the file appears whole or not at all.

    Raises:
        InputError: the folder does not exist or the extension is another.
    """
    kind = _kind(path)
    beside = path.with_name(path.name + ".tmp")
    try:
        if kind == "parquet":
            pq.write_table(table, beside, compression="zstd")
        else:
            options = pa_csv.WriteOptions(delimiter="\t" if kind == "tsv" else ",")
            with (
                pa.CompressedOutputStream(beside, "gzip")
                if path.suffix == ".gz"
                else pa.OSFile(str(beside), "wb") as out
            ):
                pa_csv.write_csv(table, out, options)
        beside.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} can't be written ({error.strerror or error}); give a path in a folder that exists"
        ) from None


def _kind(path: Path) -> str:
    for ending in ("csv", "tsv", "parquet"):
        if path.name.lower().endswith((f".{ending}", f".{ending}.gz")) and not path.name.endswith("parquet.gz"):
            return ending
    raise InputError(f"{path} has an unknown ending; give a {_FORMATS} file")


def _read_csv(path: Path, data: bytes) -> pa.Table:
    if b"\0" in data[:4096]:
        raise InputError(f"{path} is named as CSV but holds binary data; give a {_FORMATS} file")
    text = _decode(data)
    first = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(_DELIMITERS, key=first.count)
    csv.field_size_limit(max(len(text), 131_072))
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = next(rows, [])
        if not any(names):
            raise InputError(f"{path} is empty; give a file whose first line names its columns")
        return _from_rows(path, names, rows)
    except csv.Error as error:
        raise InputError(f"{path}, line {rows.line_num}: {error}; correct the line") from None


def _from_rows(path: Path, names: Sequence[str], rows: object) -> pa.Table:
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise InputError(f"{path} has the column {min(twice)!r} twice; give each column its own name")
    width = len(names)
    kept: list[list[str]] = [(row + [""] * (width - len(row)))[:width] for row in rows if row]  # type: ignore[attr-defined]
    columns = zip(*kept, strict=True) if kept else ([] for _ in names)
    return pa.table({name: pa.array(list(values), pa.string()) for name, values in zip(names, columns, strict=True)})


def _decode(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")  # what spreadsheets write; guessing errs more on short files


def _as_text(values: pa.ChunkedArray) -> pa.ChunkedArray:
    if pa.types.is_string(values.type):
        return values
    try:
        return values.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return pa.chunked_array([pa.array([None if v is None else str(v) for v in values.to_pylist()], pa.string())])
