from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from records.brand import Brand
from records.errors import CheckFailed
from records.keys import mention_id
from records.setup import Confusion, Coverage, DriverRow, RatingScale, SourceRow
from warehouse.load import cursors, load, sweep_landing

PUBLISHED = datetime(2026, 11, 2, 8, tzinfo=UTC)
FETCHED = PUBLISHED + timedelta(days=1)
ONE = mention_id("posts", "", "1")
CONTENT = """
    SELECT * EXCLUDE (version_loaded_at, fetched_at) FROM raw.mention_version ORDER BY mention_id, version_no
"""
STATE = "SELECT * EXCLUDE (state_loaded_at, fetched_at) FROM raw.mention_state ORDER BY mention_id"


def test_load__first_run_brings_version_state_brand_and_account(landing, loaded, mention, ask):
    landing([mention(view_count=7, url="https://x.example/1")], cursor={"mark": 1}, rejected={"no id": 2})
    report = loaded()
    assert (report.read_count, report.kept_count, report.duplicate_count, report.rejected_count) == (3, 1, 0, 2)
    assert (report.new_count, report.version_count, report.data_revision, report.is_changed) == (1, 1, 1, True)
    assert ask("SELECT mention_id, version_no, text FROM raw.mention_version") == [(ONE, 1, "Acme lost my parcel")]
    assert ask("SELECT current_version_no, view_count, like_count FROM raw.mention_state") == [(1, 7, None)]
    assert ask("SELECT brand, matched_by FROM raw.mention_brand") == [("acme", "word:acme")]
    assert ask("SELECT status, rejected_json FROM raw.pull") == [("complete", '{"no id": 2}')]


def test_load__again_without_anything_new_changes_nothing(landing, loaded, mention, ask):
    landing([mention(), mention("2")], cursor={"mark": 1})
    first = loaded()
    before = ask(CONTENT), ask(STATE), ask("FROM raw.clock SELECT * EXCLUDE (clock_loaded_at)"), ask("FROM raw.pull")
    second = loaded()
    assert (second.run_count, second.is_changed, second.data_revision) == (0, False, first.data_revision)
    assert before == (
        ask(CONTENT), ask(STATE), ask("FROM raw.clock SELECT * EXCLUDE (clock_loaded_at)"), ask("FROM raw.pull")
    )  # fmt: skip


def test_load__same_rows_in_a_later_run_are_kept_but_no_versions(landing, loaded, mention, ask):
    landing([mention()])
    loaded()
    landing([mention(fetched_at=FETCHED + timedelta(days=1))])
    report = loaded()
    assert (report.kept_count, report.duplicate_count, report.version_count, report.is_changed) == (1, 0, 0, False)
    assert [(FETCHED + timedelta(days=1),)] == ask("SELECT fetched_at FROM raw.mention_state")
    assert ask("SELECT version_no, fetched_at FROM raw.mention_version") == [(1, FETCHED)]


@pytest.mark.parametrize("at_once", [True, False])
def test_load__edits_there_and_back_are_versions_in_the_order_seen(landing, loaded, mention, ask, at_once):
    for texts in (["bad"], ["bad", "good", "good", "bad"], ["bad", "fine"]):
        landing([mention(text=text) for text in texts])
        if not at_once:
            loaded()
    loaded()
    assert ask("SELECT version_no, text FROM raw.mention_version ORDER BY version_no") == [
        (1, "bad"),
        (2, "good"),
        (3, "bad"),
        (4, "fine"),
    ]
    assert ask("SELECT kept_count, duplicate_count, new_count, version_count FROM raw.pull ORDER BY run_id") == [
        (1, 0, 1, 1),
        (3, 1, 0, 2),
        (2, 0, 0, 1),
    ]
    assert ask("SELECT current_version_no FROM raw.mention_state") == [(4,)]


