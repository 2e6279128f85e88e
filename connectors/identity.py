"""From drafts to rows of landing: ids, hashed people, content hashes, brands.

One path for drafts of every source, column by column. `content_hash` and `mention_id` are those of
`records.mention.Mention`; a test holds them equal.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b, sha256
from itertools import repeat
from typing import Any

import pyarrow as pa

from connectors.columns import DraftColumns
from connectors.landing import LANDING_SCHEMA
from connectors.matching import Matcher
from connectors.waiting import FUTURE_SLACK
from records.errors import SkippedRecord
from records.mention import BrandMatch, Channel

__all__ = ["IN_THE_FUTURE", "NO_BRAND", "Identify", "identify"]

NO_BRAND = "about none of the brands"
IN_THE_FUTURE = "dated in the future"

_CONTENT = ("title", "text", "language", "rating", "rating_max", "thread_id", "parent_id", "repost_of", "place_id")
_CONTENT_END = ("product_id", "visibility")
_DEFAULTS = {"namespace": "", "text": "", "visibility": "public"}
_PEOPLE = {"author_id": "author", "person_key": "person", "team_id": "team_id", "staff_id": "staff_id"}


@dataclass(slots=True, kw_only=True)
class Identify:
    """What all rows of a run have in common.

    Attributes:
        source: what its mentions hold in `source`.
        channel: overrides the drafts' own, or None.
        secret_key: the home's key, with which people are hashed.
        matcher: finds the configured brands in words.
    """

    source: str
    channel: Channel | None
    secret_key: bytes
    matcher: Matcher
    _people: dict[str, str] = field(default_factory=dict)

    def hashed(self, person: str | None) -> str | None:
        """Return the keyed hash of a person, None for None; the most recent ones are remembered."""
        if not person:
            return None
        known = self._people.get(person)
        if known is None:
            if len(self._people) >= _PEOPLE_REMEMBERED:
                self._people.clear()
            known = self._people[person] = blake2b(person.encode(), digest_size=16, key=self.secret_key).hexdigest()
        return known


_PEOPLE_REMEMBERED = 100_000


def identify(
    drafts: DraftColumns,
    common: Identify,
    *,
    fetched_at: datetime,
    brands: Sequence[BrandMatch] = (),
    needs_brand: bool = True,
) -> tuple[pa.Table, list[SkippedRecord]]:
    """Return the landing rows of drafts, and those left out because they are about no brand or dated in the future.

    Rows have no `row_no` yet: they get it as they land.

    Args:
        drafts: as `parse` gave them.
        common: what the run's rows share.
        fetched_at: aware UTC; when the page was read.
        brands: what all of them are about, whatever their words.
        needs_brand: whether to leave out what is about no brand; not so for what is known and only looked at again.
    """
    given = drafts.values
    count = len(drafts)
    found = _brands(drafts, common.matcher, tuple(brands))
    latest = fetched_at + FUTURE_SLACK
    times = given.get("published_at") or [None] * count
    skipped = []
    kept: list[int] = []
    for row, (match, moment) in enumerate(zip(found, times, strict=True)):
        if needs_brand and not match:
            skipped.append(SkippedRecord(_where(drafts, row), NO_BRAND))
        elif moment is not None and moment > latest:
            skipped.append(SkippedRecord(_where(drafts, row), IN_THE_FUTURE))
        else:
            kept.append(row)
    if skipped:
        given = {name: [column[row] for row in kept] for name, column in given.items()}
        found = [found[row] for row in kept]
    return _table(given, found, common, fetched_at), skipped


def _table(
    given: dict[str, list[Any]], found: list[tuple[BrandMatch, ...]], common: Identify, fetched_at: datetime
) -> pa.Table:
    count = len(found)
    columns: dict[str, Any] = dict(given)
    for name, default in _DEFAULTS.items():
        columns.setdefault(name, [default] * count)
    for name, people in _PEOPLE.items():
        if people in given:
            columns[name] = [common.hashed(person) for person in given[people]]
    columns["source"] = [common.source] * count
    columns["fetched_at"] = pa.repeat(pa.scalar(fetched_at, _type("fetched_at")), count)
    columns["mention_id"] = _mention_ids(common.source, columns["namespace"], columns["native_id"])
    columns["content_hash"] = _content_hashes(columns, count)
    columns["brands"] = _brand_array(found)
    if common.channel is not None:
        columns["channel"] = [common.channel] * count
    arrays = [
        columns[name] if isinstance(columns.get(name), pa.Array)
        else pa.array(columns[name], _type(name)) if name in columns
        else pa.nulls(count, _type(name))
        for name in LANDING_SCHEMA.names
    ]  # fmt: skip
    return pa.Table.from_arrays(arrays, schema=LANDING_SCHEMA)


def _brands(drafts: DraftColumns, matcher: Matcher, page: tuple[BrandMatch, ...]) -> list[tuple[BrandMatch, ...]]:
    count = len(drafts)
    titles = drafts.values.get("title") or [None] * count
    texts = drafts.values.get("text") or [""] * count
    known = [(*own, *page) if page else own for own in drafts.brands] if drafts.brands else [page] * count
    return matcher.match(titles, texts, known)


def _mention_ids(source: str, namespaces: list[str], native_ids: list[str]) -> list[str]:
    ids = []
    for namespace, native_id in zip(namespaces, native_ids, strict=True):
        digits = sha256(f"{source}\x1f{namespace}\x1f{native_id}".encode()).hexdigest()
        ids.append(f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}")
    return ids


def _content_hashes(columns: dict[str, Any], count: int) -> list[str]:
    parts = [_hash_parts(columns.get(name), count) for name in (*_CONTENT, *_CONTENT_END)]
    return [blake2b("\x1f".join(row).encode(), digest_size=16).hexdigest() for row in zip(*parts, strict=True)]


def _hash_parts(column: list[Any] | None, count: int) -> Iterable[str]:
    if column is None:
        return repeat("\x00", count)
    return ["\x00" if value is None else value if value.__class__ is str else str(value) for value in column]


def _brand_array(found: list[tuple[BrandMatch, ...]]) -> pa.Array:
    flat = [match for matches in found for match in matches]
    offsets = [0]
    end = 0
    for matches in found:
        end += len(matches)
        offsets.append(end)
    kind = _type("brands")
    structs = pa.StructArray.from_arrays(
        [pa.array([getattr(match, name) for match in flat], pa.string()) for name in ("brand", "matched_by", "name")],
        fields=list(kind.value_type.fields),
    )
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), structs, type=kind)


def _where(drafts: DraftColumns, row: int) -> str:
    return drafts.where(row) if drafts.where else str(drafts.values["native_id"][row])


def _type(name: str) -> pa.DataType:
    return LANDING_SCHEMA.field(name).type
