"""Labels in files: mentions that go out for somebody to judge, and what people wrote beside them.

What stands behind `grapevine label --export` and `--import`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from records.cells import harmless
from records.errors import InputError
from records.override import Override
from transforms.evaluation import SPELLINGS
from transforms.tables import column, read_table, write_table

__all__ = ["COLUMNS", "Labels", "read_labels", "write_mentions"]

COLUMNS = ("mention_id", "brand", "told_at", "text", "found_label", "doubt", "drawn", "label", "note")
RANDOM, DOUBTFUL = "random", "doubtful"


class Labels(NamedTuple):
    """What people filled in.

    Attributes:
        found: the labels, as rows of raw.override.
        rows: the row of the file that each stands in, the head being row 1.
        rejected: rows that can't be used, each with its number and the reason.
        empty_count: rows that nobody has judged yet.
    """

    found: list[Override]
    rows: list[int]
    rejected: list[str]
    empty_count: int


def write_mentions(path: Path, mentions: Iterable[Mapping[str, str | None]]) -> int:
    """Write mentions for somebody to judge, or with the labels that somebody gave; return how many.

    Args:
        path: CSV or Parquet. What a spreadsheet would take for a formula gets an apostrophe in front.
        mentions: values of `COLUMNS`, None or missing where there is none; `drawn` is "random" or "doubtful".
    """
    rows = [{name: harmless(mention.get(name) or "") for name in COLUMNS} for mention in mentions]
    arrays = {name: pa.array([row[name] for row in rows], pa.string()) for name in COLUMNS}
    write_table(pa.table(arrays), path)
    return len(rows)


def read_labels(path: Path) -> Labels:
    """Return what people filled in; a row that can't be used is named and costs no other.

    Raises:
        InputError: the file or a column of it can't be used.
    """
    table = read_table(path)
    ids, brands, labels = (column(table, name, path, "the column") for name in ("mention_id", "brand", "label"))
    size = len(ids)
    notes, drawn = (
        column(table, name, path, "the column") if name in table.column_names else [None] * size
        for name in ("note", "drawn")
    )
    told = Labels([], [], [], sum(not (label or "").strip() for label in labels))
    for row, values in enumerate(zip(ids, brands, labels, notes, drawn, strict=True), start=2):
        if (values[2] or "").strip():
            try:
                told.found.append(_override(*values))
                told.rows.append(row)
            except InputError as error:
                told.rejected.append(f"row {row}: {error}")
    return told


def _override(
    native: str | None, brand: str | None, label: str | None, note: str | None, drawn: str | None
) -> Override:
    known = SPELLINGS.get((label or "").strip().lower())
    if known is None:
        raise InputError(f"label is {label!r}; write one of {', '.join(SPELLINGS)}")
    try:
        mention = uuid.UUID(native or "")
    except ValueError:
        raise InputError(f"mention_id is {native!r}; keep the ids as they were") from None
    return Override(
        mention_id=mention,
        brand=(brand or "").strip() or None,
        label=known,
        note=(note or "").strip() or None,
        origin="file",
        is_random=(drawn or "").strip() == RANDOM,
    )
