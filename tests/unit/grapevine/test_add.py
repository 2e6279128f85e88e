"""`grapevine add`: an entry behind what is there, asked for, checked by loading, without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from grapevine import cli
from grapevine.adding import Proposal, propose, write
from grapevine.given import read_given
from grapevine.settings import load_settings
from records.errors import ConfigError, InputError

START = """\
# mine, with  odd   spacing
[[brands]]
name = "Acme"   # the one
competitors = ["rival"]
[[brands]]
name = "Rival"

[[sources]]
connector = "hackernews" # keep me

[digest]
language = "de"  # last
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "grapevine.toml"
    path.write_bytes(START.encode())
    return path


def added(config: Path, name: str, *given: str) -> Proposal:
    proposal = propose(config, name, given=given, ask=None)
    write(proposal)
    return proposal


def test_add__keeps_every_byte_and_loads(config: Path) -> None:
    added(config, "steam", "apps=440,730", "retention_days=7")
    assert config.read_text("utf-8").startswith(START)
    steam = load_settings(config).source_setups()[1]
    # the only brand of one's own is filled in: reviews of a product don't name it
    assert steam.settings == {"apps": [{"id": 440, "brand": "acme"}, {"id": 730, "brand": "acme"}]}
    assert steam.retention_days == 7


def test_add__line_ends_stay_as_they_are(config: Path) -> None:
    config.write_bytes(START.replace("\n", "\r\n").encode())
    added(config, "steam", "apps=440")
    text = config.read_bytes()
    assert text.startswith(START.replace("\n", "\r\n").encode())
    assert text.count(b"\n") == text.count(b"\r\n")
    assert len(load_settings(config).sources) == 2


def test_add__asks_for_what_is_required(config: Path) -> None:
    asked: list[tuple[str, str]] = []

    def ask(question: str, name: str) -> str:
        asked.append((question, name))
        return "123"

    proposal = propose(config, "appstore", given=["countries=gb,de"], ask=ask)
    assert asked == [("apps: The apps to read.", "apps")]
    assert proposal.block[1:] == (
        "[[sources]]",
        'connector = "appstore"',
        'countries = ["gb", "de"]',
        'apps = [{id = 123, brand = "acme"}]',
    )
    assert config.read_text("utf-8") == START


def test_add__a_file_by_its_columns(config: Path) -> None:
    (config.parent / "r.csv").write_text("id,review,stars\n1,fine,5\n2,bad,1\n", encoding="utf-8")
    added(config, "files", "path=r.csv", "name=reviews", "columns.title=stars")
    reviews = load_settings(config).source_setups()[1]
    assert (reviews.name, reviews.settings["brand"]) == ("reviews", "acme")
    # what is given stands above the guess
    assert reviews.settings["columns"] == {"id": "id", "text": "review", "rating": "stars", "title": "stars"}


@pytest.mark.parametrize("secret", ["client_secret=canary", "GRAPEVINE_REDDIT_CLIENT_SECRET=canary"])
def test_add__secrets_are_refused_and_not_repeated(config: Path, secret: str) -> None:
    with pytest.raises(InputError, match="GRAPEVINE_REDDIT_CLIENT_SECRET") as refused:
        propose(config, "reddit", given=[secret], ask=None)
    assert "canary" not in str(refused.value)


def test_add__says_which_variables_hold_the_secrets(config: Path) -> None:
    proposal = added(config, "reddit", "subreddits=acme")
    assert "# needs GRAPEVINE_REDDIT_CLIENT_ID in the environment: www.reddit.com/prefs/apps, after approval" in (
        proposal.block
    )
    assert load_settings(config).source_setups()[1].settings == {"subreddits": ["acme"]}


@pytest.mark.parametrize(
    ("name", "given", "said"),
    [
        ("steam", [], "needs apps"),
        ("steam", ["apps"], "write key=value"),
        ("steam", ["apps=many"], "apps"),
        ("steam", ["apps=1", "page_sice=3"], "did you mean 'page_size'"),
        ("hackernews", [], "called 'hackernews' already"),
        ("stem", [], "did you mean 'steam'"),
    ],
)
def test_add__refuses_what_would_not_load(config: Path, name: str, given: list[str], said: str) -> None:
    with pytest.raises((ConfigError, InputError), match=said):
        propose(config, name, given=given, ask=None)
    assert config.read_text("utf-8") == START


def test_add__an_inline_list_of_sources_is_named(config: Path) -> None:
    config.write_text('sources = [{connector = "hackernews"}]\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"write its sources as \[\[sources\]\]"):
        propose(config, "steam", given=["apps=1"], ask=None)


def test_write__not_over_somebody_elses_change(config: Path) -> None:
    proposal = propose(config, "steam", given=["apps=1"], ask=None)
    config.write_text(START + "# new\n", encoding="utf-8")
    with pytest.raises(InputError, match="changed meanwhile"):
        write(proposal)
    assert config.read_text("utf-8") == START + "# new\n"
    assert [path.name for path in config.parent.iterdir()] == ["grapevine.toml"]


@pytest.mark.parametrize(("yes", "expected"), [(("--yes",), 2), ((), 1)])
def test_add__writes_only_when_told(
    config: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    yes: tuple[str, ...],
    expected: int,
) -> None:
    monkeypatch.setattr("sys.argv", ["grapevine", "add", "steam", "--set", "apps=1", "--config", str(config), *yes])
    code = 0
    try:
        cli.main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    assert 'connector = "steam"' in said.out
    assert len(load_settings(config).sources) == expected
    # nobody is there to answer
    assert (code, "give --yes" in said.err) == ((0, False) if yes else (2, True))


def test_given__is_read_by_what_is_expected() -> None:
    from connectors.file_settings import FileSettings
    from connectors.reddit import Settings as Reddit

    assert read_given(["subreddits=a,b", "search=false"], Reddit) == {"subreddits": ["a", "b"], "search": False}
    assert read_given(
        ["path=1.csv", "columns.id=2", 'columns.text="3"', "max_text_characters=4", "brands.map.A b=acme"], FileSettings
    ) == {
        "path": "1.csv",
        "columns": {"id": "2", "text": "3"},
        "max_text_characters": 4,
        "brands": {"map": {"A b": "acme"}},
    }
