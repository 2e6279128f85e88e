"""What local files looked like when they were last read, so that unchanged ones cost milliseconds.

Standard library only. Size and modification time (nanoseconds) decide first; if they differ, the SHA-256 of the content
does, so a file that was only touched or copied again is not read again.
"""

from __future__ import annotations

import glob
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from records.brand import Brand
from records.errors import InputError
from records.setup import SourceSetup

__all__ = ["all_unchanged", "check", "expand", "look", "reading_hash", "same_content"]

_BLOCK_BYTES = 1 << 20
READING_VERSION = 1
"""Rises when the reading of files changes so that they must be read again."""


def expand(patterns: str | Sequence[str]) -> list[Path]:
    """Return the files that paths and glob patterns name, sorted, each once; what names no file stands for itself."""
    found: set[Path] = set()
    for pattern in [patterns] if isinstance(patterns, str) else patterns:
        path = Path(pattern)
        matches = [] if path.exists() else map(Path, glob.glob(pattern, recursive=True))  # noqa: PTH207 (absolute)
        found.update([match for match in matches if match.is_file()] or [path])
    return sorted(found)


def check(path: Path) -> None:
    """Refuse what is no readable file.

    Raises:
        InputError: it does not exist, is a folder, or may not be read.
    """
    if path.is_dir():
        raise InputError(f"{path} is a folder; name a file, or a pattern such as {path / '*.csv'}")
    if not path.exists():
        raise InputError(f"{path} does not exist; correct path")
    try:
        path.open("rb").close()
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}); change its permissions or path") from None


def reading_hash(setup: SourceSetup, brands: Iterable[Brand]) -> str:
    """Return what changes when the same file would be read differently: the settings or the brands."""
    given = {
        "version": READING_VERSION,
        "source": setup.source,
        "channel": setup.channel,
        "settings": dict(setup.settings),
        "brands": [asdict(brand) for brand in brands],
    }
    return hashlib.sha256(json.dumps(given, sort_keys=True, default=str).encode()).hexdigest()[:32]


def look(path: Path) -> list[int]:
    """Return size in bytes and modification time in nanoseconds."""
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def content_sha256(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def all_unchanged(setup: SourceSetup, brands: Iterable[Brand], state: Mapping[str, Any]) -> bool:
    """Return whether every file of an entry looks as it did and would be read the same way; reads no content.

    Files that are missing or unknown count as changed: whoever reads them says what is wrong.
    """
    if not state or state.get("reading") != reading_hash(setup, brands):
        return False
    known: Mapping[str, Any] = state.get("files", {})
    files = expand(setup.settings.get("path", ()))
    return all(path.is_file() and known.get(str(path), {}).get("look") == look(path) for path in files)


def same_content(path: Path, known: Mapping[str, Any] | None) -> tuple[dict[str, Any], bool]:
    """Return a file's state and whether its content is the one known."""
    state = {"look": look(path), "sha256": content_sha256(path)}
    return state, known is not None and known.get("sha256") == state["sha256"]
