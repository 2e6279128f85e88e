"""The formulas against chance itself: what they say in closed form is drawn here, in Python's and in SQL's words.

Nothing of `transforms` makes a number that it is then compared with. Each draw follows the model's statement: a share
rate is Beta, a coverage triangular, an audience Gamma, an experience is seen with probability rate x coverage, so that
of N the unseen ones are negative binomial given the seen. Ranges are compared by the middle and the width of the
lognormal with the moments of the draws.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests.spec.test_amplification_sql_agrees import PERIOD
from transforms.amplification import Count, behind, unique_people
from transforms.coverage import triangular
from transforms.linked import chapman, seen_probability, speaking_share
from transforms.prevalence import Correction, rogan_gladen_variance
from transforms.ranges import Estimate, Moments
from transforms.rates import CHANNELS, VALENCES, Channel, Rate, Valence, load_profile
from transforms.ratios import change, good_per_bad
from transforms.spread import retold_so_far, saturated_reach, second_hand_range, total_exposures, total_variance

DRAWS = 120_000
Z = 1.6448536269514722
Draws = np.ndarray[Any, np.dtype[np.float64]]
COLLECTED: tuple[Channel, ...] = ("review_site", "online", "company")


class World(NamedTuple):
    """A profile of its own, what was counted on one to three channels, and their coverages (low, mode, high)."""

    rates: Mapping[Valence, Mapping[Channel, Rate]]
    counts: Mapping[Valence, Mapping[Channel, float]]
    coverages: Mapping[Channel, tuple[float, float, float]]


def drawn_world(chance: np.random.Generator, channels: Iterable[Channel]) -> World:
    book = load_profile("dr2013").rates
    rates: dict[Valence, dict[Channel, Rate]] = {}
    audiences = {name: (chance.uniform(3, 90), chance.uniform(2, 9)) for name in CHANNELS}
    shares = {name: chance.uniform(0.2, 0.6) for name in CHANNELS}
    for valence in VALENCES:
        rates[valence] = {}
        less = (
            1.0 if valence == "bad" else chance.uniform(0.6, 0.9)
        )  # of good, as of bad, most is told to the same people
        for name in CHANNELS:
            share, answers = shares[name] * less, chance.uniform(40, 120)
            rates[valence][name] = replace(
                book[valence][name], share_rate=share, alpha=share * answers + 0.5, beta=(1 - share) * answers + 0.5,
                audience_mean=audiences[name][0], audience_shape=audiences[name][1],
            )  # fmt: skip
    coverages = {name: ordered(*chance.uniform(0.25, 0.9, 3)) for name in channels}
    counts: dict[Valence, dict[Channel, float]] = {}
    for valence in VALENCES:
        n = chance.uniform(400, 3000)  # what each channel would show if it showed its part: the estimate is then n
        counts[valence] = {name: n * rates[valence][name].share_rate * coverages[name][1] for name in coverages}
    return World(rates, counts, coverages)


def ordered(*three: float) -> tuple[float, float, float]:
    low, mode, high = sorted(float(each) for each in three)
    return low, mode, high


def drawn(chance: np.random.Generator, world: World) -> dict[str, Draws]:
    """Experiences, exposures and good per bad, drawn; the coverage of a channel is one for bad and good."""
    kappa = {name: chance.triangular(*ends, DRAWS) for name, ends in world.coverages.items()}
    audience = {
        name: chance.gamma(rate.audience_shape, rate.audience_mean / rate.audience_shape, DRAWS)
        for name, rate in world.rates["bad"].items()
    }
    found: dict[str, Draws] = {}
    for valence in VALENCES:
        share = {name: chance.beta(rate.alpha, rate.beta, DRAWS) for name, rate in world.rates[valence].items()}
        total, weights = np.zeros(DRAWS), 0.0
        for name, y in world.counts[valence].items():
            seen = world.rates[valence][name].share_rate * world.coverages[name][1]
            weight = seen / (1 - seen)
            unseen = chance.poisson(chance.gamma(y, 1 / (p := share[name] * kappa[name])) * (1 - p))
            total, weights = total + weight * (y + unseen), weights + weight
        found[valence] = total / weights
        found[f"{valence} exposures"] = found[valence] * sum(share[name] * audience[name] for name in CHANNELS)
    found["ratio"] = found["good"] / found["bad"]
    return found


def lognormal(draws: Draws) -> tuple[float, float]:
    """Middle and width of the lognormal distribution with the draws' mean and variance."""
    variance = math.log1p(float(draws.var() / draws.mean() ** 2))
    return float(draws.mean()) * math.exp(-variance / 2), math.sqrt(variance)


