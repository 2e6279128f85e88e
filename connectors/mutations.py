"""Changed copies of recorded answers: what a source might send tomorrow."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from records.mention import Draft

__all__ = ["as_json", "edits", "keys_in", "shifted", "trimmed", "with_unknown_fields", "without_key"]

_BEGINNING = 12  # characters by which a text is found in the answer
_MAX_EDITS = 20
_MAX_RECORDS = 12


def trimmed(value: Any) -> Any:
    """Return JSON values with only the first records of long lists, and of long collections keyed by id."""
    if isinstance(value, list):
        return [trimmed(part) for part in value[:_MAX_RECORDS]]
    if isinstance(value, dict):
        is_keyed = len(value) > _MAX_RECORDS and all(isinstance(part, dict) for part in value.values())
        kept = list(value.items())[: _MAX_RECORDS if is_keyed else None]
        return {key: trimmed(part) for key, part in kept}
    return value


def keys_in(value: Any) -> dict[str, None]:
    """Return all keys of JSON values, at any depth, in order of appearance."""
    found: dict[str, None] = {}
    for part in _dicts(value):
        found.update(dict.fromkeys(part))
    return found


def with_unknown_fields(value: Any) -> Any:
    """Return JSON values with a field in every object that no documentation knows."""
    changed = copy.deepcopy(value)
    for part in list(_dicts(changed)):
        part["zz_unknown_field"] = {"is": ["new", 1, None]}
    return changed


def without_key(value: Any, key: str, *, null: bool) -> Any:
    """Return JSON values without a key wherever it stands, or with null for its value."""
    changed = copy.deepcopy(value)
    for part in _dicts(changed):
        if key in part:
            if null:
                part[key] = None
            else:
                del part[key]
    return changed


def edits(value: Any, texts: list[str], words: str) -> Iterator[Any]:
    """Yield copies in which words are added to one string that begins like one of the texts, each time another one."""
    beginnings = tuple(text[:_BEGINNING].split("\n")[0] for text in texts)
    places = [
        number
        for number, (_, _, leaf) in enumerate(_leaves(value))
        if isinstance(leaf, str) and any(start and start in leaf for start in beginnings)
    ]
    for number in places[:_MAX_EDITS]:
        changed = copy.deepcopy(value)
        holder, key, text = next(islice(_leaves(changed), number, None))
        holder[key] = text + words
        yield changed


def shifted(value: Any, drafts: list[Draft], *, number: int, by: timedelta, tokens: frozenset[str]) -> Any:
    """Return an answer as the source might give it for another page: other ids, other times, another page token.

    Args:
        value: JSON values of a recorded page.
        drafts: what they mean.
        number: of the new page, not 0.
        by: how much later the new page is; negative for older.
        tokens: strings that lead to the next page.
    """
    ids = {draft.native_id for draft in drafts}
    ids |= {one.partition("_")[2] for one in ids if "_" in one}
    moments = {moment for draft in drafts for moment in (draft.published_at, draft.edited_at) if moment is not None}
    changed = copy.deepcopy(value)
    for holder, key, leaf in list(_leaves(changed)):
        if str(leaf) in ids and not isinstance(leaf, float | bool):
            holder[key] = int(f"{number + 5}{leaf}") if isinstance(leaf, int) else _other_id(str(leaf), number)
        elif isinstance(leaf, str) and leaf in tokens:
            holder[key] = f"{leaf}{number + 5}"
        else:
            holder[key] = _other_time(leaf, moments, by)
    # A collection keyed by id has the ids as its keys too.
    for part in list(_dicts(changed)):
        for key in [key for key in part if key in ids]:
            part[_other_id(key, number)] = part.pop(key)
    return changed


def _other_id(one: str, number: int) -> str:
    kind, mark, rest = one.rpartition("_")
    return f"{kind}{mark}{number + 5}{rest}"


def _other_time(leaf: Any, moments: set[datetime], by: timedelta) -> Any:
    if isinstance(leaf, bool):
        return leaf
    if isinstance(leaf, int | float):
        if any(abs(leaf - moment.timestamp()) < 1 for moment in moments):
            return type(leaf)(leaf + by.total_seconds())
        return leaf
    if not isinstance(leaf, str) or leaf[4:5] != "-":
        return leaf
    try:
        moment = datetime.fromisoformat(leaf)
    except ValueError:
        return leaf
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not any(abs((aware - known).total_seconds()) < 1 for known in moments):
        return leaf
    written = (moment + by).isoformat()
    return written.replace("+00:00", "Z") if leaf.endswith("Z") else written


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _dicts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _dicts(part)


def _leaves(value: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Yield holder, key and value of everything that is neither object nor list."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        if isinstance(part, dict | list):
            yield from _leaves(part)
        else:
            yield value, key, part


def as_json(value: Any) -> bytes:
    """Return JSON values as a body."""
    return json.dumps(value).encode()
