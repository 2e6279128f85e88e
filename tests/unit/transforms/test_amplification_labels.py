"""Counts corrected for a classifier's errors: what is taken back, and how sure the result is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import InputError
from transforms.amplification import Count, behind
from transforms.coverage import triangular
from transforms.prevalence import LEAST_LABELLED, Correction, rogan_gladen_variance, true_counts
from transforms.rates import load_profile
from transforms.ratios import good_per_bad, label_log_variance

RATES = load_profile("dr2013").rates
HALF = triangular(0.5, 0.5, 0.5)
MEASURED = [[180, 14, 6], [10, 180, 10], [20, 16, 164]]
counts = st.tuples(*[st.integers(0, 2000)] * 3)


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int]]:
    """Measured matrices whose true class is the most likely label."""
    rows = []
    for true in range(3):
        wrong = [draw(st.integers(0, 40)) for _ in range(2)]
        wrong.insert(true, draw(st.integers(100, 400)))
        rows.append(wrong)
    return rows


def corrected(measured: list[list[int]]) -> Correction:
    found = Correction.from_counts(measured)
    assert found is not None
    return found


@given(matrices(), counts)
def test_correction__is_the_solution_of_the_matrix_and_keeps_the_sum(
    measured: list[list[int]], labelled: tuple[int, int, int]
) -> None:
    true = corrected(measured).true_counts(labelled)
    shares = [[each / sum(row) for each in row] for row in measured]
    assert true == pytest.approx(true_counts(labelled, shares), abs=1e-6)
    assert sum(true) == pytest.approx(sum(labelled))


@given(counts, counts)
def test_correction__adds_up_over_groups(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    known = corrected(MEASURED)
    both = [a + b for a, b in zip(one, other, strict=True)]
    parts = zip(known.true_counts(one), known.true_counts(other), strict=True)
    assert known.true_counts(both) == pytest.approx([a + b for a, b in parts], abs=1e-6)


@given(counts, st.integers(0, 50))
def test_corrected__never_below_what_ratings_say_and_sure_of_no_more_than_the_count(
    labelled: tuple[int, ...], exact: int
) -> None:
    for which in (0, 2):
        found = corrected(MEASURED).corrected(which, labelled, exact=exact)
        assert exact <= found.least <= found.y
        assert found.noise >= 0
        assert found.doubt >= 0


@given(counts)
def test_corrected__a_perfect_classifier_leaves_nothing_uncertain(labelled: tuple[int, ...]) -> None:
    perfect = corrected([[50, 0, 0], [0, 50, 0], [0, 0, 50]])
    found = perfect.corrected(0, labelled, exact=3)
    assert found == pytest.approx((labelled[0] + 3, 0, 0, 0, labelled[0] + 3))


def test_noise__is_rogan_gladens_less_the_sampling_of_the_prevalence() -> None:
    # bad against the rest: Se .9, Sp .95; 1000 mentions of which 300 are labelled bad; golden vector G10
    known = corrected([[180, 20, 0], [20, 380, 0], [0, 0, 400]])
    found = known.corrected(0, [300.0, 700.0, 0.0])
    p, q = 300 / 1000, found.y / 1000
    sampled = rogan_gladen_variance(p, sensitivity=0.9, specificity=0.95, n=1000) * 1000**2
    assert found.y == pytest.approx(294.117647)
    assert found.noise == pytest.approx(sampled - 1000 * q * (1 - q))
    both = rogan_gladen_variance(p, sensitivity=0.9, specificity=0.95, n=1000, n_sensitivity=200, n_specificity=400)
    assert found.doubt**2 == pytest.approx(both * 1000**2 - sampled)


@pytest.mark.parametrize(
    "measured",
    [
        [[LEAST_LABELLED - 1, 0, 0], [0, 50, 0], [0, 0, 50]],
        [[20, 20, 20], [20, 20, 20], [20, 20, 20]],
        [[40, 30, 30], [30, 40, 30], [34, 33, 33]],
    ],
)
def test_correction__too_few_examples_or_close_to_guessing_gives_none(measured: list[list[int]]) -> None:
    assert Correction.from_counts(measured) is None


@pytest.mark.parametrize(
    ("measured", "says"), [([[1, 2], [3, 4]], "3 rows of 3"), ([[-1, 2, 3], [1, 2, 3], [1, 2, 3]], "labelled examples")]
)
def test_correction__bad_input_is_refused_by_name(measured: list[list[int]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        Correction.from_counts(measured)


def test_correction__a_negative_count_is_refused() -> None:
    with pytest.raises(InputError, match="labelled count is -1"):
        corrected(MEASURED).true_counts([-1, 2, 3])


def test_good_per_bad__labels_widen_it_and_stay_finite_when_hardly_a_bad_one_is_left() -> None:
    def pooled(labelled: list[float]) -> tuple[object, object]:
        known = corrected(MEASURED)
        found = [known.corrected(which, labelled) for which in (0, 2)]
        bad = behind([Count("online", found[0].y, HALF, found[0])], RATES["bad"], other=RATES["good"])
        good = behind([Count("online", found[1].y, HALF, found[1])], RATES["good"], other=RATES["bad"])
        return bad.pooled, good.pooled

    sure = [behind([Count("online", y, HALF)], RATES[v]).pooled for v, y in (("bad", 40), ("good", 60))]  # type: ignore[index]
    unsure = pooled([43.0, 30.0, 60.0])
    assert label_log_variance(*sure) == 0
    assert label_log_variance(*unsure) > 0  # type: ignore[arg-type]
    left = good_per_bad(*pooled([11.0, 80.0, 40.0]))  # type: ignore[arg-type]
    assert left is not None
    assert left.low < left.point < left.high < float("inf")


@pytest.mark.parametrize("labelled_examples", [60, 300])
def test_ranges__hold_the_truth_of_brands_whose_labels_err(labelled_examples: int) -> None:
    rng = np.random.default_rng(3)
    held = []
    for _ in range(500):
        matrix = np.array([rng.dirichlet(row) for row in ([48, 9, 3], [7, 47, 6], [4, 8, 48])])
        known = Correction.from_counts([[int(n) for n in rng.multinomial(labelled_examples, row)] for row in matrix])
        happened = int(rng.poisson(rng.uniform(60, 900)))
        rate = rng.beta(RATES["bad"]["online"].alpha, RATES["bad"]["online"].beta) / 2
        true = (rng.binomial(happened, rate), rng.poisson(80), rng.poisson(60))
        labelled = [float(n) for n in sum(rng.multinomial(n, row) for n, row in zip(true, matrix, strict=True))]
        if known is not None:
            found = known.corrected(0, labelled)
            low, high = behind([Count("online", found.y, HALF, found)], RATES["bad"]).experiences[1:]
            held.append(low <= happened <= high)
    assert len(held) > 450
    assert 0.85 <= sum(held) / len(held) <= 0.95
