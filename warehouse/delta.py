"""The large table of the marts, `mentions`: published by what changed, and as one Parquet file a month.

A copy of the file that is current gets the rows anew that were worked out since it was made, as their stamps say, or
that repeat something and did not, or did; where there are no stamps to go by, those whose hash differs. Parquet files
of months without a change are hard links to the earlier ones. Where only edits of earlier mentions touched a month, its
file may wait for one of the next publishes, so that edits all over the years don't have all years written every day.
Deleted rows leave room in the file and their words in its bytes: a whole publish follows every erasure, and at least
every 7 days.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from warehouse.literal import quoted

__all__ = ["LARGE", "Changes", "apply_changes", "has_stamps", "in_turn", "write_months"]

LARGE = "mentions"
MOST_CANDIDATES = 200_000  # mentions worked out since, beyond which all rows are compared
BYTES_IN_TURN = 32 << 20  # of Parquet files of months that only edits touched, written in one publish; one in any case
_KEY = "mention_id, brand"
_MONTH = "strftime(told_date, '%Y-%m')"
_TABLES = ("candidate", "new_row", "old_row", "gone_row", "fresh_row")
_CANDIDATES = f"""
    CREATE OR REPLACE TEMP TABLE candidate AS
    SELECT mention_id FROM core.mention WHERE mention_loaded_at > $since
    UNION
    SELECT mention_id FROM core.episode WHERE episode_loaded_at > $since
    UNION
    SELECT mention_id FROM (
        SELECT {_KEY}, duplicate_of, count(*) FILTER (is_now) AS now_count, count(*) AS both_count
        FROM (
            SELECT {_KEY}, duplicate_of, true AS is_now FROM core.duplicate WHERE episode_no = 1
            UNION ALL
            SELECT {_KEY}, duplicate_of, false FROM target.marts.{LARGE} WHERE is_duplicate
        )
        GROUP BY ALL
        HAVING both_count <> 2 OR now_count <> 1
    )
"""


@dataclass(frozen=True, slots=True)
class Changes:
    """Months ("2026-11") whose rows changed.

    Attributes:
        months: a row came, went or is gone: the Parquet file must say so at once.
        edited_months: other rows changed.
    """

    months: frozenset[str]
    edited_months: frozenset[str]


def has_stamps(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables from which marts.mentions is made are there, with the stamps of their rows."""
    row = connection.execute(
        "SELECT count(*) FROM duckdb_tables() WHERE database_name = current_database() "
        "AND schema_name = 'core' AND table_name IN ('mention', 'episode', 'duplicate')"
    ).fetchone()
    return row == (3,)


def apply_changes(connection: duckdb.DuckDBPyConnection, since: datetime | None = None) -> Changes:
    """Make marts.mentions of the attached database `target` equal to that of the warehouse.

    Args:
        connection: the open warehouse, with `target` attached.
        since: the newest stamp (`*_loaded_at`) of what `target` was made from; None compares all rows.
    """
    candidates = _candidates(connection, since)
    if candidates is None:
        _compare_all(connection)
    else:
        _take_anew(connection, candidates)
    # A mention that is gone lost its words: they may not stay in an older file.
    came = connection.execute(
        f"SELECT {_MONTH} FROM gone_row ANTI JOIN fresh_row USING ({_KEY}, told_date) UNION "
        f"SELECT {_MONTH} FROM fresh_row ANTI JOIN gone_row USING ({_KEY}, told_date) UNION "
        f"SELECT {_MONTH} FROM fresh_row WHERE is_gone"
    ).fetchall()
    months = frozenset(month for (month,) in came)
    touched = connection.execute(f"SELECT DISTINCT {_MONTH} FROM fresh_row").fetchall()
    for name in _TABLES:
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    return Changes(months, frozenset(month for (month,) in touched) - months)


def _candidates(connection: duckdb.DuckDBPyConnection, since: datetime | None) -> list[str] | None:
    """Return the mentions whose rows may differ, None if there is nothing to tell them by or they are too many."""
    if since is None:
        return None
    connection.execute(_CANDIDATES, {"since": since})
    found = connection.execute("SELECT mention_id::VARCHAR FROM candidate").fetchmany(MOST_CANDIDATES + 1)
    return None if len(found) > MOST_CANDIDATES else [one for (one,) in found]


def _take_anew(connection: duckdb.DuckDBPyConnection, candidates: list[str]) -> None:
    # Constants reach the scans below the view's joins; a join with `candidate` comes after them, three times dearer.
    wanted = ", ".join(f"'{one}'" for one in candidates) or "NULL"
    connection.execute(f"CREATE OR REPLACE TEMP TABLE new_row AS FROM marts.{LARGE} WHERE mention_id IN ({wanted})")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE gone_row AS SELECT rowid AS place, {_KEY}, told_date "
        f"FROM target.marts.{LARGE} SEMI JOIN candidate USING (mention_id)"
    )
    connection.execute(f"CREATE OR REPLACE TEMP TABLE fresh_row AS SELECT {_KEY}, told_date, is_gone FROM new_row")
    connection.execute(f"DELETE FROM target.marts.{LARGE} WHERE rowid IN (SELECT place FROM gone_row)")
    connection.execute(f"INSERT INTO target.marts.{LARGE} BY NAME FROM new_row")


