"""Single mentions that can't wait: seen very often, or with a word that always is news."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from digests.alerts.alert import REPLAYED_DAYS, Judged, judged
from digests.alerts.facts import spelled
from digests.options import AlertOptions
from digests.published import Published

__all__ = ["mention_alerts"]

NEWS_DAYS = 7  # how long a single mention stays news


def mention_alerts(source: Published, brands: Sequence[str], today: date, options: AlertOptions) -> Iterable[Judged]:
    """Find mentions with a great reach, and those that hold a word that must not wait.

    Args:
        source: the open marts.
        brands: whose mentions; asked for together, since words are dear to read and lie side by side.
        today: the last day looked at.
        options: the reach, the words.
    """
    rows = source.rows(
        "alert_mentions",
        brands=list(brands),
        first_day=today - timedelta(days=REPLAYED_DAYS),
        last_day=today,
        great_reach=options.great_reach,
        words=spelled(options.words),
    )
    for row in rows:
        ends = row["told_date"] + timedelta(days=NEWS_DAYS)
        yield judged(
            row["brand"],
            "word" if row["has_word"] else "mention",
            row["told_date"],
            closed_on=ends if ends <= today else None,
            observed=row["exposure_count"] or 1.0,
            subject=row["mention_id"],
        )
