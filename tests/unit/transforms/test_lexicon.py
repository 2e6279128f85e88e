from __future__ import annotations

import itertools

import pytest

from transforms.drivers import Entries, drivers, signals, signals_together
from transforms.features import read, read_together
from transforms.lexicon import Group, groups, phrase_book
from transforms.words import split_words

GROUPS = groups()


@pytest.mark.parametrize("group", GROUPS.values(), ids=GROUPS)
def test_groups__sound(group: Group) -> None:
    assert group.label in ("bad", "neutral", "good")
    assert group.lines
    assert group.driver is None or group.driver in drivers()
    if group.layer == "signal":
        assert group.bad == group.good == 0
    elif group.label == "bad":
        assert group.bad > 0 > group.good
    elif group.label == "good":
        assert group.bad < 0 < group.good
    assert not any(mark in line for line in group.lines for mark in ("flightled", "flightr,", "@", "http"))


def test_drivers__each_has_evidence_and_a_known_group() -> None:
    evidenced = {group.driver for group in GROUPS.values() if group.driver}
    assert set(drivers()) == evidenced
    assert {driver.group for driver in drivers().values()} <= {"people", "process", "policy", "practice"}
    assert all((driver.figure is None) == (driver.rated_by is None) for driver in drivers().values())


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("On hold for 2 hours and then they hung up on me", "on_hold"),
        ("On hold for 2 hours and then they hung up on me", "unreachable"),
        ("I've been waiting three weeks", "waiting"),
        ("she was so rude to my mother", "rude"),
        ("not helpful at all", "rude"),
        ("you lost my bag", "lost_or_damaged"),
        ("your app keeps crashing", "fault"),
        ("I will never buy from them again", "leaving"),
        ("thanks for nothing", "thanks_for_nothing"),
        ("thank you so much", "thanks"),
        ("they went above and beyond", "on_my_side"),
        ("how do I change my address?", "question"),
        ("they charged me twice", "money"),
        ("cold fries and a wrong order", "bad_goods"),
        ("cold fries and a wrong order", "order_wrong"),
    ],
)
def test_phrase_book__finds(text: str, group: str) -> None:
    assert group in {name for match in phrase_book().find(split_words(text)) for name in match.groups}


def test_signals__reasons_feelings_and_flags() -> None:
    text = "Rude agent, on hold for an hour. Never again!"
    reading = read(text)
    found = signals(text, reading.words, reading.matches)
    assert found.bad_drivers == ["on_hold", "rude_or_indifferent"]
    assert (found.good_drivers, found.is_leaving, found.is_wow, found.flags) == ([], True, False, [])
    assert found.emotions == ["disrespected"]


def test_signals__a_failure_repaired_within_the_text() -> None:
    for text, expected in [
        ("They lost my suitcase but found my bag quickly and refunded me right away, issue was resolved", True),
        ("They found my bag quickly. Then they lost my suitcase", False),
        ("issue was resolved", False),
    ]:
        reading = read(text)
        assert signals(text, reading.words, reading.matches).is_repaired is expected, text


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("I received this product for free in exchange for my honest review", "solicited: product or payment received"),
        ("Shop now with promo code SAVE10", "spam: promotion"),
        ("http://a.example http://b.example http://c.example", "spam: many links"),
    ],
)
def test_signals__flags_say_why(text: str, flag: str) -> None:
    reading = read(text)
    assert flag in signals(text, reading.words, reading.matches).flags


def test_signals_together__the_same_as_one_by_one() -> None:
    texts = [
        "Rude agent, on hold for an hour. Never again!",
        "",
        "They lost my suitcase but found my bag quickly and refunded me right away, issue was resolved",
        "They found my bag quickly. Then they lost my suitcase",
        "not rude at all, they went above and beyond, beyond, I felt heard",
        "Shop now with promo code SAVE10 http://a.example http://b.example http://c.example",
        "http://a.example http://b.example http://c.example " + "word " * 100,
    ]
    readings = read_together(texts, [()] * len(texts))
    columns = [
        _lists(column) if isinstance(column, Entries) else column.tolist() for column in signals_together(readings)
    ]
    one_by_one = [signals(reading.text, reading.words, reading.matches) for reading in readings]
    assert list(zip(*columns, strict=True)) == one_by_one


def _lists(entries: Entries) -> list[list[str]]:
    names = iter([entries.names[number] for number in entries.numbers.tolist()])
    return [list(itertools.islice(names, count)) for count in entries.counts.tolist()]
