"""A small published folder made by hand, so that digests are tried without a warehouse."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pytest

from digests import alerts
from digests.alerts import Alert
from digests.options import AlertOptions
from digests.published import open_published
from records.home import Home

from .marts import MONDAY, RATES, insert, insert_acts, insert_all, insert_periods, least_reach

AS_OF = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)

_TABLES = (Path(__file__).parent / "marts.sql").read_text("utf-8")
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


@pytest.fixture(scope="session", autouse=True)
def drawings() -> Iterator[dict[tuple[str, str], Any]]:
    """What was drawn so far: a specification is drawn once for all tests. Clear it where the drawing is in question."""
    from digests import assets, charts

    drawn: dict[tuple[str, str], Any] = {}

    def once(name: str) -> Callable[[dict[str, Any]], Any]:
        draw = getattr(charts, name)

        def look(specification: dict[str, Any]) -> Any:
            key = (name, json.dumps(specification))
            if key not in drawn:
                drawn[key] = draw(specification)
            return drawn[key]

        return look

    with pytest.MonkeyPatch.context() as patch:
        for name in ("picture", "vector"):
            patch.setattr(charts, name, once(name))
        patch.setattr(assets, "_javascript", cache(assets._javascript))
        yield drawn


@pytest.fixture(scope="session")
def no_marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published database without a row, to be copied."""
    path = tmp_path_factory.mktemp("marts") / "grapevine.duckdb"
    with duckdb.connect(str(path)) as con:
        con.execute(_TABLES)
    return path


@pytest.fixture
def mention() -> Callable[..., dict[str, Any]]:
    """Make a row of marts.mentions; give it a number for its id and what differs from a bad review on Monday."""

    def make(number: int = 1, **differing: Any) -> dict[str, Any]:
        return {**_MENTION, "mention_id": f"00000000-0000-0000-0000-{number:012d}", **differing}

    return make


@pytest.fixture
def publish(home: Home, no_marts: Path) -> Publish:
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
        shutil.copyfile(no_marts, run / "grapevine.duckdb")
        with duckdb.connect(str(run / "grapevine.duckdb")) as con:
            con.begin()
            insert(con, "brand", brand=brand, brand_name=brand_name, time_zone="UTC", owner=owner, is_configured=True)
            names = {brand: brand_name, **(rivals or {})}
            for key, voice_count in (voices or {}).items():
                insert(
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
                insert(con, "brand", brand=rival, brand_name=rival_name, time_zone="UTC", is_configured=True)
            for row in mentions:
                key = row["brand"] if row["brand"] != "acme" else brand
                insert(con, "mentions", **{**row, "brand": key, "least_reach_count": least_reach(row)})
            insert_acts(con, brand, mentions, drivers or {}, owners or {}, actions, recovered)
            for name, status, error, rejected in sources:
                insert(
                    con,
                    "source_health",
                    source_name=name,
                    source=name,
                    slice="-",
                    status=status,
                    error_message=error,
                    rejected_count=rejected,
                )
            for channel, (bad, good) in RATES.items():
                for valence, rate in (("bad", bad), ("good", good)):
                    insert(
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
            by_day = [
                {
                    "brand": brand,
                    "told_date": day,
                    "mention_count": bad + good + 3,
                    "bad_count": bad,
                    "neutral_count": 3,
                    "good_count": good,
                    "unscored_count": 0,
                    "duplicate_count": 1,
                    "is_complete": True,
                }
                for day, (bad, good) in days.items()
            ]
            insert_all(con, "brand_day", by_day)
            for kind in kinds:
                insert_periods(con, brand, kind, days, is_coverage_known, as_of, period_fields)
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
