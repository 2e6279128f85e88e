from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from records.errors import InputError
from transforms.confusion import read_confusion
from transforms.experience import LABELS, Weights, predict
from transforms.features import read
from transforms.learning import train_file
from transforms.score import MODEL_VERSION

# words that no lexicon knows, so that only learning can tell these texts apart
SIGNS = {
    "bad": "the blorp was quonky today",
    "neutral": "the blorp was mirrelled today",
    "good": "the blorp was zandy today",
}
PLACES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def write(path: Path, rows: list[tuple[str, str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("text", "label"), *rows])
    return path


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    rows = [
        (f"{sign} on {PLACES[i % 7]} at counter {PLACES[i // 7]}", label)
        for label, sign in SIGNS.items()
        for i in range(28)
    ]
    return write(tmp_path / "labelled.csv", [*rows, ("no label", ""), ("", "bad")])


def test_train_file__learns_what_the_default_cannot_know(labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.tsv"
    report = train_file(labelled, out, text="text", label="label")
    assert report.is_written
    assert (report.n, report.left_out) == (84, 2)
    assert report.macro_f1_3 > 0.95 > 0.6 > report.default_macro_f1_3
    weights = Weights.read(out)
    assert weights.model_version.startswith(f"{MODEL_VERSION}+own-")
    assert json.loads(weights.facts["confusion"]) == report.confusion
    found = [LABELS[i] for i in predict([read(sign) for sign in SIGNS.values()], weights).argmax(axis=1)]
    assert found == list(SIGNS)


def test_train_file__only_what_was_drawn_at_random_tells_how_often_it_is_right(labelled: Path, tmp_path: Path) -> None:
    rows = list(csv.reader(labelled.open(encoding="utf-8")))[1:]
    for share, count in ((2, 42), (4, 0)):
        drawn = [
            ("text", "label", "drawn"),
            *((*row, "doubtful" if i % share else "random") for i, row in enumerate(rows)),
        ]
        with (tmp_path / "drawn.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(drawn)
        report = train_file(tmp_path / "drawn.csv", tmp_path / f"{share}.tsv", text="text", label="label")
        assert report.n == 84
        cells = read_confusion(tmp_path / f"{share}.tsv")
        assert sum(cell.mention_count for cell in cells) == count  # none with less than ten of a label


def test_train_file__same_rows_same_weights(labelled: Path, tmp_path: Path) -> None:
    for name in ("a.tsv", "b.tsv"):
        train_file(labelled, tmp_path / name, text="text", label="label")
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()


def test_train_file__never_replaces_better_by_worse(labelled: Path, tmp_path: Path) -> None:
    out = tmp_path / "own.tsv"
    train_file(labelled, out, text="text", label="label")
    before = out.read_bytes()
    noise = [(f"{text} {i}", label) for i in range(25) for text, label in zip(SIGNS.values(), _turned(i), strict=True)]
    report = train_file(write(tmp_path / "noise.csv", noise), out, text="text", label="label")
    assert not report.is_written
    assert "kept" in report.message
    assert out.read_bytes() == before


def _turned(i: int) -> list[str]:
    return [LABELS[(i + k) % 3] for k in range(3)]


@pytest.mark.parametrize(
    ("rows", "message"),
    [([("a", "bad")], "needs at least 60"), ([(f"text {i}", "bad") for i in range(80)], "labelled neutral")],
)
def test_train_file__too_little_to_learn_from(tmp_path: Path, rows: list[tuple[str, str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        train_file(write(tmp_path / "few.csv", rows), tmp_path / "own.tsv", text="text", label="label")
