from __future__ import annotations

import io
import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import zstandard

from records.errors import CheckFailed, InputError
from records.keys import mention_id
from transforms.score import MODEL_VERSION, prep_hash, score_files
from warehouse import erase, pending, query, store
from warehouse.build import build
from warehouse.erase import forget, purge
from warehouse.publish import publish

from .conftest import START

ONE, TWO = mention_id("posts", "", "canary-id-1"), mention_id("posts", "", "2")
CANARY = "canary"
WORDS = {
    "text": "Acme lost my parcel, canary words and more of them",
    "title": "canary title",
    "url": "https://x.example/canary-url",
    "author_id": "canary-author",
    "person_key": "canary-person",
    "thread_id": "canary-thread",
}


def _score(home) -> None:
    folder = pending.export(home, model_version=MODEL_VERSION, prep_hash=prep_hash)
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    pending.import_scored(home, folder)


def _bytes(path: Path) -> bytes:
    """A file's bytes, and those of what it packs."""
    raw = path.read_bytes()
    if path.suffix == ".zst":
        return raw + zstandard.ZstdDecompressor().stream_reader(io.BytesIO(raw)).read()
    if path.suffix == ".parquet":
        return raw + json.dumps(pq.read_table(path).to_pylist(), default=str).encode()
    return raw


def _holding(home, word: str = CANARY) -> list[str]:
    found = [path for path in home.root.rglob("*") if path.is_file() and word.encode() in _bytes(path)]
    return sorted(str(path.relative_to(home.root)) for path in found)


def _marts_by_hand(home, **_: object) -> None:
    """Stands in for dbt: the same tables in little, with the text that they would hold."""
    with store.open(home, step="build") as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS core; CREATE SCHEMA IF NOT EXISTS marts")
        connection.execute(
            "CREATE OR REPLACE TABLE core.mention AS "
            "FROM raw.mention_version JOIN raw.signature USING (mention_id, version_no)"
        )
        connection.execute(
            "CREATE OR REPLACE TABLE marts.mentions AS SELECT mention_id, 'acme' AS brand, "
            "DATE '2026-11-09' AS told_date, public_text FROM core.mention"
        )
        connection.execute("UPDATE raw.clock SET built_from = data_revision::VARCHAR")


@pytest.fixture
def whole(home, landing, loaded, mention, monkeypatch):
    """Everything once: two runs that hold the mention, a raw page of each, scored, built, published twice."""
    monkeypatch.setattr(erase, "build", _marts_by_hand)
    rows = [mention("canary-id-1", **WORDS), mention("2", text="Acme is great, thank you so much", author_id="b")]
    landing(rows, raw=b'[{"id": "canary-id-1", "body": "canary words"}]')
    landing([rows[0] | {"content_hash": "edited"}], raw=b'[{"id": "canary-id-1"}]', source_name="posts")
    landing([], raw=b'[{"id": "canary-id-1", "body": "not kept"}]')
    landing([], raw=b'[{"id": "3", "body": "somebody else"}]')
    loaded()
    _score(home)
    erase.build(home)
    publish(home)
    publish(home, force=True)
    assert "grapevine.duckdb" in _holding(home)


def test_forget__no_byte_of_the_mention_is_left_anywhere(home, whole, ask, loaded):
    pending.export(home, model_version="another", prep_hash=prep_hash)
    report = forget(home, mention_ids=[str(ONE)])
    assert _holding(home) == []
    assert (report.mention_count, report.landing_row_count, report.page_count) == (1, 2, 3)
    assert report.affected == (("acme", date(2026, 11, 2)),)
    assert len(list(home.landing.rglob("page-*"))) == 1
    assert len([path for path in home.published.iterdir() if not path.is_symlink()]) == 1
    assert ask("SELECT reason, is_erased FROM raw.tombstone") == [("forgotten", True)]
    assert ask("SELECT count(*) FROM raw.classification WHERE mention_id = ?", ONE) == [(2,)]
    # and again is nothing new
    assert purge(home).mention_count == 0
    assert loaded().run_count == 0


def test_forget__what_a_killed_pull_left_goes_too(home, whole):
    draft = home.landing / "posts" / "-" / "20261101T000000Z-dead.tmp"
    draft.mkdir(parents=True)
    (draft / "mention-00001.parquet").write_bytes(b"canary words, half written")
    forget(home, mention_ids=[ONE])
    assert not draft.exists()
    assert _holding(home) == []


