from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from digests.alerts import check, history
from digests.alerts.counts import record_days
from digests.alerts.outbreaks import judge_days
from digests.alerts.ratings import _chance_of_fall
from digests.baseline import Expectation, expect, upper_tail
from digests.options import AlertOptions
from records.home import Home

MONDAY = date(2026, 11, 9)
START = date(2024, 1, 1)
WEEKDAYS = np.array([1, 1, 1, 1, 1.2, 0.7, 0.6]) * 7 / 6.5
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]


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


def test_outbreak__needs_events_and_history() -> None:
    options = AlertOptions(fewest_events=5)
    assert judge_days([0] * 60 + [4], START, options, from_day=START + timedelta(days=60)) == []
    assert judge_days([0] * 60 + [5], START, options, from_day=START + timedelta(days=60)) != []
    assert judge_days([1, 1, 1, 90], START, options, from_day=START) == []


def test_expectation__past_outbreaks_do_not_raise_it() -> None:
    calm = expect([10] * 56, START, [START + timedelta(days=56)])
    shaken = expect([10] * 40 + [90] * 4 + [10] * 12, START, [START + timedelta(days=56)])
    assert calm is not None
    assert shaken is not None
    assert abs(shaken.mean - calm.mean) < 3


def test_expectation__knows_weekdays_and_its_own_doubt() -> None:
    counts = [20, 20, 20, 20, 20, 5, 5] * 8
    saturday, monday = (expect(counts, START, [START + timedelta(days=56 + ahead)]) for ahead in (5, 0))
    assert saturday is not None
    assert monday is not None
    assert saturday.mean < 8
    assert monday.mean > 16
    short = expect([20] * 6, START, [START + timedelta(days=6)])
    assert short is not None
    assert short.variance > monday.variance


def test_upper_tail__falls_with_the_count() -> None:
    expectation = expect([10] * 30, START, [START + timedelta(days=30)])
    assert expectation is not None
    tails = [upper_tail(count, expectation) for count in range(40)]
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


