"""How alerts are judged: false alarms within the set rate, and what is noticed."""

from __future__ import annotations

import math
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from digests.alerts.counts import record_days
from digests.alerts.outbreaks import judge_days
from digests.alerts.ratings import _chance_of_fall, rating_falls
from digests.baseline import Expectation, fit, upper_tail
from digests.options import AlertOptions

START = date(2024, 1, 1)
WEEKDAYS = np.array([1, 1, 1, 1, 1.2, 0.7, 0.6]) * 7 / 6.5


def draw(rng: np.random.Generator, means: NDArray[np.float64], dispersion: float) -> NDArray[np.int64]:
    if dispersion <= 1:
        return rng.poisson(means)
    return rng.negative_binomial(means / (dispersion - 1), 1 / dispersion)


def usual(days: int, base: float) -> NDArray[np.float64]:
    return base * WEEKDAYS[np.arange(days) % 7]


@pytest.mark.parametrize(("base", "dispersion"), [(3.0, 1.0), (20.0, 1.5)])
def test_false_alarms__stay_within_the_set_rate(base: float, dispersion: float) -> None:
    """Four simulated years with weekdays and overdispersion, one false alarm a month allowed."""
    rng, options = np.random.default_rng(1), AlertOptions(false_alarms_per_month=1.0)
    first_judged = START + timedelta(days=60)
    alarms = sum(
        len(judge_days(draw(rng, usual(425, base), dispersion).tolist(), START, options, from_day=first_judged))
        for _ in range(4)
    )
    assert alarms <= 48 * 1.0


def test_doubled_rate__is_noticed_within_two_days() -> None:
    """At 15 bad experiences a day; mean plus three standard deviations notices far fewer."""
    rng, options = np.random.default_rng(2), AlertOptions(false_alarms_per_month=1.0)
    noticed, by_three_deviations, trials = 0, 0, 60
    for trial in range(trials):
        means = usual(62 + trial % 7, 15.0)
        means[-2:] *= 2
        counts = draw(rng, means, 1.2)
        judged = START + timedelta(days=len(counts) - 2)
        noticed += bool(judge_days(counts.tolist(), START, options, from_day=judged))
        edges = [counts[day - 56 : day].mean() + 3 * counts[day - 56 : day].std() for day in (-2, -1)]
        by_three_deviations += counts[-2] > edges[0] or counts[-1] > edges[1]
    assert noticed >= 0.9 * trials
    assert by_three_deviations < noticed


def test_outbreak__opens_closes_and_rests() -> None:
    counts = [6] * 60 + [40, 38] + [6] * 3 + [40] + [6] * 10
    options = AlertOptions(cool_down_days=5)
    (outbreak,) = judge_days(counts, START, options, from_day=START + timedelta(days=50))
    assert outbreak.opened_on == START + timedelta(days=60)
    assert outbreak.closed_on == START + timedelta(days=63)
    assert outbreak.observed == 40
    assert 4 < outbreak.expectation.mean < 8


def test_outbreak__an_unfinished_day_opens_but_does_not_close() -> None:
    options = AlertOptions()
    counts = [6] * 60 + [40, 6, 1]
    judged = START + timedelta(days=60)
    assert judge_days(counts, START, options, from_day=judged, is_last_whole=False)[0].closed_on is None
    assert judge_days(counts, START, options, from_day=judged)[0].closed_on == START + timedelta(days=62)


def test_outbreak__a_lasting_rise_does_not_close_because_single_days_are_near_usual() -> None:
    """At two a day five are not rare, but ten in two days are."""
    counts = [2, 3, 2, 2, 3] * 12 + [9, 5, 5, 5, 5, 2, 3]
    first = START + timedelta(days=60)
    (outbreak,) = judge_days(counts, START, AlertOptions(), from_day=first)
    assert (outbreak.opened_on, outbreak.closed_on) == (first, first + timedelta(days=5))


def test_outbreak__needs_events_and_history() -> None:
    options = AlertOptions(fewest_events=5)
    assert judge_days([0] * 60 + [4], START, options, from_day=START + timedelta(days=60)) == []
    assert judge_days([0] * 60 + [5], START, options, from_day=START + timedelta(days=60)) != []
    assert judge_days([1, 1, 1, 90], START, options, from_day=START) == []