def middle_and_width(low: float, high: float) -> tuple[float, float]:
    return math.sqrt(low * high), math.log(high / low) / 2 / Z


def in_python(world: World) -> dict[str, tuple[float, float]]:
    found = {
        valence: behind(
            [Count(name, y, triangular(*world.coverages[name])) for name, y in world.counts[valence].items()],
            world.rates[valence],
        )
        for valence in VALENCES
    }
    ratio = good_per_bad(found["bad"].pooled, found["good"].pooled)
    assert ratio is not None
    return {"bad": found["bad"].experiences[1:], "bad exposures": found["bad"].exposures[1:], "ratio": ratio[1:]}


def in_sql(world: World, run_sql: Callable[..., Any]) -> dict[str, tuple[float, float]]:
    rows, profile = [], []
    for valence, other in (("bad", "good"), ("good", "bad")):
        for name, rate in world.rates[valence].items():  # type: ignore[index]
            profile.append(
                {
                    "valence": valence, "channel": name, "share_rate": rate.share_rate, "rate_alpha": rate.alpha,
                    "rate_beta": rate.beta, "audience_mean": rate.audience_mean, "audience_shape": rate.audience_shape,
                }
            )  # fmt: skip
        for name, y in world.counts[valence].items():  # type: ignore[index]
            known = triangular(*world.coverages[name])
            rows.append(
                {
                    "valence": valence, "channel": name, "y": y, "kappa": known.mode, "k1": known.inverse_mean,
                    "k2": known.inverse_square_mean, "label_noise": 0.0, "label_doubt": 0.0, "covariance": 0.0,
                    "least": y, "other_rate": world.rates[other][name].share_rate,  # type: ignore[index]
                }
            )  # fmt: skip
    query = PERIOD.replace("from rate_profile where is_current", "from (select unnest($profile, recursive := true))")
    _, n_low, n_high, _, e_low, e_high, _, low, high, *_ = run_sql(query, {"rows": rows, "profile": profile})
    return {"bad": (n_low, n_high), "bad exposures": (e_low, e_high), "ratio": (low, high)}


@pytest.mark.parametrize("channels", [("review_site",), ("online",), ("online", "company"), COLLECTED])
def test_period__ranges_are_those_of_the_draws(run_sql: Callable[..., Any], channels: tuple[Channel, ...]) -> None:
    chance = np.random.default_rng([20261122, len(channels), len(channels[0])])
    for _ in range(2):
        world = drawn_world(chance, channels)
        draws = drawn(chance, world)
        for found in (in_python(world), in_sql(world, run_sql)):
            for figure, ends in found.items():
                middle, width = lognormal(draws[figure])
                # experiences are exact but for chance, the others by the delta method: ratios up to 7 % too narrow
                loose = {"bad": 0.02, "bad exposures": 0.05, "ratio": 0.08}[figure]
                assert middle_and_width(*ends) == (pytest.approx(middle, rel=loose), pytest.approx(width, rel=loose)), (
                    figure
                )


def test_coverage__moments_are_those_of_the_draws() -> None:
    chance = np.random.default_rng(1)
    for ends in [
        (0.2, 0.21, 0.9),
        (0.05, 0.3, 0.31),
        (0.6, 0.6, 0.95),
        *(ordered(*chance.random(3)) for _ in range(5)),
    ]:
        kappa, known = chance.triangular(*ends, DRAWS), triangular(*ends)
        found = (known.inverse_mean, known.inverse_square_mean, known.log_variance)
        wanted = (1 / kappa).mean(), (1 / kappa**2).mean(), np.log(kappa).var()
        assert found == tuple(pytest.approx(float(each), rel=0.03) for each in wanted)


