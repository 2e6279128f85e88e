"""Counts by day that are too high: bad experiences, those of one driver, and exposures of bad mentions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

from digests.alerts.alert import HISTORY_DAYS, REPLAYED_DAYS, Alert, make_alert
from digests.alerts.outbreaks import NORMAL_AGAIN, Outbreak, judge_days
from digests.catalogue import Catalogue
from digests.options import DAYS_PER_MONTH, AlertOptions
from digests.published import Published
from digests.quotes import one_line

__all__ = ["count_alerts", "exposure_alerts", "record_days"]

RECENT_DAYS = 7
DRIVERS_NAMED = 3
WEIGHTY_SHARE = 0.1  # of what is heard now, from which a source's beginning begins the history


def count_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    """Find days with too many bad experiences of a brand, and, on other days, with too many that name one driver.

    When the whole count is news its drivers are too: the alert names them, and they give none of their own. On other
    days the drivers share what false alarms are allowed.
    """
    rows = source.rows("alert_days", brand=brand, first_day=_first_day(today), last_day=today)
    if not rows:
        return
    started = _listening_since(source, brand, today)
    by_driver = _driver_days(source, brand, today)
    whole = _outbreaks({row["told_date"]: row["bad_count"] for row in rows}, started, today, options)
    for outbreak in whole:
        links = [row["url"] for row in source.rows("evidence", brand=brand, day=outbreak.opened_on)]
        mostly = _mostly(by_driver, outbreak, words, options)
        yield _of_outbreak("bad_count", outbreak, words, brand, {"brand": name}, links=links, mostly=mostly)
    for (driver, title), seen in by_driver.items():
        for outbreak in _outbreaks(seen, started, today, options, shared_by=len(by_driver)):
            if any(_overlap(outbreak, other) for other in whole):
                continue
            evidence = source.rows("alert_driver_evidence", brand=brand, day=outbreak.opened_on, driver=driver)
            links = [row["url"] for row in evidence]
            told = {"brand": name, "driver": title}
            yield _of_outbreak("driver", outbreak, words, brand, told, links=links, subject=driver)


def exposure_alerts(
    source: Published, words: Catalogue, brand: str, name: str, today: date, options: AlertOptions
) -> Iterable[Alert]:
    """Find days whose bad mentions were shown more often than those of any day before.

    Exposures follow no known distribution, so none is assumed: of n + 1 like days the last one is the highest with a
    chance of 1 / (n + 1). Mentions that are news by themselves are left out.
    """
    needed = math.ceil(DAYS_PER_MONTH / options.false_alarms_per_month) - 1
    judged_from = today - timedelta(days=REPLAYED_DAYS)
    rows = source.rows(
        "alert_exposures",
        brand=brand,
        first_day=judged_from - timedelta(days=needed),
        last_day=today,
        great_reach=options.great_reach,
    )
    if not rows:
        return
    seen = {row["told_date"]: float(row["exposure_count"]) for row in rows}
    for day, exposures, most in record_days(seen, judged_from, today, needed, rest=options.cool_down_days):
        if exposures < options.great_reach:
            continue
        yield make_alert(
            brand,
            "exposure_count",
            day,
            closed_on=day + timedelta(days=2) if day + timedelta(days=1) < today else None,  # after a whole day below
            observed=exposures,
            expected=most,
            sentence=words.say(
                "alert.exposure_count",
                brand=name,
                day=words.day(day),
                times=words.count(int(exposures)),
                n=needed,
                most=words.count(int(most)),
            ),
            links=[row["url"] for row in source.rows("evidence", brand=brand, day=day)],
        )


def record_days(
    seen: Mapping[date, float], first: date, last: date, needed: int, *, rest: int
) -> Iterable[tuple[date, float, float]]:
    """Return the days above each of the `needed` days before them: day, its value, the highest value before.

    Args:
        seen: values by day; a missing day is 0, and before the first day nothing was heard.
        first: the first day judged.
        last: the last day judged.
        needed: days before that must have been heard.
        rest: days after a record that are not judged.
    """
    day = max(first, min(seen) + timedelta(days=needed))
    while day <= last:
        most = max((seen.get(day - timedelta(days=back), 0.0) for back in range(1, needed + 1)), default=0.0)
        is_record = seen.get(day, 0.0) > most
        if is_record:
            yield day, seen[day], most
        day += timedelta(days=1 + rest * is_record)


def _driver_days(source: Published, brand: str, today: date) -> dict[tuple[str, str], dict[date, int]]:
    rows = source.rows("alert_drivers", brand=brand, first_day=_first_day(today), last_day=today)
    return {
        (driver, one_line(title, 60)): {row["told_date"]: row["bad_count"] for row in group}
        for (driver, title), group in groupby(rows, key=lambda row: (row["driver"], row["driver_title"]))
    }


def _mostly(
    by_driver: Mapping[tuple[str, str], Mapping[date, int]], outbreak: Outbreak, words: Catalogue, options: AlertOptions
) -> str:
    days = [outbreak.opened_on - timedelta(days=n) for n in range(outbreak.day_count)]
    counts = {title: sum(seen.get(day, 0) for day in days) for (_, title), seen in by_driver.items()}
    most = sorted(counts.items(), key=lambda one: (-one[1], one[0]))[:DRIVERS_NAMED]
    named = [f"{title} ({words.count(n)})" for title, n in most if n >= options.fewest_events]
    return " " + words.say("alert.mostly", drivers=words.listing(named)) if named else ""


def _overlap(one: Outbreak, other: Outbreak) -> bool:
    day = timedelta(days=1)
    ended = other.closed_on is None or one.opened_on <= other.closed_on + day
    return other.opened_on - day <= one.opened_on and ended


def _outbreaks(
    seen: Mapping[date, int], started: date, today: date, options: AlertOptions, *, shared_by: int = 1
) -> list[Outbreak]:
    judged_from = today - timedelta(days=REPLAYED_DAYS)
    if 2 * max((n for day, n in seen.items() if day >= judged_from), default=0) < options.fewest_events:
        return []  # not even two such days would be enough, which is so of most drivers
    counts = [seen.get(started + timedelta(days=n), 0) for n in range((today - started).days + 1)]
    return judge_days(counts, started, options, from_day=judged_from, is_last_whole=False, shared_by=shared_by)


def _of_outbreak(
    figure: str,
    outbreak: Outbreak,
    words: Catalogue,
    brand: str,
    told: Mapping[str, str],
    *,
    links: Iterable[str | None],
    subject: str | None = None,
    mostly: str = "",
) -> Alert:
    expected = outbreak.expectation
    return make_alert(
        brand,
        figure,
        outbreak.opened_on,
        closed_on=outbreak.closed_on,
        observed=outbreak.observed,
        expected=expected.mean,
        sentence=words.say(
            f"alert.{figure}_{outbreak.day_count}",
            **told,
            day=words.day(outbreak.opened_on),
            bad=words.count(outbreak.observed),
            expected=words.rounded(expected.mean) if expected.mean >= 1 else words.say("alert.hardly_any"),
            high=words.count(expected.high(NORMAL_AGAIN)),
        )
        + mostly,
        links=links,
        subject=subject,
    )


def _first_day(today: date) -> date:
    return today - timedelta(days=HISTORY_DAYS + REPLAYED_DAYS)


def _listening_since(source: Published, brand: str, today: date) -> date:
    """Return the first day from which all sources that matter now were heard: before it, silence says nothing."""
    recent_after = today - timedelta(days=RECENT_DAYS)
    heard = source.rows("listening_since", brand=brand, last_day=today, recent_after=recent_after)
    total = sum(row["recent_count"] for row in heard)
    began: list[date] = [row["first_date"] for row in heard if row["recent_count"] > total * WEIGHTY_SHARE]
    return max([_first_day(today), *began])
