"""What the columns of somebody's export mean, guessed by their names and tried on its first rows.

A guess is a proposal: `try` and `add` show it as the settings block it is, before anything is kept.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from connectors.file_text import broken_gzip, decoded, unpacked
from connectors.file_values import TimeReader, Unusable
from connectors.ratings import SCALES
from records.errors import InputError

__all__ = ["first_rows", "guess"]

_ROWS = 2_000
_FEW_ROWS = 50
_DELIMITERS = ",;\t|"
_MANY_CHARACTERS = 25  # on average: what no code, name or city has
_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        "id", "review_id", "tweet_id", "post_id", "comment_id", "mention_id", "message_id", "feedback_id", "ticket_id",
        "response_id", "unit_id", "native_id", "uuid", "recommendationid", "objectid",
    ),
    "text": (
        "text", "review", "review_text", "reviewtext", "review_body", "body", "content", "comment", "message",
        "full_text", "feedback", "verbatim", "comment_text", "selftext", "answer", "description",
    ),
    "title": ("title", "review_title", "headline", "subject", "summary"),
    "rating": (
        "rating", "stars", "star_rating", "review_rating", "overall_rating", "overall", "score", "nps", "nps_score",
        "voted_up", "recommended", "thumbs",
    ),
    "published_at": (
        "published_at", "date", "created_at", "review_date", "posted_at", "submitted_at", "published", "created",
        "tweet_created", "created_utc", "timestamp", "datetime", "time", "timestamp_created",
    ),
    "author": (
        "author", "author_id", "user_id", "user", "username", "user_name", "reviewer", "reviewer_id", "reviewer_name",
        "author_name", "name",
    ),
    "brand": ("brand", "brand_name", "company", "company_name", "airline", "airline_name", "airport_name"),
    "url": ("url", "permalink"),
    "language": ("language", "lang"),
    "view_count": ("view_count", "views", "impressions"),
    "like_count": ("like_count", "likes", "favorite_count", "upvotes"),
    "repost_count": ("repost_count", "retweet_count", "retweets", "shares", "share_count"),
    "reply_count": ("reply_count", "replies", "num_comments", "comment_count"),
    "helpful_count": ("helpful_count", "helpful_votes", "helpful"),
}  # fmt: skip
_DATE_FORMATS = (
    "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %H:%M", "%m/%d/%Y", "%m/%d/%y %H:%M", "%m/%d/%y", "%d/%m/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%d-%m-%Y", "%Y/%m/%d",
    "%Y/%m/%d %H:%M:%S", "%b %d, %Y", "%B %d, %Y", "%d %b %Y", "%d %B %Y", "%a, %d %b %Y %H:%M:%S %z",
    "%a %b %d %H:%M:%S %z %Y",
)  # fmt: skip
_EPOCH_SECONDS = range(10**9, 10**10)


def guess(path: Path) -> dict[str, Any]:
    """Return settings of the `files` connector that fit a file: columns, rating scale, zone and date formats.

    Raises:
        InputError: the file can't be read, or no column looks like text or a rating; the message names those it has.
    """
    rows = first_rows(path)
    found = {setting: name for setting, names in _NAMES.items() if (name := _named(rows, names)) is not None}
    text = found.get("text") or _wordy(rows, set(found.values()))
    settings: dict[str, Any] = {"path": str(path)}
    columns: dict[str, Any] = {}
    if text is not None:
        columns["text"] = text
    columns |= {setting: name for setting, name in found.items() if setting in ("title", "author", "url", "language")}
    if (name := found.get("rating")) and (scale := _scale(name, _present(rows[name]))):
        columns["rating"], settings["rating_scale"] = name, scale
    taken = {*found.values(), text or ""}
    if (name := found.get("published_at") or _timely(rows, taken)) and (
        times := _times(_present(rows[name]))
    ) is not None:
        columns["published_at"] = name
        settings |= times
    if not {"text", "rating"} & set(columns):
        raise InputError(
            f"no column of {path.name} looks like text or a rating; it has {', '.join(rows)}; "
            "name one with --set columns.text=NAME"
        )
    for setting in (one for one in found if one.endswith("_count")):
        if all(re.fullmatch(r"[\d,]+(\.0)?", str(value)) for value in _present(rows[found[setting]])):
            columns[setting] = found[setting]
    if "brand" in found:
        columns["brand"] = found["brand"]
        settings["brands"] = {"unmapped": "create"}
    return {**settings, "columns": {"id": _id(rows, found.get("id"), columns), **columns}}


def first_rows(path: Path) -> dict[str, list[Any]]:
    """Return the first rows of a CSV, JSON Lines or Parquet file (.gz too) as columns, in the file's order.

    Raises:
        InputError: there is no such file, it is none of these, or it has no rows.
    """
    kind = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"][-1:]
    if kind and kind[0] in (".xlsx", ".xls", ".ods"):
        raise InputError(f"{path.name} is a spreadsheet; save it as CSV (UTF-8) and name that")
    try:
        rows = _parquet(path) if kind in ([".parquet"], [".pq"]) else _text(path, is_json=kind != [".csv"])
    except OSError as error:
        raise InputError(
            f"{path} can't be read: {error.strerror or error}; name a CSV, JSONL or Parquet file"
        ) from None
    if not rows or not any(rows.values()):
        raise InputError(f"{path} has no rows with a header; name a CSV, JSONL or Parquet file with some")
    return rows


def _parquet(path: Path) -> dict[str, list[Any]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        batch = next(pq.ParquetFile(path).iter_batches(batch_size=_ROWS), None)
    except pa.ArrowInvalid as error:
        raise InputError(f"{path} is no Parquet file: {error}") from None
    return {} if batch is None else dict(batch.to_pydict())


def _text(path: Path, *, is_json: bool) -> dict[str, list[Any]]:
    with path.open("rb") as stream:
        try:
            text = decoded(unpacked(stream), path.name, None)
            lines = [] if text is None else [line for line in islice(text, _ROWS) if line.strip()]
            if text is not None:
                text.detach()
        except broken_gzip as error:
            raise InputError(f"{path} is a broken gzip file ({error}); copy it again") from None
    if not lines:
        return {}
    if is_json and lines[0].lstrip().startswith("{"):
        return _json_rows(lines)
    delimiter = max(_DELIMITERS, key=lines[0].count)
    records = [row for row in csv.reader(lines, delimiter=delimiter) if row]
    header = [name.strip() for name in records[0]]
    whole = [row for row in records[1:] if len(row) == len(header)]
    return {name: [row[at] for row in whole] for at, name in enumerate(header) if name}


def _json_rows(lines: Sequence[str]) -> dict[str, list[Any]]:
    records = []
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            records.append(dict(_flat(record)))
    return {name: [record.get(name) for record in records] for record in records for name in record}


def _flat(record: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        elif not isinstance(value, list):
            yield f"{prefix}{name}", value


def _named(rows: Mapping[str, list[Any]], names: Sequence[str]) -> str | None:
    """Return the column whose name comes first among those that mean something; only if it holds anything."""
    plain = {re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"): name for name in reversed(list(rows))}
    return next((plain[name] for name in names if name in plain and _present(rows[plain[name]])), None)


def _wordy(rows: Mapping[str, list[Any]], taken: set[str]) -> str | None:
    """Return the column with the longest words on average, if no name says which is the text."""
    lengths = {
        name: sum(map(len, words)) / len(words)
        for name, values in rows.items()
        if name not in taken and (words := [value for value in _present(values) if isinstance(value, str)])
    }
    best = max(lengths, key=lambda name: lengths[name], default=None)
    return best if best is not None and lengths[best] >= _MANY_CHARACTERS else None


def _timely(rows: Mapping[str, list[Any]], taken: set[str]) -> str | None:
    """Return the first column in which all words are times, if no name says which it is; bare numbers are none."""
    for name, values in rows.items():
        words = _present(values)[:_FEW_ROWS]
        is_words = words and all(isinstance(one, str) and not one.strip().isdigit() for one in words)
        if name in taken or not is_words or (times := _times(words)) is None:
            continue
        if _readable(words, times.get("date_formats", []), "UTC") == len(words):
            return name
    return None


def _present(values: Sequence[Any]) -> list[Any]:
    return [value for value in values if value is not None and str(value).strip() not in ("", "NA", "NaN", "null")]


def _id(rows: Mapping[str, list[Any]], name: str | None, columns: Mapping[str, Any]) -> str | list[str]:
    """Return the id column if it holds one, else the columns that tell rows apart together."""
    if name is not None and len(_present(rows[name])) == len(rows[name]):
        return name
    together = [
        columns[one] for one in ("brand", "author", "published_at", "title", "text", "rating") if one in columns
    ]
    # The fewest that do, since an edit to one of them looks like another row; but never one alone, which tells the rows
    # of this export apart and takes another export's for the same.
    for count in range(2, len(together)):
        if len(set(zip(*(map(str, rows[one]) for one in together[:count]), strict=True))) == len(rows[together[0]]):
            together = together[:count]
            break
    return together[0] if len(together) == 1 else together


def _scale(name: str, values: Sequence[Any]) -> str | None:
    """Return the rating scale that all values fit, None if they are no ratings."""
    words = {str(value).strip().lower() for value in values}
    if words <= {"0", "1", "0.0", "1.0", *SCALES["thumbs"].words}:
        return "thumbs"
    if words <= set(SCALES["faces"].words):
        return "faces"
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return None
    if min(numbers) < 0 or max(numbers) > 10:
        return None
    if "nps" in name.lower():
        return "nps"
    return f"{0 if min(numbers) < 1 else 1}-{5 if max(numbers) <= 5 else 10}"


def _times(values: Sequence[Any]) -> dict[str, Any] | None:
    """Return the zone and formats with which most values are times; None if there are none."""
    numbers = [float(value) for value in values if re.fullmatch(r"\d{10}(\d{3})?(\.\d+)?", str(value))]
    if numbers and len(numbers) == len(values):
        return {"date_formats": ["epoch" if int(numbers[0]) in _EPOCH_SECONDS else "epoch_ms"]}
    choices: list[list[str]] = [[], *([one] for one in _DATE_FORMATS)]
    read = {index: _readable(values, formats, "UTC") for index, formats in enumerate(choices)}
    best = max(read, key=lambda index: read[index])  # the first of equals: ISO, then month before day
    if read[best] * 2 < len(values):
        return None
    settings: dict[str, Any] = {"date_formats": choices[best]} if choices[best] else {}
    if _readable(values, choices[best], None) < read[best]:
        settings["time_zone"] = "UTC"
    return settings


def _readable(values: Sequence[Any], formats: Sequence[str], zone: str | None) -> int:
    reader = TimeReader(formats=formats, zone=zone, missing_days=("1970-01-01",))
    count = 0
    for value in values:
        try:
            reader.read(value.strip() if isinstance(value, str) else value)
            count += 1
        except Unusable:
            continue
    return count
