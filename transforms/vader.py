"""VADER, exactly and in linear time: the four scores of vaderSentiment 3.3.2, from that package's own lexicon.

The package is the definition: its lexicon, emoji names, boosters, negations and special cases are read from the
installed copy, and a test holds all four numbers equal on real and generated texts. What differs is the cost: the
package walks the whole text again for every word it finds (15,000 emoji take it minutes), this looks three words back.

Quirks of the original that are kept because parity is the point:

- "so" or "this" one word before a hit multiplies by 1.25, with or without "never";
- after "but", the *first* of equal values is reweighted, not the one at hand;
- "n't" anywhere in a word negates;
- a token that has at most two characters once stripped keeps its punctuation;
- emoji are single code points, and text that follows one is glued to its name.

Source: C.J. Hutto and E.E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media
Text", ICWSM 2014; code and lexicon MIT.
"""

from __future__ import annotations

import math
import string
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, partial
from heapq import heappop, heappush
from typing import NamedTuple

__all__ = [
    "CAPS",
    "Hits",
    "Scores",
    "Token",
    "compound_of",
    "lexicon",
    "polarity_scores",
    "punctuation",
    "reweight_around_but",
    "scan",
    "spell_out_emoji",
    "summarize",
    "tokenize",
    "value_at",
]

_NEGATION = -0.74
CAPS = 0.733  # what capitals add, unless all is in capitals
_AFTER_SO = 1.25
_FURTHER = (1.0, 0.95, 0.9)
_ALPHA = 15
_CHANGING_WORDS = frozenset(("no", "least", "so", "this", "without", "doubt", "never", "kind"))
_NAMED = _CHANGING_WORDS | {"of", "or", "nor", "at", "very"}  # words that the rules look for
_CACHED_TOKENS = 200_000
_CACHED_LENGTH = 40  # characters; longer tokens are rarely seen twice


class Scores(NamedTuple):
    """What VADER says of a text: shares of negative, neutral and positive words (0..1) and the compound (-1..1)."""

    neg: float
    neu: float
    pos: float
    compound: float


_scores = partial(tuple.__new__, Scores)  # half as dear as calling the class
_EMPTY = Scores(0.0, 0.0, 0.0, 0.0)
_NEUTRAL = Scores(0.0, 1.0, 0.0, 0.0)


class Hits(NamedTuple):
    """The words that moved the scores: their places among the tokens and their values after all rules."""

    places: list[int]
    values: list[float]


_hits = partial(tuple.__new__, Hits)


class Token:
    """One word as VADER sees it; shared between texts, so never changed.

    Attributes:
        raw: as written.
        lower: stripped of punctuation, unless too short then, in lower case.
        is_upper: whether it is written in capitals.
        valence: its value in the lexicon, None if it has none.
        matters: whether it can move the score by itself (has a valence and is no booster, or is "but").
        changes: whether it may change the value of a word near it.
        boost: what it adds to the word it precedes, 0.0 for most.
        negates: whether it turns the word it precedes.
        may_be_idiom: whether a special case or a booster of two words may stand here.
        ends_sentence: whether it ends in a full stop, an exclamation or a question mark.
    """

    __slots__ = (
        "boost", "changes", "ends_sentence", "is_upper", "lower", "matters", "may_be_idiom", "negates", "raw",
        "valence",
    )  # fmt: skip

    def __init__(self, raw: str) -> None:
        tables = _tables()
        text = raw
        if not raw.isalnum():
            stripped = raw.strip(string.punctuation)
            text = raw if len(stripped) <= 2 else stripped
        self.raw = raw
        self.lower = lower = text.lower()
        self.is_upper = self.changes = text.isupper()
        self.ends_sentence = raw[-1:] in (".", "!", "?")
        self.valence: float | None = None
        self.boost = 0.0
        self.matters = self.negates = self.may_be_idiom = False
        if lower in tables.known or "n't" in lower:  # most words of a text are not
            self.valence = tables.lexicon.get(lower)
            self.boost = tables.boosters.get(lower, 0.0)
            self.matters = (self.valence is not None and lower not in tables.boosters) or lower == "but"
            self.negates = lower in tables.negations or "n't" in lower
            self.may_be_idiom = lower in tables.idiom_words
            self.changes |= bool(self.boost or self.negates or self.may_be_idiom or lower in _CHANGING_WORDS)

    @property
    def kind(self) -> tuple[float | None, float, bool, bool, str]:
        """All that the rules for the words near a hit look at, but for idioms; most tokens share one kind."""
        return (self.valence, self.boost, self.negates, self.is_upper, self.lower if self.lower in _NAMED else "")


