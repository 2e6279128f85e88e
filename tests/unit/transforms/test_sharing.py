from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from records.errors import Killed
from transforms.sharing import Score, Work, share

SCHEMA = pa.schema([("n", pa.int64())])


class Same:
    """Gives rows as they came, and has them counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> Score:
        return self.score

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self.count += batch.num_rows
        return batch


class OnlyHere(Same):
    """Ends any other process that it is sent to."""

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[int]]:
        return os._exit, (3,)


class Fails(Same):
    """Fails at the second batch."""

    def score(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        if self.count:
            raise ValueError("no more")
        return super().score(batch)


def work(begin: Callable[[], Score]) -> Work:
    return Work(begin, ["n"], SCHEMA, rows_per_part=10)


@pytest.fixture
def inputs(tmp_path: Path) -> list[Path]:
    """Files of one part, of several in two row groups, and of no row."""
    paths = [tmp_path / "in" / name for name in ("one.parquet", "many.parquet", "none.parquet")]
    paths[0].parent.mkdir()
    for path, count in zip(paths, (7, 55, 0), strict=True):
        pq.write_table(pa.table({"other": ["x"] * count, "n": range(count)}), path, row_group_size=33)
    return paths


def read(out: Path) -> dict[str, list[int]]:
    return {path.name: pq.read_table(path)["n"].to_pylist() for path in out.iterdir()}


def expected() -> dict[str, list[int]]:
    return {"one.parquet": list(range(7)), "many.parquet": list(range(55)), "none.parquet": []}


def test_share__each_row_once_in_its_place(inputs: list[Path], tmp_path: Path) -> None:
    begin = Same()
    assert share(inputs, tmp_path / "out", work(begin), 1) == 62 == begin.count
    assert read(tmp_path / "out") == expected()


def test_share__what_others_took_is_passed(inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = True

    def take_every_other(path: Path) -> Any:
        nonlocal first
        first = not first
        if first:
            return path.open("xb")
        pq.write_table(pa.table({"n": [-1]}), path)
        return None

    monkeypatch.setattr("transforms.sharing._take", take_every_other)
    share(inputs, tmp_path / "out", work(Same()), 1)
    many = [*range(10), -1, *range(20, 30), -1, *range(33, 43), -1, *range(53, 55)]
    assert read(tmp_path / "out") == {"one.parquet": [-1], "many.parquet": many, "none.parquet": []}


def test_share__a_process_that_was_killed_is_an_error(
    inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("transforms.sharing._ROWS_WORTH_A_PROCESS", 1)
    with pytest.raises(Killed, match="with fewer workers"):
        share(inputs, tmp_path / "out", work(OnlyHere()), 2)
    assert read(tmp_path / "out") == {}


def test_share__a_daemon_works_alone(inputs: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transforms.sharing._ROWS_WORTH_A_PROCESS", 1)
    monkeypatch.setattr("multiprocessing.process._current_process._config", {"daemon": True})
    share(inputs, tmp_path / "out", work(OnlyHere()), 2)
    assert read(tmp_path / "out") == expected()


def test_share__all_or_nothing(inputs: list[Path], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no more"):
        share(inputs, tmp_path / "out", work(Fails()), 1)
    assert read(tmp_path / "out") == {}


def test_share__few_rows_start_no_process(inputs: list[Path], tmp_path: Path) -> None:
    share(inputs, tmp_path / "out", work(OnlyHere()), 8)
    assert read(tmp_path / "out") == expected()