def test_expectation__past_outbreaks_do_not_raise_it() -> None:
    day = START + timedelta(days=56)
    calm, shaken = fit([10] * 56, START), fit([10] * 40 + [90] * 4 + [10] * 12, START)
    assert calm is not None
    assert shaken is not None
    assert abs(shaken.of(day).mean - calm.of(day).mean) < 3


def test_expectation__knows_weekdays_and_its_own_doubt() -> None:
    known = fit([20, 20, 20, 20, 20, 5, 5] * 8, START)
    short = fit([20] * 6, START)
    assert known is not None
    assert short is not None
    monday, saturday = (known.of(START + timedelta(days=56 + ahead)) for ahead in (0, 5))
    assert saturday.mean < 8
    assert monday.mean > 16
    assert short.of(START + timedelta(days=6)).variance > monday.variance


def test_expectation__of_days_together_is_the_sum_with_one_doubt_about_the_level() -> None:
    known = fit([20, 20, 20, 20, 20, 5, 5] * 8, START)
    assert known is not None
    friday, saturday = (START + timedelta(days=56 + ahead) for ahead in (4, 5))
    both = known.of(friday, saturday)
    assert both.mean == pytest.approx(known.of(friday).mean + known.of(saturday).mean)
    assert both.variance > known.of(friday).variance + known.of(saturday).variance


def test_upper_tail__falls_with_the_count() -> None:
    known = fit([10] * 30, START)
    assert known is not None
    tails = [upper_tail(count, known.of(START + timedelta(days=30))) for count in range(40)]
    assert tails[0] == 1.0
    assert all(first >= second for first, second in pairwise(tails))


@pytest.mark.parametrize(("mean", "variance"), [(4.0, 4.0), (0.2, 0.2), (7.5, 11.0), (60.0, 400.0)])
def test_upper_tail__equals_scipys(mean: float, variance: float) -> None:
    size = mean**2 / (variance - mean) if variance > mean else math.inf
    model = stats.poisson(mean) if math.isinf(size) else stats.nbinom(size, size / (size + mean))
    for count in (0, 1, 3, 10, 90):
        assert upper_tail(count, Expectation(mean, variance)) == pytest.approx(float(model.sf(count - 1)), rel=1e-9)
    assert Expectation(mean, variance).high(0.05) == int(model.isf(0.05))


def test_chance_of_fall__equals_scipys() -> None:
    expected = stats.ttest_ind_from_stats(0.3, 0.1, 12, 0.9, 0.2, 30, equal_var=False, alternative="less").pvalue
    assert _chance_of_fall((30, 0.9, 0.2**2), (12, 0.3, 0.1**2)) == pytest.approx(float(expected), rel=1e-9)


def test_record_days__as_rare_as_allowed_however_heavy_the_tail() -> None:
    rng = np.random.default_rng(5)
    days = [START + timedelta(days=n) for n in range(3650)]
    for values in (rng.pareto(1.1, len(days)), rng.normal(50, 5, len(days))):
        seen = dict(zip(days, values.tolist(), strict=True))
        found = list(record_days(seen, days[0], days[-1], 30, rest=3))
        assert 0.7 <= len(found) / (len(days) / 30.4) <= 1.05  # one a month; those of resting days are not told
        assert all(value > most for _, value, most in found)
    assert list(record_days({START: 1.0, START + timedelta(days=29): 9.0}, START, days[29], 30, rest=0)) == []


def test_falls__one_alert_opens_closes_and_rests() -> None:
    """Ratings of 0.9 with a bad fortnight: one alert, not one a day."""
    last = START + timedelta(days=200)
    bad = range(180, 187)
    days = {
        START + timedelta(days=n): {"rating_count": 4, "total": 4 * mean, "squares": 4 * (mean**2 + 0.01)}
        for n in range(201)
        for mean in [0.4 if n in bad else 0.9]
    }
    (fall,) = rating_falls(days, last, AlertOptions(), "acme")
    assert START + timedelta(days=180) <= fall.opened_on <= START + timedelta(days=182)
    assert fall.closed_on is not None
    assert fall.closed_on > START + timedelta(days=187)
    assert rating_falls(days, START + timedelta(days=183), AlertOptions(), "acme")[0].alert_id == fall.alert_id
