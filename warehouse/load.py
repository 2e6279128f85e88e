"""load: bring everything that landed into the raw tables, rows and cursors in one transaction.

What is compared with what stands in load.sql. Killed at any point, nothing has happened; run again, the same comes
out; a run that is already in raw.pull is never loaded twice.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from records.brand import Brand
from records.errors import CheckFailed
from records.home import Home
from records.setup import Confusion, Coverage, DriverRow, SourceRow
from warehouse import blank, clock, landed, store
from warehouse.forgetting import forget_words
from warehouse.given import Given, insert_rows, write

__all__ = ["LoadReport", "cursors", "load", "sweep_landing"]

_LOAD = Path(__file__).with_name("load.sql")


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReport:
    """What a load did; read_count = kept_count + duplicate_count + rejected_count.

    Attributes:
        run_count: landing runs loaded.
        new_count: mentions never seen before.
        version_count: versions made, first ones included.
        gone_count: mentions that sources reported as removed.
        as_of: the moment the data stand for.
        data_revision: rises with every load that changed content.
        is_changed: whether this one did.
    """

    run_count: int
    read_count: int
    kept_count: int
    duplicate_count: int
    rejected_count: int
    new_count: int
    version_count: int
    gone_count: int
    as_of: datetime
    data_revision: int
    is_changed: bool


def load(
    home: Home,
    *,
    brands: Sequence[Brand],
    sources: Sequence[SourceRow],
    coverage: Sequence[Coverage],
    profile: str,
    as_of: datetime | None,
    settings_hash: str,
    is_sample: bool,
    confusion: Sequence[Confusion] = (),
    drivers: Sequence[DriverRow] = (),
) -> LoadReport:
    """Load every landing run that has not been loaded, and the settings.

    Args:
        home: the home folder.
        brands: the configured brands.
        sources: one per entry; entries that share a source give equal rows.
        coverage: what is set about coverage.
        profile: the rate profile in use: its name in the rate book, or the path of a TOML file.
        as_of: the moment the data stand for (aware), or None: the newest published_at where every source is a file,
            else now. "Now" stands still within an hour in which nothing new came.
        settings_hash: of the whole settings file.
        is_sample: whether the data are made up.
        confusion: how often the weights in use were right; empty where that was never measured.
        drivers: the playbook, with the owners that the settings name.

    Raises:
        Busy: another process holds the warehouse.
        CheckFailed: a landing run can't be read, or its counts don't add up; nothing was loaded.
    """
    given = Given(
        brands=brands,
        sources=sources,
        coverage=coverage,
        profile=profile,
        settings_hash=settings_hash,
        is_sample=is_sample,
        confusion=confusion,
        drivers=drivers,
    )
    with store.open(home, step="load") as connection:
        runs = landed.waiting(home, _loaded_keys(connection))
        try:
            with store.transaction(connection):
                return _load(connection, runs, given, as_of)
        except duckdb.Error as error:
            raise CheckFailed(
                f"landing could not be loaded, nothing was changed: {str(error).splitlines()[0]}; "
                "free space if the disk is full, else move the named run out of landing/ and pull again"
            ) from error


def cursors(home: Home) -> dict[str, dict[str, dict[str, Any]]]:
    """Return where each pull goes on: source entry -> slice -> cursor; empty before the first load."""
    if not home.warehouse.exists():
        return {}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    with store.open(home, step="read cursors") as connection:
        for name, part, text in connection.execute("SELECT source_name, slice, cursor_json FROM raw.cursor").fetchall():
            found.setdefault(name, {})[part] = json.loads(text)
    return found


def sweep_landing(home: Home, *, retention_days: Mapping[str, int], now: datetime) -> int:
    """Remove loaded landing runs that are older than their source keeps them; return how many.

    Args:
        home: the home folder.
        retention_days: days by name of the source entry; runs of entries that are not named stay.
        now: aware; a run's age counts from its end.
    """
    with store.open(home, step="sweep landing") as connection:
        ended = {
            (run_id, name, part): moment
            for run_id, name, part, moment in connection.execute(
                "SELECT run_id, source_name, slice, ended_at FROM raw.pull"
            ).fetchall()
        }
        old = [
            folder
            for (run_id, name, part), folder in landed.loaded(home, ended)
            if name in retention_days and ended[run_id, name, part] < now - timedelta(days=retention_days[name])
        ]
        for folder in old:
            shutil.rmtree(folder)
    return len(old)


def _load(
    connection: duckdb.DuckDBPyConnection, runs: Sequence[landed.LandedRun], given: Given, as_of: datetime | None
) -> LoadReport:
    before = clock.read(connection)
    stamp = clock.next_stamp(connection)
    settings = given.fingerprint()
    is_changed = is_rejudging = (before is None or before.settings_hash != settings) and write(connection, given, stamp)
    landed.show(connection, runs)
    moment = _as_of(connection, as_of, given, stamp)
    connection.execute("SET VARIABLE as_of = ?::TIMESTAMPTZ", [moment])
    connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
    if runs:
        connection.execute(_LOAD.read_text(encoding="utf-8"))
        forget_words(connection)
        _check_counts(connection)
        is_changed = _is_changed(connection) or is_changed
        _blank_tombstoned(connection)
    if before is not None and not is_changed and as_of is None and not given.has_only_files:
        # Nothing new: within the hour no day has ended anywhere, so the clock may stand and nothing need be rebuilt.
        moment = before.as_of if _same_hour(before.as_of, moment) else moment
    revision = (before.data_revision if before else 0) + is_changed
    connection.execute("DELETE FROM raw.clock")
    insert_rows(
        connection,
        "raw.clock",
        [
            {
                "as_of": moment,
                "data_revision": revision,
                "settings_hash": settings,
                "scored_from": None if is_rejudging else before and before.scored_from,
                "scored_loaded_at": before and before.scored_loaded_at,
                "built_from": before and before.built_from,
                "built_loaded_at": before and before.built_loaded_at,
                "published_from": before and before.published_from,
                "is_sample": given.is_sample,
                "clock_loaded_at": stamp,
            }
        ],
    )
    return _report(connection, runs, moment, revision, is_changed)


def _loaded_keys(connection: duckdb.DuckDBPyConnection) -> set[landed.RunKey]:
    return set(connection.execute("SELECT run_id, source_name, slice FROM raw.pull").fetchall())


def _as_of(connection: duckdb.DuckDBPyConnection, as_of: datetime | None, given: Given, now: datetime) -> datetime:
    if as_of is not None:
        return as_of.astimezone(UTC)
    if not given.has_only_files:
        return now
    newest = connection.execute(
        "SELECT max(published_at) FROM (SELECT published_at FROM landed_page "
        "UNION ALL SELECT published_at FROM raw.mention_version)"
    ).fetchone()
    return min(newest[0], now) if newest and newest[0] else now


def _same_hour(one: datetime, other: datetime) -> bool:
    return one.replace(minute=0, second=0, microsecond=0) == other.replace(minute=0, second=0, microsecond=0)


def _check_counts(connection: duckdb.DuckDBPyConnection) -> None:
    wrong = connection.execute(
        "SELECT run.folder, run.read_count, count.kept_count, count.duplicate_count, count.rejected_count "
        "FROM landed_run AS run INNER JOIN landed_count AS count USING (run_no) "
        "WHERE run.read_count <> count.kept_count + count.duplicate_count + count.rejected_count ORDER BY run_no"
    ).fetchone()
    if wrong is not None:
        folder, read, kept, duplicates, rejected = wrong
        raise CheckFailed(
            f"{folder} says {read} records were read, but {kept} kept + {duplicates} duplicates + {rejected} rejected "
            "don't add up to that; nothing was loaded: move the folder away and pull again"
        )


def _is_changed(connection: duckdb.DuckDBPyConnection) -> bool:
    tables = ("landed_version", "changed_state", "new_brand", "made_brand", "buried", "changed_outcome")
    counts = " + ".join(f"(SELECT count(*) FROM {table})" for table in (*tables, "changed_rating_count"))
    row = connection.execute(f"SELECT {counts}").fetchone()
    return bool(row and row[0])


def _blank_tombstoned(connection: duckdb.DuckDBPyConnection) -> None:
    """Take what came back after it was removed or forgotten out of the landing files as well.

    Before the commit: killed in between, the next load finds blank rows of the same mentions and rejects them again.
    """
    folders = connection.execute(
        "SELECT DISTINCT folder FROM landed INNER JOIN landed_run USING (run_no) WHERE is_tombstoned ORDER BY ALL"
    ).fetchall()
    if folders:
        connection.execute("CREATE OR REPLACE TEMP TABLE buried AS SELECT mention_id FROM landed WHERE is_tombstoned")
    for (folder,) in folders:
        blank.blank_rows(connection, Path(folder))


def _report(
    connection: duckdb.DuckDBPyConnection,
    runs: Sequence[landed.LandedRun],
    as_of: datetime,
    revision: int,
    is_changed: bool,
) -> LoadReport:
    names = ("kept_count", "duplicate_count", "rejected_count", "new_count", "version_count", "gone_count")
    counts = dict.fromkeys(names, 0)
    if runs:
        row = connection.execute(f"SELECT {', '.join(f'sum({name})::BIGINT' for name in names)} FROM landed_count")
        counts = dict(zip(names, row.fetchone() or (), strict=True))
    return LoadReport(
        run_count=len(runs),
        read_count=counts["kept_count"] + counts["duplicate_count"] + counts["rejected_count"],
        as_of=as_of,
        data_revision=revision,
        is_changed=is_changed,
        **counts,
    )
