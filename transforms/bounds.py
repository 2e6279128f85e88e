"""What a number must be before a formula uses it; a wrong number is refused, never bent into range."""

from __future__ import annotations

import math

from records.errors import InputError

LARGEST = 1e15  # beyond, a double no longer counts by ones
SMALLEST_SHARE = 1e-9  # what is divided by a smaller one is no estimate, and its square soon no number

__all__ = ["LARGEST", "SMALLEST_SHARE", "count", "inverse_moments", "positive", "probability", "share", "whole_count"]


def count(name: str, value: float) -> float:
    """Return a count or an amount of 0 or more; fractions are allowed (weighted mentions).

    Raises:
        InputError: negative, above `LARGEST` or not a number.
    """
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{name} is {value}, must be 0 or more")
    if value > LARGEST:
        raise InputError(f"{name} is {value}, must be at most {LARGEST:g}; nothing is counted so far")
    return float(value)


def whole_count(name: str, value: float) -> int:
    """Return a whole number of 0 or more.

    Raises:
        InputError: negative, with a fraction, or not a number.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{name} is {value!r}, must be a whole number of 0 or more")
    if value < 0:
        raise InputError(f"{name} is {value}, must be 0 or more")
    return value


def positive(name: str, value: float) -> float:
    """Return an amount above 0.

    Raises:
        InputError: 0, negative, infinite or not a number.
    """
    if not math.isfinite(value) or value <= 0:
        raise InputError(f"{name} is {value}, must be above 0")
    return float(value)


def share(name: str, value: float) -> float:
    """Return a rate or coverage above 0 and up to 1, which something is divided by.

    Raises:
        InputError: outside that range.
    """
    if not 0 < value <= 1:
        raise InputError(f"{name} is {value}, must be above 0 and at most 1")
    if value < SMALLEST_SHARE:
        raise InputError(f"{name} is {value}, must be {SMALLEST_SHARE:g} or more; nothing can be divided by so little")
    return float(value)


def probability(name: str, value: float) -> float:
    """Return a probability, 0..1, both ends allowed.

    Raises:
        InputError: outside that range.
    """
    if not 0 <= value <= 1:
        raise InputError(f"{name} is {value}, must be from 0 to 1")
    return float(value)


def inverse_moments(e1: float, e2: float) -> None:
    """Refuse moments that no 1 / pi with pi in 0..1 can have; a relative 1e-6 is left for rounding.

    Raises:
        InputError: E[1/pi] is below 1, or E[1/pi^2] below its square.
    """
    if not (1 - 1e-6 <= e1 <= 1 / SMALLEST_SHARE and e1 * e1 * (1 - 1e-6) <= e2 < math.inf):
        raise InputError(f"e1 is {e1} and e2 is {e2}, must hold e1 >= 1 and e2 >= e1^2, as means of 1/pi and 1/pi^2")
