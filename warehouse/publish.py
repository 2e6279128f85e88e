"""publish: give readers a new, validated copy of the marts, and switch to it in one step.

Everything is written beside (`published/<run>.tmp`), checked, renamed, and then the symlink `published/current` is
replaced at once: a reader has the old folder or the new one, never a mixture, and nobody waits for anybody. A publish
that is killed or runs out of space leaves the old folder current; the next one clears up.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from records.errors import CheckFailed, InputError
from records.home import Home
from warehouse import clock, delta, published, store
from warehouse.literal import quoted
from warehouse.published import FILE, FORMAT, LATEST, MartTable, describe, is_whole

__all__ = ["PublishReport", "publish"]

KEPT_FOLDERS = 3
WHOLE_AFTER = timedelta(days=7)  # a changed copy keeps the room of deleted rows; a whole one starts clean
_COMPLETED = ("alert", "digest_figure")  # made from what `complete` writes

Complete = Callable[[duckdb.DuckDBPyConnection, duckdb.DuckDBPyConnection, clock.Clock], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishReport:
    """What a publish did.

    Attributes:
        is_skipped: what is published is up to date and whole.
        is_delta: a copy of the last file was changed, instead of a new one written.
        folder: the folder that is current now.
        table_count: tables in it.
        row_count: their rows together.
    """

    is_skipped: bool
    is_delta: bool
    folder: Path
    table_count: int
    row_count: int


class _Differs(Exception):
    """What was written does not hold the rows that it should."""


def publish(
    home: Home,
    *,
    force: bool = False,
    only_newest: bool = False,
    complete: Complete | None = None,
) -> PublishReport:
    """Publish the marts as they were last built.

    Args:
        home: the home folder.
        force: publish even if nothing has changed, and whole.
        only_newest: publish whole and remove all older published folders, as an erasure must; else the last 3 stay.
        complete: writes what is known only once the marts are built (alerts), just before it is copied too: it is
            given a connection on which `marts` is what is about to be published, where all is laid out for readers,
            the warehouse and the clock.

    Raises:
        Busy: another process holds the warehouse.
        InputError: the marts have not been built, or the last build failed.
        CheckFailed: the new folder is not as it should be, or the disk is full; the old one stays current.
    """
    with store.open(home, step="publish") as connection:
        now = clock.require(connection)
        if now.built_from is None:
            raise InputError("the marts have not been built since they last changed; run `grapevine build`")
        _clear_up(home, keep=KEPT_FOLDERS)
        is_whole_now = is_whole(home.current)
        if not (force or only_newest) and now.published_from == now.built_from and is_whole_now:
            return _report(home.current.resolve(), is_skipped=True)
        base = home.current.resolve() if is_whole_now and not (force or only_newest) else None
        try:
            folder = _write(connection, home, now, base, complete)
        except _Differs as error:
            if base is None:
                raise CheckFailed(str(error)) from error
            folder = _write(
                connection, home, now, None, complete
            )  # whatever is wrong with the changed copy, a new one mends it
        _switch(home, folder)
        clock.mark(connection, "published_from", now.built_from)
        _clear_up(home, keep=1 if only_newest else KEPT_FOLDERS)
    return _report(folder, is_skipped=False)


def _write(
    connection: duckdb.DuckDBPyConnection, home: Home, now: clock.Clock, base: Path | None, complete: Complete | None
) -> Path:
    moment = datetime.now(UTC)
    folder = home.published / f"{moment:%Y%m%dT%H%M%S%fZ}"
    draft = folder.with_name(folder.name + ".tmp")
    try:
        draft.mkdir(parents=True)
        tables = published.mart_tables(connection)
        schema = published.signature(tables)
        if base is not None and not _can_change(base, schema, moment):
            base = None
        if base is not None:
            shutil.copyfile(base / FILE, draft / FILE)
        with published.attach(connection, draft / FILE):
            changes = _write_tables(connection, now, tables, base, complete)
            behind = _write_parquet(connection, draft, tables, base, changes, moment)
        counts = {table.name: _count(connection, table.name) for table in tables}
        _validate(draft, counts)
        latest = {
            **_latest(connection, now, folder.name, moment, counts),
            "schema": schema,
            "is_delta": base is not None,
            "whole_at": published.read_latest(base)["whole_at"] if base else moment.isoformat(),
            "parquet_behind": behind,  # months in whose Parquet edits of earlier mentions wait for a later publish
            "file": describe(draft),
        }
        (draft / LATEST).write_text(json.dumps(latest, indent=1) + "\n", encoding="utf-8")
        draft.rename(folder)
    except (duckdb.Error, OSError) as error:
        raise CheckFailed(
            f"publishing failed, what was published stays: {str(error).splitlines()[0]}; free space if the disk is full"
        ) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder


def _can_change(base: Path, schema: str, moment: datetime) -> bool:
    latest = published.read_latest(base)
    is_young = moment - datetime.fromisoformat(latest["whole_at"]) < WHOLE_AFTER
    return is_young and latest["schema"] == schema and delta.LARGE in latest["row_counts"]


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    now: clock.Clock,
    tables: Sequence[MartTable],
    base: Path | None,
    complete: Complete | None,
) -> delta.Changes | None:
    """Write the attached DuckDB file; return what changed in the large table, None if it was written whole."""
    changes = None
    with store.transaction(connection):
        connection.execute("CREATE SCHEMA IF NOT EXISTS target.marts")
        for table in tables:
            if base is not None and table.name == delta.LARGE:
                changes = delta.apply_changes(connection, _made_from(connection, now, base))
            elif table.name not in _COMPLETED:
                published.write_table(connection, table)
    if complete is not None:
        with connection.cursor() as reader:
            reader.execute("USE target; SET TimeZone = 'UTC'")
            complete(reader, connection, now)
    with store.transaction(connection):
        for table in tables:
            if table.name in _COMPLETED:
                published.write_table(connection, table)
    return changes


def _made_from(connection: duckdb.DuckDBPyConnection, now: clock.Clock, base: Path) -> datetime | None:
    """Return the newest stamp of what `base` was made from; None where stamps don't say what has changed since."""
    latest = published.read_latest(base)
    is_same_rules = latest["built_from"].split()[0] == (now.built_from or "").split()[0]
    stamp = latest.get("built_loaded_at")
    if not is_same_rules or stamp is None or not delta.has_stamps(connection):
        return None
    return datetime.fromisoformat(stamp)


