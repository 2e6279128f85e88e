"""Other processes of ours that share a large piece of work; none outlives the one that started it."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

__all__ = ["may_start", "pool"]


def may_start() -> bool:
    """Whether this process may start others; a daemon (a task of some schedulers) may not."""
    return not multiprocessing.current_process().daemon


def pool(count: int, begin: Callable[..., None] | None = None, *arguments: Any) -> ProcessPoolExecutor:
    """Return a pool of other processes, which start when the first work is handed in.

    Args:
        count: how many; 1 or more.
        begin: called once in each with the arguments, all of which must be fit for pickle.
        arguments: of `begin`.
    """
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, context, initializer=_begin, initargs=(begin, *arguments))


def _begin(begin: Callable[..., None] | None, *arguments: Any) -> None:
    _end_with_parent()
    if begin is not None:
        begin(*arguments)


def _end_with_parent() -> None:
    """Let this process end when the one that started it was killed: nobody would tell it that there is no more work."""
    parent = multiprocessing.parent_process()

    def wait() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()
