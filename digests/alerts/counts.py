"""Counts by day that are too high: bad experiences, those of one driver, and exposures of bad mentions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby

from digests.alerts.alert import HISTORY_DAYS, REPLAYED_DAYS, Judged, judged
from digests.alerts.outbreaks import NORMAL_AGAIN, Outbreak, judge_days
from digests.options import DAYS_PER_MONTH, AlertOptions
from digests.published import Published

__all__ = ["count_alerts", "exposure_alerts", "record_days"]

RECENT_DAYS = 7
WEIGHTY_SHARE = 0.1  # of what is heard now, from which a source's beginning begins the history


def count_alerts(source: Published, brand: str, today: date, options: AlertOptions) -> Iterable[Judged]:
    """Find days with too many bad experiences of a brand, and, on other days, with too many that name one driver.

    When the whole count is news its drivers are too: its alert names them, and they give none of their own. On other
    days the drivers share what false alarms are allowed.
    """
    rows = source.rows("alert_days", brand=brand, first_day=_first_day(today), last_day=today)
    if not rows:
        return
    started = _listening_since(source, brand, today)
    by_driver = _driver_days(source, brand, today)
    whole = _outbreaks({row["told_date"]: row["bad_count"] for row in rows}, started, today, options)
    yield from (_of_outbreak("bad_count", outbreak, brand) for outbreak in whole)
    for driver, seen in by_driver.items():
        for outbreak in _outbreaks(seen, started, today, options, shared_by=len(by_driver)):
            if not any(_overlap(outbreak, other) for other in whole):
                yield _of_outbreak("driver", outbreak, brand, driver)


def exposure_alerts(source: Published, brand: str, today: date, options: AlertOptions) -> Iterable[Judged]:
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
        yield judged(
            brand,
            "exposure_count",
            day,
            closed_on=day + timedelta(days=2) if day + timedelta(days=1) < today else None,  # after a whole day below
            observed=exposures,
            expected=most,
            day_count=needed,
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


def _driver_days(source: Published, brand: str, today: date) -> dict[str, dict[date, int]]:
    rows = source.rows("alert_drivers", brand=brand, first_day=_first_day(today), last_day=today)
    return {
        driver: {row["told_date"]: row["bad_count"] for row in group}
        for driver, group in groupby(rows, key=lambda row: row["driver"])
    }


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


def _of_outbreak(figure: str, outbreak: Outbreak, brand: str, driver: str | None = None) -> Judged:
    return judged(
        brand,
        figure,
        outbreak.opened_on,
        closed_on=outbreak.closed_on,
        observed=outbreak.observed,
        expected=outbreak.expectation.mean,
        usual_high=outbreak.expectation.high(NORMAL_AGAIN),
        subject=driver,
        day_count=outbreak.day_count,
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
