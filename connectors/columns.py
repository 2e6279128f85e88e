"""Columns of drafts: many mentions as one list per field, for sources that bring them by the hundred thousand.

The same fields and the same rules as `records.mention.Draft`; the runner turns drafts into columns too, so that there
is one path to identity, hashes and landing files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from records.mention import BrandMatch, Draft, Engagement

__all__ = ["COUNTS", "DraftColumns", "OutcomeColumns", "columns_of"]

COUNTS = tuple(count.name for count in fields(Engagement))
_PLAIN = tuple(f.name for f in fields(Draft) if f.name != "engagement")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftColumns:
    """Drafts as columns.

    Attributes:
        values: field name of `Draft` or `Engagement` -> one value per row, all lists equally long. A field left out is
            None in every row ("" for namespace and text, "public" for visibility). Times are aware UTC and ratings
            floats inside their scale: whoever makes the columns has checked what `Draft` checks.
        brands: what each row is about whatever its words; empty for none.
        where: gives the place of a row, for reports of what was skipped ("reviews.csv line 12"); None for its id.
    """

    values: dict[str, list[Any]]
    brands: Sequence[tuple[BrandMatch, ...]] = ()
    where: Callable[[int], str] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.values["native_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeColumns:
    """A brand's own series (sales, orders, churn), one value per brand, series and day; lists equally long."""

    brand: list[str] = field(default_factory=list)
    series: list[str] = field(default_factory=list)
    observed_on: list[date] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.brand)


def columns_of(drafts: Sequence[Draft]) -> DraftColumns:
    """Return drafts as columns."""
    values: dict[str, list[Any]] = {name: [getattr(draft, name) for draft in drafts] for name in _PLAIN}
    for name in COUNTS:
        values[name] = [getattr(draft.engagement, name) for draft in drafts]
    values["rating"] = [None if rating is None else float(rating) for rating in values["rating"]]
    values["rating_max"] = [None if top is None else float(top) for top in values["rating_max"]]
    return DraftColumns(values=values)
