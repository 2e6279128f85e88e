"""Taking the words, people and links of tombstoned mentions out of the raw tables, without moving what counts.

Which telling repeats which rests on authors and words. Before they go, what the last build found about them is written
down in raw.gone_duplicate: for the gone mentions themselves, and for those that repeat the same telling.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

__all__ = ["forget_words"]

_FORGET = Path(__file__).with_name("forget.sql")
_KNOWN = "SELECT duplicate.*, episode.label FROM core.duplicate INNER JOIN core.episode AS episode USING {key}"
_KEY = "(mention_id, brand, episode_no)"
_NOTHING = "SELECT * FROM raw.gone_duplicate WHERE false"


def forget_words(connection: duckdb.DuckDBPyConnection) -> None:
    """Blank what is tombstoned; the caller's transaction holds it, and its variable `loaded_at` is set. May run again.

    Leaves the temporary table `buried` (mention_id): what was blanked.
    """
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() "
        "WHERE database_name = current_database() AND schema_name = 'core' AND table_name IN ('duplicate', 'episode')"
    ).fetchone()
    known = _KNOWN.format(key=_KEY) if row == (2,) else _NOTHING
    connection.execute(f"CREATE OR REPLACE TEMP VIEW known_duplicate AS {known}")
    connection.execute(_FORGET.read_text(encoding="utf-8"))
