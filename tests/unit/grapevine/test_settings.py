from __future__ import annotations

import re
from pathlib import Path

import pytest

from grapevine.settings import load_settings
from records.errors import ConfigError


def write(folder: Path, text: str) -> Path:
    path = folder / "grapevine.toml"
    path.write_text(text, encoding="utf-8")
    return path


ROOT = Path(__file__).resolve().parents[3]


def test_readme__its_settings_can_be_used(tmp_path: Path) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    for block in blocks:
        settings = load_settings(write(tmp_path, f'[[brands]]\nname = "Your Brand"\n{block}'))
        assert settings.source_setups()


def test_brands__keys_zones_and_names(tmp_path: Path) -> None:
    settings = load_settings(
        write(
            tmp_path,
            """
            time_zone = "UTC"
            [[brands]]
            name = "Tern Parcel"
            aliases = ["Tern"]
            handles = ["@ternparcel"]
            competitors = ["gannet"]
            time_zone = "Europe/Berlin"
            [[brands]]
            name = "Gannet"
            """,
        )
    )
    tern, gannet = settings.brand_records()
    assert (tern.key, tern.time_zone) == ("tern-parcel", "Europe/Berlin")
    assert gannet.time_zone == "Europe/Berlin"  # counted in the days of the brand that names it
    assert tern.names == ("@ternparcel", "Tern Parcel", "Tern")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("brand = []", "brand is not a setting; did you mean 'brands'?"),
        ('[[brands]]\nname = "A"\nalias = ["x"]', "brands[1].alias is not a setting; did you mean 'aliases'?"),
        ('[[brands]]\nkey = "a"', "brands[1].name is missing; set it"),
        ('time_zone = "Mars/Base"', "'Mars/Base' is no IANA time zone"),
        ("as_of = 2026-01-01T00:00:00", "has no time zone"),
        ('[[brands]]\nname = "A"\n[[brands]]\nname = "a"', "two brands are called 'a'"),
        ('[[brands]]\nname = "A"\ncompetitors = ["b"]', "competitor 'b', which is no brand's key"),
        ('[[coverage]]\nsource = "x"\nlow = 0.5\nmode = 0.2\nhigh = 0.9', "low <= mode <= high must hold"),
        ('[[coverage]]\nsource = "x"\nlow = 0\nmode = 0.2\nhigh = 0.9', "coverage[1].low is 0"),
        ('[[coverage]]\nsource = "x"\nlow = 0.1\nmode = 0.2\nhigh = 0.9', "names the source 'x', which is not set up"),
        ('[owners]\nservices = "Ada"', "services = 'Ada' names neither a role nor a driver; did you mean 'service'?"),
        ("brands = [", "is not valid TOML"),
    ],
)
def test_settings__say_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_owners__a_drivers_own_before_its_roles(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, '[owners]\nservice = "Ada"\non_hold = "Bo"'))
    owners = {row.driver: row.owner for row in settings.driver_records()}
    assert (owners["on_hold"], owners["scripted"], owners["price"]) == ("Bo", "Ada", None)


def test_settings__missing_file_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="grapevine init"):
        load_settings(tmp_path / "none.toml")


def test_settings__hash_follows_every_change(tmp_path: Path) -> None:
    one = load_settings(write(tmp_path, '[[brands]]\nname = "A"')).digest_hash
    same = load_settings(write(tmp_path, '# a comment\n[[brands]]\nname = "A"')).digest_hash
    other = load_settings(write(tmp_path, '[[brands]]\nname = "A"\naliases = ["B"]')).digest_hash
    assert one == same != other


def test_settings__an_address_with_a_password_is_refused(tmp_path: Path) -> None:
    text = '[[brands]]\nname = "A"\n[[sources]]\nconnector = "hackernews"\nbase_url = "https://me:hunter2@example.org"'
    with pytest.raises(ConfigError, match="base_url holds a password in its address") as caught:
        load_settings(write(tmp_path, text)).source_setups()
    assert "hunter2" not in str(caught.value)
