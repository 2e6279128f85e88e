"""Backups of the home folder's private part, and restoring one without bringing back what was forgotten since.

    <backup>/grapevine.duckdb   the warehouse
    <backup>/secret.key         without it, people's hashes are worth nothing (0600)
    <backup>/landing/           what can be loaded again
    <backup>/weights.tsv        what was learned from labels, if there is any; labels themselves are in the warehouse
    <backup>/backup.json        when, and from which state of the data

What was sent (`state/`) is not part of it, so that a restore never sends twice; nor is what can be built again.
A backup holds what it held when it was made: erasing a mention from backups is a matter of not keeping them longer
than the sources' terms allow.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from records.errors import InputError
from records.home import Home
from warehouse import clock, declaration, erase, store
from warehouse.forgetting import forget_words
from warehouse.given import insert_rows

__all__ = ["RestoreReport", "backup", "restore"]

_FILE = "backup.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreReport:
    """What a restore did.

    Attributes:
        backed_up_at: when the backup was made (aware UTC).
        forgotten_count: mentions in the backup that had been erased since, and were erased again.
        erased: what the erasure did; its `affected` digests must be written again.
    """

    backed_up_at: datetime
    forgotten_count: int
    erased: erase.EraseReport


def backup(home: Home, folder: Path) -> Path:
    """Copy the warehouse, its key and the landing folder to `folder/<time>/`; return that folder.

    Raises:
        Busy: another process holds the warehouse.
        InputError: nothing has been loaded yet.
    """
    made_at = datetime.now(UTC)
    place = folder / f"{made_at:%Y%m%dT%H%M%S%fZ}"
    draft = place.with_name(place.name + ".tmp")
    try:
        with store.door(home, step="backup"):
            with store.inside(home) as connection:  # closing it leaves everything in the one file
                now = clock.require(connection)
            draft.mkdir(mode=0o700, parents=True)
            shutil.copyfile(home.warehouse, draft / home.warehouse.name)
            if home.weights.exists():
                shutil.copyfile(home.weights, draft / home.weights.name)
            shutil.copytree(home.landing, draft / "landing", ignore=shutil.ignore_patterns("*.tmp"), dirs_exist_ok=True)
        store.secret_key(home)
        shutil.copy2(home.secret_key, draft / home.secret_key.name)
        said = {"format": _FORMAT, "made_at": made_at.isoformat(), "data_revision": now.data_revision}
        (draft / _FILE).write_text(json.dumps(said, indent=1) + "\n", encoding="utf-8")
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return place


def restore(home: Home, backup_folder: Path) -> RestoreReport:
    """Put a backup in the place of the warehouse; tombstones written since it was made hold for it too.

    Landing runs that the home folder has and the backup lacks stay, and are loaded by the next run. Marts are built
    and published by the next run, or at once if something had to be erased.

    Args:
        home: the home folder; may be new.
        backup_folder: as `backup` returned it.

    Raises:
        Busy: another process holds the warehouse.
        InputError: the folder is no backup, or the home folder has another secret key.
        CheckFailed: the marts can't be built; the erasure goes on with the next `purge`.
    """
    made_at = _read(backup_folder)
    _take_key(home, backup_folder)
    with store.door(home, step="restore"):
        revision, tombstones = _standing(home)
        draft = home.warehouse.with_suffix(".restored")
        shutil.copyfile(backup_folder / home.warehouse.name, draft)
        forgotten = _obey(home, draft, revision, tombstones)
        home.warehouse.with_name(home.warehouse.name + ".wal").unlink(missing_ok=True)
        draft.replace(home.warehouse)
        if (backup_folder / home.weights.name).exists():
            shutil.copyfile(backup_folder / home.weights.name, home.weights)
        if (backup_folder / "landing").is_dir():
            for run in (backup_folder / "landing").glob("*/*/*"):
                target = home.landing / run.relative_to(backup_folder / "landing")
                if not target.exists():
                    shutil.copytree(run, target)
    return RestoreReport(backed_up_at=made_at, forgotten_count=forgotten, erased=erase.purge(home))


def _read(folder: Path) -> datetime:
    try:
        said = json.loads((folder / _FILE).read_text(encoding="utf-8"))
        if said["format"] != _FORMAT:
            raise InputError(f"{folder} is a backup of format {said['format']}, this version reads {_FORMAT}")
        return datetime.fromisoformat(said["made_at"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{folder} is no whole backup ({error}); name a folder that `grapevine backup` wrote"
        ) from error


def _take_key(home: Home, folder: Path) -> None:
    store.make_home(home)
    key = folder / home.secret_key.name
    if not home.secret_key.exists():
        shutil.copy2(key, home.secret_key)
    elif home.secret_key.read_bytes() != key.read_bytes():
        raise InputError(
            f"{home.secret_key} is not the key of this backup, so people could not be matched; "
            "restore into another home folder, or move the key away"
        )


def _standing(home: Home) -> tuple[int, list[dict[str, object]]]:
    """The revision and the tombstones of the warehouse that is replaced."""
    if not home.warehouse.exists():
        return 0, []
    with store.inside(home) as connection:
        now = clock.read(connection)
        rows = connection.execute("SELECT mention_id::VARCHAR, source, reason, gone_at FROM raw.tombstone").fetchall()
    names = ("mention_id", "source", "reason", "gone_at")
    return now.data_revision if now else 0, [dict(zip(names, row, strict=True)) for row in rows]


def _obey(home: Home, draft: Path, revision: int, tombstones: list[dict[str, object]]) -> int:
    """Bury in the restored file what was buried in the one it replaces; return how many mentions it still had."""
    with store.connect(draft, home) as connection:
        declaration.apply(connection)
        stamp = clock.next_stamp(connection)
        with store.transaction(connection):
            connection.execute(
                "CREATE TEMP TABLE standing (mention_id UUID, source VARCHAR, reason VARCHAR, gone_at TIMESTAMPTZ)"
            )
            insert_rows(connection, "standing", tombstones)
            connection.execute(
                "INSERT INTO raw.tombstone BY NAME SELECT *, false AS is_erased FROM standing "
                "ANTI JOIN raw.tombstone AS held USING (mention_id)"
            )
            connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
            forget_words(connection)
            row = connection.execute("SELECT count(*) FROM buried").fetchone()
            connection.execute(
                "UPDATE raw.clock SET data_revision = greatest(data_revision, ?) + 1, clock_loaded_at = ?, "
                "built_from = NULL, published_from = NULL, scored_from = NULL",
                [revision, stamp],
            )
        connection.execute("CHECKPOINT")
    return int(row[0]) if row else 0
