"""From the columns of a table to the columns of drafts, one column at a time.

A value that cannot be used rejects its row, with the first reason found, and no other row.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from connectors.columns import COUNTS, DraftColumns, OutcomeColumns
from connectors.file_settings import FileSettings
from connectors.file_tables import TableBatch
from connectors.file_text import SURROGATE
from connectors.file_values import IMPOSSIBLE_DATE, NOT_A_COUNT, TimeReader, Unusable, read_count
from connectors.markup import bbcode_to_text, html_to_text
from records.brand import brand_key
from records.errors import SkippedRecord
from records.keys import content_hash
from records.mention import BrandMatch

__all__ = ["FileColumns"]

NO_ID = "no id"
NO_WORDS = "no text and no rating"
NUL = "a NUL byte"
NOT_IN_ENCODING = "bytes that are not valid in its encoding; set encoding if it is another"
TOO_LONG = "text longer than max_text_characters"
NO_RATING = "a rating that is no value of its scale"
NO_BRAND_NAMED = "no brand in the brand column"
NOT_A_NUMBER = "a value that is no number"
UNMAPPED = "a brand that is not in brands.map"

_STRINGS = {
    "author": "author", "person": "person", "url": "url", "language": "language", "thread": "thread_id",
    "parent": "parent_id", "repost_of": "repost_of", "place": "place_id", "product": "product_id", "team": "team_id",
    "staff": "staff_id", "title": "title", "text": "text",
}  # fmt: skip
_TIMES = ("published_at", "edited_at", "reply_at")
_MARKUP: Mapping[str, Callable[[str], str]] = {"html": html_to_text, "bbcode": bbcode_to_text}


class FileColumns:
    """Turns the batches of one file into drafts.

    Args:
        settings: of the source entry.
        brands: value of a brand column, lower case -> key of a configured brand.
        file: the file's name, for the places of rejects.
    """

    def __init__(self, settings: FileSettings, *, brands: Mapping[str, str], file: str) -> None:
        self._settings = settings
        self._brands = brands
        self._file = file
        self._missing = frozenset(settings.missing)
        self._times = TimeReader(
            formats=settings.date_formats, zone=settings.time_zone, missing_days=settings.missing_dates
        )
        scale = settings.scale
        has_rating = settings.columns.rating is not None
        self._scale = scale if has_rating else None
        self._kind = settings.kind or ("review" if has_rating else "post")
        channels = {"review": "review_site", "message": "company", "call": "company"}
        self._channel = channels.get(self._kind, "online")
        self._matches: dict[str, BrandMatch | None] = {}

    def wanted(self) -> list[tuple[str, str]]:
        """Return setting and column name of every column that is mapped."""
        wanted: list[tuple[str, str]] = []
        for field, column in self._settings.columns:
            names = column if isinstance(column, list) else [column]
            if field == "brand" or self._is_used(field):
                wanted.extend((f"columns.{field}", name) for name in names if name is not None)
        return wanted

    def drafts(self, batch: TableBatch) -> tuple[DraftColumns, list[SkippedRecord]]:
        """Return the drafts of a batch and the rows that cannot be used."""
        rows = _Rows(batch.columns, batch.count, self._missing)
        columns = self._settings.columns
        values: dict[str, list[Any]] = {"native_id": self._ids(rows)}
        for setting, field in _STRINGS.items():
            name = getattr(columns, setting)
            if name is not None:
                values[field] = rows.strings(name)
        self._shape_text(values, rows)
        for field in _TIMES:
            name = getattr(columns, field)
            if name is not None:
                values[field] = rows.read(name, self._times.read, IMPOSSIBLE_DATE)
        for field in COUNTS:
            name = getattr(columns, field)
            if name is not None:
                values[field] = rows.read(name, read_count, NOT_A_COUNT)
        self._rate(values, rows)
        if columns.reply_at is not None:
            values["has_reply"] = [moment is not None for moment in values["reply_at"]]
        if columns.language is None and self._settings.language:
            values["language"] = [self._settings.language] * rows.count
        values["kind"] = [self._kind] * rows.count
        values["channel"] = [self._channel] * rows.count
        matches = self._row_brands(rows)
        rows.reject_where([not text for text in values["text"]], NO_WORDS, unless=values.get("rating"))
        kept = rows.kept()
        if len(kept) < rows.count:
            values = {field: [column[row] for row in kept] for field, column in values.items()}
            matches = [matches[row] for row in kept] if matches else matches
        drafts = DraftColumns(values=values, brands=matches, where=lambda row: self._place(batch.lines[kept[row]]))
        return drafts, self._skipped(batch, rows)

    def outcomes(self, batch: TableBatch) -> tuple[OutcomeColumns, list[SkippedRecord]]:
        """Return the outcome values of a batch and the rows that cannot be used."""
        settings, columns = self._settings, self._settings.columns
        rows = _Rows(batch.columns, batch.count, self._missing)
        moments = rows.read(columns.date or "", self._times.day, IMPOSSIBLE_DATE)
        rows.reject_where([moment is None for moment in moments], "no date")
        numbers = rows.read(columns.value or "", _number, NOT_A_NUMBER)
        rows.reject_where([number is None for number in numbers], "no value")
        series: Sequence[str | None] = [settings.series] * rows.count
        if columns.series is not None:
            series = rows.strings(columns.series)
            rows.reject_where([not name for name in series], "no series")
        matches = self._row_brands(rows)
        kept = rows.kept()
        found = OutcomeColumns(
            brand=[matches[row][0].brand for row in kept],
            series=[series[row] or "" for row in kept],
            observed_on=[moments[row] for row in kept],
            value=[numbers[row] for row in kept],
        )
        return found, self._skipped(batch, rows)

    def _is_used(self, field: str) -> bool:
        return (field in ("date", "value", "series")) == (self._settings.rows == "outcomes")

    def _ids(self, rows: _Rows) -> list[str | None]:
        names = self._settings.columns.id
        if isinstance(names, str):
            ids = rows.strings(names)
        else:
            parts = [rows.strings(name) for name in names or ()]
            ids = [
                content_hash(*row) if any(row) and number not in rows.reasons else None
                for number, row in enumerate(zip(*parts, strict=True))
            ]
        rows.reject_where([not one for one in ids], NO_ID)
        return ids

    def _shape_text(self, values: dict[str, list[Any]], rows: _Rows) -> None:
        plain = _MARKUP.get(self._settings.text_format)
        for field in ("title", "text"):
            if plain is not None and field in values:
                values[field] = [text and plain(text) for text in values[field]]
        limit = self._settings.max_text_characters
        for field in ("title", "text"):
            if field in values and max(map(len, filter(None, values[field])), default=0) > limit:
                rows.reject_where([len(text or "") > limit for text in values[field]], TOO_LONG)
        values["text"] = [text or "" for text in values.get("text", [None] * rows.count)]

    def _rate(self, values: dict[str, list[Any]], rows: _Rows) -> None:
        name, scale = self._settings.columns.rating, self._scale
        if name is None or scale is None:
            return
        ratings = values["rating"] = rows.read(name, _rater(scale.read), NO_RATING)
        values["rating_max"] = [None if rating is None else scale.high for rating in ratings]

    def _row_brands(self, rows: _Rows) -> list[tuple[BrandMatch, ...]]:
        settings = self._settings
        if settings.columns.brand is None:
            return [(BrandMatch(settings.brand, "setting"),)] * rows.count if settings.brand else []
        named = rows.strings(settings.columns.brand)
        for name in set(named) - self._matches.keys():
            self._matches[name or ""] = self._brand_of(name)
        rows.reject_where([not name for name in named], NO_BRAND_NAMED)
        matches = [self._matches[name or ""] for name in named]
        rows.reject_where([match is None for match in matches], UNMAPPED)
        return [(match,) if match else () for match in matches]

    def _brand_of(self, name: str | None) -> BrandMatch | None:
        if not name:
            return None
        matched_by = f"column:{self._settings.columns.brand}"
        known = self._settings.brands.map.get(name) or self._brands.get(name.lower())
        if known is None and self._settings.brands.unmapped == "create":
            key = brand_key(name)
            known = self._brands.get(key)
            if known is None:
                return BrandMatch(key, matched_by, name) if key else None
        return BrandMatch(known, matched_by) if known else None

    def _skipped(self, batch: TableBatch, rows: _Rows) -> list[SkippedRecord]:
        found = batch.bad + [(batch.lines[row], reason) for row, reason in rows.reasons.items()]
        return [SkippedRecord(self._place(line), reason) for line, reason in sorted(found)]

    def _place(self, line: int) -> str:
        return f"{self._file} line {line}"


class _Rows:
    """The rows of a batch, and why some of them cannot be used."""

    def __init__(self, columns: Mapping[str, list[Any]], count: int, missing: frozenset[str]) -> None:
        self._columns = columns
        self._missing = missing
        self.count = count
        self.reasons: dict[int, str] = {}

    def strings(self, name: str) -> list[str | None]:
        """Return a column as stripped strings, None for missing; rows with bytes that are no text are rejected."""
        missing = self._missing
        values = [
            value.strip() if value.__class__ is str else None if value is None else _written(value)
            for value in self._columns[name]
        ]
        self._reject_damaged(values)
        return [None if value is None or value in missing else value for value in values]

    def read(self, name: str, read: Callable[[Any], Any], reason: str) -> list[Any]:
        """Return a column read by a function, None for missing; each different value is read once."""
        values = [
            value.strip() if value.__class__ is str else str(value) if isinstance(value, list | dict) else value
            for value in self._columns[name]
        ]
        known: dict[Any, Any] = dict.fromkeys((None, *self._missing))
        reasons: dict[Any, str] = {}
        for value in set(values) - known.keys():
            try:
                known[value] = read(value)
            except ValueError as error:
                known[value] = None
                reasons[value] = str(error) if isinstance(error, Unusable) else reason
        if reasons:
            for row, value in enumerate(values):
                if value in reasons:
                    self.reasons.setdefault(row, reasons[value])
        return [known[value] for value in values]

    def reject_where(self, is_bad: Sequence[bool], reason: str, unless: Sequence[Any] | None = None) -> None:
        """Reject the rows marked, except those that have a value in `unless`."""
        if not any(is_bad):
            return
        for row, bad in enumerate(is_bad):
            if bad and (unless is None or unless[row] is None):
                self.reasons.setdefault(row, reason)

    def kept(self) -> list[int]:
        """Return the rows that can be used."""
        if not self.reasons:
            return list(range(self.count))
        return [row for row in range(self.count) if row not in self.reasons]

    def _reject_damaged(self, values: Sequence[str | None]) -> None:
        whole = "".join(filter(None, values))
        if "\x00" in whole:
            self.reject_where(["\x00" in (value or "") for value in values], NUL)
        if not whole.isascii() and SURROGATE.search(whole):
            self.reject_where([SURROGATE.search(value or "") is not None for value in values], NOT_IN_ENCODING)


def _written(value: Any) -> str:
    """Return a value that is no string as a file would write it; whole floats as whole numbers (ids in Parquet)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _rater(read: Callable[[str], float | None]) -> Callable[[Any], float]:
    def rate(value: Any) -> float:
        rating = read(_written(value))
        if rating is None:
            raise Unusable(NO_RATING)
        return rating

    return rate


def _number(value: Any) -> float:
    number = float(value.replace(",", "") if isinstance(value, str) else value)
    if number != number or number in (float("inf"), float("-inf")):
        raise Unusable(NOT_A_NUMBER)
    return number
