"""The stamp of a whole run: found while nothing has changed, void as soon as anything has."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grapevine import unchanged
from records.home import Home


@pytest.fixture
def run(home: Home, tmp_path: Path) -> tuple[Home, Path]:
    """A home as a whole run leaves it, with its stamp."""
    config, source = tmp_path / "grapevine.toml", tmp_path / "reviews-1.csv"
    config.write_text("sample = true\n")
    source.write_text("id,text\n")
    folder = home.published / "one"
    folder.mkdir(parents=True)
    (folder / "grapevine.duckdb").write_bytes(b"tables")
    home.current.symlink_to("one")
    home.state.mkdir()
    home.warehouse.write_bytes(b"raw")
    digest = home.digests / "2026-W46" / "acme"
    digest.mkdir(parents=True)
    (digest / "mail.eml").write_text("mail")
    unchanged.write(home, config, patterns=[str(tmp_path / "reviews-*.csv")], digests=[digest])
    return home, config


def test_stamp__is_found_while_nothing_changed(run: tuple[Home, Path]) -> None:
    home, config = run
    found = unchanged.find(home, config)
    assert found is not None
    assert found.digests == (home.digests / "2026-W46" / "acme",)


def _touch(path: Path) -> None:
    os.utime(path, ns=(1, 1))


CHANGES: dict[str, Callable[[Home, Path], None]] = {
    "settings": lambda home, config: config.write_text("sample = false\n"),
    "a source file": lambda home, config: _touch(config.parent / "reviews-1.csv"),
    "a new source file": lambda home, config: _touch_new(config.parent / "reviews-2.csv"),
    "a source file gone": lambda home, config: (config.parent / "reviews-1.csv").unlink(),
    "the warehouse": lambda home, config: _touch(home.warehouse),
    "the published file": lambda home, config: _touch(home.published_file),
    "weights of its own": lambda home, config: home.weights.write_text("# model_version: own"),
    "what is current": lambda home, config: home.current.unlink(),
    "a digest": lambda home, config: (home.digests / "2026-W46" / "acme" / "mail.eml").unlink(),
    "the stamp": lambda home, config: (home.state / "last_run.json").write_text("{"),
}


def _touch_new(path: Path) -> None:
    path.write_text("id,text\n")


@pytest.mark.parametrize("what", CHANGES)
def test_stamp__is_void_after_a_change(run: tuple[Home, Path], what: str) -> None:
    home, config = run
    CHANGES[what](home, config)
    assert unchanged.find(home, config) is None


def test_stamp__is_void_when_the_program_changes(run: tuple[Home, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    home, config = run
    monkeypatch.setattr(unchanged, "_newest", lambda folder: [1, 2])
    assert unchanged.find(home, config) is None


def test_stamp__never_ran(home: Home, tmp_path: Path) -> None:
    assert unchanged.find(home, tmp_path / "grapevine.toml") is None
