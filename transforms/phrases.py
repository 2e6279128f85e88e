"""Phrases: finds every phrase of the lexicons in one pass over a text's words.

A lexicon line is a pattern: `(a|b c|)` are alternatives and the empty one makes them optional, `#` is a number,
`<time>` a unit of time, `_` any one word. The lines of all groups form one automaton, made deterministic as texts need
it, so that the cost of a text does not grow with the number of phrases.

Words are numbers here (symbols), and all places of all texts take each step of the automaton together; where a phrase
can't go on, and that is nearly everywhere, its place takes part no more.

Groups lie in layers. Within a layer the longest phrase wins where it starts, and no other may start inside it: "not
helpful" hides "helpful". Across layers phrases may overlap: "why is my flight late" is a question and a delay.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from transforms.growing import Growing, stretches
from transforms.words import CLASSES, split_words, word_list

__all__ = ["END", "NEGATORS", "Found", "Match", "PhraseBook"]

_ANY, _NUMBER, _TIME = "_", "#", "<time>"
_SPECIAL = {_ANY, _NUMBER, _TIME}
_UNKNOWN, END = 0, 1  # symbols: of a word that no line knows, and after the last word
_NO_WORD = "\n"  # stands after the last word
_DEAD, _UNMADE = -1, -2  # instead of a state: no phrase goes on so; not asked for before
_SLOT = re.compile(r"\(([^()]*)\)|(\S+)")
NEGATORS = word_list("negators")


class Match(NamedTuple):
    """One phrase found: the groups it speaks for and the words it covers, end exclusive."""

    groups: tuple[str, ...]
    start: int
    end: int
    is_negated: bool


class Found(NamedTuple):
    """The phrases of many texts, text by text in order of their start, an array each.

    Attributes:
        rows: the text.
        starts: the first word that it covers.
        ends: the word after the last.
        meanings: what it speaks for: a place in `PhraseBook.meanings`.
        is_negated: whether one of the two words before it negates, and is not part of the phrase before.
    """

    rows: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    meanings: np.ndarray
    is_negated: np.ndarray


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

    def meant_by(self, word: str) -> list[int]:
        """Return the symbols that a word of a line stands for, if it is not any word."""
        return self._of_class.get(word) or [self[word]]


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
        self._symbols = _Symbols({word for edges in self._edges for word in edges} - _SPECIAL | NEGATORS)
        self.meanings: list[tuple[str, ...]] = []  # each the groups that phrases speak for together
        self._layer_names = sorted({self._layers.get(group, "") for group in lines})
        self._states: dict[frozenset[int], int] = {}
        self._ways: list[dict[str, set[int]]] = []  # by state: where each word of a line leads
        self._leads_on = Growing(np.dtype((np.uint8, (len(self._symbols.names) // 8 + 1,))))  # by state: a bit a symbol
        self._default = Growing(np.int32)  # by state: the next one for words that the lines do not name there
        self._keys = Growing(np.int64)  # state * symbols + symbol for words that they name, sorted
        self._targets = Growing(np.int32)  # the next state for each of them
        self._first_end, self._end_count = Growing(np.int64), Growing(np.int64)  # by state: the phrases that end there
        self._end_layers, self._end_meanings = Growing(np.int64), Growing(np.int64)  # of each of those
        root = self._state({0})
        if root == _DEAD or self._end_count.rows[root] or not self._ends:
            raise ValueError("a phrase list has no line or a line that matches the empty text")
        self._from_root = np.full(len(self._symbols.names), _UNMADE)  # by symbol
        self._from_root[END] = _DEAD

    def symbol(self, word: str) -> int:
        """Return the number by which `search` knows a word."""
        return self._symbols[word]

    def find(self, words: Sequence[str]) -> list[Match]:
        """Return the phrases in a text's words, in order of their start."""
        return self.find_all([words])[0]

    def find_all(self, texts: Sequence[Sequence[str]]) -> list[list[Match]]:
        """Return the phrases of each text, given its words."""
        symbols = [self._symbols[word] for words in texts for word in (*words, _NO_WORD)]
        return list(self.matches(self.search(np.array(symbols, dtype=np.int64)), len(texts)))

    def matches(self, found: Found, count: int) -> Iterator[list[Match]]:
        """Yield the phrases found in each of so many texts."""
        bounds = np.searchsorted(found.rows, np.arange(count + 1)).tolist()
        meanings = [self.meanings[meaning] for meaning in found.meanings.tolist()]
        flat = list(map(Match, meanings, found.starts.tolist(), found.ends.tolist(), found.is_negated.tolist()))
        for low, high in itertools.pairwise(bounds):
            yield flat[low:high]

    def search(self, symbols: np.ndarray) -> Found:
        """Return the phrases in a stream of symbols, `END` after each text."""
        starts, ends, states = self._run(symbols)
        counts = self._end_count.rows[states]
        each = stretches(self._first_end.rows[states], counts)
        layers, meanings = self._end_layers.rows[each], self._end_meanings.rows[each]
        starts, ends = np.repeat(starts, counts), np.repeat(ends, counts)
        order = np.lexsort((ends, layers, starts))
        starts, ends, layers, meanings = starts[order], ends[order], layers[order], meanings[order]
        is_new = np.ones(len(starts) + 1, dtype=bool)  # where the next start or layer begins
        is_new[1:-1] = (starts[1:] != starts[:-1]) | (layers[1:] != layers[:-1])
        shortest = ends[is_new[:-1]]
        starts, ends, layers, meanings = (each[is_new[1:]] for each in (starts, ends, layers, meanings))  # the longest
        order = np.lexsort((layers, shortest, starts))
        kept = order[self._is_apart(starts[order], ends[order], layers[order])]
        starts, ends, layers = starts[kept], ends[kept], layers[kept]
        negates = self._symbols.negates[symbols]
        is_end = symbols == END
        rows = np.cumsum(is_end)[starts]
        begins = np.concatenate(([0], np.flatnonzero(is_end) + 1))[rows]
        # "no problems, great crew": a negation that is part of another phrase says nothing of this one
        free = np.maximum(begins, self._ends_before(ends, layers))
        is_negated = (starts > free) & negates[starts - 1] | (starts > free + 1) & negates[starts - 2]
        return Found(rows, starts - begins, ends - begins, meanings[kept], is_negated)

    def _run(self, symbols: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each stretch of words that makes a phrase: start, end, the state at its end."""
        unmade = np.unique(symbols[self._from_root[symbols] == _UNMADE])
        if len(unmade):
            self._from_root[unmade] = self._follow(np.zeros(len(unmade), dtype=np.int64), unmade)
        at_byte, bit = symbols >> 3, np.uint8(1) << (symbols & 7).astype(np.uint8)
        states = self._from_root[symbols]
        starts = np.flatnonzero(states >= 0)
        states, at = states[starts], starts + 1
        found = []
        while len(starts):
            is_end = self._end_count.rows[states] > 0
            found.append((starts[is_end], at[is_end], states[is_end]))
            alive = np.flatnonzero(self._leads_on.rows[states, at_byte[at]] & bit[at])
            starts, at = starts[alive], at[alive]
            states = self._follow(states[alive], symbols[at])
            at = at + 1
        if not found:
            return (np.zeros(0, dtype=np.int64),) * 3
        first, last, state = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return first, last, state

    def _ends_before(self, ends: np.ndarray, layers: np.ndarray) -> np.ndarray:
        """Return for phrases in order of their start the end of the one before in the same layer, or 0."""
        before = np.zeros_like(ends)
        for layer in range(len(self._layer_names)):
            mine = np.flatnonzero(layers == layer)
            before[mine[1:]] = ends[mine[:-1]]
        return before

    def _is_apart(self, starts: np.ndarray, ends: np.ndarray, layers: np.ndarray) -> np.ndarray:
        """Return for phrases in order of their start whether each starts inside no earlier one of its layer."""
        is_apart = np.ones(len(starts), dtype=bool)
        for layer in range(len(self._layer_names)):
            mine = np.flatnonzero(layers == layer)
            reached = np.maximum.accumulate(ends[mine])
            taken, before = 0, -1
            for i in (np.flatnonzero(starts[mine[1:]] < reached[:-1]) + 1).tolist():  # the few that are in doubt
                taken = taken if before == i - 1 else ends[mine[i - 1]]
                if starts[mine[i]] < taken:
                    is_apart[mine[i]] = False
                else:
                    taken = ends[mine[i]]
                before = i
        return is_apart

    def _follow(self, states: np.ndarray, symbols: np.ndarray) -> np.ndarray:
        """Return the states after one more word each."""
        keys = states * len(self._symbols.names) + symbols
        at = np.minimum(np.searchsorted(self._keys.rows, keys), len(self._keys) - 1)
        is_named = self._keys.rows[at] == keys
        following: np.ndarray = np.where(is_named, self._targets.rows[at], self._default.rows[states])
        unmade = np.flatnonzero(following == _UNMADE)
        if len(unmade):
            for i in unmade.tolist():
                table, place = (self._targets, at[i]) if is_named[i] else (self._default, states[i])
                if table.rows[place] == _UNMADE:
                    target = self._step(int(states[i]), int(symbols[i]))  # may make the tables grow
                    table.rows[place] = target
            following[unmade] = self._follow(states[unmade], symbols[unmade])
        return following

    def _add(self, group: str, pattern: str) -> None:
        place = 0
        for alternatives, word in _SLOT.findall(pattern):
            if "(" in word or ")" in word:
                raise ValueError(f"the line {pattern!r} of group {group!r} has parentheses inside parentheses")
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

    def _step(self, state: int, symbol: int) -> int:
        word = self._symbols.names[symbol]
        places: set[int] = set()
        for each in (word, _class(word), _ANY):
            places |= self._ways[state].get(each, frozenset())
        return self._state(places)

    def _state(self, places: set[int]) -> int:
        """Return the state of being at all these places of the lines, new or not."""
        waiting = list(places)
        while waiting:
            for place in self._skips[waiting.pop()] - places:
                places.add(place)
                waiting.append(place)
        if not places:
            return _DEAD
        key = frozenset(places)
        if key not in self._states:
            number = self._states[key] = len(self._states)
            ways: dict[str, set[int]] = {}
            for place in key:
                for word, following in self._edges[place].items():
                    ways.setdefault(word, set()).update(following)
            self._ways.append(ways)
            named = sorted({symbol for word in ways if word != _ANY for symbol in self._symbols.meant_by(word)} - {END})
            leads_on = np.full(8 * (len(self._symbols.names) // 8 + 1), _ANY in ways)
            leads_on[named] = True
            leads_on[END] = False
            self._leads_on.add([np.packbits(leads_on, bitorder="little")])
            self._default.add([_UNMADE if _ANY in ways else _DEAD])
            self._keys.add([number * len(self._symbols.names) + symbol for symbol in named])
            self._targets.add([_UNMADE] * len(named))
            self._add_ends(key)
        return self._states[key]

    def _add_ends(self, places: frozenset[int]) -> None:
        """Note layer and meaning of the phrases that end at these places of the lines."""
        ends: dict[str, list[str]] = {}
        for group in sorted({self._ends[place] for place in places if place in self._ends}):
            ends.setdefault(self._layers.get(group, ""), []).append(group)
        self._first_end.add([len(self._end_layers)])
        self._end_count.add([len(ends)])
        for layer in sorted(ends):
            meaning = tuple(ends[layer])
            if meaning not in self.meanings:
                self.meanings.append(meaning)
            self._end_layers.add([self._layer_names.index(layer)])
            self._end_meanings.add([self.meanings.index(meaning)])


@cache
def _symbols(phrase: str) -> list[str]:
    symbols: list[str] = []
    for piece in phrase.split():
        symbols += [piece] if piece in _SPECIAL else split_words(piece)
    return symbols


def _class(word: str) -> str:
    return _NUMBER if word.isdigit() else CLASSES.get(word, "")
