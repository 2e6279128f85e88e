"""Sources that fell silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import zip_longest

from digests.alerts.alert import HISTORY_DAYS, REPLAYED_DAYS, Judged, judged
from digests.options import AlertOptions
from digests.published import Published

__all__ = ["silent_sources"]

SHORTEST_LISTENING = 7  # days after which a source's silence can be unusual


def silent_sources(source: Published, options: AlertOptions) -> Iterable[Judged]:
    """Find sources that bring something on most days and were silent for longer than chance would have it."""
    today = source.as_of.date()
    judged_from = today - timedelta(days=REPLAYED_DAYS)
    days: dict[str, dict[date, int]] = {}
    for row in source.rows("alert_sources", first_day=judged_from - timedelta(days=HISTORY_DAYS), last_day=today):
        days.setdefault(row["source"], {})[row["told_date"]] = row["mention_count"]
    for name, counts in days.items():
        # What came today ends a silence; that nothing came yet makes today no silent day before it is over.
        heard_on = sorted(counts)
        for newest, heard in zip_longest(heard_on, heard_on[1:]):
            silent = (heard - newest).days - 1 if heard else (today - newest).days
            if silent < 1 or (heard or today) < judged_from:
                continue
            seen = [day for day in counts if newest - timedelta(days=HISTORY_DAYS) <= day <= newest]
            listened = (newest - min(seen)).days + 1
            if listened < SHORTEST_LISTENING or sum(counts[day] for day in seen) < options.fewest_events:
                continue
            # Days with and without a mention, not counts: bursts must not make quiet days look odd.
            quiet_share = (listened - len(seen) + 1) / (listened + 2)
            if quiet_share**silent < options.chance_a_day:
                yield judged("", "source", newest, observed=silent, subject=name, closed_on=heard, day_count=silent)
