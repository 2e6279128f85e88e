"""Who told what, when it counts, and what stays of it: mentions, episodes, repeats."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from records.keys import mention_id

from .conftest import AS_OF, LOADED, Built, Raw, Told, at


def _id(native_id: str, source: str = "talk") -> Any:
    return mention_id(source, "", native_id)


def _tellings() -> Raw:
    raw = Raw(posts="talk")
    for brand in ("author", "words", "repost", "edit", "undated", "both", "gone", "person", "model", "silent"):
        raw.brand(brand)
    raw.brand("future")
    raw.brand("tokyo", "Asia/Tokyo", competitors=("angeles", "nobody"))
    raw.brand("angeles", "America/Los_Angeles")
    raw.source("talk")
    raw.source("stars", publishes_text=False)

    for name, label, day in (
        ("a1", "bad", "2026-01-05"),
        ("a2", "bad", "2026-01-25"),  # 20 days after a1: a repeat
        ("a3", "bad", "2026-02-14"),  # 20 days after a2: the silence was not 30 days long
        ("a4", "bad", "2026-03-17"),  # 31 days after a3: tells it anew
        ("a5", "good", "2026-01-26"),  # the same author, another label
    ):
        raw.mention(name, Told(label, at(day)), brands="author", author="u1")
    raw.mention("a6", Told("bad", at("2026-01-06")), brands="author", author="u2")
    raw.mention("a7", Told("bad", at("2026-01-06")), brands="author")
    raw.mention("a8", Told("bad", at("2026-01-06")), brands="author")

    raw.mention("w1", Told("bad", at("2026-01-05"), words="h1"), brands="words", author="v1")
    raw.mention("w2", Told("bad", at("2026-02-04"), words="h1"), brands="words", author="v2")  # 30 days: a repeat
    raw.mention("w3", Told("bad", at("2026-03-06 12:01"), words="h1"), brands="words", author="v3")  # 30 days, 1 minute
    raw.mention("w4", Told("bad", at("2026-01-06"), words="h1"), brands="author")  # another brand

    raw.mention("r1", Told("good", at("2026-01-05")), brands="repost", author="x1")
    raw.mention("r2", Told("good", at("2026-03-05")), brands="repost", author="x2", repost_of="r1")
    raw.mention("r3", Told("good", at("2026-03-06")), brands="repost", author="x3", repost_of="unknown")

    raw.mention(
        "e1",
        Told("bad", at("2026-01-06"), words="h7"),
        Told("neutral", at("2026-01-20"), words="h7"),
        Told("good", at("2026-02-10"), words="h7"),
        brands="edit",
        author="y1",
    )
    raw.mention("e2", Told("bad", at("2026-01-06")), Told("bad", at("2026-02-10")), brands="edit", author="y2")
    raw.mention("e3", Told("neutral", at("2026-01-06")), Told("good", None, seen=at("2026-02-11")), brands="edit")

    raw.mention("u1", Told("bad", None), brands="undated", first_seen=at("2026-02-17"))
    raw.mention("b1", Told({"both": "bad", "person": "good"}, at("2026-01-06")), brands="both person")
    raw.mention(
        "g1",
        Told("bad", at("2026-01-06")),
        brands="gone",
        author="z1",
        url="https://example.org/g1",
        source="stars",
        channel="review_site",
    )
    raw.add("tombstone", mention_id=_id("g1", "stars"), source="stars", reason="removed", gone_at=AS_OF, is_erased=True)
    raw.mention("g2", Told("bad", at("2026-01-06"), rating=1.0), brands="gone", source="stars", channel="review_site")

    # 16:00 in UTC on Sunday is Monday 01:00 in Tokyo and Sunday 08:00 in Los Angeles
    raw.mention("t1", Told("bad", at("2026-01-11 16:00")), brands="tokyo angeles")
    # 03:00 in UTC on Monday is Sunday 19:00 in Los Angeles
    raw.mention("t2", Told("bad", at("2026-01-12 03:00")), brands="tokyo angeles")

    raw.mention("p1", Told("neutral", at("2026-01-06")), Told("neutral", at("2026-02-10")), brands="person")
    raw.add("override", mention_id=_id("p1"), brand="person", label="bad", override_at=at("2026-01-07"))
    hour = timedelta(hours=1)  # all before LOADED: what was loaded last anywhere names the model of the tables
    raw.mention("m1", Told("neutral", at("2026-01-06")), brands="model", loaded=LOADED - 2 * hour)
    raw.classification(_id("m1"), "model", "bad", model="m2", loaded=LOADED - hour)
    raw.classification(_id("m1"), "model", "good", model="m3", loaded=LOADED - 3 * hour)
    raw.mention("s1", Told(None, at("2026-01-06")), brands="silent")
    raw.mention("s2", Told("pending", at("2026-01-06")), brands="silent")
    slow = {"bad_drivers": ("on_hold",)}
    raw.mention("f1", Told("bad", AS_OF, **slow), brands="future", place="corner")
    raw.mention("f2", Told("bad", AS_OF + timedelta(minutes=1), **slow), brands="future", place="corner")
    raw.mention("f3", Told("good", at("2031-01-06")), brands="future")
    counts = ("read", "kept", "duplicate", "rejected", "new", "version", "gone")
    raw.add(
        "pull", run_id="1", source_name="talk", source="talk", slice="-", status="complete", started_at=AS_OF,
        ended_at=AS_OF, pull_loaded_at=LOADED, **{f"{count}_count": 0 for count in counts},
    )  # fmt: skip
    return raw


SCENES = (_tellings,)


def _repeats(built: Built, brand: str) -> set[tuple[str, Any, str]]:
    numbers = {"a": range(1, 9), "w": range(1, 5), "r": range(1, 4)}
    names = {_id(f"{kind}{number}"): f"{kind}{number}" for kind, found in numbers.items() for number in found}
    found = built.rows("SELECT mention_id, duplicate_of, duplicate_rule FROM core.duplicate WHERE brand = ?", brand)
    return {(names[one], names.get(of), rule) for one, of, rule in found}


def test_duplicate__same_author_and_label_until_30_days_of_silence(built: Built) -> None:
    assert _repeats(built, "author") == {("a2", "a1", "author"), ("a3", "a1", "author")}


def test_duplicate__same_words_by_other_authors_at_most_30_days_apart(built: Built) -> None:
    assert _repeats(built, "words") == {("w2", "w1", "text")}


def test_duplicate__reposts_never_count_also_of_unknown_mentions(built: Built) -> None:
    assert _repeats(built, "repost") == {("r2", "r1", "repost"), ("r3", None, "repost")}


def test_brand_period__repeats_are_counted_apart(built: Built) -> None:
    quarter = built.period("author", "2026-01-01", "quarter")
    # a1 a4 a6 a7 a8 w4 are bad, a5 good, a2 and a3 repeat
    assert (quarter["bad_count"], quarter["good_count"], quarter["duplicate_count"]) == (6, 1, 2)
    assert quarter["mention_count"] == 6 + 1 + 2


def test_experience__bad_edited_to_good_is_recovered_and_told_anew_at_the_edit(built: Built) -> None:
    told = built.rows(
        "SELECT episode_no, version_no, told_date, label, is_recovered FROM core.experience "
        "WHERE mention_id = ? ORDER BY episode_no",
        _id("e1"),
    )
    assert told == [(1, 1, date(2026, 1, 6), "bad", True), (2, 3, date(2026, 2, 10), "good", False)]


def test_experience__an_edit_with_the_same_label_is_nothing_new(built: Built) -> None:
    assert built.rows("SELECT episode_no, label FROM core.experience WHERE mention_id = ?", _id("e2")) == [(1, "bad")]


def test_experience__an_edit_without_a_time_counts_when_it_was_seen(built: Built) -> None:
    told = built.rows(
        "SELECT told_date, label, is_recovered FROM core.experience WHERE mention_id = ? ORDER BY episode_no", _id("e3")
    )
    assert told == [(date(2026, 1, 6), "neutral", False), (date(2026, 2, 11), "good", False)]


def test_brand_period__first_label_stays_in_its_week(built: Built) -> None:
    first, edit = built.period("edit", "2026-01-05"), built.period("edit", "2026-02-09")
    counts = ("mention_count", "changed_count", "bad_count", "neutral_count", "good_count", "recovered_count")
    assert tuple(first[count] for count in counts) == (3, 0, 2, 1, 0, 1)  # e1 bad, e2 bad, e3 neutral; e1 recovered
    assert tuple(edit[count] for count in counts) == (0, 2, 0, 0, 2, 0)  # e1 and e3 good, by edit


def test_mentions__say_what_the_words_say_now(built: Built) -> None:
    row = built.row("SELECT * FROM marts.mentions WHERE mention_id = ?", _id("e1"))
    assert (row["label"], row["first_label"], row["text"]) == ("good", "bad", "public e1 3")
    assert (row["is_edited"], row["is_recovered"], row["told_date"]) == (True, True, date(2026, 1, 6))


def test_mentions__undated_are_told_when_first_seen(built: Built) -> None:
    row = built.row("SELECT * FROM marts.mentions WHERE brand = 'undated'")
    assert (row["published_at"], row["told_date"], row["week_start_date"]) == (
        None,
        date(2026, 2, 17),
        date(2026, 2, 16),
    )


def test_mentions__one_row_for_each_brand_each_judged_towards_its_brand(built: Built) -> None:
    rows = built.rows("SELECT brand, label FROM marts.mentions WHERE mention_id = ? ORDER BY brand", _id("b1"))
    assert rows == [("both", "bad"), ("person", "good")]


def test_mentions__gone_keep_their_place_and_lose_words_link_and_author(built: Built) -> None:
    row = built.row("SELECT * FROM core.mention WHERE mention_id = ?", _id("g1", "stars"))
    assert [row[name] for name in ("text", "title", "url", "author_id", "person_key")] == [None] * 5
    assert (row["source"], row["is_gone"], row["visibility"]) == ("stars", True, "gone")
    assert built.period("gone", "2026-01-05")["bad_count"] == 2


def test_mentions__no_words_where_the_terms_forbid_them(built: Built) -> None:
    row = built.row("SELECT * FROM marts.mentions WHERE mention_id = ?", _id("g2", "stars"))
    assert (row["text"], row["rating"], row["label"]) == (None, 1.0, "bad")


@pytest.mark.parametrize(
    ("brand", "week", "count"),
    [("tokyo", "2026-01-12", 2), ("angeles", "2026-01-05", 2)],  # t1 and t2, each on the brand's own calendar
)
def test_brand_period__weeks_are_the_brands_own(built: Built, brand: str, week: str, count: int) -> None:
    assert built.period(brand, week)["mention_count"] == count
    first = built.rows("SELECT min(period_start_date) FROM core.period WHERE (brand, period_kind) = (?, 'week')", brand)
    assert first == [(date.fromisoformat(week),)]


def test_experience__a_persons_label_stands_above_the_models_for_the_version_they_saw(built: Built) -> None:
    told = built.row("SELECT * FROM core.experience WHERE mention_id = ?", _id("p1"))
    assert (told["label"], told["label_basis"], told["p_bad"], told["told_date"]) == (
        "bad",
        "person",
        None,
        date(2026, 1, 6),
    )


def test_experience__the_classification_loaded_last_holds(built: Built) -> None:
    assert built.rows("SELECT label FROM core.experience WHERE mention_id = ?", _id("m1")) == [("bad",)]


def test_brand_period__what_was_not_judged_is_counted_apart(built: Built) -> None:
    week = built.period("silent", "2026-01-05")
    assert (week["mention_count"], week["unscored_count"], week["neutral_count"]) == (2, 2, 0)


def test_brand__names_its_competitors(built: Built) -> None:
    assert built.rows("SELECT competitor_names FROM marts.brand WHERE brand = 'tokyo'") == [("Angeles, nobody",)]


def test_clock__is_the_only_now(built: Built) -> None:
    (last,) = built.row("SELECT max(told_date) AS last FROM marts.brand_day WHERE brand = 'silent'").values()
    assert last == AS_OF.date() == datetime(2026, 3, 31).date()  # noqa: DTZ001


def test_periods__what_is_dated_after_as_of_is_kept_and_counted_in_none(built: Built) -> None:
    assert built.row(
        """SELECT max(told_date) AS last, sum(mention_count) AS told,
            (SELECT max(period_end_date) FROM marts.brand_period WHERE brand = 'future' AND period_kind = 'day')
                AS ends,
            (SELECT max(bad_count) FROM marts.driver_period WHERE brand = 'future') AS driver,
            (SELECT max(bad_count) FROM marts.place_period WHERE brand = 'future') AS place,
            (SELECT count(*) FROM marts.mentions WHERE brand = 'future') AS kept,
            (SELECT future_count FROM marts.source_health WHERE source_name = 'talk') AS future
        FROM marts.brand_day WHERE brand = 'future'"""
    ) == {
        "last": date(2026, 3, 31),
        "told": 1,
        "ends": date(2026, 3, 31),
        "driver": 1,
        "place": 1,
        "kept": 3,
        "future": 2,
    }
