"""The tables for people: competitors side by side, what to answer first, praise, recovered cases, places, history."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from records.keys import mention_id
from warehouse import build as build_module
from warehouse import store
from warehouse.build import build

from .conftest import AS_OF, LOADED, Built, Raw, Told, at, write_raw

BAD_REACH, GOOD_REACH = 57.18, 38.95  # dr2013: people reached per experience


def _id(native_id: str, source: str = "voices") -> Any:
    return mention_id(source, "", native_id)


def _for_people() -> Raw:
    raw = Raw(posts="voices")
    for name in ("voices", "stars given", "own"):
        raw.source(name)
    raw.brand("acme", competitors=("bolt", "nobody"))
    raw.brand("bolt")
    raw.brand("queue")
    # both are heard through voices from Wednesday 7 January on; stars given speak of acme alone
    raw.many(3, "bad", "2026-01-05", brand="acme", source="voices")
    raw.many(2, "bad", "2026-01-08", brand="acme", source="voices")
    raw.many(9, "bad", "2026-01-08", brand="acme", source="stars given", channel="review_site")
    raw.many(5, "good", "2026-01-07", brand="bolt", source="voices")
    raw.many(1, "neutral", "2026-01-08", brand="bolt", source="voices")

    hours = timedelta(hours=1)
    raw.mention("fresh", Told("bad", AS_OF - 6 * hours), brands="queue", author="a")
    raw.mention("day", Told("bad", AS_OF - 24 * hours), brands="queue", author="b")
    raw.mention("seen", Told("bad", AS_OF - 24 * hours), brands="queue", author="c", views=1078)
    raw.mention("review", Told("bad", AS_OF - 24 * hours), brands="queue", source="stars given", channel="review_site")
    raw.mention("old", Told("bad", AS_OF - 31 * 24 * hours), brands="queue", author="d")
    raw.mention("answered", Told("bad", AS_OF - hours), brands="queue", author="e", has_reply=True, reposts=7)
    raw.mention("again", Told("bad", AS_OF - hours), brands="queue", author="a")
    raw.mention("taken back", Told("bad", at("2026-03-29")), Told("good", at("2026-03-30")), brands="queue", author="f")
    raw.mention("kind", Told("good", AS_OF - hours), brands="queue", author="g")
    raw.mention("kind and seen", Told("good", AS_OF - 9 * hours), brands="queue", author="h", views=10)
    for number, label in enumerate(("bad", "good", "good", "neutral")):
        raw.mention(
            f"place {number}", Told(label, at("2026-02-0" + str(number + 1)), rating=1.0 + number), brands="bolt",
            source="own", channel="review_site", place="p1",
        )  # fmt: skip
    return raw


SCENES = (_for_people,)


def test_share_of_voice__only_sources_and_days_that_all_have(built: Built) -> None:
    rows = built.rows(
        "SELECT compared_brand, is_own, voice_count, share_of_voice, common_source_count, comparison_basis "
        "FROM marts.share_of_voice_period WHERE (brand, period_kind, period_start_date) = "
        "('acme', 'week', DATE '2026-01-05') ORDER BY 1"
    )
    basis = "voices (2026-01-07 to 2026-01-11)"
    # the 3 of Monday came before bolt was heard, the 9 reviews have no counterpart: 2 of 8 against 6 of 8
    assert rows == [("acme", True, 2, 0.25, 1, basis), ("bolt", False, 6, 0.75, 1, basis)]


def test_response_queue__most_worth_an_answer_first(built: Built) -> None:
    rows = built.rows(
        "SELECT mention_id, swing_exposure_count FROM marts.response_queue WHERE brand = 'queue' ORDER BY queue_rank"
    )
    # swing = (1 - told) x reach + 0.5 x 38.95; half is told after a day; a post's 78 or a review's 45 readers are known
    # to be there, so the rate of the channel no longer thins them out
    post, review = BAD_REACH - 0.45 * 78, BAD_REACH - 0.35 * 45
    assert rows == [
        (_id("seen"), pytest.approx(0.5 * (post + 1078) + GOOD_REACH / 2)),
        (_id("fresh"), pytest.approx(0.5**0.25 * (post + 78) + GOOD_REACH / 2)),
        (_id("day"), pytest.approx(0.5 * (post + 78) + GOOD_REACH / 2)),
        (_id("review", "stars given"), pytest.approx(0.5 * (review + 45) + GOOD_REACH / 2)),
    ]


def test_praise__what_carries_furthest_first(built: Built) -> None:
    rows = built.rows("SELECT mention_id FROM marts.praise WHERE brand = 'queue' ORDER BY praise_rank")
    assert rows == [(_id("kind and seen"),), (_id("kind"),), (_id("taken back"),)]


def test_recovery__says_how_long_it_took(built: Built) -> None:
    row = built.row("SELECT * FROM marts.recovery WHERE brand = 'queue'")
    assert (row["mention_id"], row["bad_told_date"], row["recovery_hours"]) == (
        _id("taken back"),
        date(2026, 3, 29),
        24,
    )


def test_place_period__counts_what_was_told_of_a_place(built: Built) -> None:
    row = built.row("SELECT * FROM marts.place_period WHERE (brand, period_kind) = ('bolt', 'month')")
    counts = ("mention_count", "bad_count", "good_count", "neutral_count", "rating_count")
    assert tuple(row[count] for count in counts) == (4, 1, 2, 1, 4)
    assert row["observed_positive_share"] == pytest.approx(2 / 3)
    assert row["average_rating"] == pytest.approx((1 + 2 + 3 + 4) / 4)


def test_brand_period_history__keeps_what_another_model_and_profile_had_said(changed: Built) -> None:
    told = (
        "SELECT profile, model_version, bad_count, good_count, is_current, first_figure_as_of, figure_as_of "
        "FROM marts.brand_period_history "
        "WHERE (brand, period_kind, period_start_date) = ('queue', 'week', DATE '2026-03-30') ORDER BY 1, 2"
    )
    days = [AS_OF + timedelta(days=number) for number in range(3)]
    # a warehouse of the time before it was written down when a figure was said
    with store.open(changed.home, step="test") as connection:
        for column in ("first_figure_as_of", "is_current"):
            connection.execute(f"ALTER TABLE marts.brand_period_history DROP COLUMN {column}")
    raw = Raw()
    raw.classification(_id("fresh"), "queue", "good", model="m2", loaded=LOADED + timedelta(days=1))
    write_raw(changed.home, raw)
    _next_day(changed)
    build(changed.home, full=True)
    # bad to m1: "day", "seen", "review", "fresh", "answered"; to m2 "fresh" is good, so that "again" repeats nothing
    # good to m1: "kind", "kind and seen", "taken back"
    earlier = ("dr2013", "m1", 5, 3, False, days[0], days[0])
    assert changed.rows(told) == [earlier, ("dr2013", "m2", 5, 4, True, days[1], days[1])]

    with store.open(changed.home, step="test") as connection:
        connection.execute(
            "UPDATE raw.rate_profile SET profile = 'other', share_rate = share_rate / 2 WHERE is_current"
        )
    _next_day(changed)
    build(changed.home, full=True)
    assert changed.rows(told) == [
        earlier,
        ("dr2013", "m2", 5, 4, False, days[1], days[1]),
        ("other", "m2", 5, 4, True, days[2], days[2]),
    ]
    _next_day(changed)
    build_module._dbt(changed.home, ["build", "--select", "brand_period_history"])
    assert changed.rows(told)[-1] == ("other", "m2", 5, 4, True, days[2], days[2] + timedelta(days=1))


def _next_day(built: Built) -> None:
    with store.open(built.home, step="test") as connection:
        connection.execute("UPDATE raw.clock SET as_of = as_of + INTERVAL 1 DAY, data_revision = data_revision + 1")


def test_mentions__least_reach_is_what_was_shown_or_who_reacted(built: Built) -> None:
    rows = built.rows("SELECT mention_id, least_reach_count FROM marts.mentions WHERE brand = 'queue'")
    reach = dict(rows)
    assert (reach[_id("seen")], reach[_id("answered")], reach[_id("fresh")]) == (1078, 7, None)  # 7 passed it on
