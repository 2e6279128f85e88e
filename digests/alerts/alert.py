"""What an alert is: what was judged, which the tables keep, and what is told of it, which quotes and links."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

__all__ = ["HISTORY_DAYS", "REPLAYED_DAYS", "Alert", "Judged", "judged"]

HISTORY_DAYS = 56  # before the days judged
REPLAYED_DAYS = 35  # how far back an alert may have opened: a month and what a monthly digest waits


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One alert as it was judged: a row of `marts.alert`, without words, which would have to be erased.

    Attributes:
        alert_id: stable from run to run.
        brand: the brand's key; "" for a source, which serves all brands.
        figure: bad_count, exposure_count, driver, rating, mention, word or source.
        subject: the driver, mention or source that it is about; None for the brand as a whole.
        opened_on: the day that gave it.
        closed_on: the day on which it ended; None while it is open.
        observed: what was seen: a count, a mean rating (share of its scale), exposures, or days of silence.
        expected: what was to be expected; None where the alert needs no expectation.
        usual_high: the count above which a day or two are rare; None for what is no count.
        day_count: days judged together; for exposures the days before, for a silence its days.
    """

    alert_id: str
    brand: str
    figure: str
    subject: str | None
    opened_on: date
    closed_on: date | None
    observed: float
    expected: float | None
    usual_high: float | None = None
    day_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert(Judged):
    """One alert as people are told of it.

    Attributes:
        sentence: what to tell people.
        links: http(s) addresses that show it, at most three.
    """

    sentence: str
    links: tuple[str, ...]


def judged(
    brand: str, figure: str, opened_on: date, *, observed: float, expected: float | None = None,
    closed_on: date | None = None, subject: str | None = None, usual_high: float | None = None, day_count: int = 1,
) -> Judged:  # fmt: skip
    """Return what was judged, with an id that is the same in every run."""
    key = "\x1f".join((brand, figure, opened_on.isoformat(), subject or ""))
    return Judged(
        alert_id=hashlib.sha256(key.encode()).hexdigest()[:16],
        brand=brand,
        figure=figure,
        subject=subject,
        opened_on=opened_on,
        closed_on=closed_on,
        observed=float(observed),
        expected=expected,
        usual_high=usual_high,
        day_count=day_count,
    )
