"""Second-hand spread: what hearers tell on.

    R < 1            total = E / (1 - R);  through generation G (first-hand = 1): E (1 - R^G) / (1 - R)
    several channels m = k (I - M)^-1;  rank one M_cd = r_c t_d: R = sum r_c t_c, m_d = k_d + (k.r) t_d / (1 - R)
    any R, pool A    reach = A z,  z = 1 - (1 - x0) exp(-R z),  x0 = 1 - exp(-E / A)   (largest root)

| symbol | meaning | unit | range |
|---|---|---|---|
| E, k | first-hand exposures, by channel | exposures | 0 or more |
| R | retellings that one exposure causes; default .05, assumed | exposures per exposure | 0 or more |
| r_c, t_d | propensity to retell by channel heard, exposures per retelling by channel told | - | 0 or more |
| A | size of the audience | people | above 0 |
| h | half-life of retelling | as t | above 0 |

Measured cascades die within about one step. At R = 1 or more E / (1 - R) has no meaning: with a pool the saturated
figure is right for every R, without one the answer is None and the flag is_supercritical says why.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from records.errors import InputError
from transforms.amplification import unique_people
from transforms.bounds import (
    SMALLEST_SHARE,
    amount,
    count,
    positive,
    probability,
    relative_variance,
    whole_count,
)
from transforms.ranges import Z_90, Estimate, Moments

__all__ = [
    "DEFAULT_R",
    "is_supercritical",
    "later_tellings",
    "memory_half_life",
    "memory_weight",
    "pooled_reproduction",
    "rank_one",
    "reproduction_censored",
    "reproduction_from_event",
    "reproduction_from_reposts",
    "retold_so_far",
    "saturated_reach",
    "second_hand_range",
    "spectral_radius",
    "told_by",
    "total_by_type",
    "total_exposures",
    "total_variance",
]

DEFAULT_R = 0.05  # assumed: measured cascades end within about one step of the seed
_BISECTIONS = 200
_LARGEST_SPREAD = 9.0  # relative variance of R beyond which the Wilson-Hilferty points have no meaning


def is_supercritical(r: float) -> bool:
    """Return whether each telling causes at least one more, so that only a saturated figure has a meaning."""
    return count("R", r) >= 1


def total_exposures(exposures: float, r: float, *, generations: int | None = None) -> float | None:
    """Return first-hand and second-hand exposures together; None at R of 1 or more without a limit of generations.

    Args:
        exposures: first-hand, 0 or more.
        r: reproduction, 0 or more; times a loss of detail per step, if wanted.
        generations: how many to count, the first hand being 1; None for all.

    >>> round(total_exposures(5718, 0.05), 6), total_exposures(5718, 1.0)
    (6018.947368, None)
    """
    e, r = count("exposures", exposures), count("R", r)
    if generations is None:
        return None if r >= 1 else e / (1 - r)
    if not 1 <= whole_count("generations", generations) <= 10_000:
        raise InputError(f"generations is {generations}, must be from 1 (first-hand alone) to 10000; None counts all")
    if r > 1 and generations * math.log10(r) > 80:
        raise InputError(
            f"R is {r} and generations {generations}, which is more than can be counted; take a pool's size"
        )
    return e * math.fsum(r**step for step in range(generations))


def total_variance(exposures: float, r: float, *, dispersion: float = math.inf) -> float | None:
    """Return the variance of the total: E sigma^2 / (1 - R)^3, sigma^2 = R + R^2 / dispersion; None at R of 1 or more.

    Args:
        exposures: first-hand, 0 or more.
        r: reproduction.
        dispersion: k of the negative binomial; infinite is Poisson, .16 is what outbreaks show.
    """
    e, r = count("exposures", exposures), count("R", r)
    k = dispersion if dispersion == math.inf else positive("dispersion", dispersion)
    return None if r >= 1 else e * (r + r * r / k) / (1 - r) ** 3


def rank_one(first: Sequence[float], retell: Sequence[float], retold: Sequence[float]) -> list[float] | None:
    """Return exposures by channel, first-hand and later, when retelling by channel heard is independent of where to.

    Args:
        first: k, first-hand exposures by channel.
        retell: r, propensity to retell of those who heard it on the channel.
        retold: t, exposures per retelling on the channel.

    Returns:
        m, as long as `first`; None when R = sum r t is 1 or more.
    """
    if not len(first) == len(retell) == len(retold):
        raise InputError(
            f"first, retell and retold name {len(first)}, {len(retell)} and {len(retold)} channels; match them"
        )
    r = math.fsum(count("retell", a) * count("retold", b) for a, b in zip(retell, retold, strict=True))
    if r >= 1:
        return None
    passed_on = math.fsum(count("exposures", k) * a for k, a in zip(first, retell, strict=True)) / (1 - r)
    return [k + passed_on * t for k, t in zip(first, retold, strict=True)]


def spectral_radius(matrix: Sequence[Sequence[float]]) -> float:
    """Return R of several channels: the largest eigenvalue of M_cd, exposures on d caused by one on c."""
    import numpy as np

    for row in matrix:
        if len(row) != len(matrix):
            raise InputError(f"the retelling matrix has {len(matrix)} rows, one of {len(row)} entries; make it square")
        for entry in row:
            count("entry of the retelling matrix", entry)
    return float(np.abs(np.linalg.eigvals(np.asarray(matrix, dtype=float))).max())


def total_by_type(first: Sequence[float], matrix: Sequence[Sequence[float]]) -> list[float] | None:
    """Return exposures by channel, k (I - M)^-1; None when the spectral radius is 1 or more."""
    import numpy as np

    seeds = [count("exposures", each) for each in first]
    if len(seeds) != len(matrix):
        raise InputError(f"exposures name {len(seeds)} channels and the retelling matrix {len(matrix)}; match them")
    if spectral_radius(matrix) >= 1:
        return None
    m = np.asarray(matrix, dtype=float)
    return [float(each) for each in np.linalg.solve((np.eye(len(seeds)) - m).T, np.asarray(seeds, dtype=float))]


def saturated_reach(exposures: float, r: float, *, audience: float) -> float:
    """Return the different people reached in a pool of `audience`, right for every R; at R = 0 `unique_people`.

    Raises:
        InputError: negative exposures or R, or an audience that is not above 0.

    >>> round(saturated_reach(5718, 1.5, audience=100_000), 6)
    63646.324064
    """
    r = count("R", r)
    started = unique_people(exposures, audience) / audience
    # g(z) = 1 - (1 - x0) exp(-R z) - z is concave, g(x0) >= 0 >= g(1): one root between, the largest
    low, high = started, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if 1 - (1 - started) * math.exp(-r * middle) >= middle:
            low = middle
        else:
            high = middle
    return audience * (low + high) / 2 if exposures > 0 else 0.0


def reproduction_from_event(seeded: float, extra: float) -> float | None:
    """Return R from one event: extra / (seeded + extra); None when nobody was reached."""
    total = count("seeded", seeded) + count("extra", extra)
    return extra / total if total else None


def reproduction_from_reposts(posts: int, reposts: int, *, retold: float | None = None) -> tuple[Estimate, Moments]:
    """Return R from posts and their reposts: likelihood, then the posterior under a Gamma(1, 20) prior (mean .05).

    Args:
        posts: whose reposts are known.
        reposts: theirs, together.
        retold: sum of `retold_so_far` over the posts; all of them are old when left out. Only where many are young can
            R be 1 or more: who counts reposts long after always finds fewer than posts and reposts together.

    Returns:
        Maximum likelihood reposts / retold with the posterior's 90 % range, and the posterior's moments.

    >>> [round(each, 6) for each in reproduction_from_reposts(1000, 60)[0]]
    [0.056604, 0.045136, 0.068879]
    """
    from scipy.stats import gamma

    old = count("posts", posts) + count("reposts", reposts)
    total = old if retold is None else count("retold", retold)
    shape, rate = 1 + reposts, 20 + total
    low, high = (float(end) for end in gamma.ppf((0.05, 0.95), shape, scale=1 / rate))
    point = reposts / total if total >= SMALLEST_SHARE else 0.0
    return Estimate(point, low, high), Moments(shape / rate, shape / rate**2)


def pooled_reproduction(parts: Sequence[float], found: Sequence[Moments]) -> Moments:
    """Return R of one exposure, whatever channel it is on: rank one, retold where first-hand tellings are heard.

    With r_c the R of channel c and t_c its part of the first-hand exposures, R = sum r_c t_c; the total is E / (1 - R).

    Args:
        parts: each measured channel's part of the first-hand exposures, together at most 1; the rest keeps `DEFAULT_R`.
        found: mean and variance of each one's R (`reproduction_from_reposts`).

    >>> round(pooled_reproduction([0.6], [Moments(0.25, 0.001)]).mean, 6)
    0.17
    """
    rest = 1 - math.fsum(probability("part of the exposures", part) for part in parts)
    for r in found:
        relative_variance("R", count("R", r.mean), r.variance)
    if rest < -1e-9:
        raise InputError(f"parts of the exposures add up to {math.fsum(parts)}, must be at most 1")
    mean = math.fsum(part * r.mean for part, r in zip(parts, found, strict=True)) + rest * DEFAULT_R
    variance = math.fsum(part**2 * r.variance for part, r in zip(parts, found, strict=True)) + (rest * DEFAULT_R) ** 2
    return Moments(mean, variance)


def second_hand_range(exposures: Estimate, r: Moments) -> Estimate | None:
    """Return the further exposures by retelling, E R / (1 - R), with their 90 % range; None at R of 1 or more.

    R is Gamma distributed with that mean and variance, its 5 % and 95 % points after Wilson and Hilferty (1931). On the
    log scale each end of R / (1 - R) and the same end of the exposures add up in quadrature.

    Returns:
        The high end is infinite where the 95 % point of R is 1 or more; so may be the reach then.

    Raises:
        InputError: ends out of order, or moments that say next to nothing of R (deviation above three means).
    """
    for end in exposures:
        amount("exposures", end)
    if not exposures.low <= exposures.point <= exposures.high:
        raise InputError(f"exposures are {tuple(exposures)}; low <= point <= high must hold")
    spread = relative_variance("R", count("R", r.mean), r.variance)
    if r.mean >= 1:
        return None
    if spread > _LARGEST_SPREAD:
        raise InputError(f"R is {r.mean} with variance {r.variance}, too wide for a range: it must be at most 9 R^2")
    odds = r.mean / (1 - r.mean)
    point = exposures.point * odds
    if exposures.point < SMALLEST_SHARE or not odds:
        return Estimate(point, 0.0, exposures.high * odds)
    few, many = _gamma_ends(r)
    low = math.hypot(_log(exposures.point, exposures.low), _log(odds, few / (1 - few)))
    high = math.hypot(_log(exposures.high, exposures.point), _log(many / (1 - many), odds)) if many < 1 else math.inf
    return Estimate(point, point * math.exp(-low), point * math.exp(high))


def _gamma_ends(r: Moments) -> tuple[float, float]:
    spread = r.variance / r.mean**2
    few, many = (max(1 - spread / 9 + end * math.sqrt(spread) / 3, 0.0) ** 3 for end in (-Z_90, Z_90))
    return r.mean * few, r.mean * many


def _log(larger: float, smaller: float) -> float:
    return math.log(larger / smaller) if smaller > 0 else math.inf


def told_by(elapsed: float, half_life: float) -> float:
    """Return the share of a post's retellings made by then: 1 - 2^(-t / h)."""
    return -math.expm1(-math.log(2) * count("elapsed", elapsed) / positive("half-life", half_life))


