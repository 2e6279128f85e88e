"""The large table of the marts, `mentions`: published by what changed, and as one Parquet file a month.

A copy of the file that is current gets the rows that differ, found by comparing a hash of every row on both sides; so
nothing depends on stamps being right. Parquet files of months without a change are hard links to the earlier ones.
Deleted rows leave room in the file and their words in its bytes: a whole publish follows every erasure, and at least
every 7 days.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection
from pathlib import Path

import duckdb

__all__ = ["LARGE", "apply_changes", "write_months"]

LARGE = "mentions"
_KEY = "mention_id, brand"
_MONTH = "strftime(told_date, '%Y-%m')"


def apply_changes(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """Make marts.mentions of the attached database `target` equal to that of the warehouse.

    Returns:
        The months ("2026-11") in which a row came, went or changed.
    """
    # 64 bits tell rows apart: of ten thousand changes among ten million rows, one is missed till the next whole publish
    # once in a hundred million times. Comparing keys beside the hashes would double the cost.
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE new_row AS "
        f"SELECT {_KEY}, told_date, hash(one) AS row_hash FROM marts.{LARGE} AS one"
    )
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE old_row AS "
        f"SELECT rowid AS place, told_date, hash(one) AS row_hash FROM target.marts.{LARGE} AS one"
    )
    for name, here, there in (("gone_row", "old_row", "new_row"), ("fresh_row", "new_row", "old_row")):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} AS FROM {here} ANTI JOIN {there} AS other USING (row_hash)"
        )
    connection.execute(f"DELETE FROM target.marts.{LARGE} WHERE rowid IN (SELECT place FROM gone_row)")
    connection.execute(
        f"INSERT INTO target.marts.{LARGE} BY NAME FROM marts.{LARGE} SEMI JOIN fresh_row USING ({_KEY})"
    )
    changed = connection.execute(
        f"SELECT DISTINCT {_MONTH} FROM (SELECT told_date FROM gone_row UNION SELECT told_date FROM fresh_row)"
    ).fetchall()
    for name in ("new_row", "old_row", "gone_row", "fresh_row"):
        connection.execute(f"DROP TABLE {name}")
    return {month for (month,) in changed}


def write_months(
    connection: duckdb.DuckDBPyConnection, folder: Path, *, before: Path | None = None, changed: Collection[str] = ()
) -> None:
    """Write marts.mentions of the attached database `target` to `folder/mentions-<month>-<n>.parquet`.

    Args:
        connection: with `target` attached.
        folder: missing; it is made.
        before: the same folder of the publish whose file was changed: its other months are linked. None writes all.
        changed: the months to write; ignored without `before`.
    """
    folder.mkdir(parents=True)
    if before is None or changed:
        parts = folder / "parts"
        wanted = ", ".join(f"'{month}'" for month in sorted(changed))
        connection.execute(
            f"COPY (SELECT *, {_MONTH} AS month FROM target.marts.{LARGE} "
            f"{f'WHERE {_MONTH} IN ({wanted})' if before else ''}) TO {_quoted(parts)} "
            "(FORMAT parquet, COMPRESSION zstd, PARTITION_BY (month), WRITE_PARTITION_COLUMNS false)"
        )
        for part in parts.glob("month=*"):
            month = part.name.removeprefix("month=")
            for number, file in enumerate(sorted(part.glob("*.parquet"))):
                file.rename(folder / f"{LARGE}-{month}-{number}.parquet")
        shutil.rmtree(parts, ignore_errors=True)
    for file in before.glob(f"{LARGE}-*.parquet") if before else ():
        if _month_of(file) not in changed:
            os.link(file, folder / file.name)
    if not any(folder.iterdir()):  # no row at all: a file that says which columns there are
        file = folder / f"{LARGE}-none-0.parquet"
        connection.execute(f"COPY (FROM target.marts.{LARGE}) TO {_quoted(file)} (FORMAT parquet)")


def _month_of(file: Path) -> str:
    return file.stem.removeprefix(f"{LARGE}-").rpartition("-")[0]


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