def test_forget__a_person_by_hash_and_what_comes_back_later(home, whole, landing, loaded, mention, ask):
    forget(home, author_id="canary-author")
    assert ask("SELECT mention_id FROM raw.tombstone") == [(ONE,)]
    landing([mention("canary-id-1", **WORDS)], raw=b"canary again")
    report = loaded()
    assert (report.kept_count, report.rejected_count, report.is_changed) == (0, 1, False)
    assert _holding(home) == []


def test_purge__what_the_source_removed(home, whole, landing, loaded):
    landing(gone=[["", "2"]])
    loaded()
    assert purge(home).mention_count == 1
    assert _holding(home, "thank you so much") == []


@pytest.mark.parametrize("killed_in", ["_landing", "build", "swap_for_copy", "publish", "_clear_artifacts"])
def test_forget__killed_anywhere_is_finished_by_the_next_purge(home, whole, monkeypatch, killed_in):
    def kill(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erase, killed_in, kill)
        with pytest.raises(KeyboardInterrupt):
            forget(home, mention_ids=[ONE])
    assert purge(home).mention_count == 1
    assert _holding(home) == []


def test_forget__ids_that_are_none_or_unknown_erase_nothing(home, landing, loaded, mention, ask):
    landing([mention()])
    loaded()
    known = str(mention_id("posts", "", "1"))
    with pytest.raises(InputError, match="'nonsense' is no mention id"):
        forget(home, mention_ids=[known, "nonsense"])
    with pytest.raises(InputError, match=f"no mention has the id {TWO}"):
        forget(home, mention_ids=[known, TWO])
    with pytest.raises(InputError, match="nobody with that author id"):
        forget(home, author_id="nobody")
    assert ask("FROM raw.tombstone") == []


def test_forget__a_mention_that_has_not_been_loaded_yet(home, landing, loaded, mention, ask, monkeypatch):
    loaded()
    landing([mention("canary-id-1", **WORDS)])
    for step in ("build", "publish"):
        monkeypatch.setattr(erase, step, lambda *_, **__: None)
    forget(home, mention_ids=[ONE])
    assert loaded().rejected_count == 1
    assert _holding(home) == []


def test_swap__keeps_every_table_row_and_comment(home, landing, loaded, mention, ask):
    landing([mention()])
    loaded()
    tables = "SELECT table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() ORDER BY ALL"
    keys = "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() ORDER BY ALL"
    before = ask(tables), ask(keys), ask("FROM raw.mention_version"), ask("FROM raw.clock")
    with store.door(home, step="test"):
        erase.swap_for_copy(home)
    assert (ask(tables), ask(keys), ask("FROM raw.mention_version"), ask("FROM raw.clock")) == before
    assert list(home.root.glob("grapevine.copy*")) == []


def test_purge__a_build_that_fails_leaves_the_erasure_open(home, whole, monkeypatch, ask):
    def fail(*_: object, **__: object) -> None:
        raise CheckFailed("a test failed")

    with monkeypatch.context() as patch:
        patch.setattr(erase, "build", fail)
        with pytest.raises(CheckFailed):
            forget(home, mention_ids=[ONE])
    assert ask("SELECT is_erased FROM raw.tombstone") == [(False,)]
    assert ask("SELECT text FROM raw.mention_version WHERE mention_id = ?", ONE) == [(None,), (None,)]


def test_forget__with_the_real_models_history_keeps_its_figures(home, landing, loaded, mention, parsed):
    parsed(home)
    said = "Acme lost my parcel and nobody there answered my letters about it for weeks"
    landing(
        [
            mention("canary-id-1", **(WORDS | {"text": said, "author_id": "ann", "person_key": None})),
            mention("2", text="Acme is great, thank you so much"),
            mention("same words", text=said, author_id="bea", published_at=START + timedelta(days=1)),
            mention("same author", text="Acme broke my vase.", author_id="ann", published_at=START + timedelta(days=2)),
            mention("nearly", text=f"{said} now", author_id="cat", published_at=START + timedelta(days=3)),
        ]
    )
    loaded()
    _score(home)
    build(home)
    publish(home)
    figures = (
        "SELECT period_kind, period_start_date, mention_count, bad_count, good_count, duplicate_count "
        "FROM brand_period ORDER BY ALL"
    )
    before = query.select(home, figures).rows
    assert before[-1][2:] == (5, 1, 1, 3)
    assert _holding(home) != []
    forget(home, mention_ids=[ONE])
    assert query.select(home, figures).rows == before
    assert _holding(home) == []
    forget(home, mention_ids=[mention_id("posts", "", "same words")])
    assert query.select(home, figures).rows == before
