"""Valence: VADER's values of many texts at once, and what each text and its sentences sum up to.

The rules are those of `transforms.vader` and are applied by it; only the words that nothing near them can change, and
they are most, take their value from the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from transforms.vader import CAPS, compound_of, punctuation, reweight_around_but, value_at
from transforms.vocabulary import END, Vocabulary

__all__ = ["Valence", "valence"]

_BEFORE, _AFTER = 3, 3  # tokens that the rules look at: three before a hit, itself and two after it
_KIND_BITS = 10  # there are some hundreds of kinds


class Valence(NamedTuple):
    """What VADER says of each text; float64 [texts] each.

    Attributes:
        counts: words with a value.
        totals: the sum of their values.
        compound: the compound score, -1..1.
        first: the sum of the first sentence that has one, 0.0 without.
        last: the same of the last.
        worst: the lowest sum of a sentence, 0.0 at most.
    """

    counts: np.ndarray
    totals: np.ndarray
    compound: np.ndarray
    first: np.ndarray
    last: np.ndarray
    worst: np.ndarray


def valence(tokens: np.ndarray, texts: Sequence[str], known: Vocabulary) -> Valence:
    """Return what VADER says of texts.

    Args:
        tokens: numbers of the tokens of all texts, `END` after each.
        texts: with their emoji spelled out.
        known: where the numbers are from.
    """
    is_end = tokens == END
    places, values = _hits(tokens, is_end, known)
    count = len(texts)
    rows = np.cumsum(is_end)[places]
    totals = np.bincount(rows, values, count)
    compound = [
        compound_of(total, punctuation(text)) if total else 0.0
        for total, text in zip(totals.tolist(), texts, strict=True)
    ]
    ends_sentence = known.of_tokens("ends_sentence", tokens)
    sentences = (np.cumsum(ends_sentence) - ends_sentence)[places]
    is_new = np.append(True, sentences[1:] != sentences[:-1])[: len(places)]
    sums = np.bincount(np.cumsum(is_new) - 1, values) if len(places) else np.zeros(0)
    rows_of_sums = rows[is_new]
    first, last, worst = np.zeros(count), np.zeros(count), np.zeros(count)
    is_some = sums != 0
    first[rows_of_sums[is_some][::-1]] = sums[is_some][::-1]  # of several the one assigned last stays
    last[rows_of_sums] = sums
    np.minimum.at(worst, rows_of_sums, sums)
    return Valence(np.bincount(rows, minlength=count), totals, np.array(compound), first, last, worst)


def _hits(tokens: np.ndarray, is_end: np.ndarray, known: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    """Return the places of the words that have a value, and their values after all rules but punctuation."""
    matters = np.flatnonzero(known.of_tokens("matters", tokens))
    is_but = known.of_tokens("is_but", tokens[matters])
    places, buts = matters[~is_but], matters[is_but]
    values = known.of_tokens("valence", tokens[places])
    # the three before may stand in the text before: then the rules are asked for nothing
    changes = np.concatenate((np.zeros(3, dtype=bool), known.of_tokens("changes", tokens)))
    is_near = changes[places] | changes[places + 1] | changes[places + 2] | changes[places + 3]
    _apply_rules(tokens, is_end, known, places, values, np.flatnonzero(is_near))
    has_value = values != 0
    places, values = places[has_value], values[has_value]
    if len(buts):
        text_of = np.cumsum(is_end)
        bounds = np.searchsorted(text_of[places], np.arange(text_of[-1] + 1)).tolist()
        _, first = np.unique(text_of[buts], return_index=True)
        for but in buts[first].tolist():
            row = int(text_of[but])
            mine = slice(bounds[row], bounds[row + 1] if row + 1 < len(bounds) else None)
            if mine.start != mine.stop:
                values[mine] = reweight_around_but(but, places[mine].tolist(), values[mine].tolist())
    return places, values


def _apply_rules(
    tokens: np.ndarray, is_end: np.ndarray, known: Vocabulary, places: np.ndarray, values: np.ndarray, near: np.ndarray
) -> None:
    """Set the values of the hits that a word near them may change.

    The rules see few kinds of token, so that the same six kinds come again and again, and are asked for once.
    """
    ends = np.flatnonzero(is_end)
    starts = np.concatenate(([0], ends + 1))
    at = places[near]
    rows = np.searchsorted(ends, at)
    begin, end = starts[rows], ends[rows]
    capitals = np.concatenate(([0], np.cumsum(known.of_tokens("is_upper", tokens))))
    all_capital = capitals[end] - capitals[begin] == end - begin
    low, high = np.maximum(begin, at - _BEFORE), np.minimum(end, at + _AFTER)
    keys, is_alone = _keys(tokens, known, at, low, high, all_capital)
    numbers, objects = tokens.tolist(), known.tokens
    windows = list(zip(low.tolist(), high.tolist(), (at - low).tolist(), all_capital.tolist(), strict=True))

    def value(i: int) -> float:
        first, last, place, is_loud = windows[i]
        return value_at([objects[number] for number in numbers[first:last]], place, 0.0 if is_loud else CAPS)

    for i in np.flatnonzero(is_alone).tolist():
        values[near[i]] = value(i)
    others = np.flatnonzero(~is_alone)
    different, example, same = np.unique(keys[others], return_index=True, return_inverse=True)
    found = []
    for key, i in zip(different.tolist(), others[example].tolist(), strict=True):
        if key not in known.near:
            known.near[key] = value(i)
        found.append(known.near[key])
    values[near[others]] = np.array(found)[same]


def _keys(
    tokens: np.ndarray, known: Vocabulary, at: np.ndarray, low: np.ndarray, high: np.ndarray, all_capital: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for the kinds of the tokens from `low` to `high`, and whether that does not tell all."""
    keys = all_capital.astype(np.int64)
    is_alone = np.zeros(len(at), dtype=bool)
    for step in range(-_BEFORE, _AFTER):
        there = at + step
        token = np.where((there >= low) & (there < high), tokens[there % len(tokens)], END)
        kind = known.of_tokens("kind", token)
        keys = keys << _KIND_BITS | kind
        is_alone |= (kind >> _KIND_BITS > 0) | (known.of_tokens("may_be_idiom", token) & (step <= 0))
    return keys, is_alone
