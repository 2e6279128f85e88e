from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from records.errors import InputError
from transforms.evaluation import Ratings, classify_file, evaluate, evaluate_file, measure
from transforms.tables import read_table

CSV = """body,mood,who
"Terrible, rude staff",Negative,
"I love it,
thanks!",POSITIVE,Acme
open on monday,neutral,
what,unsure,
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "in.csv"
    file.write_text("\ufeff" + CSV, encoding="utf-8")
    return file


def test_evaluate_file__counts_and_measures(path: Path) -> None:
    measures = evaluate_file(path, text="body", label="mood", brand="who")
    assert (measures["n"], measures["left_out"], measures["accuracy_3"]) == (3, 1, 1.0)
    assert measures["macro_f1_3"] == measures["macro_f1_2"] == measures["recall_bad"] == 1.0


def test_measure__by_hand() -> None:
    scored = pa.table(
        {
            "label": ["bad", "good", "good", None],
            "p_bad": [0.8, 0.3, 0.1, None],
            "p_neutral": [0.1, 0.1, 0.1, None],
            "p_good": [0.1, 0.6, 0.8, None],
            "compound": [0.0, 0.0, 0.0, 0.0],
        }
    )
    measures = measure(["bad", "bad", "good", "neutral"], scored)
    # F1: bad 2*1/(2+1), good 2*1/(1+2), neutral 1
    assert measures["macro_f1_3"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    # without the neutral row: bad 2*1/(2+1), good 2*1/(1+2)
    assert measures["macro_f1_2"] == pytest.approx(2 / 3)
    assert (measures["recall_bad"], measures["precision_bad"], measures["accuracy_3"]) == (0.5, 1.0, 0.75)
    # confidences .8 right, .6 wrong, .8 right: |1.6 - 2| + |.6 - 0|, over three rows with a probability
    assert measures["ece"] == pytest.approx((0.4 + 0.6) / 3)
    assert measures["confusion"]["bad"] == {"bad": 1, "neutral": 0, "good": 1}


def test_evaluate__nothing_labelled() -> None:
    measures = evaluate(["a"], [None])
    assert (measures["n"], measures["left_out"], measures["macro_f1_3"], measures["recall_bad"]) == (0, 1, None, None)


def test_evaluate_file__no_known_label(path: Path) -> None:
    with pytest.raises(InputError, match=r"no row of .* has a label in 'body'"):
        evaluate_file(path, text="body", label="body")


def test_evaluate_file__misspelt_column(path: Path) -> None:
    with pytest.raises(InputError, match=r"--text is 'bodi', .* did you mean 'body'"):
        evaluate_file(path, text="bodi", label="mood")


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.tsv", "out.parquet"])
def test_classify_file__keeps_the_columns(path: Path, tmp_path: Path, name: str) -> None:
    assert classify_file(path, tmp_path / name, text="body") == 4
    table = read_table(tmp_path / name)
    assert table.column_names == ["body", "mood", "who", "label", "p_bad", "p_neutral", "p_good", "compound"]
    assert table.column("label").to_pylist()[:2] == ["bad", "good"]
    assert table.column("body").to_pylist()[1] == "I love it,\nthanks!"


def test_classify_file__an_earlier_result_is_replaced(path: Path, tmp_path: Path) -> None:
    classify_file(path, tmp_path / "a.csv", text="body")
    classify_file(tmp_path / "a.csv", tmp_path / "b.csv", text="body")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


def test_read_table__parquet_as_text(tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": [1, None]}), tmp_path / "a.parquet")
    assert read_table(tmp_path / "a.parquet").to_pydict() == {"n": ["1", None]}


def test_read_table__other_delimiter_and_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("téxt;n\nça va très bien, merci à vous;1\n".encode("cp1252"))
    assert read_table(tmp_path / "a.csv").to_pydict() == {"téxt": ["ça va très bien, merci à vous"], "n": ["1"]}


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"\x89PNG\x00\x00\x00", "holds binary data"),
        ("a.csv.gz", b"not gzip", "can't be read"),
        ("a.csv.gz", gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "can't be read"),
        ("a.parquet", b"no", "can't be read"),
        ("a.xlsx", b"", "unknown ending"),
        ("a.csv", b"a,a\n1,2\n", "column 'a' twice"),
        ("missing.csv", None, "does not exist"),
    ],
)
def test_read_table__bad_input_gives_one_clear_line(
    tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as error:
        read_table(tmp_path / name)
    assert "\n" not in str(error.value)


RATED = """body,mood,stars
"Terrible, rude staff",good,5
"I love it, thanks!",bad,1
"Terrible, rude staff",bad,NA
as expected,neutral,3
"""


def test_evaluate_file__a_rating_decides(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(RATED, encoding="utf-8")
    by_words = evaluate_file(file, text="body", label="mood")
    by_rating = evaluate_file(file, text="body", label="mood", ratings=Ratings("stars", 5))
    assert by_words["confusion"]["good"]["bad"] == by_words["confusion"]["bad"]["good"] == 1
    assert by_rating["accuracy_3"] == 1.0


def test_classify_file__a_rating_decides(tmp_path: Path) -> None:
    file = tmp_path / "in.csv"
    file.write_text(RATED, encoding="utf-8")
    classify_file(file, tmp_path / "out.csv", text="body", ratings=Ratings("stars", 5))
    assert read_table(tmp_path / "out.csv").column("label").to_pylist() == ["good", "bad", "bad", "neutral"]


@pytest.mark.parametrize("value", ["6", "-1", "five"])
def test_classify_file__no_rating_of_the_scale(tmp_path: Path, value: str) -> None:
    file = tmp_path / "in.csv"
    file.write_text(f"body,stars\nfine,{value}\n", encoding="utf-8")
    with pytest.raises(InputError, match=f"row 1 .*'{value}'.*0 to 5"):
        classify_file(file, tmp_path / "out.csv", text="body", ratings=Ratings("stars", 5))
