"""What stands behind the mentions: estimates, coverage, change, and periods without a mention."""

from __future__ import annotations

import math

import pytest

from transforms.amplification import Count, behind, heard
from transforms.coverage import FULL
from transforms.pooling import disagreement_given_rates
from transforms.rates import load_profile
from transforms.sensitivity import figures, tornado
from transforms.spread import pooled_reproduction, reproduction_from_reposts, retold_so_far, saturated_reach
from transforms.what_if import Plan, what_if

from .conftest import Built
from .counts import counts

Z = 1.6448536269514722  # 95th percentile of the normal distribution: ends of a 90 % range


SCENES = (counts,)


def test_estimate__reviews_over_share_rate(built: Built) -> None:
    week = built.period("unset", "2026-01-05")
    assert week["estimated_bad_count"] == pytest.approx(35 / 0.35)  # 100
    assert week["bad_exposure_count"] == pytest.approx(100 * 57.18)  # .81x5 + .57x4 + .45x78 + .43x0 + .35x45
    assert week["bad_hidden_share"] == pytest.approx(1 - 0.35 / 2.61)  # .865900
    assert week["is_coverage_known"] is False


def test_estimate__range_is_lognormal_from_the_rates_moments(built: Built) -> None:
    week = built.period("unset", "2026-01-05")
    # share rate ~ Beta(20.275, 37.225): E[1/s] = 56.5 / 19.275, E[1/s^2] = 56.5 x 55.5 / (19.275 x 18.275)
    e1, e2 = 56.5 / 19.275, 56.5 * 55.5 / (19.275 * 18.275)
    # as moments of N = 100: y replaced by N pi, see transforms/pooling.py
    mean, variance = 35 * e1, 35 * (e2 - e1) + 35**2 * (e2 - e1**2)
    sigma = math.sqrt(math.log(1 + variance / mean**2))
    assert week["estimated_bad_count_low"] == pytest.approx(mean * math.exp(-(sigma**2) / 2 - Z * sigma))
    assert week["estimated_bad_count_high"] == pytest.approx(mean * math.exp(-(sigma**2) / 2 + Z * sigma))


def test_estimate__good_and_bad_corrected_for_being_posted_unequally(built: Built) -> None:
    week = built.period("mixed", "2026-01-05")
    assert week["good_per_bad"] == pytest.approx((160 / 0.23) / (40 / 0.35))  # 6.086957
    assert week["adjusted_positive_share"] == pytest.approx(1 - 0.141104, abs=1e-6)
    assert week["observed_positive_share"] == pytest.approx(0.8)
    assert week["bad_exposure_count"] == pytest.approx(6534.857143)
    assert week["good_exposure_count"] == pytest.approx(27095.652174)
    assert week["word_of_mouth_balance"] == pytest.approx(0.611373, abs=1e-6)
    assert week["break_even_ratio"] == pytest.approx(57.18 / 38.95)


def test_estimate__one_side_empty_has_a_bound_and_no_division_by_zero(built: Built) -> None:
    bad, good = built.period("onlybad", "2026-01-05"), built.period("onlygood", "2026-01-05")
    assert (bad["good_per_bad"], bad["good_per_bad_low"], bad["adjusted_positive_share"]) == (0, 0, 0)
    assert bad["good_per_bad_high"] > 0
    assert (good["good_per_bad"], good["good_per_bad_high"], good["adjusted_positive_share"]) == (None, None, 1)
    assert 0 < good["adjusted_positive_share_low"] < 1


def test_estimate__channels_are_not_added_up_and_never_below_the_largest(built: Built) -> None:
    week = built.period("three", "2026-01-05")
    # unset coverage: the channel that stands for most stands alone; 9/.35 = 25.7, 10/.45 = 22.2, 11/.43 = 25.6
    assert week["estimated_bad_count"] == pytest.approx(9 / 0.35)
    assert week["bad_count"] == 30  # tellings: one experience may be told on two channels
    assert 11 <= week["estimated_bad_count_low"] < 25.7  # the inbox alone has shown 11


def test_channel_period__five_channels_collected_or_not(built: Built) -> None:
    told = built.rows(
        "SELECT channel, is_collected, bad_count, estimated_bad_telling_count, bad_hidden_share "
        "FROM marts.channel_period "
        "WHERE (brand, period_kind, period_start_date) = ('half', 'week', DATE '2026-01-05') ORDER BY channel"
    )
    experiences = 35 / (0.35 * 0.5)  # 200
    assert told == [
        ("company", False, None, pytest.approx(experiences * 0.43), 1),
        ("coworkers", False, None, pytest.approx(experiences * 0.57), 1),
        ("friends", False, None, pytest.approx(experiences * 0.81), 1),
        ("online", False, None, pytest.approx(experiences * 0.45), 1),
        ("review_site", True, 35, pytest.approx(experiences * 0.35), 0.5),
    ]


