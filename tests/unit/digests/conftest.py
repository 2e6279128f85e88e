"""A small published folder made by hand, so that digests are tried without a warehouse."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from digests import alerts
from digests.alerts import Alert
from digests.options import AlertOptions
from digests.periods import Period
from digests.published import open_published
from grapevine.settings import Settings
from records.home import Home

MONDAY = date(2026, 11, 9)  # of 2026-W46
AS_OF = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)

_TABLES = (Path(__file__).parent / "marts.sql").read_text("utf-8")
_RATES = {  # share rates of the default profile, bad and good
    "friends": (0.81, 0.72),
    "coworkers": (0.57, 0.40),
    "online": (0.45, 0.30),
    "company": (0.43, 0.33),
    "review_site": (0.35, 0.23),
}
_SPREAD = math.exp(1.644854 * 0.35)
_MENTION = {
    "mention_id": "00000000-0000-0000-0000-000000000001",
    "brand": "acme",
    "brand_name": "Acme",
    "source": "reviews",
    "channel": "review_site",
    "kind": "review",
    "told_date": MONDAY,
    "told_at": datetime(2026, 11, 9, 12, tzinfo=UTC),
    "text": "The kettle arrived broken and nobody answered my letters.",
    "url": "https://reviews.example/1",
    "label": "bad",
    "p_bad": 0.9,
    "p_good": 0.05,
    "is_duplicate": False,
    "is_recovered": False,
    "is_gone": False,
}

Publish = Callable[..., Path]


@pytest.fixture
def mention() -> Callable[..., dict[str, Any]]:
    """Make a row of marts.mentions; give it a number for its id and what differs from a bad review on Monday."""

    def make(number: int = 1, **differing: Any) -> dict[str, Any]:
        return {**_MENTION, "mention_id": f"00000000-0000-0000-0000-{number:012d}", **differing}

    return make


@pytest.fixture
def publish(home: Home) -> Publish:
    """Publish days of (bad, good) experiences, with what goes with them, under `home`; returns `published/current`."""

    def write(
        days: Mapping[date, tuple[int, int]],
        mentions: tuple[dict[str, Any], ...] = (),
        *,
        brand: str = "acme",
        brand_name: str = "Acme",
        as_of: datetime = AS_OF,
        is_sample: bool = False,
        rivals: Mapping[str, str] | None = None,
        voices: Mapping[str, int] | None = None,
        is_coverage_known: bool = True,
        owner: str | None = None,
        kinds: tuple[str, ...] = ("week",),
        sources: tuple[tuple[str, str, str | None, int], ...] = (("reviews", "complete", None, 0),),
        drivers: Mapping[str, tuple[int, int, int, int]] | None = None,
        owners: Mapping[str, str] | None = None,
        actions: tuple[dict[str, Any], ...] = (),
        recovered: tuple[float, ...] = (),
        **period_fields: Any,
    ) -> Path:
        run = home.published / f"run{len(list(home.published.glob('run*'))):03d}"
        run.mkdir(parents=True)
        latest = {"run_id": run.name, "as_of": as_of.isoformat(), "is_sample": is_sample, "profile": "dr2013"}
        (run / "latest.json").write_text(json.dumps(latest))
        with duckdb.connect(str(run / "grapevine.duckdb")) as con:
            con.execute(_TABLES)
            con.begin()
            _insert(con, "brand", brand=brand, brand_name=brand_name, time_zone="UTC", owner=owner, is_configured=True)
            names = {brand: brand_name, **(rivals or {})}
            for key, voice_count in (voices or {}).items():
                _insert(
                    con,
                    "share_of_voice_period",
                    brand=brand,
                    compared_brand=key,
                    compared_brand_name=names[key],
                    is_own=key == brand,
                    period_kind="week",
                    period_start_date=MONDAY,
                    voice_count=voice_count,
                    bad_count=voice_count // 2,
                    good_count=voice_count // 3,
                    share_of_voice=voice_count / sum((voices or {}).values()),
                    comparison_basis="posts, reviews",
                )
            for rival, rival_name in (rivals or {}).items():
                _insert(con, "brand", brand=rival, brand_name=rival_name, time_zone="UTC", is_configured=True)
            for row in mentions:
                key = row["brand"] if row["brand"] != "acme" else brand
                _insert(con, "mentions", **{**row, "brand": key, "least_reach_count": _least_reach(row)})
            _acts(con, brand, mentions, drivers or {}, owners or {}, actions, recovered)
            for name, status, error, rejected in sources:
                _insert(
                    con,
                    "source_health",
                    source_name=name,
                    source=name,
                    slice="-",
                    status=status,
                    error_message=error,
                    rejected_count=rejected,
                )
            for channel, (bad, good) in _RATES.items():
                for valence, rate in (("bad", bad), ("good", good)):
                    _insert(
                        con,
                        "rate_profile",
                        profile="dr2013",
                        valence=valence,
                        channel=channel,
                        share_rate=rate,
                        sample_size=1046,
                        audience_mean=5.0,
                        source="Dimensional Research, April 2013",
                        mark="S",
                    )
            for day, (bad, good) in days.items():
                _insert(
                    con,
                    "brand_day",
                    brand=brand,
                    told_date=day,
                    mention_count=bad + good + 3,
                    bad_count=bad,
                    neutral_count=3,
                    good_count=good,
                    unscored_count=0,
                    duplicate_count=1,
                    is_complete=True,
                )
            for kind in kinds:
                _periods(con, brand, kind, days, is_coverage_known, as_of, period_fields)
            con.commit()
        current = home.current
        current.unlink(missing_ok=True)
        current.symlink_to(run.name)
        return current

    return write


@pytest.fixture
def eight_weeks() -> Callable[..., dict[date, tuple[int, int]]]:
    """Make days up to Sunday of 2026-W46: every day `usual`, in the last week `last`."""

    def make(
        usual: tuple[int, int] = (5, 12), last: tuple[int, int] = (5, 12), weeks: int = 8
    ) -> dict[date, tuple[int, int]]:
        days = {MONDAY + timedelta(days=n - 7 * (weeks - 1)): usual for n in range(7 * weeks)}
        return days | {MONDAY + timedelta(days=n): last for n in range(7)}

    return make


@pytest.fixture
def history() -> Callable[..., list[Alert]]:
    """Judge what is published, as a run does before it publishes, and return what people are told."""

    def look(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
        from digests.alerts.judge import judge

        source = open_published(home.current)
        with source.connection:
            found = judge(source, options)
        with duckdb.connect(str(home.published_file)) as con:
            con.execute("delete from marts.alert")
            for one in found:
                con.execute(
                    "insert into marts.alert values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [one.alert_id, one.brand, one.figure, one.subject, one.opened_on, one.closed_on,
                     one.closed_on is None, one.observed, one.expected, one.usual_high, one.day_count],
                )  # fmt: skip
        return alerts.history(home, options, language=language)

    return look


@pytest.fixture
def check(history: Callable[..., list[Alert]]) -> Callable[..., list[Alert]]:
    """Judge what is published and return the alerts that are open."""

    def look(home: Home, options: AlertOptions | None = None, *, language: str = "en") -> list[Alert]:
        still_open = [one for one in history(home, options, language=language) if one.closed_on is None]
        assert alerts.check(home, options, language=language) == still_open
        return still_open

    return look


def _acts(
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
        _insert(con, "driver", **asdict(row))
    for driver, (bad, good, bad_before, good_before) in told.items():
        for start, bads, goods, before in (
            (MONDAY, bad, good, (bad_before, good_before)),
            (MONDAY - timedelta(days=7), bad_before, good_before, (None, None)),
        ):
            _insert(
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
        _insert(
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
        _insert(con, "recovery", brand=brand, recovered_date=MONDAY, recovery_hours=hours)
    for number, action in enumerate(actions):
        _insert(con, "action", action_id=str(number), brand=brand, **action)


def _periods(
    con: duckdb.DuckDBPyConnection,
    brand: str,
    kind: Any,
    days: Mapping[date, tuple[int, int]],
    is_coverage_known: bool,
    as_of: datetime,
    fields: Mapping[str, Any],
) -> None:
    totals: dict[Period, list[int]] = {}
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
        _insert(con, "brand_period", **(row | (dict(fields) if period.start == MONDAY and kind == "week" else {})))
        for channel, (bad_rate, good_rate) in _RATES.items():
            is_collected = channel == "review_site"
            _insert(
                con,
                "channel_period",
                brand=brand,
                period_kind=kind,
                period_start_date=period.start,
                channel=channel,
                is_collected=is_collected,
                bad_count=bad if is_collected else None,
                good_count=good if is_collected else None,
                **_range("estimated_bad_telling_count", estimated_bad * bad_rate),
                **_range("estimated_good_telling_count", estimated_good * good_rate),
            )


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


def _least_reach(row: Mapping[str, Any]) -> int | None:
    """The fewest people reached, as `marts.mentions` counts them."""
    reactions = [row.get(f"{name}_count") for name in ("like", "repost", "reply", "helpful")]
    shown = row.get("exposure_count")
    if shown is None and all(count is None for count in reactions):
        return None
    return max(int(shown or 0), sum(count or 0 for count in reactions))


def _insert(con: duckdb.DuckDBPyConnection, table: str, **row: Any) -> None:
    con.execute(
        f"insert into marts.{table} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values())
    )
