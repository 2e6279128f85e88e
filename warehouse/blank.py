"""Taking mentions out of landing files: their rows keep the id and the time, and lose words, people and links.

The rows stay, so that a run's counts still add up; load rejects them as tombstoned. Raw answers can't be cut row by
row, so a page that may hold an erased mention goes as a whole; the rows parsed from it stay.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.literal import quoted

__all__ = ["Blanked", "blank_rows", "native_ids", "remove_pages"]

_WORDS = ("title", "text", "url")
_PEOPLE = ("author_id", "person_key", "team_id", "staff_id")
_LINKS = ("thread_id", "parent_id", "repost_of", "place_id", "product_id")


@dataclass(frozen=True, slots=True)
class Blanked:
    """What was done to landing files."""

    row_count: int = 0
    file_count: int = 0
    page_count: int = 0

    def __add__(self, other: Blanked) -> Blanked:
        return Blanked(
            self.row_count + other.row_count, self.file_count + other.file_count, self.page_count + other.page_count
        )


def native_ids(connection: duckdb.DuckDBPyConnection, folder: Path) -> set[str]:
    """Return the native ids that a run's mention files hold for the mentions of the temporary table `buried`."""
    found: set[str] = set()
    for file in _mention_files(folder):
        found.update(native for (native,) in connection.execute(f"SELECT native_id {_hits(file)}").fetchall())
    return found


def blank_rows(connection: duckdb.DuckDBPyConnection, folder: Path) -> Blanked:
    """Blank the rows of the mentions of the temporary table `buried`; each file is replaced in one step.

    A run that held one loses all its raw pages. May run again.
    """
    rows = files = 0
    lost = ", ".join(f"CASE WHEN is_lost THEN NULL ELSE {name} END AS {name}" for name in (*_WORDS, *_PEOPLE, *_LINKS))
    for file in _mention_files(folder):
        row = connection.execute(f"SELECT count(*) {_hits(file)} AND visibility <> 'gone'").fetchone()
        if not row or not row[0]:
            continue
        draft = file.with_suffix(".tmp")
        connection.execute(
            f"COPY (SELECT * EXCLUDE (is_lost) REPLACE ({lost}, "
            "CASE WHEN is_lost THEN mention_id ELSE native_id END AS native_id, "
            "CASE WHEN is_lost THEN '' ELSE content_hash END AS content_hash, "
            "CASE WHEN is_lost THEN 'gone' ELSE visibility END AS visibility) FROM "
            f"(SELECT *, mention_id::UUID IN (SELECT mention_id FROM buried) AS is_lost FROM {_parquet(file)}) "
            f"ORDER BY row_no) TO {quoted(draft)} (FORMAT parquet, COMPRESSION zstd)"
        )
        draft.replace(file)
        rows, files = rows + row[0], files + 1
    pages = _remove(folder.glob("page-*.raw.zst")) if files else 0
    return Blanked(rows, files, pages)


def remove_pages(folder: Path, natives: Collection[str]) -> Blanked:
    """Remove a run's raw pages in which one of these native ids stands anywhere."""
    import zstandard

    words = [native.encode() for native in natives]
    if not words:
        return Blanked()
    unpack = zstandard.ZstdDecompressor()
    hits = []
    for page in folder.glob("page-*.raw.zst"):
        with page.open("rb") as file, unpack.stream_reader(file) as reader:
            text = reader.read()
        if any(word in text for word in words):
            hits.append(page)
    return Blanked(page_count=_remove(hits))


def _mention_files(folder: Path) -> list[Path]:
    return sorted(folder.glob("mention-*.parquet"))


def _hits(file: Path) -> str:
    return f"FROM {_parquet(file)} WHERE mention_id::UUID IN (SELECT mention_id FROM buried)"


def _parquet(file: Path) -> str:
    return f"read_parquet({quoted(file)})"


def _remove(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        path.unlink()
        count += 1
    return count
