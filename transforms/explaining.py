"""Explaining: which words and rules moved a text to its label, and how far, for people to read.

The numbers are those that decide: each part's weight times its value, in log-odds of bad and of good against neutral.
Their sums, through the logistic function of three labels, are the probabilities.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from transforms.experience import LABELS, Weights, explain, predict
from transforms.features import Reading, read
from transforms.language import detect, is_english
from transforms.score import model_version

__all__ = ["Explanation", "Part", "explain_text"]

_NAMES = Path(__file__).parent / "weights" / "names.toml"
_SHORTEST = 0.005  # in log-odds; less is nothing to anybody


class Part(NamedTuple):
    """One thing that moved a text.

    Attributes:
        feature: its name in the weights file.
        what: the same for people, with the words that it was found in.
        value: how much of it there is.
        bad, good: what it adds to the log-odds of bad and of good against neutral.
    """

    feature: str
    what: str
    value: float
    bad: float
    good: float


class Explanation(NamedTuple):
    """Why a text has its label.

    Attributes:
        headline: what is explained, and what decided if it was not the words.
        label: bad, neutral or good by its words; None where they are not English.
        chances: the probability of each label.
        log_odds: of bad and of good against neutral: the sums of the parts.
        parts: strongest first.
        model_version: of the weights.
    """

    headline: str
    label: str | None
    chances: dict[str, float]
    log_odds: tuple[float, float]
    parts: list[Part]
    model_version: str

    def as_dict(self) -> dict[str, Any]:
        """Return the same as plain values."""
        return self._asdict() | {"parts": [part._asdict() for part in self.parts]}


def explain_text(
    text: str,
    names: tuple[str, ...] = (),
    weights: Weights | None = None,
    *,
    headline: str = "",
    language: str | None = None,
) -> Explanation:
    """Return why a text has its label.

    Args:
        text: as posted, its title before it.
        names: everything the brand in question is called.
        weights: None for the default ones.
        headline: what is explained.
        language: as declared, or None.
    """
    reading = read(text, names)
    chances = dict(zip(LABELS, predict([reading], weights)[0].tolist(), strict=True))
    found = explain(reading, weights)
    is_judged = bool(text.strip()) and is_english(detect(text, reading.words, language))
    return Explanation(
        headline=headline,
        label=max(chances, key=lambda label: chances[label]) if is_judged else None,
        chances=chances,
        log_odds=(sum(one.bad for one in found), sum(one.good for one in found)),
        parts=[
            Part(one.feature, _what(one.feature, one.value, reading), one.value, one.bad, one.good)
            for one in found
            if max(abs(one.bad), abs(one.good)) >= _SHORTEST
        ],
        model_version=model_version(weights.model_version if weights else None),
    )


def _what(feature: str, value: float, reading: Reading) -> str:
    kind, _, name = feature.partition(":")
    if kind in ("group", "not"):
        hits = [
            " ".join(reading.words[match.start : match.end])
            for match in reading.matches
            if name in match.groups and match.is_negated == (kind == "not")
        ] or [" ".join(reading.words[match.start : match.end]) for match in reading.matches if name in match.groups]
        quoted = ", ".join(f"“{hit}”" for hit in dict.fromkeys(hits))
        return f"{name.replace('_', ' ')}{', negated' if kind == 'not' else ''}: {quoted}"
    if name:
        return f"{_names().get(kind, kind)} “{name}”".lstrip()
    return _names().get(kind, kind.replace("_", " ")).format(value=value)


@cache
def _names() -> dict[str, str]:
    return {name: str(text) for name, text in tomllib.loads(_NAMES.read_text(encoding="utf-8")).items()}
