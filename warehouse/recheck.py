"""Which mentions a source should be asked about again, and which its terms no longer let us keep."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from records.home import Home
from warehouse import store

__all__ = ["Due", "due", "due_count", "expired"]

_DUE = """
SELECT version.namespace, version.native_id, state.fetched_at, state.mention_id
FROM raw.mention_state AS state
INNER JOIN raw.mention_version AS version
    ON version.mention_id = state.mention_id AND version.version_no = state.current_version_no
WHERE version.source = $source
    AND version.visibility <> 'gone'
    AND state.fetched_at < $before
    AND ($after_id IS NULL OR (state.fetched_at, state.mention_id) > ($after, $after_id))
ORDER BY state.fetched_at, state.mention_id
LIMIT $limit
"""
_DUE_COUNT = """
SELECT count(*)
FROM raw.mention_state AS state
INNER JOIN raw.mention_version AS version
    ON version.mention_id = state.mention_id AND version.version_no = state.current_version_no
WHERE version.source = $source AND version.visibility <> 'gone' AND state.fetched_at < $before
"""
_EXPIRED = """
SELECT state.mention_id
FROM raw.mention_state AS state
INNER JOIN raw.mention_version AS version
    ON version.mention_id = state.mention_id AND version.version_no = state.current_version_no
WHERE version.source = $source AND version.visibility <> 'gone' AND state.fetched_at < $before
ORDER BY state.mention_id
"""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A mention to ask about; in the order in which they are asked.

    Attributes:
        fetched_at: when its source last showed it (aware UTC).
        mention_id: its id here.
        namespace, native_id: its id at the source.
    """

    fetched_at: datetime
    mention_id: uuid.UUID
    namespace: str
    native_id: str


def due(
    home: Home,
    *,
    source: str,
    before: datetime,
    limit: int,
    after: tuple[datetime, uuid.UUID] | None = None,
) -> list[Due]:
    """Return a source's mentions that were last seen before a moment, those longest unseen first.

    Args:
        home: the home folder; without a warehouse nothing is due.
        source: what mentions hold in `source`.
        before: exclusive, aware.
        limit: at most so many.
        after: only those behind this one (fetched_at, mention_id), so that mentions about which a source says nothing
            do not keep the others waiting; None for all.
    """
    if not home.warehouse.exists():
        return []
    given = {
        "source": source,
        "before": before,
        "limit": limit,
        "after": after[0] if after else None,
        "after_id": after[1] if after else None,
    }
    with store.open(home, step="recheck: due") as connection:
        rows = connection.execute(_DUE, given).fetchall()
    return [Due(fetched_at, mention_id, namespace, native_id) for namespace, native_id, fetched_at, mention_id in rows]


def due_count(home: Home, *, source: str, before: datetime) -> int:
    """Return how many mentions of a source were last seen before a moment (exclusive, aware)."""
    if not home.warehouse.exists():
        return 0
    with store.open(home, step="recheck: due") as connection:
        found = connection.execute(_DUE_COUNT, {"source": source, "before": before}).fetchone()
    return int(found[0]) if found else 0


def expired(home: Home, *, source: str, before: datetime) -> list[uuid.UUID]:
    """Return a source's mentions that were last seen before a moment (exclusive, aware): no longer ours to keep."""
    if not home.warehouse.exists():
        return []
    with store.open(home, step="recheck: expired") as connection:
        return [one for (one,) in connection.execute(_EXPIRED, {"source": source, "before": before}).fetchall()]
