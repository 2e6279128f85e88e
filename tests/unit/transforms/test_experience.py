from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from records.errors import InputError
from transforms.evaluation import evaluate
from transforms.experience import LABELS, Weights, damping, default_weights, explain, feature_values, predict
from transforms.features import FORM_FEATURES, read, read_together
from transforms.gathering import gather
from transforms.score import MODEL_VERSION


def label(text: str) -> str:
    return LABELS[int(predict([read(text)]).argmax())]


def test_default_weights__are_of_the_version_that_is_recorded() -> None:
    assert default_weights().model_version == MODEL_VERSION


def test_predict__probabilities() -> None:
    chances = predict([read(text) for text in ("terrible, rude and late", "", "I love it, thank you!")])
    assert np.allclose(chances.sum(axis=1), 1)
    assert chances.min() >= 0
    assert predict([]).shape == (0, 3)


def test_predict__a_text_does_not_depend_on_the_others() -> None:
    readings = [read(text) for text in ("worst ever", "is it open?", "great staff", "on hold again")]
    whole = predict(read_together([reading.text for reading in readings], [()] * len(readings)))
    assert (whole == np.vstack([predict([reading]) for reading in readings])).all()


@pytest.mark.parametrize("text", ["", " ", "😀", "مرحبا بالعالم", "\x00\x01", "\ud800", "a" * 100_000, "?!?!", "12 34"])
def test_predict__any_text(text: str) -> None:
    assert np.isfinite(predict([read(text)])).all()


def test_gather__the_same_as_one_by_one() -> None:
    texts = ["", "On hold for 2 hours, on hold again, on hold!", "never again never again", "?", "worst ever. Not late"]
    readings, weights = read_together(texts, [()] * len(texts)), default_weights()
    rows, places, values = gather(readings, weights)
    for row, reading in enumerate(readings):
        found = [pair for pair in zip(places[rows == row], values[rows == row], strict=True) if pair[1]]
        assert list(zip(*feature_values(reading, weights), strict=True)) == found


def test_explain__sums_to_the_odds_that_decided() -> None:
    reading = read("@acme on hold for 2 hours and then they hung up on me, thanks for nothing")
    parts = explain(reading)
    odds = np.array([sum(part.bad for part in parts), 0.0, sum(part.good for part in parts)])
    chances = np.exp(odds - odds.max())
    assert chances / chances.sum() == pytest.approx(predict([reading])[0])
    assert "group:on_hold" in {part.feature for part in parts[:6]}


def test_weights__written_and_read_are_the_same(tmp_path: Path) -> None:
    names = (*FORM_FEATURES, "word:a b")
    weights = Weights("mine-1", names, np.array([[0.5, -0.25]] * len(names)), 1.5, {"data": "none"})
    weights.write(tmp_path / "w.tsv")
    again = Weights.read(tmp_path / "w.tsv")
    assert (again.model_version, again.names, again.sharpness, again.facts["data"]) == (
        "mine-1",
        names,
        1.5,
        "none",
    )
    assert (again.table == weights.table).all()


@pytest.mark.parametrize("content", [None, "", "# model_version: a\n# sharpness: x\n", "a\tb\n"])
def test_weights__bad_file(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "w.tsv").write_text(content)
    with pytest.raises(InputError, match=r"w\.tsv"):
        Weights.read(tmp_path / "w.tsv")


def test_feature_values__only_features_with_a_weight() -> None:
    weights = default_weights()
    places, values = feature_values(read("zzzzqq on hold"), weights)
    assert len(places) == len(values)
    assert max(places) < len(weights.names)


def test_quality__airline_tweets(real_data: Path) -> None:
    """The weights never saw these tweets."""
    with gzip.open(real_data / "data" / "airline_tweets_dev.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    measures = evaluate(
        [row["text"] for row in rows], [row["airline_sentiment"] for row in rows], [row["airline"] for row in rows]
    )
    assert measures["macro_f1_3"] >= 0.70
    assert measures["recall_bad"] >= 0.72
    assert measures["precision_bad"] >= 0.88
    assert measures["ece"] <= 0.07


def test_quality__skytrax_recommended(real_data: Path) -> None:
    with gzip.open(real_data / "data" / "skytrax_airline_reviews.csv.gz", "rt", encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    measures = evaluate(
        [row["content"] for row in rows], ["good" if row["recommended"] == "1" else "bad" for row in rows]
    )
    assert measures["macro_f1_2"] >= 0.80


def test_weights__older_than_a_feature_do_without_it(tmp_path: Path) -> None:
    default = default_weights()
    kept = [i for i, name in enumerate(default.names) if name != "plain_compound"]
    old = Weights("experience-0+own-1", tuple(default.names[i] for i in kept), default.table[kept], default.sharpness)
    old.write(tmp_path / "old.tsv")
    weights = Weights.read(tmp_path / "old.tsv")
    assert weights.table[weights.index["plain_compound"]].tolist() == [0.0, 0.0]
    readings = [read("what a great day"), read("worst service ever")]
    known = default.table.copy()
    known[default.index["plain_compound"]] = 0
    expected = predict(readings, Weights("x", default.names, known, default.sharpness))
    assert predict(readings, weights) == pytest.approx(expected, abs=1e-3)


def test_damping__long_texts_count_less_than_their_sum() -> None:
    assert damping(read("")) == 1.0
    assert damping(read("word " * 30)) == pytest.approx(2**-0.6)
    weights = default_weights()
    text = "The staff were rude. "
    once, often = (sum(part.bad for part in explain(read(text * n), weights)) for n in (1, 20))
    assert often < 4 * once


def test_predict__a_long_mixed_review_is_less_sure_than_a_short_verdict() -> None:
    mixed = "The room was clean and the bed was great. Breakfast was cold and the staff were rude. " * 5
    sure, unsure = (max(predict([read(text)])[0]) for text in ("Terrible, never again", mixed))
    assert unsure < sure
