"""Judge: every figure anew from the history, day by day, once in a run, just before its marts are published.

An alert opens when a day (or two together) is higher than chance would bring it, stays open until two whole days are
back to normal, and does not open again during its cool-down. So the same history always gives the same alerts, and
nothing has to be remembered. Who was told of one is remembered by `digests.send`.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from zoneinfo import ZoneInfo

from digests.alerts.alert import Judged
from digests.alerts.counts import count_alerts, exposure_alerts
from digests.alerts.mentions import mention_alerts
from digests.alerts.ratings import rating_alerts
from digests.alerts.sources import silent_sources
from digests.options import AlertOptions
from digests.published import Published

__all__ = ["judge"]


def judge(source: Published, options: AlertOptions | None = None) -> list[Judged]:
    """Return the alerts of the last five weeks that open marts give."""
    options = options or AlertOptions()
    found: list[Judged] = []
    brands_at: defaultdict[date, list[str]] = defaultdict(list)
    for row in source.rows("alert_brands"):
        brands_at[source.as_of.astimezone(ZoneInfo(row["time_zone"])).date()].append(row["brand"])
    for today, brands in brands_at.items():
        found += mention_alerts(source, brands, today, options)
        for brand in brands:
            for kind in (count_alerts, exposure_alerts, rating_alerts):
                found += kind(source, brand, today, options)
    return [*found, *silent_sources(source, options)]
