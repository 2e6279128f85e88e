"""The 90 % ranges hold the truth of simulated brands about as often as they say; see benchmarks/calibration.py."""

from __future__ import annotations

import pytest

from benchmarks.calibration import CASES, FIGURES, Case, Held, calibrate

BY_NAME = {case.name: case for case in CASES}


def run(name: str) -> Held:
    return calibrate(BY_NAME[name], brands=400, seed=7)


@pytest.mark.parametrize("name", ["fair, one channel", "fair, three channels"])
def test_ranges__hold_the_truth_in_85_to_95_of_100_fair_brands(name: str) -> None:
    held = run(name).held
    assert set(held) == set(FIGURES)
    assert all(0.85 <= share <= 0.95 for share in held.values()), held


def test_ranges__are_only_too_wide_when_rates_are_just_as_published() -> None:
    held = run("frozen rates").held
    assert min(held[figure] for figure in FIGURES if figure != "change") >= 0.9
    assert 0.85 <= held["change"] <= 0.95


def test_ranges__coverage_wrong_by_two_misses_levels_but_not_comparisons() -> None:
    held = run("coverage half of what was believed").held
    assert held["experiences"] < 0.6
    assert held["good per bad"] >= 0.85
    assert held["change"] >= 0.85


def test_disagreement__is_rare_in_fair_brands_and_grows_with_a_wrong_rate() -> None:
    fair, wrong = run("fair, three channels").noticed, run("one channel's rate half of what was believed").noticed
    assert fair is not None
    assert wrong is not None
    assert fair <= 0.15
    assert wrong >= 2.5 * fair


def test_calibrate__same_seed_same_answer() -> None:
    case = Case("again", ("online",))
    assert calibrate(case, brands=20, seed=3).held == calibrate(case, brands=20, seed=3).held
