"""What a number must be before a formula uses it; a wrong number is refused, never bent into range."""

from __future__ import annotations

import math

from records.errors import InputError

__all__ = ["count", "positive", "probability", "share", "whole_count"]


def count(name: str, value: float) -> float:
    """Return a count or an amount of 0 or more; fractions are allowed (weighted mentions).

    Raises:
        InputError: negative, infinite or not a number.
    """
    if not math.isfinite(value) or value < 0:
        raise InputError(f"{name} is {value}, must be 0 or more")
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
    return float(value)


def probability(name: str, value: float) -> float:
    """Return a probability, 0..1, both ends allowed.

    Raises:
        InputError: outside that range.
    """
    if not 0 <= value <= 1:
        raise InputError(f"{name} is {value}, must be from 0 to 1")
    return float(value)
