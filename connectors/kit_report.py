"""What the conformance kit reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

__all__ = ["Check", "FileReport", "Report", "Standing"]

Standing = Literal["required", "derived", "not shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What one recorded answer came to.

    Attributes:
        name: the file, and a number where it holds several.
        asked: the request recorded with it, None if only the body is known.
        records, gone: how many.
        skipped: how many by reason.
        error: kind of the error that the connector gave it, None if it was parsed.
        message: that error's, or what is wrong.
        is_ok: whether that is right; None if it is no answer to anything that this connector asks.
    """

    name: str
    asked: str | None
    records: int = 0
    gone: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)
    error: str | None = None
    message: str = ""
    is_ok: bool | None = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One promise: its name, how it was tried, whether it holds (None if not shown), and what was seen."""

    name: str
    standing: Standing
    is_ok: bool | None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All of it; `is_ok` decides the exit code."""

    connector: str
    folder: str
    files: tuple[FileReport, ...]
    checks: tuple[Check, ...]

    @property
    def is_ok(self) -> bool:
        """Whether every file and every check that could be tried is right."""
        return all(one.is_ok is not False for one in self.files) and all(one.is_ok is not False for one in self.checks)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "connector": self.connector,
            "folder": self.folder,
            "is_ok": self.is_ok,
            "files": [asdict(one) for one in self.files],
            "checks": [asdict(one) for one in self.checks],
        }
