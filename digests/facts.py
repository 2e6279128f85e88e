"""Facts: the figures of a digest as frozen values, as `digests.figures` reads them from the marts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digests.periods import Period

if TYPE_CHECKING:
    from digests.act_facts import ActFigures
    from digests.alerts.facts import AlertFacts

__all__ = [
    "BrandFacts",
    "ChannelFigures",
    "DayFigures",
    "DigestFigures",
    "Estimate",
    "MentionFacts",
    "NewSource",
    "PeriodFigures",
    "Rate",
    "Responses",
    "SourceState",
    "Voice",
]

NEW_SHARE = 0.1  # of a period's mentions, above which a new source makes periods incomparable


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 90 % range, ends inclusive; all None where it is not defined (division by zero)."""

    point: float | None
    low: float | None
    high: float | None

    @property
    def is_known(self) -> bool:
        """Whether point and both ends are defined."""
        return None not in (self.point, self.low, self.high)

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of a range that is known; ask `is_known` first."""
        if self.low is None or self.high is None:
            raise ValueError("this figure has no range; ask `is_known` first")
        return self.low, self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodFigures:
    """One row of `marts.brand_period`; counts are experiences seen, duplicates not counted."""

    start: date
    mention_count: int
    bad_count: int
    neutral_count: int
    good_count: int
    unscored_count: int
    duplicate_count: int
    recovered_count: int
    estimated_bad: Estimate
    estimated_good: Estimate
    good_per_bad: Estimate
    break_even_ratio: float | None
    bad_change: Estimate
    good_change: Estimate
    is_bad_change_finding: bool
    is_good_change_finding: bool
    sign_flips: bool
    is_disagreeing: bool
    average_rating: float | None
    rating_count: int
    is_complete: bool
    is_final: bool
    is_coverage_known: bool
    profile: str

    @property
    def experience_count(self) -> int:
        """Bad and good experiences seen."""
        return self.bad_count + self.good_count


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Experiences seen on one day, in the brand's time zone."""

    day: date
    bad_count: int
    good_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MentionFacts:
    """A mention that a digest may quote; words exactly as published (hostile ones too), counts None where unknown."""

    mention_id: str
    source: str
    channel: str
    label: str
    told_date: date
    title: str | None
    text: str | None
    url: str | None
    language: str | None
    rating: float | None
    rating_max: float | None
    exposure_count: float | None
    view_count: int | None
    like_count: int | None
    repost_count: int | None
    reply_count: int | None
    helpful_count: int | None
    follower_count: int | None
    is_recovered: bool

    @property
    def has_reach(self) -> bool:
        """Whether the source said anything about who may have seen it."""
        counts = (self.view_count, self.like_count, self.repost_count, self.reply_count, self.helpful_count)
        return any(counts) or bool(self.follower_count)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How the last pulls of one source entry went: complete, partial or failed; and what of it is dated after as_of."""

    source_name: str
    status: str
    error_message: str
    rejected_count: int
    future_count: int
    newest_date: date | None


@dataclass(frozen=True, slots=True)
class NewSource:
    """A source first heard from in this period or the one before, and its mentions in this one."""

    source: str
    first_date: date
    mention_count: int


@dataclass(frozen=True, slots=True)
class Rate:
    """One line of the survey behind the estimates; share_rate 0..1."""

    profile: str
    valence: str
    channel: str
    share_rate: float
    sample_size: int
    audience_mean: float
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFigures:
    """What was seen on a channel (None: not collected) and how often it was probably told there."""

    channel: str
    is_collected: bool
    bad_count: int | None
    good_count: int | None
    bad_tellings: Estimate
    good_tellings: Estimate


@dataclass(frozen=True, slots=True)
class Responses:
    """Bad experiences answered, still waiting, or from sources that cannot tell; median_hours None if unknown."""

    answered_count: int
    open_count: int
    unknown_count: int
    median_hours: float | None


@dataclass(frozen=True, slots=True)
class Voice:
    """One brand's mentions on the sources and days that all compared brands have; share 0..1, None of no mentions."""

    brand: str
    brand_name: str
    mention_count: int
    bad_count: int
    good_count: int
    share: float | None
    comparison_basis: str | None


@dataclass(frozen=True, slots=True)
class BrandFacts:
    """The brand a digest is for."""

    key: str
    name: str
    time_zone: str
    owner: str | None
    is_configured: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFigures:
    """All figures of one digest.

    Attributes:
        now: this period; None if nothing was mentioned in it.
        before: the period before; None if the brand was not yet watched, or nothing was mentioned.
        first_day: the first day with any mention; days before it are unknown, not zero.
        days: every day from eight weeks back (or first_day) to the period's end, zeros filled in.
        unscored_languages: (language or None, mentions), most frequent first.
        waiting: the bad experiences nobody answered, those that carry furthest first.
        voices: the brand and its competitors on what they have in common; empty without either.
        new_sources: those that can make a change by being new.
        act: what those who act need: drivers, rising words, the queue and more.
        alerts: those that opened or closed in this period, gravest kind first.
    """

    brand: BrandFacts
    period: Period
    as_of: datetime
    is_sample: bool
    now: PeriodFigures | None
    before: PeriodFigures | None
    first_day: date | None
    days: tuple[DayFigures, ...]
    mentions: tuple[MentionFacts, ...]
    sources: tuple[SourceState, ...]
    channels: tuple[ChannelFigures, ...]
    rates: tuple[Rate, ...]
    unscored_languages: tuple[tuple[str | None, int], ...]
    responses: Responses
    waiting: tuple[MentionFacts, ...]
    voices: tuple[Voice, ...]
    new_sources: tuple[NewSource, ...]
    act: ActFigures
    alerts: tuple[AlertFacts, ...] = ()

    @property
    def is_first(self) -> bool:
        """Whether the brand's first mentions lie in this period, so that nothing can be compared yet."""
        return self.first_day is not None and self.period.start <= self.first_day <= self.period.end

    @property
    def weighty_new_sources(self) -> tuple[NewSource, ...]:
        """The new sources that brought more than a tenth of this period's mentions: what they add is no change."""
        total = self.now.mention_count if self.now else 0
        return tuple(one for one in self.new_sources if not self.is_first and one.mention_count > total * NEW_SHARE)
