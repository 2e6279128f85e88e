"""The dbt macros give what the Python functions give, for whatever is counted; Python is the reference."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.amplification import Count, behind, reach_moments, told_range
from transforms.coverage import Coverage, combine, triangular
from transforms.linked import linked_moments
from transforms.pooling import Heard, disagreement_given_rates, pool
from transforms.prevalence import Corrected, Correction
from transforms.ranges import Estimate, Moments
from transforms.rates import CHANNELS, load_profile
from transforms.ratios import change, good_per_bad, is_finding, overlap_variance, positive_share
from transforms.spread import (
    later_tellings,
    pooled_reproduction,
    rank_one,
    reproduction_from_reposts,
    saturated_reach,
    second_hand_range,
    total_exposures,
)
from transforms.value import customers_at_risk_of

BOOK = load_profile("dr2013")
RATES = BOOK.rates
COLLECTED = ("review_site", "online", "company")
shares = st.floats(0.01, 1)
several = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])

PERIOD = """
with rate as (
    select valence, channel, share_rate, audience_mean, audience_shape,
        {{ rate_mean('rate_alpha', 'rate_beta') }} as rate_mean,
        {{ rate_inverse_mean('rate_alpha', 'rate_beta') }} as rate_e1,
        {{ rate_inverse_square_mean('rate_alpha', 'rate_beta') }} as rate_e2,
        {{ rate_relative_variance('rate_alpha', 'rate_beta') }} as rate_variance
    from rate_profile where is_current
), factor as (
    select valence, sum(share_rate * audience_mean) as k,
        {{ factor_mean('rate_mean', 'audience_mean') }} as factor_mean,
        {{ factor_variance('rate_mean', 'rate_variance', 'audience_mean', 'audience_shape') }} as factor_variance
    from rate group by valence
), row as (
    select h.*, h.kappa * share_rate as pi, rate_e1 * k1 as e1, rate_e2 * k2 as e2, rate_variance,
        rate_mean * audience_mean / factor_mean as reach_part
    from (select unnest($rows, recursive := true)) h join rate using (valence, channel) join factor using (valence)
), weighted as (select *, {{ channel_weight('pi') }} as weight from row
), pooled as (
    select valence, greatest({{ pooled_experiences('y', 'pi', 'weight') }}, max(y)) as n, max(least) as most,
        {{ pooled_label_variance('e1', 'e2', 'label_noise', 'label_doubt', 'weight') }} as label_variance,
        {{ pooled_variance('covariance / pi / (kappa * other_rate)', 'weight') }} as label_covariance,
        {{ pooled_mean_factor('pi', 'e1', 'weight') }} as mean_factor,
        {{ pooled_noise('pi', 'e1', 'e2', 'weight') }} as noise,
        {{ pooled_spread('pi', 'e1', 'e2', 'weight') }} as spread, {{ pooled_seen('pi', 'weight') }} as seen,
        {{ pooled_variance('rate_variance', 'weight') }} as rv,
        {{ pooled_shared('reach_part', 'rate_variance', 'weight') }} as shared,
        n / (1 + {{ pooled_noise('pi', '1 / pi', '1 / (pi * pi)', 'weight') }}) as effective
    from weighted group by valence
), moments as (
    select *, {{ experience_mean('n', 'mean_factor', 'seen') }} as mean,
        {{ experience_variance('n', 'noise', 'spread', 'seen') }} + label_variance as variance
    from pooled join factor using (valence)
), ranged as (
    select *, {{ experiences_low('n', 'mean', 'variance', 'most', 'label_variance') }} as n_low,
        {{ experiences_high('n', 'mean', 'variance', 'label_variance') }} as n_high,
        {{ told_low('n * k', 'mean', 'variance', 'factor_mean', 'factor_variance', 'shared') }} as e_low,
        {{ told_high('n * k', 'mean', 'variance', 'factor_mean', 'factor_variance', 'shared') }} as e_high
    from moments
), paired as (
    select b.*, g.n as g, g.n_low as g_low, g.n_high as g_high, g.n / nullif(b.n, 0) as ratio,
        {{ good_per_bad_log_variance('b.effective', 'g.effective', 'b.rv', 'g.rv', 'b.n', 'g.n') }}
        + {{ label_log_variance('b.label_variance', 'g.label_variance', 'b.label_covariance', 'b.n', 'g.n') }} as lv
    from ranged b, ranged g where b.valence = 'bad' and g.valence = 'good'
)
select n, n_low, n_high, n * k, e_low, e_high, ratio, {{ good_per_bad_low('ratio', 'lv', 'n', 'g') }},
    {{ good_per_bad_high('ratio', 'lv', 'n', 'g', 'n_low', 'g_high') }}, {{ share_of('g', 'n') }},
    {{ positive_share_low('ratio', 'lv', 'n', 'g', 'n_high', 'g_low') }},
    {{ positive_share_high('ratio', 'lv', 'n', 'g', 'n_low', 'g_high') }}
