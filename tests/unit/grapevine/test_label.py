"""The round on the terminal: single keys, going back, and what is kept when somebody stops."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grapevine import cli
from records.errors import Busy
from records.home import Home
from records.override import Override
from warehouse.overrides import Candidate, Put

TEXTS = ["on hold for ever", "is the shop open?", "a \x1b[2Jgreat\u202e day"]


def candidate(number: int) -> Candidate:
    told_at = datetime(2026, 11, 2, tzinfo=UTC)
    found = ("neutral", 0.9, number == 1, True)
    return Candidate(uuid.UUID(int=number), "acme", "Acme", "posts", told_at, None, TEXTS[number], *found)


class Kept:
    """Stands in for the warehouse: what is kept, and whether the door is free for those who don't wait."""

    def __init__(self) -> None:
        self.labels: dict[int, Override] = {}
        self.is_free = True

    def put(self, home: Home, overrides: Sequence[Override], *, wait_seconds: float = 60.0) -> Put:
        if not self.is_free and not wait_seconds:
            raise Busy("held by a build")
        self.labels |= {one.mention_id.int: one for one in overrides}
        return Put(len(overrides))

    def take_back(self, home: Home, keys: Sequence[tuple[uuid.UUID, str]], *, wait_seconds: float = 60.0) -> int:
        return len([self.labels.pop(mention_id.int) for mention_id, _ in keys])


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    kept = Kept()
    monkeypatch.setattr("warehouse.overrides.put", kept.put)
    monkeypatch.setattr("warehouse.overrides.take_back", kept.take_back)
    monkeypatch.setattr(
        "warehouse.overrides.doubtful", lambda home, limit, brands: [candidate(i) for i in range(limit)]
    )
    monkeypatch.setattr("grapevine.commands.label.is_interactive", lambda: True)
    return kept


@pytest.fixture
def press(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[str], str]:
    """Press keys one by one; return what the terminal showed."""

    def press(keys: str) -> str:
        waiting = list(keys)

        def key() -> str:
            if not waiting:
                raise EOFError
            if (one := waiting.pop(0)) == "^":
                raise KeyboardInterrupt
            return one

        monkeypatch.setattr("typer.getchar", key)
        monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(tmp_path), "label", "--limit", "3"])
        with suppress(SystemExit):
            cli.main()
        return capsys.readouterr().out

    return press


def labels(kept: Kept) -> dict[int, str]:
    return {number: one.label for number, one in kept.labels.items()}


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("bng", {0: "bad", 1: "neutral", 2: "good"}),
        ("BsG", {0: "bad", 2: "good"}),
        ("xb?ng", {0: "bad", 1: "neutral", 2: "good"}),
        ("bq", {0: "bad"}),
        ("b", {0: "bad"}),
        ("bn^", {0: "bad", 1: "neutral"}),
        ("bbugg", {0: "bad", 1: "good", 2: "good"}),
        ("bbuusq", {1: "bad"}),
        ("ubq", {0: "bad"}),
        ("q", {}),
    ],
)
def test_label__keys(press: Callable[[str], str], kept: Kept, keys: str, expected: dict[int, str]) -> None:
    out = press(keys)
    assert labels(kept) == expected
    if "^" not in keys:
        assert f"{len(expected)} labels kept" in out


def test_label__a_random_draw_is_kept_as_one(press: Callable[[str], str], kept: Kept) -> None:
    press("bng")
    assert [one.is_random for one in kept.labels.values()] == [False, True, False]


def test_label__nobody_waits_for_another_program(press: Callable[[str], str], kept: Kept) -> None:
    kept.is_free = False
    press("bng")
    assert labels(kept) == {0: "bad", 1: "neutral", 2: "good"}


def test_label__what_strangers_wrote_cannot_move_the_cursor(press: Callable[[str], str], kept: Kept) -> None:
    out = press("bng")
    assert "great" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_label__nobody_at_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(tmp_path), "label"])
    monkeypatch.setattr("grapevine.commands.label.is_interactive", lambda: False)
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert "use --export and --import" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["label", "--export", "a.csv", "--import", "b.csv"], "two of MENTION, --export, --import and --mail"),
        (["label", "--export", "a.csv"], "there is no warehouse"),
        (["train"], "give a file of labelled texts, or --from-labels"),
        (["train", "--from-labels"], "there is no warehouse"),
        (["explain", str(uuid.UUID(int=1))], "there is no warehouse"),
        (["explain", "bad", "--weights", "none.tsv"], "none.tsv does not exist"),
    ],
)
def test_errors__say_what_to_do(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["grapevine", "--home", str(tmp_path / "home"), *arguments])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_explain__shows_what_moved_a_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sys.argv", ["grapevine", "--home", str(tmp_path), "explain", "on hold for 2 hours, never again"]
    )
    with suppress(SystemExit):
        cli.main()
    out = capsys.readouterr().out
    assert "by its words: bad (bad 0.9" in out
    assert "on hold: “on hold for”" in out
    assert "together: log-odds against neutral" in out
