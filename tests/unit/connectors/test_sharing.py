"""Large files: rows made by several processes land as if one had made them."""

from __future__ import annotations

import os
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

COLUMNS = {"id": "id", "text": "text", "published_at": "when"}


@pytest.fixture
def large(write, monkeypatch) -> dict[str, object]:
    """Settings that read a file of three parts, a record over two lines and an impossible date in the second."""
    monkeypatch.setattr("connectors.sharing._BYTES_WORTH_A_PROCESS", 1)
    monkeypatch.setattr("connectors.file_tables.ROWS_PER_BATCH", 100)
    lines = [f"{number},fine,2026-01-02" for number in range(250)]
    lines[120] = '120,"fine\nfellow",2026-01-02'
    lines[130] = "130,fine,2026-02-30"
    path = write("large.csv", "\n".join(("id,text,when", *lines)).encode())
    return {"path": path, "columns": COLUMNS, "brand": "acme", "time_zone": "UTC"}


def cores(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(count)))


def test_sharing__rows_land_as_if_one_had_made_them(pull, large, monkeypatch):
    cores(monkeypatch, 2)
    pulled = pull("files", large)
    assert [row["native_id"] for row in pulled.rows] == [str(number) for number in range(250) if number != 130]
    assert [row["row_no"] for row in pulled.rows] == list(range(1, 250))
    assert [where for where, _ in pulled.rejects] == ["large.csv line 133"]


def test_sharing__a_process_that_was_killed_leaves_nothing_of_the_file(pull, large, monkeypatch):
    class Pool:
        def submit(self, *_: object) -> Future[object]:
            killed: Future[object] = Future()
            killed.set_exception(BrokenProcessPool())
            return killed

        def shutdown(self, **_: object) -> None: ...

    monkeypatch.setattr("records.processes.pool", lambda *_: Pool())
    cores(monkeypatch, 2)
    pulled = pull("files", large)
    assert pulled.result.status == "failed"
    assert pulled.result.error is not None
    assert "most often for want of memory" in pulled.result.error.message
    assert pulled.rows == []


@pytest.mark.parametrize("way", ["one core", "daemon"])
def test_sharing__alone_no_process_is_started(pull, large, monkeypatch, way):
    monkeypatch.delattr("records.processes.pool")
    cores(monkeypatch, 1 if way == "one core" else 8)
    if way == "daemon":
        monkeypatch.setattr("multiprocessing.process._current_process._config", {"daemon": True})
    assert pull("files", large).result.read_count == 250