def test_check__rise_in_bad_experiences(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    days = eight_weeks((6, 9), (6, 9)) | {MONDAY + timedelta(days=6): (31, 9)}
    publish(days, (mention(told_date=MONDAY + timedelta(days=6)), mention(2, told_date=date(2026, 9, 21))))
    (alert,) = check(home)
    assert (alert.figure, alert.brand, alert.opened_on, alert.observed) == (
        "bad_count",
        "acme",
        date(2026, 11, 15),
        31.0,
    )
    assert alert.sentence.startswith("Acme: 31 bad experiences on 15 November, where 6")
    assert alert.links == ("https://reviews.example/1",)
    assert check(home) == [alert]


def test_check__a_new_source_is_no_rise(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    """Before a source was heard from, its silence says nothing, so it can't make a day look high."""
    began = MONDAY + timedelta(days=5)
    days = eight_weeks((0, 1), (0, 1)) | {began + timedelta(days=n): (30, 9) for n in range(2)}
    publish(days, tuple(mention(n, told_date=began + timedelta(days=n % 2)) for n in range(9)))
    assert history(home) == []


def test_check__quotes_the_word_itself(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    text = f"{'Long story. ' * 40}My lawyer prepares a lawsuit against them."
    publish(eight_weeks(), (mention(text=text, told_date=date(2026, 11, 15)),))
    assert check(home)[0].sentence.endswith("Long story. My lawyer prepares a lawsuit against them.”")


def test_check__closed_alerts_are_history(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((6, 9), (6, 9)) | {MONDAY: (40, 9)})
    assert check(home) == []
    assert [(alert.opened_on, alert.closed_on) for alert in history(home)] == [(MONDAY, date(2026, 11, 11))]


def test_check__great_reach_and_words(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    rows = (
        mention(1, exposure_count=60_000.0, told_date=date(2026, 11, 15)),
        mention(2, label="good", exposure_count=60_000.0, told_date=date(2026, 11, 15)),
        mention(
            3, label="neutral", text="We are filing a LAWSUIT.\r\n<b>", url="javascript:x", told_date=date(2026, 11, 14)
        ),
        mention(4, text="no lawsuits here", told_date=date(2026, 11, 14)),
        mention(5, exposure_count=60_000.0, told_date=date(2026, 11, 2)),
    )
    publish(eight_weeks(), rows)
    word, reach = check(home)
    assert (word.figure, word.sentence, word.links) == (
        "word",
        "Acme: a word that must not wait, on 14 November on reviews: “We are filing a LAWSUIT. <b>”",
        (),
    )
    assert (reach.figure, reach.observed) == ("mention", 60_000.0)
    assert check(home, AlertOptions(words=(), great_reach=100_000)) == []


def test_check__one_driver_rises_while_the_whole_does_not(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home
) -> None:
    """A count that is ordinary for the brand is not for one driver."""
    days = eight_weeks((40, 9), (40, 9))
    last = MONDAY + timedelta(days=6)
    evidence = mention(told_date=last, drivers="on_hold, price"), mention(2, told_date=last, drivers="price")
    folder = publish(days, (*evidence, *(mention(n, told_date=day) for n, day in enumerate(days, start=3))))
    with duckdb.connect(str(folder / "grapevine.duckdb")) as connection:
        for day in days:
            connection.executemany(
                "insert into marts.driver_period "
                "(brand, period_kind, period_start_date, driver, driver_title, bad_count) "
                "values ('acme', 'day', ?, ?, ?, ?)",
                [
                    (day, "on_hold", "Long waits on hold", 14 if day == last else 2),
                    (day, "price", "Price", 14),
                    (day, "speed", "Speed", 5 if day == last else 2),  # with three drivers, five are no news
                ],
            )
    (alert,) = (one for one in check(home) if one.figure != "source")
    assert (alert.figure, alert.opened_on, alert.observed) == ("driver", last, 14.0)
    assert alert.sentence.startswith("Acme: 14 bad experiences about “Long waits on hold” on 15 November, where")
    assert len(alert.links) == 1


def test_check__a_rise_names_its_drivers_once(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    days = eight_weeks((6, 9), (6, 9)) | {MONDAY + timedelta(days=6): (40, 9)}
    folder = publish(days)
    with duckdb.connect(str(folder / "grapevine.duckdb")) as connection:
        connection.executemany(
            "insert into marts.driver_period "
                "(brand, period_kind, period_start_date, driver, driver_title, bad_count) "
                "values ('acme', 'day', ?, ?, ?, ?)",
            [(MONDAY + timedelta(days=6), key, title, n) for key, title, n in
             (("on_hold", "On hold", 30), ("price", "Price", 12), ("speed", "Speed", 2))],
        )  # fmt: skip
    (alert,) = check(home)
    assert alert.sentence.endswith(" are rare. Named most often: On hold (30) and Price (12).")


def test_check__many_small_mentions_seen_more_often_than_on_any_day_before(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home
) -> None:
    days = sorted(eight_weeks())
    rows = [mention(n, told_date=day, exposure_count=9_000.0) for n, day in enumerate(days)]
    publish(eight_weeks(), (*rows, mention(99, told_date=days[-1], exposure_count=3_000.0)))
    (alert,) = (one for one in check(home) if one.figure != "source")
    assert (alert.figure, alert.opened_on, alert.observed, alert.expected) == (
        "exposure_count",
        days[-1],
        12_000.0,
        9_000.0,
    )
    assert "on none of the 30 days before was it more than 9,000" in alert.sentence
    for options in (AlertOptions(great_reach=20_000), AlertOptions(false_alarms_per_month=0.1)):  # 303 days of history
        assert {one.figure for one in check(home, options)} <= {"source"}


def test_record_days__as_rare_as_allowed_however_heavy_the_tail() -> None:
    rng = np.random.default_rng(5)
    days = [START + timedelta(days=n) for n in range(3650)]
    for values in (rng.pareto(1.1, len(days)), rng.normal(50, 5, len(days))):
        seen = dict(zip(days, values.tolist(), strict=True))
        found = list(record_days(seen, days[0], days[-1], 30, rest=3))
        assert 0.7 <= len(found) / (len(days) / 30.4) <= 1.05  # one a month; those of resting days are not told
        assert all(value > most for _, value, most in found)
    assert list(record_days({START: 1.0, START + timedelta(days=29): 9.0}, START, days[29], 30, rest=0)) == []


def test_check__falling_ratings(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    old = [
        mention(n, rating=4 + n % 2, rating_max=5, told_date=date(2026, 10, 1) + timedelta(days=n)) for n in range(30)
    ]
    new = [
        mention(n, rating=1 + n % 2, rating_max=5, told_date=date(2026, 11, 10) + timedelta(days=n % 6))
        for n in range(50, 62)
    ]
    publish(eight_weeks(), tuple(old + new))
    (alert,) = check(home)
    assert alert.sentence == (
        "Acme: the 12 ratings of the last seven days average 30% of their scale, after 90% in the eight weeks before."
    )
    assert (alert.figure, round(alert.observed, 6), round(alert.expected or 0, 6)) == ("rating", 0.3, 0.9)


def test_check__silent_source(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    rows = [mention(n, source="feed", told_date=date(2026, 10, 1) + timedelta(days=n)) for n in range(40)]
    rows += [
        mention(n, source="rare", told_date=date(2026, 10, 1) + timedelta(days=n % 40)) for n in range(100, 140, 9)
    ]
    publish(eight_weeks(), tuple(rows))
    (alert,) = check(home)
    assert (alert.figure, alert.brand) == ("source", "")
    assert alert.sentence == "feed has been silent for 7 days, since 9 November, which is unusual for it."


def test_check__speaks_german(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    publish(eight_weeks(), (mention(exposure_count=60_000.0, told_date=date(2026, 11, 15)),))
    assert check(home, language="de")[0].sentence.startswith("Acme: Eine schlechte Erwähnung vom 15. November")


def test_check__the_brands_day_is_not_utcs(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((6, 9), (6, 9)), as_of=datetime(2026, 11, 15, 23, 59, tzinfo=UTC))
    assert check(home) == []
