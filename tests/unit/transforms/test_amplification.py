"""Invariants of the estimate of experiences, tellings and exposures; golden numbers stand in tests/spec."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import ConfigError, InputError
from transforms.amplification import (
    Count,
    amplify,
    behind,
    experience_range,
    experiences,
    experiences_variance,
    hidden_share,
    unique_people,
)
from transforms.coverage import FULL, Coverage, combine, triangular
from transforms.pooling import Heard, disagreement, pool
from transforms.rates import CHANNELS, load_profile
from transforms.ratios import balance, change, good_per_bad, is_finding, positive_share, recovery_ratio, share_of

BOOK = load_profile("dr2013")
counts = st.integers(0, 10_000)
pis = st.floats(0.001, 1)
shares = st.floats(0.01, 1)
amounts = st.floats(0.01, 1e7)
channels = st.sampled_from(["review_site", "online", "company"])


@st.composite
def coverages(draw: st.DrawFn) -> Coverage:
    return triangular(*sorted(draw(st.tuples(shares, shares, shares))))


@st.composite
def heard(draw: st.DrawFn, y: st.SearchStrategy[int] = counts) -> list[Count]:
    names = draw(st.lists(channels, min_size=1, max_size=3, unique=True))
    return [Count(name, draw(y), draw(coverages())) for name in names]


@given(counts, pis)
def test_experiences__at_least_what_was_seen_and_all_of_it_at_pi_one(y: int, pi: float) -> None:
    assert experiences(y, pi=pi) >= y
    assert experiences(y, pi=1) == y
    assert experiences_variance(y, pi=1) == 0
    assert (experiences_variance(y, pi=pi) > 0) == (y > 0 and pi < 1)


@given(counts, counts, pis)
def test_experiences__add_up_at_equal_pi(first: int, second: int, pi: float) -> None:
    assert experiences(first + second, pi=pi) == pytest.approx(experiences(first, pi=pi) + experiences(second, pi=pi))


@given(counts, pis, pis)
def test_experiences__fall_in_pi(y: int, one: float, other: float) -> None:
    assert experiences(y, pi=max(one, other)) <= experiences(y, pi=min(one, other))


@given(heard(), st.sampled_from(["bad", "good"]))
def test_behind__every_range_holds_its_point(counted: list[Count], valence: str) -> None:
    found = behind(counted, BOOK.rates[valence])
    for low, point, high in (
        (e.low, e.point, e.high) for e in (found.experiences, found.exposures, *found.tellings.values())
    ):
        assert 0 <= low <= point <= high < math.inf
    assert found.experiences.low >= max(each.y for each in counted)
    assert 0 <= found.hidden_share <= 1
    assert sum(telling.point for telling in found.tellings.values()) <= 5 * found.experiences.point + 1e-6
    if any(each.y for each in counted):
        assert found.experiences.low > 0
    else:
        assert (found.experiences.low, found.experiences.point) == (0, 0)
        assert found.experiences.high > 0


@given(heard(), st.randoms(use_true_random=False))
def test_behind__order_of_channels_does_not_matter(counted: list[Count], random: object) -> None:
    shuffled = list(counted)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert behind(shuffled, BOOK.rates["bad"]).experiences == pytest.approx(
        behind(counted, BOOK.rates["bad"]).experiences
    )


@given(heard(st.integers(1, 5000)))
def test_pool__lies_between_the_channels_own_estimates(counted: list[Count]) -> None:
    parts = [Heard.certain(each.y, BOOK.rates["bad"][each.channel].share_rate * each.coverage.mode) for each in counted]
    alone = [part.y / part.pi for part in parts]
    most_seen = max(part.y for part in parts)
    assert min(alone) * (1 - 1e-9) <= pool(parts).experiences <= max(*alone, most_seen) * (1 + 1e-9)


@given(st.integers(1, 5000), st.floats(0.05, 0.9))
def test_pool__one_channel_is_that_channel(y: int, pi: float) -> None:
    alone = pool([Heard.certain(y, pi)])
    assert alone.experiences == pytest.approx(y / pi)
    assert alone.moments == pytest.approx((y / pi, experiences_variance(y, pi=pi)))
    assert alone.effective_count == pytest.approx(y)
    assert alone.seen == pytest.approx(pi)


def test_pool__a_silent_channel_pulls_the_estimate_down() -> None:
    alone = pool([Heard.certain(35, 0.35)]).experiences
    assert pool([Heard.certain(35, 0.35), Heard.certain(0, 0.43)]).experiences < alone


def test_pool__never_below_what_one_channel_shows() -> None:
    found = pool([Heard.certain(500, 0.01), Heard.certain(0, 0.9)])
    assert found.experiences == 500
    assert found.range.low == 500


def test_disagreement__channels_that_agree_give_zero() -> None:
    assert disagreement([43, 35], [0.43, 0.35]) == pytest.approx(0)
    assert disagreement([43, 350], [0.43, 0.35]) > 100
    assert disagreement([0, 0], [0.43, 0.35]) is None


@given(st.integers(1, 10_000), st.floats(0.05, 0.95), st.floats(10, 1e4))
def test_uncertain_rate__widens_and_certainty_brings_it_back(y: int, rate: float, evidence: float) -> None:
    def moments(n: float) -> tuple[float, float]:
        alpha, beta = rate * n + 2, (1 - rate) * n + 0.5
        e1 = (alpha + beta - 1) / (alpha - 1)
        return e1, e1 * (alpha + beta - 2) / (alpha - 2)

    e1, e2 = moments(evidence)
    assert e1 >= (rate * evidence + 2 + (1 - rate) * evidence + 0.5) / (rate * evidence + 2)  # E[1/s] > 1/E[s]
    assert e2 >= e1**2
    certain = moments(1e12)
    assert certain == pytest.approx((1 / rate, 1 / rate**2), rel=1e-6)
    width = [
        math.log(r.high / r.low)
        for r in (experience_range(y, pi=rate, e1=a, e2=b) for a, b in ((e1, e2), certain))
        if r.low > y
    ]
    assert width == sorted(width, reverse=True)


@given(st.integers(1, 500), st.integers(2, 50))
def test_range__narrows_as_mentions_grow(y: int, times: int) -> None:
    rate = BOOK.rates["bad"]["online"]
    few, many = (
        experience_range(n, pi=rate.share_rate, e1=rate.inverse_mean, e2=rate.inverse_square_mean)
        for n in (y, y * times)
    )
    assert many.high / many.point < few.high / few.point


@given(st.tuples(shares, shares, shares))
def test_coverage__moments_are_those_of_a_distribution_within_its_ends(drawn: tuple[float, float, float]) -> None:
    low, mode, high = sorted(drawn)
    known = triangular(low, mode, high)
    assert 1 / high - 1e-9 <= known.inverse_mean <= 1 / low + 1e-9
    assert known.inverse_square_mean >= known.inverse_mean**2 * (1 - 1e-9)
    assert 0 <= known.log_variance <= math.log(high / low) ** 2 / 4 + 1e-9
    assert (known.log_variance > 0) == (known.variance > 0) or high - low < 1e-6


@pytest.mark.parametrize(
    "drawn", [(0.2, 0.5, 0.8), (0.1, 0.1, 0.9), (0.1, 0.9, 0.9), (0.5, 0.502, 0.504), (0.5, 0.505, 0.51)]
)
def test_coverage__moments_agree_with_the_integral(drawn: tuple[float, float, float]) -> None:
    low, mode, high = drawn
    steps = 20_000
    quantiles = []
    for step in range(steps):
        u = (step + 0.5) / steps
        cut = (mode - low) / (high - low)
        quantiles.append(
            low + math.sqrt(u * (high - low) * (mode - low))
            if u < cut
            else high - math.sqrt((1 - u) * (high - low) * (high - mode))
        )
    known = triangular(*drawn)
    logs = [math.log(k) for k in quantiles]
    mean_log = math.fsum(logs) / steps
    assert known.inverse_mean == pytest.approx(math.fsum(1 / k for k in quantiles) / steps, rel=1e-5)
    assert known.inverse_square_mean == pytest.approx(math.fsum(1 / k**2 for k in quantiles) / steps, rel=1e-4)
    assert known.log_variance == pytest.approx(math.fsum((log - mean_log) ** 2 for log in logs) / steps, rel=1e-3)


@given(coverages(), coverages())
def test_coverage__two_sources_see_more_than_one_and_disjoint_ones_the_most(one: Coverage, other: Coverage) -> None:
    both, apart = combine([one, other]), combine([one, other], is_disjoint=True)
    assert max(one.mode, other.mode) <= both.mode <= apart.mode + 1e-12
    assert apart.mode <= 1
    assert both.inverse_square_mean >= both.inverse_mean**2 * (1 - 1e-9)
    assert combine([one]) is one


@given(counts, counts, channels, shares)
def test_amplify__debiased_share_does_not_depend_on_coverage(
    bad: int, good: int, channel: str, coverage: float
) -> None:
    whole, part = amplify(bad, good, channel), amplify(bad, good, channel, coverage)
    if bad + good == 0:
        assert whole["adjusted_positive_share"] is whole["word_of_mouth_balance"] is None
    else:
        assert part["adjusted_positive_share"] == pytest.approx(whole["adjusted_positive_share"])
        assert part["word_of_mouth_balance"] == pytest.approx(whole["word_of_mouth_balance"])
        assert -1 <= whole["word_of_mouth_balance"] <= 1
        assert (
            whole["adjusted_positive_share_low"]
            <= whole["adjusted_positive_share"]
            <= whole["adjusted_positive_share_high"]
        )
    if bad:
        assert whole["good_per_bad_low"] <= whole["good_per_bad"] <= whole["good_per_bad_high"]
    else:
        assert whole["good_per_bad"] is None


def test_amplify__what_was_seen_is_told_that_often() -> None:
    found = amplify(35, 0, "review_site", 0.5)["bad"]
    assert found["tellings"]["review_site"] == pytest.approx(35 / 0.5)
    assert set(found["tellings"]) == set(CHANNELS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"bad": -1}, "bad is -1"),
        ({"good": 1.5}, "good is 1.5"),
        ({"good": math.nan}, "good is nan"),
        ({"bad": True}, "bad is True"),
        ({"coverage": 0}, "coverage is 0"),
        ({"coverage": 1.2}, "coverage is 1.2"),
        ({"coverage": math.nan}, "coverage low is nan"),
        ({"coverage": (0.5, 0.4, 0.6)}, "low <= mode <= high"),
        ({"channel": "friends"}, "channel is 'friends'"),
        ({"channel": "reviews"}, "review_site, online or company"),
    ],
)
def test_amplify__bad_input_is_refused_by_name(arguments: dict[str, object], says: str) -> None:
    with pytest.raises(InputError, match=says.replace("(", r"\(")):
        amplify(**{"bad": 1, "good": 1, "channel": "review_site", **arguments})  # type: ignore[arg-type]


def test_amplify__unknown_profile_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"'dr2014'.*dr2013"):
        amplify(1, 1, "online", profile="dr2014")


def test_behind__a_channel_twice_is_refused() -> None:
    with pytest.raises(InputError, match="once"):
        behind([Count("online", 1, FULL), Count("online", 2, FULL)], BOOK.rates["bad"])


@given(amounts, amounts)
def test_unique_people__at_most_exposures_and_audience(exposures: float, audience: float) -> None:
    reached = unique_people(exposures, audience)
    assert reached <= min(exposures, audience) * (1 + 1e-12)
    assert unique_people(exposures, 1e15) == pytest.approx(exposures, rel=1e-6)


def test_unique_people__no_audience_is_refused() -> None:
    with pytest.raises(InputError, match="audience is 0"):
        unique_people(5718, 0)


@given(st.dictionaries(st.sampled_from(CHANNELS), st.floats(0, 1)))
def test_hidden_share__between_none_and_all(coverage: dict[object, float]) -> None:
    assert 0 <= hidden_share(coverage, BOOK.rates["good"]) <= 1  # type: ignore[arg-type]


@given(amounts, amounts)
def test_balance__antisymmetric_and_zero_at_break_even(good: float, bad: float) -> None:
    assert balance(good, bad) == pytest.approx(-(balance(bad, good) or 0), abs=1e-12)
    assert balance(38.95 * recovery_ratio(57.18, 38.95), 57.18) == pytest.approx(0, abs=1e-12)
    assert share_of(0, 0) is balance(0, 0) is None


@given(st.lists(st.tuples(shares, shares, amounts), min_size=1, max_size=5), st.floats(0.1, 10))
def test_recovery_ratio__a_weighted_mean_of_the_channels_and_free_of_scale(
    told: list[tuple[float, float, float]], scale: float
) -> None:
    bad, good = (sum(rates[which] * rates[2] for rates in told) for which in (0, 1))
    ratio = recovery_ratio(bad, good)
    single = [b / g for b, g, _ in told]
    assert min(single) * (1 - 1e-9) <= ratio <= max(single) * (1 + 1e-9)
    assert recovery_ratio(scale * bad, scale * good) == pytest.approx(ratio)
    assert recovery_ratio(good, bad) == pytest.approx(1 / ratio)
    assert recovery_ratio(bad, bad) == 1


def test_recovery_ratio__never_ending_retelling_is_refused() -> None:
    with pytest.raises(InputError, match="retold_bad is 1"):
        recovery_ratio(57, 39, retold_bad=1)


@given(st.integers(1, 10_000), st.integers(1, 10_000), st.floats(0, 1))
def test_change__turned_round_is_the_inverse(before: int, after: int, variance: float) -> None:
    up = change(before, after, log_coverage_variance=variance)
    down = change(after, before, log_coverage_variance=variance)
    assert up is not None
    assert down is not None
    assert up == pytest.approx((1 / down.point, 1 / down.high, 1 / down.low))
    assert up.low <= up.point <= up.high


def test_change__coverage_that_changed_is_taken_out_and_widens() -> None:
    same, other = change(100, 140), change(100, 140, coverage_before=0.5, coverage_after=0.7, log_coverage_variance=0.1)
    assert same is not None
    assert other is not None
    assert other.point == pytest.approx(1.0)
    assert other.high / other.point > same.high / same.point


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(100, 140, True), (100, 110, False), (5, 20, False), (20, 5, False), (12, 40, True), (0, 40, False)],
)
def test_is_finding__needs_a_range_without_one_and_enough_mentions(before: int, after: int, *, expected: bool) -> None:
    assert is_finding(change(before, after), before=before, after=after) is expected


def test_change__nothing_before_has_no_ratio() -> None:
    assert change(0, 10) is None
    assert change(10, 0) is None


def test_comparisons__nothing_seen_on_one_side() -> None:
    bad, good, none = (pool([Heard.certain(y, 0.3)]) for y in (20, 50, 0))
    assert good_per_bad(none, good) is None
    assert positive_share(none, none) is None
    only_bad, only_good, ratio = positive_share(bad, none), positive_share(none, good), good_per_bad(bad, none)
    assert only_bad is not None
    assert only_good is not None
    assert ratio is not None
    assert only_bad.point == only_bad.low == 0 < only_bad.high < 0.5
    assert 0.5 < only_good.low < only_good.point == only_good.high == 1
    assert ratio.point == ratio.low == 0 < ratio.high < 1
