"""90 % ranges in closed form: lognormal from a mean and a variance, and of a ratio from the variance of its logarithm.

    mu = ln(mean) - sigma^2 / 2,   sigma^2 = ln(1 + variance / mean^2),   range = exp(mu -/+ 1.644854 sigma)

Both ends are inclusive. The ends of two ranges never add up to the range of a sum.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from records.errors import InputError
from transforms.bounds import amount, relative_variance

__all__ = ["Z_90", "Estimate", "Moments", "lognormal_range", "ratio_range"]

Z_90 = 1.6448536269514722  # standard normal quantile of .95: 5 % beyond either end
_LARGEST_LOG_VARIANCE = 1e4  # beyond, a range spans more than a hundred orders of magnitude: it says nothing


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

    Raises:
        InputError: a mean or a variance that no amount of 0 or more can have.
    """
    variance = math.log1p(relative_variance("what a range is asked of", moments.mean, moments.variance))
    if moments.mean == 0:
        return 0.0, 0.0
    middle, half = math.log(moments.mean) - variance / 2, Z_90 * math.sqrt(variance)
    return math.exp(middle - half), math.exp(middle + half)


def ratio_range(ratio: float, log_variance: float) -> Estimate:
    """Return a ratio with its range, symmetric on the log scale; the ratio is 0 or more, the variance of its ln too.

    >>> [round(end, 6) for end in ratio_range(1.4, 1 / 100 + 1 / 140)]
    [1.4, 1.128749, 1.736435]

    Raises:
        InputError: the ratio or the variance is negative, or so large that the range says nothing.
    """
    ratio = amount("ratio", ratio)
    if amount("variance of the logarithm", log_variance) > _LARGEST_LOG_VARIANCE:
        raise InputError(
            f"variance of the logarithm is {log_variance}, must be at most {_LARGEST_LOG_VARIANCE:g}; count more first"
        )
    factor = math.exp(Z_90 * math.sqrt(log_variance))
    return Estimate(ratio, ratio / factor, ratio * factor)
