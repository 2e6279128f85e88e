"""Score: the label of each mention towards a brand, and the signatures of its words.

`score_batch` is a pure function on an Arrow record batch: no file, clock or network, and the same rows come out
whole, in parts or in any order. `score_files` runs it over Parquet files, several processes sharing the work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.drivers import Entries, signals_together
from transforms.experience import LABELS, Weights, predict
from transforms.features import read_together
from transforms.language import detect_all, is_english
from transforms.lexicon import lexicon_hash
from transforms.redact import redact
from transforms.sharing import Score, Work, share
from transforms.signature import minhash_bands, signature_words, text_hash
from transforms.text import join_title

__all__ = [
    "INPUT_SCHEMA",
    "MODEL_VERSION",
    "OUTPUT_SCHEMA",
    "model_version",
    "prep_hash",
    "rating_label",
    "score_batch",
    "score_files",
]

MODEL_VERSION = "experience-3"

INPUT_SCHEMA = pa.schema(
    [
        ("mention_id", pa.string()),
        ("version_no", pa.int32()),
        ("brand", pa.string()),
        ("title", pa.string()),
        ("text", pa.string()),
        ("language", pa.string()),
        ("rating", pa.float64()),
        ("rating_max", pa.float64()),
        ("rating_bad_max", pa.float64()),
        ("rating_good_min", pa.float64()),
        ("names", pa.list_(pa.string())),
    ]
)
OUTPUT_SCHEMA = pa.schema(
    [
        ("mention_id", pa.string()),
        ("version_no", pa.int32()),
        ("brand", pa.string()),
        ("model_version", pa.string()),
        ("prep_hash", pa.string()),
        ("label", pa.string()),
        ("label_basis", pa.string()),
        ("p_bad", pa.float64()),
        ("p_neutral", pa.float64()),
        ("p_good", pa.float64()),
        ("compound", pa.float64()),
        ("text_hash", pa.string()),
        ("minhash_bands", pa.list_(pa.int64())),
        ("detected_language", pa.string()),
        ("public_title", pa.string()),
        ("public_text", pa.string()),
        ("bad_drivers", pa.list_(pa.string())),
        ("good_drivers", pa.list_(pa.string())),
        ("emotions", pa.list_(pa.string())),
        ("flags", pa.list_(pa.string())),
        ("is_leaving", pa.bool_()),
        ("is_wow", pa.bool_()),
        ("is_repaired", pa.bool_()),
    ]
)


_KEPT = ("mention_id", "version_no", "brand")  # as they came
_CUT_POINTS = {5.0: (2.0, 4.0), 10.0: (4.0, 7.0), 1.0: (0.0, 1.0)}  # rating_max: highest bad, lowest good
_BASES = ("rating", "text", "none")  # what a label was decided by
_REPEATING = ("brand", "model_version", "prep_hash", "label", "label_basis", "detected_language")


def score_batch(batch: pa.RecordBatch, weights: Weights | None = None) -> pa.RecordBatch:
    """Return one scored row for each row of a batch, in the same order.

    Args:
        batch: columns of `INPUT_SCHEMA`; others are ignored. A rating decides the label; without one the words do.
        weights: the model; None for the default one.

    Returns:
        A batch of `OUTPUT_SCHEMA`. `label` is None where there is no rating and no English word. Probabilities are 0..1
        and sum to 1; a rating's are 0 and 1; None without a label. `compound` is VADER's, -1..1, of the cleaned words.
        What the lists and booleans at the end mean, `transforms.drivers.Signals` says; they are read from the words
        whatever decided the label.
    """
    titles, texts, declared, names = (batch.column(name).to_pylist() for name in ("title", "text", "language", "names"))
    names = [tuple(each or ()) for each in names]
    whole = [join_title(title, text) for title, text in zip(titles, texts, strict=True)]
    readings = read_together(whole, names)
    copied = [signature_words(title, text) for title, text in zip(titles, texts, strict=True)]
    languages = detect_all(readings, declared)
    columns: dict[str, Any] = {
        "model_version": [model_version(weights.model_version if weights else None)] * len(whole),
        "prep_hash": list(map(prep_hash, names)),
        "compound": readings.compound,
        "text_hash": list(map(text_hash, copied)),
        "minhash_bands": _bands(copied),
        "detected_language": languages,
        "public_title": [redact(title) if title is not None else None for title in titles],
        "public_text": [redact(text) if text is not None else None for text in texts],
    }
    columns |= {name: batch.column(name) for name in _KEPT} | _labels(
        batch, whole, languages, predict(readings, weights)
    )
    columns |= {name: _entries(found) for name, found in signals_together(readings)._asdict().items()}
    arrays = [
        column.cast(field.type) if isinstance(column := columns[field.name], pa.Array) else pa.array(column, field.type)
        for field in OUTPUT_SCHEMA
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=OUTPUT_SCHEMA)


def model_version(own: str | None) -> str:
    """Return what names a model in `raw.classification`; it changes with the program as well as with the weights.

    Args:
        own: the `model_version` in a weights file of `grapevine train`; None for the weights of the package.
    """
    # Weights that were made under an earlier version of the program work otherwise under this one.
    return f"{MODEL_VERSION}+{own.rpartition('+')[2]}" if own else MODEL_VERSION


def rating_label(rating: float, rating_max: float, bad_max: float | None = None, good_min: float | None = None) -> str:
    """Return the label of a rating: bad up to `bad_max`, good from `good_min`, both inclusive, neutral between.

    Args:
        rating: 0..rating_max.
        rating_max: upper end of the scale.
        bad_max: the highest bad rating; None for the usual: 2 of 5, 4 of 10, 0 of 1, else 40 % of the scale.
        good_min: the lowest good rating; None for the usual: 4 of 5, 7 of 10, 1 of 1, else 70 % of the scale.

    >>> rating_label(2, 5), rating_label(3, 5), rating_label(7, 10)
    ('bad', 'neutral', 'good')
    """
    usual_bad, usual_good = _CUT_POINTS.get(rating_max, (rating_max * 0.4, rating_max * 0.7))
    if rating <= (usual_bad if bad_max is None else bad_max):
        return "bad"
    return "good" if rating >= (usual_good if good_min is None else good_min) else "neutral"


@cache
def _prep_hash(names: tuple[str, ...]) -> str:
    parts = (version("vaderSentiment"), lexicon_hash(), *sorted(names))
    return hashlib.blake2b("\x1f".join(parts).encode(errors="replace"), digest_size=8).hexdigest()


def prep_hash(names: Sequence[str]) -> str:
    """Return 16 hex digits that change with whatever prepares a text: the brand's names and the lexicons.

    The order of the names does not matter.
    """
    return _prep_hash(tuple(names))


def score_files(inputs: Sequence[Path], out: Path, workers: int = 1, weights: Path | None = None) -> int:
    """Score Parquet files into files of the same names; return the number of rows.

    Args:
        inputs: files with the columns of `INPUT_SCHEMA`.
        out: folder for the results, made if missing; they appear when all is done, each whole.
        workers: processes; 1 is this one alone, which is enough for few rows.
        weights: a weights file; None for the weights that come with the package.

    Raises:
        InputError: the weights file can't be used.
        Killed: one of the processes was ended from outside; nothing was written.
    """
    work = Work(partial(_scorer, weights), INPUT_SCHEMA.names, OUTPUT_SCHEMA, _REPEATING)
    return share(inputs, out, work, workers)


def _scorer(weights: Path | None) -> Score:
    return partial(score_batch, weights=Weights.read(weights) if weights else None)


def _labels(
    batch: pa.RecordBatch, texts: list[str], languages: list[str | None], chances: np.ndarray
) -> dict[str, pa.Array]:
    """Return label, basis and probabilities of each row."""
    labels, bases = chances.argmax(axis=1), np.full(len(texts), _BASES.index("none"))
    judged = zip(languages, texts, strict=True)
    bases[[is_english(language) and bool(text.strip()) for language, text in judged]] = _BASES.index("text")
    ratings = [batch.column(name) for name in ("rating", "rating_max", "rating_bad_max", "rating_good_min")]
    is_rated = pc.and_(ratings[0].is_valid(), ratings[1].is_valid())
    rated = np.flatnonzero(is_rated.to_numpy(zero_copy_only=False))
    if len(rated):
        each = zip(*(column.take(pa.array(rated)).to_pylist() for column in ratings), strict=True)
        labels[rated] = [LABELS.index(rating_label(*rating)) for rating in each]
        chances[rated] = np.eye(len(LABELS))[labels[rated]]
        bases[rated] = _BASES.index("rating")
    has_none = bases == _BASES.index("none")
    columns = {f"p_{label}": pa.array(chances[:, i], mask=has_none) for i, label in enumerate(LABELS)}
    columns["label"] = pa.array(LABELS).take(pa.array(labels, mask=has_none))
    columns["label_basis"] = pa.array(_BASES).take(pa.array(bases))
    return columns


def _bands(copied: Sequence[str | None]) -> pa.Array:
    places, numbers = minhash_bands(copied)
    counts = np.zeros(len(copied), dtype=np.int64)
    counts[places] = numbers.shape[1]
    return _lists(counts, pa.array(numbers.ravel()))


def _entries(found: Entries | np.ndarray) -> pa.Array:
    if isinstance(found, np.ndarray):
        return pa.array(found)
    return _lists(found.counts, pa.array(found.names, pa.string()).take(pa.array(found.numbers)))


def _lists(counts: np.ndarray, values: pa.Array) -> pa.Array:
    """Return a column of lists from how many values each has."""
    return pa.ListArray.from_arrays(pa.array(np.concatenate(([0], np.cumsum(counts))), pa.int32()), values)
