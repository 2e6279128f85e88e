"""Labelling: which mentions are worth a person's look, and what people said of them.

What stands behind `grapevine label` and the "Wrong? Tell us" mails: the most doubtful mentions go out as a CSV, come
back with a label, and become rows of `raw.override`, which win over every model.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from records.errors import InputError
from transforms.evaluation import SPELLINGS
from transforms.tables import column, read_table, write_table

__all__ = ["COLUMNS", "Override", "doubt", "read_labels", "write_doubtful"]

COLUMNS = ("mention_id", "brand", "published_at", "text", "found_label", "doubt", "label", "note")


class Override(NamedTuple):
    """What a person says a mention is, towards a brand."""

    mention_id: uuid.UUID
    brand: str
    label: str
    note: str | None


def doubt(p_bad: float | None, p_neutral: float | None, p_good: float | None) -> float | None:
    """Return how doubtful a label is: 0 if sure, 1 if two labels are equally likely; None without probabilities.

    >>> doubt(0.75, 0.25, 0.0), doubt(0.5, 0.5, 0.0), doubt(None, None, None)
    (0.5, 1.0, None)
    """
    if p_bad is None or p_neutral is None or p_good is None:
        return None
    _, second, first = sorted((p_bad, p_neutral, p_good))
    return 1 - (first - second)


def write_doubtful(path: Path, mentions: pa.Table, limit: int = 100) -> int:
    """Write the most doubtful mentions for somebody to label; return how many.

    Args:
        path: CSV or Parquet.
        mentions: columns mention_id, brand, published_at, text, label, p_bad, p_neutral, p_good, like marts.mentions.
        limit: at most so many.
    """
    rows = []
    for mention in mentions.to_pylist():
        how_much = doubt(mention["p_bad"], mention["p_neutral"], mention["p_good"])
        if how_much is not None:
            rows.append((how_much, mention))
    rows.sort(key=lambda pair: (-pair[0], str(pair[1]["mention_id"]), pair[1]["brand"]))
    chosen = [
        (str(m["mention_id"]), m["brand"], str(m["published_at"] or ""), m["text"], m["label"], f"{d:.3f}", "", "")
        for d, m in rows[:limit]
    ]
    columns = zip(*chosen, strict=True) if chosen else ([] for _ in COLUMNS)
    arrays = {name: pa.array(values, pa.string()) for name, values in zip(COLUMNS, columns, strict=True)}
    write_table(pa.table(arrays), path)
    return len(chosen)


def read_labels(path: Path) -> list[Override]:
    """Return what people filled in; rows without a label are left out.

    Raises:
        InputError: the file or a column can't be used, or a row has an unknown label or no mention id; names the row.
    """
    table = read_table(path)
    ids, brands, labels = (column(table, name, path, "the column") for name in ("mention_id", "brand", "label"))
    notes = column(table, "note", path, "the column") if "note" in table.column_names else [None] * len(ids)
    found = []
    for number, (native, brand, label, note) in enumerate(zip(ids, brands, labels, notes, strict=True), start=2):
        if not (label or "").strip():
            continue
        known = SPELLINGS.get((label or "").strip().lower())
        if known is None:
            raise InputError(f"{path}, row {number}: label is {label!r}; write one of {', '.join(SPELLINGS)}")
        try:
            mention = uuid.UUID(native or "")
        except ValueError:
            raise InputError(f"{path}, row {number}: mention_id is {native!r}; keep the ids as they were") from None
        if not brand:
            raise InputError(f"{path}, row {number}: brand is empty; keep the brands as they were")
        found.append(Override(mention, brand, known, note or None))
    return found
