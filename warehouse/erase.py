"""Erasing mentions from every file under the home folder, so that a search of all bytes finds nothing of them.

1. A tombstone for each, in one transaction with the blanking of the raw tables (forgetting.py). From here on it is
   decided: whatever is killed afterwards, `purge` goes on with every tombstone whose `is_erased` is false.
2. Landing files are rewritten, raw pages that may hold one are removed, scoring folders go.
3. The marts are built anew, the warehouse is copied and swapped (DuckDB leaves deleted text in the file; only a copy
   is clean), published anew and whole, and older published folders and dbt's artifacts go.

Digests quote mentions; the report names the brands and weeks whose digests the caller must write again.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import duckdb

from records.errors import InputError
from records.home import Home
from warehouse import blank, clock, landed, store
from warehouse.build import build
from warehouse.forgetting import forget_words
from warehouse.publish import publish

__all__ = ["EraseReport", "forget", "purge", "swap_for_copy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseReport:
    """What was erased.

    Attributes:
        mention_count: mentions erased.
        landing_row_count: their rows in landing files.
        page_count: raw pages removed.
        affected: (brand, first day of the ISO week in the brand's time zone) whose digests may quote them.
    """

    mention_count: int = 0
    landing_row_count: int = 0
    page_count: int = 0
    affected: tuple[tuple[str, date], ...] = ()


def forget(
    home: Home,
    *,
    mention_ids: Sequence[str | uuid.UUID] = (),
    author_id: str | None = None,
    reason: Literal["forgotten", "expired"] = "forgotten",
) -> EraseReport:
    """Erase mentions by their ids, or all of a person's, for ever.

    Args:
        home: the home folder.
        mention_ids: ids as the marts show them.
        author_id: what `store.hash_person` gives for an author, or for an e-mail, phone or customer number.
        reason: kept in the tombstone.

    Raises:
        InputError: an id is none, or nobody holds a mention of it; nothing was erased.
        CheckFailed: the marts can't be built or published; what is left is erased by the next `purge`.
    """
    ids = [_parsed(one) for one in mention_ids]
    with store.open(home, step="forget") as connection, store.transaction(connection):
        now, stamp = clock.require(connection), clock.next_stamp(connection)
        _name(connection, home, ids, author_id)
        connection.execute(
            "INSERT INTO raw.tombstone BY NAME SELECT mention_id, source, ? AS reason, ?::TIMESTAMPTZ AS gone_at, "
            "false AS is_erased FROM named ANTI JOIN raw.tombstone AS held USING (mention_id)",
            [reason, now.as_of],
        )
        connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
        forget_words(connection)
        connection.execute("UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?", [stamp])
    return purge(home)


def purge(home: Home) -> EraseReport:
    """Take every tombstoned mention that is still in some file out of all of them; nothing to do costs one look.

    For what sources reported as removed (load writes those tombstones), and for erasures that were interrupted.

    Raises:
        CheckFailed: the marts can't be built or published; mend that and run again.
    """
    with store.open(home, step="erase: landing") as connection:
        if not _bury(connection):
            return EraseReport()
        done = _landing(connection, home)
        affected = _affected(connection)
        # Drafts of killed pulls are no landing runs, but they hold words; a pull that is at work now is repeated.
        for folder in (home.scoring, home.root / "tmp", *home.landing.glob("*/*/*.tmp")):
            if folder.exists():
                shutil.rmtree(folder)
    build(home, full=True)
    with store.door(home, step="erase: copy"):
        swap_for_copy(home)
    publish(home, only_newest=True)
    with store.open(home, step="erase: done") as connection:
        count = _bury(connection)
        _clear_artifacts(home)
        connection.execute("UPDATE raw.tombstone SET is_erased = true")
    return EraseReport(
        mention_count=count, landing_row_count=done.row_count, page_count=done.page_count, affected=affected
    )


def swap_for_copy(home: Home) -> None:
    """Replace the warehouse by a copy of it, which holds nothing that was deleted. The caller holds the door."""
    copy = home.warehouse.with_suffix(".copy")
    for path in (copy, copy.with_name(copy.name + ".wal")):
        path.unlink(missing_ok=True)
    with store.connect(":memory:", home) as connection:
        for name, path in (("old", home.warehouse), ("new", copy)):
            connection.execute(f"ATTACH '{str(path).replace(chr(39), chr(39) * 2)}' AS {name}")
        connection.execute("COPY FROM DATABASE old TO new")
        connection.execute("CHECKPOINT new; DETACH new; DETACH old")
    copy.replace(home.warehouse)


def _parsed(text: str | uuid.UUID) -> uuid.UUID:
    try:
        return text if isinstance(text, uuid.UUID) else uuid.UUID(text)
    except ValueError as error:
        raise InputError(f"{text!r} is no mention id; copy one from the column mention_id of marts.mentions") from error


def _name(connection: duckdb.DuckDBPyConnection, home: Home, ids: Sequence[uuid.UUID], author_id: str | None) -> None:
    """Make the temporary table `named`: the mentions meant, wherever they are: warehouse, landing, tombstones."""
    files = [path for folder in landed.folders(home) for path in map(str, folder.glob("mention-*.parquet"))]
    pages = (
        "SELECT mention_id::UUID AS mention_id, source, author_id, person_key FROM read_parquet($files) UNION ALL "
        if files
        else ""
    )
    connection.execute(
        "CREATE TEMP TABLE named AS SELECT mention_id, any_value(source) AS source FROM "
        f"({pages} SELECT mention_id, source, author_id, person_key FROM raw.mention_version "
        "UNION ALL SELECT mention_id, source, NULL, NULL FROM raw.tombstone) "
        "WHERE mention_id IN (SELECT unnest($ids::UUID[])) OR author_id = $person OR person_key = $person GROUP BY ALL",
        {"ids": [str(one) for one in ids], "person": author_id} | ({"files": files} if files else {}),
    )
    known = {one for (one,) in connection.execute("SELECT mention_id FROM named").fetchall()}
    for one in ids:
        if one not in known:
            raise InputError(f"no mention has the id {one}; nothing was erased")
    if not known:
        raise InputError("nobody with that author id is known here; nothing was erased")


def _bury(connection: duckdb.DuckDBPyConnection) -> int:
    """Make the temporary table `buried`: what is tombstoned and not yet erased from all files; return how many."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE buried AS SELECT mention_id FROM raw.tombstone WHERE NOT is_erased"
    )
    row = connection.execute("SELECT count(*) FROM buried").fetchone()
    return int(row[0]) if row else 0


