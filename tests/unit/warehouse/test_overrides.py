"""Labels that people set: the one way in, what they keep of the model's word, and which mentions are worth a look."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from records.errors import InputError
from records.keys import mention_id
from records.override import Override
from transforms.score import MODEL_VERSION, prep_hash, score_files
from warehouse import overrides, pending, store

from .conftest import ACME

ONE, TWO = mention_id("posts", "", "1"), mention_id("posts", "", "2")
BOTH = [{"brand": brand, "matched_by": f"word:{brand}", "name": None} for brand in ("acme", "bolt")]
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def said(label: str, **fields: Any) -> Override:
    return Override(**({"mention_id": ONE, "brand": "acme", "label": label} | fields))


@pytest.fixture
def scored(home, landing, loaded, mention):
    """One bad mention about one brand, one about two."""
    landing([mention(text="Acme lost my parcel, rude staff"), mention("2", text="thank you, great", brands=BOTH)])
    loaded()
    folder = pending.export(home, model_version=MODEL_VERSION, prep_hash=prep_hash)
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    pending.import_scored(home, folder)


def test_put__keeps_what_was_judged_and_what_the_model_had_said(home, scored, ask):
    before = ask("SELECT data_revision FROM raw.clock")[0][0]
    assert overrides.put(home, [said("good", note="irony", is_random=True)]).written_count == 1
    columns = "label, note, version_no, origin, is_random, found_label, model_version"
    assert ask(f"SELECT {columns} FROM raw.override") == [("good", "irony", 1, "terminal", True, "bad", MODEL_VERSION)]
    assert ask("SELECT data_revision FROM raw.clock") == [(before + 1,)]
    assert overrides.accuracy(home, MODEL_VERSION) == overrides.Accuracy(right_count=0, count=1)


def test_put__same_again_changes_nothing(home, scored, ask):
    overrides.put(home, [said("good")])
    before = ask("FROM raw.override"), ask("SELECT data_revision FROM raw.clock")
    again = overrides.put(home, [said("good")])
    assert (again.written_count, again.unchanged_count) == (0, 1)
    assert (ask("FROM raw.override"), ask("SELECT data_revision FROM raw.clock")) == before


def test_put__an_earlier_word_never_takes_the_place_of_a_later_one(home, scored, ask):
    overrides.put(home, [said("good", given_at=NOON)])
    late = overrides.put(home, [said("bad", given_at=NOON - timedelta(days=1))])
    assert (late.written_count, late.refused) == (0, ((0, "a later label stands: good"),))
    both = [said("neutral", given_at=NOON + timedelta(days=2)), said("bad", given_at=NOON + timedelta(days=1))]
    overrides.put(home, both)
    assert ask("SELECT label FROM raw.override") == [("neutral",)]


def test_put__a_brand_is_found_where_there_is_one_only(home, scored, ask):
    done = overrides.put(home, [said("good", brand=None), said("bad", mention_id=TWO, brand=None)])
    assert done.written_count == 1
    assert done.refused == ((1, "the mention is about acme, bolt: name the brand"),)
    assert ask("SELECT mention_id, brand FROM raw.override") == [(ONE, "acme")]


def test_put__names_what_cannot_be_used_and_keeps_the_rest(home, scored, landing, loaded, ask):
    landing(gone=[("", "2")])
    loaded()
    unknown, other = said("bad", mention_id=uuid.UUID(int=7)), said("bad", brand="bolt")
    done = overrides.put(home, [unknown, other, said("bad", mention_id=TWO), said("neutral")])
    assert done.refused == (
        (0, "no mention has this id"),
        (1, "the mention is about acme, not bolt"),
        (2, "the mention is gone"),
    )
    assert ask("SELECT mention_id, label FROM raw.override") == [(ONE, "neutral")]


def test_put__survives_another_model(home, scored, ask):
    overrides.put(home, [said("good")])
    folder = pending.export(home, model_version="model-2", prep_hash=prep_hash)
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    pending.import_scored(home, folder)
    assert ask("SELECT label, found_label FROM raw.override") == [("good", "bad")]


def test_take_back(home, scored, ask):
    overrides.put(home, [said("good")])
    assert overrides.take_back(home, [(ONE, "acme"), (TWO, "acme")]) == 1
    assert ask("FROM raw.override") == []


def test_given_labels__those_whose_words_are_still_here(home, scored, landing, loaded, ask):
    overrides.put(home, [said("good", note="irony"), said("bad", mention_id=TWO, brand="bolt")])
    landing(gone=[("", "2")])
    loaded()
    (one,) = overrides.given_labels(home)
    assert (one.mention_id, one.text, one.label, one.names) == (
        ONE,
        "Acme lost my parcel, rude staff",
        "good",
        ACME.names,
    )
    # history keeps its figures, nobody's words
    assert ask("SELECT label, note FROM raw.override ORDER BY mention_id = ?", TWO) == [
        ("good", "irony"),
        ("bad", None),
    ]


@pytest.fixture
def experiences(home, loaded):
    """Ninety mentions of two brands as the build leaves them, all judged by their words, each more doubtful."""
    loaded()

    def add(*, basis: str = "text") -> None:
        with store.open(home, step="test") as connection:
            connection.execute("CREATE SCHEMA IF NOT EXISTS core")
            connection.execute(
                "CREATE OR REPLACE TABLE core.experience AS SELECT md5(n::VARCHAR)::UUID AS mention_id, "
                "if(n % 10 = 0, 'bolt', 'acme') AS brand, 1 AS version_no, 'posts' AS source, "
                "TIMESTAMPTZ '2026-11-02' + to_minutes(n) AS told_at, 'bad' AS label, ? AS label_basis, "
                "1 - n / 200 AS p_bad, n / 200 AS p_neutral, 0.0 AS p_good, false AS is_duplicate "
                "FROM range(90) AS t(n)",
                [basis],
            )
            connection.execute(
                "INSERT INTO raw.mention_state BY NAME SELECT mention_id, 1 AS current_version_no, '' AS content_hash, "
                "told_at AS first_seen_at, told_at AS fetched_at, told_at AS state_loaded_at FROM core.experience"
            )

    return add


def test_doubtful__each_brands_most_doubtful_and_every_third_at_random(home, experiences):
    experiences()
    chosen = overrides.doubtful(home, limit=12)
    assert sum(one.is_random for one in chosen) == 4
    doubts = [one for one in chosen if not one.is_random]
    assert [one.brand for one in doubts[:4]] == ["acme", "bolt", "acme", "bolt"]
    for brand in ("acme", "bolt"):
        of_brand = [one.doubt for one in doubts if one.brand == brand]
        assert of_brand == sorted(of_brand, reverse=True)
    assert doubts[0].doubt > 0.8
    assert {one.mention_id for one in chosen if one.is_random}.isdisjoint(one.mention_id for one in doubts)
    assert [one.brand for one in overrides.doubtful(home, limit=3, brands=["bolt"])] == ["bolt"] * 3


def test_doubtful__not_again_and_only_what_a_model_judged_by_its_words(home, experiences, ask):
    experiences(basis="rating")
    assert overrides.doubtful(home, limit=5) == []
    ask("UPDATE core.experience SET label_basis = 'text'")
    first = overrides.doubtful(home, limit=5)
    with store.open(home, step="test") as connection:
        for one in first:
            row = [one.mention_id, one.brand]
            connection.execute(
                "INSERT INTO raw.override (mention_id, brand, label, override_at) VALUES (?, ?, 'bad', now())", row
            )
    assert {one.mention_id for one in first}.isdisjoint(one.mention_id for one in overrides.doubtful(home, limit=5))


def test_doubtful__says_what_is_missing(home, loaded):
    with pytest.raises(InputError, match="grapevine run"):
        overrides.doubtful(home, limit=5)
    loaded()
    with pytest.raises(InputError, match="nothing has been built"):
        overrides.doubtful(home, limit=5)
    with pytest.raises(InputError, match="'acne', which is no brand's key; known: acme, bolt"):
        overrides.doubtful(home, limit=5, brands=["acne"])
