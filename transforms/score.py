"""Score: the label of each mention towards a brand, and the signatures of its words.

`score_batch` is a pure function on an Arrow record batch: no file, clock or network, and the same rows come out
whole, in parts or in any order. `score_files` runs it over Parquet files in a pool of processes.
"""

from __future__ import annotations

import hashlib
import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from transforms import vader
from transforms.redact import redact
from transforms.signature import text_hash
from transforms.text import clean, join_title

__all__ = [
    "BAD_COMPOUND",
    "GOOD_COMPOUND",
    "INPUT_SCHEMA",
    "MODEL_VERSION",
    "OUTPUT_SCHEMA",
    "prep_hash",
    "rating_label",
    "score_batch",
    "score_files",
]

MODEL_VERSION = "vader-1"
GOOD_COMPOUND, BAD_COMPOUND = 0.05, -0.05  # VADER's own thresholds, inclusive

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
    ]
)

_CUT_POINTS = {5.0: (2.0, 4.0), 10.0: (4.0, 7.0), 1.0: (0.0, 1.0)}  # rating_max: highest bad, lowest good
_CERTAIN = {"bad": (1.0, 0.0, 0.0), "neutral": (0.0, 1.0, 0.0), "good": (0.0, 0.0, 1.0)}
_UNKNOWN = (None, None, None)
_ROWS_PER_TASK = 8192
_ROWS_WORTH_A_POOL = 20_000  # below this, starting processes takes longer than the work


def score_batch(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Return one scored row for each row of a batch, in the same order.

    Args:
        batch: columns of `INPUT_SCHEMA`; others are ignored. A rating decides the label; without one the words do.

    Returns:
        A batch of `OUTPUT_SCHEMA`. `label` is None where there is neither a rating nor a word. Probabilities are 0..1
        and sum to 1, or None where the basis gives none. `compound` is VADER's, -1..1, of the cleaned words.
    """
    columns = [batch.column(name).to_pylist() for name in INPUT_SCHEMA.names]
    rows = [_score(*row) for row in zip(*columns, strict=True)]
    arrays = (
        [pa.array(values, field.type) for field, values in zip(OUTPUT_SCHEMA, zip(*rows, strict=True), strict=True)]
        if rows
        else [pa.array([], field.type) for field in OUTPUT_SCHEMA]
    )
    return pa.RecordBatch.from_arrays(arrays, schema=OUTPUT_SCHEMA)


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
def prep_hash_of(names: tuple[str, ...]) -> str:
    """Return 16 hex digits for names already in order; see `prep_hash`."""
    parts = (version("vaderSentiment"), *names)
    return hashlib.blake2b("\x1f".join(parts).encode(errors="replace"), digest_size=8).hexdigest()


def prep_hash(names: Sequence[str]) -> str:
    """Return 16 hex digits that change with whatever prepares a text: the brand's names and the lexicons.

    The order of the names does not matter.
    """
    return prep_hash_of(tuple(sorted(names)))


def score_files(inputs: Sequence[Path], out: Path, workers: int = 1) -> int:
    """Score Parquet files into files of the same names; return the number of rows.

    Args:
        inputs: files with the columns of `INPUT_SCHEMA`.
        out: folder for the results, made if missing; each file appears whole or not at all.
        workers: processes; 1 runs in this one, as does what is too little to be worth starting others.
    """
    out.mkdir(parents=True, exist_ok=True)
    total: int = sum(pq.read_metadata(path).num_rows for path in inputs)
    if workers <= 1 or total < _ROWS_WORTH_A_POOL or multiprocessing.current_process().daemon:
        for path in inputs:
            _write(out / path.name, map(score_batch, _batches(path)))
        return total
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for path in inputs:
            _write(out / path.name, pool.map(score_batch, _batches(path)))
    return total


def _batches(path: Path) -> Iterator[pa.RecordBatch]:
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(batch_size=_ROWS_PER_TASK, columns=INPUT_SCHEMA.names)


def _write(path: Path, batches: Iterator[pa.RecordBatch]) -> None:
    beside = path.with_suffix(".tmp")
    with pq.ParquetWriter(beside, OUTPUT_SCHEMA, compression="zstd") as writer:
        for batch in batches:
            writer.write_batch(batch)
    beside.replace(path)


def _score(
    mention_id: str,
    version_no: int,
    brand: str,
    title: str | None,
    text: str | None,
    language: str | None,
    rating: float | None,
    rating_max: float | None,
    bad_max: float | None,
    good_min: float | None,
    names: list[str] | None,
) -> tuple[object, ...]:
    known = tuple(names or ())
    words = clean(join_title(title, text), known)
    compound = vader.polarity_scores(words).compound
    label: str | None
    if rating is not None and rating_max is not None:
        label, basis = rating_label(rating, rating_max, bad_max, good_min), "rating"
    elif (title or text or "").strip():
        label = "good" if compound >= GOOD_COMPOUND else "bad" if compound <= BAD_COMPOUND else "neutral"
        basis = "text"
    else:
        label, basis = None, "none"
    chances = _CERTAIN[label] if label and basis == "rating" else _UNKNOWN
    return (
        mention_id,
        version_no,
        brand,
        MODEL_VERSION,
        prep_hash(known),
        label,
        basis,
        *chances,
        compound,
        text_hash(title, text),
        [],
        None,
        redact(title) if title is not None else None,
        redact(text) if text is not None else None,
    )
