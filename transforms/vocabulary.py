"""Vocabulary: a number for each token and each word, and what is known of them, so that texts become arrays.

A token is a piece of text between blanks as VADER sees it; `transforms.words` makes one or more words of it. Each is
looked at once, however often it comes; after that a text is a look-up of its tokens' numbers, and all else is taken
from the tables for all texts at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.growing import Growing, stretches
from transforms.lexicon import phrase_book
from transforms.vader import Token
from transforms.words import ENGLISH_NUMBERS, kinds_of, split_piece

__all__ = ["END", "Stream", "Vocabulary", "vocabulary"]

END = 0  # the token, and the word, that stands after each text
_NO_TOKEN = 1  # what two blanks in a row have between them
_BREAK = "\n"
_MOST_TOKENS = 200_000  # or `near`; then all are forgotten: anybody may post a million different words
_MOST_CHARACTERS = 8_000_000

_Key = TypeVar("_Key", str, bytes)

_TOKEN = np.dtype(
    [
        ("valence", np.float64),  # 0.0 for most
        ("matters", bool),  # these six as in `transforms.vader.Token`
        ("is_but", bool),
        ("changes", bool),
        ("is_upper", bool),
        ("may_be_idiom", bool),
        ("ends_sentence", bool),
        ("kind", np.int64),  # a number for `transforms.vader.Token.kind`; 0 is only for `END`
        ("first_word", np.int64),
        ("word_count", np.int64),
    ]
)
_WORD = np.dtype(
    [
        ("symbol", np.int64),  # of the phrase book
        ("kinds", np.uint8),  # `transforms.words.kinds_of`
        ("english", np.uint8),  # its place among the English function words, 0 for others
    ]
)


class Stream(NamedTuple):
    """Texts as numbers, `END` after each.

    Attributes:
        tokens: number of each token.
        words: number of each word.
        rows: for each word the text that it stands in.
        starts: for each text where its words begin.
        lengths: words of each text.
    """

    tokens: np.ndarray
    words: np.ndarray
    rows: np.ndarray
    starts: np.ndarray
    lengths: np.ndarray


class _Numbers(dict[_Key, int]):
    """Numbers in the order of asking; `keys_in_order` are those not yet known to the tables too."""

    def __init__(self, keys: Sequence[_Key]) -> None:
        self.keys_in_order: list[_Key] = []
        for key in keys:
            self[key]

    def __missing__(self, key: _Key) -> int:
        number = self[key] = len(self.keys_in_order)
        self.keys_in_order.append(key)
        return number


class Vocabulary:
    """Tokens and words by number.

    Attributes:
        tokens: by number.
        words: by number.
        near: what `transforms.valence` knows of the kinds of tokens near a hit.
    """

    def __init__(self) -> None:
        self._token_numbers: _Numbers[bytes] = _Numbers((_BREAK.encode(), b""))
        self._word_numbers: _Numbers[str] = _Numbers((_BREAK,))
        self.tokens: list[Token] = []
        self.words = self._word_numbers.keys_in_order
        self._of_token, self._of_word = Growing(_TOKEN), Growing(_WORD)
        self._words_of = Growing(np.int64)  # the words of all tokens one after the other
        self._kinds: dict[object, int] = {}
        self.near: dict[int, float] = {}
        self._characters = 0

    @property
    def is_full(self) -> bool:
        """Whether it is time to begin another."""
        return max(len(self.tokens), len(self.near)) > _MOST_TOKENS or self._characters > _MOST_CHARACTERS

    def of_tokens(self, fact: str, tokens: np.ndarray) -> np.ndarray:
        """Return what is known of tokens; `fact` is a column of `_TOKEN`."""
        facts: np.ndarray = self._of_token.rows[fact][tokens]
        return facts

    def of_words(self, fact: str, words: np.ndarray) -> np.ndarray:
        """Return what is known of words; `fact` is a column of `_WORD`."""
        facts: np.ndarray = self._of_word.rows[fact][words]
        return facts

    def read(self, texts: Sequence[str]) -> Stream:
        """Return texts as numbers.

        Args:
            texts: with blanks as their only white space.
        """
        joined = f" {_BREAK} ".join([*texts, ""]).encode(errors="surrogatepass")
        parts = pc.split_pattern(pa.array([joined], pa.large_binary()), " ").flatten().dictionary_encode()
        different = parts.dictionary.to_pylist()
        numbers = np.fromiter(map(self._token_numbers.__getitem__, different), np.int64, len(different))
        tokens = numbers[parts.indices.to_numpy()]
        tokens = tokens[tokens != _NO_TOKEN]
        self._learn()
        words = self._words_of.rows[
            stretches(self.of_tokens("first_word", tokens), self.of_tokens("word_count", tokens))
        ]
        ends = np.flatnonzero(words == END)
        starts = np.concatenate(([0], ends + 1))[:-1]
        rows = np.repeat(np.arange(len(texts)), ends + 1 - starts)
        return Stream(tokens, words, rows, starts, ends - starts)

    def _learn(self) -> None:
        """Bring the tables up to the tokens that were asked for."""
        rows = []
        for key in self._token_numbers.keys_in_order[len(self.tokens) :]:
            raw = key.decode(errors="surrogatepass")
            token = Token(raw)
            words = (_BREAK,) if raw == _BREAK else split_piece(raw)
            first = len(self._words_of)
            self._words_of.add([self._word_numbers[word] for word in words])
            rows.append(
                (
                    token.valence or 0.0,
                    token.matters,
                    token.matters and token.valence is None,
                    token.changes,
                    token.is_upper,
                    token.may_be_idiom,
                    token.ends_sentence or raw == _BREAK,
                    self._kinds.setdefault(token.kind if raw != _BREAK else None, len(self._kinds)),
                    first,
                    len(words),
                )
            )
            self.tokens.append(token)
            self._characters += len(raw)
        self._of_token.add(rows)
        symbol = phrase_book().symbol
        new = self.words[len(self._of_word) :]
        self._of_word.add([(symbol(word), kinds_of(word), ENGLISH_NUMBERS.get(word, 0)) for word in new])


_current = [Vocabulary()]


def vocabulary() -> Vocabulary:
    """Return the vocabulary of this process; another one when the last is full."""
    if _current[0].is_full:
        _current[0] = Vocabulary()
    return _current[0]
