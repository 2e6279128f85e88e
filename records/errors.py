"""Errors, sorted by what to do next.

    GrapevineError
    ├── ConfigError      a setting is wrong: change it                       exit code 2
    ├── InputError       a file or an argument can't be used: give another   exit code 2
    ├── Busy             another process holds the warehouse: wait           exit code 3
    ├── SourceError      a source did not give what was asked
    │   ├── Throttled    come back at `until`; what was read is kept         exit code 4
    │   ├── TransientError  try again, nothing to change                     exit code 4
    │   ├── Gone         the thing asked for no longer exists                exit code 4
    │   └── Drift        the answer has not the expected shape: the connector needs a change   exit code 5
    ├── CheckFailed      data broke a promise (contract, test, validation)   exit code 6
    └── Killed           a process of ours was ended from outside: run again     exit code 7

Every message names the setting or thing, its value, and the remedy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

__all__ = [
    "Busy",
    "CheckFailed",
    "ConfigError",
    "Drift",
    "Gone",
    "GrapevineError",
    "InputError",
    "Killed",
    "SkippedRecord",
    "SourceError",
    "Throttled",
    "TransientError",
]


class GrapevineError(Exception):
    """The base of all errors that a user can act on; shown as one line, without a traceback."""

    exit_code = 1


class ConfigError(GrapevineError):
    """A setting is missing, misspelt or has a value that can't be used."""

    exit_code = 2


class InputError(GrapevineError):
    """A file or an argument that the user named can't be read or understood."""

    exit_code = 2


class Busy(GrapevineError):
    """The warehouse is held by another process for longer than the wait that was asked for."""

    exit_code = 3


class SourceError(GrapevineError):
    """A source did not give what was asked of it."""

    exit_code = 4


class Throttled(SourceError):
    """The source asks to come back later; what was read so far is kept and the pull counts as partial.

    Args:
        message: what was refused and by whom.
        until: when to come back (aware UTC), or None when the source did not say.
    """

    def __init__(self, message: str, until: datetime | None = None) -> None:
        super().__init__(message)
        self.until = until


class TransientError(SourceError):
    """A fault that passes by itself (time-out, reset connection, 5xx): try again later."""


class Gone(SourceError):
    """The thing that was asked for was removed at the source (404, 410, 451)."""


class Drift(SourceError):
    """The answer is not of the shape that the connector expects: HTML for JSON, or an error inside a 200."""

    exit_code = 5


class CheckFailed(GrapevineError):
    """Data that breaks a promise: a dbt test, a contract, or the validation before publishing."""

    exit_code = 6


class Killed(GrapevineError):
    """A process that shared our work was ended from outside, most often for want of memory; run again, with fewer."""

    exit_code = 7


@dataclass(frozen=True, slots=True)
class SkippedRecord:
    """One record that could not be used; counted by reason, never silent.

    Attributes:
        where: the record's place (a line of a file, an id at the source), without text or names.
        reason: why, in words that repeat for the same cause, so that they can be counted.
    """

    where: str
    reason: str