from paired
"""


@st.composite
def corrected(draw: st.DrawFn) -> Corrected:
    """A count whose labels may err, or are exact."""
    y = draw(st.integers(0, 3000))
    doubt, least = draw(st.floats(0, 40)), draw(st.integers(0, y))
    return draw(st.sampled_from([Corrected(y, 0, 0, 0, y), Corrected(y, 2 * doubt, doubt, -doubt, least)]))


@st.composite
def periods(draw: st.DrawFn) -> list[tuple[str, Corrected, Corrected, Coverage]]:
    names = draw(st.lists(st.sampled_from(COLLECTED), min_size=1, max_size=3, unique=True))
    return [
        (name, draw(corrected()), draw(corrected()), triangular(*sorted(draw(st.tuples(shares, shares, shares)))))
        for name in names
    ]


@several
@given(period=periods())
def test_period__python_and_sql_agree(
    period: list[tuple[str, Corrected, Corrected, Coverage]], run_sql: Callable[..., Any]
) -> None:
    counted = {
        "bad": [Count(name, bad.y, known, bad) for name, bad, _, known in period],  # type: ignore[arg-type]
        "good": [Count(name, good.y, known, good) for name, _, good, known in period],  # type: ignore[arg-type]
    }
    rows = [
        {
            "valence": valence, "channel": each.channel, "y": float(each.y), "kappa": each.coverage.mode,
            "k1": each.coverage.inverse_mean, "k2": each.coverage.inverse_square_mean,
            "label_noise": float(each.labels.noise), "label_doubt": float(each.labels.doubt),
            "covariance": float(each.labels.covariance), "least": float(each.labels.least),
            "other_rate": RATES["good" if valence == "bad" else "bad"][each.channel].share_rate,
        }
        for valence, entries in counted.items()
        for each in entries
    ]  # fmt: skip
    bad, good = (
        behind(counted[valence], RATES[valence], other=RATES[other])  # type: ignore[index]
        for valence, other in (("bad", "good"), ("good", "bad"))
    )
    nothing = (nan, nan, nan)
    expected = [
        *bad.experiences, *bad.exposures, *(good_per_bad(bad.pooled, good.pooled) or nothing),
        *(positive_share(bad.pooled, good.pooled) or nothing),
    ]  # fmt: skip
    got = [nan if value is None else value for value in run_sql(PERIOD, {"rows": rows})]
    assert got == pytest.approx(expected, rel=1e-6, abs=1e-9, nan_ok=True)


@several
@given(st.integers(1, 5000), shares, st.floats(0, 0.5), st.sampled_from(CHANNELS))
def test_tellings__python_and_sql_agree(
    run_sql: Callable[..., Any], n: int, spread: float, shared: float, channel: str
) -> None:
    rate = RATES["bad"][channel]  # type: ignore[index]
    moments, factor = Moments(n, n * n * spread), Moments(rate.mean, rate.mean**2 * rate.relative_variance)
    query = """select $n * $rate, {{ told_low('$n * $rate', '$n', '$v', '$fm', '$fv', '$shared') }},
        {{ told_high('$n * $rate', '$n', '$v', '$fm', '$fv', '$shared') }}"""
    parameters = {
        "n": float(n),
        "rate": rate.share_rate,
        "v": moments.variance,
        "fm": factor.mean,
        "fv": factor.variance,
        "shared": shared,
    }
    assert list(run_sql(query, parameters)) == pytest.approx(
        list(told_range(n * rate.share_rate, moments, factor, shared=shared))
    )


@several
@given(st.lists(st.tuples(shares, shares, shares).map(sorted), min_size=2, max_size=4), st.booleans())
def test_coverage__python_and_sql_agree(
    run_sql: Callable[..., Any], drawn: list[list[float]], is_disjoint: bool
) -> None:
    known = combine([triangular(*each) for each in drawn], is_disjoint=is_disjoint)
    query = """with s as (select unnest($rows, recursive := true)), c as (select
        {{ channel_coverage_mode('mode', '$apart') }} mode,
        {{ channel_coverage_mean('low', 'mode', 'high', '$apart') }} mean,
        {{ channel_coverage_variance('low', 'mode', 'high', '$apart') }} variance from s)
        select mode, mean, variance, {{ coverage_inverse_mean('mean', 'variance') }},
        {{ coverage_inverse_square_mean('mean', 'variance') }}, {{ coverage_log_variance('mean', 'variance') }}
        from c"""
    rows = [dict(zip(("low", "mode", "high"), each, strict=True)) for each in drawn]
    expected = [
        known.mode,
        known.mean,
        known.variance,
        known.inverse_mean,
        known.inverse_square_mean,
        known.log_variance,
    ]
    assert list(run_sql(query, {"rows": rows, "apart": is_disjoint})) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@several
@given(st.integers(0, 400), st.integers(0, 400), st.floats(0, 0.3))
def test_change__python_and_sql_agree(run_sql: Callable[..., Any], before: int, after: int, variance: float) -> None:
    found = change(before, after, log_coverage_variance=variance)
    query = """with r as (select $a::double / nullif($b, 0) r, {{ change_log_variance('$b', '$a', '$v') }} v),
        e as (select r, {{ ratio_low('r', 'v') }} low, {{ ratio_high('r', 'v') }} high from r)
        select low, high, {{ is_change_finding('low', 'high', '$b', '$a') }} from e"""
    low, high, finding = run_sql(query, {"a": after, "b": before, "v": variance})
    assert (low, high) == (pytest.approx(found[1:]) if found else (None, None))
    assert finding is is_finding(found, before=before, after=after)


@several
@given(st.floats(0, 1e6), st.floats(0, 2), st.floats(0.1, 100))
def test_spread__python_and_sql_agree_also_on_what_has_no_answer(
    run_sql: Callable[..., Any], exposures: float, r: float, half_life: float
) -> None:
    query = """select {{ total_exposures('$e', '$r') }}, {{ later_tellings('10.0', '$r', '$h') }},
        {{ is_supercritical('$r') }}, {{ exposures_through('$e', '$r', '3') }}"""
    total, later, flag, three = run_sql(query, {"e": exposures, "r": r, "h": half_life})
    assert total == pytest.approx(total_exposures(exposures, r))
    assert later == pytest.approx(later_tellings(10, r, half_life=half_life))
    assert flag is (r >= 1)
    assert three == pytest.approx(total_exposures(exposures, r, generations=3), rel=1e-6)


@several
@given(st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5))
def test_rank_one__python_and_sql_agree(run_sql: Callable[..., Any], types: list[tuple[float, float, float]]) -> None:
    query = """with c as (select unnest($rows, recursive := true)),
        p as (select {{ rank_one_passed_on('k', 'r', 't') }} passed from c)
        select sum(k + passed * t) from c, p"""
    total = run_sql(query, {"rows": [dict(zip("krt", each, strict=True)) for each in types]})[0]
    found = rank_one(*zip(*types, strict=True))
    assert total == (None if found is None else pytest.approx(sum(found)))


def test_reach__the_profile_in_sql_is_the_profile_in_python(run_sql: Callable[..., Any]) -> None:
    query = """select {{ factor_mean('rate_alpha / (rate_alpha + rate_beta)', 'audience_mean') }} from rate_profile
        where profile = 'satisfied_post_more' and valence = 'good'"""
    rates = load_profile("satisfied_post_more").rates["good"]
    assert run_sql(query)[0] == pytest.approx(reach_moments(rates).mean)


@several
@given(st.lists(st.integers(0, 500), min_size=1, max_size=4), st.floats(0, 5000))
def test_overlap__python_and_sql_agree(run_sql: Callable[..., Any], counts: list[int], experiences: float) -> None:
    query = "select {{ overlap_variance('$squares', '$total', '$n') }}"
    parameters = {"squares": float(sum(y * y for y in counts)), "total": float(sum(counts)), "n": experiences}
    assert run_sql(query, parameters)[0] == pytest.approx(overlap_variance(counts, experiences), rel=1e-6, abs=1e-9)
    assert overlap_variance(counts[:1], experiences) == 0


CORRECTED = """with m as ({{ correction('(select unnest($cells, recursive := true))') }})
select is_measured, {{ true_count('bad', '$b', '$n', '$g') }}, {{ true_count('neutral', '$b', '$n', '$g') }},
    {{ true_count('good', '$b', '$n', '$g') }}, {{ label_noise('bad', '$b', '$n', '$g') }},
    {{ label_noise('good', '$b', '$n', '$g') }}, {{ label_doubt('bad', '$b', '$n', '$g') }},
    {{ label_doubt('good', '$b', '$n', '$g') }}, {{ label_covariance('$b', '$n', '$g') }} from m"""
LABELS = ("bad", "neutral", "good")


@several
@given(
    st.lists(st.lists(st.integers(0, 300), min_size=3, max_size=3), min_size=3, max_size=3),
    st.tuples(*[st.integers(0, 3000)] * 3),
)
def test_correction__python_and_sql_agree_also_on_which_matrix_can_carry_one(
    run_sql: Callable[..., Any], measured: list[list[int]], labelled: tuple[int, int, int]
) -> None:
    cells = [
        {"actual": LABELS[i], "labelled": LABELS[j], "mention_count": measured[i][j]}
        for i in range(3)
        for j in range(3)
    ]
    known = Correction.from_counts(measured)
    counted = dict(zip("bng", map(float, labelled), strict=True))
    is_measured, *found = run_sql(CORRECTED, {"cells": cells, **counted})
    assert is_measured is (known is not None)
    if known is None:
        assert found == [*labelled, 0, 0, 0, 0, 0]
        return
    expected = [
        *known.true_counts(labelled), known.noise(0, labelled), known.noise(2, labelled), known.doubt(0, labelled),
        known.doubt(2, labelled), known.covariance(labelled),
    ]  # fmt: skip
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


@several
@given(st.floats(0, 1e6), st.floats(0, 3), st.floats(1, 1e7))
def test_saturated__python_and_sql_agree_for_every_r(
    run_sql: Callable[..., Any], exposures: float, r: float, audience: float
) -> None:
    (found,) = run_sql("select {{ saturated_reach('$e', '$r', '$a') }}", {"e": exposures, "r": r, "a": audience})
    # the root is found from either side; near R = 1 and hardly an exposure both are as close as numbers are
    assert found == pytest.approx(saturated_reach(exposures, r, audience=audience), rel=1e-5, abs=1e-5 * audience)


@several
@given(st.lists(st.tuples(st.floats(0, 0.3), st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=3))
def test_second_hand__python_and_sql_agree(run_sql: Callable[..., Any], channels: list[tuple[float, int, int]]) -> None:
    query = """with c as (select unnest($rows, recursive := true)), r as (select
        {{ pooled_reproduction('part', reproduction_mean('posts', 'reposts')) }} as mean,
        {{ pooled_reproduction_variance('part', reproduction_variance('posts', 'reposts')) }} as variance from c),
        ends as (select *, {{ second_hand_low('1000.0', '500.0', 'mean', 'variance') }} as low,
        {{ second_hand_high('1000.0', '1600.0', 'mean', 'variance') }} as high from r)
        select mean, variance, {{ second_hand('1000.0', 'mean') }}, low, coalesce(high, 'inf') from ends"""
    measured = [reproduction_from_reposts(posts, reposts)[1] for _, posts, reposts in channels]
    r = pooled_reproduction([part for part, _, _ in channels], measured)
    expected = second_hand_range(Estimate(1000, 500, 1600), r)
    assert expected is not None
    rows = [dict(zip(("part", "posts", "reposts"), each, strict=True)) for each in channels]
    assert list(run_sql(query, {"rows": rows})) == pytest.approx([*r, *expected])


captures = st.tuples(st.integers(0, 500), st.floats(0.01, 0.95), st.floats(0, 0.3), st.floats(0, 40))


@several
@given(st.lists(captures, min_size=2, max_size=3))
def test_disagreement__python_and_sql_agree(
    run_sql: Callable[..., Any], channels: list[tuple[int, float, float, float]]
) -> None:
    heard = [Heard(y, pi, 1 / pi, 1 / pi**2, variance, 0.0, label_doubt=doubt) for y, pi, variance, doubt in channels]
    query = """with c as (select *, {{ disagreement_weight('pi', '$n', 'variance', '0', 'doubt * doubt') }} as w,
        ln((y + 0.5) / pi) as alone from (select unnest($rows, recursive := true)))
        select {{ disagreement_given_rates('w', 'alone') }} from c"""
    rows = [dict(zip(("y", "pi", "variance", "doubt"), each, strict=True)) for each in channels]
    (found,) = run_sql(query, {"rows": rows, "n": pool(heard).experiences})
    expected = disagreement_given_rates(heard)
    if expected is not None:
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)


@several
@given(st.integers(0, 900), st.lists(captures, min_size=2, max_size=3))
def test_linked__python_and_sql_agree(
    run_sql: Callable[..., Any], people: int, channels: list[tuple[int, float, float, float]]
) -> None:
    query = """with c as (select unnest($rows, recursive := true)), p as (select {{ seen_probability('pi') }} as seen,
        {{ linked_rate_variance('pi', 'variance') }} as spread from c), n as (select *, $d / seen as n from p)
        select {{ experience_mean('n', '1 + spread', 'seen') }},
        {{ experience_variance('n', '(1 - seen) / seen', 'spread', 'seen') }} from n where n > 0
        union all select 0, 0 from n where n = 0"""
    rows = [dict(zip(("y", "pi", "variance", "doubt"), each, strict=True)) for each in channels]
    heard = [Heard(0, pi, 1 / pi, 1 / pi**2, variance) for _, pi, variance, _ in channels]
    found = run_sql(query, {"rows": rows, "d": float(people)})
    assert list(found) == pytest.approx(list(linked_moments(people, heard)))


@several
@given(st.floats(0, 1e5), st.integers(1, 10**6), shares, shares)
def test_customers_at_risk__python_and_sql_agree(
    run_sql: Callable[..., Any], experiences: float, customers: int, hazard: float, conversion: float
) -> None:
    query = "select {{ customers_at_risk('$n', '$c', '$h', '$i') }}, {{ customers_at_risk('$n', 'null', '$h', '$i') }}"
    found, blank = run_sql(query, {"n": experiences, "c": customers, "h": hazard, "i": conversion})
    expected = customers_at_risk_of(experiences, customers=customers, hazard=hazard, conversion=conversion)
    assert found == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert blank is None
