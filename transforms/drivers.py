"""Drivers: why it was bad or good, and what else a text shows beside its label.

Emotions, the wish to leave, a wow, a bad turned good within the text, and whether it reads like spam or a solicited
review. All of it from the phrases found (`lexicons/*.toml`), so each has words that can be shown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from transforms.lexicon import groups
from transforms.phrases import Match

__all__ = ["Driver", "Signals", "drivers", "phrase_words", "signals"]

_PLAYBOOK = Path(__file__).parent / "playbook" / "drivers.toml"
_WORD, _CLASS = re.compile(r"[^\W\d_][\w'’]*"), re.compile(r"<\w+>")
_LEAVING, _WOW = "leaving", "wow"
_EMOTION = "emotion_"
_FLAGS = {"spam_promotion": "spam: promotion", "solicited_review": "solicited: product or payment received"}
_LINKS = "spam: many links"
_MANY_LINKS = 3
_SHORT = 60  # words; a long text may well hold three links
_REPAIRS = frozenset(("recovered", "ownership_taken", "empowered"))
_WEAK = frozenset(("doubtful", "complaint_marks", "help_wanted", "booking"))


@dataclass(frozen=True, slots=True)
class Driver:
    """One reason, as `playbook/drivers.toml` describes it.

    Attributes:
        key: unique.
        title: as people read it.
        group: people, process, policy or practice.
        figure: its published weight, or None.
        rated_by: who gave that figure (business, consumers), or None.
        advice: one line on what to do.
        owner: the role that acts by default: service, operations, product, sales or finance.
    """

    key: str
    title: str
    group: str
    figure: str | None
    rated_by: str | None
    advice: str
    owner: str


class Signals(NamedTuple):
    """What a text shows beside its label; the lists are sorted, each entry once.

    Attributes:
        bad_drivers: keys of drivers that speak for a bad experience.
        good_drivers: the same for a good one.
        emotions: confident, respected, valued, doubting, disrespected, unvalued.
        flags: reasons to take it for spam or a solicited review.
        is_leaving: says that the customer leaves or warns others off.
        is_wow: tells of something beyond what was expected.
        is_repaired: a failure is told first and its repair after it.
    """

    bad_drivers: list[str]
    good_drivers: list[str]
    emotions: list[str]
    flags: list[str]
    is_leaving: bool
    is_wow: bool
    is_repaired: bool


@cache
def drivers() -> dict[str, Driver]:
    """Return all drivers by key, in the order of the file."""
    tables = tomllib.loads(_PLAYBOOK.read_text(encoding="utf-8"))
    return {
        key: Driver(
            key=key,
            title=table["title"],
            group=table["group"],
            figure=table.get("figure"),
            rated_by=table.get("rated_by"),
            advice=table["advice"],
            owner=table["owner"],
        )
        for key, table in tables.items()
    }


@cache
def phrase_words() -> dict[str, str]:
    """Return the words of the phrases by which each driver is found, sorted and separated by blanks."""
    words: dict[str, set[str]] = {key: set() for key in drivers()}
    for group in groups().values():
        if group.driver:
            for line in group.lines:
                words[group.driver].update(_WORD.findall(_CLASS.sub(" ", line)))
    return {key: " ".join(sorted(found)) for key, found in words.items()}


def signals(text: str, words: Sequence[str], matches: Sequence[Match]) -> Signals:
    """Return the signals of a text.

    Args:
        text: as posted.
        words: its words.
        matches: the phrases found in them.
    """
    bad: list[str] = []
    good: list[str] = []
    emotions: list[str] = []
    flags: list[str] = []
    is_leaving = is_wow = has_failed = is_repaired = False
    for names, _, _, is_negated in matches:
        if is_negated:
            continue
        meaning = _meaning(names)
        bad += meaning.bad_drivers
        good += meaning.good_drivers
        emotions += meaning.emotions
        flags += meaning.flags
        is_leaving |= meaning.is_leaving
        is_wow |= meaning.is_wow
        has_failed |= meaning.is_failure
        is_repaired |= has_failed and meaning.is_repair
    if "http" in text and text.count("http") >= _MANY_LINKS and len(words) <= _SHORT:
        flags.append(_LINKS)
    return Signals(_sorted(bad), _sorted(good), _sorted(emotions), _sorted(flags), is_leaving, is_wow, is_repaired)


def _sorted(found: list[str]) -> list[str]:
    return sorted(set(found)) if len(found) > 1 else found


class _Meaning(NamedTuple):
    """What one phrase that is not negated shows, by the groups it speaks for."""

    bad_drivers: list[str]
    good_drivers: list[str]
    emotions: list[str]
    flags: list[str]
    is_leaving: bool
    is_wow: bool
    is_failure: bool
    is_repair: bool


@cache
def _meaning(names: tuple[str, ...]) -> _Meaning:
    known = [groups()[name] for name in names]
    return _Meaning(
        [group.driver for group in known if group.driver and group.label == "bad"],
        [group.driver for group in known if group.driver and group.label == "good"],
        [name.removeprefix(_EMOTION) for name in names if name.startswith(_EMOTION)],
        [_FLAGS[name] for name in names if name in _FLAGS],
        _LEAVING in names,
        _WOW in names,
        any(group.label == "bad" and group.layer == "experience" and group.name not in _WEAK for group in known),
        not _REPAIRS.isdisjoint(names),
    )
