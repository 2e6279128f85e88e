"""Phrases: finds every phrase of the lexicons in one pass over a text's words.

A lexicon line is a pattern: `(a|b c|)` are alternatives and the empty one makes them optional, `#` is a number,
`<time>` a unit of time, `_` any one word. The lines of all groups form one automaton, made deterministic as texts need
it, so that the cost of a text does not grow with the number of phrases.

Most words begin no phrase, and most that might are not followed by what it would take; a table of which two words do
begin one sorts them out for all texts at once.

Groups lie in layers. Within a layer the longest phrase wins where it starts, and no other may start inside it: "not
helpful" hides "helpful". Across layers phrases may overlap: "why is my flight late" is a question and a delay.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import NamedTuple

import numpy as np

from transforms.words import CLASSES, split_words, word_list

__all__ = ["NEGATORS", "Match", "PhraseBook"]

_ANY, _NUMBER, _TIME = "_", "#", "<time>"
_SPECIAL = {_ANY, _NUMBER, _TIME}
_UNKNOWN, _END = 0, 1  # symbols: of a word that no line knows, and after the last word
_NO_WORD = "\n"  # stands after the last word
_SLOT = re.compile(r"\(([^()]*)\)|(\S+)")
NEGATORS = word_list("negators")


class Match(NamedTuple):
    """One phrase found: the groups it speaks for and the words it covers, end exclusive."""

    groups: tuple[str, ...]
    start: int
    end: int
    is_negated: bool


_match = partial(tuple.__new__, Match)  # half as dear as calling the class


@dataclass(slots=True)
class _State:
    """One state of the automaton: where each word leads from here in the lines, and what ends here."""

    edges: dict[str, set[int]]
    ends: tuple[tuple[str, tuple[str, ...]], ...] = ()  # layer, groups
    following: dict[int, _State | None] = field(default_factory=dict)


class _Symbols(dict[str, int]):
    """What each word is to the lines: a number of its own if one of them has it, else its class's or `_UNKNOWN`.

    Words that no line knows share a symbol, so that the automaton can't grow with what people post.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self.names = ["", _NO_WORD, _NUMBER, _TIME, *sorted(vocabulary)]
        super().__init__({word: i for i, word in enumerate(self.names) if word})
        self.negates = np.array([word in NEGATORS for word in self.names])
        self._of_class = {
            each: [i for i, word in enumerate(self.names) if each in (word, _class(word))] for each in (_NUMBER, _TIME)
        }

    def __missing__(self, word: str) -> int:
        return self.get(_class(word), _UNKNOWN)

    def meant_by(self, word: str) -> int | list[int] | slice:
        """Return the symbols that a word of a line stands for, to index an array with."""
        return slice(None) if word == _ANY else self._of_class.get(word) or self[word]


