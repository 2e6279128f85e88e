"""Sharing: several processes work through the same Parquet files, and what comes out is as if one had done it.

No row travels between processes. Each goes through all files in order and takes the next few rows that nobody has
taken; to take them is to create the file that they are written to, which only one can. This process takes its share
from the first moment, while the others still start.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from records import processes
from records.errors import Killed
from records.garbage import uncollected

__all__ = ["Score", "Work", "share"]

Score = Callable[[pa.RecordBatch], pa.RecordBatch]

_ROWS_WORTH_A_PROCESS = 40_000  # below this, starting another takes longer than its share of the work


@dataclass(frozen=True)
class Work:
    """What is to be done with each batch; another process gets it by pickle.

    Attributes:
        begin: called once a process; returns what gives the rows for a batch of rows.
        columns: those of the input that it needs.
        schema: of what it gives.
        repeating: columns of text that have few values.
        rows_per_part: how many rows a process takes at a time; files of so many rows are not written twice.
    """

    begin: Callable[[], Score]
    columns: Sequence[str]
    schema: pa.Schema
    repeating: Sequence[str] = ()
    rows_per_part: int = 4096


def share(inputs: Sequence[Path], out: Path, work: Work, workers: int) -> int:
    """Write files of the same names, in which each row stands in the place of the row that it was made from.

    Args:
        inputs: Parquet files of different names.
        out: folder for the results, made if missing; they appear when all is done, each whole.
        work: what gives the rows.
        workers: processes, this one included; no other is started for too little work or by a daemon, who may not.

    Returns:
        The number of rows.

    Raises:
        Killed: one of the processes was ended from outside; nothing was written.
    """
    out.mkdir(parents=True, exist_ok=True)
    total: int = sum(pq.read_metadata(path).num_rows for path in inputs)
    is_alone = total < _ROWS_WORTH_A_PROCESS or not processes.may_start()
    others = 0 if is_alone else workers - 1
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".sharing-", dir=out)))
        parts = folder / "parts"
        parts.mkdir()
        started: list[Future[None]] = []
        if others > 0:
            pool = stack.enter_context(processes.pool(others))
            started = [pool.submit(_take_share, inputs, parts, work) for _ in range(others)]
        try:
            _take_share(inputs, parts, work)
            for each in started:
                each.result()
        except BrokenProcessPool:
            raise Killed(
                f"a process that worked on {out} ended before its work was done, most often for want of memory; "
                "nothing was kept, run again, with fewer workers"
            ) from None
        except BaseException:
            parts.rename(folder / "given-up")  # nobody can take anything any more
            raise
        for number, path in enumerate(inputs):
            names = [_part_name(number, *place) for place in _places(pq.read_metadata(path), work)]
            _put_together([parts / name for name in names], out / path.name, work)
    return total


def _take_share(inputs: Sequence[Path], parts: Path, work: Work) -> None:
    """Take rows that nobody has taken until there are none left."""
    with uncollected():  # scoring makes many small objects: looking for cycles would take a third of the time
        score = work.begin()
        for number, path in enumerate(inputs):
            with pq.ParquetFile(path) as file:
                batches: Iterator[pa.RecordBatch] = iter(())
                for group, first in _places(file.metadata, work):
                    if first == 0:
                        batches = file.iter_batches(work.rows_per_part, row_groups=[group], columns=list(work.columns))
                        passed = 0  # taken by others and not read
                    part = _take(parts / _part_name(number, group, first))
                    if part is None:
                        passed += 1
                        continue
                    with part:
                        _write(part, score, next(itertools.islice(batches, passed, None)), work)
                    passed = 0


def _places(metadata: pq.FileMetaData, work: Work) -> Iterator[tuple[int, int]]:
    """Yield the row group of each part of a file and the place of its first row there."""
    for group in range(metadata.num_row_groups):
        for first in range(0, metadata.row_group(group).num_rows, work.rows_per_part):
            yield group, first


def _take(path: Path) -> BinaryIO | None:
    try:
        return path.open("xb")
    except FileExistsError:
        return None


def _write(part: BinaryIO, score: Score, rows: pa.RecordBatch, work: Work) -> None:
    # All rows of a part at once: quarters of it took a twentieth longer, as each looks up its different words anew.
    scored = pa.Table.from_batches([score(rows)], schema=work.schema)
    with _writer(part, work) as writer:
        writer.write_table(scored, row_group_size=work.rows_per_part)


def _writer(where: BinaryIO | Path, work: Work) -> pq.ParquetWriter:
    # A dictionary of texts that are all different costs as much as the rest of the writing. Snappy: what is read once
    # and removed need not be small.
    return pq.ParquetWriter(where, work.schema, compression="snappy", use_dictionary=list(work.repeating))


def _part_name(number: int, group: int, first: int) -> str:
    return f"{number}-{group}-{first}.parquet"


def _put_together(parts: list[Path], whole: Path, work: Work) -> None:
    """Make one file of several; the file appears whole or not at all."""
    if len(parts) == 1:
        parts[0].replace(whole)
        return
    beside = whole.with_suffix(".tmp")
    with _writer(beside, work) as writer:
        for part in parts:
            writer.write_table(pq.read_table(part, schema=work.schema))
    beside.replace(whole)
