"""A published table as a file: whole, and harmless in a spreadsheet program."""

from __future__ import annotations

import csv
import math
import re
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import pyarrow.parquet as pq
import pytest

from records.errors import InputError
from warehouse import spreadsheet, store
from warehouse.export import export
from warehouse.publish import publish
from warehouse.spreadsheet import write_sheet

HOSTILE = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2",
    "@SUM(A1)",
    "\t=1",
    ' "=1',
    "Nice;=1+1",
    "two lines\r\n=1",
    "-\n@SUM(A1)",
    "\x00=1",
    "plain words",
    "＝1",
    "a = b",
    "https://evil.example",
    None,
]


@pytest.fixture
def published(home, landing, loaded, mention):
    """A home whose marts hold one table of words that spreadsheets would run."""
    landing([mention()])
    loaded()
    with store.open(home, step="test") as connection:
        connection.execute("CREATE SCHEMA IF NOT EXISTS marts")
        connection.execute("CREATE TABLE marts.words (row_no INTEGER, text VARCHAR)")
        connection.executemany("INSERT INTO marts.words VALUES (?, ?)", list(enumerate(HOSTILE)))
        connection.execute("UPDATE raw.clock SET built_from = 'by hand'")
    publish(home)
    return home


def test_csv__formulas_get_an_apostrophe_and_words_stay(published, tmp_path: Path) -> None:
    assert export(published, "words", tmp_path / "words.csv", kind="csv") == len(HOSTILE)
    with (tmp_path / "words.csv").open(encoding="utf-8", newline="") as file:
        texts = [row["text"] for row in csv.DictReader(file)]
    assert texts == [
        "'=1+1",
        "'+cmd|' /C calc'!A0",
        "'-2",
        "'@SUM(A1)",
        "\t'=1",
        " \"'=1",
        "Nice;'=1+1",
        "two lines\r\n'=1",
        "-\n'@SUM(A1)",
        "\x00'=1",
        "plain words",
        "'＝1",
        "a = b",
        "https://evil.example",
        "",
    ]


def test_xlsx__words_are_never_formulas_or_links(published, tmp_path: Path) -> None:
    assert export(published, "words", tmp_path / "words.xlsx", kind="xlsx") == len(HOSTILE)
    everything = _book(tmp_path / "words.xlsx")
    assert "<f>" not in everything
    assert "hyperlink" not in everything
    assert "=1+1" in everything
    assert "https://evil.example" in everything
    assert [path.name for path in tmp_path.glob("words*")] == ["words.xlsx"]


def test_sheet__values_keep_their_kind(tmp_path: Path) -> None:
    moment = datetime(2026, 11, 9, 18, 0, tzinfo=UTC)
    row = ["x" * 40_000, True, 7, 0.5, math.inf, date(2026, 11, 9), moment, None, UUID(int=1), "\x01"]
    assert write_sheet(tmp_path / "kinds.xlsx", "a/b", list("abcdefghij"), [row]) == 1
    everything = _book(tmp_path / "kinds.xlsx")
    assert "x" * 32_767 in everything
    assert "x" * 32_768 not in everything
    cells = dict(re.findall(r'<c r="(.2)"[^>]*>(?:<is><t[^>]*>|<v>)([^<]{0,40})', everything))
    assert {place: said for place, said in cells.items() if place != "A2"} == {
        "B2": "1",
        "C2": "7",
        "D2": "0.5",
        "F2": "46335",
        "G2": "46335.75",
        "I2": str(UUID(int=1)),
        "J2": "_x0001_",
    }


def test_sheet__more_rows_than_it_holds_leave_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    with pytest.raises(InputError, match="a sheet holds 2 rows"):
        write_sheet(tmp_path / "much.xlsx", "much", ["n"], [[1], [2], [3]])
    assert list(tmp_path.iterdir()) == []


def _book(path: Path) -> str:
    with zipfile.ZipFile(path) as book:
        assert book.testzip() is None
        return "".join(book.read(name).decode() for name in book.namelist())


def test_parquet__as_it_is(published, tmp_path: Path) -> None:
    export(published, "words", tmp_path / "words.parquet", kind="parquet")
    assert pq.read_table(tmp_path / "words.parquet")["text"].to_pylist() == HOSTILE


def test_export__unknown_table_names_the_near_one(published, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'words'"):
        export(published, "word", tmp_path / "out.csv", kind="csv")
    assert list(tmp_path.glob("out*")) == []
