"""The shapes of the assistant's answers: what the protocol's clients get as schemas.

Every answer says which moment it stands for and what to keep in mind about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "BrandList",
    "Definition",
    "Estimate",
    "Evidence",
    "Figures",
    "Kind",
    "Label",
    "PeriodFigures",
    "Queue",
    "Stand",
]

Kind = Literal["day", "week", "month", "quarter", "year"]
Label = Literal["bad", "neutral", "good"]


@dataclass(frozen=True)
class Stand:
    """What is published: the moment it stands for, whether it is made up, and what to keep in mind."""

    as_of: str
    is_sample: bool
    notes: list[str]


@dataclass(frozen=True)
class BrandList(Stand):
    """The brands, those of the settings first, with the days that their figures span."""

    brands: list[dict[str, Any]]


@dataclass(frozen=True)
class Estimate:
    """A figure and its 90 % range; the range is null where there is none."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Definition:
    """What a figure means; basis is observed, inferred or assumed."""

    unit: str
    definition: str
    basis: str
    adds_up_over_time: bool


@dataclass(frozen=True)
class PeriodFigures:
    """The figures of one period, and what is so about them; both days are inclusive."""

    period: str
    first_day: str
    last_day: str
    figures: dict[str, Estimate]
    flags: dict[str, bool | None]


@dataclass(frozen=True)
class Figures(Stand):
    """A brand's figures, the newest period first, and what each means."""

    brand: str
    profile: str
    periods: list[PeriodFigures]
    definitions: dict[str, Definition]


@dataclass(frozen=True)
class Queue(Stand):
    """Bad cases that wait for an answer, the one whose answer is worth most first."""

    brand: str
    cases: list[dict[str, Any]]
    definitions: dict[str, Definition]


@dataclass(frozen=True)
class Evidence(Stand):
    """Mentions of a period, those that carry furthest first."""

    brand: str
    period: str
    mentions: list[dict[str, Any]]