def retold_so_far(reposts: float, age: float, *, half_life: float) -> float:
    """Return how many of a post and its reposts have been retold by now: 1 + reposts long after, fewer while young.

    The post counts as 1 - 2^(-t / h). When its reposts were made is not known, only that it was by now, at a rate that
    falls as 2^(-u / h): each counts as the mean of 1 - 2^(-(t - u) / h), 1 - x / (exp(x) - 1) with x = ln 2 t / h.

    Args:
        reposts: made so far, 0 or more.
        age: of the post, same unit as `half_life`.
        half_life: of retelling.

    >>> round(retold_so_far(100, 60, half_life=80), 6), retold_so_far(100, 9000, half_life=80)
    (24.156371, 101.0)
    """
    grown = math.log(2) * max(count("age", age), 1e-6) / positive("half-life", half_life)
    seen = -math.expm1(-grown)
    return seen + count("reposts", reposts) * (1 - grown / math.expm1(grown) if grown < 40 else 1.0)


def reproduction_censored(reposts: float, ages: Sequence[float], *, half_life: float) -> float | None:
    """Return R when young posts are still being retold: reposts / sum of each post's `told_by`; None without any.

    Args:
        reposts: seen so far.
        ages: time since each post, same unit as `half_life`.
        half_life: of retelling.
    """
    told = math.fsum(told_by(age, half_life) for age in ages)
    return count("reposts", reposts) / told if told > 0 else None


def later_tellings(elapsed: float, r: float, *, half_life: float) -> float | None:
    """Return retellings per first-hand telling by then: R / (1 - R) (1 - 2^(-(1 - R) t / h)); None at R of 1 or more.

    The whole cascade has the half-life h / (1 - R).
    """
    r = count("R", r)
    told = told_by(count("elapsed", elapsed) * max(1 - r, 0.0), half_life)
    return None if r >= 1 else r / (1 - r) * told


def memory_half_life(still: float, *, after_years: float) -> float:
    """Return the half-life, in years, of an experience of which a share still acts after some years.

    >>> round(memory_half_life(0.39, after_years=2), 6)
    1.472262
    """
    if not 0 < probability("share that still acts", still) < 1:
        raise InputError(f"share that still acts is {still}, must be between 0 and 1")
    return positive("years", after_years) * math.log(2) / -math.log(still)


def memory_weight(years: float, *, half_life: float) -> float:
    """Return the weight of an experience that many years ago, 2^(-t / H), 0..1."""
    return math.exp2(-count("years", years) / positive("half-life", half_life))
