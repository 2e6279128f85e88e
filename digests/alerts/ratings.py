"""Ratings that fell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from scipy import special

from digests.alerts.alert import HISTORY_DAYS, Alert, make_alert
from digests.catalogue import Catalogue
from digests.options import AlertOptions
from digests.published import Published

__all__ = ["rating_alerts"]

RATING_DAYS = 7


def rating_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    """Compare the last seven days' ratings with the eight weeks before them, by Welch's test."""
    first_day = today - timedelta(days=HISTORY_DAYS + RATING_DAYS)
    rows = source.rows("alert_ratings", brand=brand, first_day=first_day, last_day=today)
    split = today - timedelta(days=RATING_DAYS)
    old, new = (_moments([row for row in rows if (row["told_date"] > split) == is_new]) for is_new in (False, True))
    if old is None or new is None or min(old[0], new[0]) < options.fewest_events or old[2] + new[2] <= 0:
        return
    if _chance_of_fall(old, new) < options.chance_a_day:
        shown = {"now": words.share(round(100 * new[1]), 100), "before": words.share(round(100 * old[1]), 100)}
        yield make_alert(
            brand, "rating", split + timedelta(days=1), observed=new[1], expected=old[1],
            sentence=words.say("alert.rating", brand=name, n=new[0], **shown),
        )  # fmt: skip


def _chance_of_fall(old: tuple[int, float, float], new: tuple[int, float, float]) -> float:
    """Return the lower tail of Welch's t for two sets of (count, mean, variance), not both without variance."""
    share_old, share_new = old[2] / old[0], new[2] / new[0]
    freedom = (share_old + share_new) ** 2 / (share_old**2 / (old[0] - 1) + share_new**2 / (new[0] - 1))
    return float(special.stdtr(freedom, (new[1] - old[1]) / math.sqrt(share_old + share_new)))


def _moments(rows: Sequence[Mapping[str, float]]) -> tuple[int, float, float] | None:
    """Return count, mean and variance of ratings from their daily sums; None for fewer than two."""
    count = sum(int(row["rating_count"]) for row in rows)
    if count < 2:
        return None
    mean = sum(row["total"] for row in rows) / count
    return count, mean, max(0.0, (sum(row["squares"] for row in rows) - count * mean**2) / (count - 1))
