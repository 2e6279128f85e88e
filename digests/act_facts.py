"""Facts for those who act: why it was bad or good, what rises, whom to answer, and what earlier actions brought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from digests.facts import Estimate, MentionFacts

__all__ = ["ActFigures", "ActionOutcome", "Case", "DriverFigures", "Recovered", "RisingTerm", "Side"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side, bad or good, of a driver in a period; counts are experiences seen."""

    count: int
    count_before: int
    exposures: Estimate
    change: Estimate
    is_finding: bool
    quote: MentionFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFigures:
    """One row of `marts.driver_period` with its line of the playbook.

    Attributes:
        key: of the driver.
        title: in English; other languages have their own in `digests/playbook`.
        group: people, process, policy or practice.
        priority: exposures at stake.
        published: the published figure in the publisher's words, or None.
        rated_by: business or consumers, or None.
        owner_role: who acts by default.
        owner: whom the settings name, or None.
    """

    key: str
    title: str
    group: str
    bad: Side
    good: Side
    priority: float
    published: str | None
    rated_by: str | None
    advice: str
    owner_role: str
    owner: str | None


@dataclass(frozen=True, slots=True)
class RisingTerm:
    """A word or pair of words, and how many tellings used it in the period and in the weeks before."""

    term: str
    count: int
    count_before: int


@dataclass(frozen=True, slots=True)
class Case:
    """A bad experience that can be answered; `has_reply` None where the source cannot tell."""

    mention: MentionFacts
    swing: float
    age_hours: float
    has_reply: bool | None


@dataclass(frozen=True, slots=True)
class Recovered:
    """Customers who took a bad experience back in the period; median_hours None without one."""

    count: int
    median_hours: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionOutcome:
    """What was told before and after an action.

    Attributes:
        driver_title: the driver it is about, or None for all bad experiences.
        day_count: days before and days after that are compared; 0 while less than a week has passed.
        count_before: bad experiences in the days before; None where nothing can be compared.
        count_after: bad experiences in as many days from its first day on.
    """

    driver: str | None
    driver_title: str | None
    from_date: date
    note: str
    day_count: int
    count_before: int | None
    count_after: int | None
    change: Estimate
    is_finding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActFigures:
    """All of it for one digest.

    Attributes:
        drivers: those named in the period, the largest stake first.
        rising: the most striking first.
        weeks_before: length of the time that rising words are compared with.
        queue: what can be answered, the largest swing first.
        feelings: (feeling, wow or leaving; experiences), most frequent first.
        praise: good words to pass on, the best first.
        actions: newest first.
    """

    drivers: tuple[DriverFigures, ...] = ()
    rising: tuple[RisingTerm, ...] = ()
    weeks_before: int = 8
    queue: tuple[Case, ...] = ()
    recovered: Recovered = Recovered(0, None)
    feelings: tuple[tuple[str, int], ...] = ()
    praise: tuple[MentionFacts, ...] = ()
    actions: tuple[ActionOutcome, ...] = ()
