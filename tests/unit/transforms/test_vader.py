"""Parity with vaderSentiment 3.3.2 and linear cost."""

from __future__ import annotations

import csv
import gzip
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vaderSentiment.vaderSentiment import BOOSTER_DICT, NEGATE, SPECIAL_CASES, SentimentIntensityAnalyzer

from transforms import vader

ORACLE = SentimentIntensityAnalyzer()

# words on which the rules turn, drawn often enough that they meet
_RULE_WORDS = [
    "no", "or", "nor", "but", "BUT", "so", "this", "never", "without", "doubt", "least", "at", "very", "kind", "of",
    "sort", "just", "enough", "the", "shit", "bomb", "bad", "ass", "yeah", "right", "kiss", "death", "to", "die",
    "for", "bus", "stop", "good", "GOOD", "great", "GREAT!", "terrible", "love", "isn't", "Isn't", "n't", "x",
    ":)", ":(", "no,", "(good)", "'love'", "❤", "😀", "😡", "😀good", "!!", "?", "???", "united", "horrible,", "\u0130",
]  # fmt: skip
_WORDS = st.sampled_from([*_RULE_WORDS, *NEGATE, *BOOSTER_DICT, *SPECIAL_CASES, *list(ORACLE.lexicon)[::40]])
_GAPS = st.sampled_from([" ", " ", " ", "  ", "\n", "\u00a0", "\t", ""])
_SENTENCES = st.lists(st.tuples(_WORDS, _GAPS), max_size=25).map(lambda pairs: "".join(w + gap for w, gap in pairs))


def assert_same(text: str) -> None:
    assert ORACLE.polarity_scores(text) == vader.polarity_scores(text)._asdict(), text


@settings(max_examples=1500, deadline=None)
@given(_SENTENCES)
def test_parity__words_on_which_the_rules_turn(text: str) -> None:
    assert_same(text)


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.characters(codec=None), max_size=200))  # lone surrogates too
def test_parity__any_text(text: str) -> None:
    assert_same(text)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from([*list(ORACLE.emojis)[::40], " ", " ", "a", "!", "\u200d", "\ufe0f"]), max_size=40))
def test_parity__emoji(pieces: list[str]) -> None:
    assert_same("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "good but good but bad good bad",
        "It was so good and this nice thing, never so good",
        "at least good, the least good, very least good, least good",
        "no good or no bad, no",
        "kind of good and kind kind of",
        "GREAT service but THE WORST food",
        "😀😀 😀!!! ok??",
        "he couldn'tve loved it",
    ],
)
def test_parity__quirk(text: str) -> None:
    assert_same(text)


def test_parity__real_texts(real_data: Path) -> None:
    for file in sorted((real_data / "data").rglob("*.csv.gz")):
        with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines))
        name = next(name for name in ("text", "content", "review") if name in rows[0])
        for row in rows:
            assert_same(row[name])
    for file in sorted((real_data / "data").rglob("*GroundTruth.txt.gz")):
        with gzip.open(file, "rt", encoding="utf-8", errors="replace") as lines:
            for line in lines:
                assert_same(line.split("\t")[-1])


def test_cost__fifteen_thousand_emoji_take_no_time() -> None:
    vader.polarity_scores("😀")
    start = time.process_time()
    assert vader.polarity_scores("😀" * 15_000).compound > 0.99
    assert time.process_time() - start < 0.5  # 0.05 s here; the package takes minutes


def test_cost__grows_with_length_not_with_its_square() -> None:
    def seconds(words: int) -> float:
        text = "good but not so bad and never great " * (words // 8)
        vader.polarity_scores(text)
        return min(_timed(text) for _ in range(3))

    assert seconds(80_000) < 16 * seconds(10_000)  # 8 if linear, 64 if quadratic


def _timed(text: str) -> float:
    start = time.process_time()
    vader.polarity_scores(text)
    return time.process_time() - start
