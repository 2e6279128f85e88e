"""What an alert is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from digests.quotes import safe_link

__all__ = ["Alert", "make_alert"]

HISTORY_DAYS = 56  # before the days judged
REPLAYED_DAYS = 28  # how far back an alert may have opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert.

    Attributes:
        alert_id: stable from run to run.
        brand: the brand's key; "" for a source, which serves all brands.
        figure: bad_count, exposure_count, driver, rating, mention, word or source.
        subject: the driver, mention or source that it is about; None for the brand as a whole.
        opened_on: the day that gave it.
        closed_on: the day on which it ended; None while it is open.
        observed: what was seen: a count, a mean rating (share of its scale), exposures, or days of silence.
        expected: what was to be expected; None where the alert needs no expectation.
        sentence: what to tell people.
        links: http(s) addresses that show it, at most three.
    """

    alert_id: str
    brand: str
    figure: str
    subject: str | None
    opened_on: date
    closed_on: date | None
    observed: float
    expected: float | None
    sentence: str
    links: tuple[str, ...]


def make_alert(
    brand: str, figure: str, opened_on: date, *, observed: float, sentence: str, expected: float | None = None,
    closed_on: date | None = None, links: Iterable[str | None] = (), subject: str | None = None,
) -> Alert:  # fmt: skip
    """Return an alert whose id is the same in every run; links that are not http(s) are left out."""
    key = "\x1f".join((brand, figure, opened_on.isoformat(), subject or ""))
    return Alert(
        alert_id=hashlib.sha256(key.encode()).hexdigest()[:16],
        brand=brand,
        figure=figure,
        subject=subject,
        opened_on=opened_on,
        closed_on=closed_on,
        observed=float(observed),
        expected=expected,
        sentence=sentence,
        links=tuple(link for url in links if (link := safe_link(url))),
    )
