"""Ratings that fell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from scipy import special

from digests.alerts.alert import HISTORY_DAYS, REPLAYED_DAYS, Judged, judged
from digests.alerts.facts import RATING_DAYS
from digests.alerts.outbreaks import NORMAL_AGAIN
from digests.options import AlertOptions
from digests.published import Published

__all__ = ["rating_alerts"]

Moments = tuple[int, float, float]


def rating_alerts(source: Published, brand: str, today: date, options: AlertOptions) -> Iterable[Judged]:
    """Compare each seven days' ratings with the eight weeks before them, by Welch's test, day after day."""
    first_day = today - timedelta(days=REPLAYED_DAYS + HISTORY_DAYS + RATING_DAYS)
    rows = source.rows("alert_ratings", brand=brand, first_day=first_day, last_day=today)
    return rating_falls({row["told_date"]: row for row in rows}, today, options, brand)


def rating_falls(
    days: Mapping[date, Mapping[str, float]], today: date, options: AlertOptions, brand: str
) -> list[Judged]:
    """Return the falls in daily sums of ratings (rating_count, total, squares), as shares of their scales.

    A fall opens on the last of its seven days, ends when seven days are no longer rare, and rests after that.
    """
    found: list[Judged] = []
    opened: tuple[date, Moments, Moments] | None = None
    rest_until = date.min
    for back in range(REPLAYED_DAYS, -1, -1):
        day = today - timedelta(days=back)
        split = day - timedelta(days=RATING_DAYS)
        new = _moments([days[one] for one in days if split < one <= day])
        old = _moments([days[one] for one in days if split - timedelta(days=HISTORY_DAYS) < one <= split])
        if old is None or new is None or min(old[0], new[0]) < options.fewest_events or old[2] + new[2] <= 0:
            chance = 1.0
        else:
            chance = _chance_of_fall(old, new)
        if opened and chance > NORMAL_AGAIN:
            found.append(_fall(brand, *opened, day))
            opened, rest_until = None, day + timedelta(days=options.cool_down_days)
        elif not opened and day > rest_until and chance < options.chance_a_day and old and new:
            opened = (day, old, new)
    return [*found, _fall(brand, *opened, None)] if opened else found


def _fall(brand: str, day: date, old: Moments, new: Moments, closed_on: date | None) -> Judged:
    return judged(
        brand, "rating", day, observed=new[1], expected=old[1], closed_on=closed_on, day_count=RATING_DAYS
    )  # fmt: skip


def _chance_of_fall(old: Moments, new: Moments) -> float:
    """Return the lower tail of Welch's t for two sets of (count, mean, variance), not both without variance."""
    share_old, share_new = old[2] / old[0], new[2] / new[0]
    freedom = (share_old + share_new) ** 2 / (share_old**2 / (old[0] - 1) + share_new**2 / (new[0] - 1))
    return float(special.stdtr(freedom, (new[1] - old[1]) / math.sqrt(share_old + share_new)))


def _moments(rows: Sequence[Mapping[str, float]]) -> Moments | None:
    """Return count, mean and variance of ratings from their daily sums; None for fewer than two."""
    count = sum(int(row["rating_count"]) for row in rows)
    if count < 2:
        return None
    mean = sum(row["total"] for row in rows) / count
    return count, mean, max(0.0, (sum(row["squares"] for row in rows) - count * mean**2) / (count - 1))
