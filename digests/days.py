"""The chart's time axis: days, weeks or months, whichever the eye can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from digests.facts import DayFigures, DigestFigures

__all__ = ["Bar", "Grain", "bars", "grain"]

Grain = Literal["day", "week", "month"]

FEWEST_PER_DAY = 2.0  # experiences; below that single days say nothing
MOST_DAYS, MOST_WEEKS = 62, 60  # bars that still can be told apart


@dataclass(frozen=True, slots=True)
class Bar:
    """One place on the chart's time axis; `is_now` marks the digest's own period."""

    start: date
    bad_count: int
    good_count: int
    is_now: bool


def grain(days: tuple[DayFigures, ...]) -> Grain:
    """Return how finely a chart can show these days: by week when days are nearly empty, by month when too many."""
    if len(days) > MOST_WEEKS * 7:
        return "month"
    seen = sum(day.bad_count + day.good_count for day in days)
    return "day" if len(days) <= MOST_DAYS and seen >= FEWEST_PER_DAY * len(days) else "week"


def bars(figures: DigestFigures) -> tuple[Bar, ...]:
    """Return the chart's bars, oldest first; their sums are the sums of the days."""
    step = grain(figures.days)
    totals: dict[date, list[int]] = {}
    for day in figures.days:
        total = totals.setdefault(_start(day.day, step), [0, 0])
        total[0] += day.bad_count
        total[1] += day.good_count
    first = _start(figures.period.start, step)
    return tuple(Bar(start, bad, good, first <= start <= figures.period.end) for start, (bad, good) in totals.items())


def _start(day: date, step: Grain) -> date:
    if step == "day":
        return day
    return day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)
