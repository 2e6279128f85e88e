"""90 % ranges in closed form: lognormal from a mean and a variance, and of a ratio from the variance of its logarithm.

    mu = ln(mean) - sigma^2 / 2,   sigma^2 = ln(1 + variance / mean^2),   range = exp(mu -/+ 1.644854 sigma)

Both ends are inclusive. The ends of two ranges never add up to the range of a sum.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Z_90", "Estimate", "Moments", "lognormal_range", "ratio_range"]

Z_90 = 1.6448536269514722  # standard normal quantile of .95: 5 % beyond either end


class Moments(NamedTuple):
    """Mean and variance of an amount of 0 or more."""

    mean: float
    variance: float


class Estimate(NamedTuple):
    """A published figure and its 90 % range; low <= point <= high."""

    point: float
    low: float
    high: float


def lognormal_range(moments: Moments) -> tuple[float, float]:
    """Return the 5 % and the 95 % quantile of the lognormal distribution with these moments; (0, 0) at mean 0.

    >>> [round(end, 1) for end in lognormal_range(Moments(29.312584, 90.7))]
    [16.6, 46.9]
    """
    if moments.mean <= 0:
        return 0.0, 0.0
    variance = math.log1p(moments.variance / moments.mean**2)
    middle, half = math.log(moments.mean) - variance / 2, Z_90 * math.sqrt(variance)
    return math.exp(middle - half), math.exp(middle + half)


def ratio_range(ratio: float, log_variance: float) -> Estimate:
    """Return a ratio with its range, symmetric on the log scale; the ratio is 0 or more, the variance of its ln too.

    >>> [round(end, 6) for end in ratio_range(1.4, 1 / 100 + 1 / 140)]
    [1.4, 1.128749, 1.736435]
    """
    factor = math.exp(Z_90 * math.sqrt(log_variance))
    return Estimate(ratio, ratio / factor, ratio * factor)
