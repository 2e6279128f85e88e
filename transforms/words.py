"""Words: a text as the phrase lists and the classifier see it.

Lower case, without punctuation but "?" and "!"; "dont" is "don't", "soooo" is "so", "#WorstFlightEver" is three words.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

__all__ = [
    "AMOUNT",
    "ASKS",
    "CLASSES",
    "ENGLISH_NUMBERS",
    "FIRST_PERSON",
    "NEGATES",
    "ONLY_ENGLISH",
    "UNIT",
    "kinds_of",
    "split_piece",
    "split_words",
    "word_list",
]

_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?!$£€]")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")

_LISTS = tomllib.loads((Path(__file__).parent / "lexicons" / "words.toml").read_text(encoding="utf-8"))


def word_list(name: str) -> frozenset[str]:
    """Return a list of `lexicons/words.toml`."""
    return frozenset(_LISTS[name].split())


# what a word also is, besides itself
CLASSES = dict.fromkeys(word_list("time_units"), "<time>") | dict.fromkeys(word_list("numbers"), "#")

ASKS, FIRST_PERSON, UNIT, NEGATES, AMOUNT, ONLY_ENGLISH = 1, 2, 4, 8, 16, 32  # kinds of words, to be added up
_LISTS_OF = {
    FIRST_PERSON: word_list("first_person"),
    UNIT: word_list("time_units"),
    NEGATES: word_list("negators"),
    AMOUNT: word_list("numbers") | word_list("quantities"),
    ONLY_ENGLISH: word_list("only_english") & word_list("english"),
}
_KINDS = {"?": ASKS} | {
    word: sum(kind for kind, listed in _LISTS_OF.items() if word in listed)
    for word in frozenset().union(*_LISTS_OF.values())
}
ENGLISH_NUMBERS = {word: number for number, word in enumerate(sorted(word_list("english")), 1)}

_SPELLED = {word.replace("'", ""): word for word in word_list("contractions")}


def split_words(text: str) -> list[str]:
    """Return the words of a text in order.

    Args:
        text: cleaned, with straight apostrophes (see `transforms.text.clean`).

    >>> split_words("It's sooo late!! #WorstFlightEver 2hrs, dont ask...")
    ["it's", 'so', 'late', '!', 'worst', 'flight', 'ever', '2', 'hrs', "don't", 'ask']
    """
    return [word for piece in text.split() for word in split_piece(piece)]


def split_piece(piece: str) -> tuple[str, ...]:
    """Return the words of a text without white space."""
    if piece.startswith("#") and not piece[1:].islower() and not piece[1:].isupper():
        piece = " ".join(_CAMEL.findall(piece)) or piece
    found: list[str] = []
    for word in _PIECE.findall(piece.lower()):
        if _STRETCHED.search(word):
            word = _shorten(word)
        word = _SPELLED.get(word, word)
        if not (word in "?!" and found and found[-1] == word):
            found.append(word)
    return tuple(found)


def kinds_of(word: str) -> int:
    """Return which of `ASKS`, `FIRST_PERSON`, `UNIT`, `NEGATES`, `AMOUNT` and `ONLY_ENGLISH` a word is, added up."""
    return _KINDS.get(word, 0) or AMOUNT * word.isdigit()


def _shorten(word: str) -> str:
    twice = _STRETCHED.sub(r"\1\1", word)
    return twice if twice in _known() else _STRETCHED.sub(r"\1", word)


@cache
def _known() -> frozenset[str]:
    from transforms import vader  # vader uses this module for its tokens

    return frozenset(vader.lexicon())
