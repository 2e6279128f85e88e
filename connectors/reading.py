"""From the items of an answer to a page: what is read, what is gone, what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields, replace
from typing import TypeVar

from connectors.columns import COUNTS, DraftColumns
from connectors.contract import NativeId, Page, Request
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft

__all__ = ["STUMBLES", "TOO_LONG", "UNREADABLE", "Read", "read_page", "usable"]

Read = Draft | SkippedRecord | NativeId
"""What one item of an answer comes to: a draft, left out, or the id of something gone."""

Item = TypeVar("Item")

MAX_TEXT_CHARACTERS = 100_000
TOO_LONG = f"text longer than {MAX_TEXT_CHARACTERS:,} characters"
_STRINGS = tuple(f.name for f in fields(Draft) if f.type in ("str", "str | None"))
_NUMBERS = ("rating", "rating_max")

STUMBLES = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)
"""What reading a value of another shape raises (`datetime` raises the arithmetic ones)."""

UNREADABLE = "not of the expected shape"


def read_page(
    items: Iterable[Item],
    read: Callable[[Item], Read],
    *,
    next: tuple[Request, ...] = (),  # noqa: A002 (the field of `Page`)
    brands: tuple[BrandMatch, ...] = (),
) -> Page:
    """Return the page that items make; one that cannot be read is left out and counted, and the others stay.

    Args:
        items: of an answer.
        read: reads one; one of `STUMBLES` leaves the item out.
        next: as in `Page`.
        brands: as in `Page`.

    Raises:
        Drift: not one of the items can be read.
    """
    records: list[Draft] = []
    skipped: list[SkippedRecord] = []
    gone: list[NativeId] = []
    unreadable = 0
    for number, item in enumerate(items, start=1):
        try:
            found = read(item)
        except STUMBLES:
            unreadable += 1
            found = SkippedRecord(f"item {number} of an answer", UNREADABLE)
        if isinstance(found, Draft):
            records.append(found)
        elif isinstance(found, SkippedRecord):
            skipped.append(found)
        else:
            gone.append(found)
    if unreadable and unreadable == len(records) + len(skipped) + len(gone):
        raise Drift(f"none of the {unreadable} items of the answer is of the expected shape; the API may have changed")
    return Page(records=tuple(records), gone=tuple(gone), skipped=tuple(skipped), next=next, brands=brands)


def usable(page: Page) -> Page:
    """Return a page whose drafts can be written: others are left out and counted.

    Types are checked here, once, because a source that sends "41" for 41 should cost one record and not a pull.
    Characters that no file can hold (NUL, half of a surrogate pair) become U+FFFD.
    """
    if isinstance(page.records, DraftColumns):
        return page
    records: list[Draft] = []
    skipped: list[SkippedRecord] = []
    for draft in page.records:
        reason = _unusable(draft)
        if reason:
            skipped.append(SkippedRecord(str(draft.native_id), reason))
        else:
            records.append(_written(draft))
    return replace(page, records=tuple(records), skipped=(*page.skipped, *skipped))


def _unusable(draft: Draft) -> str:
    for name in _STRINGS:
        value = getattr(draft, name)
        if value is not None and not isinstance(value, str):
            return UNREADABLE
    counts = [getattr(draft.engagement, name) for name in COUNTS]
    if any(count is not None and (not isinstance(count, int) or abs(count) >= 2**63) for count in counts):
        return UNREADABLE
    if any(not isinstance(getattr(draft, name), float | int | None) for name in _NUMBERS):
        return UNREADABLE
    return TOO_LONG if len(draft.text) > MAX_TEXT_CHARACTERS else ""


def _written(draft: Draft) -> Draft:
    changed = {}
    for name in _STRINGS:
        value = getattr(draft, name)
        if (value is not None and not value.isascii()) or (value and "\x00" in value):
            plain = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")
            if plain != value:
                changed[name] = plain
    return replace(draft, **changed) if changed else draft