def test_at_stake__blank_until_the_brand_gives_its_numbers(built: Built) -> None:
    week = built.period("unset", "2026-01-05")
    blank = ("bad_people_count", "customers_at_risk_count", "prospects_put_off_count", "revenue_at_risk")
    assert [week[name] for name in blank] == [None] * 4
    assert week["prospect_revenue_at_risk_high"] is None


def test_at_stake__from_the_brands_own_numbers(built: Built) -> None:
    week = built.period("valued", "2026-01-05")
    # 100 bad experiences among 1000 customers, half say they leave, .6 of them do
    assert week["customers_at_risk_count"] == pytest.approx(1000 * (1 - math.exp(-0.1 * 0.5)) * 0.6)
    assert week["customers_at_risk_count_low"] < week["customers_at_risk_count"] < week["customers_at_risk_count_high"]
    assert week["revenue_at_risk"] == pytest.approx(week["customers_at_risk_count"] * 320)
    people = saturated_reach(5718, 0.05, audience=100_000)
    assert week["bad_people_count"] == pytest.approx(people)
    assert week["bad_people_count_high"] < 100_000
    assert week["prospects_put_off_count"] == pytest.approx(people * 0.02 * 0.1)
    assert week["prospect_revenue_at_risk"] == pytest.approx(people * 0.02 * 0.1 * 320)


def test_second_hand__assumed_without_reposts(built: Built) -> None:
    week = built.period("unset", "2026-01-05")
    assert week["bad_reproduction"] == pytest.approx(0.05)
    assert week["bad_second_hand_count"] == pytest.approx(5718 / 0.95 - 5718)  # golden vector G17
    assert week["bad_second_hand_count_low"] < week["bad_second_hand_count"] < week["bad_second_hand_count_high"]
    assert week["is_supercritical"] is False


def test_audience__what_was_seen_counts_with_its_own_and_the_rest_with_the_mean(built: Built) -> None:
    week = built.period("watched", "2026-01-05")
    known = 6 * 1000 + 4 * 200 * 0.35
    experiences = 20 / 0.45
    assert week["bad_known_audience_count"] == 10
    assert week["bad_observed_exposure_count"] == pytest.approx(known)
    assert week["bad_exposure_count"] == pytest.approx(experiences * 57.18 - 10 * 78 + known)
    assert week["bad_exposure_count_low"] >= known
    online = built.row(
        "SELECT bad_exposure_count FROM marts.channel_period WHERE (brand, period_kind, channel) = "
        "('watched', 'week', 'online') AND period_start_date = DATE '2026-01-05'"
    )
    assert online["bad_exposure_count"] == pytest.approx(experiences * 0.45 * 78 - 10 * 78 + known)


def test_second_hand__from_reposts(built: Built) -> None:
    week = built.period("watched", "2026-01-05")
    measured = (1 + 18) / (20 + 6 + 18)  # posterior mean of 6 posts with 18 reposts
    part = 0.45 * 78 / 57.18  # of the exposures, that posts make
    assert week["bad_reproduction"] == pytest.approx(part * measured + (1 - part) * 0.05)


def test_second_hand__what_is_still_being_retold_can_have_no_end(built: Built) -> None:
    book = load_profile("dr2013")
    part = book.rates["bad"]["online"].share_rate * 78 / book.exposures_per_experience["bad"]
    _, online = reproduction_from_reposts(1, 5_000, retold=retold_so_far(5_000, 30, half_life=80))
    r = pooled_reproduction([part], [online]).mean
    year = built.period("viral", "2026-01-01", "year")
    assert r > 1
    assert year["bad_reproduction"] == pytest.approx(r)
    assert (year["is_supercritical"], year["bad_second_hand_count"], year["bad_second_hand_count_high"]) == (
        True,
        None,
        None,
    )
    assert year["bad_people_count"] == pytest.approx(saturated_reach(year["bad_exposure_count"], r, audience=100_000))
    assert built.period("passed", "2026-01-01", "year")["is_supercritical"] is False  # as many reposts, but over