@pytest.mark.parametrize("at_once", [True, False])
def test_load__a_file_that_holds_an_edit_read_again_is_no_change_back(landing, loaded, mention, ask, at_once):
    for texts in (["bad", "good"], ["bad", "good"], ["bad", "good", "better"]):
        landing([mention(text=text) for text in texts])
        if not at_once:
            loaded()
    loaded()
    assert ask("SELECT version_no, text FROM raw.mention_version ORDER BY version_no") == [
        (1, "bad"),
        (2, "good"),
        (3, "better"),
    ]
    assert ask("SELECT kept_count, duplicate_count, version_count FROM raw.pull ORDER BY run_id") == [
        (2, 0, 2),
        (2, 0, 0),
        (3, 0, 1),
    ]


def test_load__newest_fetch_wins_and_null_never_overwrites(landing, loaded, mention, ask):
    early, late = FETCHED, FETCHED + timedelta(hours=5)
    landing([mention(view_count=10, like_count=1, has_reply=False, fetched_at=early)])
    landing([mention(view_count=30, fetched_at=late)])
    loaded()
    landing([mention(view_count=20, like_count=2, reply_count=4, fetched_at=early + timedelta(hours=1))])
    report = loaded()
    assert [(30, 1, 4, False, late)] == ask(
        "SELECT view_count, like_count, reply_count, has_reply, fetched_at FROM raw.mention_state"
    )
    assert report.is_changed  # reply_count was unknown


def test_load__null_within_a_run_never_overwrites(landing, loaded, mention, ask):
    landing([mention(view_count=10), mention(view_count=None, fetched_at=FETCHED + timedelta(hours=1))])
    loaded()
    assert ask("SELECT view_count FROM raw.mention_state") == [(10,)]


def test_load__brand_once_matched_stays_and_made_brands_get_a_row(landing, loaded, mention, ask):
    made = [{"brand": "zoom", "matched_by": "column:airline", "name": "Zoom Air"}]
    landing([mention(), mention("2", brands=made), mention("3", brands=[])])
    landing([mention(text="other", brands=made)])
    loaded()
    assert ask("SELECT brand, matched_by FROM raw.mention_brand WHERE mention_id = ? ORDER BY brand", ONE) == [
        ("acme", "word:acme"),
        ("zoom", "column:airline"),
    ]
    assert ask("SELECT brand, brand_name, is_configured FROM raw.brand ORDER BY brand") == [
        ("acme", "Acme", True),
        ("bolt", "Bolt", True),
        ("zoom", "Zoom Air", False),
    ]
    assert ask("SELECT names, time_zone FROM raw.brand WHERE brand = 'zoom'") == [(["Zoom Air"], "UTC")]


def test_load__brand_that_leaves_the_settings_stays_while_mentions_name_it(landing, loaded, mention, ask):
    landing([mention()])
    loaded()
    loaded(brands=[], settings_hash="others")
    assert ask("SELECT brand, is_configured FROM raw.brand") == [("acme", False)]
    loaded(brands=[Brand("acme", "ACME Corp.")], settings_hash="third")
    assert ask("SELECT brand, brand_name, is_configured FROM raw.brand") == [("acme", "ACME Corp.", True)]


def test_load__removed_at_the_source_loses_words_and_people_and_stays_away(landing, loaded, mention, ask):
    landing([mention(author_id="a", url="https://x.example/1", thread_id="9", rating=1.0, rating_max=5.0)])
    landing(gone=[("", "1"), ("", "never seen")])
    landing([mention(text="back again"), mention("2")])
    report = loaded()
    assert (report.kept_count, report.rejected_count, report.gone_count) == (2, 1, 2)
    gone = "FROM raw.mention_version SELECT {} WHERE mention_id = ?"
    assert [(None, None, None, None, str(ONE), "gone", 1.0)] == ask(
        gone.format("title, text, author_id, thread_id, native_id, visibility, rating"), ONE
    )
    assert ask("SELECT url FROM raw.mention_state WHERE mention_id = ?", ONE) == [(None,)]
    assert ask("SELECT reason, source, is_erased FROM raw.tombstone WHERE mention_id = ?", ONE) == [
        ("removed", "posts", False)
    ]
    assert ask("SELECT rejected_json FROM raw.pull ORDER BY run_id LIMIT 1 OFFSET 2") == [('{"tombstoned":1}',)]
    landing([mention(text="and again")])
    again = loaded()
    assert (again.rejected_count, again.is_changed) == (1, False)
    assert ask("SELECT count(*) FROM raw.mention_version WHERE mention_id = ?", ONE) == [(1,)]


