"""Tables from files: CSV, JSON Lines and Parquet, as batches of the columns asked for.

A row that cannot be read (ragged, not JSON, a quote that never closes) is reported with its line, and the rows after it
are read all the same.
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from connectors.file_text import broken_gzip, decoded, unpacked
from records.errors import ConfigError, InputError

__all__ = ["TableBatch", "read_table"]

ROWS_PER_BATCH = 10_000
_MAX_RECORD_CHARACTERS = 16 << 20  # of one CSV record over several lines: beyond it, a quote was never closed
_DELIMITERS = ",;\t|"
_LINE_END = re.compile(r"\r\n|\r|\n")

RAGGED = "ragged row: not as many fields as the header"
OPEN_QUOTE = "a quote that is opened and never closed"
NOT_JSON = "not a JSON object"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBatch:
    """Some rows of a table.

    Attributes:
        columns: name -> values, equally long; strings from CSV, whatever the file holds from JSON Lines and Parquet.
        lines: the line of each row (its row number in Parquet), from 1.
        bad: line and reason of rows that could not be read.
    """

    columns: dict[str, list[Any]]
    lines: list[int]
    bad: list[tuple[int, str]]


def read_table(
    stream: BinaryIO,
    *,
    name: str,
    wanted: Sequence[tuple[str, str]],
    format: str,  # noqa: A002 (the setting's own name)
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[TableBatch]:
    """Return the wanted columns of a file in batches; nothing for an empty file.

    Args:
        stream: the file.
        name: its name, for messages.
        wanted: setting and column name of each column ("columns.text", "content").
        format: csv, jsonl or parquet.
        encoding: as declared; None to find out.
        delimiter: as declared; None to find out.

    Raises:
        ConfigError: a column is not in the file; the message names the nearest one.
        InputError: the file is broken or of another format.
    """
    try:
        if format == "parquet":
            yield from _parquet(stream, name, wanted)
            return
        text = decoded(unpacked(stream), name, encoding)
        if text is not None:
            read = _csv(text, name, wanted, delimiter) if format == "csv" else _jsonl(text, name, wanted)
            yield from read
    except broken_gzip as error:
        raise InputError(f"{name} is a broken gzip file ({error}); copy it again, nothing of it was taken") from None
    except UnicodeError:
        raise InputError(f"{name} is not in the encoding {encoding!r}; correct or remove encoding") from None


class _Runaway(Exception):
    """A record grew so long that its quote can't have been meant."""


class _CsvRows:
    """CSV records with their lines; after a quote that never closes, reading goes on at the next line.

    Without this one stray quote would swallow the rest of the file into one record, in silence.
    """

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._line_no = 0
        self._start()

    def _start(self) -> None:
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter)

    def _feed(self) -> Iterator[str]:
        length = 0
        taken = self._taken
        while True:
            if self._again:
                line = self._again.popleft()
            else:
                following = next(self._lines, None)
                if following is None:
                    return
                line = following
            if taken:
                length += len(line)
                if length > _MAX_RECORD_CHARACTERS:
                    taken.append(line)
                    raise _Runaway
            else:
                length = 0
            taken.append(line)
            yield line

    def next_row(self) -> tuple[int, list[str] | None] | None:
        """Return a record and the line it begins on; None in its place for an open quote; None at the end."""
        try:
            row = next(self._reader, None)
        except (csv.Error, _Runaway):
            return self._line_after_open_quote(), None
        if row is None:
            return None
        taken = self._taken
        line_no = self._line_no + 1
        if len(taken) > 1 and sum(line.count('"') for line in taken) % 2:
            return self._line_after_open_quote(), None
        self._line_no += len(taken)
        taken.clear()
        return line_no, row

    def _line_after_open_quote(self) -> int:
        """Give up the first line taken, put the others back, and return the line given up."""
        self._line_no += 1
        self._again.extendleft(reversed(self._taken[1:]))
        self._taken.clear()
        self._start()
        return self._line_no


