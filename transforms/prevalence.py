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

The error of a corrected count has two parts. With A = (M^T)^-1 and D_vi = sum_j A_vj^2 M_ij - [v = i]:

    noise^2 = sum_j A_vj^2 q_j - x_v      which mentions happened to be mislabelled; adds up over groups
    doubt^2 = sum_i x_i^2 D_vi / n_i      M rests on n_i labelled examples of class i; common to all groups
    Cov[x_bad, x_good] = sum_j A_bj A_gj q_j + sum_i x_i^2 sum_j A_bj A_gj M_ij / n_i

The noise is that of `rogan_gladen_variance` less the sampling of a prevalence: here the mentions are all there are.
The same in SQL: warehouse/macros/correction.sql.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from records.errors import InputError
from transforms.bounds import count, finite, positive, probability, whole_count
from transforms.ranges import Z_90

__all__ = ["LEAST_LABELLED", "Corrected", "Correction", "clip", "rogan_gladen", "rogan_gladen_variance", "true_counts"]

LEAST_LABELLED = 20  # examples of each class without which a confusion matrix says nothing
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
    youden = _youden(sensitivity, specificity)
    return (probability("predicted share", q) + specificity - 1) / youden


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
        + p**2 * sensitivity * (1 - sensitivity) / _examples("n_sensitivity", n_sensitivity)
        + (1 - p) ** 2 * specificity * (1 - specificity) / _examples("n_specificity", n_specificity)
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


class Corrected(NamedTuple):
    """A count of one class after correction.

    Attributes:
        y: what stands for it, not below the exact part.
        noise: its variance from chance mislabelling.
        doubt: its standard deviation from how few examples the matrix rests on.
        covariance: Cov[bad, good].
        least: its lower 5 % end, not below the exact part.
    """

    y: float
    noise: float
    doubt: float
    covariance: float
    least: float


@dataclass(frozen=True, slots=True)
class Correction:
    """What a confusion matrix of bad, neutral and good (in this order) does to labelled counts.

    Attributes:
        weights: A, [true class][label]: how much each label counts towards a class; (M^T)^-1.
        doubts: D_vi / n_i, [true class v][true class i]; what the squared count x_i adds to the variance of x_v.
        cross: by class i, what x_i squared adds to Cov[x_bad, x_good].
    """

    weights: tuple[tuple[float, ...], ...]
    doubts: tuple[tuple[float, ...], ...]
    cross: tuple[float, ...]

    @classmethod
    def from_counts(cls, counts: Sequence[Sequence[int]]) -> Correction | None:
        """Return the correction of a measured matrix; None when it can't carry one.

        Args:
            counts: 3 rows of 3, [true class][label], labelled examples.

        Returns:
            None with fewer than `LEAST_LABELLED` examples of a class, or a matrix too close to guessing.

        Raises:
            InputError: it is not 3 by 3, or holds something else than whole numbers of 0 or more.
        """
        if len(counts) != 3 or any(len(row) != 3 for row in counts):
            raise InputError("the confusion matrix must have 3 rows of 3: bad, neutral, good")
        sizes = [sum(whole_count("labelled examples", each) for each in row) for row in counts]
        if min(sizes) < LEAST_LABELLED:
            return None
        import numpy as np

        m = np.asarray(counts, dtype=float) / np.asarray(sizes, dtype=float)[:, None]
        if not np.linalg.cond(m) <= _LARGEST_CONDITION:
            return None
        a = np.linalg.inv(m).T
        doubts = ((a**2) @ m.T - np.eye(3)) / np.asarray(sizes)
        cross = ((a[0] * a[2]) @ m.T) / np.asarray(sizes)
        return cls(
            tuple(tuple(float(each) for each in row) for row in a),
            tuple(tuple(max(float(each), 0.0) for each in row) for row in doubts),
            tuple(float(each) for each in cross),
        )

    def true_counts(self, labelled: Sequence[float]) -> list[float]:
        """Return the true counts, unclipped, from the labelled ones (bad, neutral, good)."""
        seen = [count("labelled count", each) for each in labelled]
        if len(seen) != 3:
            raise InputError(f"labelled counts are {len(seen)}, must be 3: bad, neutral, good")
        return [math.fsum(a * q for a, q in zip(row, seen, strict=True)) for row in self.weights]

    def noise(self, which: int, labelled: Sequence[float]) -> float:
        """Return the variance of one true count from chance mislabelling, 0 or more."""
        true = self.true_counts(labelled)[which]
        return max(math.fsum(a * a * q for a, q in zip(self.weights[which], labelled, strict=True)) - true, 0.0)

    def doubt(self, which: int, labelled: Sequence[float]) -> float:
        """Return the standard deviation of one true count from how few examples the matrix rests on, 0 or more."""
        true = self.true_counts(labelled)
        return math.sqrt(math.fsum(x * x * d for x, d in zip(true, self.doubts[which], strict=True)))

    def covariance(self, labelled: Sequence[float]) -> float:
        """Return Cov of the true bad and the true good count; below 0 where bad and good are taken for each other."""
        true = self.true_counts(labelled)
        return math.fsum(
            a * b * q for a, b, q in zip(self.weights[0], self.weights[2], labelled, strict=True)
        ) + math.fsum(x * x * c for x, c in zip(true, self.cross, strict=True))

    def corrected(self, which: int, labelled: Sequence[float], *, exact: float = 0.0) -> Corrected:
        """Return the count of one class from labels read from words and from those that are exact (ratings, people).

        Args:
            which: place of the class: 0 bad, 1 neutral, 2 good.
            labelled: counts of labels read from words: bad, neutral, good.
            exact: count of the class from ratings and people.
        """
        if which not in (0, 1, 2):
            raise InputError(f"class is {which!r}, must be 0 (bad), 1 (neutral) or 2 (good)")
        found = count("exact count", exact) + max(self.true_counts(labelled)[which], 0.0)
        noise, doubt = self.noise(which, labelled), self.doubt(which, labelled)
        least = max(found - Z_90 * math.sqrt(noise + doubt**2), exact)
        return Corrected(found, noise, doubt, self.covariance(labelled), least)


def clip(share: float) -> float:
    """Return a share put back into 0..1, for showing; never add clipped figures up."""
    return min(max(finite("share", share), 0.0), 1.0)


def _examples(name: str, n: float) -> float:
    return n if n == math.inf else positive(name, n)


def _youden(sensitivity: float, specificity: float) -> float:
    youden = probability("sensitivity", sensitivity) + probability("specificity", specificity) - 1
    if youden < _LEAST_YOUDEN:
        raise InputError(
            f"sensitivity {sensitivity} and specificity {specificity} are too close to guessing to be corrected "
            f"(sum less 1 is {youden:.2f}, must be {_LEAST_YOUDEN} or more); label more, or train the classifier again"
        )
    return youden
