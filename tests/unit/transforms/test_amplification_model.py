"""Invariants of the model's other parts: classifier correction, linked lists, spread, audiences, value, recovery."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import InputError
from transforms.audience import credible_mean, observed_audience
from transforms.hawkes import hawkes_log_likelihood
from transforms.linked import capture_rate, chapman, linked_experiences, seen_probability, speaking_share
from transforms.prevalence import clip, rogan_gladen, rogan_gladen_variance, true_counts
from transforms.rates import load_profile
from transforms.recovery import asymmetry_for, mean_repeats, recovery_bases, recovery_range, recovery_swing
from transforms.spread import (
    is_supercritical,
    later_tellings,
    memory_weight,
    rank_one,
    reproduction_censored,
    reproduction_from_event,
    reproduction_from_reposts,
    saturated_reach,
    spectral_radius,
    told_by,
    total_by_type,
    total_exposures,
    total_variance,
)
from transforms.stars import star_propensity
from transforms.value import (
    Defection,
    constant_hazard,
    customer_value,
    customers_at_risk,
    lost_share,
    prospects_put_off,
    value_at_risk,
)

BOOK = load_profile("dr2013")
shares = st.floats(0, 1)
amounts = st.floats(0, 1e6)
subcritical = st.floats(0, 0.95)


# ---- classifier correction ----


@given(shares)
def test_rogan_gladen__a_perfect_classifier_changes_nothing(q: float) -> None:
    assert rogan_gladen(q, sensitivity=1, specificity=1) == pytest.approx(q)


@given(shares, shares, st.floats(0.65, 1), st.floats(0.65, 1))
def test_rogan_gladen__monotone_and_clipped_into_a_share(
    a: float, b: float, sensitivity: float, specificity: float
) -> None:
    low, high = (rogan_gladen(q, sensitivity=sensitivity, specificity=specificity) for q in sorted((a, b)))
    assert low <= high
    assert 0 <= clip(low) <= clip(high) <= 1


@given(st.lists(amounts, min_size=3, max_size=3))
def test_true_counts__identity_changes_nothing_and_the_sum_is_kept(predicted: list[float]) -> None:
    identity = [[float(i == j) for j in range(3)] for i in range(3)]
    assert true_counts(predicted, identity) == pytest.approx(predicted)
    noisy = [[0.90, 0.07, 0.03], [0.05, 0.90, 0.05], [0.10, 0.08, 0.82]]
    assert math.fsum(true_counts(predicted, noisy)) == pytest.approx(math.fsum(predicted), abs=1e-6)


def test_true_counts__undoes_what_the_classifier_did() -> None:
    noisy = [[0.90, 0.07, 0.03], [0.05, 0.90, 0.05], [0.10, 0.08, 0.82]]
    truth = [120.0, 400.0, 80.0]
    predicted = [sum(truth[i] * noisy[i][j] for i in range(3)) for j in range(3)]
    assert true_counts(predicted, noisy) == pytest.approx(truth)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: rogan_gladen(0.3, sensitivity=0.5, specificity=0.6), "too close to guessing"),
        (lambda: rogan_gladen(1.3, sensitivity=0.9, specificity=0.9), "predicted share is 1.3"),
        (lambda: rogan_gladen_variance(0.3, sensitivity=0.9, specificity=0.9, n=0), "n is 0"),
        (lambda: true_counts([1, 2], [[1.0, 0.0]]), "2 rows of 2"),
        (lambda: true_counts([], []), "rows"),
        (lambda: true_counts([1, 2], [[0.9, 0.2], [0.1, 0.9]]), "adds up to"),
        (lambda: true_counts([1, 2], [[0.5, 0.5], [0.5, 0.5]]), "too close to guessing"),
        (lambda: true_counts([1, 2], [[0.52, 0.48], [0.45, 0.55]]), "too close to guessing"),
        (lambda: true_counts([1, -2], [[0.9, 0.1], [0.1, 0.9]]), "predicted count is -2"),
    ],
)
def test_prevalence__bad_input_is_refused_by_name(call: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        call()  # type: ignore[operator]


# ---- linked lists and the silent group ----


@given(st.lists(st.floats(0.01, 0.9), min_size=1, max_size=5), st.integers(0, 1000), shares)
def test_seen__a_silent_group_lowers_it_and_people_are_the_least(pis: list[float], people: int, part: float) -> None:
    speaking = max(pis) + part * (1 - max(pis))
    independent = seen_probability(pis)
    assert seen_probability(pis, speaking=speaking) <= independent + 1e-12
    assert seen_probability(pis, speaking=1) == independent
    assert linked_experiences(people, pis, speaking=speaking).mean >= people * (1 - 1e-12)


@given(st.lists(st.floats(0.05, 0.9), min_size=2, max_size=5), st.floats(0.1, 0.9))
def test_speaking_share__gives_the_told_anyone_rate_back(rates: list[float], part: float) -> None:
    independent = 1 - math.prod(1 - rate for rate in rates)
    anyone = max(rates) + part * (independent - max(rates))
    tau = speaking_share(rates, anyone)
    assert max(rates) <= tau <= 1
    assert seen_probability(rates, speaking=tau) == pytest.approx(anyone)


@pytest.mark.parametrize("anyone", [0.2, 0.99])
def test_speaking_share__what_no_group_can_give_is_refused(anyone: float) -> None:
    with pytest.raises(InputError, match="told anyone is"):
        speaking_share([0.5, 0.4], anyone)


@given(st.integers(0, 500), st.integers(0, 500), shares)
def test_chapman__at_least_the_distinct_people_seen(first: int, second: int, part: float) -> None:
    both = round(part * min(first, second))
    found = chapman(first, second, both)
    assert found.mean >= first + second - both - 1e-9
    contained = chapman(first, second, min(first, second))
    assert contained == pytest.approx((max(first, second), 0))


def test_capture_rate__nobody_on_the_first_list_is_unknown() -> None:
    assert capture_rate(0, 0) is None


@pytest.mark.parametrize("lists", [(10, 5, 6), (-1, 5, 0), (10, 5, 2.5)])
def test_chapman__impossible_lists_are_refused(lists: tuple[int, int, int]) -> None:
    with pytest.raises(InputError):
        chapman(*lists)


# ---- spread ----


@given(amounts, amounts, subcritical)
def test_total__at_least_first_hand_rising_and_additive(one: float, other: float, r: float) -> None:
    total = total_exposures(one, r)
    assert total is not None
    assert total >= one
    assert total_exposures(one, 0) == one
    assert total <= total_exposures(one, r + 0.01)  # type: ignore[operator]
    assert total_exposures(one + other, r) == pytest.approx(total + total_exposures(other, r))  # type: ignore[operator]
    assert total_exposures(one, r, generations=3) <= total * (1 + 1e-9)  # type: ignore[operator]
    assert total_exposures(one, r, generations=2000) == pytest.approx(total)


@given(amounts, st.floats(1, 5))
def test_total__supercritical_has_no_total_and_says_so(exposures: float, r: float) -> None:
    assert is_supercritical(r)
    assert total_exposures(exposures, r) is total_variance(exposures, r) is later_tellings(10, r, half_life=5) is None
    assert rank_one([exposures], [r], [1]) is None
    assert total_by_type([exposures], [[r]]) is None


@given(st.lists(st.tuples(amounts, st.floats(0, 0.4), st.floats(0, 0.4)), min_size=1, max_size=4))
def test_rank_one__is_the_matrix_solution_and_one_channel_the_scalar(types: list[tuple[float, float, float]]) -> None:
    first, retell, retold = ([each[i] for each in types] for i in range(3))
    matrix = [[r * t for t in retold] for r in retell]
    assert rank_one(first, retell, retold) == pytest.approx(total_by_type(first, matrix))
    assert rank_one(first[:1], retell[:1], retold[:1]) == pytest.approx(
        [total_exposures(first[0], retell[0] * retold[0])]
    )


def test_spectral_radius__negative_retelling_is_refused() -> None:
    with pytest.raises(InputError, match="must be 0 or more"):
        spectral_radius([[-0.1]])


@given(amounts, st.floats(0, 5), st.floats(1, 1e7))
def test_saturated__between_first_hand_and_everybody(exposures: float, r: float, audience: float) -> None:
    reached = saturated_reach(exposures, r, audience=audience)
    started = saturated_reach(exposures, 0, audience=audience)
    assert started * (1 - 1e-9) <= reached <= audience * (1 + 1e-9)
    total = total_exposures(exposures, r)
    if total is not None:
        assert reached <= min(audience, total) * (1 + 1e-6) + 1e-6


def test_saturated__a_boundless_audience_is_the_plain_total() -> None:
    assert saturated_reach(100, 0.3, audience=1e10) == pytest.approx(100 / 0.7, rel=1e-4)


def test_saturated__at_r_one_it_still_has_an_answer() -> None:
    assert 5718 < saturated_reach(5718, 1.0, audience=1e5) < 1e5


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_reproduction__posterior_narrows_towards_the_likelihood(posts: int, reposts: int) -> None:
    found, moments = reproduction_from_reposts(posts, reposts)
    assert 0 <= found.low <= moments.mean <= found.high
    assert reproduction_from_event(posts, reposts) == (found.point if posts + reposts else None)


def test_reproduction__no_post_has_no_answer() -> None:
    assert reproduction_censored(0, [], half_life=80) is None


@given(st.floats(0, 1e4), st.floats(0.1, 1e4), subcritical)
def test_later_tellings__half_of_them_after_the_cascades_half_life(elapsed: float, half_life: float, r: float) -> None:
    assert 0 <= told_by(elapsed, half_life) <= 1
    cascade = half_life / (1 - r)
    assert cascade >= half_life
    assert later_tellings(cascade, r, half_life=half_life) == pytest.approx(r / (1 - r) / 2)
    assert 0 <= memory_weight(elapsed, half_life=half_life) <= 1


def test_hawkes__without_retelling_it_is_poisson() -> None:
    found = hawkes_log_likelihood([0.5, 2.0], until=3, base=0.7, r=0, decay=1)
    assert found == pytest.approx(2 * math.log(0.7) - 3 * 0.7)


def test_hawkes__times_out_of_order_are_refused() -> None:
    with pytest.raises(InputError, match="times must rise"):
        hawkes_log_likelihood([2, 1], until=3, base=1, r=0, decay=1)


# ---- audiences ----


@pytest.mark.parametrize(
    ("known", "people", "source"),
    [
        ({"views": 0, "followers": 10}, 0, "views"),
        ({"engagement": 12, "engagement_rate": 0.04, "followers": 10}, 300, "engagement"),
        ({"engagement": 12, "followers": 10}, 3.5, "followers"),
        ({"helpful": 9, "helpful_rate": 0.2}, 45, "helpful"),
        ({}, 78, "profile"),
    ],
)
def test_observed_audience__best_known_first(known: dict[str, float], people: float, source: str) -> None:
    assert observed_audience(78, **known) == (pytest.approx(people), source)


def test_observed_audience__a_rate_of_zero_is_refused() -> None:
    with pytest.raises(InputError, match="engagement rate is 0"):
        observed_audience(78, engagement=5, engagement_rate=0)


@given(st.lists(amounts, max_size=20))
def test_credible_mean__between_the_profile_and_the_views(views: list[float]) -> None:
    found = credible_mean(78, views)
    assert min([78, *views]) * (1 - 1e-9) <= found <= max([78, *views]) * (1 + 1e-9)


# ---- value and recovery ----


@given(st.floats(0.01, 0.9), st.floats(0, 1), st.integers(0, 20))
def test_defection__never_falls_and_starts_at_nothing(one: float, part: float, k: int) -> None:
    curve = Defection.through(one, one + part * (0.99 - one))
    assert curve.by(0) == 0
    assert 0 <= curve.by(k) <= curve.by(k + 1) <= 1
    assert curve.by(1) == pytest.approx(one)


def test_defection__one_hazard_can_not_meet_both_figures() -> None:
    assert pytest.approx(0.875) == 1 - (1 - 0.5) ** 3
    assert constant_hazard(0.93, 3) > 0.5


def test_value__blank_until_the_brand_gives_its_numbers() -> None:
    curve = Defection.through(0.5, 0.93)
    assert customers_at_risk({1: 100}, curve, conversion=None) is None
    assert prospects_put_off(6000, in_market=None, deterred=0.1) is None
    assert value_at_risk(30, None, value=320).total is None
    assert value_at_risk(30, None, value=320).customers_value == 9600
    assert value_at_risk(30, 12, value=None).customers_value is None


@given(amounts, st.floats(0, 1), st.floats(1, 100))
def test_value__linear_in_worth_and_in_conversion(customers: float, conversion: float, times: float) -> None:
    curve = Defection.through(0.5, 0.93)
    lost = customers_at_risk({1: customers}, curve, conversion=conversion)
    assert lost == pytest.approx(customers * 0.5 * conversion)
    once, often = (value_at_risk(lost, 0, value=each).total for each in (10, 10 * times))
    assert often == pytest.approx(times * once)  # type: ignore[operator]


def test_customer_value__a_sum_that_never_ends_is_refused() -> None:
    with pytest.raises(InputError, match="retention is 1"):
        customer_value(120, retention=1, interest=0)


@given(st.floats(0, 10), shares)
def test_lost_share__is_a_share(mean_bad: float, hazard: float) -> None:
    assert 0 <= lost_share(mean_bad, hazard) <= 1


@given(shares, shares, shares)
def test_swing__falls_with_delay_and_starts_at_both_reaches(one: float, other: float, theta: float) -> None:
    early, late = (recovery_swing(57.18, 38.95, already_told=each, theta=theta) for each in sorted((one, other)))
    assert late <= early
    assert recovery_swing(57.18, 38.95, already_told=0, theta=theta) == pytest.approx(57.18 + theta * 38.95)


def test_bases__the_rates_alone_do_not_say_twice() -> None:
    ratios = {basis.name: basis.ratio for basis in recovery_bases(BOOK)}
    assert ratios["channels"] < ratios["reach"] < ratios["repeats"] < 2 < ratios["reach_repeats"]
    per_channel = [BOOK.rates["bad"][name].share_rate / rate.share_rate for name, rate in BOOK.rates["good"].items()]
    assert (min(per_channel), max(per_channel)) == pytest.approx((1.125, 1.521739), abs=1e-6)
    assert asymmetry_for(2, ratios["channels"]) == pytest.approx(1.517241, abs=1e-6)
    assert asymmetry_for(2, ratios["reach"]) == pytest.approx(1.362364, abs=1e-6)


def test_break_even__its_range_is_that_of_the_simulation() -> None:
    found = recovery_range(BOOK)  # by Monte Carlo, a million draws: 1.14 to 1.87, median 1.46
    assert (found.low, found.point, found.high) == pytest.approx((1.14, 1.468, 1.87), abs=0.02)


@given(st.floats(0, 0.99), st.integers(1, 10))
def test_mean_repeats__at_least_once(share: float, more_than: int) -> None:
    assert mean_repeats(share, more_than=more_than) >= 1


def test_stars__a_rate_that_would_post_more_than_everything_is_refused() -> None:
    with pytest.raises(InputError, match="lower it"):
        star_propensity([0.1, 0.9], [0.9, 0.1], good=(1,), rate=0.9)
    with pytest.raises(InputError, match="add up to"):
        star_propensity([0.1, 0.8], [0.9, 0.1], good=(1,), rate=0.2)
