"""Training: weights from labelled texts, starting from what is believed already.

The fit is a logistic regression whose weights are drawn towards prior values (a maximum a posteriori estimate): what
the data do not show keeps the value that a person or an earlier model gave it. Deterministic: the same rows in the
same order give the same weights.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import minimize

from transforms.experience import LABELS, Weights, damping, feature_values
from transforms.features import FORM_FEATURES, Reading, word_features
from transforms.lexicon import groups

__all__ = ["Corpus", "fit", "matrix", "prior_weights", "vocabulary"]

PRIOR = Path(__file__).parent / "weights" / "prior.toml"
PINNED = 1e4  # strength of a prior that data shall not move

_STEPS = 300


class Corpus(NamedTuple):
    """Labelled texts of one origin.

    Attributes:
        name: as the model card calls it.
        readings: the texts.
        labels: int [texts], places in `LABELS`.
        weight: how much the whole corpus counts; its labels count equally within it.
        has_neutral: False where nobody could say "neutral"; then only bad against good is learned from it.
    """

    name: str
    readings: Sequence[Reading]
    labels: np.ndarray
    weight: float
    has_neutral: bool


def prior_weights(words: Sequence[str] = ()) -> tuple[Weights, np.ndarray]:
    """Return the weights that a person gave, and where they are pinned.

    Args:
        words: further features, with weight 0.

    Returns:
        The weights, and bool [features]: True where `prior.toml` says `is_pinned`.
    """
    prior = tomllib.loads(PRIOR.read_text(encoding="utf-8"))
    share, negated_good = prior["negated"]["bad_group_share"], prior["negated"]["good_group"]
    names = list(FORM_FEATURES)
    rows = [(prior["form"][name]["bad"], prior["form"][name]["good"]) for name in FORM_FEATURES]
    pinned = [bool(prior["form"][name].get("is_pinned")) for name in FORM_FEATURES]
    for group in groups().values():
        if group.layer == "signal":
            continue
        names += [f"group:{group.name}", f"not:{group.name}"]
        negated = (0.0, 0.0)
        if group.label == "bad":
            negated = (share["bad"] * group.bad, share["good"] * group.good)
        elif group.label == "good":
            negated = (negated_good["bad"], negated_good["good"])
        rows += [(group.bad, group.good), negated]
        pinned += [group.layer == "form"] * 2
    names += words
    rows += [(0.0, 0.0)] * len(words)
    pinned += [False] * len(words)
    return Weights("prior", tuple(names), np.array(rows)), np.array(pinned)


def vocabulary(
    readings: Sequence[Reading], at_least: int, kinds: Sequence[Callable[[Reading], list[str]]] = (word_features,)
) -> list[str]:
    """Return the features of some kinds that at least so many texts have, kind by kind, each in order of names."""
    found: list[str] = []
    for kind in kinds:
        counts: Counter[str] = Counter()
        for reading in readings:
            counts.update(kind(reading))
        found += sorted(name for name, count in counts.items() if count >= at_least)
    return found


def matrix(readings: Sequence[Reading], weights: Weights) -> sparse.csr_matrix:
    """Return the features of texts as they count: damped by the length of each text; float64 [texts, features]."""
    starts, places, values = [0], [], []
    for reading in readings:
        found, sizes = feature_values(reading, weights)
        places += found
        scale = damping(reading)
        values += [size * scale for size in sizes]
        starts.append(len(places))
    return sparse.csr_matrix((values, places, starts), shape=(len(readings), len(weights.names)))


def fit(
    corpora: Sequence[Corpus],
    prior: Weights,
    strengths: np.ndarray,
    *,
    balance: float = 1.0,
    has_own_intercepts: bool = True,
) -> np.ndarray:
    """Return the table of weights that the corpora and the prior support together.

    Args:
        corpora: what to learn from.
        prior: the values that weights are drawn to.
        strengths: float [features, 3] (bad, neutral, good) or [features, 1]: how strongly.
        balance: 1 if each label of a corpus counts the same, 0 if each text does, or between.
        has_own_intercepts: whether every corpus has its own intercept, which is thrown away: how often people complain
            there is not what a word means.

    Returns:
        float64 [features, 2].
    """
    blocks, labels, weights, only_two = [], [], [], []
    own = len(corpora) if has_own_intercepts else 0
    for number, corpus in enumerate(corpora):
        rows = len(corpus.labels)
        block = matrix(corpus.readings, prior)
        if own:
            intercepts = sparse.csr_matrix((np.ones(rows), (np.arange(rows), np.full(rows, number))), shape=(rows, own))
            block = sparse.hstack([block, intercepts])
        counts = np.maximum(np.bincount(corpus.labels, minlength=len(LABELS)), 1)
        each = counts[corpus.labels] ** -balance
        weights.append(corpus.weight * each / each.sum())
        blocks.append(block)
        labels.append(corpus.labels)
        only_two.append(np.full(rows, not corpus.has_neutral))
    # Three columns while learning, so that neutral is drawn to its place as bad and good are; two are left at the end.
    start = np.zeros((len(prior.names) + own, 3))
    start[: len(prior.names), [0, 2]] = prior.table
    strength = np.vstack([np.broadcast_to(strengths, (len(prior.names), 3)), np.ones((own, 3))])
    table = _minimize(
        sparse.vstack(blocks).tocsr(),
        np.concatenate(labels),
        np.concatenate(weights),
        np.concatenate(only_two),
        start,
        strength,
    )
    learned: np.ndarray = table[: len(prior.names)]
    relative: np.ndarray = learned[:, [0, 2]] - learned[:, [1]]
    return relative


def _minimize(
    features: sparse.csr_matrix,
    labels: np.ndarray,
    weights: np.ndarray,
    only_two: np.ndarray,
    start: np.ndarray,
    strength: np.ndarray,
) -> np.ndarray:
    rows = np.arange(len(labels))
    given = np.zeros((len(labels), 3))
    given[rows, labels] = 1
    transposed = features.T.tocsr()

    # Steps are measured in each weight's own prior spread: the problem is round then, and few steps are needed.
    spread = 1 / np.sqrt(strength)

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        away = flat.reshape(start.shape)
        odds = features @ (start + away * spread)
        odds[only_two, 1] = -1e9
        odds -= odds.max(axis=1, keepdims=True)
        chances = np.exp(odds)
        chances /= chances.sum(axis=1, keepdims=True)
        value = -(weights * np.log(np.maximum(chances[rows, labels], 1e-12))).sum() + (away**2).sum() / 2
        slope = (transposed @ ((chances - given) * weights[:, None])) * spread + away
        return float(value), slope.ravel()

    found = minimize(loss, np.zeros(start.size), jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    result: np.ndarray = start + found.x.reshape(start.shape) * spread
    return result
