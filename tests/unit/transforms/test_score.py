from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.experience import Weights, default_weights
from transforms.score import (
    INPUT_SCHEMA,
    MODEL_VERSION,
    OUTPUT_SCHEMA,
    prep_hash,
    rating_label,
    score_batch,
    score_files,
)


def batch(rows: list[dict[str, Any]]) -> pa.RecordBatch:
    usual = {"mention_id": "m", "version_no": 1, "brand": "b", "names": ["United"]}
    return pa.RecordBatch.from_pylist([usual | row for row in rows], schema=INPUT_SCHEMA)


def score(**row: Any) -> dict[str, Any]:
    return score_batch(batch([row])).to_pylist()[0]


TEXTS = [
    "",
    "great",
    "@united worst airline EVER!!! 😡",
    "مرحبا بالعالم",
    "😀" * 50,
    "is the shop open?",
    "no\x00\x01",
    "ok 👍🏽",
]


def test_score_batch__same_whole_in_parts_and_in_any_order() -> None:
    rows = [{"mention_id": str(i), "text": TEXTS[i % len(TEXTS)]} for i in range(40)]
    whole = score_batch(batch(rows)).to_pylist()
    parts = [row for i in range(0, 40, 7) for row in score_batch(batch(rows[i : i + 7])).to_pylist()]
    random.Random(1).shuffle(rows)
    shuffled = sorted(score_batch(batch(rows)).to_pylist(), key=lambda row: int(row["mention_id"]))
    assert whole == parts
    assert whole == shuffled


def test_score_batch__no_rows() -> None:
    assert score_batch(batch([])).schema == OUTPUT_SCHEMA


def test_score_batch__a_rating_decides() -> None:
    scored = score(text="what a wonderful day, thank you", rating=1.0, rating_max=5.0)
    assert (scored["label"], scored["label_basis"], scored["p_bad"]) == ("bad", "rating", 1.0)
    assert scored["compound"] > 0.5


def test_score_batch__words_decide_without_a_rating() -> None:
    scored = score(text="Worst service ever, they lost my bag and nobody cares")
    assert (scored["label"], scored["label_basis"]) == ("bad", "text")


def test_score_batch__another_language_is_not_scored_unless_a_rating_decides() -> None:
    text = "Der Kundendienst ist furchtbar und niemand antwortet auf meine Nachrichten"
    assert (score(text=text)["label"], score(text=text)["detected_language"]) == (None, "de")
    assert score(text=text, rating=1.0, rating_max=5.0)["label"] == "bad"
    assert score(text="great service", language="de")["label"] is None


def test_score_batch__near_copies_share_a_band() -> None:
    text = "They lost my bag in Denver and nobody answers the phone, this is the worst trip of my life so far"
    one, two = score(text=text), score(text=text.replace("worst trip", "very worst trip") + "!!")
    other = score(text="What a lovely flight with a friendly crew and a smooth landing, I will gladly fly again soon")
    assert one["text_hash"] != two["text_hash"]
    assert set(one["minhash_bands"]) & set(two["minhash_bands"])
    assert not set(one["minhash_bands"]) & set(other["minhash_bands"])
    assert score(text="thanks a lot")["minhash_bands"] == []


def test_score_batch__nothing_to_judge_has_no_label() -> None:
    scored = score(text=" ", title=None)
    assert (scored["label"], scored["label_basis"], scored["p_bad"], scored["text_hash"]) == (None, "none", None, None)


def test_score_batch__public_text_is_redacted_and_null_stays_null() -> None:
    scored = score(text="@ann lost it", title=None)
    assert (scored["public_text"], scored["public_title"]) == ("[handle] lost it", None)


@pytest.mark.parametrize(
    "text",
    ["a" * 5_000_000, "good " * 1_000_000, "😀" * 15_000, "&lt;" * 500_000, "@" * 1_000_000, "http://" * 300_000,
     "! ? " * 300_000],
    ids=["5 MB word", "a million words", "15,000 emoji", "entities", "at signs", "links", "marks"],
)  # fmt: skip
def test_score_batch__huge_texts_take_bounded_time(text: str) -> None:
    start = time.process_time()
    score(text=text)
    assert time.process_time() - start < 20


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_score_batch__never_fails(text: str) -> None:
    score(text=text, title=text[:10])


@pytest.mark.parametrize(
    ("rating", "rating_max", "labels"),
    [
        ([1, 2, 3, 4, 5], 5, "bad bad neutral good good"),
        ([4, 5, 6, 7], 10, "bad neutral neutral good"),
        ([0, 1], 1, "bad good"),
        ([40, 41, 69, 70], 100, "bad neutral neutral good"),
    ],
)
def test_rating_label__usual_cut_points(rating: list[float], rating_max: float, labels: str) -> None:
    assert labels.split() == [rating_label(value, rating_max) for value in rating]


def test_rating_label__given_cut_points() -> None:
    assert [rating_label(r, 10, 6, 9) for r in (6, 7, 8, 9)] == ["bad", "neutral", "neutral", "good"]


def test_prep_hash__follows_the_names() -> None:
    assert prep_hash(["a", "b"]) == prep_hash(["b", "a"])
    assert prep_hash(["a"]) != prep_hash(["a", "b"])


@pytest.mark.parametrize("workers", [1, 2])
def test_score_files__same_rows_in_files_of_the_same_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int
) -> None:
    monkeypatch.setattr("transforms.sharing._ROWS_WORTH_A_PROCESS", 1)
    rows = [{"mention_id": str(i), "text": TEXTS[i % len(TEXTS)]} for i in range(20)]
    source = tmp_path / "one.parquet"
    pq.write_table(pa.Table.from_batches([batch(rows)]), source)
    assert score_files([source], tmp_path / "out", workers) == 20
    assert pq.read_table(tmp_path / "out" / "one.parquet").to_pylist() == score_batch(batch(rows)).to_pylist()


def test_score_files__nothing_pending(tmp_path: Path) -> None:
    assert score_files([], tmp_path / "out", 2) == 0


def test_score_files__weights_of_ones_own_in_any_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.sharing._ROWS_WORTH_A_PROCESS", 1)
    default = default_weights()
    own = Weights("experience-0+own-1", default.names, -default.table, 1.0)
    own.write(tmp_path / "own.tsv")
    (tmp_path / "in").mkdir()
    table = pa.Table.from_batches([batch([{"text": "worst airline ever, rude staff"}])])
    pq.write_table(table, tmp_path / "in" / "a.parquet")
    for workers in (1, 2):
        out = tmp_path / f"out{workers}"
        score_files([tmp_path / "in" / "a.parquet"], out, workers, weights=tmp_path / "own.tsv")
        (row,) = pq.read_table(out / "a.parquet").to_pylist()
        assert (row["label"], row["model_version"]) == ("good", f"{MODEL_VERSION}+own-1")
