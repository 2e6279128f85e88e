from __future__ import annotations

import csv
import re
import uuid
from pathlib import Path

import pytest

from records.errors import InputError
from records.override import Override
from transforms.evaluation import classify_file
from transforms.labelling import COLUMNS, read_labels, write_mentions
from transforms.tables import read_table

ONE, TWO, THREE = (str(uuid.UUID(int=i)) for i in (1, 2, 3))


def fill(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("mention_id", "brand", "label", "note"), *rows])
    return path


def test_write_mentions__comes_back_with_the_labels(tmp_path: Path) -> None:
    out = tmp_path / "label.csv"
    mentions = [
        {"mention_id": ONE, "brand": "b", "text": 't, "x"', "drawn": "random"},
        {"mention_id": TWO, "brand": "b", "text": "y", "drawn": "doubtful"},
    ]
    assert write_mentions(out, mentions) == 2
    rows = read_table(out).to_pylist()
    assert list(rows[0]) == list(COLUMNS)
    assert read_labels(out).empty_count == 2
    write_mentions(out, [mentions[0] | {"label": "Negative", "note": "sarcasm"}, mentions[1]])
    told = read_labels(out)
    assert (told.rows, told.rejected, told.empty_count) == ([2], [], 1)
    (one,) = told.found
    assert (one.label, one.note, one.is_random, one.origin) == ("bad", "sarcasm", True, "file")


@pytest.mark.parametrize("text", ["=1+1", " @SUM(A1)", "-2", "\t=1", "＝1", "a;=1"])
def test_write_mentions__no_formulas_for_spreadsheets(tmp_path: Path, text: str) -> None:
    write_mentions(tmp_path / "l.csv", [{"mention_id": ONE, "text": text}])
    assert read_table(tmp_path / "l.csv").to_pylist()[0]["text"] == re.sub("([=@＝-])", r"'\1", text)


def test_write_mentions__none(tmp_path: Path) -> None:
    assert write_mentions(tmp_path / "label.csv", []) == 0


def test_read_labels__what_was_filled_in(tmp_path: Path) -> None:
    path = fill(tmp_path / "l.csv", (ONE, "b", "Negative", "sarcasm"), (TWO, "b", "", ""), (THREE, "", "good", ""))
    assert read_labels(path).found == [
        Override(mention_id=uuid.UUID(ONE), brand="b", label="bad", note="sarcasm", origin="file"),
        Override(mention_id=uuid.UUID(THREE), brand=None, label="good", origin="file"),
    ]


@pytest.mark.parametrize(
    ("row", "message"),
    [((ONE, "b", "great", ""), "row 3: label is 'great'"), (("x", "b", "bad", ""), "row 3: mention_id is 'x'")],
)
def test_read_labels__names_the_row_and_keeps_the_others(tmp_path: Path, row: tuple[str, ...], message: str) -> None:
    told = read_labels(fill(tmp_path / "l.csv", (TWO, "b", "good", ""), row, (THREE, "b", "bad", "")))
    assert [str(one.mention_id) for one in told.found] == [TWO, THREE]
    (rejected,) = told.rejected
    assert rejected.startswith(message)


def test_read_labels__no_such_column(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("mention_id,brand\n")
    with pytest.raises(InputError, match="label"):
        read_labels(tmp_path / "l.csv")


def test_classify_file__explains(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("body\non hold for 2 hours and they hung up on me\n")
    classify_file(tmp_path / "in.csv", tmp_path / "out.csv", text="body", explain=True)
    (row,) = read_table(tmp_path / "out.csv").to_pylist()
    assert row["label"] == "bad"
    assert "group:on_hold (bad +" in row["why"]
