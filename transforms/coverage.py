"""Coverage: the chance that a telling on a channel is collected at all, as a triangular distribution.

    kappa ~ Triangular(low, mode, high),  0 < low <= mode <= high <= 1

The published point divides by the mode, the number that somebody set; ranges use E[1/kappa] and E[1/kappa^2], changes
use Var[ln kappa]. A coverage that nobody set is 1: the estimate is then a lower bound and says "at least".

| symbol | meaning | unit | range |
|---|---|---|---|
| low, mode, high | lowest, most and highest believable share of tellings collected | share | 0..1, low > 0 |
| inverse_mean | E[1/kappa] | - | 1 or more |
| inverse_square_mean | E[1/kappa^2] | - | inverse_mean^2 or more |
| log_variance | Var[ln kappa] | - | 0 or more |
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from records.errors import InputError
from transforms.bounds import share

__all__ = ["FULL", "Coverage", "combine", "triangular"]

_NARROW = 0.01  # relative width below which the closed forms cancel and a series of central moments is used


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the formula needs to know of a coverage; fields as in the module's table.

    Attributes:
        mean, variance: of kappa itself; what combining several sources needs.
    """

    mode: float
    mean: float
    variance: float
    inverse_mean: float
    inverse_square_mean: float
    log_variance: float


FULL = Coverage(1.0, 1.0, 0.0, 1.0, 1.0, 0.0)


def triangular(low: float, mode: float, high: float) -> Coverage:
    """Return the coverage of one source.

    Raises:
        InputError: not 0 < low <= mode <= high <= 1.

    >>> known = triangular(0.2, 0.5, 0.8)
    >>> round(known.inverse_mean, 6), round(known.inverse_square_mean, 6), round(known.log_variance, 6)
    (2.141608, 4.958746, 0.068442)
    """
    for name, value in (("low", low), ("mode", mode), ("high", high)):
        share(f"coverage {name}", value)
    if not low <= mode <= high:
        raise InputError(f"coverage is {low}, {mode}, {high}; low <= mode <= high must hold")
    mean = (low + mode + high) / 3
    variance = ((high - low) ** 2 - (mode - low) * (high - mode)) / 18
    if high - low <= _NARROW * high:
        inverse, square, log_variance = _narrow(low, mode, high, mean, variance)
    else:
        inverse, square, log_variance = _wide(low, mode, high)
    return Coverage(mode, mean, variance, inverse, square, log_variance)


def combine(coverages: Sequence[Coverage], *, is_disjoint: bool = False) -> Coverage:
    """Return the coverage of a channel that several sources collect, drawn independently of each other.

    Args:
        coverages: one a source; at least one. One alone is returned as it is.
        is_disjoint: whether no telling can be collected by two of them; then they add up, capped at 1. Otherwise
            1 - prod(1 - kappa).

    Returns:
        Mode, mean and variance of the combination; the inverse moments are those of the lognormal distribution with
        that mean and variance, since the combination has no closed form.

    Raises:
        InputError: no coverage given.
    """
    if not coverages:
        raise InputError("a channel needs the coverage of at least one source, got none")
    if len(coverages) == 1:
        return coverages[0]
    if is_disjoint:
        mode = min(1.0, math.fsum(each.mode for each in coverages))
        mean = min(1.0, math.fsum(each.mean for each in coverages))
        variance = math.fsum(each.variance for each in coverages)
    else:
        mode = 1 - math.prod(1 - each.mode for each in coverages)
        mean = 1 - math.prod(1 - each.mean for each in coverages)
        missed = [(1 - each.mean) ** 2 for each in coverages]
        variance = math.prod(m + each.variance for m, each in zip(missed, coverages, strict=True)) - math.prod(missed)
    spread = 1 + max(variance, 0.0) / mean**2
    return Coverage(mode, mean, max(variance, 0.0), spread / mean, spread**3 / mean**2, math.log(spread))


def _wide(low: float, mode: float, high: float) -> tuple[float, float, float]:
    """E[1/k], E[1/k^2] and Var[ln k] by integrating both sides of the triangle; a side of width 0 adds nothing."""
    rising = (1 / ((high - low) * (mode - low))) if mode > low else 0.0
    falling = (1 / ((high - low) * (high - mode))) if high > mode else 0.0
    up, down = math.log(mode / low), math.log(high / mode)
    inverse = 2 * rising * (mode - low - low * up) + 2 * falling * (high * down - (high - mode))
    square = 2 * rising * (up + low / mode - 1) + 2 * falling * (high / mode - 1 - down)
    # ln is taken relative to the mode, so that nothing large is subtracted
    log_mean = 2 * rising * _log_part(low, mode, mode) + 2 * falling * _log_part(high, mode, mode)
    log_square = 2 * rising * _log_square_part(low, mode, mode) + 2 * falling * _log_square_part(high, mode, mode)
    return inverse, square, max(log_square - log_mean**2, 0.0)


def _log_part(end: float, mode: float, unit: float) -> float:
    """The integral of (x - end) ln(x / unit) from `end` to `mode`."""

    def antiderivative(x: float) -> float:
        log = math.log(x / unit)
        return x * x * (log / 2 - 1 / 4) - end * x * (log - 1)

    return antiderivative(mode) - antiderivative(end)


def _log_square_part(end: float, mode: float, unit: float) -> float:
    """The integral of (x - end) ln^2(x / unit) from `end` to `mode`."""

    def antiderivative(x: float) -> float:
        log = math.log(x / unit)
        return x * x * (log * log / 2 - log / 2 + 1 / 4) - end * x * (log * log - 2 * log + 2)

    return antiderivative(mode) - antiderivative(end)


def _narrow(low: float, mode: float, high: float, mean: float, variance: float) -> tuple[float, float, float]:
    """The same by central moments up to the fourth, relative to the mean (the kurtosis of every triangle is 2.4)."""
    second = variance / mean**2
    third = (low + high - 2 * mode) * (2 * low - high - mode) * (low - 2 * high + mode) / (270 * mean**3)
    fourth = 2.4 * second**2
    log_mean = -second / 2 + third / 3 - fourth / 4
    log_square = second - third + 11 / 12 * fourth
    return (
        (1 + second - third + fourth) / mean,
        (1 + 3 * second - 4 * third + 5 * fourth) / mean**2,
        max(log_square - log_mean**2, 0.0),
    )
