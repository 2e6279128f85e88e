"""Phrases: finds every phrase of the lexicons in one pass over a text's words.

A lexicon line is a pattern: `(a|b c|)` are alternatives and the empty one makes them optional, `#` is a number,
`<time>` a unit of time, `_` any one word. The lines of all groups form one automaton, made deterministic as texts need
it, so that the cost of a text does not grow with the number of phrases.

Groups lie in layers. Within a layer the longest phrase wins where it starts, and no other may start inside it: "not
helpful" hides "helpful". Across layers phrases may overlap: "why is my flight late" is a question and a delay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from transforms.words import CLASSES, split_words, word_list

__all__ = ["NEGATORS", "Match", "PhraseBook"]

_ANY, _NUMBER, _TIME = "_", "#", "<time>"
_SPECIAL = {_ANY, _NUMBER, _TIME}
_SLOT = re.compile(r"\(([^()]*)\)|(\S+)")
NEGATORS = word_list("negators")
_NEGATION_REACH = 2  # words before the phrase


class Match(NamedTuple):
    """One phrase found: the groups it speaks for and the words it covers, end exclusive."""

    groups: tuple[str, ...]
    start: int
    end: int
    is_negated: bool


@dataclass(slots=True)
class _State:
    """One state of the automaton: where in the lines one may be, and what ends here."""

    places: frozenset[int]
    ends: tuple[tuple[str, tuple[str, ...]], ...] = ()  # layer, groups
    following: dict[str, _State | None] = field(default_factory=dict)


class _Symbols(dict[str, str]):
    """What each word is to the lines: itself if one of them has it, else its class or "".

    Words that no line knows share a symbol, so that the automaton can't grow with what people post.
    """

    def __init__(self, vocabulary: set[str]) -> None:
        super().__init__({word: word for word in vocabulary})

    def __missing__(self, word: str) -> str:
        return _NUMBER if word.isdigit() else CLASSES.get(word, "")


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
        self._symbol_of = _Symbols({word for edges in self._edges for word in edges} - _SPECIAL)
        self._states: dict[frozenset[int], _State | None] = {}
        root = self._state({0})
        if root is None or root.ends or not self._ends:
            raise ValueError("a phrase list has no line or a line that matches the empty text")
        self._root = root

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the phrases in a text's words, in order of their start."""
        symbols = list(map(self._symbol_of.__getitem__, words))
        following = self._root.following
        found: list[Match] = []
        is_negative = not NEGATORS.isdisjoint(words)
        taken: dict[str, int] = {}  # per layer the end of what has been found
        for start, symbol in enumerate(symbols):
            state = following[symbol] if symbol in following else self._step(self._root, symbol)
            if state is None:
                continue
            longest: dict[str, tuple[int, tuple[str, ...]]] | None = None
            end = start + 1
            while state is not None:
                if state.ends:
                    longest = longest or {}
                    for layer, groups in state.ends:
                        longest[layer] = (end, groups)
                if end >= len(symbols):
                    break
                symbol = symbols[end]
                state = state.following[symbol] if symbol in state.following else self._step(state, symbol)
                end += 1
            for layer, (last, groups) in longest.items() if longest else ():
                if start >= taken.get(layer, 0):
                    taken[layer] = last
                    is_negated = is_negative and not NEGATORS.isdisjoint(words[max(0, start - _NEGATION_REACH) : start])
                    found.append(Match(groups, start, last, is_negated))
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

    def _step(self, state: _State, symbol: str) -> _State | None:
        accepted = {symbol, CLASSES.get(symbol, ""), _NUMBER if symbol.isdigit() else "", _ANY}
        places: set[int] = set()
        for place in state.places:
            for each in accepted:
                places |= self._edges[place].get(each, frozenset())
        state.following[symbol] = following = self._state(places)
        return following

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
            self._states[key] = _State(key, tuple((layer, tuple(ends[layer])) for layer in sorted(ends)))
        return self._states[key]


def _symbols(phrase: str) -> list[str]:
    symbols: list[str] = []
    for piece in phrase.split():
        symbols += [piece] if piece in _SPECIAL else split_words(piece)
    return symbols
