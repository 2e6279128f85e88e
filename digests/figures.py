"""Figures: everything a digest says, read from the published file once, as frozen values.

The SQL stands in `digests/queries/`, one question a file. Nothing is computed here that the marts already hold, so a
digest and a BI tool show the same numbers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from digests.periods import Period, PeriodKind
from records.errors import InputError

__all__ = [
    "BrandFacts",
    "ChannelFigures",
    "DayFigures",
    "DigestFigures",
    "Estimate",
    "MentionFacts",
    "PeriodFigures",
    "Rate",
    "SourceState",
    "brands",
    "choose_period",
    "read",
]

CHART_WEEKS = 8
FILE_NAME = "grapevine.duckdb"


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

    @property
    def has_reach(self) -> bool:
        """Whether the source said anything about who may have seen it."""
        counts = (self.view_count, self.like_count, self.repost_count, self.reply_count, self.helpful_count)
        return any(counts) or bool(self.follower_count)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How the last pulls of one source entry went: complete, unchanged, partial or failed."""

    source_name: str
    status: str
    error_message: str
    rejected_count: int
    newest_date: date | None


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

    @property
    def is_first(self) -> bool:
        """Whether the brand's first mentions lie in this period, so that nothing can be compared yet."""
        return self.first_day is not None and self.period.start <= self.first_day <= self.period.end


@dataclass(frozen=True, slots=True)
class Published:
    """An open published folder: the moment it stands for and its marts."""

    as_of: datetime
    is_sample: bool
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        """Return what `digests/queries/<query>.sql` gives, one mapping per row."""
        table = self.connection.execute(_sql(query), values or None)
        names = [column[0] for column in table.description or ()]
        return [dict(zip(names, row, strict=True)) for row in table.fetchall()]


def open_published(folder: Path) -> Published:
    """Open a published folder for reading; close its `connection` when done.

    Args:
        folder: `published/current` or one run's folder.

    Raises:
        InputError: nothing has been published there.
    """
    # The link is followed once: a publish while we read must not give half of each.
    folder = folder.resolve()
    latest = folder / "latest.json"
    if not (folder / FILE_NAME).is_file() or not latest.is_file():
        raise InputError(f"nothing is published in {folder}; run `grapevine publish` (or `grapevine run`) first")
    facts = json.loads(latest.read_text("utf-8"))
    as_of = datetime.fromisoformat(facts["as_of"])
    if as_of.tzinfo is None:
        raise InputError(f"as_of is {facts['as_of']!r} in {latest}, which has no time zone; publish again")
    connection = duckdb.connect(str(folder / FILE_NAME), read_only=True)
    return Published(as_of, bool(facts.get("is_sample", False)), connection)


def brands(published: Path) -> tuple[str, ...]:
    """Return the keys of the configured brands, in order."""
    source = open_published(published)
    with source.connection:
        return tuple(row["brand"] for row in source.rows("configured_brands"))


def choose_period(published: Path, brand: str, kind: PeriodKind = "week") -> Period:
    """Return the last complete period before as_of, or the newest earlier one with data when that one is empty.

    Old data has a "this week" too: when nothing is that old either, the first period with data is taken.
    """
    source = open_published(published)
    with source.connection:
        facts = _brand(source, brand)
        wanted = Period.last_complete(source.as_of, facts.time_zone, kind)
        asked = {"brand": brand, "period_kind": kind}
        found = source.rows("newest_period", **asked, period_start=wanted.start) or source.rows("first_period", **asked)
        return Period(found[0]["period_start_date"], kind) if found else wanted