def _csv(
    text: io.TextIOWrapper, name: str, wanted: Sequence[tuple[str, str]], delimiter: str | None
) -> Iterator[TableBatch]:
    csv.field_size_limit(2 * _MAX_RECORD_CHARACTERS)
    first = text.readline()
    if not first.strip():
        first = next((line for line in text if line.strip()), "")
        if not first:
            return
    chosen = delimiter or _delimiter(first, [column for _, column in wanted])
    rows = _CsvRows(itertools.chain([first], text), chosen)
    begun = rows.next_row()
    header = [column.strip() for column in begun[1] or []] if begun else []
    places = [(column, _position(column, setting, header, name)) for setting, column in wanted]
    width = len(header)
    at_end = False
    while not at_end:
        good: list[list[str]] = []
        lines: list[int] = []
        bad: list[tuple[int, str]] = []
        while len(good) + len(bad) < ROWS_PER_BATCH:
            read = rows.next_row()
            if read is None:
                at_end = True
                break
            line, row = read
            if row is None:
                bad.append((line, OPEN_QUOTE))
            elif len(row) == width:
                good.append(row)
                lines.append(line)
            elif row:
                bad.append((line, RAGGED))
        if good or bad:
            yield TableBatch(columns={column: [row[at] for row in good] for column, at in places}, lines=lines, bad=bad)


def _delimiter(header: str, wanted: Sequence[str]) -> str:
    """Return the delimiter that finds most of the wanted columns in the header, then the one with most fields."""

    def found(delimiter: str) -> tuple[int, int]:
        fields = [field.strip() for field in next(csv.reader([header], delimiter=delimiter), [])]
        return sum(column in fields for column in wanted), len(fields)

    return max(_DELIMITERS, key=found)


def _position(column: str, setting: str, header: Sequence[str], name: str) -> int:
    if header.count(column) > 1:
        raise ConfigError(f"{name} has {header.count(column)} columns named {column!r} ({setting}); rename all but one")
    if column not in header:
        raise _no_column(column, setting, header, name)
    return header.index(column)


def _no_column(column: str, setting: str, there: Sequence[str], name: str) -> ConfigError:
    near = difflib.get_close_matches(column, there, n=1) or [
        other for other in there if other.lower() == column.lower()
    ]
    hint = f"did you mean {near[0]!r}? " if near else ""
    listed = ", ".join(there[:30]) + (" ..." if len(there) > 30 else "")
    return ConfigError(f"{setting} = {column!r} is no column of {name}; {hint}it has {listed}")


def _jsonl(text: io.TextIOWrapper, name: str, wanted: Sequence[tuple[str, str]]) -> Iterator[TableBatch]:
    paths = [(column, column.split(".")) for _, column in wanted]
    seen: set[str] = set()
    met = 0
    for numbered in _batched(enumerate(text, start=1), ROWS_PER_BATCH):
        values: dict[str, list[Any]] = {column: [] for column, _ in paths}
        lines: list[int] = []
        bad: list[tuple[int, str]] = []
        for line_no, line in numbered:
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except (ValueError, RecursionError):
                record = None
            if not isinstance(record, dict):
                bad.append((line_no, NOT_JSON))
                continue
            lines.append(line_no)
            for column, path in paths:
                values[column].append(_reach(record, column, path, seen))
        met += len(lines)
        if not lines and len(bad) == len(numbered) and not met:
            raise InputError(f"{name} holds no JSON objects, one on each line; set format if it is something else")
        for setting, column in wanted:
            # A key that no row of the first batch has is a misspelling; later batches may leave any key out.
            if met == len(lines) and lines and column not in seen:
                raise _no_column(column, setting, sorted(_keys(record)) if isinstance(record, dict) else [], name)
        yield TableBatch(columns=values, lines=lines, bad=bad)


def _reach(record: dict[str, Any], column: str, path: Sequence[str], seen: set[str]) -> Any:
    if column in record:
        seen.add(column)
        return record[column]
    value: Any = record
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[part]
    seen.add(column)
    return value


def _keys(record: dict[str, Any]) -> Iterator[str]:
    for key, value in record.items():
        yield key
        if isinstance(value, dict):
            yield from (f"{key}.{inner}" for inner in value)


def _parquet(stream: BinaryIO, name: str, wanted: Sequence[tuple[str, str]]) -> Iterator[TableBatch]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if not stream.seekable() or not stream.read(1):
        return
    stream.seek(0)
    try:
        file = pq.ParquetFile(stream)
        there = file.schema_arrow.names
        for setting, column in wanted:
            if column not in there:
                raise _no_column(column, setting, there, name)
        line = 1
        for batch in file.iter_batches(ROWS_PER_BATCH, columns=[column for _, column in wanted]):
            values = {column: batch[column].to_pylist() for _, column in wanted}
            yield TableBatch(columns=values, lines=list(range(line, line + len(batch))), bad=[])
            line += len(batch)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name} is not a whole Parquet file ({reason}); copy it again or set format") from None


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
