"""Alerts: what can't wait until Monday.

Every figure is judged anew from the published history, day by day: an alert opens when a day (or two together) is
higher than chance would bring it, stays open until two whole days are back to normal, and does not open again during
its cool-down. So the same history always gives the same alerts, and nothing has to be remembered. Who was told of one
is remembered by `digests.send`.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from digests.alerts.alert import Alert
from digests.alerts.counts import count_alerts, exposure_alerts
from digests.alerts.mentions import mention_alerts
from digests.alerts.ratings import rating_alerts
from digests.alerts.sources import silent_sources
from digests.catalogue import catalogue
from digests.options import AlertOptions
from digests.published import Published, open_published
from digests.quotes import one_line
from records.home import Home

__all__ = ["Alert", "check", "history", "judge"]


def check(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the alerts that are open at the published as_of, gravest kind first.

    Raises:
        InputError: nothing is published.
    """
    return [alert for alert in history(home, options, language=language) if alert.closed_on is None]


def history(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the alerts of the last four weeks, closed ones too."""
    source = open_published(home.current)
    with source.connection:
        return judge(source, options, language=language)


def judge(source: Published, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
    """Return the alerts of the last four weeks that open marts give, gravest kind first."""
    options, words = options or AlertOptions(), catalogue(language)
    found: list[Alert] = []
    for row in source.rows("alert_brands"):
        today = source.as_of.astimezone(ZoneInfo(row["time_zone"])).date()
        name = one_line(row["brand_name"], 60)
        for kind in (mention_alerts, count_alerts, exposure_alerts, rating_alerts):
            found += kind(source, words, row["brand"], name, today, options)
    found += silent_sources(source, words, options)
    order = ("word", "mention", "bad_count", "exposure_count", "driver", "rating", "source")
    return sorted(found, key=lambda alert: (order.index(alert.figure), alert.brand, alert.opened_on, alert.alert_id))
