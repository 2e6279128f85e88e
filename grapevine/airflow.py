"""`make airflow`: Airflow on this machine, everything it writes under `var/airflow`, stopped whole by Ctrl-C.

Starts `airflow standalone` (scheduler, DAG processor, API server, triggerer) in a session of its own, with the
folder `dags/`, the pool of one and no example DAGs, sized for a small machine. For development and small
installations; a larger one points its own Airflow at `dags/` and makes the pool itself.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from grapevine.foreground import HOST, free_port, signals_ignored, signals_interrupt, stop_session, wait_until_ready
from grapevine.places import DEFAULT_CONFIG
from grapevine.schedule import POOL, POOL_NOTE
from grapevine.settings import load_settings
from records.errors import ConfigError, GrapevineError, TransientError

__all__ = ["choose", "environment", "main"]

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "examples" / "sample" / "grapevine.toml"
_AIRFLOW = str(Path(sys.executable).parent / "airflow")
_LOOK_SECONDS = 0.2


def main(
    config: Annotated[
        Path | None, typer.Option(help="Settings file; GRAPEVINE_CONFIG, ./grapevine.toml, then the sample.")
    ] = None,
    home: Annotated[Path | None, typer.Option(help="Home folder; GRAPEVINE_HOME, then ./var.")] = None,
    port: Annotated[int, typer.Option(help="Port of the web page; the next free one if taken.")] = 8080,
) -> None:
    """Run Airflow with Grapevine's DAGs until Ctrl-C."""
    try:
        _run(config, home, port)
    except GrapevineError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("stopped; nothing is left running")


def environment(*, airflow_home: Path, config: Path, home: Path, port: int) -> dict[str, str]:
    """Return the environment of Airflow's processes: this one's, with what the house needs.

    Args:
        airflow_home: Airflow's own folder (database, logs, password); outside `dags/`.
        config: the settings file.
        home: Grapevine's home folder.
        port: of the web page and of the tasks' API.
    """
    binaries = str(Path(sys.executable).parent)  # standalone starts "airflow" by name
    address = f"http://{HOST}:{port}"
    return {
        **os.environ,
        "PATH": os.pathsep.join([binaries, os.environ.get("PATH", os.defpath)]),
        "AIRFLOW_HOME": str(airflow_home.resolve()),
        "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__DAG_PROCESSOR__PARSING_PROCESSES": "1",
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(port),
        # Tasks talk to the API under this address: with the port alone changed, every task would fail.
        "AIRFLOW__API__BASE_URL": address,
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{address}/execution/",
        # The scheduler starts a task that is due before the API answers, which on a slow machine takes a minute: a task
        # that gave up after the usual few seconds would be tried again only minutes later.
        "AIRFLOW__WORKERS__EXECUTION_API_RETRIES": "20",
        "AIRFLOW__WORKERS__EXECUTION_API_RETRY_WAIT_MAX": "10.0",
        "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        "GRAPEVINE_CONFIG": str(config.resolve()),
        "GRAPEVINE_HOME": str(home.resolve()),
    }


def _run(config: Path | None, home: Path | None, port: int) -> None:
    config, home = choose(config, home)
    load_settings(config)  # better one clear line now than a failed task later
    airflow_home = Path("var", "airflow").resolve()
    airflow_home.mkdir(parents=True, exist_ok=True)
    port_in_use = free_port(port)
    env = environment(airflow_home=airflow_home, config=config, home=home, port=port_in_use)
    log_file = airflow_home / "standalone.log"
    with signals_interrupt():
        typer.echo(f"settings {config}, home {home}; preparing Airflow's database ...")
        _airflow(env, log_file, "db", "migrate")
        _airflow(env, log_file, "pools", "set", POOL, "1", POOL_NOTE)
        with log_file.open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                [_AIRFLOW, "standalone"], env=env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
        try:
            address = env["AIRFLOW__API__BASE_URL"]
            wait_until_ready(process, "Airflow", lambda: _is_healthy(address), log_file)
            typer.echo(f"Airflow is ready: {address}  user admin, password {_password(airflow_home)}")
            typer.echo("start the chain with the DAG grapevine_pull; the others follow. Ctrl-C stops all of it")
            while process.poll() is None:
                time.sleep(_LOOK_SECONDS)
            raise TransientError(f"Airflow ended by itself with code {process.returncode}; see {log_file}")
        finally:
            with signals_ignored():
                stop_session(process)


def choose(config: Path | None, home: Path | None) -> tuple[Path, Path]:
    """Return settings and home: as given, as the environment says, as in this folder, else the sample's."""
    named = config or (Path(os.environ["GRAPEVINE_CONFIG"]) if "GRAPEVINE_CONFIG" in os.environ else None)
    chosen = named or (DEFAULT_CONFIG if DEFAULT_CONFIG.exists() else SAMPLE)
    default_home = "var/sample" if chosen == SAMPLE else "var"
    return chosen.resolve(), (home or Path(os.environ.get("GRAPEVINE_HOME", default_home))).resolve()


def _airflow(env: Mapping[str, str], log_file: Path, *arguments: str) -> None:
    with log_file.open("ab") as log:
        done = subprocess.run([_AIRFLOW, *arguments], env=env, stdout=log, stderr=subprocess.STDOUT, check=False)  # noqa: S603
    if done.returncode:
        raise ConfigError(f"airflow {' '.join(arguments[:2])} ended with code {done.returncode}; see {log_file}")


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/api/v2/monitor/health", timeout=2) as answer:  # noqa: S310
            health = json.load(answer)
    except (urllib.error.URLError, OSError, ValueError):
        return False
    return all(health.get(part, {}).get("status") == "healthy" for part in ("scheduler", "dag_processor"))


def _password(airflow_home: Path) -> str:
    file = airflow_home / "simple_auth_manager_passwords.json.generated"
    passwords: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
    return passwords["admin"]


if __name__ == "__main__":
    typer.run(main)
