"""Drivers: which of a text's reasons count, and what stands behind each."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest

from transforms.drivers import drivers

from .conftest import LOADED, Built, Raw, Told, at


def _reasons() -> Raw:
    raw = Raw(posts="reasons")
    raw.brand("reasons")
    for name in ("reasons", "complaints"):
        raw.source(name)
    both = {"bad_drivers": ("on_hold", "price"), "good_drivers": ("ease",)}
    raw.mention("bad", Told("bad", at("2026-01-05"), words="one", **both), brands="reasons")
    raw.mention("again", Told("bad", at("2026-01-06"), words="one", **both), brands="reasons")
    raw.mention("good", Told("good", at("2026-01-05"), **both), brands="reasons")
    raw.mention("neutral", Told("neutral", at("2026-01-05"), **both), brands="reasons")
    raw.mention("judged", Told("bad", at("2026-01-05"), **both), brands="reasons")
    raw.add("override", mention_id=raw.rows["mention_state"][-1]["mention_id"], brand="reasons", label="good")
    raw.rows["override"][-1]["override_at"] = at("2026-01-20")
    edits = (Told("bad", at("2026-01-05"), **both), Told("good", at("2026-01-13"), **both))
    raw.mention("edited", *edits, brands="reasons", source="complaints", channel="company")
    raw.mention("late", Told(None, at("2026-03-30")), brands="reasons")  # they are listened to until then
    return raw


def test_drivers__only_those_of_the_labels_side(built: Built) -> None:
    told = built.rows("SELECT label, drivers FROM marts.mentions WHERE brand = 'reasons' ORDER BY ALL")
    assert told == [
        ("bad", "on_hold, price"),
        ("bad", "on_hold, price"),
        ("good", "ease"),
        ("good", "ease"),
        ("good", "ease"),
        ("neutral", None),
        (None, None),
    ]


def test_drivers__count_experiences_without_repeats_in_the_week_of_the_telling(built: Built) -> None:
    weeks = built.rows(
        "SELECT period_name, driver, bad_count, good_count FROM marts.driver_period "
        "WHERE (brand, period_kind) = ('reasons', 'week') ORDER BY ALL"
    )
    assert weeks == [
        ("2026-W02", "ease", 0, 2),  # "good" and the one that a person judged
        ("2026-W02", "on_hold", 2, 0),
        ("2026-W02", "price", 2, 0),
        ("2026-W03", "ease", 0, 1),  # the edit
        ("2026-W03", "on_hold", 0, 0),  # nobody any more, which is said
        ("2026-W03", "price", 0, 0),
    ]


def test_drivers__a_reason_that_all_name_is_the_whole_brand(built: Built) -> None:
    part, whole = (
        built.row(
            "SELECT estimated_bad_count, estimated_bad_count_low, estimated_bad_count_high, bad_exposure_count, "
            "bad_exposure_count_low, bad_exposure_count_high "
            f"FROM marts.{table} WHERE brand = 'reasons' AND period_name = '2026-W02' AND {which}"
        )
        for table, which in (("driver_period", "driver = 'price'"), ("brand_period", "true"))
    )
    assert part == pytest.approx(whole, rel=1e-9)


def test_drivers__few_are_no_finding_however_far_they_fall(built: Built) -> None:
    row = built.row(
        "SELECT * FROM marts.driver_period WHERE brand = 'reasons' AND period_name = '2026-W03' AND driver = 'price'"
    )
    assert (row["bad_change_ratio"], row["bad_change_ratio_low"], row["is_bad_change_finding"]) == (0, None, False)


def test_driver__is_the_playbook(built: Built) -> None:
    row = built.row("SELECT * FROM marts.driver WHERE driver = 'on_hold'")
    assert (row["driver_group"], row["owner_role"], row["owner"]) == ("process", "service", None)
    figures = "SELECT driver, published_figure FROM marts.driver"
    assert dict(built.rows(figures)) == {key: driver.figure for key, driver in drivers().items()}


def _actions() -> Raw:
    raw = Raw(posts="acted posts")
    raw.brand("acted")
    for name in ("acted posts", "acted inbox"):
        raw.source(name)
    day = at("2026-02-02")  # a Monday, more than four weeks before AS_OF
    for number in range(28):
        raw.mention(
            f"b{number}", Told("bad", day - timedelta(days=number + 1), bad_drivers=("on_hold",)), brands="acted"
        )
    for number in range(14):
        when = day + timedelta(days=2 * number)
        raw.mention(f"a{number}", Told("bad", when, bad_drivers=("on_hold", "price")), brands="acted")
    raw.mention(
        "new", Told("bad", day, bad_drivers=("on_hold",)), brands="acted", source="acted inbox", channel="company"
    )
    raw.mention("late", Told(None, at("2026-03-30")), brands="acted")
    for action_id, driver, begun in (
        ("hold", "on_hold", day),
        ("all", None, day),
        ("new", "on_hold", at("2026-03-26")),
        ("far", "on_hold", at("2026-01-06")),
    ):
        raw.add(
            "action",
            action_id=action_id,
            brand="acted",
            driver=driver,
            from_date=begun.date(),
            note="done",
            action_at=LOADED,
        )
    return raw


SCENES = (_reasons, _actions)


def test_action__compares_as_many_days_on_sources_that_were_heard_all_the_time(built: Built) -> None:
    row = built.row("SELECT * FROM marts.action WHERE action_id = 'hold'")
    # the inbox begins on the very day: its complaint was perhaps told before, too
    assert (row["day_count"], row["bad_count_before"], row["bad_count_after"]) == (28, 28, 14)
    width = math.exp(1.6448536269514722 * math.sqrt(1 / 28 + 1 / 14))
    assert row["bad_change_ratio"] == 0.5
    assert row["bad_change_ratio_low"] == pytest.approx(0.5 / width)
    assert row["bad_change_ratio_high"] == pytest.approx(0.5 * width)
    assert row["is_bad_change_finding"] is True
    assert row["driver_title"] == "On hold"


def test_action__without_a_driver_is_about_all(built: Built) -> None:
    row = built.row("SELECT * FROM marts.action WHERE action_id = 'all'")
    assert (row["driver_title"], row["bad_count_before"], row["bad_count_after"]) == (None, 28, 14)


def test_action__is_not_compared_in_its_first_week_nor_before_anybody_listened(built: Built) -> None:
    assert built.rows(
        "SELECT action_id, day_count, bad_count_before, bad_change_ratio FROM marts.action "
        "WHERE action_id IN ('new', 'far') ORDER BY ALL"
    ) == [("far", 28, None, None), ("new", 0, None, None)]
