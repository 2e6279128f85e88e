"""Whether a run would find anything to do: seen from the outside of files, without opening the warehouse.

Only where every source is a file: then nothing but these can change what a run makes. The stamp is written after a
whole run; whatever touches the program, the settings, a source file, the warehouse or what is published voids it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.filestate import expand
from records.home import Home

__all__ = ["Stamp", "find", "write"]

_PROGRAM = Path(__file__).resolve().parent.parent
_ROOMS = ("records", "connectors", "transforms", "warehouse", "digests", "grapevine")
_CACHES = {"__pycache__"}


@dataclass(frozen=True)
class Stamp:
    """What the last whole run left behind: the digest folders it ended with."""

    digests: tuple[Path, ...]


def find(home: Home, config: Path) -> Stamp | None:
    """Return the last run's stamp if nothing has changed since, else None."""
    try:
        kept = json.loads(_path(home).read_text("utf-8"))
        if kept["seen"] == _seen(home, config, kept["patterns"], kept["digests"]):
            return Stamp(tuple(Path(folder) for folder in kept["digests"]))
    except (OSError, ValueError, KeyError):
        return None
    return None


def write(home: Home, config: Path, *, patterns: Sequence[str], digests: Iterable[Path]) -> None:
    """Keep what a whole run has seen.

    Args:
        home: the home folder.
        config: the settings file.
        patterns: paths and glob patterns of all source files, absolute.
        digests: the folders of the digests that the run ended with.
    """
    folders = [str(folder) for folder in digests]
    kept = {"patterns": list(patterns), "digests": folders, "seen": _seen(home, config, patterns, folders)}
    beside = _path(home).with_suffix(".tmp")
    beside.write_text(json.dumps(kept), encoding="utf-8")
    beside.replace(_path(home))


def _path(home: Home) -> Path:
    return home.state / "last_run.json"


def _seen(home: Home, config: Path, patterns: Sequence[str], digests: Sequence[str]) -> dict[str, Any]:
    return {
        "program": [_newest(_PROGRAM / room) for room in _ROOMS],
        "settings": _look([config.resolve()]),
        "sources": _look(expand(patterns)),
        "warehouse": _look([home.warehouse]),
        "weights": _look([home.weights] if home.weights.exists() else []),
        "published": str(home.current.readlink()),
        "published_file": _look([home.published_file]),
        "digests": _look([Path(folder) / "mail.eml" for folder in digests]),
    }


def _look(paths: Iterable[Path]) -> list[list[Any]]:
    return [[str(path), path.stat().st_size, path.stat().st_mtime_ns] for path in paths]


def _newest(folder: Path) -> list[int]:
    times = [0]
    for entry in folder.iterdir():
        if entry.is_dir():
            times += _newest(entry) if entry.name not in _CACHES else []
        else:
            times.append(entry.stat().st_mtime_ns)
    return [sum(times) % 2**53, max(times)]
