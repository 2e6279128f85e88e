"""The shapes of the assistant's answers: what the protocol's clients get as schemas.

Every answer says which moment it stands for and what to keep in mind about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "BrandList",
    "Definition",
    "DriverFigures",
    "Drivers",
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
class DriverFigures:
    """One driver in a period; published_figure is what others found elsewhere, beside the brand's own figures."""

    driver: str
    title: str
    group: str
    figures: dict[str, Estimate]
    flags: dict[str, bool | None]
    published_figure: str | None
    rated_by: str | None
    advice: str | None
    owner_role: str | None
    owner: str | None


@dataclass(frozen=True)
class Drivers(Stand):
    """What the experiences of a period were about, the driver whose mending is worth most first."""

    brand: str
    period: str
    drivers: list[DriverFigures]
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
