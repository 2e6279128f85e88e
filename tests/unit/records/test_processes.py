from __future__ import annotations

import queue
import threading

import pytest

from records.processes import _end_with_parent


def test_end_with_parent__ends_once_the_parent_has(monkeypatch: pytest.MonkeyPatch) -> None:
    class Parent:
        def __init__(self) -> None:
            self.ended = threading.Event()

        def join(self) -> None:
            self.ended.wait(10)

    parent, codes = Parent(), queue.Queue[int]()
    monkeypatch.setattr("multiprocessing.parent_process", lambda: parent)
    monkeypatch.setattr("os._exit", codes.put)
    _end_with_parent()
    assert codes.empty()
    parent.ended.set()
    assert codes.get(timeout=10) == 1
