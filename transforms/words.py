"""Words: a text as the phrase lists and the classifier see it.

Lower case, without punctuation but "?" and "!"; "dont" is "don't", "soooo" is "so", "#WorstFlightEver" is three words.
Each white-space separated piece is looked at once and remembered, since posts repeat each other's words.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import chain
from pathlib import Path

from transforms import vader

__all__ = ["CLASSES", "split_words", "word_list"]

_PIECE = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*|\d+|[?!$£€]")
_CAMEL = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_REMEMBERED = 200_000
_REMEMBERED_LENGTH = 40  # characters

_LISTS = tomllib.loads((Path(__file__).parent / "lexicons" / "words.toml").read_text(encoding="utf-8"))


def word_list(name: str) -> frozenset[str]:
    """Return a list of `lexicons/words.toml`."""
    return frozenset(_LISTS[name].split())


# what a word also is, besides itself
CLASSES = dict.fromkeys(word_list("time_units"), "<time>") | dict.fromkeys(word_list("numbers"), "#")

_SPELLED = {word.replace("'", ""): word for word in word_list("contractions")}


def split_words(text: str) -> list[str]:
    """Return the words of a text in order.

    Args:
        text: cleaned, with straight apostrophes (see `transforms.text.clean`).

    >>> split_words("It's sooo late!! #WorstFlightEver 2hrs, dont ask...")
    ["it's", 'so', 'late', '!', 'worst', 'flight', 'ever', '2', 'hrs', "don't", 'ask']
    """
    return list(chain.from_iterable(map(_pieces.__getitem__, text.split())))


class _Pieces(dict[str, tuple[str, ...]]):
    """The words of each piece of text; bounded, because anybody may post a million different ones."""

    def __missing__(self, raw: str) -> tuple[str, ...]:
        words = tuple(_words(raw))
        if len(raw) <= _REMEMBERED_LENGTH:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[raw] = words
        return words


_pieces = _Pieces()


def _words(raw: str) -> list[str]:
    if raw.startswith("#") and not raw[1:].islower() and not raw[1:].isupper():
        raw = " ".join(_CAMEL.findall(raw)) or raw
    found: list[str] = []
    for word in _PIECE.findall(raw.lower()):
        if _STRETCHED.search(word):
            word = _shorten(word)
        word = _SPELLED.get(word, word)
        if not (word in "?!" and found and found[-1] == word):
            found.append(word)
    return found


def _shorten(word: str) -> str:
    twice = _STRETCHED.sub(r"\1\1", word)
    return twice if twice in _known() else _STRETCHED.sub(r"\1", word)


@cache
def _known() -> frozenset[str]:
    return frozenset(vader.lexicon())