class _Tables(NamedTuple):
    lexicon: dict[str, float]
    boosters: dict[str, float]
    negations: frozenset[str]
    known: frozenset[str]
    special: dict[str, float]
    idiom_words: frozenset[str]
    emoji: frozenset[str]
    spelled: dict[int, str]


class _Tokens(dict[str, Token]):
    """Tokens by their raw text; bounded, because anybody may post a million different words."""

    def __missing__(self, raw: str) -> Token:
        token = Token(raw)
        if len(raw) <= _CACHED_LENGTH:
            if len(self) >= _CACHED_TOKENS:
                self.clear()
            self[raw] = token
        return token


_tokens = _Tokens()


@cache
def _tables() -> _Tables:
    from importlib import import_module  # not at the top: importing this module shall cost nothing

    original = import_module("vaderSentiment.vaderSentiment")
    analyzer = original.SentimentIntensityAnalyzer()
    phrases = [*original.SPECIAL_CASES, *(word for word in original.BOOSTER_DICT if " " in word)]
    emoji = {char: name for char, name in analyzer.emojis.items() if len(char) == 1}
    negations = frozenset(original.NEGATE)
    idiom_words = frozenset(_key_word(phrase.split(), analyzer.lexicon) for phrase in phrases)
    return _Tables(
        lexicon=analyzer.lexicon,
        boosters=original.BOOSTER_DICT,
        negations=negations,
        known=frozenset((*analyzer.lexicon, *original.BOOSTER_DICT))
        | negations
        | idiom_words
        | _CHANGING_WORDS
        | {"but"},
        special=original.SPECIAL_CASES,
        idiom_words=idiom_words,
        emoji=frozenset(emoji),
        spelled={ord(char): f" {name}" for char, name in emoji.items()},
    )


def _key_word(phrase: list[str], lexicon: Mapping[str, float]) -> str:
    """Return the word by which a phrase is noticed at a hit or up to three words before it.

    A phrase reaches behind the hit only by starting there, so its first word will do where it may be a hit; elsewhere
    the longest is the rarest.
    """
    return phrase[0] if phrase[0] in lexicon else max(phrase, key=len)


def polarity_scores(text: str) -> Scores:
    """Return the scores of a text, equal to vaderSentiment's; all 0.0 for a text without words.

    >>> polarity_scores("VADER is smart, handsome, and funny!")
    Scores(neg=0.0, neu=0.248, pos=0.752, compound=0.8439)
    """
    text = spell_out_emoji(text)
    tokens = tokenize(text)
    return summarize(scan(tokens), len(tokens), text)


def lexicon() -> Mapping[str, float]:
    """Return VADER's words and their values, -4..4."""
    return _tables().lexicon


def spell_out_emoji(text: str) -> str:
    """Return the text with each emoji replaced by a space and its English name, and stripped.

    The package puts no second space where there is one; nothing that counts depends on it.
    """
    if not text.isascii():
        tables = _tables()
        if not tables.emoji.isdisjoint(text):
            text = text.translate(tables.spelled)
    return text.strip()


def tokenize(text: str) -> list[Token]:
    """Return the tokens of a text whose emoji are spelled out."""
    return list(map(_tokens.__getitem__, text.split()))


def scan(tokens: list[Token]) -> Hits:
    """Return the words that have a value, in order, each after all of VADER's rules but punctuation."""
    places: list[int] = []
    values: list[float] = []
    but = -1
    emphasis: float | None = None  # counted only if a word in capitals stands where it could matter
    for i in [i for i, token in enumerate(tokens) if token.matters]:
        token = tokens[i]
        if token.valence is None:
            but = i if but < 0 else but
            continue
        value = token.valence
        if (
            token.changes
            or (i and tokens[i - 1].changes)
            or (i > 1 and tokens[i - 2].changes)
            or (i > 2 and tokens[i - 3].changes)
        ):
            if emphasis is None:
                emphasis = 0.0 if all(other.is_upper for other in tokens) else CAPS
            value = value_at(tokens, i, emphasis)
        if value:
            places.append(i)
            values.append(value)
    if but >= 0 and places:
        values = reweight_around_but(but, places, values)
    return _hits((places, values))