def _write_parquet(
    connection: duckdb.DuckDBPyConnection,
    draft: Path,
    tables: Sequence[MartTable],
    base: Path | None,
    changes: delta.Changes | None,
    moment: datetime,
) -> dict[str, str]:
    """Write the attached file's tables as Parquet; return the months that stay behind, each with since when."""
    behind: dict[str, str] = {}
    for table in tables:
        place = draft / "parquet" / table.name
        if table.name != delta.LARGE:
            published.write_parquet(connection, table, place)
        elif base is None or changes is None:
            delta.write_months(connection, place)
        else:
            before = base / "parquet" / table.name
            waited = published.read_latest(base).get("parquet_behind", {})
            wanted, behind = delta.in_turn(changes, waited, moment, before)
            delta.write_months(connection, place, before=before, changed=wanted)
    return behind


def _validate(draft: Path, expected: dict[str, int]) -> None:
    found = published.row_counts(draft / FILE, list(expected))
    parquet = {name: _parquet_rows(draft / "parquet" / name) for name in expected}
    for name, count in expected.items():
        if not count == found[name] == parquet[name]:
            raise _Differs(
                f"marts.{name} has {count} rows, but {found[name]} were published in DuckDB and {parquet[name]} in "
                "Parquet; what was published before stays: run `grapevine publish --force`"
            )


def _parquet_rows(folder: Path) -> int:
    with duckdb.connect() as reader:
        files = quoted(folder / "**" / "*.parquet")
        row = reader.execute(f"SELECT sum(num_rows)::BIGINT FROM parquet_file_metadata({files})").fetchone()
    return int(row[0]) if row else 0


def _switch(home: Home, folder: Path) -> None:
    """Point `current` at the folder in one step; relative, so that the home folder may be moved."""
    link = home.published / f"current.{os.getpid()}.tmp"
    link.unlink(missing_ok=True)
    link.symlink_to(folder.name, target_is_directory=True)
    link.replace(home.current)


def _clear_up(home: Home, *, keep: int) -> None:
    """Remove unfinished folders and all but the newest complete ones; the current one stays in any case."""
    if not home.published.is_dir():
        return
    current = home.current.resolve() if home.current.is_symlink() else None
    complete = []
    for path in home.published.iterdir():
        if path == home.current:
            continue
        if path.suffix == ".tmp":
            path.unlink() if path.is_symlink() else shutil.rmtree(path)
        else:
            complete.append(path)
    for path in sorted(complete, reverse=True)[keep:]:
        if path != current:
            shutil.rmtree(path)


def _latest(
    connection: duckdb.DuckDBPyConnection, now: clock.Clock, run: str, moment: datetime, counts: dict[str, int]
) -> dict[str, Any]:
    profiles = connection.execute(
        "SELECT DISTINCT profile FROM raw.rate_profile WHERE is_current ORDER BY ALL"
    ).fetchall()
    models = connection.execute("SELECT DISTINCT model_version FROM raw.classification ORDER BY ALL").fetchall()
    return {
        "format": FORMAT,
        "folder": run,  # for shares on which a symlink does not travel
        "published_at": moment.isoformat(),
        "as_of": now.as_of.isoformat(),
        "data_revision": now.data_revision,
        "built_from": now.built_from,
        "built_loaded_at": now.built_loaded_at.isoformat() if now.built_loaded_at else None,
        "is_sample": now.is_sample,
        "profiles": [name for (name,) in profiles],
        "model_versions": [name for (name,) in models],
        "row_counts": counts,
    }


def _count(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    if table == delta.LARGE and delta.has_stamps(
        connection
    ):  # a first telling each, and a hundredth of the view's work
        row = connection.execute("SELECT count(*) FROM core.episode WHERE episode_no = 1").fetchone()
    else:
        row = connection.execute(f'SELECT count(*) FROM marts."{table}"').fetchone()
    return int(row[0]) if row else 0


def _report(folder: Path, *, is_skipped: bool) -> PublishReport:
    latest = published.read_latest(folder)
    counts = latest["row_counts"]
    return PublishReport(
        is_skipped=is_skipped,
        is_delta=latest["is_delta"],
        folder=folder,
        table_count=len(counts),
        row_count=sum(counts.values()),
    )
