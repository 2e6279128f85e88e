"""Gathering: the features of many texts at once, for the default weights.

The same as `transforms.experience.feature_values` text by text, in the same order within a text, so that sums are equal
to the last bit; a third of the cost.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from transforms.features import HIT_VALUES, Reading, feature_name

if TYPE_CHECKING:
    from transforms.experience import Weights

__all__ = ["WORD_SCALE", "WordTable", "gather"]

WORD_SCALE = 3.0  # words share one weight's room: each of n counts 3 / sqrt(n)
_HIT_VALUES = np.array(HIT_VALUES)


class WordTable(NamedTuple):
    """The words of a model as numbers: 1.. for words with a weight, 0 for all others.

    Attributes:
        ids: number of each word.
        single: place of each number's own weight, -1 for none.
        pair_keys: first number * len(single) + second number, sorted.
        pair_places: place of each of them.
    """

    ids: dict[str, int]
    single: np.ndarray
    pair_keys: np.ndarray
    pair_places: np.ndarray

    @classmethod
    def of(cls, singles: Mapping[str, int], pairs: Mapping[str, Mapping[str, int]]) -> WordTable:
        """Return the table of words and of pairs by first and second word."""
        ids = {
            word: i for i, word in enumerate(dict.fromkeys([*singles, *pairs, *itertools.chain(*pairs.values())]), 1)
        }
        single = np.full(len(ids) + 1, -1)
        for word, place in singles.items():
            single[ids[word]] = place
        keys = sorted(
            (ids[first] * len(single) + ids[second], place)
            for first, following in pairs.items()
            for second, place in following.items()
        )
        found = np.array(keys or [(-1, -1)], dtype=np.int64)
        return cls(ids, single, found[:, 0], found[:, 1])


def gather(readings: Sequence[Reading], weights: Weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the text, the place and the value of each feature that has a weight.

    It knows nothing of the features that only a brand's own weights have.

    Args:
        readings: texts as read; at least one.
        weights: without `common:`, `mark:` and `char:` features.
    """
    every = np.arange(len(readings))
    form = np.array([reading.form for reading in readings])
    form_rows = np.repeat(every, form.shape[1])
    form_places = np.tile(weights.form_places, len(readings))
    group_rows, group_places, hits = _each_once(*_groups(readings, weights, every), len(weights.names))
    word_rows, word_places, _ = _each_once(*_words(readings, weights, every), len(weights.names))
    counts = np.bincount(word_rows, minlength=1)
    share = np.array([0.0] + [WORD_SCALE / count**0.5 for count in range(1, int(counts.max()) + 1)])
    return (
        np.concatenate((form_rows, group_rows, word_rows)),
        np.concatenate((form_places, group_places, word_places)),
        np.concatenate((form.ravel(), _HIT_VALUES[np.minimum(hits, len(_HIT_VALUES) - 1)], share[counts[word_rows]])),
    )


def _groups(readings: Sequence[Reading], weights: Weights, every: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the text and the place of each hit of a group that has a weight."""
    known = weights.group_places
    found = []
    for reading in readings:
        for groups, _, _, is_negated in reading.matches:
            places = known.get((groups, is_negated))
            if places is None:
                names = (feature_name(group, is_negated) for group in groups)
                places = known[groups, is_negated] = tuple(
                    weights.index[name] for name in names if name in weights.index
                )
            found.append(places)
    rows = np.repeat(every, [len(reading.matches) for reading in readings])
    rows = np.repeat(rows, list(map(len, found)))
    return rows, np.fromiter(itertools.chain.from_iterable(found), np.int64, len(rows))


def _words(readings: Sequence[Reading], weights: Weights, every: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the text and the place of each word, then of each pair, that has a weight."""
    table = weights.word_table
    lengths = [len(reading.words) for reading in readings]
    words = itertools.chain.from_iterable([reading.words for reading in readings])
    ids = np.fromiter(map(table.ids.get, words, itertools.repeat(0)), np.int64, sum(lengths))
    rows = np.repeat(every, lengths)
    single = table.single[ids]
    is_single = single >= 0
    is_pair = (ids[:-1] > 0) & (ids[1:] > 0) & (rows[:-1] == rows[1:])
    keys = ids[:-1][is_pair] * len(table.single) + ids[1:][is_pair]
    at = np.searchsorted(table.pair_keys, keys)
    at[at == len(table.pair_keys)] = 0
    is_known = table.pair_keys[at] == keys
    return (
        np.concatenate((rows[is_single], rows[:-1][is_pair][is_known])),
        np.concatenate((single[is_single], table.pair_places[at[is_known]])),
    )


def _each_once(rows: np.ndarray, places: np.ndarray, width: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return each place of a text once, where it comes first, and how often it came."""
    _, first, counts = np.unique(rows * width + places, return_index=True, return_counts=True)
    in_order = np.argsort(first)
    kept = first[in_order]
    return rows[kept], places[kept], counts[in_order]