def test_change__is_as_wide_as_the_draws(run_sql: Callable[..., Any]) -> None:
    chance = np.random.default_rng(2)
    for _ in range(4):
        before, after = chance.uniform(60, 900, 2)
        ends = [ordered(*chance.uniform(0.3, 0.6, 3)) for _ in range(2)]
        first, second = (triangular(*each) for each in ends)
        kappa = [chance.triangular(*each, DRAWS) for each in ends]
        draws = np.log(chance.poisson(after, DRAWS) / kappa[1]) - np.log(chance.poisson(before, DRAWS) / kappa[0])
        drift = first.log_variance + second.log_variance
        found = change(
            before, after, coverage_before=first.mode, coverage_after=second.mode, log_coverage_variance=drift
        )
        assert found is not None
        in_words = run_sql(
            "select sqrt({{ change_log_variance('$b', '$a', '$v') }})", {"b": before, "a": after, "v": drift}
        )
        for width in (middle_and_width(found.low, found.high)[1], *in_words):
            assert width == pytest.approx(float(draws.std()), rel=0.03)


def test_labels__a_corrected_count_errs_as_the_draws_do() -> None:
    chance = np.random.default_rng(3)
    truth = np.array([800, 500, 1200])
    m = np.array([[0.82, 0.11, 0.07], [0.09, 0.8, 0.11], [0.05, 0.09, 0.86]])
    sizes = np.array([150, 200, 250])
    draws = 40_000
    labelled = sum(chance.multinomial(n, row, draws) for n, row in zip(truth, m, strict=True))
    measured = np.stack([chance.multinomial(n, row, draws) / n for n, row in zip(sizes, m, strict=True)], axis=1)
    corrected = np.linalg.solve(np.swapaxes(measured, 1, 2), labelled[:, :, None])[:, :, 0]
    known = Correction.from_counts([[round(n * p) for p in row] for n, row in zip(sizes, m, strict=True)])
    assert known is not None
    seen = [float(each) for each in truth @ m]
    assert known.true_counts(seen) == pytest.approx(corrected.mean(axis=0).tolist(), rel=0.02)
    covered = np.cov(corrected.T)
    for which in (0, 2):
        variance = known.noise(which, seen) + known.doubt(which, seen) ** 2
        assert variance == pytest.approx(covered[which, which], rel=0.08)
    assert known.covariance(seen) == pytest.approx(covered[0, 2], rel=0.08)


def test_rogan_gladen__errs_as_the_draws_do(run_sql: Callable[..., Any]) -> None:
    chance = np.random.default_rng(4)
    q, se, sp, n, n_se, n_sp = 0.34, 0.82, 0.91, 700, 260, 340
    drawn_se, drawn_sp = (chance.binomial(size, p, DRAWS) / size for size, p in ((n_se, se), (n_sp, sp)))
    draws = (chance.binomial(n, q, DRAWS) / n + drawn_sp - 1) / (drawn_se + drawn_sp - 1)
    found = rogan_gladen_variance(q, sensitivity=se, specificity=sp, n=n, n_sensitivity=n_se, n_specificity=n_sp)
    call = "select {{ rogan_gladen_variance('.34', '.82', '.91', '700', '260', '340') }}"
    assert (found, *run_sql(call)) == (pytest.approx(float(draws.var()), rel=0.04),) * 2


def test_spread__totals_are_those_of_simulated_cascades(run_sql: Callable[..., Any]) -> None:
    chance = np.random.default_rng(5)
    seeds, r, k = 400, 0.55, 0.4
    for dispersion in (math.inf, k):
        told, total = np.full(20_000, seeds), np.full(20_000, seeds)
        while told.any():
            mean = told * r if dispersion == math.inf else chance.gamma(np.maximum(told, 1e-9) * k, r / k)
            told = chance.poisson(np.where(told > 0, mean, 0))
            total = total + told
        assert total_exposures(seeds, r) == pytest.approx(float(total.mean()), rel=0.01)
        assert total_variance(seeds, r, dispersion=dispersion) == pytest.approx(float(total.var()), rel=0.05)
    (dispersed,) = run_sql("select {{ total_variance_dispersed('400', '0.55', '0.4') }}")
    assert dispersed == pytest.approx(float(total.var()), rel=0.05)


