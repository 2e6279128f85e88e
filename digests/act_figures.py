"""Figures for those who act, read from the published file: drivers, rising words, the queue, recoveries, actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from digests.act_facts import ActFigures, ActionOutcome, Case, DriverFigures, Recovered, RisingTerm, Side
from digests.facts import Estimate, MentionFacts
from digests.periods import Period
from digests.published import Published

__all__ = ["read_act"]

WEEKS_BEFORE = 8  # that rising words are compared with
PRIOR = 1000.0  # words that the prior weighs as much as
FEWEST = 5  # tellings with a word, below which it does not rise
LEAST_STANDING = 3.0  # standard errors; the prior pulls rare words towards 0, so few get there by chance
QUEUE_LIMIT = 10
QUEUE_DAYS = 30  # as long as `marts.response_queue` keeps a case


def read_act(source: Published, brand: str, period: Period) -> ActFigures:
    """Return the figures of one brand and period."""
    within: dict[str, Any] = {"brand": brand, "first_day": period.start, "last_day": period.end}
    since = min(period.previous.start, period.start - timedelta(weeks=WEEKS_BEFORE))
    recovered = source.rows("recovered", **within)[0]
    return ActFigures(
        drivers=_drivers(source, brand, period),
        rising=tuple(
            RisingTerm(row["term"], row["now_count"], row["before_count"])
            for row in source.rows(
                "rising",
                **within,
                before_first_day=since,
                prior=PRIOR,
                fewest=FEWEST,
                least_standing=LEAST_STANDING,
            )
        ),
        weeks_before=(period.start - since).days // 7,
        queue=tuple(
            _case(row)
            for row in source.rows(
                "queue",
                brand=brand,
                since=period.end - timedelta(days=QUEUE_DAYS),
                last_day=period.end,
                queue_limit=QUEUE_LIMIT,
            )
        ),
        recovered=Recovered(recovered["recovered_count"], recovered["median_hours"]),
        feelings=tuple((row["feeling"], row["mention_count"]) for row in source.rows("feelings", **within)),
        praise=tuple(MentionFacts(**row) for row in source.rows("praise", **within)),
        actions=tuple(_outcome(row) for row in source.rows("actions", brand=brand, last_day=period.end)),
    )


def _drivers(source: Published, brand: str, period: Period) -> tuple[DriverFigures, ...]:
    rows = source.rows(
        "drivers",
        brand=brand,
        period_kind=period.kind,
        period_start=period.start,
        before_start=period.previous.start,
    )
    if not rows:
        return ()
    quotes: dict[tuple[str, str], MentionFacts] = {}
    for row in source.rows("driver_quotes", brand=brand, first_day=period.start, last_day=period.end):
        key = (row.pop("driver"), row["label"])
        quotes[key] = MentionFacts(**row)
    return tuple(
        DriverFigures(
            key=row["driver"],
            title=row["title"],
            group=row["driver_group"],
            bad=_side(row, "bad", quotes.get((row["driver"], "bad"))),
            good=_side(row, "good", quotes.get((row["driver"], "good"))),
            priority=row["priority_exposure_count"],
            published=row["published_figure"],
            rated_by=row["rated_by"],
            advice=row["advice"],
            owner_role=row["owner_role"],
            owner=row["owner"],
        )
        for row in rows
    )


def _side(row: Mapping[str, Any], valence: str, quote: MentionFacts | None) -> Side:
    return Side(
        count=row[f"{valence}_count"],
        count_before=row[f"{valence}_count_before"],
        exposures=_estimate(row, f"{valence}_exposure_count"),
        change=_estimate(row, f"{valence}_change_ratio"),
        is_finding=bool(row[f"is_{valence}_change_finding"]),
        quote=quote,
    )


def _case(row: dict[str, Any]) -> Case:
    swing, age, has_reply = (row.pop(name) for name in ("swing_exposure_count", "age_hours", "has_reply"))
    return Case(MentionFacts(**row), swing, age, has_reply)


def _outcome(row: Mapping[str, Any]) -> ActionOutcome:
    return ActionOutcome(
        driver=row["driver"],
        driver_title=row["driver_title"],
        from_date=row["from_date"],
        note=row["note"] or "",
        day_count=row["day_count"],
        count_before=row["bad_count_before"],
        count_after=row["bad_count_after"],
        change=_estimate(row, "bad_change_ratio"),
        is_finding=bool(row["is_bad_change_finding"]),
    )


def _estimate(row: Mapping[str, Any], name: str) -> Estimate:
    return Estimate(row[name], row[f"{name}_low"], row[f"{name}_high"])
