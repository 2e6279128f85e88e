"""The one door to the private warehouse.

DuckDB lets one process at a time write a file, and a reader in another process blocks the writer. So every step that
opens the warehouse, readers included, goes through this door: an advisory lock that waits, and that names who holds
it. People and BI tools read `published/` instead, which needs no door.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb

from records.errors import Busy, CheckFailed, ConfigError
from records.home import Home
from records.keys import keyed_hash
from warehouse import declaration

__all__ = ["connect", "door", "hash_person", "inside", "limits", "make_home", "open", "secret_key", "transaction"]

DEFAULT_MEMORY = "2GB"
_KEY_BYTES = 32
_FIRST_WAIT_SECONDS = 0.01
_LONGEST_WAIT_SECONDS = 0.25


@contextmanager
def open(home: Home, *, step: str, wait_seconds: float = 60.0) -> Iterator[duckdb.DuckDBPyConnection]:  # noqa: A001
    """Open the private warehouse for one step; makes the home folder and the raw tables when missing.

    Args:
        home: the home folder.
        step: who comes in ("load"); whoever has to wait is told.
        wait_seconds: how long to wait for another process.

    Yields:
        A connection that nobody else has; closed, and the door with it, at the end.

    Raises:
        Busy: the wait was too short; names the holder's process and step.
        CheckFailed: the file is no readable warehouse.
    """
    with door(home, step=step, wait_seconds=wait_seconds), inside(home) as connection:
        yield connection


@contextmanager
def inside(home: Home) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open the private warehouse for one who holds the door already; else as `open`."""
    connection = _open_file(home)
    try:
        declaration.apply(connection)
        yield connection
    except duckdb.IOException as error:
        raise CheckFailed(
            f"{home.root} can't be read or written: {str(error).splitlines()[0]}; free space if the disk is full"
        ) from error
    finally:
        connection.close()


@contextmanager
def door(home: Home, *, step: str, wait_seconds: float = 60.0) -> Iterator[None]:
    """Hold the door without opening the file, for those who open it themselves (dbt, the swap after an erasure).

    Not re-entrant: whoever holds it must leave before a step that takes it.

    Raises:
        Busy: another process holds it for longer than `wait_seconds`.
    """
    make_home(home)
    handle = os.open(home.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(handle, home, wait_seconds)
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()} {step}".encode(), 0)
        try:
            yield
        finally:
            os.ftruncate(handle, 0)
            fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Commit what happens inside, or nothing of it."""
    connection.execute("BEGIN")
    try:
        yield
    except BaseException:
        with suppress(duckdb.TransactionException):  # a disk that is full may have ended it already
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def connect(path: Path | str, home: Home, *, is_read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """Connect with the house's settings: UTC, bounded memory, spilling under the home folder, no downloads."""
    connection = duckdb.connect(
        str(path),
        read_only=is_read_only,
        config={**limits(home), "preserve_insertion_order": False, "autoinstall_known_extensions": False},
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def limits(home: Home) -> dict[str, str | int]:
    """Return what DuckDB may use: threads (GRAPEVINE_THREADS, else all), memory (GRAPEVINE_MEMORY), where it spills."""
    return {
        "threads": int(os.environ.get("GRAPEVINE_THREADS", len(os.sched_getaffinity(0)))),
        "memory_limit": os.environ.get("GRAPEVINE_MEMORY", DEFAULT_MEMORY),
        "temp_directory": str(home.root / "tmp"),
    }


def make_home(home: Home) -> None:
    """Make the home folder, for its owner only, and the folder of its lock."""
    home.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    home.state.mkdir(mode=0o700, exist_ok=True)


def secret_key(home: Home) -> bytes:
    """Return the key that hashes people; made on first use, readable by its owner only.

    Raises:
        ConfigError: the file is not a key, or others may read it.
    """
    if not home.secret_key.exists():
        make_home(home)
        handle, name = tempfile.mkstemp(prefix="secret.key.", dir=home.root)  # 0600
        draft = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_KEY_BYTES))
        try:
            os.link(draft, home.secret_key)  # unlike a rename, never replaces a key that another process just made
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    if home.secret_key.stat().st_mode & 0o077:
        raise ConfigError(f"{home.secret_key} can be read by others; run chmod 600 on it")
    key = home.secret_key.read_bytes()
    if len(key) != _KEY_BYTES:
        raise ConfigError(f"{home.secret_key} has {len(key)} bytes instead of {_KEY_BYTES}; restore it from a backup")
    return key


def hash_person(home: Home, value: str) -> str:
    """Return what the warehouse holds for a person, given an author id, e-mail address, phone or customer number."""
    return keyed_hash(secret_key(home), value)


def _open_file(home: Home) -> duckdb.DuckDBPyConnection:
    try:
        return connect(home.warehouse, home)
    except duckdb.IOException as error:
        reason = str(error).splitlines()[0]
        if "lock" in reason.lower():
            raise Busy(f"{home.warehouse} is open in a program that came past the door; close it ({reason})") from error
        raise CheckFailed(f"{home.warehouse} can't be opened; restore a backup, or move it away ({reason})") from error


def _take(handle: int, home: Home, wait_seconds: float) -> None:
    deadline = time.monotonic() + wait_seconds
    pause = _FIRST_WAIT_SECONDS
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            left = deadline - time.monotonic()
            if left <= 0:
                pid, _, step = os.pread(handle, 200, 0).decode().partition(" ")
                raise Busy(
                    f"the warehouse in {home.root} is held by process {pid or 'unknown'} "
                    f"(step {step or 'unknown'}), waited {wait_seconds:g} s; wait for it, or end that process"
                ) from error
            time.sleep(min(pause, left))
            pause = min(pause * 2, _LONGEST_WAIT_SECONDS)
        else:
            return
