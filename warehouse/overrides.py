"""Labels that people set: which mentions are worth their look, and the one way into raw.override.

The door is held only while reading or writing, never while a person thinks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb

from records.errors import InputError
from records.home import Home
from records.override import Override
from warehouse import clock, store
from warehouse.given import insert_rows

__all__ = [
    "Accuracy",
    "Candidate",
    "GivenLabel",
    "Judged",
    "Put",
    "accuracy",
    "doubtful",
    "given_labels",
    "judged",
    "put",
    "take_back",
]

_DOUBTFUL = Path(__file__).with_name("doubtful.sql")
_OVERRIDE = Path(__file__).with_name("override.sql")
_EXPLAINED = Path(__file__).with_name("explained.sql")
_GIVEN_LABELS = Path(__file__).with_name("given_labels.sql")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A mention that is worth a person's look.

    Attributes:
        title, text: its words after redaction, as they may be shown.
        found_label: what the model said: bad, neutral or good.
        doubt: 0 if it was sure, 1 if two labels are equally likely.
        is_random: drawn at random, not for being doubtful.
        publishes_text: whether the source's terms allow its words outside the warehouse.
    """

    mention_id: UUID
    brand: str
    brand_name: str
    source: str
    told_at: datetime
    title: str | None
    text: str | None
    found_label: str
    doubt: float
    is_random: bool
    publishes_text: bool


@dataclass(frozen=True, slots=True)
class GivenLabel:
    """A label that a person set, with the words it was set for.

    Attributes:
        title, text: the version that was judged; not redacted, as the model reads it.
        public_title, public_text: the same after redaction.
        names: everything the brand is called.
        is_random: whether the mention was drawn at random.
        publishes_text: whether the source's terms allow its words outside the warehouse.
    """

    mention_id: UUID
    brand: str
    told_at: datetime | None
    title: str | None
    text: str | None
    public_title: str | None
    public_text: str | None
    names: tuple[str, ...]
    label: str
    found_label: str | None
    note: str | None
    is_random: bool
    publishes_text: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention's current words towards one brand, and what was said of them.

    Attributes:
        names: everything the brand is called.
        is_gone: whether its words were erased.
        found_label: of the rating or the model; None if it was not judged.
        label_basis: rating, text or none; None if it was not judged.
        given_label: what a person said, or None.
    """

    brand: str
    brand_name: str
    names: list[str]
    source: str
    told_at: datetime
    title: str | None
    text: str | None
    language: str | None
    rating: float | None
    rating_max: float | None
    is_gone: bool
    found_label: str | None
    label_basis: str | None
    given_label: str | None


@dataclass(frozen=True, slots=True)
class Put:
    """What became of labels.

    Attributes:
        written_count: rows of raw.override made or changed.
        unchanged_count: labels that said what stood there already.
        refused: place in what was given, and why it can't be used.
    """

    written_count: int = 0
    unchanged_count: int = 0
    refused: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How often a model was right on mentions drawn at random, before it could learn from their labels."""

    right_count: int
    count: int


def doubtful(home: Home, *, limit: int, brands: Sequence[str] = ()) -> list[Candidate]:
    """Return the mentions to label next, the most telling first; none that a rating, a person or no model has judged.

    Args:
        home: the home folder.
        limit: at most so many.
        brands: keys of brands; all when empty.

    Raises:
        InputError: nothing has been built yet, or a brand is unknown.
    """
    with _existing(home, "label: choose") as connection:
        known = [key for (key,) in connection.execute("SELECT brand FROM raw.brand ORDER BY ALL").fetchall()]
        for brand in brands:
            if brand not in known:
                raise InputError(f"--brand is {brand!r}, which is no brand's key; known: {', '.join(known)}")
        connection.execute("SET VARIABLE limit_count = ?", [limit])
        connection.execute("SET VARIABLE brands = ?::VARCHAR[]", [list(brands)])
        try:
            rows = connection.execute(_DOUBTFUL.read_text(encoding="utf-8")).fetchall()
        except duckdb.CatalogException as error:
            raise InputError(f"nothing has been built in {home.root}; run `grapevine run` first") from error
    return [Candidate(*row) for row in rows]


