"""Rows made fit for an assistant: figures with their ranges, plain values, strangers' words marked and cleaned."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from grapevine.assistant.shapes import Estimate

__all__ = ["MAX_TEXT", "estimates", "flags", "safe"]

MAX_TEXT = 2_000  # characters of one mention
# signs that no reader sees: controls, zero widths, directions, fillers, variations of what stands before, tags
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_WORDS = ("title", "text")
_ENDS = ("_low", "_high")
_NO_FIGURES = {"published_figure", "rated_by", "advice", "owner_role", "owner"}  # words, where there are any


def estimates(row: Mapping[str, Any]) -> dict[str, Estimate]:
    """Return the numbers of a row, each with its `_low` and `_high` where it has them."""
    return {
        name: Estimate(*(_plain(row.get(name + end)) for end in ("", *_ENDS)))
        for name, value in row.items()
        if name not in _NO_FIGURES
        and not name.startswith("is_")
        and not name.endswith(_ENDS)
        and not isinstance(value, str | date)
    }


def flags(row: Mapping[str, Any]) -> dict[str, bool | None]:
    """Return what a row says is so or not."""
    return {name: value for name, value in row.items() if name.startswith("is_")}


def safe(row: Mapping[str, Any]) -> dict[str, Any]:
    """Make a row plain, and its words safe: named as what they are, cut, without what no reader sees."""
    return {
        f"untrusted_{name}" if name in _WORDS else name: _seen(value) if name in _WORDS else _plain(value)
        for name, value in row.items()
    }


def _seen(text: str | None) -> str | None:
    if text is None:
        return None
    seen = _UNSEEN.sub("", text)
    return seen if len(seen) <= MAX_TEXT else f"{seen[:MAX_TEXT]} [cut]"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return None if isinstance(value, float) and not math.isfinite(value) else value
