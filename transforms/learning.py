"""Learning from the user: a brand's own weights from texts that somebody labelled.

What stands behind `grapevine train`. It starts from the default weights and moves them by what the file shows; words
and pieces of words that the default does not know join in. The result is tried on texts that it did not see (five
parts in turn), its confusion is kept in the file for the amplification correction, and it never replaces better
weights by worse ones.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from records.errors import CheckFailed, InputError
from transforms.evaluation import SPELLINGS, macro_f1
from transforms.experience import LABELS, Weights, default_weights, predict
from transforms.features import Reading, character_features, common_features, read_all, word_features
from transforms.signature import normalize
from transforms.tables import column, read_table
from transforms.training import Corpus, fit, matrix, vocabulary

__all__ = ["Example", "TrainReport", "train_examples", "train_file", "train_weights"]

MIN_ROWS = 60
MIN_ROWS_PER_LABEL = 10

_PARTS = 5
_AT_LEAST = 3  # texts with a word, for it to have a weight
# how strongly weights keep to where they start, in labelled texts
_KNOWN_STRENGTH, _WORD_STRENGTH = 5.0, 8.0
_SMOOTHING = 0.2
_LEAST_RATIO, _MOST_RATIO = 0.1, 3.0
_OPEN = ("word:", "common:", "mark:", "char:")
_BALANCE = 0.5  # 1 if each label counts the same, 0 if each text does
_SHARPNESS = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5)


class Example(NamedTuple):
    """A text with the label that a person gave it.

    Attributes:
        text: as posted, or None.
        label: bad, neutral or good.
        names: everything the brand in question is called.
        is_representative: whether it was drawn at random from what is labelled by words. All teach; but how often the
            labels are right is counted on these, because texts that were chosen for being doubtful would belie it.
    """

    text: str | None
    label: str
    names: tuple[str, ...] = ()
    is_representative: bool = True


class TrainReport(NamedTuple):
    """What a training came to.

    Attributes:
        n: texts learned from.
        left_out: rows with no text or no known label.
        macro_f1_3: of the new weights on texts that they had not seen, 0..1.
        default_macro_f1_3: of the default weights on the same texts.
        confusion: given label -> found label -> representative texts, from the same trial.
        is_written: False if the weights there were are better and were kept.
        message: one line for people.
    """

    n: int
    left_out: int
    macro_f1_3: float
    default_macro_f1_3: float
    confusion: dict[str, dict[str, int]]
    is_written: bool
    message: str


def train_file(path: Path, out: Path, *, text: str, label: str, brand: str | None = None) -> TrainReport:
    """Fit weights to a labelled file and write them, unless the weights there are already better.

    A file of `grapevine label --export` says which of its mentions were drawn at random; only those tell how often the
    labels are right (see `Example`). In any other file all do.

    Args:
        path: CSV or Parquet, .gz too.
        out: the weights file; what stands there is replaced only by what is at least as good.
        text: the column with the texts.
        label: the column with bad/neutral/good or negative/neutral/positive.
        brand: the column with the brand each text is about, or None.

    Raises:
        InputError: the file or a column can't be used, or too few rows have a label.
    """
    table = read_table(path)
    texts = column(table, text, path, "--text")
    labels = [SPELLINGS.get((value or "").strip().lower()) for value in column(table, label, path, "--label")]
    brands = column(table, brand, path, "--brand") if brand else [None] * len(texts)
    drawn = column(table, "drawn", path, "drawn") if "drawn" in table.column_names else ["random"] * len(texts)
    examples = [
        Example(said, known, (about,) if about else (), is_representative=how == "random")
        for said, known, about, how in zip(texts, labels, brands, drawn, strict=True)
        if known and (said or "").strip()
    ]
    report = train_examples(examples, out, origin=str(path))
    return report._replace(left_out=len(texts) - len(examples))


def train_examples(examples: Sequence[Example], out: Path, *, origin: str) -> TrainReport:
    """Fit weights to labelled texts and write them, unless the weights there are already better.

    Args:
        examples: the texts with their labels.
        out: the weights file.
        origin: where they come from, for messages.

    Raises:
        InputError: there are too few of a label.
        CheckFailed: the file can't be written.
    """
    _check_enough(origin, [one.label for one in examples])
    readings = read_all([one.text or "" for one in examples], [one.names for one in examples])
    labels = np.array([LABELS.index(one.label) for one in examples])
    counts = np.array([one.is_representative for one in examples])
    weights, report = train_weights(readings, labels, [normalize(one.text or "") for one in examples], counts)
    return _keep_the_better(out, weights, report, readings, labels)


def train_weights(
    readings: Sequence[Reading], labels: np.ndarray, keys: Sequence[str], is_representative: np.ndarray | None = None
) -> tuple[Weights, TrainReport]:
    """Return weights fitted to labelled texts, and how they did on parts that they had not seen.

    Args:
        readings: the texts.
        labels: int [texts], places in `LABELS`.
        keys: what copies of one text share; they stay in one part, or the trial would flatter.
        is_representative: bool [texts], see `Example`; None for all of them.
    """
    parts = (
        np.array([int(hashlib.blake2b(key.encode(errors="replace"), digest_size=4).hexdigest(), 16) for key in keys])
        % _PARTS
    )
    chances = np.zeros((len(readings), 3))
    for part in range(_PARTS):
        seen, unseen = np.flatnonzero(parts != part).tolist(), np.flatnonzero(parts == part).tolist()
        if not unseen:
            continue
        weights = _fit([readings[i] for i in seen], labels[seen])
        chances[unseen] = predict([readings[i] for i in unseen], weights)
    sharpness = min(_SHARPNESS, key=lambda power: _loss(chances, labels, power))
    found = chances.argmax(axis=1)
    counts = np.ones(len(readings), bool) if is_representative is None else is_representative
    confusion = {
        a: {b: int((counts & (labels == i) & (found == j)).sum()) for j, b in enumerate(LABELS)}
        for i, a in enumerate(LABELS)
    }
    score = _macro_f1(labels, found)
    default_score = _macro_f1(labels, predict(readings).argmax(axis=1))
    weights = _fit(readings, labels)
    sharpness *= weights.sharpness
    said = repr((weights.names, sharpness)).encode() + weights.table.tobytes()
    digest = hashlib.blake2b(said, digest_size=4).hexdigest()
    facts = {
        "data": f"{len(readings)} labelled texts",
        "macro_f1_3": f"{score:.4f}",
        "default_macro_f1_3": f"{default_score:.4f}",
    }
    if min(sum(row.values()) for row in confusion.values()) >= MIN_ROWS_PER_LABEL:
        fair = "" if counts.all() else ", drawn at random"
        apart = "each judged by weights learned from the other four fifths"
        facts |= {"measured_on": f"{counts.sum()} labelled texts{fair}, {apart}", "confusion": json.dumps(confusion)}
    # the default's name is part of it: other features under the same weights are another model
    version = f"{default_weights().model_version}+own-{digest}"
    named = Weights(version, weights.names, weights.table, sharpness, facts)
    return named, TrainReport(len(readings), 0, score, default_score, confusion, is_written=False, message="")


def _fit(readings: Sequence[Reading], labels: np.ndarray) -> Weights:
    default = default_weights()
    known = set(default.names)
    kinds = (word_features, common_features, character_features)
    new = [name for name in vocabulary(readings, _AT_LEAST, kinds) if name not in known]
    table = np.vstack([default.table * default.sharpness, np.zeros((len(new), 2))])
    prior = Weights("prior", (*default.names, *new), table)
    corpus = Corpus("own", readings, labels, float(len(labels)), has_neutral=True)
    strengths = _strengths(prior, readings, labels)
    fitted = fit([corpus], prior, strengths, balance=_BALANCE, has_own_intercepts=False)
    return Weights("own", prior.names, fitted)


def _strengths(prior: Weights, readings: Sequence[Reading], labels: np.ndarray) -> np.ndarray:
    """Return how strongly each weight keeps to where it starts: words that tell labels apart are freer to move.

    The measure is naive Bayes' log-ratio of a feature between one label and the others, the largest of the three (after
    S. Wang and C. Manning, "Baselines and Bigrams", ACL 2012).
    """
    is_open = np.array([name.startswith(_OPEN) for name in prior.names])
    features = matrix(readings, prior)[:, is_open]
    ratio = np.full(features.shape[1], _LEAST_RATIO)
    for label in range(len(LABELS)):
        here = np.asarray(features[labels == label].sum(axis=0)).ravel() + _SMOOTHING
        elsewhere = np.asarray(features[labels != label].sum(axis=0)).ravel() + _SMOOTHING
        ratio = np.maximum(ratio, np.abs(np.log((here / here.sum()) / (elsewhere / elsewhere.sum()))))
    strengths = np.full((len(prior.names), 1), _KNOWN_STRENGTH)
    strengths[is_open, 0] = _WORD_STRENGTH / np.minimum(ratio, _MOST_RATIO) ** 2
    return strengths


def _loss(chances: np.ndarray, labels: np.ndarray, power: float) -> float:
    sharper = np.maximum(chances, 1e-9) ** power
    sharper /= sharper.sum(axis=1, keepdims=True)
    return float(-np.log(sharper[np.arange(len(labels)), labels]).mean())


def _macro_f1(labels: np.ndarray, found: np.ndarray) -> float:
    return macro_f1([LABELS[i] for i in labels], [LABELS[i] for i in found]) or 0.0


def _check_enough(origin: str, labels: Sequence[str]) -> None:
    if len(labels) < MIN_ROWS:
        raise InputError(f"{origin}: {len(labels)} labelled texts; training needs at least {MIN_ROWS}")
    for label in LABELS:
        if (count := labels.count(label)) < MIN_ROWS_PER_LABEL:
            raise InputError(f"{origin}: {count} texts labelled {label}; training needs {MIN_ROWS_PER_LABEL} of each")


def _keep_the_better(
    out: Path, weights: Weights, report: TrainReport, readings: Sequence[Reading], labels: np.ndarray
) -> TrainReport:
    best, whose = report.default_macro_f1_3, "the default weights"
    if out.exists():
        there = _score_there(Weights.read(out), readings, labels)
        if there > best:
            best, whose = there, f"the weights in {out}"
    if report.macro_f1_3 < best:
        message = (
            f"kept {whose}: their macro-F1 is {best:.3f}, the new ones reach {report.macro_f1_3:.3f}; label more texts"
        )
        return report._replace(message=message)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        weights.write(out)
    except OSError as error:
        raise CheckFailed(f"{out} can't be written ({error.strerror}); give another path with --out") from None
    found, default = report.macro_f1_3, report.default_macro_f1_3
    message = f"wrote {out}: macro-F1 {found:.3f} on texts not seen ({default:.3f} by the default weights)"
    return report._replace(is_written=True, message=message)


def _score_there(there: Weights, readings: Sequence[Reading], labels: np.ndarray) -> float:
    """Return the macro-F1 that weights in use have to be beaten by.

    It was measured on texts of their time. Where there are more now, easy ones may have come first: then they need not
    be better than they are on the texts of today, some of which they have seen.
    """
    recorded = float(there.facts.get("macro_f1_3", "0"))
    count = there.facts.get("data", "").partition(" ")[0]
    if not count.isdecimal() or len(readings) <= int(count):
        return recorded
    return min(recorded, _macro_f1(labels, predict(readings, there).argmax(axis=1)))
