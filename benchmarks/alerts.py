"""Alerts on simulated years: what is noticed, what is possible at all, and what mean plus three deviations notices.

    python -m benchmarks.alerts            the table of docs/alerts.md
    python -m benchmarks.alerts --home DIR what a home's history would have said, day by day (the real airline week)

A rate of bad experiences doubles from one day to the next, weekdays keeping their pattern: who notices on that day or
the next one, at one false alarm a month? The bound is the most powerful test there is (Neyman and Pearson) for someone
who knows the level, the weekdays, the spread and that it will be a doubling: an alarm on one of two days has, without
a change, at most twice a day's chance, so no rule that keeps to the rate finds more than the likelihood ratio of both
days does at that chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from scipy import stats

from digests.alerts import history
from digests.alerts.outbreaks import judge_days
from digests.options import DAYS_PER_MONTH, AlertOptions
from records.home import Home

WEEKDAYS = np.array([1, 1, 1, 1, 1.2, 0.7, 0.6]) * 7 / 6.5
START = date(2024, 1, 1)  # a Monday
HISTORY = 56  # days before the first judged one
LEVELS = (3.0, 5.0, 6.0, 8.0, 10.0, 12.0, 20.0, 50.0)  # bad experiences a day
DISPERSIONS = (1.0, 1.5)  # variance of a day, as a multiple of its mean
TIMES = 2.0

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Found:
    """Shares of doublings noticed within two days, and false alarms a month."""

    possible: float
    noticed: float
    noticed_by_deviations: float
    false_alarms: float
    false_alarms_of_deviations: float


def measure(level: float, dispersion: float, *, trials: int, years: int, seed: int = 1) -> Found:
    """Simulate one level and spread."""
    rng, options = np.random.default_rng(seed), AlertOptions(false_alarms_per_month=1.0)
    noticed = by_deviations = 0
    for trial in range(trials):
        counts = draw(rng, HISTORY + 2 + trial % 7, level, dispersion, doubled_days=2)
        judged = START + timedelta(days=len(counts) - 2)
        noticed += bool(judge_days(counts.tolist(), START, options, from_day=judged))
        by_deviations += any(_is_above(counts, len(counts) - back) for back in (2, 1))
    alarms = alarms_of_deviations = 0
    days = 365
    for _ in range(years):
        counts = draw(rng, HISTORY + days, level, dispersion)
        alarms += len(judge_days(counts.tolist(), START, options, from_day=START + timedelta(days=HISTORY)))
        alarms_of_deviations += sum(_is_above(counts, day) for day in range(HISTORY, len(counts)))
    months = years * days / DAYS_PER_MONTH
    return Found(
        float(np.mean([best_possible(level, dispersion, weekday) for weekday in range(7)])),
        noticed / trials,
        by_deviations / trials,
        alarms / months,
        alarms_of_deviations / months,
    )


def draw(
    rng: np.random.Generator, days: int, level: float, dispersion: float, *, doubled_days: int = 0
) -> Counts:  # fmt: skip
    """Return counts by day with the weekdays' pattern, the last days at twice their rate."""
    means = level * WEEKDAYS[np.arange(days) % 7]
    means[days - doubled_days :] *= TIMES
    if dispersion <= 1:
        return rng.poisson(means)
    return rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)


@cache
def best_possible(level: float, dispersion: float, weekday: int) -> float:
    """Return the power of the likelihood ratio of two days at twice a day's chance of a false alarm."""
    chance = 2 * AlertOptions(false_alarms_per_month=1.0).chance_a_day
    means = [level * WEEKDAYS[(weekday + day) % 7] for day in range(2)]
    most = int(TIMES * max(means) + 12 * np.sqrt(TIMES * max(means) * dispersion)) + 10
    usual, changed = (
        np.add.outer(*(_log_chances(most, times * mean, dispersion) for mean in means)).ravel() for times in (1, TIMES)
    )
    order = np.argsort(usual - changed, kind="stable")
    spent = np.cumsum(np.exp(usual[order]))
    gained = np.cumsum(np.exp(changed[order]))
    whole = int(np.searchsorted(spent, chance))
    before = (float(spent[whole - 1]), float(gained[whole - 1])) if whole else (0.0, 0.0)
    # The outcome on the edge counts in part, as by a coin: no real rule gets more.
    part = (chance - before[0]) / (float(spent[whole]) - before[0])
    return before[1] + part * (float(gained[whole]) - before[1])


def _log_chances(most: int, mean: float, dispersion: float) -> NDArray[np.float64]:
    counts = np.arange(most + 1)
    if dispersion <= 1:
        return np.asarray(stats.poisson.logpmf(counts, mean))
    return np.asarray(stats.nbinom.logpmf(counts, mean / (dispersion - 1), 1 / dispersion))


def _is_above(counts: Counts, day: int) -> bool:
    past = counts[day - HISTORY : day]
    return bool(counts[day] > past.mean() + 3 * past.std())


def _simulated(screen: Console, trials: int, years: int) -> None:
    table = Table("Bad a day", "Spread", "Possible", "Noticed", "Mean + 3 sd", "False a month", "of mean + 3 sd")
    for dispersion in DISPERSIONS:
        for level in LEVELS:
            one = measure(level, dispersion, trials=trials, years=years)
            table.add_row(
                f"{level:g}",
                f"{dispersion:g}",
                *(f"{share:.0%}" for share in (one.possible, one.noticed, one.noticed_by_deviations)),
                f"{one.false_alarms:.2f}",
                f"{one.false_alarms_of_deviations:.2f}",
            )
    screen.print(table)


def _said(screen: Console, home: Home) -> None:
    table = Table("Raised", "Over", "What it said")
    for alert in sorted(history(home), key=lambda one: (one.opened_on, one.alert_id)):
        table.add_row(str(alert.opened_on), str(alert.closed_on or "open"), escape(alert.sentence))
    screen.print(table)


def main(
    trials: Annotated[int, typer.Option(help="Doublings simulated for each line.")] = 2000,
    years: Annotated[int, typer.Option(help="Years without a change simulated for each line.")] = 20,
    home: Annotated[Path | None, typer.Option(help="A home folder: tell what its history would have said.")] = None,
) -> None:
    """Print the table, or what a home's history would have said."""
    screen = Console(width=110)
    if home is None:
        _simulated(screen, trials, years)
    else:
        _said(screen, Home(home))


if __name__ == "__main__":
    typer.run(main)
