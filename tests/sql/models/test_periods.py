"""Coverage, change, and the periods themselves: what was collected when, and what may be compared."""

from __future__ import annotations

import math
from datetime import date

import pytest

from transforms.coverage import triangular

from .conftest import Built
from .counts import counts

Z = 1.6448536269514722  # 95th percentile of the normal distribution: ends of a 90 % range

SCENES = (counts,)


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
