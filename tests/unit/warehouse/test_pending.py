from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from records.brand import Brand
from records.errors import CheckFailed, InputError
from records.keys import mention_id
from records.setup import RatingScale, SourceRow
from transforms.score import INPUT_SCHEMA, MODEL_VERSION, prep_hash, score_files
from warehouse import pending

from .conftest import START

ONE = mention_id("posts", "", "1")
BOTH = [{"brand": brand, "matched_by": f"word:{brand}", "name": None} for brand in ("acme", "bolt")]


@pytest.fixture
def export(home):
    def run(model: str = MODEL_VERSION) -> Path | None:
        return pending.export(home, model_version=model, prep_hash=prep_hash)

    return run


@pytest.fixture
def score(home, export):
    def run() -> int:
        folder = export()
        if folder is None:
            return 0
        score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
        return pending.import_scored(home, folder)

    return run


def _rows(folder: Path) -> list[dict]:
    return pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))]).to_pylist()


def test_export__nothing_before_the_first_load(export):
    assert export() is None


def test_export__a_row_for_each_version_and_brand_in_the_columns_that_scoring_reads(landing, loaded, mention, export):
    landing([mention(brands=BOTH), mention(text="found it", brands=BOTH), mention("2", brands=[])])
    loaded()
    folder = export()
    schema = pq.read_schema(next((folder / "in").glob("*.parquet")))
    assert schema.names == INPUT_SCHEMA.names
    assert schema.types[:-1] == INPUT_SCHEMA.types[:-1]
    assert schema.types[-1].value_type == INPUT_SCHEMA.types[-1].value_type
    rows = _rows(folder / "in")
    assert sorted((row["mention_id"], row["version_no"], row["brand"]) for row in rows) == [
        (str(ONE), 1, "acme"),
        (str(ONE), 1, "bolt"),
        (str(ONE), 2, "acme"),
        (str(ONE), 2, "bolt"),
    ]
    assert {tuple(row["names"]) for row in rows if row["brand"] == "acme"} == {("@acme", "Acme")}


def test_export__cut_points_of_the_source_hold_for_its_own_scale_only(landing, loaded, mention, export):
    landing([mention(rating=1.0, rating_max=10.0), mention("2", rating=1.0, rating_max=5.0)])
    scale = RatingScale(rating_max=10, bad_max=3, good_min=8)
    loaded(sources=[SourceRow(source="posts", connector="files", scale=scale, is_file=True)])
    rows = _rows(export() / "in")
    assert {(row["rating_max"], row["rating_bad_max"], row["rating_good_min"]) for row in rows} == {
        (10.0, 3.0, 8.0),
        (5.0, None, None),
    }


def test_score__once_then_nothing_is_pending(landing, loaded, mention, score, ask):
    landing([mention(brands=BOTH), mention("2", text="love it")])
    loaded()
    assert score() == 3
    assert ask("SELECT brand, label_basis, model_version FROM raw.classification ORDER BY mention_id, brand")
    assert ask("SELECT count(*), count(DISTINCT mention_id) FROM raw.signature") == [(2, 2)]
    assert ask("SELECT count(*) FROM raw.classification") == [(3,)]
    revision = ask("SELECT data_revision FROM raw.clock")
    assert score() == 0
    assert ask("SELECT data_revision FROM raw.clock") == revision


def test_score__keeps_what_the_words_show_beside_the_label(landing, loaded, mention, score, ask):
    landing([mention(text="Put on hold for two hours, then they hung up. Never again.")])
    loaded()
    score()
    (row,) = ask("SELECT bad_drivers, good_drivers, emotions, flags, is_leaving, is_wow FROM raw.classification")
    assert "on_hold" in row[0]
    assert row[1:] == ([], [], [], True, False)


def test_score__a_changed_name_scores_that_brand_again_and_keeps_signatures(landing, loaded, mention, score, ask):
    landing([mention(brands=BOTH)])
    loaded()
    score()
    signature = ask("FROM raw.signature")
    loaded(brands=[Brand("acme", "Acme", aliases=("The Parcel People",)), Brand("bolt", "Bolt")], settings_hash="new")
    assert score() == 1
    assert ask("SELECT brand, count(*) FROM raw.classification GROUP BY ALL ORDER BY ALL") == [("acme", 2), ("bolt", 1)]
    assert ask("FROM raw.signature") == signature


def test_score__changed_cut_points_judge_ratings_again(landing, loaded, mention, score, ask):
    landing([mention(rating=3.0, rating_max=5.0), mention("2", text="words alone")])
    loaded()
    score()
    scale = RatingScale(rating_max=5, bad_max=3, good_min=5)
    changed = [SourceRow(source="posts", connector="files", scale=scale, is_file=True)]
    loaded(sources=changed, settings_hash="new")
    assert score() == 1
    assert ask("SELECT label FROM raw.classification WHERE mention_id = ?", ONE) == [("bad",)]


