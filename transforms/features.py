"""Features: what the experience classifier sees in a text, each with a name that people can read.

Four kinds, all in one table of weights: what VADER says of the text and its sentences, the form of the text (length,
question, link, address), hits of the phrase groups (`group:on_hold`, `not:on_hold` after a negation), and words and
pairs of words (`word:never again`).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np

from transforms.form import FORM_FEATURES, form
from transforms.lexicon import groups, phrase_book
from transforms.phrases import Found, Match
from transforms.text import clean
from transforms.vader import spell_out_emoji
from transforms.valence import valence
from transforms.vocabulary import Stream, Vocabulary, vocabulary
from transforms.words import word_list

__all__ = [
    "FORM_FEATURES",
    "HIT_VALUES",
    "Reading",
    "Readings",
    "character_features",
    "common_features",
    "feature_name",
    "group_features",
    "read",
    "read_all",
    "read_together",
    "word_features",
    "word_pieces",
]

_LONGEST_WORD = 30  # characters
_MOST_HITS = 4  # of one group; what comes after adds nothing
HIT_VALUES = tuple(map(math.sqrt, range(_MOST_HITS + 1)))  # value of a group's feature by its number of hits
_MARK = re.compile(r"@\w{1,30}|https?|&\w+|[^\w\s@]")
_LOOKED_AT = 5000  # characters of a text for its marks
_FUNCTION_WORDS = word_list("function")


class Reading(NamedTuple):
    """One text as read.

    Attributes:
        text: as posted.
        words: its words in order.
        compound: VADER's, -1..1.
        matches: the phrases found.
        form: value of each of `FORM_FEATURES`.
    """

    text: str
    words: list[str]
    compound: float
    matches: list[Match]
    form: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Readings:
    """Many texts as read, in arrays; give a `Reading` of each when iterated over.

    Attributes:
        texts: as posted.
        stream: their words as numbers.
        known: what the numbers mean.
        compound: VADER's, -1..1; float64 [texts].
        found: the phrases.
        form: float64 [texts, `FORM_FEATURES`].
    """

    texts: Sequence[str]
    stream: Stream
    known: Vocabulary
    compound: np.ndarray
    found: Found
    form: np.ndarray

    def __len__(self) -> int:
        return len(self.texts)

    def __iter__(self) -> Iterator[Reading]:
        words = [self.known.words[number] for number in self.stream.words.tolist()]
        each = zip(
            self.texts,
            self.stream.starts.tolist(),
            self.stream.lengths.tolist(),
            self.compound.tolist(),
            phrase_book().matches(self.found, len(self)),
            self.form.tolist(),
            strict=True,
        )
        for text, start, length, compound, matches, values in each:
            yield Reading(text, words[start : start + length], compound, matches, tuple(values))


def read(text: str, names: tuple[str, ...] = ()) -> Reading:
    """Return what there is to see in a text about the brand that has these names.

    Args:
        text: as posted.
        names: everything the brand is called; see `transforms.text.clean`.
    """
    return read_all([text], [names])[0]


def read_all(texts: Sequence[str], names: Iterable[tuple[str, ...]]) -> list[Reading]:
    """Return what `read` does for each text and the names that go with it, at a small part of the cost."""
    return list(read_together(texts, names))


def read_together(texts: Sequence[str], names: Iterable[tuple[str, ...]]) -> Readings:
    """Return what `read` does for each text and the names that go with it, in arrays."""
    plains = [spell_out_emoji(clean(text, each)) for text, each in zip(texts, names, strict=True)]
    known = vocabulary()
    stream = known.read(plains)
    valued = valence(stream.tokens, plains, known)
    found = phrase_book().search(known.of_words("symbol", stream.words))
    values = form(texts, plains, stream, known.of_words("kinds", stream.words), valued, found)
    return Readings(texts, stream, known, valued.compound, found, values)


def group_features(matches: list[Match]) -> dict[str, float]:
    """Return `group:` and `not:` features: the square root of the number of hits, 1..2."""
    names = _feature_names()
    counts: dict[str, int] = {}
    for match in matches:
        for group in match.groups:
            name = names[group, match.is_negated]
            counts[name] = counts.get(name, 0) + 1
    return {name: HIT_VALUES[min(count, _MOST_HITS)] for name, count in counts.items()}


def feature_name(group: str, is_negated: bool) -> str:
    """Return the name of the feature that a hit of a group counts for."""
    return _feature_names()[group, is_negated]


@cache
def _feature_names() -> dict[tuple[str, bool], str]:
    names = {(name, is_negated): f"group:{name}" for name in groups() for is_negated in (False, True)}
    return names | {(name, True): f"not:{name}" for name, group in groups().items() if group.layer == "experience"}


def word_features(reading: Reading) -> list[str]:
    """Return the words and neighbouring pairs that may carry a weight, each once, in order; no function words alone."""
    words = reading.words
    content = [word not in _FUNCTION_WORDS for word in words]
    found = [f"word:{word}" for word, counts in zip(words, content, strict=True) if counts and not word.isdigit()]
    found += [f"word:{words[i]} {words[i + 1]}" for i in range(len(words) - 1) if content[i] or content[i + 1]]
    return list(dict.fromkeys(found))


def common_features(reading: Reading) -> list[str]:
    """Return what `word_features` leaves out, handles and marks too; only a brand's own weights use them."""
    words = reading.words
    content = [word not in _FUNCTION_WORDS for word in words]
    found = [f"common:{word}" for word, counts in zip(words, content, strict=True) if not counts]
    found += [f"common:{words[i]} {words[i + 1]}" for i in range(len(words) - 1) if not (content[i] or content[i + 1])]
    marks = _MARK.findall(reading.text[:_LOOKED_AT].lower())
    found += [f"mark:{mark}" for mark in marks]
    found += [f"mark:{one} {two}" for one, two in itertools.pairwise(marks)]
    return list(dict.fromkeys(found))


def character_features(reading: Reading) -> list[str]:
    """Return the pieces of two to five letters of the words, each once; only a brand's own weights use them."""
    return list(dict.fromkeys(piece for word in reading.words for piece in word_pieces(word)))


def word_pieces(word: str) -> list[str]:
    """Return the `character_features` of one word."""
    marked = f"_{word[:_LONGEST_WORD]}_"
    return [f"char:{marked[i : i + size]}" for size in (2, 3, 4, 5) for i in range(len(marked) - size + 1)]