def test_load__counts_that_do_not_add_up_load_nothing(landing, loaded, mention, ask):
    landing([mention()])
    bad = landing([mention("2")], read_count=5)
    with pytest.raises(CheckFailed, match=f"{bad.name} says 5 records were read, but 1 kept"):
        loaded()
    assert ask("SELECT count(*) FROM raw.mention_version") == [(0,)]
    shutil.rmtree(bad)
    assert loaded().version_count == 1


def test_load__broken_parquet_is_named_and_loads_nothing(landing, loaded, mention, ask):
    folder = landing([mention()])
    (folder / "mention-00001.parquet").write_bytes(b"PAR1 not really")
    with pytest.raises(CheckFailed, match=r"mention-00001\.parquet.*move the named run"):
        loaded()
    assert ask("SELECT count(*) FROM raw.pull") == [(0,)]


@pytest.mark.parametrize("text", ["", "{", '{"format": 2}', "[]"])
def test_load__manifest_that_is_none_is_named(landing, loaded, mention, text):
    folder = landing([mention()])
    (folder / "manifest.json").write_text(text)
    with pytest.raises(CheckFailed, match=r"manifest\.json .*pull again"):
        loaded()


def test_load__unfinished_runs_are_left_alone(landing, loaded, mention):
    folder = landing([mention()])
    folder.rename(folder.with_name(folder.name + ".tmp"))
    assert loaded().run_count == 0


def test_load__outcomes_and_rating_counts_replace_their_key(landing, loaded, ask):
    day = {"brand": "acme", "series": "orders", "observed_on": date(2026, 11, 2)}
    count = {"source": "shop", "namespace": "", "subject_id": "9", "counted_at": PUBLISHED, "rating": 5.0}
    landing(outcomes=[day | {"value": 1.0}], rating_counts=[count | {"rating_max": 5.0, "rating_count": 3}])
    landing(outcomes=[day | {"value": 2.0}], rating_counts=[count | {"rating_max": 5.0, "rating_count": 4}])
    report = loaded()
    assert (report.read_count, report.kept_count) == (2, 2)
    assert ask("SELECT value FROM raw.outcome") == [(2.0,)]
    assert ask("SELECT rating_count FROM raw.rating_count") == [(4,)]
    landing(outcomes=[day | {"value": 2.0}])
    assert not loaded().is_changed


def test_load__cursor_moves_with_the_rows_and_stays_when_a_run_has_none(landing, loaded, home):
    assert cursors(home) == {}
    assert not home.root.exists()
    landing([], cursor={"mark": 1, "gaps": []}, slice_name="gb")
    landing([], cursor={"mark": 2}, slice_name="de")
    landing([], cursor={"mark": 3}, slice_name="de")
    landing([], slice_name="de", status="failed", error={"kind": "drift", "message": "HTML", "retry_at": None})
    loaded()
    assert cursors(home) == {"posts": {"gb": {"mark": 1, "gaps": []}, "de": {"mark": 3}}}


def test_load__failed_pull_is_written_down(landing, loaded, ask):
    error = {"kind": "throttled", "message": "posts asks to wait", "retry_at": "2026-11-03T10:00:00+00:00"}
    landing([], status="failed", error=error)
    loaded()
    assert [("failed", "throttled", "posts asks to wait", datetime(2026, 11, 3, 10, tzinfo=UTC))] == ask(
        "SELECT status, error_kind, error_message, retry_at FROM raw.pull"
    )


def test_as_of__newest_published_when_every_source_is_a_file(landing, loaded, mention, ask):
    landing([mention(), mention("2", published_at=PUBLISHED + timedelta(days=3))])
    assert loaded().as_of == PUBLISHED + timedelta(days=3)
    assert [(PUBLISHED + timedelta(days=3),)] == ask("SELECT DISTINCT seen_at FROM raw.mention_version")


def test_as_of__never_in_the_future_because_a_date_is(landing, loaded, mention):
    landing([mention(published_at=datetime(2999, 1, 1, tzinfo=UTC))])
    assert loaded().as_of <= datetime.now(UTC)


