"""Numbers that nobody should give: an error, or an answer that is a number and in order; never one without meaning."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import InputError
from transforms.amplification import (
    Count,
    amplify,
    behind,
    experience_range,
    experiences,
    exposures_per_mention,
    quick_range,
    told_range,
)
from transforms.coverage import FULL, triangular
from transforms.pooling import Heard, pool
from transforms.ranges import Estimate, Moments, lognormal_range, ratio_range
from transforms.rates import load_profile
from transforms.ratios import change, overlap_variance
from transforms.spread import retold_so_far, second_hand_range
from transforms.what_if import Plan, what_if

EDGES = [-1.0, 0.0, 5e-324, 1e-300, 1e-9, 0.3, 0.5, 1.0, 1.0000001, 35.0, 1e9, 1e15, 1e300, math.nan, math.inf]
edges = st.sampled_from(EDGES)


def is_sound(found: Estimate) -> bool:
    return all(math.isfinite(end) for end in found) and 0 <= found.low <= found.point <= found.high


@given(edges, edges, edges, edges)
def test_experiences__an_error_or_a_range(y: float, pi: float, e1: float, e2: float) -> None:
    try:
        found = experience_range(y, pi=pi, e1=e1, e2=e2)
    except InputError:
        return
    assert is_sound(found)


@given(st.lists(st.tuples(edges, edges), min_size=1, max_size=3))
def test_pool__an_error_or_a_range(channels: list[tuple[float, float]]) -> None:
    try:
        found = pool([Heard.certain(y, pi) for y, pi in channels])
    except InputError:
        return
    assert is_sound(found.range)


@given(edges, edges, st.sampled_from([0.3, 0.5, 1.0]), st.sampled_from([0.0, 0.1, -1.0, math.nan]))
def test_change__an_error_or_blank_or_a_range(before: float, after: float, coverage: float, variance: float) -> None:
    if min(before, after) < 1 and min(before, after) >= 1e-9:
        before, after = before + 1, after + 1  # a third of a mention has a range that no double holds
    try:
        found = change(before, after, coverage_before=coverage, log_coverage_variance=variance)
    except InputError:
        return
    assert found is None or is_sound(found)


@pytest.mark.parametrize("pi", [0, -0.5, 1.0000001, 5e-324, 1e-12, math.nan, math.inf])
def test_experiences__nothing_is_divided_by_no_share(pi: float) -> None:
    with pytest.raises(InputError, match="pi is"):
        experiences(35, pi=pi)


@pytest.mark.parametrize("y", [-1, 1e16, math.inf, math.nan])
def test_experiences__nobody_counts_so_far(y: float) -> None:
    with pytest.raises(InputError, match="mentions is"):
        experiences(y, pi=0.35)


@pytest.mark.parametrize(("alpha", "beta"), [(0, 1), (-1, 2), (1, 0), (math.nan, 1)])
def test_quick_range__a_rate_needs_evidence(alpha: float, beta: float) -> None:
    with pytest.raises(InputError):
        quick_range(35, pi=0.35, alpha=alpha, beta=beta)


def test_moments__that_no_chance_can_have_are_refused() -> None:
    with pytest.raises(InputError, match=r"e1 is 0\.5"):
        experience_range(35, pi=0.35, e1=0.5, e2=1)
    with pytest.raises(InputError, match="e2 is 1"):
        experience_range(35, pi=0.35, e1=3, e2=1)


@given(st.integers(0, 10**6), st.floats(0, 1e6), st.floats(0.1, 1e4))
def test_retold_so_far__never_more_than_there_are(reposts: int, age: float, half_life: float) -> None:
    assert 0 <= retold_so_far(reposts, age, half_life=half_life) <= (1 + reposts) * (1 + 1e-12)


@pytest.mark.parametrize("mode", [0.3, 0.1 + 0.2, 0.3000001, 0.302])
def test_triangular__a_side_of_next_to_no_width_is_no_other_coverage(mode: float) -> None:
    found, exact = triangular(0.3, mode, 0.9), triangular(0.3, 0.3, 0.9)
    assert found.inverse_mean == pytest.approx(exact.inverse_mean, rel=0.01)
    assert found.inverse_square_mean == pytest.approx(exact.inverse_square_mean, rel=0.02)
    assert found.log_variance == pytest.approx(exact.log_variance, rel=0.02)


@pytest.mark.parametrize("value", [None, True, "5", 1j, 10**400, [5]])
def test_numbers__what_is_no_number_is_refused_by_name(value: Any) -> None:
    for call in (
        lambda: experiences(value, pi=0.35),
        lambda: experiences(35, pi=value),
        lambda: told_range(100, Moments(100, value), Moments(57, 400), shared=0),
        lambda: overlap_variance([value, 10], 100),
        lambda: second_hand_range(Estimate(100, 50, 160), Moments(value, 0.002)),
        lambda: amplify(bad=1, good=1, channel="online", coverage=value),
    ):
        with pytest.raises(InputError, match=r"is .*must|must .*is"):
            call()


@pytest.mark.parametrize(
    "call",
    [
        lambda: told_range(-5, Moments(100, 500), Moments(57, 400), shared=0),
        lambda: told_range(100, Moments(100, -500), Moments(57, 400), shared=0),
        lambda: told_range(100, Moments(100, 500), Moments(57, 400), shared=1),
        lambda: overlap_variance([20, 10], -1),
        lambda: second_hand_range(Estimate(100, 150, 160), Moments(0.05, 0.002)),
        lambda: second_hand_range(Estimate(100, 50, 160), Moments(0.05, 5)),
        lambda: lognormal_range(Moments(100, -1)),
        lambda: ratio_range(1.4, -0.1),
    ],
)
def test_ranges__of_moments_that_cannot_be_are_refused(call: Callable[[], object]) -> None:
    with pytest.raises(InputError, match="must"):
        call()


def test_rates__a_channel_that_they_lack_is_named() -> None:
    bad = load_profile("dr2013").rates["bad"]
    rates = {name: rate for name, rate in bad.items() if name != "online"}
    for call in (
        lambda: behind([Count("online", 5, FULL)], rates),
        lambda: behind([Count("company", 5, FULL), Count("fax", 5, FULL)], bad),  # type: ignore[arg-type]
        lambda: exposures_per_mention("online", rates),
    ):
        with pytest.raises(InputError, match=r"channel is '(online|fax)', which the rates lack; they hold friends"):
            call()
    with pytest.raises(InputError, match="good"):
        what_if({"bad": [Count("online", 5, FULL)]}, load_profile("dr2013"), Plan())
