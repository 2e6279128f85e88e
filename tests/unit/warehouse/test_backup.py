from __future__ import annotations

import pytest

from records.errors import InputError
from records.home import Home
from records.keys import mention_id
from records.override import Override
from warehouse import erase, overrides, store
from warehouse.backup import backup, restore
from warehouse.erase import forget
from warehouse.load import load

ONE = mention_id("posts", "", "canary-1")
TEXT = "Acme lost my canary parcel"


@pytest.fixture(autouse=True)
def _no_marts(monkeypatch):
    """What is built and published again is shown in test_erase."""
    for step in ("build", "publish"):
        monkeypatch.setattr(erase, step, lambda *_, **__: None)


@pytest.fixture
def saved(home, landing, loaded, mention, tmp_path):
    landing([mention("canary-1", TEXT), mention("2", author_id=store.hash_person(home, "ann"))], cursor={"mark": 1})
    loaded()
    said = Override(mention_id=ONE, brand="acme", label="good", note="canary irony")
    overrides.put(home, [said, Override(mention_id=mention_id("posts", "", "2"), brand="acme", label="bad")])
    home.weights.write_text("# model_version: own-1\n")
    return backup(home, tmp_path / "backups")


def _content(home: Home) -> list[tuple]:
    with store.open(home, step="test") as connection:
        return connection.execute("SELECT mention_id, text, author_id FROM raw.mention_version ORDER BY ALL").fetchall()


def test_restore__into_a_new_home_gives_the_same_and_the_same_people(home, saved, tmp_path):
    new = Home(tmp_path / "new")
    report = restore(new, saved)
    assert report.forgotten_count == 0
    assert _content(new) == _content(home)
    assert new.weights.read_text() == home.weights.read_text()
    with store.open(new, step="test") as connection:
        labels = connection.execute("SELECT label, note FROM raw.override ORDER BY label").fetchall()
    assert labels == [("bad", None), ("good", "canary irony")]
    assert store.hash_person(new, "ann") == store.hash_person(home, "ann")
    assert new.secret_key.stat().st_mode & 0o777 == 0o600


def test_restore__what_was_forgotten_since_stays_forgotten(home, saved, ask):
    forget(home, mention_ids=[ONE])
    report = restore(home, saved)
    assert report.forgotten_count == 1
    assert report.erased.mention_count == 1
    assert ask("SELECT text FROM raw.mention_version WHERE mention_id = ?", ONE) == [(None,)]
    assert b"canary" not in home.warehouse.read_bytes()
    # a person's label stays, so that history holds; what the person wrote beside it goes
    assert ask("SELECT label, note FROM raw.override WHERE mention_id = ?", ONE) == [("good", None)]
    assert ask("SELECT reason, is_erased FROM raw.tombstone") == [("forgotten", True)]


def test_restore__what_landed_since_is_loaded_again(home, saved, landing, loaded, mention, ask):
    landing([mention("3", "new")])
    loaded()
    before = ask("SELECT data_revision FROM raw.clock")[0][0]
    restore(home, saved)
    assert ask("SELECT count(*) FROM raw.mention_version") == [(2,)]
    assert loaded().new_count == 1
    assert ask("SELECT data_revision > ?, built_from FROM raw.clock", before) == [(True, None)]


def test_restore__landing_comes_back_with_it(home, saved, tmp_path, loaded):
    new = Home(tmp_path / "new")
    restore(new, saved)
    runs = [path.relative_to(new.root) for path in new.landing.rglob("manifest.json")]
    assert runs == [path.relative_to(home.root) for path in home.landing.rglob("manifest.json")]
    given = {"brands": [], "sources": [], "coverage": [], "profile": "dr2013", "as_of": None}
    assert load(new, **given, settings_hash="", is_sample=False).run_count == 0


def test_restore__another_key_or_no_backup_is_refused(home, saved, tmp_path):
    other = Home(tmp_path / "other")
    store.secret_key(other)
    with pytest.raises(InputError, match="is not the key of this backup"):
        restore(other, saved)
    with pytest.raises(InputError, match="is no whole backup"):
        restore(home, tmp_path)
    (saved / "backup.json").write_text('{"format": 9}')
    with pytest.raises(InputError, match="format 9"):
        restore(home, saved)


def test_backup__nothing_before_the_first_load_and_nothing_half(home, tmp_path):
    with pytest.raises(InputError, match="the warehouse is empty"):
        backup(home, tmp_path / "backups")
    assert not (tmp_path / "backups").exists()
