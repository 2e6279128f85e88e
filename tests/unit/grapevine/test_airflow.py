"""The launcher of Airflow: its environment, its port, and that stopping leaves nothing behind."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from grapevine import airflow
from records.errors import ConfigError


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((airflow.HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_environment__port_and_base_url_agree(tmp_path: Path) -> None:
    env = airflow.environment(
        airflow_home=tmp_path / "airflow", config=tmp_path / "grapevine.toml", home=tmp_path / "var", port=18081
    )

    assert env["AIRFLOW_HOME"] == str(tmp_path / "airflow")
    assert env["AIRFLOW__API__PORT"] == "18081"
    assert env["AIRFLOW__API__BASE_URL"] == "http://127.0.0.1:18081"
    assert env["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:18081/execution/"
    assert env["AIRFLOW__CORE__PARALLELISM"] == "4"
    assert int(env["AIRFLOW__WORKERS__EXECUTION_API_RETRIES"]) > 5  # Airflow's own, too few on a slow machine
    assert env["AIRFLOW__API__WORKERS"] == "1"
    assert env["AIRFLOW__CORE__LOAD_EXAMPLES"] == "False"
    assert env["AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION"] == "False"
    assert env["GRAPEVINE_CONFIG"] == str(tmp_path / "grapevine.toml")
    assert env["GRAPEVINE_HOME"] == str(tmp_path / "var")
    assert (Path(env["AIRFLOW__CORE__DAGS_FOLDER"]) / "grapevine_pull.py").is_file()


def test_free_port__wanted_one_is_free(taken_port: int) -> None:
    assert airflow.free_port(taken_port + 1) >= taken_port + 1


def test_free_port__wanted_one_is_taken(taken_port: int) -> None:
    assert airflow.free_port(taken_port) > taken_port


def test_free_port__none_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, address: object) -> None:
        raise OSError("taken")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(ConfigError, match="no port from 9000 to 9099 is free; give another with --port"):
        airflow.free_port(9000)


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
    started = airflow.session_members(process)
    assert len(started) == 3

    airflow.stop_session(process, wait_seconds=0.5)

    process.stdout.close()
    assert airflow.session_members(process) == []
    assert process.returncode is not None


def test_choose__sample_when_nothing_is_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRAPEVINE_CONFIG", raising=False)
    monkeypatch.delenv("GRAPEVINE_HOME", raising=False)
    assert airflow.choose(None, None) == (airflow.SAMPLE, tmp_path / "var" / "sample")

    (tmp_path / "grapevine.toml").touch()
    assert airflow.choose(None, None) == (tmp_path / "grapevine.toml", tmp_path / "var")

    monkeypatch.setenv("GRAPEVINE_CONFIG", str(tmp_path / "other.toml"))
    monkeypatch.setenv("GRAPEVINE_HOME", str(tmp_path / "elsewhere"))
    assert airflow.choose(None, None) == (tmp_path / "other.toml", tmp_path / "elsewhere")
    assert airflow.choose(tmp_path / "given.toml", tmp_path / "home") == (tmp_path / "given.toml", tmp_path / "home")
