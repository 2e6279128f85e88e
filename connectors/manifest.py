"""The manifest of a landing run, and the folder that it completes.

Standard library only, so that a pull with nothing new costs next to nothing.

A run is written to `landing/<source entry>/<slice>/<run>.tmp/` and renamed once its manifest is inside: a folder
without `.tmp` is complete, and a pull that is killed leaves nothing that counts.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Literal

from records.errors import ConfigError, Drift, Gone, GrapevineError, Throttled
from records.home import Home

__all__ = [
    "FORMAT",
    "PullError",
    "PullResult",
    "Run",
    "Status",
    "new_run_id",
    "remove_stale_drafts",
    "slug",
    "sort_error",
    "troubles",
    "write_manifest",
]

FORMAT = 1
Status = Literal["complete", "partial", "unchanged", "failed"]
ErrorKind = Literal["config", "throttled", "transient", "gone", "drift"]

_STALE_SECONDS = 24 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PullError:
    """Why a pull ended early: the kind says what to do next, the message names the thing and the remedy."""

    kind: ErrorKind
    message: str
    retry_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One pull of one slice of a source entry.

    Attributes:
        run_id: sorts by the time it began; unique.
        source_name: the settings entry.
        source: what its mentions hold in `source`.
        slice: as the connector names it; the folder is its `slug`.
        started_at: aware UTC.
    """

    run_id: str
    source_name: str
    source: str
    slice: str
    connector: str
    started_at: datetime

    def folder(self, home: Home) -> Path:
        """Return where the run lands."""
        return home.landing / slug(self.source_name) / slug(self.slice) / self.run_id

    def draft_folder(self, home: Home) -> Path:
        """Return where the run is written before it is complete."""
        folder = self.folder(home)
        return folder.with_name(folder.name + ".tmp")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullResult:
    """How one slice went.

    Attributes:
        status: complete (all that was asked for), partial (cut off, what was read is kept), unchanged (nothing new),
            failed (nothing was kept).
        read_count: records seen = those landed + rejected_count.
        rejected: how often each reason to reject a record came up.
        folder: the landing run.
    """

    source_name: str
    slice: str
    run_id: str
    status: Status
    read_count: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    error: PullError | None = None
    folder: Path

    @property
    def rejected_count(self) -> int:
        """How many records were rejected."""
        return sum(self.rejected.values())


def troubles(results: Iterable[PullResult]) -> list[str]:
    """Return what went wrong, one sentence a source and reason, however many slices met it."""
    met = Counter((result.source_name, result.error.message) for result in results if result.error)
    return [f"{name}: {message}{f' ({count} slices)' * (count > 1)}" for (name, message), count in met.items()]


def new_run_id(now: datetime) -> str:
    """Return an id that sorts by time and differs between pulls that begin in the same microsecond."""
    return f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}-{secrets.token_hex(2)}"


def slug(name: str) -> str:
    """Return a name that is safe as a folder, differs when the name differs, and is the name itself where it can be.

    >>> slug("gb"), slug("-"), slug("a b")
    ('gb', '-', 'a_b.7faae47c')
    """
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", name)[:80]
    return safe if safe == name and safe else f"{safe}.{blake2b(name.encode(), digest_size=4).hexdigest()}"


def sort_error(error: GrapevineError) -> PullError:
    """Return an error as manifests keep it."""
    kinds: dict[type[GrapevineError], ErrorKind] = {ConfigError: "config", Gone: "gone", Drift: "drift"}
    if isinstance(error, Throttled):
        return PullError(kind="throttled", message=str(error), retry_at=error.until)
    kind = next((kind for sort, kind in kinds.items() if isinstance(error, sort)), None)
    if kind is None:
        # A file that can't be read is the settings' business; what remains passes by itself.
        kind = "config" if error.exit_code == ConfigError.exit_code else "transient"
    return PullError(kind=kind, message=str(error))


def write_manifest(
    home: Home,
    run: Run,
    *,
    status: Status,
    ended_at: datetime,
    error: PullError | None = None,
    read_count: int = 0,
    rejected: Mapping[str, int] | None = None,
    gone: tuple[tuple[str, str], ...] = (),
    cursor: Mapping[str, Any] | None = None,
    newest_published_at: datetime | None = None,
) -> PullResult:
    """Complete a run: write its manifest into the draft folder and rename the folder.

    Args:
        home: where to.
        run: which run.
        status: how it went.
        ended_at: aware UTC.
        error: what ended it early.
        read_count: records seen, rejected ones among them.
        rejected: how often each reason to reject a record came up.
        gone: ids that the source says are deleted.
        cursor: where the next pull goes on, None to leave it where it was.
        newest_published_at: of the rows landed.
    """
    rejected = Counter(rejected or {})
    draft, folder = run.draft_folder(home), run.folder(home)
    draft.mkdir(parents=True, exist_ok=True)
    manifest = {
        "format": FORMAT,
        "run_id": run.run_id,
        "source_name": run.source_name,
        "source": run.source,
        "slice": run.slice,
        "connector": run.connector,
        "status": status,
        "error": error and {"kind": error.kind, "message": error.message, "retry_at": _iso(error.retry_at)},
        "read_count": read_count,
        "rejected_count": rejected.total(),
        "rejected_by_reason": dict(sorted(rejected.items())),
        "gone": [list(one) for one in gone],
        "cursor": cursor,
        "newest_published_at": _iso(newest_published_at),
        "started_at": _iso(run.started_at),
        "ended_at": _iso(ended_at),
    }
    with (draft / "manifest.json").open("w", encoding="utf-8") as out:
        json.dump(manifest, out, ensure_ascii=False, indent=1)
        out.flush()
        os.fsync(out.fileno())
    draft.rename(folder)
    return PullResult(
        source_name=run.source_name,
        slice=run.slice,
        run_id=run.run_id,
        status=status,
        read_count=read_count,
        rejected=dict(rejected),
        error=error,
        folder=folder,
    )


def remove_stale_drafts(home: Home, run: Run) -> None:
    """Remove what killed pulls of this slice left behind a day ago or longer; younger ones may still be at work."""
    parent = run.folder(home).parent
    if not parent.is_dir():
        return
    for draft in parent.glob("*.tmp"):
        if draft.stat().st_mtime < run.started_at.timestamp() - _STALE_SECONDS:
            shutil.rmtree(draft, ignore_errors=True)


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