def _landing(connection: duckdb.DuckDBPyConnection, home: Home) -> blank.Blanked:
    folders = landed.folders(home)
    natives: dict[str, set[str]] = {}  # pages are searched for the ids of their own source entry only
    for folder in folders:
        natives.setdefault(folder.parent.parent.name, set()).update(blank.native_ids(connection, folder))
    # All pages first: were this killed half way, the rows would still say which ids to look for.
    pages = [blank.remove_pages(folder, natives[folder.parent.parent.name]) for folder in folders]
    rows = [blank.blank_rows(connection, folder) for folder in folders]
    return sum([*pages, *rows], blank.Blanked())


def _affected(connection: duckdb.DuckDBPyConnection) -> tuple[tuple[str, date], ...]:
    return tuple(
        connection.execute(
            "SELECT DISTINCT brand, date_trunc('week', timezone(brand.time_zone, told_at))::DATE AS week FROM ("
            "SELECT mention_id, unnest([coalesce(published_at, seen_at), coalesce(edited_at, seen_at)]) AS told_at "
            "FROM raw.mention_version SEMI JOIN buried USING (mention_id)) "
            "INNER JOIN raw.mention_brand USING (mention_id) INNER JOIN raw.brand AS brand USING (brand) ORDER BY ALL"
        ).fetchall()
    )


def _clear_artifacts(home: Home) -> None:
    """Remove what dbt wrote, but for its parse of the project, which holds no data and saves the next build seconds."""
    target = home.dbt / "target"
    for path in [*target.glob("*"), home.dbt / "logs"]:
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "partial_parse.msgpack":
            path.unlink(missing_ok=True)