class PhraseBook:
    """All lines of all groups, ready to search.

    Args:
        lines: for each group its patterns.
        layers: the layer of each group; "" for those not named.

    Raises:
        ValueError: a line can't be understood or matches the empty text.
    """

    def __init__(self, lines: Mapping[str, Sequence[str]], layers: Mapping[str, str] | None = None) -> None:
        self._layers = layers or {}
        self._edges: list[dict[str, set[int]]] = [{}]
        self._skips: list[set[int]] = [set()]  # moves that need no word
        self._ends: dict[int, str] = {}
        for group, patterns in lines.items():
            for pattern in patterns:
                self._add(group, pattern)
        self._symbol_of = _Symbols({word for edges in self._edges for word in edges} - _SPECIAL | NEGATORS)
        self._states: dict[frozenset[int], _State | None] = {}
        root = self._state({0})
        if root is None or root.ends or not self._ends:
            raise ValueError("a phrase list has no line or a line that matches the empty text")
        self._root = root
        size = len(self._symbol_of.names)
        self._begins = np.zeros((size, size), dtype=bool)  # whether a phrase begins with these two, or with the first
        self._is_known = np.zeros(size, dtype=bool)  # whether a row of it has been filled

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the phrases in a text's words, in order of their start."""
        return self.find_all([words])[0]

    def find_all(self, texts: Sequence[Sequence[str]]) -> list[list[Match]]:
        """Return the phrases of each text, given its words."""
        if not texts:
            return []
        ends = itertools.repeat((_NO_WORD,), len(texts))
        words = itertools.chain.from_iterable(itertools.chain.from_iterable(zip(texts, ends, strict=True)))
        symbols = list(map(self._symbol_of.__getitem__, words))
        numbers = np.array(symbols)
        for first in np.flatnonzero(np.bincount(numbers, minlength=len(self._is_known)).astype(bool) & ~self._is_known):
            self._fill(int(first))
        places = np.flatnonzero(self._begins[numbers[:-1], numbers[1:]])
        negates = self._symbol_of.negates[numbers]
        follows = np.zeros(len(numbers), dtype=bool)  # whether one of the two words before negates
        follows[1:] = negates[:-1]
        follows[2:] |= negates[:-2] & (numbers[1:-1] != _END)
        offsets = np.cumsum([0] + [len(words) + 1 for words in texts])
        bounds = np.searchsorted(places, offsets).tolist()
        starts = list(zip(places.tolist(), follows[places].tolist(), strict=True))
        return [
            self._find(symbols, offset, starts[low:high]) if low < high else []
            for offset, low, high in zip(offsets.tolist(), bounds, bounds[1:], strict=False)
        ]

    def _find(self, symbols: list[int], offset: int, starts: list[tuple[int, bool]]) -> list[Match]:
        """Return the phrases that begin at these places; `offset` is where the text begins among the symbols."""
        first = self._root.following
        found: list[Match] = []
        taken: dict[str, int] = {}  # per layer the end of what has been found
        for start, is_negated in starts:
            state = first[symbols[start]]
            end = start + 1
            ended: list[tuple[int, tuple[tuple[str, tuple[str, ...]], ...]]] = []
            while state is not None:
                if state.ends:
                    ended.append((end - offset, state.ends))
                symbol = symbols[end]
                if symbol == _END:
                    break
                state = state.following[symbol] if symbol in state.following else self._step(state, symbol)
                end += 1
            if not ended:
                continue
            start -= offset
            longest = {layer: (last, groups) for last, ends in ended for layer, groups in ends}
            for layer, (last, groups) in longest.items():
                if start >= taken.get(layer, 0):
                    taken[layer] = last
                    found.append(_match((groups, start, last, is_negated)))
        return found

    def _add(self, group: str, pattern: str) -> None:
        place = 0
        for alternatives, word in _SLOT.findall(pattern):
            after = self._new_place()
            for phrase in alternatives.split("|") if alternatives else [word]:
                self._add_path(place, after, _symbols(phrase))
            place = after
        if place == 0:
            raise ValueError(f"the line {pattern!r} of group {group!r} is empty")
        self._ends[place] = group

    def _add_path(self, place: int, after: int, symbols: list[str]) -> None:
        if not symbols:
            self._skips[place].add(after)
            return
        for symbol in symbols[:-1]:
            following = self._new_place()
            self._edges[place].setdefault(symbol, set()).add(following)
            place = following
        self._edges[place].setdefault(symbols[-1], set()).add(after)

    def _new_place(self) -> int:
        self._edges.append({})
        self._skips.append(set())
        return len(self._edges) - 1

    def _step(self, state: _State, symbol: int) -> _State | None:
        word = self._symbol_of.names[symbol]
        places: set[int] = set()
        for each in (word, _class(word), _ANY):
            places |= state.edges.get(each, frozenset())
        state.following[symbol] = following = self._state(places)
        return following

    def _fill(self, first: int) -> None:
        """Note which symbols may stand after the first of a phrase."""
        self._is_known[first] = True
        state = self._step(self._root, first) if first != _END else None
        if state is None:
            return
        if state.ends:
            self._begins[first] = True
            return
        row = self._begins[first]
        for word in state.edges:
            row[self._symbol_of.meant_by(word)] = True
        row[_END] = False

    def _state(self, places: set[int]) -> _State | None:
        waiting = list(places)
        while waiting:
            for place in self._skips[waiting.pop()] - places:
                places.add(place)
                waiting.append(place)
        if not places:
            return None
        key = frozenset(places)
        if key not in self._states:
            ends: dict[str, list[str]] = {}
            for group in sorted({self._ends[place] for place in key if place in self._ends}):
                ends.setdefault(self._layers.get(group, ""), []).append(group)
            edges: dict[str, set[int]] = {}
            for place in key:
                for word, following in self._edges[place].items():
                    edges.setdefault(word, set()).update(following)
            self._states[key] = _State(edges, tuple((layer, tuple(ends[layer])) for layer in sorted(ends)))
        return self._states[key]


@cache
def _symbols(phrase: str) -> list[str]:
    symbols: list[str] = []
    for piece in phrase.split():
        symbols += [piece] if piece in _SPECIAL else split_words(piece)
    return symbols


def _class(word: str) -> str:
    return _NUMBER if word.isdigit() else CLASSES.get(word, "")
