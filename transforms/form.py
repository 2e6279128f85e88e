"""Form: the features of a text as a whole, before any word of it is weighed; `FORM_FEATURES` names them.

What VADER says of the text and its sentences, its length, whether it asks, links, repeats or addresses somebody, and
how failures and praise stand in it together.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from transforms.growing import Growing
from transforms.lexicon import groups, phrase_book
from transforms.phrases import Found
from transforms.valence import Valence
from transforms.vocabulary import Stream
from transforms.words import AMOUNT, ASKS, FIRST_PERSON, NEGATES, UNIT

__all__ = ["FORM_FEATURES", "form"]

FORM_FEATURES = (
    "bias", "compound", "compound_abs", "valence", "last_sentence", "worst_sentence", "no_valence", "exclamation",
    "first_person", "length", "ends_asking", "link", "repost", "addressed", "polite", "mixed", "mixed_short",
    "marks_short", "duration", "negations", "good_in_doubt", "evidence",
    "plain_compound", "first_sentence", "balance", "mixture", "long",
)  # fmt: skip

_MARKS = "complaint_marks"
_WEAK = ("doubtful", _MARKS)  # too common in talk of any kind to count as a failure by themselves
_ASKING = frozenset(("question", "request", "help_wanted"))
_SHORT = 40  # words; in a short text praise beside a failure is seldom meant
_ADDRESSED = re.compile(r"\W{0,3}@\w")


def form(
    texts: Sequence[str], plains: Sequence[str], stream: Stream, kinds: np.ndarray, valued: Valence, found: Found
) -> np.ndarray:
    """Return the value of each of `FORM_FEATURES` for each text; float64 [texts, features].

    Args:
        texts: as posted.
        plains: cleaned, with their emoji spelled out.
        stream: the words of those.
        kinds: of each word (`transforms.words.kinds_of`).
        valued: what VADER says.
        found: the phrases.
    """
    count = len(texts)
    lengths = stream.lengths
    meanings = _meanings()[found.meanings, found.is_negated.astype(int)]

    def total(fact: str) -> np.ndarray:
        return np.bincount(found.rows, meanings[fact], count)

    def has_word(is_it: np.ndarray) -> np.ndarray:
        return np.bincount(stream.rows[is_it], minlength=count) > 0

    bad_hits, good_hits, evidence = total("is_bad"), total("is_good"), total("evidence")
    asks = has_word(kinds & ASKS > 0)
    has_duration = has_word(_is_duration(kinds, stream))
    negations = np.bincount(stream.rows[kinds & NEGATES > 0], minlength=count)
    is_mixed = (good_hits > 0) & ((bad_hits > 0) | has_duration)
    is_short = lengths <= _SHORT
    density = np.minimum(1.0, _SHORT / np.maximum(lengths, 1))  # what is telling in a post stands in any long text
    last_kinds = np.where(lengths > 0, kinds[stream.starts + lengths - 1], 0)
    features = {
        "bias": np.ones(count),
        "compound": valued.compound,
        "compound_abs": np.abs(valued.compound),
        "valence": _squash(4 * valued.totals / np.sqrt(np.maximum(lengths, 1))),
        "last_sentence": _squash(valued.last),
        "worst_sentence": _squash(valued.worst),
        "no_valence": (valued.counts == 0) & (bad_hits == 0) & (good_hits == 0),
        "exclamation": np.minimum([plain.count("!") for plain in plains], 3) / 3,
        "first_person": density * has_word(kinds & FIRST_PERSON > 0),
        "length": np.log1p(np.minimum(lengths, _SHORT)) / 4,
        "ends_asking": last_kinds & ASKS > 0,
        "link": ["http" in raw for raw in texts],
        "repost": [raw.startswith("RT") or " RT " in raw for raw in texts],
        "addressed": [raw.startswith(("@", ".@", '"@', "“@")) and _ADDRESSED.match(raw) is not None for raw in texts],
        "polite": (total("is_thanks") > 0) & (asks | (total("is_asking") > 0)),
        "mixed": density * is_mixed,
        "mixed_short": is_mixed & is_short,
        "marks_short": (total("is_mark") > 0) & is_short,
        "duration": density * has_duration,
        "negations": density * np.minimum(negations, 3) / 3,
        "good_in_doubt": density * ((good_hits > 0) & (asks | (negations > 0))),
        "evidence": np.log1p(evidence),
        "plain_compound": np.where(bad_hits > 0, 0.0, valued.compound),
        "first_sentence": _squash(valued.first),
        "balance": (good_hits - bad_hits) / (good_hits + bad_hits + 1),
        "mixture": (1 - density) * 2 * np.minimum(good_hits, bad_hits) / (good_hits + bad_hits + 1),
        "long": 1 - density,
    }
    return np.array([features[name] for name in FORM_FEATURES], dtype=np.float64).T


_MEANING = np.dtype(
    [
        ("is_bad", np.float64),  # tells of a failure
        ("is_good", np.float64),  # praises
        ("evidence", np.float64),  # the weights of both
        ("is_thanks", np.float64),
        ("is_asking", np.float64),
        ("is_mark", np.float64),
    ]
)


_meanings_known = Growing(np.dtype((_MEANING, (2,))))


def _meanings() -> np.ndarray:
    """Return what each meaning of phrases counts for the form, [meanings, 2]: by itself and after a negation."""
    new = phrase_book().meanings[len(_meanings_known) :]
    _meanings_known.add([[_meaning(names, is_negated) for is_negated in (False, True)] for names in new])
    return _meanings_known.rows


def _meaning(names: tuple[str, ...], is_negated: bool) -> tuple[float, ...]:
    bad_hits, good_hits, evidence = 0, 0, 0.0
    for group in (groups()[name] for name in names):
        if group.layer != "experience":
            continue
        if group.label == "good":
            good_hits += not is_negated
            evidence += 0.5 if is_negated else group.good
        elif group.label == "bad" and not is_negated:
            bad_hits += group.name not in _WEAK
            evidence += group.bad
    return bad_hits, good_hits, evidence, "thanks" in names, not _ASKING.isdisjoint(names), _MARKS in names


def _is_duration(kinds: np.ndarray, stream: Stream) -> np.ndarray:
    """Return for each word whether it is a unit of time with an amount one or two words before it."""
    is_amount = np.concatenate(([False, False], kinds & AMOUNT > 0))
    is_inside = np.concatenate(([False], stream.rows[1:] == stream.rows[:-1]))  # not the first of a text
    result: np.ndarray = (kinds & UNIT > 0) & is_inside & (is_amount[1:-1] | is_amount[:-2])
    return result


def _squash(values: np.ndarray) -> np.ndarray:
    squashed: np.ndarray = values / np.sqrt(values * values + 15)
    return squashed
