from __future__ import annotations

import csv
import uuid
from pathlib import Path

import pyarrow as pa
import pytest

from records.errors import InputError
from transforms.evaluation import classify_file
from transforms.labelling import Override, read_labels, write_doubtful
from transforms.tables import read_table

ONE, TWO, THREE = (str(uuid.UUID(int=i)) for i in (1, 2, 3))


def mentions() -> pa.Table:
    rows = [(ONE, 0.9, 0.1, 0.0), (TWO, 0.4, 0.35, 0.25), (THREE, None, None, None)]
    names = ("mention_id", "p_bad", "p_neutral", "p_good")
    same = {"brand": "b", "published_at": None, "text": 't, "x"', "label": "bad"}
    return pa.Table.from_pylist([same | dict(zip(names, row, strict=True)) for row in rows])


def test_write_doubtful__most_doubtful_first_and_none_without_probabilities(tmp_path: Path) -> None:
    out = tmp_path / "label.csv"
    assert write_doubtful(out, mentions()) == 2
    rows = read_table(out).to_pylist()
    assert [row["mention_id"] for row in rows] == [TWO, ONE]
    assert (rows[0]["doubt"], rows[0]["text"], rows[0]["label"]) == ("0.950", 't, "x"', "")


def test_write_doubtful__nothing(tmp_path: Path) -> None:
    assert write_doubtful(tmp_path / "label.csv", mentions().slice(2)) == 0


def fill(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("mention_id", "brand", "label", "note"), *rows])
    return path


def test_read_labels__what_was_filled_in(tmp_path: Path) -> None:
    path = fill(tmp_path / "l.csv", (ONE, "b", "Negative", "sarcasm"), (TWO, "b", "", ""), (THREE, "b", "good", ""))
    assert read_labels(path) == [
        Override(uuid.UUID(ONE), "b", "bad", "sarcasm"),
        Override(uuid.UUID(THREE), "b", "good", None),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [((ONE, "b", "great", ""), "row 2: label is 'great'"), (("x", "b", "bad", ""), "row 2: mention_id is 'x'"),
     ((ONE, "", "bad", ""), "row 2: brand is empty")],
)  # fmt: skip
def test_read_labels__names_the_row(tmp_path: Path, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError, match=message):
        read_labels(fill(tmp_path / "l.csv", row))


def test_classify_file__explains(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("body\non hold for 2 hours and they hung up on me\n")
    classify_file(tmp_path / "in.csv", tmp_path / "out.csv", text="body", explain=True)
    (row,) = read_table(tmp_path / "out.csv").to_pylist()
    assert row["label"] == "bad"
    assert "group:on_hold (bad +" in row["why"]
