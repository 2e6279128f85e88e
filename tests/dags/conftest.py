"""Airflow in a process and a home folder of its own, once for all tests here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from records.home import Home

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def grapevine_home(tmp_path_factory: pytest.TempPathFactory, parsed: Callable[[Home], None]) -> Path:
    home = tmp_path_factory.mktemp("dags") / "home"
    parsed(Home(home))
    return home


@pytest.fixture(scope="session")
def chain(grapevine_home: Path) -> dict[str, Any]:
    """What `run_chain.py` found: every DAG described, and the chain run on the sample."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "GRAPEVINE"))},
        "AIRFLOW_HOME": str(grapevine_home.parent / "airflow"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_GRAPEVINE_MAIL": json.dumps(
            {"conn_type": "smtp", "host": "mail.example", "login": "ada", "extra": {"disable_ssl": True}}
        ),
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GRAPEVINE_CONFIG": str(ROOT / "examples" / "sample" / "grapevine.toml"),
        "GRAPEVINE_HOME": str(grapevine_home),
    }
    script = Path(__file__).with_name("run_chain.py")
    done = subprocess.run([sys.executable, script, "--run"], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
