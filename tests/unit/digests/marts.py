"""Rows of the marts for a folder published by hand: periods with their ranges, and what was done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from digests.periods import Period
from grapevine.settings import Settings

MONDAY = date(2026, 11, 9)  # of 2026-W46
RATES = {  # share rates of the default profile, bad and good
    "friends": (0.81, 0.72),
    "coworkers": (0.57, 0.40),
    "online": (0.45, 0.30),
    "company": (0.43, 0.33),
    "review_site": (0.35, 0.23),
}
_SPREAD = math.exp(1.644854 * 0.35)


def insert_acts(
    con: duckdb.DuckDBPyConnection,
    brand: str,
    mentions: tuple[dict[str, Any], ...],
    told: Mapping[str, tuple[int, int, int, int]],
    owners: Mapping[str, str],
    actions: tuple[dict[str, Any], ...],
    recovered: tuple[float, ...],
) -> None:
    """Insert the playbook, the drivers told of ((bad, good) now and the week before), the queue, and what was done."""
    for row in Settings(owners=dict(owners)).driver_records():
        insert(con, "driver", **asdict(row))
    for driver, (bad, good, bad_before, good_before) in told.items():
        for start, bads, goods, before in (
            (MONDAY, bad, good, (bad_before, good_before)),
            (MONDAY - timedelta(days=7), bad_before, good_before, (None, None)),
        ):
            insert(
                con,
                "driver_period",
                brand=brand,
                period_kind="week",
                period_start_date=start,
                driver=driver,
                bad_count=bads,
                good_count=goods,
                **_range("bad_exposure_count", bads * 150.0),
                **_range("good_exposure_count", goods * 110.0),
                **_change("bad", bads, before[0]),
                **_change("good", goods, before[1]),
                priority_exposure_count=bads * 200.0,
            )
    waiting = [row for row in mentions if row.get("label") == "bad" and row.get("has_reply") is not True]
    for rank, row in enumerate(waiting, start=1):
        insert(
            con,
            "response_queue",
            mention_id=row["mention_id"],
            brand=row["brand"] if row["brand"] != "acme" else brand,
            queue_rank=rank,
            told_date=row["told_date"],
            swing_exposure_count=100.0 / rank,
            age_hours=30.0,
            has_reply=row.get("has_reply"),
        )
    for hours in recovered:
        insert(con, "recovery", brand=brand, recovered_date=MONDAY, recovery_hours=hours)
    for number, action in enumerate(actions):
        insert(con, "action", action_id=str(number), brand=brand, **action)


def insert_periods(
    con: duckdb.DuckDBPyConnection,
    brand: str,
    kind: Any,
    days: Mapping[date, tuple[int, int]],
    is_coverage_known: bool,
    as_of: datetime,
    fields: Mapping[str, Any],
) -> None:
    totals: dict[Period, list[int]] = {}
    channels: list[dict[str, Any]] = []
    for day, (bad, good) in days.items():
        total = totals.setdefault(Period.holding(day, kind), [0, 0, 0])
        for place, count in enumerate((bad, good, 1)):
            total[place] += count
    for period, (bad, good, length) in totals.items():
        before = totals.get(period.previous)
        estimated_bad, estimated_good = bad / 0.35, good / 0.23
        balance = estimated_good / estimated_bad if bad else None
        row = {
            "brand": brand,
            "period_kind": kind,
            "period_start_date": period.start,
            "mention_count": bad + good + 3 * length,
            "bad_count": bad,
            "neutral_count": 3 * length,
            "good_count": good,
            "unscored_count": 0,
            "duplicate_count": length,
            "recovered_count": 0,
            **_range("estimated_bad_count", estimated_bad, least=bad),
            **_range("estimated_good_count", estimated_good, least=good),
            **_range("good_per_bad", balance),
            "break_even_ratio": 1.468036,
            **_change("bad", bad, before[0] if before else None),
            **_change("good", good, before[1] if before else None),
            "rating_count": 0,
            "is_complete": period.end < as_of.date(),
            "is_final": (as_of.date() - period.end).days > 14,
            "is_coverage_known": is_coverage_known,
            "profile": "dr2013",
        }
        insert(con, "brand_period", **(row | (dict(fields) if period.start == MONDAY and kind == "week" else {})))
        for channel, (bad_rate, good_rate) in RATES.items():
            is_collected = channel == "review_site"
            channels.append(
                {
                    "brand": brand,
                    "period_kind": kind,
                    "period_start_date": period.start,
                    "channel": channel,
                    "is_collected": is_collected,
                    "bad_count": bad if is_collected else None,
                    "good_count": good if is_collected else None,
                    **_range("estimated_bad_telling_count", estimated_bad * bad_rate),
                    **_range("estimated_good_telling_count", estimated_good * good_rate),
                }
            )
    insert_all(con, "channel_period", channels)


def _range(name: str, point: float | None, least: float = 0) -> dict[str, float | None]:
    if point is None:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    return {name: point, f"{name}_low": max(least, point / _SPREAD), f"{name}_high": point * _SPREAD}


def _change(valence: str, now: int, before: int | None) -> dict[str, Any]:
    name, flag = f"{valence}_change_ratio", f"is_{valence}_change_finding"
    if not now or not before:
        return {**_range(name, None), flag: False}
    ratio, factor = now / before, math.exp(1.644854 * math.sqrt(1 / now + 1 / before))
    low, high = ratio / factor, ratio * factor
    return {
        name: ratio,
        f"{name}_low": low,
        f"{name}_high": high,
        flag: not low <= 1 <= high and min(now, before) >= 12,
    }


def least_reach(row: Mapping[str, Any]) -> int | None:
    """The fewest people reached, as `marts.mentions` counts them."""
    reactions = [row.get(f"{name}_count") for name in ("like", "repost", "reply", "helpful")]
    shown = row.get("exposure_count")
    if shown is None and all(count is None for count in reactions):
        return None
    return max(int(shown or 0), sum(count or 0 for count in reactions))


def insert(con: duckdb.DuckDBPyConnection, table: str, **row: Any) -> None:
    insert_all(con, table, [row])


def insert_all(con: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of the same columns in one statement."""
    if rows:
        places = ", ".join([f"({', '.join('?' * len(rows[0]))})"] * len(rows))
        values = [value for row in rows for value in row.values()]
        con.execute(f"insert into marts.{table} ({', '.join(rows[0])}) values {places}", values)
