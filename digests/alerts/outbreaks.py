"""When a series of daily counts is higher than chance would bring it, and when it is back to normal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digests.alerts.alert import HISTORY_DAYS
from digests.baseline import Expectation, Usual, fit, middle_tail, upper_tail
from digests.options import AlertOptions

__all__ = ["NORMAL_AGAIN", "Outbreak", "judge_days"]

# Of the allowed chance, for the test of one day and of two days together: they overlap, and an alert that is open or
# rests raises no other, so the shares may sum to more than 1. Two days find a lasting rise, one day a burst; the sum
# is held by simulation (benchmarks/alerts.py).
DAY_SHARE, TWO_DAYS_SHARE = 0.3, 1.2
NORMAL_AGAIN = 0.05  # upper tail above which a day counts as normal
CALM_DAYS = 2  # normal days that close an alert; together they must be normal too, or a lasting rise ends too soon


@dataclass(frozen=True, slots=True)
class Outbreak:
    """A run of days with too many bad experiences; `closed_on` None while it lasts."""

    opened_on: date
    closed_on: date | None
    observed: int
    expectation: Expectation
    day_count: int


def judge_days(
    counts: Sequence[int],
    first_day: date,
    options: AlertOptions,
    *,
    from_day: date,
    is_last_whole: bool = True,
    shared_by: int = 1,
) -> list[Outbreak]:
    """Return the outbreaks in a series of daily counts.

    Args:
        counts: one per day, oldest first, zeros included.
        first_day: the day of the first count.
        options: how many false alarms a month are allowed, the fewest events, the cool-down.
        from_day: the first day judged; earlier ones are history only.
        shared_by: how many series share the false alarms that are allowed.
        is_last_whole: whether the last day is over; a day that is not can open an alert but not close one.
    """
    chance = options.chance_a_day / shared_by
    found: list[Outbreak] = []
    is_open, calm, rest_until = False, 0, date.min
    for place in range(max(0, (from_day - first_day).days), len(counts)):
        day = first_day + timedelta(days=place)
        if not is_open and sum(counts[max(0, place - 1) : place + 1]) < options.fewest_events:
            continue  # not even both days are enough, which is so of most drivers on most days
        # The day before is judged with this one, so neither may be part of what they are judged by.
        start = max(0, place - 1 - HISTORY_DAYS)
        past, past_day = counts[start : max(0, place - 1)], first_day + timedelta(days=start)
        normal = fit(past, past_day)
        if normal is None:
            continue
        single = normal.of(day)
        if is_open:
            is_normal = upper_tail(counts[place], single) > NORMAL_AGAIN
            calm = calm + 1 if is_normal and (is_last_whole or place < len(counts) - 1) else 0
            if calm >= CALM_DAYS and _is_pair_normal(counts[place] + counts[place - 1], normal, day):
                found[-1] = _closed(found[-1], day)
                is_open, rest_until = False, day + timedelta(days=options.cool_down_days)
        elif day > rest_until:
            double = normal.of(day - timedelta(days=1), day)
            exams = [
                (counts[place], single, 1, DAY_SHARE),
                (counts[place] + counts[place - 1], double, 2, TWO_DAYS_SHARE),
            ]
            for observed, expectation, day_count, share in exams:
                # What is below its expectation needs no closer look, and most days are.
                if observed < max(options.fewest_events, expectation.mean):
                    continue
                if middle_tail(observed, expectation) < chance * share:
                    found.append(Outbreak(day, None, observed, expectation, day_count))
                    is_open, calm = True, 0
                    break
    return found


def _is_pair_normal(observed: int, normal: Usual, day: date) -> bool:
    return upper_tail(observed, normal.of(day - timedelta(days=1), day)) > NORMAL_AGAIN


def _closed(outbreak: Outbreak, day: date) -> Outbreak:
    return Outbreak(outbreak.opened_on, day, outbreak.observed, outbreak.expectation, outbreak.day_count)
