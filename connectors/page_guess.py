"""Where a recorded page keeps what: its records, and which of their fields hold id, words, time, author and so on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from records.errors import InputError

__all__ = ["Guess", "guess"]

_NAMES = {
    "id": ("id", "uuid", "objectid", "reviewid", "guid", "key", "uri", "name"),
    "text": ("text", "body", "content", "comment", "review", "message", "description", "reviewtext", "selftext"),
    "title": ("title", "headline", "subject", "summary"),
    "author": ("authorid", "userid", "author", "user", "username", "did", "reviewer"),
    "published_at": (
        "createdat", "publishedat", "published", "created", "creationdate", "createdutc", "datecreated", "posted",
        "postedat", "date", "timestamp", "time", "publishtime", "pubdate",
    ),
    "rating": ("rating", "stars", "starrating", "ratingvalue"),
    "url": ("url", "link", "permalink", "href"),
}  # fmt: skip
_PEOPLE = frozenset(
    {"account", "author", "creator", "customer", "from", "member", "owner", "person", "reviewer", "user"}
)
_OF_PEOPLE = ("id", "userid", "accountid", "did", "username", "name", "displayname")
_OF_OTHERS = ("parent", "thread", "topic", "product", "place", "site", "category", "community")
_EPOCH_SECONDS = range(631_152_000, 4_102_444_800)  # 1990 to 2100


@dataclass(frozen=True, slots=True)
class Guess:
    """Where a page keeps what.

    Attributes:
        records: keys that lead to the list of records.
        fields: field of a draft -> keys that lead to it in a record.
        time: how times are written: iso, epoch, epoch_ms, or "" without a time.
        rating_max: upper end of the rating's scale, None without a rating.
    """

    records: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]
    time: str
    rating_max: float | None


def guess(page: Any) -> Guess:
    """Return where a recorded page keeps what.

    Raises:
        InputError: it holds no list of records with an id and words.
    """
    best: tuple[int, int, tuple[str, ...], dict[str, tuple[str, ...]]] | None = None
    for path, records in _lists(page, ()):
        fields = _fields(records)
        if "id" in fields and ("text" in fields or "title" in fields):
            rank = (len(fields), len(records), path, fields)
            if best is None or rank[:2] > best[:2]:
                best = rank
    if best is None:
        raise InputError("the recorded page holds no list of records with an id and a text; record another page")
    _, _, path, fields = best
    records = _reach(page, path)
    times = [_reach(record, fields["published_at"]) for record in records] if "published_at" in fields else []
    time = _time_form(times)
    if not time:
        fields.pop("published_at", None)
    ratings = [_reach(record, fields["rating"]) for record in records] if "rating" in fields else []
    numbers = [float(one) for one in ratings if isinstance(one, int | float) and not isinstance(one, bool)]
    rating_max = None
    if numbers and max(numbers) <= 10 and min(numbers) >= 0:
        rating_max = 5.0 if max(numbers) <= 5 else 10.0
    else:
        fields.pop("rating", None)
    return Guess(path, fields, time, rating_max)


def _lists(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[Mapping[str, Any]]]]:
    if isinstance(value, list) and value and all(isinstance(part, dict) for part in value):
        yield path, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _lists(part, (*path, key))


def _fields(records: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return the path of each field in the records: the first of its usual names that is there."""
    every = dict.fromkeys(path for record in records for path in _paths(record, ()))
    found: dict[str, tuple[str, ...]] = {}
    for field, names in _NAMES.items():
        for path in _candidates(field, names, every):
            values = [_reach(record, path) for record in records]
            if path not in found.values() and _fits(field, values):
                found[field] = path
                break
    return found


def _candidates(field: str, names: Sequence[str], every: Mapping[tuple[str, ...], None]) -> Iterator[tuple[str, ...]]:
    """Yield the paths that may lead to a field, the likeliest first; what is said of a person is only the author's."""
    of_people = [path for path in every if _PEOPLE & {_plain(key) for key in path[:-1]}]
    others = sorted((path for path in every if path not in of_people), key=len)
    if field == "author":
        yield from (path for name in _OF_PEOPLE for path in of_people if _plain(path[-1]) == name)
    yield from (path for name in names for path in others if _plain(path[-1]) == name)
    if field == "id":
        own = (path for path in others if _plain(path[-1]).endswith("id"))
        yield from (path for path in own if not _plain(path[-1]).startswith((*_PEOPLE, *_OF_OTHERS)))
    if field == "title":
        yield from (path for path in others if _plain(path[-1]) == "name")


def _plain(key: str) -> str:
    return re.sub(r"[^a-z0-9]", "", key.lower())


def _fits(field: str, values: Sequence[Any]) -> bool:
    if field == "id":
        return None not in values and len({str(one) for one in values}) == len(values)
    if field in ("text", "title", "url"):
        return any(isinstance(one, str) for one in values)
    return True


def _paths(record: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for key, part in record.items():
        if isinstance(part, dict) and len(path) < 2:
            yield from _paths(part, (*path, key))
        elif not isinstance(part, dict | list):
            yield (*path, key)


def _reach(value: Any, path: Sequence[str]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _time_form(values: Sequence[Any]) -> str:
    given = [one for one in values if one is not None]
    if not given:
        return ""
    if all(isinstance(one, int | float) and not isinstance(one, bool) for one in given):
        if all(int(one) in _EPOCH_SECONDS for one in given):
            return "epoch"
        return "epoch_ms" if all(int(one) // 1000 in _EPOCH_SECONDS for one in given) else ""
    try:
        aware = [datetime.fromisoformat(one).tzinfo for one in given]
    except (TypeError, ValueError):
        return ""
    return "iso" if all(aware) else ""
