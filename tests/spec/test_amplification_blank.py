"""What Python refuses or has no answer for is null in SQL, and the other way round, whatever number is given.

Each argument of each formula takes each of `NUMBERS` while the others stay as they should be. Sums over channels are
not here: their rows come from tables that only checked profiles and coverages get into.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from records.errors import InputError
from transforms.amplification import (
    beta_inverse_mean,
    beta_inverse_square_mean,
    experience_moments,
    experiences,
    experiences_variance,
    told_range,
    uniform_prior_mean,
    unique_people,
)
from transforms.linked import capture_rate, chapman
from transforms.prevalence import rogan_gladen, rogan_gladen_variance
from transforms.ranges import Estimate, Moments, lognormal_range, ratio_range
from transforms.ratios import balance, change, overlap_variance, recovery_ratio, share_of
from transforms.recovery import mean_repeats, recovery_swing
from transforms.spread import (
    is_supercritical,
    later_tellings,
    memory_half_life,
    memory_weight,
    reproduction_from_event,
    reproduction_from_reposts,
    retold_so_far,
    saturated_reach,
    second_hand_range,
    told_by,
    total_exposures,
    total_variance,
)
from transforms.value import (
    Defection,
    constant_hazard,
    customer_value,
    customers_at_risk_of,
    lost_share,
    prospects_put_off,
)

NUMBERS = [
    None, -math.inf, -35.0, -1e-300, 0.0, 5e-324, 1e-300, 1e-12, 0.5, 1.0, 1.0000001, 2.0, 35.0, 1e12, 1e15, 1e16,
    1e101, 1e300, math.inf, math.nan,
]  # fmt: skip
Found = float | None


class Formula(NamedTuple):
    """One formula in both languages.

    Attributes:
        macro: the macro's name, and the names of its arguments.
        python: the same.
        good: arguments that give an answer.
        is_whole: whether Python takes whole numbers only.
        digits: how many agree, relative.
    """

    macro: str
    python: Callable[..., Found]
    good: tuple[float, ...]
    is_whole: bool = False
    digits: int = 6


def second_hand(place: int, exposures: float, end: float, r: float, variance: float) -> Found:
    low, high = (end, exposures) if place == 1 else (exposures, end)
    found = second_hand_range(Estimate(exposures, low, high), Moments(r, variance))
    return found and found[place]


def through(one: float, three: float) -> Defection:
    return Defection.through(one, three)


FORMULAS = [
    Formula("rate_inverse_mean a b", beta_inverse_mean, (20, 37)),
    Formula("rate_inverse_square_mean a b", beta_inverse_square_mean, (20, 37)),
    Formula("experiences a b", lambda y, pi: experiences(y, pi=pi), (35, 0.35)),
    Formula("experiences_variance a b", lambda y, pi: experiences_variance(y, pi=pi), (35, 0.35)),
    Formula("uniform_prior_mean a b", lambda y, pi: uniform_prior_mean(y, pi=pi), (35, 0.35)),
    Formula("experiences_variance_given_rates a b c", lambda y, *e: spread_of(y, *e), (9, 3, 9)),
    Formula("lognormal_low a b", lambda mean, v: lognormal_range(Moments(mean, v))[0] if mean else None, (100, 500)),
    Formula("lognormal_high a b", lambda mean, v: lognormal_range(Moments(mean, v))[1] if mean else None, (100, 500)),
    Formula("told_low a b c d e f", lambda p, *more: told(1, p, *more), (5700, 100, 500, 57, 400, 0.02)),
    Formula("told_high a b c d e f", lambda p, *more: told(2, p, *more), (5700, 100, 500, 57, 400, 0.02)),
    Formula("ratio_low a b", lambda r, v: ratio_range(r, v).low if r else None, (1.4, 0.02)),
    Formula("ratio_high a b", lambda r, v: ratio_range(r, v).high if r else None, (1.4, 0.02)),
    Formula("ratio_high b/a change_log_variance(a,b,c)", lambda x, y, v: changed(x, y, v), (100, 140, 0.01)),
    Formula("overlap_variance 500.0 30.0 a", lambda n: overlap_variance([20, 10], n or 0), (100,)),
    Formula("share_of a b", share_of, (3, 4)),
    Formula("balance a b", balance, (3, 4)),
    Formula("unique_people a b", unique_people, (5718, 10000)),
    Formula("rogan_gladen a b c", lambda q, se, sp: rogan_gladen(q, sensitivity=se, specificity=sp), (0.3, 0.9, 0.95)),
    Formula(
        "rogan_gladen_variance a b c d e f",
        lambda q, se, sp, n, n1, n2: rogan_gladen_variance(
            q, sensitivity=se, specificity=sp, n=n, n_sensitivity=n1, n_specificity=n2
        ),
        (0.3, 0.9, 0.95, 1000, 200, 400),
    ),
    Formula("chapman a b c", lambda *lists: chapman(*lists).mean, (43, 35, 15), is_whole=True),
    Formula("chapman_variance a b c", lambda *lists: chapman(*lists).variance, (43, 35, 15), is_whole=True),
    Formula("capture_rate a b", lambda *lists: (capture_rate(*lists) or [None])[0], (43, 15), is_whole=True),
    Formula("is_supercritical a", is_supercritical, (0.3,)),
    Formula("total_exposures a b", total_exposures, (5718, 0.05)),
    Formula(
        "exposures_through a 0.5 b",
        lambda e, g: None if g is None else total_exposures(e, 0.5, generations=g),
        (5718, 3),
        is_whole=True,
    ),
    Formula("exposures_through a b 3", lambda e, r: total_exposures(e, r, generations=3), (5718, 0.5)),
    Formula("total_variance a b", total_variance, (5718, 0.05)),
    Formula("reproduction_from_event a b", reproduction_from_event, (900000, 40000)),
    Formula("reproduction_mean a b", lambda *posts: reproduction_from_reposts(*posts)[1].mean, (1000, 60)),
    Formula("reproduction_variance a b", lambda *posts: reproduction_from_reposts(*posts)[1].variance, (1000, 60)),
    Formula("retold_so_far a b c", lambda n, age, h: retold_so_far(n, age, half_life=h), (100, 60, 80)),
    Formula("saturated_reach a b c", lambda e, r, a: saturated_reach(e, r, audience=a), (5718, 0.3, 1e5), digits=2),
    Formula("told_by a b", told_by, (5, 10)),
    Formula("later_tellings a b c", lambda t, r, h: later_tellings(t, r, half_life=h), (240, 0.3, 80)),
    Formula("memory_half_life a b", lambda still, years: memory_half_life(still, after_years=years), (0.39, 2)),
    Formula("memory_weight a b", lambda years, h: memory_weight(years, half_life=h), (1, 1.47)),
    Formula("second_hand_low a b c d", lambda *given: second_hand(1, *given), (1000, 500, 0.05, 0.002)),
    Formula("second_hand_high a b c d", lambda *given: second_hand(2, *given), (1000, 1600, 0.05, 0.002)),
    Formula(
        "recovery_ratio a b c d e f",
        lambda a, b, c, d, e, f: recovery_ratio(a, b, louder=c, weight=d, retold_bad=e, retold_good=f),
        (57, 38, 1, 1, 0.1, 0.05),
    ),
    Formula("mean_repeats a b", lambda p, n: mean_repeats(p, more_than=n), (0.54, 5)),
    Formula(
        "recovery_swing a b c d", lambda a, b, f, t: recovery_swing(a, b, already_told=f, theta=t), (57, 38, 0.5, 1)
    ),
    Formula("defection_scale a", lambda one: through(one, 1 - 1e-9).scale, (0.5,)),
    Formula("defection_shape a b", lambda *told: through(*told).shape, (0.5, 0.93)),
    Formula("defected_by a b c", lambda k, scale, shape: Defection(scale, shape).by(k), (2, 0.69, 1.22)),
    Formula("constant_hazard a b", constant_hazard, (0.93, 3)),
    Formula("lost_share a b", lost_share, (0.4, 0.5)),
    Formula(
        "customers_at_risk a b c d",
        lambda n, c, h, i: customers_at_risk_of(n, customers=c, hazard=h, conversion=i),
        (100, 1000, 0.5, 0.6),
    ),
    Formula("customer_value a b c", lambda m, r, i: customer_value(m, retention=r, interest=i), (120, 0.8, 0.1)),
    Formula(
        "prospects_put_off a b c", lambda n, p, q: prospects_put_off(n, in_market=p, deterred=q), (6000, 0.02, 0.1)
    ),
]


def spread_of(y: float, e1: float, e2: float) -> float:
    return experience_moments(y, e1=e1, e2=e2).variance


def told(place: int, point: float, mean: float, variance: float, k: float, k_variance: float, shared: float) -> float:
    return told_range(point, Moments(mean, variance), Moments(k, k_variance), shared=shared)[place]


def changed(before: float, after: float, variance: float) -> Found:
    found = change(before, after, log_coverage_variance=variance)
    return found and found.high


def in_python(formula: Formula, given: tuple[Found, ...]) -> Found:
    try:
        found = formula.python(*(int(each) if formula.is_whole and each is not None else each for each in given))
    except InputError:
        return None
    return found if found is None or math.isfinite(found) else None


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: formula.macro.partition(" ")[0])
def test_formula__python_and_sql_agree_on_what_has_no_answer(run_sql: Callable[..., Any], formula: Formula) -> None:
    names = "abcdef"[: len(formula.good)]
    rows = [formula.good] + [
        (*formula.good[:place], number, *formula.good[place + 1 :])
        for place in range(len(formula.good))
        for number in NUMBERS
        if not formula.is_whole or number is None or (math.isfinite(number) and number == int(number))
    ]
    macro, *arguments = formula.macro.split(" ")
    quoted = ", ".join(each if "(" in each else repr(each) for each in arguments)
    for name in names:  # arguments of a macro within the macro
        quoted = re.sub(rf"(?<=[(,]){name}(?=[,)])", f"'{name}'", quoted)
    values = ", ".join(f"{name}: $rows[i][{place}]" for place, name in enumerate(names, start=1))
    (found,) = run_sql(
        f"select list({{{{ {macro}({quoted}) }}}} order by i) from "
        f"(select i, unnest({{{values}}}) from range(1, {len(rows) + 1}) as t (i))",
        {"rows": [[None if each is None else float(each) for each in row] for row in rows]},
    )
    expected = [in_python(formula, row) for row in rows]
    assert expected[0] is not None
    wrong = [
        (row, got, wanted)
        for row, got, wanted in zip(rows, found, expected, strict=True)
        if got != (wanted if wanted is None else pytest.approx(wanted, rel=10**-formula.digits, abs=1e-9))
    ]
    assert wrong == []
