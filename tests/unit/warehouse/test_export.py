"""A published table as a file: whole, and harmless in a spreadsheet program."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from records.errors import InputError
from warehouse import store
from warehouse.export import export
from warehouse.publish import publish

HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "plain words", "＝1", "a = b", None]


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
    assert texts == ["'=1+1", "'+cmd|' /C calc'!A0", "'-2", "'@SUM(A1)", "'\t=1", "plain words", "'＝1", "a = b", ""]


def test_xlsx__words_are_never_formulas(published, tmp_path: Path) -> None:
    assert export(published, "words", tmp_path / "words.xlsx", kind="xlsx") == len(HOSTILE)
    with zipfile.ZipFile(tmp_path / "words.xlsx") as book:
        sheet = next(book.read(name).decode() for name in book.namelist() if "worksheets/" in name)
        everything = "".join(book.read(name).decode() for name in book.namelist())
    assert "<f>" not in sheet
    assert "=1+1" in everything


def test_parquet__as_it_is(published, tmp_path: Path) -> None:
    export(published, "words", tmp_path / "words.parquet", kind="parquet")
    assert pq.read_table(tmp_path / "words.parquet")["text"].to_pylist() == HOSTILE


def test_export__unknown_table_names_the_near_one(published, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'words'"):
        export(published, "word", tmp_path / "out.csv", kind="csv")
    assert list(tmp_path.glob("out*")) == []