def summarize(hits: Hits, token_count: int, text: str) -> Scores:
    """Return the scores from the hits of a text, its number of tokens and its punctuation."""
    values = hits.values
    if not values:
        return _NEUTRAL if token_count else _EMPTY
    emphasis = punctuation(text)
    good, bad, total = 0.0, 0.0, 0.0
    for value in values:
        total += value
        if value > 0:
            good += value + 1
        else:
            bad += value - 1
    if good > -bad:
        good += emphasis
    elif good < -bad:
        bad -= emphasis
    neutral = token_count - len(values)
    weight = good - bad + neutral
    return _scores(
        (
            round(-bad / weight, 3) if bad else 0.0,
            round(neutral / weight, 3),
            round(good / weight, 3) if good else 0.0,
            compound_of(total, emphasis),
        )
    )


def compound_of(total: float, emphasis: float) -> float:
    """Return the compound score, -1..1, of the sum of a text's values and what its punctuation adds."""
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    return round(total / math.sqrt(total * total + _ALPHA), 4)


def value_at(tokens: list[Token], i: int, emphasis: float) -> float:
    """Return the value of the hit at a place after all rules that look at the words near it.

    Args:
        tokens: the text's; three before the hit and two after it are enough.
        i: the place of a token that has a valence.
        emphasis: what capitals add; 0.0 where the whole text is in capitals.
    """
    token = tokens[i]
    value: float = token.valence  # type: ignore[assignment]  # hits have one
    before = tokens[i - 1].lower if i else ""
    if token.lower == "kind" and i + 1 < len(tokens) and tokens[i + 1].lower == "of":
        return 0.0
    if token.lower == "no" and i + 1 < len(tokens) and tokens[i + 1].valence is not None:
        value = 0.0
    if (
        before == "no"
        or (i > 1 and tokens[i - 2].lower == "no")
        or (i > 2 and tokens[i - 3].lower == "no" and before in ("or", "nor"))
    ):
        value = token.valence * _NEGATION  # type: ignore[operator]
    if emphasis and token.is_upper:
        value += emphasis if value > 0 else -emphasis

    for distance in range(1, min(i, 3) + 1):
        other = tokens[i - distance]
        if other.valence is not None:
            continue
        if other.boost:
            boost = other.boost if value >= 0 else -other.boost
            if emphasis and other.is_upper:
                boost += emphasis if value > 0 else -emphasis
            value += boost * _FURTHER[distance - 1]
        value = _negated(value, tokens, i, distance)
        if distance == 3 and any(word.may_be_idiom for word in tokens[i - 3 : i + 1]):
            value = _idiom(value, [word.lower for word in tokens[i - 3 : i + 3]])

    if before == "least" and (i == 1 or tokens[i - 2].lower not in ("at", "very")):
        value *= _NEGATION
    return value


def _negated(value: float, tokens: list[Token], i: int, distance: int) -> float:
    other = tokens[i - distance]
    if distance > 1:
        between = [tokens[i - 1].lower] if distance == 2 else [tokens[i - 2].lower, tokens[i - 1].lower]
        if other.lower == "never" and between[0] in ("so", "this"):
            return value * _AFTER_SO
        if distance == 3 and between[1] in ("so", "this"):
            return value * _AFTER_SO
        if other.lower == "without" and "doubt" in between:
            return value
    return value * _NEGATION if other.negates else value


def _idiom(value: float, words: list[str]) -> float:
    """`words` are the three before the hit, the hit, and up to two after."""
    tables = _tables()
    three, two, one, zero = words[:4]
    before = (f"{one} {zero}", f"{two} {one} {zero}", f"{two} {one}", f"{three} {two} {one}", f"{three} {two}")
    for phrase in before:
        if phrase in tables.special:
            value = tables.special[phrase]
            break
    for end in (5, 6):
        if len(words) >= end:
            value = tables.special.get(" ".join(words[3:end]), value)
    for phrase in (f"{three} {two} {one}", f"{three} {two}", f"{two} {one}"):
        value += tables.boosters.get(phrase, 0.0)
    return value


def reweight_around_but(but: int, places: list[int], values: list[float]) -> list[float]:
    """Halve what stands before the first "but" and raise what stands after; of equal values always the first."""
    changed = values.copy()
    holders: defaultdict[float, list[int]] = defaultdict(list)  # for each value a heap of the hits that have it now
    for k, value in enumerate(values):
        heappush(holders[value], k)
        first = heappop(holders[value])
        changed[first] *= 0.5 if places[first] < but else 1.5
        heappush(holders[changed[first]], first)
    return changed


def punctuation(text: str) -> float:
    """Return what a text's exclamation and question marks add to the sum of its values."""
    exclamations = min(text.count("!"), 4) * 0.292
    questions = text.count("?")
    if questions < 2:
        return exclamations
    return exclamations + (questions * 0.18 if questions <= 3 else 0.96)
