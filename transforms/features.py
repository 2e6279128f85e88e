"""Features: what the experience classifier sees in a text, each with a name that people can read.

Four kinds, all in one table of weights: what VADER says of the text and its sentences, the form of the text (length,
question, link, address), hits of the phrase groups (`group:on_hold`, `not:on_hold` after a negation), and words and
pairs of words (`word:never again`).
"""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from transforms import vader
from transforms.lexicon import groups, phrase_book
from transforms.phrases import NEGATORS, Match
from transforms.text import clean
from transforms.words import CLASSES, split_words, word_list

__all__ = ["FORM_FEATURES", "Reading", "character_features", "group_features", "read", "word_features"]

FORM_FEATURES = (
    "bias", "compound", "compound_abs", "valence", "last_sentence", "worst_sentence", "no_valence", "exclamation",
    "first_person", "length", "ends_asking", "link", "repost", "addressed", "polite", "mixed", "mixed_short",
    "marks_short", "duration", "negations", "good_in_doubt", "evidence",
)  # fmt: skip

_MARKS = "complaint_marks"
_WEAK = ("doubtful", _MARKS)  # too common in talk of any kind to count as a failure by themselves
_ASKING = frozenset(("question", "request", "help_wanted"))
_LONGEST_WORD = 30  # characters
_SHORT = 40  # words; in a short text praise beside a failure is seldom meant
_MOST_HITS = 4  # of one group; what comes after adds nothing
_FIRST_PERSON = word_list("first_person")
_QUANTITIES = word_list("quantities")
_ADDRESSED = re.compile(r"\W{0,3}@\w")
_FUNCTION_WORDS = word_list("function")


class Reading(NamedTuple):
    """One text as read.

    Attributes:
        words: its words in order.
        scores: VADER's.
        matches: the phrases found.
        form: value of each of `FORM_FEATURES`.
    """

    words: list[str]
    scores: vader.Scores
    matches: list[Match]
    form: tuple[float, ...]


def read(text: str, names: tuple[str, ...] = ()) -> Reading:
    """Return what there is to see in a text about the brand that has these names.

    Args:
        text: as posted.
        names: everything the brand is called; see `transforms.text.clean`.
    """
    plain = vader.spell_out_emoji(clean(text, names))
    tokens = vader.tokenize(plain)
    hits = vader.scan(tokens)
    scores = vader.summarize(hits, len(tokens), plain)
    words = split_words(plain)
    matches = phrase_book().find(words)
    return Reading(words, scores, matches, _form(text, plain, hits, scores.compound, words, matches))


def group_features(matches: list[Match]) -> dict[str, float]:
    """Return `group:` and `not:` features: the square root of the number of hits, 1..2."""
    known = groups()
    counts: dict[str, int] = {}
    for match in matches:
        for group in match.groups:
            name = ("not:" if match.is_negated and known[group].layer == "experience" else "group:") + group
            counts[name] = counts.get(name, 0) + 1
    return {name: math.sqrt(min(count, _MOST_HITS)) for name, count in counts.items()}


def word_features(words: list[str]) -> list[str]:
    """Return the words and neighbouring pairs that may carry a weight, each once, in order; no function words alone."""
    content = [word not in _FUNCTION_WORDS for word in words]
    found = [f"word:{word}" for word, counts in zip(words, content, strict=True) if counts and not word.isdigit()]
    found += [f"word:{words[i]} {words[i + 1]}" for i in range(len(words) - 1) if content[i] or content[i + 1]]
    return list(dict.fromkeys(found))


def character_features(words: list[str]) -> list[str]:
    """Return the pieces of three to five letters of the words, each once; only a brand's own weights use them."""
    found: dict[str, None] = {}
    for word in words:
        marked = f"_{word[:_LONGEST_WORD]}_"
        for size in (3, 4, 5):
            for i in range(len(marked) - size + 1):
                found[f"char:{marked[i : i + size]}"] = None
    return list(found)


def _form(
    raw: str, plain: str, hits: vader.Hits, compound: float, words: list[str], matches: list[Match]
) -> tuple[float, ...]:
    length = len(words)
    last, worst = _sentences(plain, hits)
    asks = "?" in words
    bad_hits, good_hits, evidence = _evidence(matches)
    found = {group for match in matches for group in match.groups}
    has_duration = any(CLASSES.get(word) == "<time>" and _counts(words, i) for i, word in enumerate(words))
    negations = sum(word in NEGATORS for word in words)
    is_mixed = good_hits > 0 and (bad_hits > 0 or has_duration)
    return (
        1.0,
        compound,
        abs(compound),
        _squash(4 * sum(hits.values) / math.sqrt(max(length, 1))),
        last,
        worst,
        float(not hits.values),
        min(plain.count("!"), 3) / 3,
        float(not _FIRST_PERSON.isdisjoint(words)),
        math.log1p(length) / 4,
        float(bool(words) and words[-1] == "?"),
        float("http" in raw),
        float(raw.startswith("RT") or " RT " in raw),
        float(raw.startswith(("@", ".@", '"@', "“@")) and _ADDRESSED.match(raw) is not None),
        float("thanks" in found and (asks or not _ASKING.isdisjoint(found))),
        float(is_mixed),
        float(is_mixed and length <= _SHORT),
        float(_MARKS in found and length <= _SHORT),
        float(has_duration),
        min(negations, 3) / 3,
        float(good_hits > 0 and (asks or negations > 0)),
        math.log1p(evidence),
    )


def _evidence(matches: list[Match]) -> tuple[int, int, float]:
    """Return the number of phrases of a failure, of praise, and the sum of their weights."""
    known = groups()
    bad_hits, good_hits, evidence = 0, 0, 0.0
    for match in matches:
        for name in match.groups:
            group = known[name]
            if group.layer != "experience":
                continue
            if group.label == "bad" and not match.is_negated:
                bad_hits += name not in _WEAK
                evidence += group.bad
            elif group.label == "good":
                good_hits += not match.is_negated
                evidence += 0.5 if match.is_negated else group.good
    return bad_hits, good_hits, evidence


def _counts(words: list[str], i: int) -> bool:
    before = words[max(0, i - 2) : i]
    return any(word.isdigit() or CLASSES.get(word) == "#" or word in _QUANTITIES for word in before)


def _sentences(plain: str, hits: vader.Hits) -> tuple[float, float]:
    """Return the valence of the last sentence and the lowest of any, -1..1 and -1..0."""
    if not hits.places:
        return 0.0, 0.0
    ends = [i for i, piece in enumerate(plain.split()) if piece[-1] in ".!?"]
    sums: list[float] = [0.0]
    at = 0
    for place, value in zip(hits.places, hits.values, strict=True):
        while at < len(ends) and ends[at] < place:
            sums.append(0.0)
            at += 1
        sums[-1] += value
    return _squash(sums[-1]), min(0.0, _squash(min(sums)))


def _squash(value: float) -> float:
    return value / math.sqrt(value * value + 15)
