"""Rank correlation in SQL: beside SciPy's, and true in nine of ten cases about series that have nothing in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import norm, spearmanr

ENDS = (
    "select {{ correlation_end('$r', '$n', '-1.6449') }}, {{ correlation_end('$r', '$n', '1.6449') }}, "
    "{{ correlation_end('$r', '$n', '0') }}"
)
PAIRS = "select {{ effective_pairs('$n', '$x', '$y') }}"


def series(random: np.random.Generator, length: int, persistence: float) -> np.ndarray:
    values = np.zeros(length + 50)
    for moment in range(1, length + 50):
        values[moment] = persistence * values[moment - 1] + random.normal()
    return values[50:]


@pytest.mark.parametrize("persistence", [0.0, 0.8])
def test_correlation__unrelated_series_are_called_related_in_one_case_of_ten(
    run_sql: Callable[..., Any], persistence: float
) -> None:
    random = np.random.default_rng(7)
    wrong = 0
    for _ in range(400):
        x, y = series(random, 52, persistence), series(random, 52, persistence)
        rank_x, rank_y = x.argsort().argsort(), y.argsort().argsort()
        (pairs,) = run_sql(
            PAIRS,
            {
                "n": 52.0,
                "x": float(np.corrcoef(rank_x[1:], rank_x[:-1])[0, 1]),
                "y": float(np.corrcoef(rank_y[1:], rank_y[:-1])[0, 1]),
            },
        )
        low, high, point = run_sql(ENDS, {"r": float(spearmanr(x, y).statistic), "n": pairs})
        assert low < point < high
        wrong += low > 0 or high < 0
    assert 0.06 <= wrong / 400 <= 0.14


def test_correlation__too_few_pairs_have_no_range_and_certainty_is_never_reached(run_sql: Callable[..., Any]) -> None:
    assert run_sql(ENDS, {"r": 0.5, "n": 6.0}) == (None, None, None)
    low, high, _ = run_sql(ENDS, {"r": 1.0, "n": 12.0})
    assert 0.9 < low < high <= 1
    assert norm.ppf(0.95) == pytest.approx(1.6449, abs=1e-4)
    assert norm.ppf(1 - 0.05 / 20) == pytest.approx(2.8070, abs=1e-4)


@pytest.mark.parametrize(("x", "y", "pairs"), [(0.5, -0.5, 20.0), (0.5, 0.5, 12.0), (None, 0.5, 20.0)])
def test_effective_pairs__only_slowness_of_both_costs(
    run_sql: Callable[..., Any], x: Any, y: Any, pairs: float
) -> None:
    assert run_sql(PAIRS, {"n": 20.0, "x": x, "y": y})[0] == pytest.approx(pairs)
