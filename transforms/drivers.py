"""Drivers: why it was bad or good, and what else a text shows beside its label.

Emotions, the wish to leave, a wow, a bad turned good within the text, and whether it reads like spam or a solicited
review. All of it from the phrases found (`lexicons/*.toml`), so each has words that can be shown.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from transforms.features import Readings
from transforms.growing import stretches
from transforms.lexicon import groups, phrase_book
from transforms.phrases import Match

__all__ = ["Driver", "Entries", "SignalColumns", "Signals", "drivers", "phrase_words", "signals", "signals_together"]

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


class Entries(NamedTuple):
    """A list for each text.

    Attributes:
        counts: how many entries each text has.
        numbers: the entries of all texts one after the other, as places in `names`.
        names: sorted.
    """

    counts: np.ndarray
    numbers: np.ndarray
    names: tuple[str, ...]


class SignalColumns(NamedTuple):
    """The `Signals` of many texts."""

    bad_drivers: Entries
    good_drivers: Entries
    emotions: Entries
    flags: Entries
    is_leaving: np.ndarray
    is_wow: np.ndarray
    is_repaired: np.ndarray


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
    if len(words) <= _SHORT and _has_many_links(text):
        flags.append(_LINKS)
    return Signals(_sorted(bad), _sorted(good), _sorted(emotions), _sorted(flags), is_leaving, is_wow, is_repaired)


def signals_together(readings: Readings) -> SignalColumns:
    """Return the signals of many texts."""
    table = _signal_table(len(phrase_book().meanings))
    count = len(readings)
    told = np.flatnonzero(~readings.found.is_negated)
    rows, meanings = readings.found.rows[told], readings.found.meanings[told]

    def has(fact: str) -> np.ndarray:
        return np.bincount(rows[table.facts[fact][meanings]], minlength=count) > 0

    order = np.arange(len(rows))
    first_failure, last_repair = np.full(count, len(rows)), np.full(count, -1)
    is_failure, is_repair = table.facts["is_failure"][meanings], table.facts["is_repair"][meanings]
    first_failure[rows[is_failure][::-1]] = order[is_failure][::-1]  # of several the one assigned last stays
    last_repair[rows[is_repair]] = order[is_repair]
    linked = [
        i for i, text in enumerate(readings.texts) if _has_many_links(text) and readings.stream.lengths[i] <= _SHORT
    ]
    return SignalColumns(
        _entries(table, "bad_drivers", rows, meanings, count),
        _entries(table, "good_drivers", rows, meanings, count),
        _entries(table, "emotions", rows, meanings, count),
        _entries(table, "flags", rows, meanings, count, linked),
        has("is_leaving"),
        has("is_wow"),
        first_failure <= last_repair,
    )


class _SignalTable(NamedTuple):
    """What each meaning of phrases shows: the names there are, the first and the number of its entries, all entries."""

    lists: dict[str, tuple[tuple[str, ...], np.ndarray, np.ndarray, np.ndarray]]
    facts: dict[str, np.ndarray]


@lru_cache(maxsize=2)
def _signal_table(count: int) -> _SignalTable:
    """Return the table for the first so many meanings of the phrase book."""
    found = [_meaning(names) for names in phrase_book().meanings[:count]]
    lists = {}
    for column in SignalColumns._fields[:4]:
        each = [getattr(meaning, column) for meaning in found]
        names = tuple(
            sorted({name for entries in each for name in entries} | ({_LINKS} if column == "flags" else set()))
        )
        counts = np.array([len(entries) for entries in each], dtype=np.int64)
        numbers = np.array([names.index(name) for entries in each for name in entries], dtype=np.int64)
        lists[column] = (names, np.cumsum(counts) - counts, counts, numbers)
    facts = ("is_leaving", "is_wow", "is_failure", "is_repair")
    return _SignalTable(
        lists, {fact: np.array([getattr(meaning, fact) for meaning in found], dtype=bool) for fact in facts}
    )


def _entries(
    table: _SignalTable, column: str, rows: np.ndarray, meanings: np.ndarray, count: int, linked: Sequence[int] = ()
) -> Entries:
    names, firsts, counts, numbers = table.lists[column]
    of_each = numbers[stretches(firsts[meanings], counts[meanings])]
    keys = np.repeat(rows, counts[meanings]) * len(names) + of_each
    if linked:
        keys = np.concatenate((keys, np.array(linked, dtype=np.int64) * len(names) + names.index(_LINKS)))
    keys = np.unique(keys)
    width = max(len(names), 1)
    return Entries(np.bincount(keys // width, minlength=count), keys % width, names)


def _has_many_links(text: str) -> bool:
    return "http" in text and text.count("http") >= _MANY_LINKS


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
