"""What a number must be before a formula uses it; a wrong number is refused, never bent into range.

The same bounds in SQL, where what is out of them gives null: warehouse/macros/bounds.sql.
"""

from __future__ import annotations

import math
from numbers import Real

from records.errors import InputError

LARGEST = 1e15  # beyond, a double no longer counts by ones
LARGEST_AMOUNT = 1e100  # a mean or a variance whose square a double still holds
SMALLEST_MEAN = 1e-100
SMALLEST_SHARE = 1e-9  # what is divided by a smaller one is no estimate, and its square soon no number

__all__ = [
    "LARGEST",
    "LARGEST_AMOUNT",
    "SMALLEST_SHARE",
    "amount",
    "count",
    "finite",
    "inverse_moments",
    "positive",
    "probability",
    "relative_variance",
    "share",
    "whole_count",
]


def finite(name: str, value: float) -> float:
    """Return a number of whatever sign.

    Raises:
        InputError: None, a text, true or false, not a number, infinite, or too large for a double.
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise InputError(f"{name} is {value!r}, must be a number")
    try:
        found = float(value)
    except OverflowError:
        found = math.inf
    if not math.isfinite(found):
        raise InputError(f"{name} is {found}, must be a finite number")
    return found


def count(name: str, value: float) -> float:
    """Return a count or an amount of 0 or more; fractions are allowed (weighted mentions).

    Raises:
        InputError: negative, above `LARGEST` or not a number.
    """
    found = finite(name, value)
    if found < 0:
        raise InputError(f"{name} is {value}, must be 0 or more")
    if found > LARGEST:
        raise InputError(f"{name} is {found}, must be at most {LARGEST:g}; nothing is counted so far")
    return found


def whole_count(name: str, value: float) -> int:
    """Return a whole number of 0 or more.

    Raises:
        InputError: negative, with a fraction, above `LARGEST` or not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} is {value!r}, must be a whole number of 0 or more")
    count(name, value)
    return value


def positive(name: str, value: float) -> float:
    """Return an amount above 0, from `SMALLEST_SHARE` to `LARGEST`.

    Raises:
        InputError: 0, negative, infinite, too close to 0 to divide by, or not a number.
    """
    found = finite(name, value)
    if not SMALLEST_SHARE <= found <= LARGEST:
        raise InputError(f"{name} is {found}, must be above 0 ({SMALLEST_SHARE:g} to {LARGEST:g})")
    return found


def share(name: str, value: float) -> float:
    """Return a rate or coverage above 0 and up to 1, which something is divided by.

    Raises:
        InputError: outside that range.
    """
    found = finite(name, value)
    if not 0 < found <= 1:
        raise InputError(f"{name} is {found}, must be above 0 and at most 1")
    if found < SMALLEST_SHARE:
        raise InputError(f"{name} is {found}, must be {SMALLEST_SHARE:g} or more; nothing can be divided by so little")
    return found


def probability(name: str, value: float) -> float:
    """Return a probability, 0..1, both ends allowed.

    Raises:
        InputError: outside that range.
    """
    return _between(name, value, 0, 1)


def amount(name: str, value: float) -> float:
    """Return a mean, a variance or another result of 0 or more, which may be far beyond what anybody counts.

    Raises:
        InputError: negative, above `LARGEST_AMOUNT` or not a number.
    """
    return _between(name, value, 0, LARGEST_AMOUNT)


def relative_variance(name: str, mean: float, variance: float) -> float:
    """Return the variance of an amount relative to the square of its mean; 0 where the mean is 0.

    Raises:
        InputError: a mean or a variance below 0, or neither 0 nor within what a double can square.
    """
    mean, variance = amount(f"mean of {name}", mean), amount(f"variance of {name}", variance)
    if 0 < mean < SMALLEST_MEAN:
        raise InputError(f"mean of {name} is {mean}, must be 0, or {SMALLEST_MEAN:g} or more")
    return variance / mean**2 if mean else 0.0


def inverse_moments(e1: float, e2: float) -> None:
    """Refuse moments that no 1 / pi with pi in 0..1 can have; a relative 1e-6 is left for rounding.

    Raises:
        InputError: E[1/pi] is below 1, or E[1/pi^2] below its square.
    """
    e1, e2 = finite("e1", e1), finite("e2", e2)
    if not (1 - 1e-6 <= e1 <= 1 / SMALLEST_SHARE and e1 * e1 * (1 - 1e-6) <= e2 <= LARGEST_AMOUNT):
        raise InputError(f"e1 is {e1} and e2 is {e2}, must hold e1 >= 1 and e2 >= e1^2, as means of 1/pi and 1/pi^2")


def _between(name: str, value: float, low: float, high: float) -> float:
    found = finite(name, value)
    if not low <= found <= high:
        raise InputError(f"{name} is {found}, must be from {low:g} to {high:g}")
    return found
