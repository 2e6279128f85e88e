"""Language: which texts the English lexicons can judge.

What the source declares is believed. Otherwise a text with English function words is English, which settles most texts
at no cost; the rest goes to py3langid, and only a confident answer counts: a short or odd text is better scored than
lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from transforms.features import Readings
from transforms.words import ONLY_ENGLISH, word_list

__all__ = ["UNKNOWN", "detect", "detect_all", "is_english"]

UNKNOWN = "und"  # another script than ours, but which language can't be told
_UNDECIDED = frozenset(("und", "mul", "mis", "zxx", "qme", "qam", "qct", "qht", "qst", "art", ""))
_FUNCTION_WORDS = word_list("english")
_ONLY_ENGLISH = word_list("only_english")
_ENOUGH = 2  # different function words
_FEW = 12  # words; in so short a text one word that no other language has is enough
_CONFIDENT = 0.9
_MOST_WORDS = 200  # that are looked at
_MIN_LETTERS = 16  # below, the identifier guesses
_LOOKED_AT = 2000  # characters, so that a huge text costs no more than a long one


def detect(text: str, words: Sequence[str], declared: str | None = None) -> str | None:
    """Return the language as a two-letter code, "und" for another script that can't be told apart, else None.

    Args:
        text: cleaned.
        words: its words.
        declared: what the source says (BCP 47), or None.
    """
    if code := _believed(declared):
        return code
    common = _FUNCTION_WORDS.intersection(words[:_MOST_WORDS])
    if len(common) >= _ENOUGH or (len(words) <= _FEW and not _ONLY_ENGLISH.isdisjoint(common)):
        return "en"
    return _identified(text)


def detect_all(readings: Readings, declared: Sequence[str | None]) -> list[str | None]:
    """Return what `detect` does for each text and what its source says."""
    is_settled = _has_english_words(readings).tolist()
    return [
        _believed(code) or ("en" if is_english_text else _identified(text))
        for text, code, is_english_text in zip(readings.texts, declared, is_settled, strict=True)
    ]


def _has_english_words(readings: Readings) -> np.ndarray:
    """Return for each text whether the words alone make it English: the test of `detect`, on numbers."""
    stream, known, count = readings.stream, readings.known, len(readings)
    words = known.of_words("english", stream.words)
    is_common = (words > 0) & (np.arange(len(words)) - stream.starts[stream.rows] < _MOST_WORDS)
    words, rows = words[is_common], stream.rows[is_common]
    differs = (words[1:] != words[:-1]) & (rows[1:] == rows[:-1])
    has_two = np.bincount(rows[1:][differs], minlength=count) > 0  # `_ENOUGH`
    is_only_english = known.of_words("kinds", stream.words[is_common]) & ONLY_ENGLISH > 0
    is_sure = np.bincount(rows[is_only_english], minlength=count) > 0
    return has_two | (stream.lengths <= _FEW) & is_sure


def _believed(declared: str | None) -> str | None:
    """Return the language of what a source says, None if that is nothing."""
    if not declared:
        return None
    code = declared.lower().replace("_", "-").split("-")[0]
    return None if code in _UNDECIDED else code


def _identified(text: str) -> str | None:
    start = text[:_LOOKED_AT]
    letters = sum(map(str.isalpha, start))
    if letters < (_MIN_LETTERS if text.isascii() else _MIN_LETTERS // 2):
        return None
    code, confidence = _identifier().classify(start.lower().encode(errors="replace").decode())
    if confidence >= _CONFIDENT:
        return str(code)
    is_latin = 2 * sum(char.isascii() and char.isalpha() for char in start) >= letters
    return None if is_latin else UNKNOWN


def is_english(language: str | None) -> bool:
    """Return whether a text is to be scored: English, or not known to be anything else."""
    return language in (None, "en")


@cache
def _identifier() -> Any:
    from py3langid import langid  # 0.7 s to load, and most batches need it never

    return langid.LanguageIdentifier.from_model_file(langid.MODEL_FILE, norm_probs=True)
