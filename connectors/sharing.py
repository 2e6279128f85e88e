"""Sharing: several processes make rows of the parts of a large file; what lands is as if one had made them.

This process cuts the file, hands parts to the others and, whenever they have enough to do, makes the rows of the next
part itself; so it works from the first moment, while the others still start. Rows come back in the order of the parts.

Parts and rows go from one process to another by files, which memory holds. A pipe takes 64 KB at a time, and after each
a thread waits for the interpreter, which is busy: the way would take longer than the work.
"""

from __future__ import annotations

import gc
import os
import pickle
import shutil
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from connectors.columns import DraftColumns, columns_of
from connectors.contract import FileRead, Page, Response, SharesWork
from connectors.identity import Identify, identify
from records import processes
from records.errors import Killed, SkippedRecord

__all__ = ["Rows", "Sharing", "rows_of"]

_BYTES_WORTH_A_PROCESS = 32 << 20  # of a file; below, starting another takes longer than its share of the work
_MOST_PROCESSES = 4  # cutting is a quarter of the work and stays here
_PARTS_AHEAD = 2  # for each other process, so that none waits for us
_MOST_WAITING = 16  # parts whose rows are kept until it is their turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """A page as it lands.

    Attributes:
        page: what it says beside records.
        table: the rows of `landing.LANDING_SCHEMA`, not numbered yet.
        left_out: drafts about no brand or dated in the future.
    """

    page: Page
    table: pa.Table | None
    left_out: list[SkippedRecord]


def rows_of(page: Page, common: Identify, *, fetched_at: datetime, needs_brand: bool = True) -> Rows:
    """Return the rows of a page; `common`, `fetched_at` and `needs_brand` as in `identify`."""
    if not len(page.records):
        return Rows(page=page, table=None, left_out=[])
    drafts = page.records if isinstance(page.records, DraftColumns) else columns_of(page.records)
    table, left_out = identify(drafts, common, fetched_at=fetched_at, brands=page.brands, needs_brand=needs_brand)
    return Rows(page=replace(page, records=()), table=table, left_out=left_out)


class Sharing:
    """Makes the rows of files, of large ones with as many processes as there are cores; a context manager.

    Args:
        connector: whose files they are; another process gets it by pickle, and the parts that it cuts.
        common: what the run's rows share.
        folder: for what goes from one process to another; made when it is needed, removed at the end.
    """

    def __init__(self, connector: SharesWork, common: Identify, folder: Path) -> None:
        self._connector = connector
        self._common = common
        self._folder = folder
        self._part_no = 0
        self._pool: ProcessPoolExecutor | None = None
        self._others = min(len(os.sched_getaffinity(0)), _MOST_PROCESSES) - 1 if processes.may_start() else 0

    def __enter__(self) -> Sharing:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            shutil.rmtree(self._folder)

    def rows(self, read: FileRead, response: Response) -> Iterator[Rows]:
        """Return the rows of a file, part by part in their order.

        Raises:
            Killed: one of the processes was ended from outside.
        """
        waiting: deque[Rows | Future[Path]] = deque()
        is_large = self._others > 0 and read.path.stat().st_size >= _BYTES_WORTH_A_PROCESS
        at = response.received_at
        try:
            for part in self._connector.cut(read, response):
                if is_large and sum(not _is_ready(one) for one in waiting) < self._others * _PARTS_AHEAD:
                    waiting.append(self._given(read, part, at))
                else:
                    waiting.append(_rows(self._connector, self._common, read, part, at))
                while waiting and (_is_ready(waiting[0]) or len(waiting) > _MOST_WAITING):
                    yield _ready(waiting.popleft())
            while waiting:
                yield _ready(waiting.popleft())
        except BrokenProcessPool:
            raise Killed(
                f"a process that helped to read {read.path} ended before its work was done, most often for want of "
                "memory; nothing of the file was kept, pull again, with fewer other programs running"
            ) from None

    def _given(self, read: FileRead, part: Any, fetched_at: datetime) -> Future[Path]:
        """Hand a part to another process; what it gives is the file of its rows."""
        if self._pool is None:
            self._folder.mkdir(parents=True)
            self._pool = processes.pool(self._others, _begin, self._connector, self._common)
        self._part_no += 1
        file = _put(part, self._folder / f"{self._part_no}.part")
        return self._pool.submit(_rows_there, read, file, fetched_at)


def _is_ready(one: Rows | Future[Path]) -> bool:
    return isinstance(one, Rows) or one.done()


def _ready(one: Rows | Future[Path]) -> Rows:
    rows: Rows = one if isinstance(one, Rows) else _take(one.result())
    return rows


def _put(thing: Any, file: Path) -> Path:
    file.write_bytes(pickle.dumps(thing, protocol=pickle.HIGHEST_PROTOCOL))
    return file


def _take(file: Path) -> Any:
    content = file.read_bytes()
    file.unlink()
    return pickle.loads(content)  # noqa: S301 (our own, from a folder of the owner's)


def _rows(connector: SharesWork, common: Identify, read: FileRead, part: Any, fetched_at: datetime) -> Rows:
    return rows_of(connector.parse_part(read, part), common, fetched_at=fetched_at)


_given: tuple[SharesWork, Identify] | None = None  # of this process, where it is one of the others


def _begin(connector: SharesWork, common: Identify) -> None:
    global _given
    _given = connector, common
    gc.disable()  # rows make many lists and no cycles: looking for them would take a tenth of the time


def _rows_there(read: FileRead, part: Path, fetched_at: datetime) -> Path:
    if _given is None:
        raise RuntimeError("this process was not begun by `Sharing`")
    return _put(_rows(*_given, read, _take(part), fetched_at), part.with_suffix(".rows"))