def read(published: Path, brand: str, period: Period, *, mention_limit: int = 5) -> DigestFigures:
    """Return all figures of one brand and period.

    Args:
        published: the published folder (usually `home.current`).
        brand: a brand's key.
        period: which period, in the brand's calendar.
        mention_limit: how many mentions to bring at most.

    Raises:
        InputError: nothing is published, or no such brand is.
    """
    source = open_published(published)
    with source.connection:
        facts = _brand(source, brand)
        now = _period(source, brand, period)
        within: dict[str, object] = {"brand": brand, "first_day": period.start, "last_day": period.end}
        first_day = source.rows("first_day", brand=brand)[0]["first_day"]
        return DigestFigures(
            brand=facts,
            period=period,
            as_of=source.as_of,
            is_sample=source.is_sample,
            now=now,
            before=_period(source, brand, period.previous),
            first_day=first_day,
            days=_days(source, brand, facts.time_zone, period, first_day),
            mentions=tuple(
                MentionFacts(**row) for row in source.rows("furthest", **within, mention_limit=mention_limit)
            ),
            sources=tuple(SourceState(**row) for row in source.rows("sources")),
            channels=_channels(source, brand, period),
            rates=tuple(Rate(**row) for row in source.rows("rates", profile=now.profile)) if now else (),
            unscored_languages=tuple(
                (row["language"], row["mention_count"]) for row in source.rows("unscored_languages", **within)
            ),
        )


def _brand(source: Published, brand: str) -> BrandFacts:
    rows = source.rows("brand", brand=brand)
    if not rows:
        known = ", ".join(row["brand"] for row in source.rows("configured_brands"))
        raise InputError(f"brand is {brand!r}, which is not published; published are {known or 'none'}")
    row = rows[0]
    return BrandFacts(row["brand"], row["brand_name"], row["time_zone"], row["owner"], row["is_configured"])


def _period(source: Published, brand: str, period: Period) -> PeriodFigures | None:
    rows = source.rows("period", brand=brand, period_kind=period.kind, period_start=period.start)
    if not rows:
        return None
    row = rows[0]
    return PeriodFigures(
        start=row["period_start_date"],
        estimated_bad=_estimate(row, "estimated_bad_count"),
        estimated_good=_estimate(row, "estimated_good_count"),
        good_per_bad=_estimate(row, "good_per_bad"),
        bad_change=_estimate(row, "bad_change_ratio"),
        good_change=_estimate(row, "good_change_ratio"),
        is_bad_change_finding=bool(row["is_bad_change_finding"]),
        is_good_change_finding=bool(row["is_good_change_finding"]),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    "mention_count",
    "bad_count",
    "neutral_count",
    "good_count",
    "unscored_count",
    "duplicate_count",
    "recovered_count",
    "break_even_ratio",
    "average_rating",
    "rating_count",
    "is_complete",
    "is_final",
    "is_coverage_known",
    "profile",
)


def _days(
    source: Published, brand: str, time_zone: str, period: Period, first_day: date | None
) -> tuple[DayFigures, ...]:
    if first_day is None or first_day > period.end:
        return ()
    eight_weeks = period.end - timedelta(days=7 * CHART_WEEKS - 1)
    start = max(min(eight_weeks, period.start), first_day)
    rows = source.rows("days", brand=brand, first_day=start, last_day=period.end)
    seen = {row["told_date"]: (row["bad_count"], row["good_count"]) for row in rows}
    # Days after as_of have not happened yet: left out rather than drawn as zeros.
    last = min(period.end, max([source.as_of.astimezone(ZoneInfo(time_zone)).date(), *seen]))
    length = (last - start).days + 1
    return tuple(DayFigures(day, *seen.get(day, (0, 0))) for day in (start + timedelta(days=n) for n in range(length)))


def _channels(source: Published, brand: str, period: Period) -> tuple[ChannelFigures, ...]:
    rows = source.rows("channels", brand=brand, period_kind=period.kind, period_start=period.start)
    return tuple(
        ChannelFigures(
            channel=row["channel"],
            is_collected=row["is_collected"],
            bad_count=row["bad_count"],
            good_count=row["good_count"],
            bad_tellings=_estimate(row, "estimated_bad_telling_count"),
            good_tellings=_estimate(row, "estimated_good_telling_count"),
        )
        for row in rows
    )


def _estimate(row: Mapping[str, Any], name: str) -> Estimate:
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])


@cache
def _sql(query: str) -> str:
    return (files("digests") / "queries" / f"{query}.sql").read_text("utf-8")
