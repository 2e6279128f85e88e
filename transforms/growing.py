"""Growing: NumPy rows to which more are added, for tables that are filled as texts need them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

__all__ = ["Growing", "stretches"]


class Growing:
    """Rows of one dtype; adding costs what is added, not what is there.

    Args:
        kind: the dtype, plain, structured or of rows of several numbers.
    """

    def __init__(self, kind: np.dtype[Any] | type) -> None:
        self._kind = kind
        self._room = np.zeros(256, kind)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def rows(self) -> np.ndarray:
        """The rows there are; to be asked for again once more were added."""
        return self._room[: self._count]

    def add(self, rows: Sequence[Any] | np.ndarray) -> None:
        """Add rows at the end; of a structured dtype each is a tuple."""
        if not len(rows):
            return
        end = self._count + len(rows)
        if end > len(self._room):
            room = np.zeros(max(end, 2 * len(self._room)), self._kind)
            room[: self._count] = self.rows
            self._room = room
        self._room[self._count : end] = rows
        self._count = end


def stretches(firsts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the places firsts[0], firsts[0] + 1, ... counts[0] of them, then those of the next.

    >>> stretches(np.array([7, 2]), np.array([2, 3])).tolist()
    [7, 8, 2, 3, 4]
    """
    before = np.cumsum(counts) - counts
    places: np.ndarray = np.repeat(firsts - before, counts) + np.arange(counts.sum())
    return places
