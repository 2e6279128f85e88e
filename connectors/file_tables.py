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

RAGGED = "ragged row: not as many fields as the header"
OPEN_QUOTE = "a quote that is opened and never closed"
NOT_JSON = "not a JSON object"


@dataclass(frozen=True, slots=True, kw_only=True)
class TableBatch:
    """Some rows of a table.

    Attributes:
        columns: name -> values, equally long; strings from CSV, whatever the file holds from JSON Lines and Parquet.
        count: how many rows.
        lines: the line of each row (its row number in Parquet), from 1.
        bad: line and reason of rows that could not be read.
    """

    columns: dict[str, list[Any]]
    count: int
    lines: Sequence[int]
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
        if text is None:
            return
        try:
            yield from _csv(text, name, wanted, delimiter) if format == "csv" else _jsonl(text, name, wanted)
        finally:
            if not stream.closed:
                text.detach()  # the stream is its opener's to close
    except broken_gzip as error:
        raise InputError(f"{name} is a broken gzip file ({error}); copy it again, nothing of it was taken") from None
    except UnicodeError:
        raise InputError(f"{name} is not in the encoding {encoding!r}; correct or remove encoding") from None


class _OpenQuote(Exception):
    """A record so long that its opening quote can't have been meant."""


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
        self._reader = csv.reader(self._feed(), delimiter=self._delimiter, strict=True)

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
                    raise _OpenQuote
            else:
                length = 0
            taken.append(line)
            yield line

    def read_clean(self, count: int, width: int) -> tuple[list[list[str]], list[int]] | None:
        """Return the records of the next `count` lines and their lines, None if anything is wrong with one of them.

        Nearly all of every file is read this way; what is wrong is left for `read` to look at line by line.
        """
        lines = list(itertools.islice(self._lines, count)) if not self._again else []
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        rows: list[list[str]] = []
        line_nos = [self._line_no + 1]  # of each record, and of what would follow the last
        try:
            for row in reader:
                rows.append(row)
                line_nos.append(self._line_no + reader.line_num + 1)
        except csv.Error:
            rows = []
        if not rows or {len(row) for row in rows} != {width}:
            self._again.extend(lines)
            return None
        self._line_no += len(lines)
        return rows, line_nos[:-1]

    def read(self, count: int, width: int | None = None) -> tuple[list[list[str]], list[int], list[tuple[int, str]]]:
        """Return up to `count` records with the lines they begin on, and line and reason of those that are broken.

        Args:
            count: how many at most; fewer only at the end.
            width: how many fields a record has; None for any number.
        """
        good: list[list[str]] = []
        lines: list[int] = []
        bad: list[tuple[int, str]] = []
        taken = self._taken
        while len(good) + len(bad) < count:
            try:
                for row in self._reader:
                    line_no = self._line_no + 1
                    self._line_no += len(taken)
                    taken.clear()
                    if len(row) == width or (row and width is None):
                        good.append(row)
                        lines.append(line_no)
                    elif row:
                        bad.append((line_no, RAGGED))
                    if len(good) + len(bad) >= count:
                        break
                else:
                    break
            except (csv.Error, _OpenQuote):
                line_no, row = self._give_up_line()
                if width is not None and len(row) == width:
                    good.append(row)
                    lines.append(line_no)
                else:
                    bad.append((line_no, OPEN_QUOTE))
        return good, lines, bad

    def _give_up_line(self) -> tuple[int, list[str]]:
        """Take the first line of a record whose quotes are wrong by itself, as it stands, and put the others back."""
        self._line_no += 1
        first, *others = self._taken
        self._again.extendleft(reversed(others))
        self._taken.clear()
        self._start()
        # Quotes inside a field that are not doubled are wrong but harmless, as long as they pair up on their line.
        is_paired = first.count('"') % 2 == 0
        return self._line_no, next(csv.reader([first], delimiter=self._delimiter), []) if is_paired else []


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
    header = [column.strip() for row in rows.read(1)[0] for column in row]
    places = [(column, _position(column, setting, header, name)) for setting, column in wanted]
    while True:
        bad: list[tuple[int, str]] = []
        clean = rows.read_clean(ROWS_PER_BATCH, len(header))
        if clean is not None:
            good, lines = clean
        else:
            good, lines, bad = rows.read(ROWS_PER_BATCH, len(header))
            if not good and not bad:
                return
        columns = {column: [row[at] for row in good] for column, at in places}
        yield TableBatch(columns=columns, count=len(good), lines=lines, bad=bad)


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
        yield TableBatch(columns=values, count=len(lines), lines=lines, bad=bad)


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
            lines = range(line, line + len(batch))
            yield TableBatch(columns=values, count=len(batch), lines=lines, bad=[])
            line += len(batch)
    except (pa.ArrowInvalid, OSError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(f"{name} is not a whole Parquet file ({reason}); copy it again or set format") from None


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    iterator = iter(items)
    while batch := list(itertools.islice(iterator, size)):
        yield batch
