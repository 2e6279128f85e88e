"""`make bi`: Apache Superset on this machine with three dashboards, stopped whole by Ctrl-C.

Superset lives in an environment of its own under `var/bi`, with its tables, its password and its log; its dashboards
are `bi/superset/`. It reads `published/current/grapevine.duckdb` of a home folder and opens it anew for each query, so
that figures follow each publish. For one machine: it listens on loopback only.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from grapevine.foreground import HOST, free_port, signals_ignored, signals_interrupt, stop_session, wait_until_ready
from grapevine.places import resolve_home
from records.errors import ConfigError, GrapevineError, TransientError
from records.home import Home

__all__ = ["DASHBOARDS", "Superset", "environment", "main", "running"]

ROOT = Path(__file__).resolve().parents[1]
BI_FOLDER = Path("var", "bi")
DASHBOARDS = {"word-of-mouth": "Word of mouth this week", "drivers": "Drivers", "response-queue": "Response queue"}
_LOOK_SECONDS = 0.2
_SECRET_BYTES = 32
_PASSWORD_BYTES = 12


@dataclass(frozen=True)
class Superset:
    """A Superset that answers.

    Args:
        address: of its page, without a slash at the end.
        password: of the user `admin`.
        process: leads the session in which all of it runs.
        log_file: what it says.
    """

    address: str
    password: str
    process: subprocess.Popen[bytes]
    log_file: Path


def main(
    home: Annotated[Path | None, typer.Option(help="Home folder; GRAPEVINE_HOME, then ./var.")] = None,
    port: Annotated[int, typer.Option(help="Port of the web page; the next free one if taken.")] = 8088,
    folder: Annotated[Path, typer.Option(help="Superset's own folder, with its environment in venv/.")] = BI_FOLDER,
) -> None:
    """Run Superset on a home's published tables until Ctrl-C."""
    try:
        with signals_interrupt():
            typer.echo(f"home {resolve_home(home).root}; preparing Superset's database and dashboards ...")
            with running(resolve_home(home), folder, port=port) as superset:
                typer.echo(f"Superset is ready: {superset.address}  user admin, password {superset.password}")
                for slug, title in DASHBOARDS.items():
                    typer.echo(f"  {title}: {superset.address}/superset/dashboard/{slug}/")
                typer.echo("Ctrl-C stops all of it")
                while superset.process.poll() is None:
                    time.sleep(_LOOK_SECONDS)
                code = superset.process.returncode
                raise TransientError(f"Superset ended by itself with code {code}; see {superset.log_file}")
    except GrapevineError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("stopped; nothing is left running")


@contextmanager
def running(home: Home, folder: Path, *, port: int) -> Iterator[Superset]:
    """Prepare Superset, start it, and stop all of it afterwards.

    Args:
        home: whose published tables it shows.
        folder: Superset's own: `venv/` (made by `make bi`), tables, secrets, log.
        port: of its page; the next free one if taken.

    Raises:
        ConfigError: nothing is published, Superset is not installed, or it could not be prepared or started.
        TransientError: it did not answer in time.
    """
    folder = folder.resolve()
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        raise ConfigError(f"no Superset in {python.parent}; install it with `make bi`")
    if not home.published_file.exists():
        raise ConfigError(f"nothing is published in {home.root}; publish something first, such as with `make run`")
    port_in_use = free_port(port)
    env = environment(home, folder)
    log_file = folder / "superset.log"
    with log_file.open("ab") as log:
        _prepare(python, env, folder, log_file)
        process = subprocess.Popen(  # noqa: S603
            [python, "-m", "gunicorn", *_server_arguments(port_in_use)],
            env=env,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://{HOST}:{port_in_use}"
        wait_until_ready(process, "Superset", lambda: _is_healthy(address), log_file)
        yield Superset(address, env["GRAPEVINE_BI_PASSWORD"], process, log_file)
    finally:
        with signals_ignored():
            stop_session(process)


def environment(home: Home, folder: Path) -> Mapping[str, str]:
    """Return the environment of Superset's processes: this one's, with what `bi/superset_config.py` asks for.

    Args:
        home: whose published tables it shows.
        folder: Superset's own; its secrets are made there at the first call.
    """
    return {
        **os.environ,
        "TZ": "UTC",  # DuckDB hands out times in this zone
        "SUPERSET_HOME": str(folder),
        "SUPERSET_CONFIG_PATH": str(ROOT / "bi" / "superset_config.py"),
        "GRAPEVINE_BI_PUBLISHED": str(home.published_file),
        "GRAPEVINE_BI_SECRET_KEY": _secret(folder / "secret.key", _SECRET_BYTES),
        "GRAPEVINE_BI_PASSWORD": _secret(folder / "password", _PASSWORD_BYTES),
    }


def _prepare(python: Path, env: Mapping[str, str], folder: Path, log_file: Path) -> None:
    # Superset's first tables take a minute; what an interrupted first time left of them would never become whole.
    tables, is_whole = folder / "superset.db", folder / "prepared"
    if not is_whole.exists():
        tables.unlink(missing_ok=True)
    with log_file.open("ab") as log:
        done = subprocess.run(  # noqa: S603
            [python, ROOT / "bi" / "prepare.py"], env=env, stdout=log, stderr=subprocess.STDOUT, check=False
        )
    if done.returncode:
        raise ConfigError(f"Superset could not be prepared (code {done.returncode}); see {log_file}")
    is_whole.touch()


def _server_arguments(port: int) -> list[str]:
    # Threads share the one instance of DuckDB: a second process would only double the memory.
    return ["--bind", f"{HOST}:{port}", "--threads", "8", "superset.app:create_app()"]


def _secret(file: Path, byte_count: int) -> str:
    if not file.exists():
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:  # noqa: PTH123
            target.write(secrets.token_urlsafe(byte_count))
    return file.read_text(encoding="utf-8")


def _is_healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/health", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    typer.run(main)
