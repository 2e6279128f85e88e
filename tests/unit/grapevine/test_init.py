"""`grapevine init`: a first settings file that loads, says what else there is, and never replaces one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from connectors import registry
from grapevine.settings import load_settings
from grapevine.starter import Share, parse_share, starter, write_new
from records.errors import ConfigError, InputError


def text(*, coverage: Share | None = None, brand: str = "Acme Ltd") -> str:
    return starter(brand=brand, handles=["@acme"], competitors=["Rival"], time_zone="Europe/Berlin", coverage=coverage)


def test_starter__loads_with_what_needs_no_key(tmp_path: Path) -> None:
    path = tmp_path / "grapevine.toml"
    write_new(path, text())
    settings = load_settings(path)
    acme, rival = settings.brand_records()
    assert (acme.name, acme.handles, acme.competitors, rival.key) == ("Acme Ltd", ("@acme",), ("rival",), "rival")
    assert (acme.time_zone, rival.time_zone) == ("Europe/Berlin", "Europe/Berlin")
    on = [source.connector for source in settings.source_setups()]
    assert "hackernews" in on
    assert all(not registry.find(name).declaration.credentials for name in on)
    assert settings.coverage == ()


def test_starter__lists_every_source_with_what_it_needs() -> None:
    said = text()
    for name in registry.names():
        assert f'connector = "{name}"' in said
        for credential in registry.find(name).declaration.credentials:
            assert f"needs {credential.variable} in the environment: {credential.where}" in said


def test_starter__every_block_loads_without_its_number_signs(tmp_path: Path) -> None:
    opened = re.sub(r"^# (?=\[|\w+ = )", "", text(), flags=re.MULTILINE)
    opened = re.sub(r"^(aliases = .*)$", "", opened, flags=re.MULTILINE)
    settings = write_new(tmp_path / "grapevine.toml", opened)
    assert sorted(source.connector for source in settings.source_setups()) == registry.names()
    assert [entry.source for entry in settings.coverage][:1] == ["hackernews"]


def test_starter__coverage_is_written_or_said_to_be_unknown(tmp_path: Path) -> None:
    settings = write_new(tmp_path / "a.toml", text(coverage=parse_share("5-20 %")))
    assert {(one.low, one.mode, one.high) for one in settings.coverage} == {(0.05, 0.1, 0.2)}
    assert "at least" in text()
    assert "at least" not in text(coverage=Share(0.1, 0.2, 0.3))


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("unknown", None),
        ("", None),
        ("0.1", Share(0.05, 0.1, 0.2)),
        ("80 %", Share(0.4, 0.8, 1.0)),  # twice 80 % is more than all
        ("1 to 4%", Share(0.01, 0.02, 0.04)),
    ],
)
def test_coverage__as_people_say_it(said: str, meant: Share | None) -> None:
    assert parse_share(said) == meant


@pytest.mark.parametrize("said", ["0", "120 %", "20-5 %", "a lot", "1 2 3", "-0.1 or so"])
def test_coverage__refuses_what_is_no_share(said: str) -> None:
    with pytest.raises(InputError, match="write a share"):
        parse_share(said)


@pytest.mark.parametrize("brand", ['Say "hi"', "back\\slash", "Zoë #1", "two\nlines"])
def test_starter__names_are_kept_as_they_are(tmp_path: Path, brand: str) -> None:
    assert write_new(tmp_path / "grapevine.toml", text(brand=brand)).brands[0].name == brand


def test_starter__refuses_a_brand_without_a_letter() -> None:
    with pytest.raises(InputError, match="no letter"):
        text(brand="!!!")


def test_write_new__never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "grapevine.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="exists already"):
        write_new(path, text())
    assert path.read_text(encoding="utf-8") == "mine"


def test_write_new__writes_nothing_that_would_not_load(tmp_path: Path) -> None:
    wrong = text().replace("Europe/Berlin", "Atlantis")
    with pytest.raises(ConfigError, match="Atlantis"):
        write_new(tmp_path / "grapevine.toml", wrong)
    assert list(tmp_path.iterdir()) == []
