"""What a day's count should be: a robust level with the weekdays' pattern and the spread that the days really have.

    count of a day ~ negative binomial(mean = level * weekday factor, variance = dispersion * mean + our doubt)

Outbreaks in the past must not raise the level, so days far above their expectation count as if they stood at its edge
(winsorised). Recent days weigh more (half after 28 days). The dispersion is the Pearson estimate, at least 1. How well
level and factor are known goes into the variance, so that a short history makes a wide range, not false alarms.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy import special

__all__ = ["Expectation", "Usual", "fit", "middle_tail", "upper_tail"]

SHORTEST_HISTORY = 4  # days; below that nothing is expected
WEEKDAYS_FROM = 21  # days of history from which weekdays can be told apart
HALF_LIFE = 28.0  # days
EDGE = 3.0  # standard deviations at which a past day is winsorised
PRIOR_DAYS = 1.0  # days by which a weekday's factor is drawn towards 1
UNKNOWN_WEEKDAY = 0.2  # relative standard deviation of a weekday's factor that can't be told yet

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was to be expected of one or several days together.

    Attributes:
        mean: above 0.
        variance: at least the mean.
    """

    mean: float
    variance: float

    def high(self, tail: float) -> int:
        """Return the highest count that is not rare: that at least so many come has a chance above `tail`."""
        high = math.ceil(self.mean)
        while upper_tail(high + 1, self) > tail:
            high += 1
        return high


@dataclass(frozen=True, slots=True)
class Usual:
    """What a series of daily counts usually is, as its history tells; see the formula above.

    Attributes:
        level: count of a usual day, above 0.
        factors: of the weekdays from Monday on; their mean is 1.
        dispersion: variance by mean of the days, at least 1.
        effective_days: days that the history's weights add up to.
        knows_weekdays: whether the history is long enough to tell weekdays apart.
    """

    level: float
    factors: Floats
    dispersion: float
    effective_days: float
    knows_weekdays: bool

    def of(self, *days: date) -> Expectation:
        """Return what to expect of days together; none of them in the history."""
        mean = self.level * self.factors[[day.weekday() for day in days]]
        level_share = self.dispersion / (self.level * self.effective_days)
        if self.knows_weekdays:
            factor_share = self.dispersion / (mean * (self.effective_days / 7 + PRIOR_DAYS))
        else:
            factor_share = np.full(len(days), UNKNOWN_WEEKDAY**2)
        total = float(mean.sum())
        variance = self.dispersion * total + level_share * total**2 + float((factor_share * mean**2).sum())
        return Expectation(total, variance)


def fit(history: Sequence[int], first_day: date) -> Usual | None:
    """Return what is usual after a history, fitted to it; None when it is shorter than four days.

    Args:
        history: counts of consecutive days, oldest first, zeros included.
        first_day: the day of the first count.
    """
    counts = np.asarray(history, dtype=np.float64)
    if len(counts) < SHORTEST_HISTORY:
        return None
    weekdays = (first_day.weekday() + np.arange(len(counts))) % 7
    weights = 0.5 ** (np.arange(len(counts))[::-1] / HALF_LIFE)
    knows_weekdays = len(counts) >= WEEKDAYS_FROM
    factors = _first_factors(history, first_day.weekday()) if knows_weekdays else np.ones(7)
    # A silent history still has a level: half an event in all of it.
    level = max(median((counts / factors[weekdays]).tolist()), 0.5 / len(counts))
    dispersion, kept = 1.0, counts
    for _ in range(3):
        means = level * factors[weekdays]
        kept = np.minimum(counts, means + EDGE * np.sqrt(dispersion * means + 0.25))
        level = max(float((weights * kept).sum() / (weights * factors[weekdays]).sum()), 0.5 / len(counts))
        if knows_weekdays:
            factors = _factors(kept, weekdays, weights, level)
        dispersion = _dispersion(kept, level * factors[weekdays], weights, 8 if knows_weekdays else 1)
    effective_days = float(weights.sum() ** 2 / (weights**2).sum())
    return Usual(level, factors, dispersion, effective_days, knows_weekdays)


def upper_tail(observed: float, expectation: Expectation) -> float:
    """Return the chance of at least `observed`, were nothing out of the ordinary."""
    if observed < 1:
        return 1.0
    extra = expectation.variance - expectation.mean
    if extra <= 1e-9 * expectation.mean:
        return float(special.gammainc(observed, expectation.mean))  # Poisson
    return float(special.betainc(observed, expectation.mean**2 / extra, extra / expectation.variance))


def middle_tail(observed: float, expectation: Expectation) -> float:
    """Return the chance of more than `observed`, and half that of just as much.

    Small counts come in steps: the whole tail would stay far below the chance that is allowed, and miss what it may
    find (Lancaster's mid-P, 1961).
    """
    return (upper_tail(observed, expectation) + upper_tail(observed + 1, expectation)) / 2


def _first_factors(history: Sequence[int], first_weekday: int) -> Floats:
    overall = median(history) + 1.0
    factors = np.array([(median(history[(day - first_weekday) % 7 :: 7]) + 1.0) / overall for day in range(7)])
    return factors / float(factors.sum() / 7)


def _factors(kept: Floats, weekdays: NDArray[np.int64], weights: Floats, level: float) -> Floats:
    seen = np.bincount(weekdays, weights * kept, 7) + PRIOR_DAYS * level
    expected = np.bincount(weekdays, weights, 7) * level + PRIOR_DAYS * level
    factors = seen / expected
    return factors / float(factors.sum() / 7)


def _dispersion(kept: Floats, means: Floats, weights: Floats, parameters: int) -> float:
    squares = float((weights * (kept - means) ** 2 / means).sum() / weights.sum())
    return max(1.0, squares * len(kept) / max(1, len(kept) - parameters))