def test_linked__people_are_counted_once_on_however_many_channels(built: Built) -> None:
    week = built.period("linked", "2026-01-05")
    assert week["estimate_basis"] == "linked people"
    assert week["estimated_bad_count"] == pytest.approx(60 / 0.6295)  # golden vector G07: 95.313741
    assert week["estimated_bad_count_low"] < 95.3 < week["estimated_bad_count_high"]
    assert built.period("overlap", "2026-01-05")["estimate_basis"] == "one channel"
    assert built.period("three", "2026-01-05")["estimate_basis"] == "leading channel"


def test_disagreement__channels_that_contradict_each_other_are_told(built: Built) -> None:
    week = built.period("apart", "2026-01-05")
    rates = load_profile("dr2013").rates["bad"]
    counts = [Count("review_site", 200, FULL), Count("company", 5, FULL)]
    pooled = behind(counts, rates).pooled
    assert week["estimate_basis"] == "pooled channels"
    assert week["estimated_bad_count"] == pytest.approx(pooled.experiences)
    assert week["bad_disagreement"] == pytest.approx(disagreement_given_rates(heard(counts, rates)))
    assert week["is_disagreeing"] is True
    assert built.period("half", "2026-01-05")["bad_disagreement"] is None


def test_sign__headlines_are_checked_under_the_other_evidence(built: Built) -> None:
    week = built.period("mixed", "2026-01-05")
    counts = {"bad": [Count("review_site", 40, FULL)], "good": [Count("review_site", 160, FULL)]}
    other = figures(counts, load_profile("satisfied_post_more"))  # type: ignore[arg-type]
    assert week["opposite_good_per_bad"] == pytest.approx(other["good_per_bad"])
    assert week["opposite_word_of_mouth_balance"] == pytest.approx(other["word_of_mouth_balance"])
    assert week["sign_flips"] is True  # more good than bad, or fewer: 6.1 or .75
    assert built.period("onlybad", "2026-01-05")["sign_flips"] is False


@pytest.mark.parametrize(
    ("lever", "step", "plan"),
    [
        ("recover", 0.2, Plan(recover=0.2)),
        ("faster", 12, Plan(recover=1, faster_hours=12)),
        ("invite_reviews", 0.1, Plan(invite_reviews=0.1)),
        ("invite_complaints", 0.1, Plan(recover=1, invite_complaints=0.1)),
    ],
)
def test_what_if__the_table_says_what_the_model_says(built: Built, lever: str, step: float, plan: Plan) -> None:
    row = built.row(
        "SELECT * FROM marts.what_if WHERE (brand, period_kind, period_start_date, lever, round(step, 6)) = "
        "('mixed', 'week', DATE '2026-01-05', ?, ?)",
        lever,
        step,
    )
    counts = {"bad": [Count("review_site", 40, FULL)], "good": [Count("review_site", 160, FULL)]}
    result = what_if(counts, load_profile("dr2013"), plan)  # type: ignore[arg-type]
    assert row["put_right_count"] == pytest.approx(result.recovered_cases.point)
    assert row["put_right_count_high"] == pytest.approx(result.recovered_cases.high)
    assert row["swing_exposure_count"] == pytest.approx(result.people.point)
    assert row["extra_good_review_count"] == pytest.approx(result.extra_reviews["good"])
    assert row["changed_positive_share"] == pytest.approx(result.visible_positive_share_after)
    assert row["changed_word_of_mouth_balance"] == pytest.approx(result.balance_after)


def test_sensitivity__the_order_is_that_of_the_tornado_and_the_ends_are_near(built: Built) -> None:
    bars = built.rows(
        "SELECT input, swing FROM marts.sensitivity WHERE (brand, period_kind, figure) = "
        "('mixed', 'week', 'bad_exposure_count') AND period_start_date = DATE '2026-01-05' ORDER BY swing_rank"
    )
    counts = {"bad": [Count("review_site", 40, FULL)], "good": [Count("review_site", 160, FULL)]}
    exact = tornado(counts, load_profile("dr2013"), figure="bad_exposures")  # type: ignore[arg-type]
    assert bars[0][0] == exact[0].name == "audience of one telling: online"
    assert {name for name, _ in bars[:3]} == {bar.name for bar in exact[:3]}
    # ends are lognormal here and those of Beta and Gamma there
    assert dict(bars) == pytest.approx({bar.name: bar.swing for bar in exact}, rel=0.1)


def test_sensitivity__coverage_moves_the_level(built: Built) -> None:
    inputs = built.rows(
        "SELECT input, mark FROM marts.sensitivity WHERE (brand, period_kind, figure) = "
        "('ranged', 'week', 'estimated_bad_count') AND period_start_date = DATE '2026-01-05' ORDER BY 1"
    )
    assert inputs == [("bad told: review_site", "S"), ("coverage: review_site", "own")]
