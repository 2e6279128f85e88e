"""Sources that fell silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from digests.alerts.alert import HISTORY_DAYS, Alert, make_alert
from digests.catalogue import Catalogue
from digests.options import AlertOptions
from digests.published import Published
from digests.quotes import one_line

__all__ = ["silent_sources"]

SHORTEST_LISTENING = 7  # days after which a source's silence can be unusual


def silent_sources(source: Published, words: Catalogue, options: AlertOptions) -> Iterable[Alert]:
    """Find sources that bring something on most days and have now been silent for longer than chance would have it."""
    today = source.as_of.date()
    first_day = today - timedelta(days=HISTORY_DAYS)
    days: dict[str, dict[date, int]] = {}
    for row in source.rows("alert_sources", first_day=first_day, last_day=today):
        days.setdefault(row["source"], {})[row["told_date"]] = row["mention_count"]
    for name, seen in days.items():
        newest, oldest = max(seen), min(seen)
        silent, listened = (today - newest).days, (newest - oldest).days + 1
        if listened < SHORTEST_LISTENING or sum(seen.values()) < options.fewest_events:
            continue
        # Days with and without a mention, not counts: bursts must not make quiet days look odd.
        quiet_share = (listened - len(seen) + 1) / (listened + 2)
        if silent >= 1 and quiet_share**silent < options.chance_a_day:
            sentence = words.say("alert.source", source=one_line(name, 40), n=silent, day=words.day(newest))
            yield make_alert("", "source", newest, observed=silent, sentence=sentence, subject=name)