def put(home: Home, overrides: Sequence[Override], *, wait_seconds: float = 60.0) -> Put:
    """Write labels that people set, in one transaction; the next build shows them.

    Of two about the same mention and brand the later one counts, and it never gives way to an earlier one.

    Raises:
        Busy: another process holds the warehouse for longer than `wait_seconds`.
        InputError: nothing has been loaded yet.
    """
    now = datetime.now(UTC)
    rows = [
        {
            "row_no": number,
            "mention_id": str(one.mention_id),
            "brand": one.brand,
            "label": one.label,
            "note": one.note,
            "given_at": one.given_at or now,
            "origin": one.origin,
            "is_random": one.is_random,
        }
        for number, one in enumerate(overrides)
    ]
    with _existing(home, "label", wait_seconds) as connection, store.transaction(connection):
        clock.require(connection)
        stamp = clock.next_stamp(connection)
        connection.execute(
            "CREATE TEMP TABLE given (row_no INTEGER, mention_id UUID, brand VARCHAR, label VARCHAR, note VARCHAR, "
            "given_at TIMESTAMPTZ, origin VARCHAR, is_random BOOLEAN)"
        )
        insert_rows(connection, "given", rows)
        connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
        connection.execute(_OVERRIDE.read_text(encoding="utf-8"))
        judged = connection.execute("SELECT row_no, refused, is_changed FROM judged ORDER BY row_no").fetchall()
        written = connection.execute("SELECT count(*) FROM new_override").fetchone()
        if written and written[0]:
            _changed(connection, stamp)
    return Put(
        written_count=int(written[0]) if written else 0,
        unchanged_count=sum(refused is None and not is_changed for _, refused, is_changed in judged),
        refused=tuple((number, refused) for number, refused, _ in judged if refused is not None),
    )


def take_back(home: Home, keys: Sequence[tuple[UUID, str]], *, wait_seconds: float = 60.0) -> int:
    """Remove the labels that people set for these mentions and brands; return how many there were."""
    with _existing(home, "label: take back", wait_seconds) as connection, store.transaction(connection):
        stamp = clock.next_stamp(connection)
        removed = 0
        for mention_id, brand in keys:
            row = connection.execute(
                "DELETE FROM raw.override WHERE mention_id = ? AND brand = ?", [mention_id, brand]
            ).fetchone()
            removed += row[0] if row else 0
        if removed:
            _changed(connection, stamp)
    return removed


def given_labels(home: Home) -> list[GivenLabel]:
    """Return every label that a person set for words that are still here, in the order of their ids."""
    with _existing(home, "label: read") as connection:
        rows = connection.execute(_GIVEN_LABELS.read_text(encoding="utf-8")).fetchall()
    names = list(GivenLabel.__dataclass_fields__)
    return [GivenLabel(**_with_tuple(dict(zip(names, row, strict=True)))) for row in rows]


def judged(home: Home, mention_id: UUID) -> list[Judged]:
    """Return a mention towards each brand it is about; empty if there is no such mention."""
    with _existing(home, "explain") as connection:
        connection.execute("SET VARIABLE mention_id = ?::UUID", [mention_id])
        rows = connection.execute(_EXPLAINED.read_text(encoding="utf-8")).fetchall()
    return [Judged(*row) for row in rows]


def accuracy(home: Home, model_version: str) -> Accuracy:
    """Return how often a model was right on mentions drawn at random."""
    with _existing(home, "label: accuracy") as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE label = found_label), count(*) FROM raw.override "
            "WHERE is_random AND model_version = ?",
            [model_version],
        ).fetchone()
    return Accuracy(*row) if row else Accuracy(0, 0)


def _existing(home: Home, step: str, wait_seconds: float = 60.0) -> Any:
    if not home.warehouse.exists():
        raise InputError(f"there is no warehouse in {home.root}; run `grapevine run` first")
    return store.open(home, step=step, wait_seconds=wait_seconds)


def _changed(connection: duckdb.DuckDBPyConnection, stamp: datetime) -> None:
    connection.execute("UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?", [stamp])


def _with_tuple(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"names": tuple(row["names"])}
