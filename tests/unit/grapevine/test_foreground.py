"""Servers in the foreground: their port, and that stopping leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator

import pytest

from grapevine import foreground
from records.errors import ConfigError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((foreground.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_port__wanted_one_is_free(taken_port: int) -> None:
    assert foreground.free_port(taken_port + 1) >= taken_port + 1


def test_free_port__wanted_one_is_taken(taken_port: int) -> None:
    assert foreground.free_port(taken_port) > taken_port


def test_free_port__none_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError("taken")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match="no port from 9000 to 9099 is free; give another with --port"):
        foreground.free_port(9000)


def test_stop_session__takes_groups_of_their_own_and_the_deaf_with_it() -> None:
    # As Airflow does: a parent, a child in another process group, and one that does not listen to a polite request.
    script = "import os,signal,time\nfor i in range(2):\n if os.fork() == 0:\n  " + (
        "os.setpgid(0, 0)\n  signal.signal(signal.SIGTERM, signal.SIG_IGN if i else signal.SIG_DFL)\n  "
        "os.write(1, b'x')\n  time.sleep(600)\n"
    )
    process = subprocess.Popen(
        ["python3", "-c", script + "time.sleep(600)"], stdout=subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    assert os.read(process.stdout.fileno(), 1) + os.read(process.stdout.fileno(), 1) == b"xx"
    started = foreground.session_members(process)
    assert len(started) == 3

    foreground.stop_session(process, wait_seconds=0.5)

    process.stdout.close()
    assert foreground.session_members(process) == []
    assert process.returncode is not None