def test_score__a_model_that_is_in_use_again_counts_again(home, landing, loaded, mention, export, score, ask):
    landing([mention("1", brands=BOTH)])
    loaded()
    score()
    other = export("other")
    score_files(sorted((other / "in").glob("*.parquet")), other / "out")
    for file in (other / "out").glob("*.parquet"):
        table = pq.read_table(file)
        place = table.schema.get_field_index("model_version")
        pq.write_table(table.set_column(place, "model_version", pa.array(["other"] * table.num_rows)), file)
    pending.import_scored(home, other)
    newest = "SELECT DISTINCT arg_max(model_version, classification_loaded_at) OVER (PARTITION BY mention_id, brand) "
    assert ask(f"{newest} FROM raw.classification") == [("other",)]
    before = ask("SELECT data_revision FROM raw.clock")[0][0]

    assert score() == 0
    assert ask(f"{newest} FROM raw.classification") == [(MODEL_VERSION,)]
    assert ask("SELECT data_revision FROM raw.clock") == [(before + 1,)]
    assert score() == 0
    assert ask("SELECT data_revision FROM raw.clock") == [(before + 1,)]


def test_score__near_copies_within_30_days_are_found_whichever_comes_first(landing, loaded, mention, score, ask):
    said = (
        "Acme lost my parcel in the middle of the move and then told me on the phone that nobody could look for it "
        "before the holidays were over, which is three weeks from now"
    )
    days = {"copy": 10, "much later": 60, "early": -5}
    late = {name: START + timedelta(days=day) for name, day in days.items()}

    landing([mention("1", said), mention("same", said), mention("copy", f"{said}!! Shame", published_at=late["copy"])])
    loaded()
    score()
    ids = {mention_id("posts", "", name): name for name in ("1", "same", *days)}

    def pairs():
        found = ask("SELECT mention_id, copy_of, shared_band_count FROM raw.near_copy")
        return {(ids[one], ids[of]) for one, of, shared in found if shared >= 4}

    first = min(("1", "same"), key=lambda name: mention_id("posts", "", name).int)  # told at the same moment
    assert pairs() == {("copy", first)}
    landing(
        [
            mention("early", f"Hello. {said}", published_at=late["early"]),
            mention("much later", f"{said} indeed", published_at=late["much later"]),
            mention("other", "Acme found my parcel on the very next day and brought it to the door, thank you all"),
        ]
    )
    loaded()
    score()
    assert pairs() == {("copy", first), ("copy", "early"), ("1", "early"), ("same", "early")}


def test_score__killed_before_the_import_leaves_nothing_half(home, landing, loaded, mention, export, score, ask):
    landing([mention()])
    loaded()
    folder = export()
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    assert score() == 1
    assert not folder.exists()
    assert list(home.scoring.glob("*")) == []
    with pytest.raises(InputError, match="score again"):
        pending.import_scored(home, folder)


def test_import__rows_that_came_meanwhile_stay_pending(home, landing, loaded, mention, export, score):
    landing([mention()])
    loaded()
    folder = export()
    landing([mention("2")])
    loaded()
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    assert pending.import_scored(home, folder) == 1
    assert score() == 1


def test_import__a_mention_forgotten_meanwhile_is_passed_over(home, landing, loaded, mention, export, ask):
    landing([mention()])
    loaded()
    folder = export()
    landing(gone=[("", "1")])
    loaded()
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    pending.import_scored(home, folder)
    assert ask("SELECT count(*) FROM raw.signature") == [(0,)]


def test_import__missing_rows_are_refused_whole(home, landing, loaded, mention, export, ask):
    landing([mention(), mention("2")])
    loaded()
    folder = export()
    with pytest.raises(CheckFailed, match="out can't be read"):
        pending.import_scored(home, folder)
    score_files(sorted((folder / "in").glob("*.parquet")), folder / "out")
    (path,) = (folder / "out").glob("*.parquet")
    pq.write_table(pq.read_table(path).slice(1), path)
    with pytest.raises(CheckFailed, match=r"was to give 2 scored rows.*has 1, 1 of them"):
        pending.import_scored(home, folder)
    assert ask("SELECT count(*) FROM raw.classification") == [(0,)]


def test_score__later_looks_find_new_versions_and_newly_matched_brands_of_old_mentions(
    landing, loaded, mention, export, score, ask
):
    landing([mention(), mention("2")])
    loaded()
    score()
    landing([mention(text="found it")])
    landing([mention("2", brands=BOTH)])
    loaded()
    rows = _rows(export() / "in")
    assert sorted((row["version_no"], row["brand"]) for row in rows) == [(1, "bolt"), (2, "acme")]
    assert score() == 2
    assert score() == 0
    ask("UPDATE raw.clock SET scored_from = NULL")  # looking at all finds no more
    assert score() == 0
