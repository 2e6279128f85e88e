"""Evaluation: how often the labels are right on texts that somebody has labelled, and labels for texts nobody has.

What stands behind `grapevine evaluate` and `grapevine classify`. A rating decides where there is one, as everywhere;
but only a column that is named holds any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa

from records.errors import InputError
from transforms.experience import Weights
from transforms.experience import explain as contributions
from transforms.features import read_all
from transforms.score import INPUT_SCHEMA, OUTPUT_SCHEMA, score_batch
from transforms.tables import column, read_table, write_table

__all__ = [
    "LABELS",
    "SPELLINGS",
    "Ratings",
    "classify_file",
    "classify_texts",
    "evaluate",
    "evaluate_file",
    "explain_texts",
    "macro_f1",
    "measure",
]

LABELS = ("bad", "neutral", "good")

SPELLINGS = {"bad": "bad", "negative": "bad", "neutral": "neutral", "good": "good", "positive": "good"}
_ECE_BINS = 10
_STRONGEST = 6  # features shown of a text
_ROWS = 8192
_NO_RATING = ("", "na", "n/a", "nan", "none", "null", "-")


class Ratings(NamedTuple):
    """Where the ratings of a file stand: the column, and the upper end of its scale."""

    column: str
    top: float


def evaluate_file(
    path: Path,
    *,
    text: str,
    label: str,
    brand: str | None = None,
    weights: Weights | None = None,
    ratings: Ratings | None = None,
) -> dict[str, Any]:
    """Return `evaluate` of two columns of a file.

    Args:
        path: CSV or Parquet, .gz too.
        text: the column with the texts.
        label: the column with bad/neutral/good or negative/neutral/positive, any letter case.
        brand: the column with the brand each text is about, or None.
        weights: None for the default ones.
        ratings: the column that decides where it has a number; None: the words alone.

    Raises:
        InputError: the file or a column can't be used, or no row has a label.
    """
    table = read_table(path)
    texts = column(table, text, path, "--text")
    labels = column(table, label, path, "--label")
    brands = column(table, brand, path, "--brand") if brand else None
    measures = evaluate(texts, labels, brands, weights, _rated(table, path, ratings))
    if not measures["n"]:
        known = ", ".join(SPELLINGS)
        raise InputError(f"no row of {path} has a label in {label!r} that is one of {known}; give a labelled column")
    return measures


def evaluate(
    texts: Sequence[str | None],
    labels: Sequence[str | None],
    brands: Sequence[str | None] | None = None,
    weights: Weights | None = None,
    rated: Sequence[tuple[float, float] | None] | None = None,
) -> dict[str, Any]:
    """Return how well the default labels agree with given ones; see `measure`.

    Rows with another label or none are left out and counted as `left_out`. `rated` is as `classify_texts` takes it.
    """
    given = [SPELLINGS.get((label or "").strip().lower()) for label in labels]
    kept = [i for i, label in enumerate(given) if label]
    scored = classify_texts(
        [texts[i] for i in kept],
        [brands[i] for i in kept] if brands else None,
        weights,
        [rated[i] for i in kept] if rated else None,
    )
    measures = measure([given[i] or "" for i in kept], scored)
    return {"n": len(kept), "left_out": len(texts) - len(kept), **measures}


def classify_file(
    path: Path,
    out: Path,
    *,
    text: str,
    brand: str | None = None,
    weights: Weights | None = None,
    ratings: Ratings | None = None,
    explain: bool = False,
) -> int:
    """Write a file's rows with label, p_bad, p_neutral, p_good and compound; return the number of rows.

    Args:
        path: CSV or Parquet, .gz too.
        out: the same.
        text: the column with the texts.
        brand: the column with the brand each text is about, or None.
        weights: None for the default ones.
        ratings: the column that decides where it has a number; None: the words alone.
        explain: add a column `why`: what of the words moved the label most, and by how much.

    Raises:
        InputError: a file or a column can't be used.
    """
    table = read_table(path)
    texts = column(table, text, path, "--text")
    brands = column(table, brand, path, "--brand") if brand else None
    scored = classify_texts(texts, brands, weights, _rated(table, path, ratings))
    if explain:
        scored = scored.append_column("why", pa.array(explain_texts(texts, brands, weights), pa.string()))
    for name in scored.column_names:
        if name in table.column_names:
            table = table.drop_columns([name])
        table = table.append_column(name, scored.column(name))
    write_table(table, out)
    return int(table.num_rows)


def explain_texts(
    texts: Sequence[str | None], brands: Sequence[str | None] | None = None, weights: Weights | None = None
) -> list[str]:
    """Return for each text its strongest features with what each adds to the log-odds of bad and good."""
    names = [(brand,) if brand else () for brand in brands or [None] * len(texts)]
    whys = []
    for reading in read_all([text or "" for text in texts], names):
        parts = contributions(reading, weights)[:_STRONGEST]
        whys.append("; ".join(f"{part.feature} (bad {part.bad:+.2f}, good {part.good:+.2f})" for part in parts))
    return whys


def classify_texts(
    texts: Sequence[str | None],
    brands: Sequence[str | None] | None = None,
    weights: Weights | None = None,
    rated: Sequence[tuple[float, float] | None] | None = None,
) -> pa.Table:
    """Return label, p_bad, p_neutral, p_good and compound for each text.

    Args:
        texts: one a row.
        brands: the brand each is about, or None.
        weights: None for the default ones.
        rated: the rating and the upper end of its scale where there is one: it decides; elsewhere the words do.
    """
    out = []
    for start in range(0, len(texts), _ROWS):
        part = texts[start : start + _ROWS]
        names = [[brand] if brand else [] for brand in brands[start : start + _ROWS]] if brands else [[]] * len(part)
        columns: dict[str, pa.Array] = {field.name: pa.nulls(len(part), field.type) for field in INPUT_SCHEMA}
        columns |= {"text": pa.array(part, pa.string()), "names": pa.array(names, pa.list_(pa.string()))}
        if rated:
            stars = rated[start : start + _ROWS]
            columns["rating"] = pa.array([each[0] if each else None for each in stars], pa.float64())
            columns["rating_max"] = pa.array([each[1] if each else None for each in stars], pa.float64())
        out.append(score_batch(pa.RecordBatch.from_pydict(columns, schema=INPUT_SCHEMA), weights))
    chosen = ["label", "p_bad", "p_neutral", "p_good", "compound"]
    return pa.Table.from_batches(out, schema=OUTPUT_SCHEMA).select(chosen)


def measure(given: Sequence[str], scored: pa.Table) -> dict[str, Any]:
    """Return the measures of labels that were given against labels that were found.

    Args:
        given: bad, neutral or good for each row.
        scored: as `classify_texts` returns it; a row without a label counts as neutral.

    Returns:
        macro_f1_3: mean F1 of the three labels, over those that occur.
        macro_f1_2: the same for good against bad, on rows given as either, by the larger of p_bad and p_good (by the
            compound's sign where there are none or they are equal, as for a middling rating).
        accuracy_3, recall_bad, precision_bad: 0..1; None where nothing was given or found.
        ece: expected calibration error of the chosen label's probability, ten bins of equal width; None without
            probabilities.
        confusion: given label -> found label -> rows.
    """
    found = [label or "neutral" for label in scored.column("label").to_pylist()]
    confusion = {a: dict.fromkeys(LABELS, 0) for a in LABELS}
    for a, b in zip(given, found, strict=True):
        confusion[a][b] += 1
    right = sum(confusion[label][label] for label in LABELS)
    chosen_bad = sum(confusion[label]["bad"] for label in LABELS)
    given_bad = sum(confusion["bad"].values())
    return {
        "macro_f1_3": macro_f1(given, found),
        "macro_f1_2": _macro_f1_2(given, scored),
        "accuracy_3": _ratio(right, len(given)),
        "recall_bad": _ratio(confusion["bad"]["bad"], given_bad),
        "precision_bad": _ratio(confusion["bad"]["bad"], chosen_bad),
        "ece": _calibration_error(given, found, scored),
        "confusion": confusion,
    }


def macro_f1(given: Sequence[str], found: Sequence[str]) -> float | None:
    """Return the mean F1 over the labels that were given; None without rows."""
    scores = []
    for label in sorted({*given}):
        both = sum(a == b == label for a, b in zip(given, found, strict=True))
        either = given.count(label) + found.count(label)
        scores.append(2 * both / either)
    return sum(scores) / len(scores) if scores else None


def _rated(table: pa.Table, path: Path, ratings: Ratings | None) -> list[tuple[float, float] | None] | None:
    if ratings is None:
        return None
    found: list[tuple[float, float] | None] = []
    for row, value in enumerate(column(table, ratings.column, path, "--rating"), 1):
        said = (value or "").strip()
        try:
            number = None if said.lower() in _NO_RATING else float(said)
        except ValueError:
            number = -1.0
        if number is not None and not 0 <= number <= ratings.top:
            raise InputError(f"row {row} of {path} has the rating {said!r}; ratings go from 0 to {ratings.top:g}")
        found.append(None if number is None else (number, ratings.top))
    return found


def _macro_f1_2(given: Sequence[str], scored: pa.Table) -> float | None:
    rows = zip(given, *(scored.column(name).to_pylist() for name in ("p_bad", "p_good", "compound")), strict=True)
    pairs = []
    for label, p_bad, p_good, compound in rows:
        if label != "neutral":
            lean = compound if p_bad is None or p_bad == p_good else p_good - p_bad
            pairs.append((label, "good" if lean >= 0 else "bad"))
    return macro_f1([a for a, _ in pairs], [b for _, b in pairs])


def _calibration_error(given: Sequence[str], found: Sequence[str], scored: pa.Table) -> float | None:
    chances: Mapping[str, list[float | None]] = {label: scored.column(f"p_{label}").to_pylist() for label in LABELS}
    bins: list[list[float]] = [[0.0, 0.0] for _ in range(_ECE_BINS)]  # sums of confidence and of being right
    total = 0
    for i, (a, b) in enumerate(zip(given, found, strict=True)):
        chance = chances[b][i]
        if chance is None:
            continue
        place = bins[min(int(chance * _ECE_BINS), _ECE_BINS - 1)]
        place[0] += chance
        place[1] += a == b
        total += 1
    return sum(abs(confidence - right) for confidence, right in bins) / total if total else None


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
