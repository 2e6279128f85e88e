"""What every test shares: a home folder of its own, the real data if named, and no network but loopback."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from records.home import Home
from warehouse import build as build_module
from warehouse import store

settings.register_profile("grapevine", deadline=None)  # how long an example takes says nothing about it
settings.load_profile("grapevine")

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder that holds `data/` and `payloads/`; skipped when not named, a failure when named and missing."""
    named = os.environ.get("GRAPEVINE_REAL_DATA")
    if not named:
        pytest.skip("GRAPEVINE_REAL_DATA is not set")
    folder = Path(named).resolve()
    if not (folder / "data").is_dir() or not (folder / "payloads").is_dir():
        pytest.fail(f"GRAPEVINE_REAL_DATA is {named!r}, which has no data/ and payloads/; correct or unset it")
    return folder


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """Make a folder once in a run, whichever worker asks first; the others wait for it. Nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # a worker's folder lies in that of the run

    def make(name: str, write: Callable[[Path], None]) -> Path:
        folder = shared / f"once-{name}"
        with (shared / f"once-{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                draft = shared / f"once-{name}.draft"
                draft.mkdir()  # a writer that failed has left it: then this fails as well
                write(draft)
                draft.rename(folder)
        return folder

    return make


@pytest.fixture(scope="session")
def empty_warehouse(made_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A warehouse whose raw tables are made and empty, to be copied: making them takes longer than most tests."""

    def make(folder: Path) -> None:
        with store.open(Home(folder), step="test"):
            pass

    return Home(made_once("warehouse", make)).warehouse


@pytest.fixture(scope="session")
def parsed(made_once: Callable[[str, Callable[[Path], None]], Path], empty_warehouse: Path) -> Callable[[Home], None]:
    """Give a new home what dbt reads from the project, a third of the time that a first build takes."""

    def read(folder: Path) -> None:
        home = Home(folder)
        home.warehouse.parent.mkdir(exist_ok=True)
        shutil.copyfile(empty_warehouse, home.warehouse)
        build_module._dbt(home, ["parse"])

    def give(home: Home) -> None:
        with store.door(home, step="test"):  # makes the home
            known = Home(made_once("parsed", read)).dbt / "target" / "partial_parse.msgpack"
            (home.dbt / "target").mkdir(parents=True)
            shutil.copyfile(known, home.dbt / "target" / known.name)

    return give


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections to anything but this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address[0]!r}; serve it on 127.0.0.1 instead")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