def test_second_hand__range_is_that_of_the_draws(run_sql: Callable[..., Any]) -> None:
    chance = np.random.default_rng(6)
    for mean, shape, factor in ((0.06, 3, 1.5), (0.25, 12, 2.2), (0.4, 60, 1.2)):
        r = Moments(mean, mean**2 / shape)
        exposures = Estimate(1000, 1000 / factor, 1000 * factor)
        many = 1000 * np.exp(chance.normal(0, math.log(factor) / Z, DRAWS))
        drawn_r = chance.gamma(shape, mean / shape, DRAWS)
        ends = np.quantile(many * drawn_r / (1 - np.minimum(drawn_r, 0.99)), (0.05, 0.95))
        given = ", ".join(f"'{each}::double'" for each in (1000, exposures.low, *r))
        above = ", ".join(f"'{each}::double'" for each in (1000, exposures.high, *r))
        found = second_hand_range(exposures, r)
        assert found is not None
        for low, high in (
            found[1:],
            run_sql(f"select {{{{ second_hand_low({given}) }}}}, {{{{ second_hand_high({above}) }}}}"),
        ):
            assert (low, high) == tuple(pytest.approx(float(end), rel=0.1) for end in ends)


def test_saturated__is_where_simulated_retelling_ends() -> None:
    chance = np.random.default_rng(7)
    people, first, r = 20_000, 3_000, 0.8
    shares = []
    for _ in range(15):
        heard = np.zeros(people, bool)
        told = chance.integers(people, size=first)
        while told.size:
            new = np.unique(told[~heard[told]])
            heard[new] = True
            told = chance.integers(people, size=chance.poisson(r * new.size))
        shares.append(heard.mean())
    assert saturated_reach(first, r, audience=people) / people == pytest.approx(float(np.mean(shares)), rel=0.02)
    assert unique_people(first, people) == pytest.approx(len(np.unique(chance.integers(people, size=first))), rel=0.03)


def test_retold_so_far__is_the_mean_age_of_reposts(run_sql: Callable[..., Any]) -> None:
    chance = np.random.default_rng(8)
    for age in (5.0, 60.0, 400.0):
        when = chance.exponential(80 / math.log(2), 4 * DRAWS)
        when = when[when < age]  # of each repost is known that it was made by now
        told = 1 - 2 ** (-age / 80) + 50 * float((1 - 2 ** (-(age - when) / 80)).mean())
        in_words = run_sql(f"select {{{{ retold_so_far('50', '{age}', '80.0') }}}}")
        assert (retold_so_far(50, age, half_life=80), *in_words) == (pytest.approx(told, rel=0.02),) * 2


def test_linked__a_silent_group_and_two_lists() -> None:
    chance = np.random.default_rng(9)
    tau, rates, coverage = 0.8, np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.9, 0.4])
    tells = (chance.random((4 * DRAWS, 3)) < rates / tau) & (chance.random((4 * DRAWS, 1)) < tau)
    seen = tells & (chance.random(tells.shape) < coverage)
    assert speaking_share(list(rates), float(tells.any(axis=1).mean())) == pytest.approx(tau, rel=0.01)
    assert seen_probability(list(rates * coverage), speaking=tau) == pytest.approx(seen.any(axis=1).mean(), rel=0.01)
    both = chance.hypergeometric(400, 600, 350, 20_000)  # of 1000, 400 are on the first list and 350 on the second
    found = [chapman(400, 350, int(each)) for each in both[:4000]]
    assert np.mean([each.mean for each in found]) == pytest.approx(1000, rel=0.01)
    assert np.mean([each.variance for each in found]) == pytest.approx(np.var([each.mean for each in found]), rel=0.1)
