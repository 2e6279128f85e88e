"""Gathering: the features of many texts at once, for the default weights.

The same as `transforms.experience.feature_values` text by text; a small part of the cost.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from transforms.features import HIT_VALUES, Readings, feature_name
from transforms.growing import Growing, stretches
from transforms.lexicon import phrase_book
from transforms.vocabulary import Vocabulary

if TYPE_CHECKING:
    from transforms.experience import Weights

__all__ = ["WORD_SCALE", "GroupTable", "WordTable", "gather"]

WORD_SCALE = 3.0  # words share one weight's room: each of n counts 3 / sqrt(n)
_HIT_VALUES = np.array(HIT_VALUES)


class WordTable:
    """The words of a model as numbers: 1.. for words with a weight, 0 for all others.

    Attributes:
        ids: number of each word.
        single: place of each number's own weight, -1 for none.
        pair_keys: first number * len(single) + second number, sorted.
        pair_places: place of each of them.
    """

    def __init__(self, singles: Mapping[str, int], pairs: Mapping[str, Mapping[str, int]]) -> None:
        """Make the table of words and of pairs by first and second word."""
        words = dict.fromkeys([*singles, *pairs, *itertools.chain(*pairs.values())])
        self.ids = ids = {word: i for i, word in enumerate(words, 1)}
        self.single = np.full(len(ids) + 1, -1)
        for word, place in singles.items():
            self.single[ids[word]] = place
        keys = sorted(
            (ids[first] * len(self.single) + ids[second], place)
            for first, following in pairs.items()
            for second, place in following.items()
        )
        found = np.array(keys or [(-1, -1)], dtype=np.int64)
        self.pair_keys, self.pair_places = found[:, 0], found[:, 1]
        self._vocabulary: Vocabulary | None = None
        self._numbers = Growing(np.int64)

    def numbers(self, known: Vocabulary) -> np.ndarray:
        """Return the number of each word of a vocabulary."""
        if self._vocabulary is not known:
            self._vocabulary, self._numbers = known, Growing(np.int64)
        self._numbers.add([self.ids.get(word, 0) for word in known.words[len(self._numbers) :]])
        return self._numbers.rows


class GroupTable:
    """The places of the weights of what phrases mean, filled as texts need it.

    Args:
        index: place of each feature of the model.
    """

    def __init__(self, index: Mapping[str, int]) -> None:
        self._index = index
        self._first, self._count = Growing(np.int64), Growing(np.int64)  # of 2 * meaning + is_negated
        self._places = Growing(np.int64)

    def places(self, meanings: np.ndarray, is_negated: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return how many places each phrase has, and all of them one after the other."""
        for groups in phrase_book().meanings[len(self._first) // 2 :]:
            for negated in (False, True):
                names = (feature_name(group, negated) for group in groups)
                found = [self._index[name] for name in names if name in self._index]
                self._first.add([len(self._places)])
                self._count.add([len(found)])
                self._places.add(found)
        each = 2 * meanings + is_negated
        counts = self._count.rows[each]
        return counts, self._places.rows[stretches(self._first.rows[each], counts)]


def gather(readings: Readings, weights: Weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the text, the place and the value of each feature that has a weight.

    It knows nothing of the features that only a brand's own weights have.

    Args:
        readings: texts as read.
        weights: without `common:`, `mark:` and `char:` features.
    """
    count, width = len(readings), len(weights.names)
    form_rows = np.repeat(np.arange(count), readings.form.shape[1])
    form_places = np.tile(weights.form_places, count)
    group_rows, group_places, hits = _each_once(*_groups(readings, weights), width)
    word_rows, word_places, _ = _each_once(*_words(readings, weights), width)
    share = WORD_SCALE / np.sqrt(np.maximum(np.bincount(word_rows, minlength=count), 1))
    return (
        np.concatenate((form_rows, group_rows, word_rows)),
        np.concatenate((form_places, group_places, word_places)),
        np.concatenate((readings.form.ravel(), _HIT_VALUES[np.minimum(hits, len(_HIT_VALUES) - 1)], share[word_rows])),
    )


def _groups(readings: Readings, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Return the text and the place of each hit of a group that has a weight."""
    found = readings.found
    counts, places = weights.group_table.places(found.meanings, found.is_negated)
    return np.repeat(found.rows, counts), places


def _words(readings: Readings, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    """Return the text and the place of each word, then of each pair, that has a weight."""
    table, stream = weights.word_table, readings.stream
    ids = table.numbers(readings.known)[stream.words]
    single = table.single[ids]
    is_single = single >= 0
    # between two texts stands what has no number
    is_pair = np.flatnonzero((ids[:-1] > 0) & (ids[1:] > 0))
    keys = ids[is_pair] * len(table.single) + ids[is_pair + 1]
    at = np.minimum(np.searchsorted(table.pair_keys, keys), len(table.pair_keys) - 1)
    is_known = table.pair_keys[at] == keys
    return (
        np.concatenate((stream.rows[is_single], stream.rows[is_pair[is_known]])),
        np.concatenate((single[is_single], table.pair_places[at[is_known]])),
    )


def _each_once(rows: np.ndarray, places: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each place of a text once, in order, and how often it came."""
    keys, counts = np.unique(rows * width + places, return_counts=True)
    return keys // width, keys % width, counts
