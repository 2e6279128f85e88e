"""Features: what the experience classifier sees in a text, each with a name that people can read.

Four kinds, all in one table of weights: what VADER says of the text and its sentences, the form of the text (length,
question, link, address), hits of the phrase groups (`group:on_hold`, `not:on_hold` after a negation), and words and
pairs of words (`word:never again`).
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from transforms import vader
from transforms.lexicon import groups, phrase_book
from transforms.phrases import NEGATORS, Match
from transforms.text import clean
from transforms.words import ASKS, CLASSES, FIRST_PERSON, NEGATES, UNIT, word_list

__all__ = [
    "FORM_FEATURES",
    "HIT_VALUES",
    "Reading",
    "character_features",
    "common_features",
    "feature_name",
    "group_features",
    "read",
    "read_all",
    "word_features",
    "word_pieces",
]

FORM_FEATURES = (
    "bias", "compound", "compound_abs", "valence", "last_sentence", "worst_sentence", "no_valence", "exclamation",
    "first_person", "length", "ends_asking", "link", "repost", "addressed", "polite", "mixed", "mixed_short",
    "marks_short", "duration", "negations", "good_in_doubt", "evidence",
    "plain_compound", "first_sentence", "balance", "mixture",
)  # fmt: skip

_MARKS = "complaint_marks"
_WEAK = ("doubtful", _MARKS)  # too common in talk of any kind to count as a failure by themselves
_ASKING = frozenset(("question", "request", "help_wanted"))
_LONGEST_WORD = 30  # characters
_SHORT = 40  # words; in a short text praise beside a failure is seldom meant
_MOST_HITS = 4  # of one group; what comes after adds nothing
HIT_VALUES = tuple(map(math.sqrt, range(_MOST_HITS + 1)))  # value of a group's feature by its number of hits
_QUANTITIES = word_list("quantities")
_UNITS = word_list("time_units")
_MARK = re.compile(r"@\w{1,30}|https?|&\w+|[^\w\s@]")
_LOOKED_AT = 5000  # characters of a text for its marks
_ADDRESSED = re.compile(r"\W{0,3}@\w")
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


def read(text: str, names: tuple[str, ...] = ()) -> Reading:
    """Return what there is to see in a text about the brand that has these names.

    Args:
        text: as posted.
        names: everything the brand is called; see `transforms.text.clean`.
    """
    return read_all([text], [names])[0]


def read_all(texts: Sequence[str], names: Iterable[tuple[str, ...]]) -> list[Reading]:
    """Return what `read` does for each text and the names that go with it, in half the time."""
    plains = [vader.spell_out_emoji(clean(text, each)) for text, each in zip(texts, names, strict=True)]
    found = []
    for plain in plains:
        tokens = vader.tokenize(plain)
        words: list[str] = []
        kinds = 0
        for token in tokens:
            words += token.words if token.words is not None else token.find_words()
            kinds |= token.kinds
        found.append((tokens, vader.scan(tokens), words, kinds))
    matches = phrase_book().find_all([words for _, _, words, _ in found])
    readings = []
    for text, plain, (tokens, hits, words, kinds), phrases in zip(texts, plains, found, matches, strict=True):
        compound = vader.compound(hits, plain)
        form = _form(text, plain, tokens, hits, compound, words, kinds, phrases)
        readings.append(Reading(text, words, compound, phrases, form))
    return readings


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


def _form(
    raw: str,
    plain: str,
    tokens: list[vader.Token],
    hits: vader.Hits,
    compound: float,
    words: list[str],
    kinds: int,
    matches: list[Match],
) -> tuple[float, ...]:
    length = len(words)
    first, last, worst = _sentences(tokens, hits)
    asks = kinds & ASKS > 0
    bad_hits, good_hits, evidence = _evidence(matches)
    found = {group for match in matches for group in match.groups}
    has_duration = kinds & UNIT > 0 and _has_duration(words)
    negations = sum(word in NEGATORS for word in words) if kinds & NEGATES else 0
    is_mixed = good_hits > 0 and (bad_hits > 0 or has_duration)
    density = min(1.0, _SHORT / max(length, 1))  # what is telling in a post stands somewhere in any long text
    return (
        1.0,
        compound,
        abs(compound),
        _squash(4 * sum(hits.values) / math.sqrt(max(length, 1))),
        last,
        worst,
        not hits.values and not bad_hits and not good_hits,
        min(plain.count("!"), 3) / 3,
        density * (kinds & FIRST_PERSON > 0),
        math.log1p(min(length, _SHORT)) / 4,
        bool(words) and words[-1] == "?",
        "http" in raw,
        raw.startswith("RT") or " RT " in raw,
        raw.startswith(("@", ".@", '"@', "“@")) and _ADDRESSED.match(raw) is not None,
        "thanks" in found and (asks or not _ASKING.isdisjoint(found)),
        density * is_mixed,
        is_mixed and length <= _SHORT,
        _MARKS in found and length <= _SHORT,
        density * has_duration,
        density * min(negations, 3) / 3,
        density * (good_hits > 0 and (asks or negations > 0)),
        math.log1p(evidence),
        0.0 if bad_hits else compound,
        first,
        (good_hits - bad_hits) / (good_hits + bad_hits + 1),
        (1 - density) * 2 * min(good_hits, bad_hits) / (good_hits + bad_hits + 1),
    )


def _evidence(matches: list[Match]) -> tuple[int, int, float]:
    """Return the number of phrases of a failure, of praise, and the sum of their weights."""
    known = groups()
    bad_hits, good_hits, evidence = 0, 0, 0.0
    for names, _, _, is_negated in matches:
        for name in names:
            group = known[name]
            if group.layer != "experience":
                continue
            if group.label == "good":
                good_hits += not is_negated
                evidence += 0.5 if is_negated else group.good
            elif group.label == "bad" and not is_negated:
                bad_hits += name not in _WEAK
                evidence += group.bad
    return bad_hits, good_hits, evidence


def _has_duration(words: list[str]) -> bool:
    for i, word in enumerate(words):
        if word in _UNITS:
            before = words[max(0, i - 2) : i]
            if any(near.isdigit() or CLASSES.get(near) == "#" or near in _QUANTITIES for near in before):
                return True
    return False


def _sentences(tokens: list[vader.Token], hits: vader.Hits) -> tuple[float, float, float]:
    """Return the valence of the first and the last sentence that have one (-1..1), and the lowest of any (-1..0)."""
    if len(hits.places) < 2:
        only = _squash(sum(hits.values))
        return only, only, min(0.0, only)
    ends = [i for i, token in enumerate(tokens) if token.ends_sentence]
    sums: list[float] = [0.0]
    at = 0
    for place, value in zip(hits.places, hits.values, strict=True):
        while at < len(ends) and ends[at] < place:
            sums.append(0.0)
            at += 1
        sums[-1] += value
    first = next(filter(None, sums), 0.0)
    return _squash(first), _squash(sums[-1]), min(0.0, _squash(min(sums)))


def _squash(value: float) -> float:
    return value / math.sqrt(value * value + 15)
