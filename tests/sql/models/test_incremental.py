"""A build that takes in only what is new leaves the same tables as one that starts anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from records.keys import mention_id
from warehouse import query, store
from warehouse.build import build
from warehouse.publish import publish

from .conftest import AS_OF, LOADED, Built, Raw, Told, at, write_raw

_SAME = "COLUMNS(lambda name: name NOT LIKE '%_loaded_at')"  # stamps say when a row was worked out, not what it holds


def _tables(built: Built) -> dict[str, list[tuple[Any, ...]]]:
    with store.open(built.home, step="test") as connection:
        names = connection.execute(
            "SELECT table_schema || '.' || table_name FROM information_schema.tables "
            "WHERE table_schema IN ('core', 'marts') ORDER BY ALL"
        ).fetchall()
        return {name: connection.execute(f"SELECT {_SAME} FROM {name} ORDER BY ALL").fetchall() for (name,) in names}


_GONE = ("gone 2", "gone 3")


def _first_load() -> Raw:
    raw = Raw(posts="daily")
    for brand in ("pear", "plum"):
        raw.brand(brand)
    raw.source("daily")
    raw.mention("same", Told("bad", at("2026-03-02"), words="h1"), brands="pear", author="u0")
    raw.mention("turned", Told("bad", at("2026-03-02")), brands="pear", author="u1")
    raw.mention("first", Told("bad", at("2026-03-03"), words="h2"), brands="pear", author="u2")
    raw.mention("second", Told("bad", at("2026-03-04"), words="h2"), brands="pear", author="u3")
    raw.mention("gone", Told("good", at("2026-03-04")), brands="pear plum", author="u4", url="https://example.org/")
    raw.mention("late", Told("pending", at("2026-03-05")), brands="plum", author="u5")
    raw.mention("judged", Told("neutral", at("2026-03-05")), brands="plum", author="u6")
    raw.mention("unsaid", Told("neutral", at("2026-03-05")), brands="plum", author="u9")
    unsaid = mention_id("daily", "", "unsaid")
    raw.add("override", mention_id=unsaid, brand="plum", label="bad", override_at=at("2026-03-06"), version_no=1)
    # chains of three, of which the last repeats the first only through the one between
    for chain in ("label", "words", "gone"):
        for number, day in enumerate(("2026-01-05", "2026-01-30", "2026-02-25"), start=1):
            same: dict[str, Any] = {"words": "h3"} if chain == "words" else {}
            author = f"{chain} {number}" if chain == "words" else chain
            raw.mention(f"{chain} {number}", Told("bad", at(day), **same), brands="plum", author=author)
    raw.mention("repost", Told("bad", at("2026-03-05")), brands="plum", author="u10", repost_of="original")
    raw.mention("copy", Told("bad", at("2026-03-05")), brands="plum", author="u11")
    return raw


def _second_load() -> tuple[Raw, list[str]]:
    """Rows that come, and statements that change rows, a day later."""
    stamp = LOADED + timedelta(days=1)
    later = f"TIMESTAMPTZ '{stamp.isoformat()}'"

    def key(native_id: str) -> Any:
        return mention_id("daily", "", native_id)

    raw = Raw(posts="daily")
    raw.mention("new", Told("bad", at("2026-03-06"), words="h1"), brands="pear", author="u7", loaded=stamp)
    raw.mention("before", Told("bad", at("2026-03-01"), words="h1"), brands="pear", author="u8", loaded=stamp)
    raw.classification(key("late"), "plum", "good", loaded=stamp)
    raw.classification(key("first"), "pear", "good", model="m2", loaded=stamp)  # "second" no longer repeats it
    raw.add("override", mention_id=key("judged"), brand="plum", label="bad", override_at=at("2026-03-06"))
    raw.add("tombstone", mention_id=key("gone"), source="daily", reason="removed", gone_at=AS_OF, is_erased=False)
    raw.classification(key("label 2"), "plum", "good", model="m2", loaded=stamp)
    raw.mention("original", Told("good", at("2026-03-04")), brands="plum", author="u12", loaded=stamp)
    raw.mention("copied", Told("bad", at("2026-03-04")), brands="plum", author="u13", loaded=stamp)
    near = {"mention_id": key("copy"), "copy_of": key("copied"), "shared_band_count": 5}
    raw.add("near_copy", **near, near_loaded_at=stamp)
    for number in (2, 3):
        gone = {"duplicate_of": key("gone 1"), "duplicate_rule": "author", "label": "bad"}
        raw.add("gone_duplicate", mention_id=key(f"gone {number}"), brand="plum", episode_no=1, **gone)
    raw.add("tombstone", mention_id=key("gone 1"), source="daily", reason="removed", gone_at=AS_OF, is_erased=False)
    turned = Raw(posts="daily")
    turned.mention(
        "turned",
        Told("bad", at("2026-03-02")),
        Told("good", at("2026-03-09")),
        brands="pear",
        author="u1",
        loaded=stamp,
    )
    for table in ("mention_version", "signature", "classification"):
        raw.rows.setdefault(table, []).extend(row for row in turned.rows[table] if row["version_no"] == 2)
    changes = [
        f"UPDATE raw.mention_state SET current_version_no = 2, state_loaded_at = {later} "
        f"WHERE mention_id = '{key('turned')}'",
        f"UPDATE raw.mention_version SET visibility = 'gone', version_loaded_at = {later}, author_id = NULL "
        f"WHERE mention_id IN ('{key('gone')}', '{key('gone 1')}')",
        f"UPDATE raw.signature SET text_hash = 'h4', signature_loaded_at = {later} "
        f"WHERE mention_id = '{key('words 2')}'",
        f"DELETE FROM raw.override WHERE mention_id = '{key('unsaid')}'",  # a person took the label back
        f"UPDATE raw.clock SET data_revision = 2, clock_loaded_at = {later}",
    ]
    return raw, changes


SCENES = (_first_load,)


def test_build__only_what_is_new_gives_the_same_tables_as_all(changed: Built) -> None:
    built, home = changed, changed.home
    publish(home)
    before = _tables(built)
    raw, changes = _second_load()
    write_raw(home, raw)
    with store.open(home, step="test") as connection:
        for change in changes:
            connection.execute(change)

    assert not build(home).is_full
    some = _tables(built)
    assert publish(home).is_delta
    published = query.select(home, "FROM mentions ORDER BY ALL").rows
    assert not publish(home, force=True).is_delta
    assert published == query.select(home, "FROM mentions ORDER BY ALL").rows
    assert build(home, full=True).is_full
    assert some == _tables(built)
    assert some != before
    week = built.period("pear", "2026-03-02")
    # bad: "turned", "second"; "same" and "new" repeat "before" of the Sunday before; "gone" and "first" are good
    assert (week["bad_count"], week["good_count"], week["duplicate_count"]) == (2, 2, 2)
    assert built.period("pear", "2026-03-09")["good_count"] == 1
    repeats = built.rows("SELECT mention_id, duplicate_of FROM core.duplicate WHERE brand = 'plum'")
    named = {mention_id("daily", "", name): name for name in ("original", "copied", "gone 1", "repost", "copy", *_GONE)}
    assert sorted((named[one], named[other]) for one, other in repeats) == [
        ("copy", "copied"), ("gone 2", "gone 1"), ("gone 3", "gone 1"), ("repost", "original"),
    ]  # fmt: skip
