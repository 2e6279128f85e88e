"""Landing files: what a pull brought, as Parquet, until it is loaded.

    mention-00001.parquet        rows of mentions, in the order they were read
    rating_count-00001.parquet   counts per rating value
    outcome-00001.parquet        a brand's own series
    page-00001.raw.zst           a raw answer after private fields are cut
    rejects.jsonl                records that could not be used: where and why, never their words
    manifest.json                written last; see `connectors.manifest`

The names and types of the columns are a contract with the warehouse.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from connectors.columns import OutcomeColumns
from connectors.contract import NativeId
from connectors.manifest import PullError, PullResult, Run, Status, write_manifest
from records.errors import SkippedRecord
from records.home import Home
from records.mention import RatingCount

__all__ = ["LANDING_SCHEMA", "OUTCOME_SCHEMA", "RATING_COUNT_SCHEMA", "LandingRun"]

_TIME = pa.timestamp("us", tz="UTC")
_BRAND = pa.struct([("brand", pa.string()), ("matched_by", pa.string()), ("name", pa.string())])

LANDING_SCHEMA = pa.schema(
    [(name, pa.string()) for name in ("mention_id", "source", "namespace", "native_id", "kind", "channel", "url")]
    + [(name, pa.string()) for name in ("author_id", "person_key", "title", "text", "language")]
    + [(name, _TIME) for name in ("published_at", "edited_at", "fetched_at")]
    + [(name, pa.float64()) for name in ("rating", "rating_max")]
    + [(name, pa.string()) for name in ("thread_id", "parent_id", "repost_of")]
    + [(name, pa.string()) for name in ("place_id", "product_id", "team_id", "staff_id")]
    + [(name, pa.int64()) for name in ("view_count", "like_count", "repost_count", "reply_count")]
    + [(name, pa.int64()) for name in ("helpful_count", "follower_count")]
    + [("has_reply", pa.bool_()), ("reply_at", _TIME), ("visibility", pa.string()), ("content_hash", pa.string())]
    + [("row_no", pa.int64()), ("brands", pa.list_(_BRAND))]
)
RATING_COUNT_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("namespace", pa.string()),
        ("subject_id", pa.string()),
        ("counted_at", _TIME),
        ("rating", pa.float64()),
        ("rating_max", pa.float64()),
        ("rating_count", pa.int64()),
    ]
)
OUTCOME_SCHEMA = pa.schema(
    [("brand", pa.string()), ("series", pa.string()), ("observed_on", pa.date32()), ("value", pa.float64())]
)

_ROW_NO = LANDING_SCHEMA.get_field_index("row_no")
_ROWS_PER_WRITE = 20_000
_ROWS_PER_FILE = 500_000


class LandingRun:
    """The landing folder of one run while it is being written.

    Rows are written in order and in bounded memory. `checkpoint` and `rollback` undo a file that turns out broken half
    way, so that nothing is half loaded.
    """

    def __init__(self, home: Home, run: Run) -> None:
        self._home = home
        self._run = run
        self._folder = run.draft_folder(home)
        self._writer: pq.ParquetWriter | None = None
        self._beside = ThreadPoolExecutor(max_workers=1, thread_name_prefix="landing")
        self._writing: Future[None] | None = None
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._file_no = 0
        self._file_rows = 0
        self._page_no = 0
        self._small_no = 0
        self.row_count = 0
        self.other_count = 0
        self.rejects: Counter[str] = Counter()
        self.newest_published_at: datetime | None = None
        self._reject_lines: list[str] = []
        self._gone: dict[NativeId, None] = {}
        self._saved: tuple[Any, ...] = ()

    def add_mentions(self, table: pa.Table) -> None:
        """Add rows of `LANDING_SCHEMA`, and number them in their order."""
        if not len(table):
            return
        numbers = pa.array(range(self.row_count + 1, self.row_count + len(table) + 1), pa.int64())
        table = table.set_column(_ROW_NO, LANDING_SCHEMA.field(_ROW_NO), numbers)
        self.row_count += len(table)
        newest = pc.max(table["published_at"]).as_py()
        if newest and (self.newest_published_at is None or newest > self.newest_published_at):
            self.newest_published_at = newest
        self._waiting.append(table)
        self._waiting_rows += len(table)
        if self._waiting_rows >= _ROWS_PER_WRITE:
            self._write_waiting()

    def add_rating_counts(self, counts: Sequence[RatingCount]) -> None:
        """Add counts per rating value."""
        if counts:
            table = pa.Table.from_pylist([asdict(count) for count in counts], schema=RATING_COUNT_SCHEMA)
            self._write_small("rating_count", table)

    def add_outcomes(self, outcomes: OutcomeColumns) -> None:
        """Add values of a brand's own series; they count as records read."""
        if len(outcomes):
            self._write_small("outcome", pa.table(asdict(outcomes), schema=OUTCOME_SCHEMA))
            self.other_count += len(outcomes)

    def add_raw(self, body: bytes) -> None:
        """Keep a raw answer, from which private fields have been cut."""
        import zstandard

        self._page_no += 1
        path = self._made() / f"page-{self._page_no:05d}.raw.zst"
        path.write_bytes(zstandard.ZstdCompressor().compress(body))

    def add_skipped(self, skipped: Iterable[SkippedRecord]) -> None:
        """Count records that could not be used, and note where each stood."""
        for one in skipped:
            self.rejects[one.reason] += 1
            self._reject_lines.append(json.dumps({"where": one.where, "reason": one.reason}, ensure_ascii=False))
        if len(self._reject_lines) >= _ROWS_PER_WRITE and not self._saved:
            self._write_rejects()

    def add_gone(self, gone: Iterable[NativeId]) -> None:
        """Note ids that the source says are deleted."""
        self._gone.update(dict.fromkeys(gone))

    def checkpoint(self) -> None:
        """Remember this point: `rollback` comes back to it."""
        self._close_file()
        self._write_rejects()
        counts = self.row_count, self.other_count, Counter(self.rejects)
        self._saved = (self._file_no, self._small_no, *counts, self.newest_published_at)

    def rollback(self) -> None:
        """Forget everything added since the last checkpoint."""
        self._waiting, self._waiting_rows = [], 0
        self._close_file()
        file_no, small_no, *counts, self.newest_published_at = self._saved
        self.row_count, self.other_count, self.rejects = counts
        for number in range(file_no + 1, self._file_no + 1):
            (self._folder / f"mention-{number:05d}.parquet").unlink()
        for number in range(small_no + 1, self._small_no + 1):
            for path in self._folder.glob(f"*-{number:05d}.parquet"):
                if not path.name.startswith("mention-"):
                    path.unlink()
        self._file_no, self._small_no, self._reject_lines = file_no, small_no, []

    def finish(
        self, *, status: Status, ended_at: datetime, error: PullError | None, cursor: Mapping[str, Any] | None
    ) -> PullResult:
        """Close all files, write the manifest, rename the folder."""
        self._close_file()
        self._beside.shutdown()
        self._write_rejects()
        return write_manifest(
            self._home,
            self._run,
            status=status,
            ended_at=ended_at,
            error=error,
            read_count=self.row_count + self.other_count + self.rejects.total(),
            rejected=self.rejects,
            gone=tuple(self._gone),
            cursor=cursor,
            newest_published_at=self.newest_published_at,
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all has been added."""
        return not (self.row_count or self.other_count or self.rejects or self._gone or self._small_no or self._page_no)

    def _made(self) -> Any:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    def _write_waiting(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        if self._writer is None:
            self._file_no += 1
            path = self._made() / f"mention-{self._file_no:05d}.parquet"
            self._writer = pq.ParquetWriter(path, LANDING_SCHEMA, compression="zstd", use_dictionary=_DICTIONARY)
        # Compressing needs no Python: it goes on beside the reading of the next rows, one table at a time.
        self._wait_for_writing()
        self._writing = self._beside.submit(self._writer.write_table, table)
        self._file_rows += len(table)
        if self._file_rows >= _ROWS_PER_FILE:
            self._close_file()

    def _wait_for_writing(self) -> None:
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _close_file(self) -> None:
        self._write_waiting()
        if self._writer is not None:
            try:
                self._wait_for_writing()
            finally:
                self._writer.close()
                self._writer, self._file_rows = None, 0

    def _write_small(self, name: str, table: pa.Table) -> None:
        self._small_no += 1
        pq.write_table(table, self._made() / f"{name}-{self._small_no:05d}.parquet", compression="zstd")

    def _write_rejects(self) -> None:
        if self._reject_lines:
            with (self._made() / "rejects.jsonl").open("a", encoding="utf-8") as out:
                out.write("\n".join(self._reject_lines) + "\n")
            self._reject_lines = []


# Columns that are different in every row gain nothing from a dictionary and pay for trying one.
_DICTIONARY = [
    field.name
    for field in LANDING_SCHEMA
    if pa.types.is_string(field.type) and field.name not in ("mention_id", "native_id", "url", "text", "content_hash")
]
