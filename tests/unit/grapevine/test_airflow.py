"""The launcher of Airflow: its environment, its settings and its home."""

from __future__ import annotations

from pathlib import Path

import pytest

from grapevine import airflow


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