def test_as_of__as_given_wins(landing, loaded, mention):
    landing([mention()])
    assert loaded(as_of=FETCHED).as_of == FETCHED


def test_as_of__now_with_a_live_source_and_stands_while_nothing_is_new(landing, loaded, mention):
    live = [SourceRow(source="posts", connector="hackernews")]
    landing([mention()])
    before = datetime.now(UTC)
    first = loaded(sources=live)
    second = loaded(sources=live)
    assert before <= first.as_of
    assert second.as_of == first.as_of or second.as_of - first.as_of < timedelta(hours=1)
    landing([mention("2")])
    assert loaded(sources=live).as_of > first.as_of


def test_settings__sources_coverage_and_the_rate_book(loaded, ask):
    scale = RatingScale(rating_max=10, bad_max=3, good_min=8)
    coverage = Coverage(brand=None, source="posts", valid_from=None, low=0.2, mode=0.5, high=0.8, basis="assumed")
    loaded(
        sources=[SourceRow(source="posts", connector="files", scale=scale, is_file=True)],
        coverage=[coverage],
    )
    assert ask("SELECT rating_max, rating_bad_max, rating_good_min FROM raw.source") == [(10.0, 3.0, 8.0)]
    assert ask(
        "SELECT round(inverse_mean, 6), round(inverse_square_mean, 6), round(log_variance, 6) FROM raw.coverage"
    ) == [(2.141608, 4.958746, 0.068442)]
    assert ask("SELECT profile, count(*) FROM raw.rate_profile WHERE is_current GROUP BY ALL") == [("dr2013", 10)]
    loaded(settings_hash="others")
    assert ask("FROM raw.coverage") == []


def test_settings__the_playbook_with_its_owners(loaded, ask):
    driver = DriverRow(
        driver="on_hold",
        title="On hold",
        driver_group="process",
        published_figure=None,
        rated_by=None,
        advice="Call back.",
        owner_role="service",
        owner=None,
        phrase_words="hold on",
    )
    loaded(drivers=[driver])
    loaded(drivers=[replace(driver, owner="Ada")])
    assert ask("SELECT driver, owner_role, owner FROM raw.driver") == [("on_hold", "service", "Ada")]


def test_stamps__rise_even_when_the_clock_was_set_back(landing, loaded, mention, ask):
    loaded()
    ask("UPDATE raw.clock SET clock_loaded_at = '2999-01-01T00:00:00Z'")
    landing([mention()])
    loaded()
    assert ask("SELECT version_loaded_at > '2999-01-01T00:00:00Z' FROM raw.mention_version") == [(True,)]


def test_sweep__removes_loaded_runs_past_their_time_only(home, landing, loaded, mention):
    old = landing([mention()])
    loaded()
    waits = landing([mention("2")])
    later = FETCHED + timedelta(days=40)
    assert sweep_landing(home, retention_days={"others": 30}, now=later) == 0
    assert sweep_landing(home, retention_days={"posts": 50}, now=later) == 0
    assert sweep_landing(home, retention_days={"posts": 30}, now=later) == 1
    assert (old.exists(), waits.exists()) == (False, True)
    assert loaded().new_count == 1


def test_load__profile_that_does_not_exist_is_refused(home):
    with pytest.raises(Exception, match="profile is 'nope'"):
        load(
            home, brands=[], sources=[], coverage=[], profile="nope", as_of=None, settings_hash="", is_sample=False
        )  # fmt: skip


def test_confusion__is_that_of_the_weights_in_use(loaded, ask):
    def matrix(model: str) -> list[Confusion]:
        cell = {"model_version": model, "measured_on": "90 texts"}
        return [
            Confusion(actual=a, labelled=b, mention_count=20 if a == b else 5, **cell)
            for a in ("bad", "neutral", "good")
            for b in ("bad", "neutral", "good")
        ]

    loaded(confusion=matrix("own-1"))
    loaded(confusion=matrix("own-2"))
    asked = "SELECT DISTINCT model_version FROM raw.confusion"
    assert ask(asked) == [("own-2",)]
    assert ask("SELECT sum(mention_count) FROM raw.confusion WHERE actual = labelled") == [(60,)]
    loaded()
    assert ask(asked) == []
