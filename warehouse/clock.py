"""raw.clock: the moment the data stand for, and what has been made from which state of them.

Scoring, building and publishing each leave a fingerprint of what they worked on; when it has not changed, there is
nothing to do. Stamps (`*_loaded_at`) only ever rise, even when the machine's clock is set back, because incremental
models pick up what is newer than the newest they have.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import duckdb

from records.errors import InputError

__all__ = ["Clock", "mark", "next_stamp", "read", "require"]

_STEP = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The one row of raw.clock; fields are described in raw.sql."""

    as_of: datetime
    data_revision: int
    settings_hash: str
    scored_from: str | None
    scored_loaded_at: datetime | None
    built_from: str | None
    built_loaded_at: datetime | None
    published_from: str | None
    is_sample: bool
    clock_loaded_at: datetime


def read(connection: duckdb.DuckDBPyConnection) -> Clock | None:
    """Return the clock, or None before the first load."""
    names = list(Clock.__dataclass_fields__)
    row = connection.execute(f"SELECT {', '.join(names)} FROM raw.clock").fetchone()
    if row is None:
        return None
    return Clock(**dict(zip(names, row, strict=True)))


def require(connection: duckdb.DuckDBPyConnection) -> Clock:
    """Return the clock.

    Raises:
        InputError: nothing has been loaded yet.
    """
    clock = read(connection)
    if clock is None:
        raise InputError("the warehouse is empty; run `grapevine pull` and `grapevine load` first")
    return clock


def next_stamp(connection: duckdb.DuckDBPyConnection) -> datetime:
    """Return the wall clock (UTC), or just after the newest stamp where the wall clock lies before it."""
    now = datetime.now(UTC)
    clock = read(connection)
    return now if clock is None else max(now, clock.clock_loaded_at + _STEP)


def mark(
    connection: duckdb.DuckDBPyConnection,
    column: Literal["scored_from", "scored_loaded_at", "built_from", "built_loaded_at", "published_from"],
    value: str | datetime | None,
) -> None:
    """Write down what a step worked on; None makes the step look again."""
    connection.execute(f"UPDATE raw.clock SET {column} = ?", [value])
