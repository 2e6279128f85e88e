"""From the items of an answer to a page: what is read, what is gone, what is left out and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from connectors.contract import NativeId, Page, Request
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft

__all__ = ["UNREADABLE", "Read", "read_page"]

Read = Draft | SkippedRecord | NativeId
"""What one item of an answer comes to: a draft, left out, or the id of something gone."""

Item = TypeVar("Item")

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
        read: reads one; a `KeyError`, `TypeError`, `ValueError` or `AttributeError` leaves the item out.
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
        except (LookupError, TypeError, ValueError, AttributeError):
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
