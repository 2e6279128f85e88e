"""The launcher of Superset: its secrets, its environment, and what it says when something is missing."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from grapevine import superset
from records.errors import ConfigError
from records.home import Home


def test_environment__secrets_are_made_once_and_the_owners_alone(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    env = superset.environment(home, tmp_path)

    assert superset.environment(home, tmp_path) == env
    assert superset.environment(home, tmp_path)["GRAPEVINE_BI_PASSWORD"] == (tmp_path / "password").read_text()
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("password", "secret.key")} == {0o600}
    assert env["GRAPEVINE_BI_PASSWORD"] != env["GRAPEVINE_BI_SECRET_KEY"]
    assert env["GRAPEVINE_BI_PUBLISHED"] == str(tmp_path / "home" / "published" / "current" / "grapevine.duckdb")
    assert Path(env["SUPERSET_CONFIG_PATH"]).is_file()


def test_running__says_what_is_missing(tmp_path: Path) -> None:
    home, folder = Home(tmp_path / "home"), tmp_path / "bi"
    with pytest.raises(ConfigError, match="install it with `make bi`"), superset.running(home, folder, port=18088):
        pass

    (folder / "venv" / "bin").mkdir(parents=True)
    (folder / "venv" / "bin" / "python").touch()
    with pytest.raises(ConfigError, match="nothing is published in"), superset.running(home, folder, port=18088):
        pass


def test_dashboards__addresses_are_those_of_the_files() -> None:
    files = (superset.ROOT / "bi" / "superset" / "dashboards").glob("*.yaml")
    kept = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in files]
    assert {dashboard["slug"]: dashboard["dashboard_title"] for dashboard in kept} == superset.DASHBOARDS
