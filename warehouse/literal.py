"""Words and paths as SQL writes them, where a statement takes no parameter."""

from __future__ import annotations

from pathlib import Path

__all__ = ["quoted"]


def quoted(words: str | Path) -> str:
    """Return a string literal, its quotes doubled.

    >>> quoted("it's")
    "'it''s'"
    """
    return "'" + str(words).replace("'", "''") + "'"