def _compare_all(connection: duckdb.DuckDBPyConnection) -> None:
    # 64 bits tell rows apart: of ten thousand changes among ten million rows, one is missed till the next whole publish
    # once in a hundred million times. Comparing keys beside the hashes would double the cost.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE new_row AS "
        f"SELECT {_KEY}, told_date, is_gone, hash(one) AS row_hash FROM marts.{LARGE} AS one"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE old_row AS "
        f"SELECT rowid AS place, {_KEY}, told_date, hash(one) AS row_hash FROM target.marts.{LARGE} AS one"
    )
    for name, here, there in (("gone_row", "old_row", "new_row"), ("fresh_row", "new_row", "old_row")):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {here} ANTI JOIN {there} AS other USING (row_hash)"
        )
    connection.execute(f"DELETE FROM target.marts.{LARGE} WHERE rowid IN (SELECT place FROM gone_row)")
    connection.execute(
        f"INSERT INTO target.marts.{LARGE} BY NAME FROM marts.{LARGE} SEMI JOIN fresh_row USING ({_KEY})"
    )


def in_turn(
    changes: Changes, behind: Mapping[str, str], moment: datetime, folder: Path
) -> tuple[set[str], dict[str, str]]:
    """Return the months to write now, and those that stay behind: month -> since when (ISO time).

    Args:
        changes: of this publish.
        behind: those that stayed behind in the last one.
        moment: of this publish.
        folder: the last publish's Parquet files of the table.
    """
    waiting = {**dict.fromkeys(changes.edited_months, moment.isoformat()), **behind}
    sizes: dict[str, int] = {}
    for file in folder.glob(f"{LARGE}-*.parquet"):
        sizes[_month_of(file)] = sizes.get(_month_of(file), 0) + file.stat().st_size
    now, room = set(changes.months), BYTES_IN_TURN
    in_order = sorted(sorted(waiting.keys() - now, reverse=True), key=lambda month: waiting[month])
    for month in in_order:
        room -= sizes.get(month, 0)
        if room >= 0 or month == in_order[0]:
            now.add(month)
    return now, {month: since for month, since in waiting.items() if month not in now}


def write_months(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, before: Path | None = None, changed: Collection[str] = ()
) -> None:
    """Write marts.mentions of the attached database `target` to `folder/mentions-<month>-0.parquet`.

    Args:
        connection: with `target` attached.
        folder: missing; it is made.
        before: the same folder of the publish whose file was changed: its other months are linked. None writes all.
        changed: the months to write; ignored without `before`.
    """
    folder.mkdir(parents=True)
    held = connection.execute(
        f"SELECT DISTINCT date_trunc('month', told_date)::DATE FROM target.marts.{LARGE}"
    ).fetchall()
    wanted = [month for (first,) in sorted(held) if (month := first.isoformat()[:7]) in changed or before is None]

    def write(month: str) -> None:
        with connection.cursor() as one:
            one.execute(
                f"COPY (FROM target.marts.{LARGE} WHERE {_within(month)}) "
                f"TO {quoted(folder / f'{LARGE}-{month}-0.parquet')} (FORMAT parquet, COMPRESSION zstd)"
            )

    # Rows lie by date, so that a query for one month reads little else and holds nothing back; all at once, partitioned
    # by month, take twice the work. DuckDB writes so few rows with one thread: months are written side by side.
    with ThreadPoolExecutor(_threads(connection)) as pool:
        list(pool.map(write, wanted))
    for file in before.glob(f"{LARGE}-*.parquet") if before else ():
        if _month_of(file) not in changed:
            os.link(file, folder / file.name)
    if not any(folder.iterdir()):  # no row at all: a file that says which columns there are
        file = folder / f"{LARGE}-none-0.parquet"
        connection.execute(f"COPY (FROM target.marts.{LARGE}) TO {quoted(file)} (FORMAT parquet)")


def _within(month: str) -> str:
    # a range of days, and no function of them: only it lets a scan pass over the other months
    return f"told_date >= DATE '{month}-01' AND told_date < DATE '{month}-01' + INTERVAL 1 MONTH"


def _threads(connection: duckdb.DuckDBPyConnection) -> int:
    row = connection.execute("SELECT current_setting('threads')").fetchone()
    return int(row[0]) if row else 1


def _month_of(file: Path) -> str:
    return file.stem.removeprefix(f"{LARGE}-").rpartition("-")[0]
