"""The experience classifier: bad, neutral or good, with probabilities.

A multinomial logistic regression with named features (`transforms.features`); neutral is the reference, so each
feature has two weights, for bad and for good. A label is the sum of what its words and rules say, and `explain` shows
that very sum.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np

from records.errors import InputError
from transforms.confusion import DEFAULT_WEIGHTS
from transforms.features import FORM_FEATURES, Reading, Readings, common_features, group_features, word_pieces
from transforms.gathering import WORD_SCALE, GroupTable, WordTable, gather

__all__ = [
    "DEFAULT_WEIGHTS",
    "LABELS",
    "Contribution",
    "Weights",
    "damping",
    "default_weights",
    "explain",
    "feature_values",
    "predict",
]

LABELS = ("bad", "neutral", "good")

_MOST_WORDS = 100_000  # kept with their pieces
_DAMPED_FROM, _DAMPING = 30.0, -0.6  # words, power


class Contribution(NamedTuple):
    """What one feature adds to the log-odds of bad and of good against neutral."""

    feature: str
    value: float
    bad: float
    good: float


@dataclass(frozen=True)
class Weights:
    """The weights of one model.

    Attributes:
        model_version: names the model in `raw.classification`.
        names: the features.
        table: float64 [features, 2], bad and good.
        sharpness: factor on the log-odds that calibrates the probabilities.
        facts: what else the file says of itself (data, date, measures).
    """

    model_version: str
    names: tuple[str, ...]
    table: np.ndarray
    sharpness: float = 1.0
    facts: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def index(self) -> dict[str, int]:
        """Place of each feature in the table."""
        return {name: i for i, name in enumerate(self.names)}

    @cached_property
    def form_places(self) -> tuple[int, ...]:
        """Place of each of `FORM_FEATURES`."""
        return tuple(self.index[name] for name in FORM_FEATURES)

    @cached_property
    def word_index(self) -> tuple[dict[str, int], dict[str, dict[str, int]]]:
        """Place of each single word, and of each pair by its first and second word."""
        singles: dict[str, int] = {}
        pairs: dict[str, dict[str, int]] = {}
        for place, name in enumerate(self.names):
            if name.startswith("word:"):
                first, _, second = name.removeprefix("word:").partition(" ")
                if second:
                    pairs.setdefault(first, {})[second] = place
                else:
                    singles[first] = place
        return singles, pairs

    @cached_property
    def word_table(self) -> WordTable:
        """`word_index` for many texts at once."""
        return WordTable(*self.word_index)

    @cached_property
    def group_table(self) -> GroupTable:
        """Places of the groups of the phrases found, for many texts at once."""
        return GroupTable(self.index)

    @cached_property
    def piece_places(self) -> dict[str, tuple[int, ...]]:
        """Places of the pieces of a word; filled as texts need it, because most words come again and again."""
        return {}

    @cached_property
    def is_own(self) -> bool:
        """Whether it knows common words and pieces of words too; such weights come from `grapevine train`."""
        return bool(self.names) and self.names[-1].startswith(("char:", "common:", "mark:"))

    @classmethod
    def read(cls, path: Path) -> Weights:
        """Return the weights in a file.

        Raises:
            InputError: it is missing or is not a weights file.
        """
        facts: dict[str, str] = {}
        names, rows = [], []
        try:
            for line in path.read_text(encoding="utf-8").splitlines():
                if line.startswith("# "):
                    key, _, value = line[2:].partition(": ")
                    facts[key] = value
                elif line and not line.startswith(("#", "feature\t")):
                    name, bad, good = line.split("\t")
                    names.append(name)
                    rows.append((float(bad), float(good)))
            # a brand's own weights may be older than a feature: they do without it
            is_own = "+own-" in facts["model_version"]
            new = [name for name in FORM_FEATURES if name not in names] if is_own else []
            names = [*new, *names]
            table = np.array([(0.0, 0.0)] * len(new) + rows, dtype=np.float64).reshape(-1, 2)
            return cls(facts["model_version"], tuple(names), table, float(facts["sharpness"]), facts)
        except FileNotFoundError:
            raise InputError(f"{path} does not exist; make it with `grapevine train`") from None
        except (ValueError, KeyError, UnicodeDecodeError) as error:
            raise InputError(f"{path} is no weights file ({error}); make it with `grapevine train`") from None

    def write(self, path: Path) -> None:
        """Write the weights; the file appears whole or not at all."""
        facts = {**self.facts, "model_version": self.model_version, "sharpness": f"{self.sharpness:.4f}"}
        lines = [f"# {key}: {value}" for key, value in facts.items()] + ["feature\tbad\tgood"]
        lines += [f"{name}\t{bad:.4f}\t{good:.4f}" for name, (bad, good) in zip(self.names, self.table, strict=True)]
        beside = path.with_name(path.name + ".tmp")
        beside.write_text("\n".join(lines) + "\n", encoding="utf-8")
        beside.replace(path)


@cache
def default_weights() -> Weights:
    """Return the weights that come with the package; `weights/MODEL_CARD.md` says what they were made from."""
    return Weights.read(DEFAULT_WEIGHTS)


def feature_values(reading: Reading, weights: Weights) -> tuple[list[int], list[float]]:
    """Return the places and values of the features of a text that have a weight."""
    index = weights.index
    places = [place for place, value in zip(weights.form_places, reading.form, strict=True) if value]
    values = [value for value in reading.form if value]
    groups = sorted((index[name], value) for name, value in group_features(reading.matches).items() if name in index)
    places += [place for place, _ in groups]
    values += [value for _, value in groups]
    # each once; function words need no sorting out here, they are in no index
    singles, pairs = weights.word_index
    known = [singles[word] for word in reading.words if word in singles]
    known += [
        following[second]
        for first, second in itertools.pairwise(reading.words)
        if first in pairs and second in (following := pairs[first])
    ]
    found = sorted(set(known))
    if weights.is_own:
        found += [index[name] for name in common_features(reading) if name in index]
        _add(places, values, list(dict.fromkeys(itertools.chain.from_iterable(_pieces(reading.words, weights)))))
    _add(places, values, found)
    return places, values


def damping(reading: Reading) -> float:
    """Return what the log-odds of a text are multiplied by: (1 + words / 30) ** -0.6, in 0..1.

    The sentences of a text say the same thing again, so that evidence grows more slowly than length; added up without
    this, long reviews are judged with far more confidence than they are right.
    """
    return float(_damping(np.array([len(reading.words)]))[0])


def _damping(lengths: np.ndarray) -> np.ndarray:
    factors: np.ndarray = (1 + lengths / _DAMPED_FROM) ** _DAMPING
    return factors


def predict(readings: Sequence[Reading] | Readings, weights: Weights | None = None) -> np.ndarray:
    """Return the probabilities of bad, neutral and good of each text.

    Args:
        readings: texts as read, one by one or, faster with the default weights, together.
        weights: None for the default ones.

    Returns:
        float64 [texts, 3], rows sum to 1; a text's row does not depend on the others.
    """
    weights = weights or default_weights()
    if not len(readings):
        return np.zeros((0, 3))
    if isinstance(readings, Readings) and not weights.is_own:
        lengths = readings.stream.lengths
        rows, places, values = gather(readings, weights)
    else:
        readings = list(readings)
        lengths = np.array([len(reading.words) for reading in readings])
        rows, places, values = _gather_one_by_one(readings, weights)
    odds = np.zeros((len(readings), 3))
    parts = weights.table[places] * values[:, None] * weights.sharpness
    for column, side in ((0, 0), (2, 1)):
        odds[:, column] = np.bincount(rows, weights=parts[:, side], minlength=len(readings))
    odds *= _damping(lengths)[:, None]
    odds -= odds.max(axis=1, keepdims=True)
    chances = np.exp(odds)
    result: np.ndarray = chances / chances.sum(axis=1, keepdims=True)
    return result


def explain(reading: Reading, weights: Weights | None = None) -> list[Contribution]:
    """Return what moved a text and by how much, strongest first; the sums are the log-odds that decided."""
    weights = weights or default_weights()
    places, values = feature_values(reading, weights)
    scale = weights.sharpness * damping(reading)
    found = [
        Contribution(
            weights.names[place],
            value,
            float(weights.table[place, 0] * value * scale),
            float(weights.table[place, 1] * value * scale),
        )
        for place, value in zip(places, values, strict=True)
    ]
    return sorted(found, key=lambda c: (-max(abs(c.bad), abs(c.good)), c.feature))


def _gather_one_by_one(readings: Sequence[Reading], weights: Weights) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the text, the place and the value of each feature."""
    rows: list[int] = []
    places: list[int] = []
    values: list[float] = []
    for row, reading in enumerate(readings):
        found, sizes = feature_values(reading, weights)
        places += found
        values += sizes
        rows += [row] * len(found)
    return np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64), np.array(values)


def _pieces(words: Sequence[str], weights: Weights) -> Iterator[tuple[int, ...]]:
    known, index = weights.piece_places, weights.index
    for word in words:
        places = known.get(word)
        if places is None:
            places = known[word] = tuple(index[piece] for piece in word_pieces(word) if piece in index)
            if len(known) > _MOST_WORDS:  # names, numbers, misspellings: new ones never end
                known.clear()
        yield places


def _add(places: list[int], values: list[float], found: list[int]) -> None:
    if found:
        places += found
        values += [WORD_SCALE / len(found) ** 0.5] * len(found)
