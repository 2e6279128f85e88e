"""What waits to be scored, out of the warehouse as Parquet and back in, so that any engine scores without the lock.

    scoring/<run>/in/*.parquet     pending rows; the columns stand in pending.sql and in transforms.score
    scoring/<run>/out/*.parquet    scored rows, written by the scoring engine
    scoring/<run>/run.json         the state of the warehouse that was exported

A folder appears whole, and goes when it has been imported. One pipeline scores at a time: an export clears what a
killed one left behind.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from records.errors import CheckFailed, InputError
from records.home import Home
from warehouse import clock, store
from warehouse.given import insert_rows
from warehouse.literal import quoted

__all__ = ["discard_leftovers", "export", "import_scored"]

_PENDING = Path(__file__).with_name("pending.sql")
_RETURNED = Path(__file__).with_name("returned.sql")
_SCORED = Path(__file__).with_name("scored.sql")
_NEAR = Path(__file__).with_name("near.sql")
_ROWS_PER_FILE = 4096  # what a process takes at a time (`transforms.sharing`); a multiple of DuckDB's 2,048-row vectors


def export(home: Home, *, model_version: str, prep_hash: Callable[[Sequence[str]], str]) -> Path | None:
    """Write what has no label yet to `scoring/<run>/in/`; clears what a killed run left there.

    Args:
        home: the home folder.
        model_version: the model that will score.
        prep_hash: gives the hash of the preparation for a brand's names; another hash means scoring again.

    Returns:
        The folder `scoring/<run>`, or None if nothing is pending.
    """
    discard_leftovers(home)
    with store.open(home, step="score: export") as connection:
        now = clock.read(connection)
        if now is None:
            return None
        brands = connection.execute("SELECT brand, names FROM raw.brand ORDER BY brand").fetchall()
        prep = [{"brand": brand, "prep_hash": prep_hash(names), "names": names} for brand, names in brands]
        models = hashlib.blake2b(repr((model_version, prep)).encode(), digest_size=8).hexdigest()
        if now.scored_from == f"{now.data_revision} {models}":
            return None
        looked_at = now.clock_loaded_at.isoformat()
        is_same_models = (now.scored_from or "").endswith(f" {models}")
        with store.transaction(connection):
            count = _collect(connection, model_version, prep, now.scored_loaded_at if is_same_models else None)
            revision = now.data_revision
            if not is_same_models and now.scored_from is not None and _give_back(connection):
                revision += 1
            if not count:
                _mark(connection, revision, models, looked_at)
                return None
        run = {"data_revision": revision, "models": models, "looked_at": looked_at, "row_count": count}
        return _write(connection, home, run)


def import_scored(home: Home, folder: Path) -> int:
    """Bring scored rows into raw.classification and raw.signature, in one transaction, and remove the folder.

    Args:
        home: the home folder.
        folder: as `export` returned it, with a scored row in `out/` for each row in `in/`.

    Returns:
        How many rows were scored.

    Raises:
        InputError: the folder is gone: another run or an erasure cleared it.
        CheckFailed: rows are missing or were not asked for; nothing was imported.
    """
    if not (folder / "run.json").exists():
        raise InputError(f"{folder} is not there any more (another run or an erasure cleared it); score again")
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    with store.open(home, step="score: import") as connection, store.transaction(connection):
        now = clock.require(connection)
        stamp = clock.next_stamp(connection)
        _check(connection, folder, run["row_count"])
        connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
        connection.execute(_SCORED.read_text(encoding="utf-8"))
        connection.execute(_NEAR.read_text(encoding="utf-8"))
        # Rows that came while these were scored are pending still; only then must the next export look again.
        revision = now.data_revision + 1 if now.data_revision == run["data_revision"] else None
        _mark(connection, revision, run["models"], run["looked_at"])
        connection.execute("UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?", [stamp])
    shutil.rmtree(folder)
    return int(run["row_count"])


def discard_leftovers(home: Home) -> None:
    """Remove what killed or abandoned scoring runs left behind."""
    if home.scoring.exists():
        shutil.rmtree(home.scoring)


def _collect(
    connection: duckdb.DuckDBPyConnection, model_version: str, prep: list[dict[str, object]], since: datetime | None
) -> int:
    connection.execute("CREATE TEMP TABLE prep (brand VARCHAR, prep_hash VARCHAR, names VARCHAR[])")
    insert_rows(connection, "prep", prep)
    connection.execute("SET VARIABLE model_version = ?", [model_version])
    connection.execute("SET VARIABLE since = coalesce(?::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ)", [since])
    connection.execute(_PENDING.read_text(encoding="utf-8"))
    row = connection.execute("SELECT count(*) FROM pending_key").fetchone()
    return int(row[0]) if row else 0


def _give_back(connection: duckdb.DuckDBPyConnection) -> bool:
    """Let what a model or preparation in use again had said count anew; return whether it had said anything."""
    stamp = clock.next_stamp(connection)
    connection.execute("SET VARIABLE loaded_at = ?::TIMESTAMPTZ", [stamp])
    connection.execute(_RETURNED.read_text(encoding="utf-8"))
    row = connection.execute("SELECT count(*) FROM returned").fetchone()
    if not row or not row[0]:
        return False
    connection.execute("UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?", [stamp])
    return True


def _write(connection: duckdb.DuckDBPyConnection, home: Home, run: dict[str, object]) -> Path:
    folder = home.scoring / f"{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}"
    draft = folder.with_name(folder.name + ".tmp")
    draft.mkdir(mode=0o700, parents=True)
    connection.execute(
        f"COPY (FROM pending) TO {quoted(draft / 'in')} (FORMAT parquet, FILENAME_PATTERN 'pending-{{i}}', "
        f"ROW_GROUP_SIZE {_ROWS_PER_FILE}, ROW_GROUPS_PER_FILE 1)"
    )
    (draft / "run.json").write_text(json.dumps(run), encoding="utf-8")
    draft.rename(folder)
    return folder


def _check(connection: duckdb.DuckDBPyConnection, folder: Path, expected: int) -> None:
    try:
        connection.execute(
            "CREATE TEMP VIEW scored AS SELECT * REPLACE (mention_id::UUID AS mention_id) "
            f"FROM read_parquet({quoted(folder / 'out' / '*.parquet')})"
        )
        inputs = quoted(folder / "in" / "*.parquet")
        asked = f"(SELECT mention_id::UUID AS mention_id, version_no, brand FROM {inputs})"
        row = connection.execute(
            "SELECT (SELECT count(*) FROM scored), "
            f"(SELECT count(*) FROM {asked} SEMI JOIN scored USING (mention_id, version_no, brand))"
        ).fetchone()
    except duckdb.Error as error:
        raise CheckFailed(f"{folder}/out can't be read, score again: {str(error).splitlines()[0]}") from error
    given, matched = row or (0, 0)
    if not given == matched == expected:
        raise CheckFailed(
            f"{folder} was to give {expected} scored rows, one for each in in/, but out/ has {given}, "
            f"{matched} of them asked for; score again"
        )


def _mark(connection: duckdb.DuckDBPyConnection, revision: int | None, models: str, looked_at: str) -> None:
    clock.mark(connection, "scored_from", f"{revision} {models}")
    clock.mark(connection, "scored_loaded_at", looked_at)
