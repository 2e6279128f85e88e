from __future__ import annotations

import random
import time

import pytest

from transforms.phrases import Match, PhraseBook
from transforms.words import split_words


def found(line: str, text: str) -> list[str]:
    words = split_words(text)
    return [" ".join(words[match.start : match.end]) for match in PhraseBook({"g": [line]}).find(words)]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("on hold", "I was on hold, on hold!", ["on hold", "on hold"]),
        ("(wait|waiting) (for|) # <time>", "waiting two hours, wait for 3 weeks",
         ["waiting two hours", "wait for 3 weeks"]),
        ("lost _ bag", "lost my bag, lost bag", ["lost my bag"]),
        ("(never again|never)", "never again", ["never again"]),
        ("(a|) b", "a b b", ["a b", "b"]),
        ("1 star", "1 star, 2 star", ["1 star"]),
        ("# stars", "five stars 5 stars", ["five stars", "5 stars"]),
        ("dont call", "Don't call me", ["don't call"]),
        ("why (?)", "why?", ["why ?"]),
    ],
)  # fmt: skip
def test_find__pattern(line: str, text: str, expected: list[str]) -> None:
    assert expected == found(line, text)


def test_find__longest_phrase_hides_what_it_holds_within_a_layer() -> None:
    book = PhraseBook({"bad": ["not helpful"], "good": ["helpful"], "asking": ["helpful ?"]}, {"asking": "form"})
    assert book.find(split_words("not helpful?")) == [
        Match(("bad",), 0, 2, is_negated=False),
        Match(("asking",), 1, 3, is_negated=True),
    ]


def test_find__negation_reaches_two_words() -> None:
    book = PhraseBook({"late": ["late"]})
    assert [match.is_negated for match in book.find(split_words("not late; never very late; not at all so late"))] == [
        True,
        True,
        False,
    ]


def test_find__a_negation_inside_another_phrase_reaches_no_further() -> None:
    book = PhraseBook({"fine": ["no problems"], "praise": ["great", "crew"]})
    assert [match.is_negated for match in book.find(split_words("no problems, great crew"))] == [False, False, False]
    assert [match.is_negated for match in book.find(split_words("no problems, not great"))] == [False, True]


def test_phrase_book__refuses_parentheses_inside_parentheses() -> None:
    with pytest.raises(ValueError, match=r"inside parentheses"):
        PhraseBook({"g": ["(above and beyond|out of (his|her) way)"]})


@pytest.mark.parametrize("lines", [[], ["(a|)"], [""]])
def test_phrase_book__refuses_what_matches_nothing_or_everything(lines: list[str]) -> None:
    with pytest.raises(ValueError, match=r"empty"):
        PhraseBook({"g": lines})


def test_find__agrees_with_a_search_phrase_by_phrase() -> None:
    """The automaton against the plain meaning of a line, on random words."""
    rng = random.Random(5)
    phrases = [[rng.choice("abcd") for _ in range(rng.randint(1, 4))] for _ in range(30)]
    book = PhraseBook({"g": [" ".join(phrase) for phrase in phrases]})
    for _ in range(300):
        words = [rng.choice("abcde") for _ in range(12)]
        expected, taken = [], 0
        for start in range(12):
            ends = [start + len(p) for p in phrases if words[start : start + len(p)] == p]
            if ends and start >= taken:
                taken = max(ends)
                expected.append((start, taken))
        assert expected == [(match.start, match.end) for match in book.find(words)]


def test_find_all__each_text_by_itself() -> None:
    book = PhraseBook({"g": ["late", "on hold", "hold (your|the) #"]})
    texts = [["on"], ["hold", "the", "2"], [], ["not", "so"], ["late"], ["not"], ["x", "late", "hold", "your", "two"]]
    assert [book.find(words) for words in texts] == book.find_all(texts)
    assert [[(m.start, m.is_negated) for m in found] for found in book.find_all(texts)] == [
        [], [(0, False)], [], [], [(0, False)], [], [(1, False), (2, False)]
    ]  # fmt: skip
    assert book.find_all([]) == []


def test_find__does_not_grow_with_what_people_post() -> None:
    book = PhraseBook({"g": ["lost _ bag", "on hold for # <time>"]})
    book.find(split_words("lost my bag on hold for 2 hours x"))
    before = _size(book)
    book.find([f"word{i}" for i in range(5000)] + [w for i in range(500) for w in ("lost", f"new{i}", "bag")])
    assert _size(book) - before < 20


def _size(book: PhraseBook) -> int:
    return len(book._states) + len(book._keys)


def test_find__linear_in_length() -> None:
    book = PhraseBook({"g": ["a a a a a a a b"]})
    words = ["a"] * 200_000
    start = time.process_time()
    book.find(words)
    assert time.process_time() - start < 10
