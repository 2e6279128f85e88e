"""A server of ours in the foreground (Airflow, Superset): a free port, and stopped whole by Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

from records.errors import ConfigError, TransientError

__all__ = [
    "HOST",
    "free_port",
    "session_members",
    "signals_ignored",
    "signals_interrupt",
    "stop_session",
    "wait_until_ready",
]

HOST = "127.0.0.1"
_READY_SECONDS = 180.0
_STOP_SECONDS = 20.0
_LOOK_SECONDS = 0.2


def free_port(wanted: int) -> int:
    """Return the wanted port, or the next one on which nothing listens.

    Raises:
        ConfigError: none of the next 100 is free.
    """
    for port in range(wanted, wanted + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise ConfigError(f"no port from {wanted} to {wanted + 99} is free; give another with --port")


def wait_until_ready(process: subprocess.Popen[bytes], name: str, is_ready: Callable[[], bool], log_file: Path) -> None:
    """Wait until a started server answers.

    Raises:
        ConfigError: it ended; its log says why.
        TransientError: it still runs, but did not answer within three minutes.
    """
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ConfigError(f"{name} ended with code {process.returncode} before it was ready; see {log_file}")
        if is_ready():
            return
        time.sleep(_LOOK_SECONDS)
    raise TransientError(f"{name} was not ready after {_READY_SECONDS:.0f} seconds; see {log_file}")


def stop_session(process: subprocess.Popen[bytes], *, wait_seconds: float = _STOP_SECONDS) -> None:
    """Stop a process that leads its own session, and all that it started: asked first, then made to.

    By session, not by group alone: Airflow, for one, puts each running task into a process group of its own.
    """
    for kind in (signal.SIGTERM, signal.SIGKILL):
        for pid in session_members(process):
            with suppress(ProcessLookupError):
                os.kill(pid, kind)
        deadline = time.monotonic() + wait_seconds
        while (alive := session_members(process)) and time.monotonic() < deadline:
            time.sleep(_LOOK_SECONDS)
        if not alive:
            break
    process.wait()


def session_members(process: subprocess.Popen[bytes]) -> list[int]:
    """Return the process ids that still run in the session which a process leads."""
    process.poll()  # reaps the leader, which would be counted otherwise
    members = []
    for pid in _all_processes():
        try:
            if os.getsid(pid) == process.pid and pid != os.getpid():
                members.append(pid)
        except (ProcessLookupError, PermissionError):
            continue
    return members


@contextmanager
def signals_interrupt() -> Iterator[None]:
    """Treat a closed terminal and a polite kill like Ctrl-C."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {kind: signal.signal(kind, interrupt) for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


@contextmanager
def signals_ignored() -> Iterator[None]:
    """Let nothing interrupt the stopping: an impatient second Ctrl-C would leave orphans."""
    before = {kind: signal.signal(kind, signal.SIG_IGN) for kind in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _all_processes() -> list[int]:
    proc = Path("/proc")
    if proc.is_dir():
        return [int(folder.name) for folder in proc.iterdir() if folder.name.isdecimal() and not _is_zombie(folder)]
    listed = subprocess.run(["/bin/ps", "-A", "-o", "pid="], capture_output=True, text=True, check=True)
    return [int(word) for word in listed.stdout.split()]


def _is_zombie(folder: Path) -> bool:
    # Dead children of a dead parent stay in the table where nothing reaps them, as in many containers.
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
