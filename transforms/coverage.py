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
from transforms.bounds import amount, inverse_moments, share

__all__ = ["FULL", "Coverage", "combine", "triangular"]

_NARROW = 0.2  # relative width of a side below which its closed forms cancel
_GAUSS = [  # points and weights of Gauss and Legendre, on 0..1
    ((1 + point) / 2, weight / 2)
    for point, weight in (
        (-0.9061798459386640, 0.2369268850561891),
        (-0.5384693101056831, 0.4786286704993665),
        (0.0, 0.5688888888888889),
        (0.5384693101056831, 0.4786286704993665),
        (0.9061798459386640, 0.2369268850561891),
    )
]


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

    def __post_init__(self) -> None:
        """Refuse what no coverage can be."""
        share("coverage", self.mode)
        share("mean coverage", self.mean)
        amount("variance of coverage", self.variance)
        inverse_moments(self.inverse_mean, self.inverse_square_mean)
        amount("variance of ln coverage", self.log_variance)


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
        share("coverage" if low == mode == high else f"coverage {name}", value)
    if not low <= mode <= high:
        raise InputError(f"coverage is {low}, {mode}, {high}; low <= mode <= high must hold")
    mean = (low + mode + high) / 3
    variance = ((high - low) ** 2 - (mode - low) * (high - mode)) / 18
    return Coverage(mode, mean, variance, *_moments(low, mode, high))


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


def _moments(low: float, mode: float, high: float) -> tuple[float, float, float]:
    """E[1/k], E[1/k^2] and Var[ln k]: each side of the triangle is its width x the integrals of `_side`."""
    if high == low:
        return 1 / mode, 1 / mode**2, 0.0
    rising, falling = _side(low, mode), _side(high, mode)
    left, right = 2 * (mode - low) / (high - low), 2 * (high - mode) / (high - low)
    inverse, square, log_mean, log_square = (left * a + right * b for a, b in zip(rising, falling, strict=True))
    return inverse, square, max(log_square - log_mean**2, 0.0)


def _side(end: float, mode: float) -> tuple[float, float, float, float]:
    """Integrals of t / x, t / x^2, t ln(x / mode) and t ln^2(x / mode) over t from 0 to 1; x = end + (mode - end) t.

    In closed form where the side is wide; where it is narrow that would be a difference of nearly equal numbers, and
    five points (Gauss, Legendre) are exact.
    """
    width = mode - end
    if abs(width) <= _NARROW * min(end, mode):
        points = [(t, weight, end + width * t) for t, weight in _GAUSS]
        return (
            math.fsum(weight * t / x for t, weight, x in points),
            math.fsum(weight * t / x**2 for t, weight, x in points),
            math.fsum(weight * t * math.log(x / mode) for t, weight, x in points),
            math.fsum(weight * t * math.log(x / mode) ** 2 for t, weight, x in points),
        )
    log = math.log(mode / end)
    square = width**2
    return (
        (width - end * log) / square,
        (log + end / mode - 1) / square,
        _log_part(end, mode) / square,
        _log_square_part(end, mode) / square,
    )


def _log_part(end: float, mode: float) -> float:
    """The integral of (x - end) ln(x / mode) from `end` to `mode`."""

    def antiderivative(x: float) -> float:
        log = math.log(x / mode)
        return x * x * (log / 2 - 1 / 4) - end * x * (log - 1)

    return antiderivative(mode) - antiderivative(end)


def _log_square_part(end: float, mode: float) -> float:
    """The integral of (x - end) ln^2(x / mode) from `end` to `mode`."""

    def antiderivative(x: float) -> float:
        log = math.log(x / mode)
        return x * x * (log * log / 2 - log / 2 + 1 / 4) - end * x * (log * log - 2 * log + 2)

    return antiderivative(mode) - antiderivative(end)
