"""From what a classifier called bad or good to how much there was: correction for its known errors.

    two classes   p = (q + Sp - 1) / (Se + Sp - 1)        (Rogan-Gladen)
    K classes     x = (M^T)^-1 q,  M_ij = P(predicted j | true i)

| symbol | meaning | unit | range |
|---|---|---|---|
| q | share (or counts) predicted | share or mentions | 0..1, or 0 or more |
| Se, Sp | sensitivity and specificity, from a labelled sample | share | 0..1 |
| p, x | share or counts in truth | as q | unclipped: may leave 0..1 |

Both are linear, so they add up over groups that share one M: keep the result unclipped, clip when showing it, and
correct at the coarsest level that shares M. A classifier close to guessing is refused, as its correction would be
mostly noise.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from records.errors import InputError
from transforms.bounds import count, positive, probability

__all__ = ["clip", "rogan_gladen", "rogan_gladen_variance", "true_counts"]

_LEAST_YOUDEN = 0.2  # Se + Sp - 1; below it the correction is mostly noise
_LARGEST_CONDITION = 10.0


def rogan_gladen(q: float, *, sensitivity: float, specificity: float) -> float:
    """Return the true share from the predicted one, unclipped.

    Args:
        q: share predicted to be in the class, 0..1.
        sensitivity: share of the class that is predicted so.
        specificity: share of the others that is not.

    Raises:
        InputError: a share outside 0..1, or Se + Sp - 1 below 0.2.

    >>> round(rogan_gladen(0.30, sensitivity=0.90, specificity=0.95), 6)
    0.294118
    """
    return (probability("predicted share", q) + specificity - 1) / _youden(sensitivity, specificity)


def rogan_gladen_variance(
    q: float,
    *,
    sensitivity: float,
    specificity: float,
    n: float,
    n_sensitivity: float = math.inf,
    n_specificity: float = math.inf,
) -> float:
    """Return the variance of `rogan_gladen`.

    Args:
        q: share predicted to be in the class, 0..1.
        sensitivity: as there.
        specificity: as there.
        n: mentions that q is a share of, above 0.
        n_sensitivity: labelled examples behind the sensitivity; infinite when it is taken as exact.
        n_specificity: labelled examples behind the specificity.
    """
    youden = _youden(sensitivity, specificity)
    p = rogan_gladen(q, sensitivity=sensitivity, specificity=specificity)
    return (
        q * (1 - q) / positive("n", n)
        + p**2 * sensitivity * (1 - sensitivity) / n_sensitivity
        + (1 - p) ** 2 * specificity * (1 - specificity) / n_specificity
    ) / youden**2


def true_counts(predicted: Sequence[float], confusion: Sequence[Sequence[float]]) -> list[float]:
    """Return the true counts of K classes from the predicted ones, unclipped; their sum is kept.

    Args:
        predicted: K counts or shares.
        confusion: K rows, row i holding P(predicted j | true i), each adding up to 1.

    Raises:
        InputError: the shapes don't fit, a row does not add up to 1, or the matrix is too close to guessing (condition
            number above 10) to be inverted without drowning in noise.
    """
    size = len(predicted)
    if size == 0 or len(confusion) != size or any(len(row) != size for row in confusion):
        raise InputError(f"the confusion matrix must have {size} rows of {size}, one for each class")
    for row in confusion:
        if not math.isclose(math.fsum(probability("confusion", each) for each in row), 1, abs_tol=1e-6):
            raise InputError(
                f"a row of the confusion matrix adds up to {math.fsum(row)}, must be 1: shares of a true class"
            )
    for each in predicted:
        count("predicted count", each)
    import numpy as np

    matrix = np.asarray(confusion, dtype=float)
    if not np.linalg.cond(matrix) <= _LARGEST_CONDITION:
        raise InputError("the classifier is too close to guessing to be corrected; label more, or train it again")
    return [float(each) for each in np.linalg.solve(matrix.T, np.asarray(predicted, dtype=float))]


def clip(share: float) -> float:
    """Return a share put back into 0..1, for showing; never add clipped figures up."""
    return min(max(share, 0.0), 1.0)


def _youden(sensitivity: float, specificity: float) -> float:
    youden = probability("sensitivity", sensitivity) + probability("specificity", specificity) - 1
    if youden < _LEAST_YOUDEN:
        raise InputError(
            f"sensitivity {sensitivity} and specificity {specificity} are too close to guessing to be corrected "
            f"(sum less 1 is {youden:.2f}, must be {_LEAST_YOUDEN} or more); label more, or train the classifier again"
        )
    return youden
