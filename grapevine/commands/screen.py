"""What every command shares: where the home is, and how things are said on the terminal.

Results go to standard output and everything else to standard error, so that `--json` can be piped.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from grapevine.places import resolve_home
from records.home import Home

if TYPE_CHECKING:
    from grapevine.pipeline import Workspace

__all__ = ["Screen", "screen"]


_PIPE_WIDTH = 400


@dataclass(frozen=True)
class Screen:
    """The terminal, and the options that stand before the command."""

    home: Path | None = None
    debug: bool = False

    def workspace(self, config: Path | None) -> Workspace:
        """Return the workspace that the options name."""
        from grapevine.pipeline import Workspace

        return Workspace.open(config=config, home=self.home)

    def resolved_home(self) -> Home:
        """Return the home folder that the options name."""
        return resolve_home(self.home)

    def say(self, text: str = "") -> None:
        """Write one line of result."""
        sys.stdout.write(text + "\n")

    def note(self, text: str) -> None:
        """Write one line about what happens, beside the result."""
        sys.stderr.write(text + "\n")

    def error(self, text: str) -> None:
        """Write what went wrong, as one line."""
        sys.stderr.write("error: " + " ".join(text.split()) + "\n")

    def json(self, value: Any) -> None:
        """Write a result for a program to read."""
        self.say(json.dumps(value, indent=2, ensure_ascii=False, default=_plain))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[Any]], *, title: str | None = None) -> None:
        """Write rows under their column names; numbers to the right."""
        from rich import box
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left")
        for position, column in enumerate(columns):
            numeric = any(isinstance(row[position], int | float) for row in rows)
            table.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(Text(_cell(value)) for value in row))
        # a pipe has no width of its own: nothing is wrapped for whoever reads it
        Console(file=sys.stdout, width=None if sys.stdout.isatty() else _PIPE_WIDTH).print(table)

    @contextmanager
    def working(self, text: str) -> Iterator[None]:
        """Show that something long is under way, on a terminal only."""
        if not sys.stderr.isatty():
            yield
            return
        from rich.console import Console

        with Console(file=sys.stderr).status(text):
            yield


def screen() -> Screen:
    """Return a screen without options, for use outside a command."""
    return Screen()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Path | UUID | time):
        return str(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    raise TypeError(f"{type(value).__name__} can't be written as JSON")
