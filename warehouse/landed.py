"""The landing runs that wait to be loaded: found by their folders, read from their manifests."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from records.errors import CheckFailed
from records.home import Home
from records.keys import mention_id
from warehouse.given import insert_rows

__all__ = ["LandedRun", "RunKey", "folders", "loaded", "show", "waiting"]

RunKey = tuple[str, str, str]  # run_id, source_name, slice: the key of raw.pull
_FORMAT = 1
_OTHER_FILES = {
    "outcome": "brand VARCHAR, series VARCHAR, observed_on DATE, value DOUBLE",
    "rating_count": "source VARCHAR, namespace VARCHAR, subject_id VARCHAR, counted_at TIMESTAMPTZ, rating DOUBLE, "
    "rating_max DOUBLE, rating_count BIGINT",
}
_KINDS = ("mention", *_OTHER_FILES)


@dataclass(frozen=True, slots=True)
class LandedRun:
    """One complete landing run.

    Attributes:
        folder: where its files stand.
        manifest: what the pull says about it; the keys are described in connectors/manifest.py.
    """

    folder: Path
    manifest: dict[str, Any]

    @property
    def key(self) -> RunKey:
        """The run's key in raw.pull."""
        return self.manifest["run_id"], self.manifest["source_name"], self.manifest["slice"]

    def files(self, kind: str) -> list[str]:
        """Return the paths of its Parquet files of a kind: mention, rating_count or outcome."""
        return sorted(map(str, self.folder.glob(f"{kind}-*.parquet")))

    def row(self, run_no: int) -> dict[str, Any]:
        """Return the run as a row of the temporary table landed_run."""
        manifest, error = self.manifest, self.manifest["error"] or {}
        return {
            "run_no": run_no,
            "folder": str(self.folder),
            "run_id": manifest["run_id"],
            "source_name": manifest["source_name"],
            "source": manifest["source"],
            "slice": manifest["slice"],
            "status": manifest["status"],
            "error_kind": error.get("kind"),
            "error_message": error.get("message"),
            "retry_at": _moment(error.get("retry_at")),
            "read_count": manifest["read_count"],
            "manifest_rejected_count": manifest["rejected_count"],
            "rejected_json": json.dumps(manifest["rejected_by_reason"], sort_keys=True),
            "cursor_json": None if manifest["cursor"] is None else json.dumps(manifest["cursor"], sort_keys=True),
            "started_at": _moment(manifest["started_at"]),
            "ended_at": _moment(manifest["ended_at"]),
        }

    def gone_rows(self, run_no: int) -> list[dict[str, Any]]:
        """Return the mentions that the source reported as removed, as rows of the temporary table landed_gone."""
        source = self.manifest["source"]
        return [
            {"mention_id": str(mention_id(source, namespace, native_id)), "run_no": run_no}
            for namespace, native_id in self.manifest["gone"]
        ]


def folders(home: Home) -> list[Path]:
    """Return the folders of all complete landing runs, in no order."""
    return [run for run in home.landing.glob("*/*/*") if run.suffix != ".tmp" and run.is_dir()]


def waiting(home: Home, loaded: Collection[RunKey]) -> list[LandedRun]:
    """Return the complete runs that are not among the loaded ones, in the order in which they began.

    Raises:
        CheckFailed: a manifest is missing, can't be read, or has another format.
    """
    # Where names are safe as folders, the folders are the key: loaded runs are passed over without a look inside.
    unknown = [folder for folder in folders(home) if _folder_key(folder) not in loaded]
    runs = [LandedRun(folder, _manifest(folder)) for folder in unknown]
    return sorted((run for run in runs if run.key not in loaded), key=lambda run: (run.manifest["started_at"], run.key))


def loaded(home: Home, keys: Collection[RunKey]) -> Iterator[tuple[RunKey, Path]]:
    """Yield the complete runs that are among the given ones, each with its folder."""
    for folder in folders(home):
        key = _folder_key(folder)
        if key not in keys:
            key = LandedRun(folder, _manifest(folder)).key
        if key in keys:
            yield key, folder


def show(connection: duckdb.DuckDBPyConnection, runs: Sequence[LandedRun]) -> None:
    """Make the temporary tables and views that load.sql starts from; it says what each holds."""
    connection.execute(
        "CREATE TEMP TABLE landed_run AS SELECT 0::BIGINT AS run_no, '' AS folder, * EXCLUDE (kept_count, "
        "duplicate_count, rejected_count, new_count, version_count, gone_count, pull_loaded_at), "
        "0::BIGINT AS manifest_rejected_count, '' AS cursor_json FROM raw.pull WHERE false"
    )
    connection.execute("CREATE TEMP TABLE landed_gone (mention_id UUID, run_no BIGINT)")
    numbered = list(enumerate(runs, start=1))
    insert_rows(connection, "landed_run", [run.row(number) for number, run in numbered])
    insert_rows(connection, "landed_gone", [row for number, run in numbered for row in run.gone_rows(number)])
    files = {kind: [(path, number) for number, run in numbered for path in run.files(kind)] for kind in _KINDS}
    for kind, columns in _OTHER_FILES.items():
        if files[kind]:
            _show_files(
                connection,
                f"landed_{kind}",
                files[kind],
                "page.* EXCLUDE (filename, file_row_number), page.file_row_number AS row_no",
            )
        else:
            connection.execute(f"CREATE TEMP TABLE landed_{kind} (run_no BIGINT, {columns}, row_no BIGINT)")
    if files["mention"]:
        _show_files(
            connection,
            "landed_page",
            files["mention"],
            "page.* EXCLUDE (filename, file_row_number) REPLACE (page.mention_id::UUID AS mention_id)",
        )
    else:
        connection.execute(
            "CREATE TEMP VIEW landed_page AS SELECT 0::BIGINT AS run_no, 0::BIGINT AS row_no, "
            "version.* EXCLUDE (version_no, seen_at, version_loaded_at), state.* EXCLUDE (mention_id, "
            "current_version_no, content_hash, first_seen_at, fetched_at, state_loaded_at), "
            '[]::STRUCT(brand VARCHAR, matched_by VARCHAR, "name" VARCHAR)[] AS brands '
            "FROM raw.mention_version AS version, raw.mention_state AS state WHERE false"
        )


def _folder_key(folder: Path) -> RunKey:
    return folder.name, folder.parent.parent.name, folder.parent.name


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckFailed(f"{path} can't be read ({error}); move its folder away and pull again") from error
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise CheckFailed(f"{path} has not format {_FORMAT}; move its folder away and pull again")
    return manifest


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _show_files(
    connection: duckdb.DuckDBPyConnection, view: str, files: Sequence[tuple[str, int]], columns: str
) -> None:
    connection.execute(f"CREATE TEMP TABLE {view}_file (filename VARCHAR, run_no BIGINT)")
    insert_rows(connection, f"{view}_file", [{"filename": path, "run_no": number} for path, number in files])
    connection.execute(f"SET VARIABLE {view}_files = ?", [[path for path, _ in files]])
    connection.execute(
        f"CREATE TEMP VIEW {view} AS SELECT file.run_no, {columns} FROM read_parquet(getvariable('{view}_files'), "
        f"filename = true, file_row_number = true) AS page INNER JOIN {view}_file AS file USING (filename)"
    )
