"""Figures: everything a digest says, read from the published file once.

The SQL stands in `digests/queries/`, one question a file. Nothing is computed here that the marts already hold, so a
digest and a BI tool show the same numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from digests.act_figures import read_act
from digests.alerts.facts import read_alerts
from digests.facts import (
    BrandFacts,
    ChannelFigures,
    DayFigures,
    DigestFigures,
    Estimate,
    MentionFacts,
    NewSource,
    PeriodFigures,
    Rate,
    Responses,
    SourceState,
    Voice,
)
from digests.periods import Period, PeriodKind
from digests.published import Published, open_published
from records.errors import InputError

__all__ = ["brands", "choose_period", "is_published", "read"]

CHART_WEEKS = 8
WAITING_LIMIT = 10  # of the response queue


def brands(published: Path) -> tuple[str, ...]:
    """Return the keys of the configured brands, in order."""
    source = open_published(published)
    with source.connection:
        return tuple(row["brand"] for row in source.rows("configured_brands"))


def is_published(published: Path, brand: str) -> bool:
    """Return whether anything is published about a brand."""
    source = open_published(published)
    with source.connection:
        return bool(source.rows("brand", brand=brand))


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


def read(
    published: Path, brand: str, period: Period, *, mention_limit: int = 5, alert_words: Sequence[str] = ()
) -> DigestFigures:
    """Return all figures of one brand and period.

    Args:
        published: the published folder (usually `home.current`).
        brand: a brand's key.
        period: which period, in the brand's calendar.
        mention_limit: how many mentions to bring at most.
        alert_words: words that always alert, to quote what stands around them.

    Raises:
        InputError: nothing is published, or no such brand is.
    """
    source = open_published(published)
    with source.connection:
        facts = _brand(source, brand)
        now = _period(source, brand, period)
        within: dict[str, Any] = {"brand": brand, "first_day": period.start, "last_day": period.end}
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
            mentions=_furthest(source, within, mention_limit, is_waiting=False),
            sources=tuple(SourceState(**row) for row in source.rows("sources")),
            channels=_channels(source, brand, period),
            rates=tuple(Rate(**row) for row in source.rows("rates", profile=now.profile)) if now else (),
            unscored_languages=tuple(
                (row["language"], row["mention_count"]) for row in source.rows("unscored_languages", **within)
            ),
            responses=Responses(**source.rows("response", **within)[0]),
            waiting=_furthest(source, within, WAITING_LIMIT, is_waiting=True),
            voices=tuple(
                Voice(**row)
                for row in source.rows(
                    "share_of_voice", brand=brand, period_kind=period.kind, period_start=period.start
                )
            ),
            act=read_act(source, brand, period),
            alerts=read_alerts(source, **within, words=alert_words),
            new_sources=tuple(
                NewSource(**row) for row in source.rows("new_sources", **within, before_start=period.previous.start)
            ),
        )


def _furthest(
    source: Published, within: Mapping[str, Any], limit: int, *, is_waiting: bool
) -> tuple[MentionFacts, ...]:
    rows = source.rows("furthest", **within, mention_limit=limit, is_waiting=is_waiting)
    return tuple(MentionFacts(**row) for row in rows)


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
    "sign_flips",
    "is_disagreeing",
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
