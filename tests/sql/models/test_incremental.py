"""A build that takes in only what is new leaves the same tables as one that starts anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from records.home import Home
from records.keys import mention_id
from warehouse import store
from warehouse.build import build

from .conftest import AS_OF, LOADED, Built, Raw, Told, at, write_raw


def _tables(built: Built) -> dict[str, list[tuple[Any, ...]]]:
    names = built.rows(
        "SELECT table_schema || '.' || table_name FROM information_schema.tables "
        "WHERE table_schema IN ('core', 'marts') ORDER BY ALL"
    )
    return {name: built.rows(f"FROM {name} ORDER BY ALL") for (name,) in names}


def _first_load() -> Raw:
    raw = Raw()
    for brand in ("acme", "bolt"):
        raw.brand(brand)
    raw.source("posts")
    raw.mention("same", Told("bad", at("2026-03-02"), words="h1"), brands="acme", author="u0")
    raw.mention("turned", Told("bad", at("2026-03-02")), brands="acme", author="u1")
    raw.mention("first", Told("bad", at("2026-03-03"), words="h2"), brands="acme", author="u2")
    raw.mention("second", Told("bad", at("2026-03-04"), words="h2"), brands="acme", author="u3")
    raw.mention("gone", Told("good", at("2026-03-04")), brands="acme bolt", author="u4", url="https://example.org/")
    raw.mention("late", Told("pending", at("2026-03-05")), brands="bolt", author="u5")
    raw.mention("judged", Told("neutral", at("2026-03-05")), brands="bolt", author="u6")
    raw.mention("unsaid", Told("neutral", at("2026-03-05")), brands="bolt", author="u9")
    unsaid = mention_id("posts", "", "unsaid")
    raw.add("override", mention_id=unsaid, brand="bolt", label="bad", override_at=at("2026-03-06"), version_no=1)
    return raw


def _second_load() -> tuple[Raw, list[str]]:
    """Rows that come, and statements that change rows, a day later."""
    stamp = LOADED + timedelta(days=1)
    later = f"TIMESTAMPTZ '{stamp.isoformat()}'"

    def key(native_id: str) -> Any:
        return mention_id("posts", "", native_id)

    raw = Raw()
    raw.mention("new", Told("bad", at("2026-03-06"), words="h1"), brands="acme", author="u7", loaded=stamp)
    raw.mention("before", Told("bad", at("2026-03-01"), words="h1"), brands="acme", author="u8", loaded=stamp)
    raw.classification(key("late"), "bolt", "good", loaded=stamp)
    raw.classification(key("first"), "acme", "good", model="m2", loaded=stamp)  # "second" no longer repeats it
    raw.add("override", mention_id=key("judged"), brand="bolt", label="bad", override_at=at("2026-03-06"))
    raw.add("tombstone", mention_id=key("gone"), source="posts", reason="removed", gone_at=AS_OF, is_erased=False)
    turned = Raw()
    turned.mention(
        "turned",
        Told("bad", at("2026-03-02")),
        Told("good", at("2026-03-09")),
        brands="acme",
        author="u1",
        loaded=stamp,
    )
    for table in ("mention_version", "signature", "classification"):
        raw.rows.setdefault(table, []).extend(row for row in turned.rows[table] if row["version_no"] == 2)
    changes = [
        f"UPDATE raw.mention_state SET current_version_no = 2, state_loaded_at = {later} "
        f"WHERE mention_id = '{key('turned')}'",
        f"UPDATE raw.mention_version SET visibility = 'gone', version_loaded_at = {later}, author_id = NULL "
        f"WHERE mention_id = '{key('gone')}'",
        f"DELETE FROM raw.override WHERE mention_id = '{key('unsaid')}'",  # a person took the label back
        "UPDATE raw.clock SET data_revision = 2",
    ]
    return raw, changes


def test_build__only_what_is_new_gives_the_same_tables_as_all(home: Home) -> None:
    write_raw(home, _first_load())
    build(home)
    built = Built(home)
    before = _tables(built)
    raw, changes = _second_load()
    write_raw(home, raw)
    with store.open(home, step="test") as connection:
        for change in changes:
            connection.execute(change)

    assert not build(home).is_full
    some = _tables(built)
    assert build(home, full=True).is_full
    assert some == _tables(built)
    assert some != before
    week = built.period("acme", "2026-03-02")
    # bad: "turned", "second"; "same" and "new" repeat "before" of the Sunday before; "gone" and "first" are good
    assert (week["bad_count"], week["good_count"], week["duplicate_count"]) == (2, 2, 2)
    assert built.period("acme", "2026-03-09")["good_count"] == 1
