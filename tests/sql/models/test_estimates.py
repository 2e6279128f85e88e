"""What stands behind the mentions: estimates, coverage, change, and periods without a mention."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date

import pytest

from records.brand import BrandValue
from transforms.amplification import Count, behind, heard
from transforms.coverage import FULL, triangular
from transforms.pooling import disagreement_given_rates
from transforms.rates import load_profile
from transforms.sensitivity import figures, tornado
from transforms.spread import pooled_reproduction, reproduction_from_reposts, retold_so_far, saturated_reach
from transforms.what_if import Plan, what_if

from .conftest import Built, Raw, Told, at

Z = 1.6448536269514722  # 95th percentile of the normal distribution: ends of a 90 % range


@pytest.fixture(scope="module")
def built(build_of: Callable[[Raw], Built]) -> Built:
    raw = Raw()
    for name in ("reviews", "posts", "inbox", "early", "late", "left", "right", "ended"):
        raw.source(name)
    review = {"source": "reviews", "channel": "review_site"}

    for brand in ("unset", "mixed", "three", "sparse", "onlybad", "onlygood"):
        raw.brand(brand)
    raw.many(35, "bad", "2026-01-05", brand="unset", **review)
    raw.many(40, "bad", "2026-01-05", brand="mixed", **review)
    raw.many(160, "good", "2026-01-05", brand="mixed", **review)
    raw.many(5, "bad", "2026-01-05", brand="onlybad", **review)
    raw.many(5, "good", "2026-01-05", brand="onlygood", **review)
    raw.many(9, "bad", "2026-01-05", brand="three", **review)
    raw.many(10, "bad", "2026-01-05", brand="three", source="posts")
    raw.many(11, "bad", "2026-01-05", brand="three", source="inbox", channel="company")

    for brand, mode in (("half", 0.5), ("own", 0.25)):
        raw.brand(brand)
        raw.many(35, "bad", "2026-01-05", brand=brand, source="early", channel="review_site")
        raw.coverage("early", mode, mode, mode, brand=None if brand == "half" else brand)
    raw.brand("ranged")
    raw.many(35, "bad", "2026-01-05", brand="ranged", source="late", channel="review_site")
    raw.coverage("late", 0.2, 0.4, 0.8, brand="ranged")

    for brand in ("overlap", "disjoint", "partly"):
        raw.brand(brand)
        raw.many(10, "bad", "2026-01-05", brand=brand, source="left")
        raw.many(25, "bad", "2026-01-05", brand=brand, source="right")
        raw.coverage("left", 0.5, 0.5, 0.5, brand=brand, is_disjoint=brand == "disjoint")
        if brand != "partly":
            raw.coverage("right", 0.4, 0.4, 0.4, brand=brand, is_disjoint=brand == "disjoint")

    for brand, when in (
        ("viral", "2026-03-31 11:30"),
        ("passed", "2026-03-30 11:30"),
    ):  # half an hour, a day before as_of
        raw.brand(brand, value=BrandValue(market_size=100_000))
        raw.mention(brand, Told("bad", at(when)), brands=brand, reposts=5_000)

    # a week before, so that the weeks compared are collected in whole; 100 -> 140 is the golden change
    raw.brand("moved")
    for day, count in (("2026-01-05", 1), ("2026-01-14", 100), ("2026-01-21", 140), ("2026-03-30", 5)):
        raw.many(count, "bad", day, brand="moved", **review)
    raw.brand("widened")  # the same, but from the third week on twice as much is collected
    for day, count in (("2026-01-05", 1), ("2026-01-14", 100), ("2026-01-21", 140), ("2026-03-30", 1)):
        raw.many(count, "bad", day, brand="widened", source="late", channel="review_site")
    raw.coverage("late", 0.1, 0.2, 0.3, brand="widened")
    raw.coverage("late", 0.3, 0.4, 0.5, brand="widened", valid_from=date(2026, 1, 19))

    raw.brand("added")  # a second source is listened to from the second of the two weeks compared
    for day, source in (
        ("2026-01-05", "posts"),
        ("2026-01-14", "posts"),
        ("2026-01-21", "posts"),
        ("2026-01-21", "inbox"),
    ):
        raw.many(20, "bad", day, brand="added", source=source)
    raw.many(1, "bad", "2026-03-20", brand="added", source="posts")
    raw.brand("column", is_configured=False)
    raw.many(1, "bad", "2026-01-07", brand="column", **review)
    raw.many(1, "good", "2026-02-04", brand="column", **review)
    raw.many(1, "bad", "2026-01-07", brand="sparse", **review)
    raw.many(1, "good", "2026-02-04", brand="sparse", **review)
    raw.brand("ended")
    raw.many(2, "bad", "2026-01-07", brand="ended", source="ended")

    reviews = {"source": "reviews", "channel": "review_site"}
    inbox = {"source": "inbox", "channel": "company"}
    value = BrandValue(
        customer_count=1000, leaving_share=0.6, customer_value=320.0, market_size=100_000, in_market_share=0.02,
        deterred_share=0.1,
    )  # fmt: skip
    raw.brand("valued", value=value)
    raw.many(35, "bad", "2026-01-05", brand="valued", **reviews)
    raw.brand("watched")  # ten posts of which the views are counted or the followers known, ten of which nothing is
    raw.many(6, "bad", "2026-01-05", brand="watched", source="posts", views=1000, reposts=3)
    raw.many(4, "bad", "2026-01-06", brand="watched", source="posts", followers=200)
    raw.many(10, "bad", "2026-01-07", brand="watched", source="posts")
    raw.brand("linked")  # person keys on both channels, both collected in whole
    raw.many(35, "bad", "2026-01-05", brand="linked", is_linked=True, **reviews)
    raw.many(25, "bad", "2026-01-06", brand="linked", is_linked=True, **inbox)
    raw.brand("apart")  # one channel shows far more than the other
    raw.many(200, "bad", "2026-01-05", brand="apart", **reviews)
    raw.many(5, "bad", "2026-01-06", brand="apart", **inbox)
    for brand in ("linked", "apart"):
        for source in ("reviews", "inbox"):
            raw.coverage(source, 1, 1, 1, brand=brand)
    return build_of(raw)


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


def test_coverage__divides_the_rate(built: Built) -> None:
    week = built.period("half", "2026-01-05")
    assert week["estimated_bad_count"] == pytest.approx(35 / (0.35 * 0.5))
    assert week["is_coverage_known"] is True
    assert week["bad_hidden_share"] == pytest.approx(1 - 0.35 * 0.5 / 2.61)


def test_coverage__a_brands_own_goes_before_the_general_one(built: Built) -> None:
    assert built.period("own", "2026-01-05")["estimated_bad_count"] == pytest.approx(35 / (0.35 * 0.25))


def test_coverage__its_uncertainty_widens_the_range(built: Built) -> None:
    week = built.period("ranged", "2026-01-05")
    known = triangular(0.2, 0.4, 0.8)
    e1 = 56.5 / 19.275 * known.inverse_mean
    e2 = 56.5 * 55.5 / (19.275 * 18.275) * known.inverse_square_mean
    mean, variance = 35 * e1, 35 * (e2 - e1) + 35**2 * (e2 - e1**2)
    sigma = math.sqrt(math.log(1 + variance / mean**2))
    assert week["estimated_bad_count"] == pytest.approx(35 / (0.35 * 0.4))
    assert week["estimated_bad_count_high"] == pytest.approx(mean * math.exp(-(sigma**2) / 2 + Z * sigma))


@pytest.mark.parametrize(
    ("brand", "coverage", "is_known"),
    [("overlap", 1 - 0.5 * 0.6, True), ("disjoint", 0.5 + 0.4, True), ("partly", 1, False)],
)
def test_coverage__sources_of_one_channel_combine(built: Built, brand: str, coverage: float, is_known: bool) -> None:
    week = built.period(brand, "2026-01-05")
    assert week["estimated_bad_count"] == pytest.approx(35 / (0.45 * coverage))
    assert week["is_coverage_known"] is is_known


def test_change__at_equal_coverage_the_rates_cancel(built: Built) -> None:
    week = built.period("moved", "2026-01-19")
    assert week["bad_change_ratio"] == pytest.approx(1.4)  # 140 / 100
    assert week["bad_change_ratio_low"] == pytest.approx(1.128749, abs=1e-6)  # 1.4 exp(-Z sqrt(1/100 + 1/140))
    assert week["bad_change_ratio_high"] == pytest.approx(1.736435, abs=1e-6)
    assert week["is_bad_change_finding"] is True


def test_change__more_collected_is_no_more_experienced(built: Built) -> None:
    week = built.period("widened", "2026-01-19")
    ratio = (140 / 0.4) / (100 / 0.2)  # 0.7
    drift = triangular(0.1, 0.2, 0.3).log_variance + triangular(0.3, 0.4, 0.5).log_variance
    wide = Z * math.sqrt(1 / 100 + 1 / 140 + drift)
    assert week["bad_change_ratio"] == pytest.approx(ratio)
    assert week["bad_change_ratio_low"] == pytest.approx(ratio * math.exp(-wide))
    assert week["bad_change_ratio_high"] == pytest.approx(ratio * math.exp(wide))


def test_change__not_against_a_week_collected_in_part_and_not_before_the_end(built: Built) -> None:
    # collection began on Monday 5 January, so week 3 has a whole one before it; week 2 has none
    assert built.period("moved", "2026-01-05")["bad_change_ratio"] is None
    assert built.period("moved", "2026-01-12")["bad_change_ratio"] == pytest.approx(100)
    now = built.period("moved", "2026-03-30")  # as_of is Tuesday 31 March
    assert (now["bad_count"], now["is_complete"], now["bad_change_ratio"]) == (5, False, None)
    month = built.period("sparse", "2026-02-01", "month")  # January was collected from the 7th on
    assert month["good_change_ratio"] is None


def test_change__an_added_source_is_no_change(built: Built) -> None:
    week = built.period("added", "2026-01-19")
    assert (week["bad_count"], week["bad_change_ratio"]) == (40, 1)  # 20 and 20 on the source that both weeks have


def test_change__few_mentions_are_no_finding(built: Built) -> None:
    week = built.period("moved", "2026-01-12")  # 1 -> 100: the range excludes 1, but one mention is none
    assert week["bad_change_ratio_low"] > 1
    assert week["is_bad_change_finding"] is False


def test_period__weeks_without_a_mention_are_there_with_zero(built: Built) -> None:
    weeks = built.rows(
        "SELECT period_name, mention_count, estimated_bad_count, estimated_bad_count_high > 0, good_per_bad "
        "FROM marts.brand_period WHERE brand = 'sparse' AND period_kind = 'week' ORDER BY period_start_date LIMIT 5"
    )
    assert weeks[0][:2] == ("2026-W02", 1)
    assert weeks[1:4] == [(f"2026-W0{week}", 0, 0, True, None) for week in (3, 4, 5)]
    assert weeks[4][:2] == ("2026-W06", 1)


def test_period__brands_made_from_a_column_have_only_what_was_told(built: Built) -> None:
    assert built.rows(
        "SELECT period_name FROM marts.brand_period WHERE brand = 'column' AND period_kind = 'week' ORDER BY 1"
    ) == [("2026-W02",), ("2026-W06",)]
    assert built.rows("SELECT count(*) FROM marts.brand_day WHERE brand = 'column'") == [(2,)]


def test_period__runs_to_as_of_and_says_what_is_complete_and_final(built: Built) -> None:
    weeks = built.rows(
        "SELECT period_end_date, is_complete, is_final FROM marts.brand_period "
        "WHERE brand = 'sparse' AND period_kind = 'week' ORDER BY period_start_date DESC LIMIT 4"
    )
    assert weeks == [
        (date(2026, 4, 5), False, False),  # as_of 31 March
        (date(2026, 3, 29), True, False),
        (date(2026, 3, 22), True, False),
        (date(2026, 3, 15), True, True),  # over on 16 March, 14 days before 30 March
    ]


def test_period__a_source_that_fell_silent_is_unknown_and_not_zero(built: Built) -> None:
    february = built.period("ended", "2026-02-01", "month")
    assert (february["bad_count"], february["estimated_bad_count"], february["is_coverage_known"]) == (0, None, False)


@pytest.mark.parametrize(
    ("kind", "name", "end"),
    [
        ("day", "2026-02-04", date(2026, 2, 4)),
        ("week", "2026-W06", date(2026, 2, 8)),
        ("month", "2026-02", date(2026, 2, 28)),
        ("quarter", "2026-Q1", date(2026, 3, 31)),
        ("year", "2026", date(2026, 12, 31)),
    ],
)
def test_period__each_kind_has_its_name_and_inclusive_end(built: Built, kind: str, name: str, end: date) -> None:
    row = built.row(
        "SELECT period_end_date, good_count FROM marts.brand_period "
        "WHERE (brand, period_kind, period_name) = ('sparse', ?, ?)",
        kind,
        name,
    )
    assert row == {"period_end_date": end, "good_count": 1}


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


@pytest.mark.parametrize("brand", ["unset", "half", "three", "sparse", "valued", "linked", "apart"])
def test_periods__months_quarters_and_years_have_ranges_of_their_own(built: Built, brand: str) -> None:
    weeks, months, years = (
        built.row(
            "SELECT sum(estimated_bad_count) AS point, "
            "sum(estimated_bad_count_high - estimated_bad_count_low) AS width "
            "FROM marts.brand_period WHERE (brand, period_kind) = (?, ?) AND period_start_date < DATE '2026-03-30'",
            brand, kind,
        )
        for kind in ("week", "month", "year")
    )  # fmt: skip
    assert years["point"] == pytest.approx(weeks["point"])
    assert years["point"] == pytest.approx(months["point"])
    assert years["width"] <= months["width"] + 1e-9


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
