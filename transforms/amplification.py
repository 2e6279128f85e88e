"""Amplification: from the mentions that are seen to the experiences behind them and how far they are told.

    experiences N = mentions y / (share rate s x coverage kappa)      (Horvitz-Thompson)
    tellings    T = N x s, per channel          exposures E = N x K,  K = sum over channels of s x audience a

| symbol | meaning | unit | range |
|---|---|---|---|
| y | mentions of bad (or of good) experiences that were collected on a channel | mentions | 0 or more |
| s | share of people with such an experience who tell it on that channel (the rate book) | share | 0..1, above 0 |
| kappa | chance that a telling on that channel is collected | share | 0..1, above 0 |
| pi | s x kappa, chance that an experience is seen | share | 0..1, above 0 |
| a | people who hear one telling | people | 0 or more |
| N | experiences | experiences | y or more |
| e1, e2 | E[1/pi], E[1/pi^2]: s is Beta distributed, kappa triangular, independent | - | e1 >= 1, e2 >= e1^2 |

35 bad reviews, told on review sites by 35 % of people, all of them collected, stand for 100 bad experiences:

>>> round(experiences(35, pi=0.35 * 1.0), 6)
100.0

The published point is y / pi, 0 at y = 0: additive, and anyone can check it. The 90 % range is lognormal with
mean y e1 and variance y (e2 - e1) + y^2 (e2 - e1^2), its low end at least y; at y = 0 its upper end comes from the
uniform prior. Several channels see the same N and are pooled, never added: `transforms.pooling`. Ratios and changes:
`transforms.ratios`. The same formula in SQL: warehouse/macros/amplification.sql. Where it comes from, and what cannot
be known: docs/amplification.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from records.errors import InputError
from transforms.bounds import (
    amount,
    count,
    finite,
    inverse_moments,
    positive,
    probability,
    relative_variance,
    share,
    whole_count,
)
from transforms.coverage import Coverage, triangular
from transforms.pooling import Heard, Pooled, channel_weight, pool
from transforms.prevalence import Corrected
from transforms.ranges import Z_90, Estimate, Moments, lognormal_range
from transforms.rates import CHANNELS, VALENCES, Channel, Profile, Rate, load_profile
from transforms.ratios import balance, good_per_bad, positive_share, recovery_ratio, share_of

__all__ = [
    "Behind",
    "Count",
    "amplify",
    "balance",
    "behind",
    "beta_inverse_mean",
    "beta_inverse_square_mean",
    "experience_moments",
    "experience_range",
    "experiences",
    "experiences_variance",
    "exposures_per_mention",
    "heard",
    "hidden_share",
    "posterior_range",
    "quick_range",
    "reach_moments",
    "recovery_ratio",
    "share_of",
    "told_range",
    "triangular",
    "uniform_prior_mean",
    "unique_people",
]


def experiences(y: float, *, pi: float) -> float:
    """Return the experiences that y mentions stand for: y / pi.

    Raises:
        InputError: y is negative, or pi is not above 0 and at most 1.
    """
    return count("mentions", y) / share("pi", pi)


def experiences_variance(y: float, *, pi: float) -> float:
    """Return Var[N] when pi is certain: y (1 - pi) / pi^2; 0 exactly when pi is 1 or y is 0."""
    return count("mentions", y) * (1 - share("pi", pi)) / pi**2


def uniform_prior_mean(y: float, *, pi: float) -> float:
    """Return the mean of N under a uniform prior, (y + 1) / pi - 1: what y = 0 still allows."""
    return (count("mentions", y) + 1) / share("pi", pi) - 1


def posterior_range(y: int, *, pi: float) -> tuple[int, int]:
    """Return the exact 90 % range of N when pi is certain: N - y is negative binomial (y, pi); y of 1 or more.

    >>> posterior_range(35, pi=0.35)
    (79, 124)
    """
    from scipy.stats import nbinom

    positive("mentions", whole_count("mentions", y))
    low, high = nbinom.ppf((0.05, 0.95), y, share("pi", pi))
    return y + int(low), y + int(high)


def beta_inverse_mean(alpha: float, beta: float) -> float:
    """Return E[1/s] of a Beta distributed rate; alpha above 1.

    Raises:
        InputError: alpha is not above 1 (the mean does not exist) or beta is not above 0.
    """
    if not positive("alpha", alpha) > 1:
        raise InputError(f"alpha is {alpha}, must be above 1; the rate rests on too little evidence")
    return (alpha + positive("beta", beta) - 1) / (alpha - 1)


def beta_inverse_square_mean(alpha: float, beta: float) -> float:
    """Return E[1/s^2] of a Beta distributed rate; alpha above 2.

    Raises:
        InputError: alpha is not above 2 (the mean does not exist) or beta is not above 0.
    """
    if not positive("alpha", alpha) > 2:
        raise InputError(f"alpha is {alpha}, must be above 2; the rate rests on too little evidence")
    return beta_inverse_mean(alpha, beta) * (alpha + beta - 2) / (alpha - 2)


def experience_moments(y: float, *, e1: float, e2: float) -> Moments:
    """Return the mean y e1 and the variance y (e2 - e1) + y^2 (e2 - e1^2) of N when pi is uncertain.

    >>> e1, e2 = beta_inverse_mean(20.275, 37.225), beta_inverse_square_mean(20.275, 37.225)
    >>> [round(moment, 6) for moment in experience_moments(35, e1=e1, e2=e2)]
    [102.594034, 588.443638]
    """
    inverse_moments(e1, e2)
    return Moments(count("mentions", y) * e1, y * (e2 - e1) + y * y * max(e2 - e1 * e1, 0.0))


def experience_range(y: float, *, pi: float, e1: float, e2: float) -> Estimate:
    """Return y / pi with its 90 % range: lognormal, low end at least y; at y = 0 only the upper end is above 0."""
    return pool([Heard(y, pi, e1, e2)]).range


def quick_range(y: float, *, pi: float, alpha: float, beta: float) -> Estimate:
    """Return y / pi with a range that needs no moments: +/- 1.644854 sqrt((1 - pi) / y + Var[s] / E[s]^2) on ln N."""
    point = experiences(positive("mentions", y), pi=pi)
    alpha, beta = positive("alpha", alpha), positive("beta", beta)
    half = Z_90 * math.sqrt((1 - pi) / y + beta / (alpha * (alpha + beta + 1)))
    return Estimate(point, point * math.exp(-half), point * math.exp(half))


def reach_moments(rates: Mapping[Channel, Rate]) -> Moments:
    """Return mean and variance of K, people reached per experience: rates Beta, audiences Gamma, all independent."""
    mean = variance = 0.0
    for rate in rates.values():
        part = rate.mean * rate.audience_mean
        mean += part
        variance += part**2 * ((1 + rate.relative_variance) * (1 + 1 / rate.audience_shape) - 1)
    return Moments(mean, variance)


def told_range(point: float, moments: Moments, factor: Moments, *, shared: float) -> Estimate:
    """Return experiences x factor with its 90 % range, where the factor is tellings or people per experience.

    N is divided by the rate of the channel that was heard, and the factor is multiplied by it, so the two errors partly
    cancel: ln(N x factor) has variance Var[ln N] + Var[ln factor] - 2 shared.

    Args:
        point: the published figure, 0 or more.
        moments: of N.
        factor: of the factor, mean above 0; with mean 0 (nobody hears it) everything is 0.
        shared: relative covariance of N and the factor that cancels, 0 or more and below 1.

    Raises:
        InputError: a point, mean or variance below 0 or not a number, or a covariance that can't be.
    """
    point = amount("point", point)
    log_variance = math.log1p(relative_variance("experiences", *moments)) - 2 * _shared(shared)
    log_variance += math.log1p(relative_variance("the factor", *factor))
    mean = moments.mean * factor.mean * (1 - shared)
    if mean <= 0:
        return Estimate(point, point, point)
    low, high = lognormal_range(Moments(mean, mean**2 * math.expm1(max(log_variance, 0.0))))
    return Estimate(point, min(low, point) if point > 0 else 0.0, max(high, point))


def hidden_share(coverage: Mapping[Channel, float], rates: Mapping[Channel, Rate]) -> float:
    """Return the part of all tellings that is not collected, 0..1; a channel that is not named has coverage 0."""
    for name, kappa in coverage.items():
        probability(f"coverage of {name}", kappa)
    told = positive("channels told", math.fsum(rate.share_rate for rate in rates.values()))
    return max(0.0, 1 - math.fsum(coverage.get(name, 0.0) * rate.share_rate for name, rate in rates.items()) / told)


def exposures_per_mention(channel: Channel, rates: Mapping[Channel, Rate]) -> float:
    """Return people reached per mention seen on a channel at coverage 1: a_c + sum of the others' s a / s_c."""
    own = _rate(rates, channel)
    others = math.fsum(rate.share_rate * rate.audience_mean for name, rate in rates.items() if name != channel)
    return own.audience_mean + others / own.share_rate


def unique_people(exposures: float, audience: float) -> float:
    """Return the different people among `audience` whom that many exposures reach: A (1 - exp(-E / A)).

    Raises:
        InputError: negative exposures, or an audience that is not above 0.
    """
    return positive("audience", audience) * -math.expm1(-count("exposures", exposures) / audience)


class Count(NamedTuple):
    """Mentions of one valence on one channel, and what is known of its coverage.

    Attributes:
        labels: what a classifier's errors leave uncertain where y was corrected for them (y is then `labels.y`);
            None where labels are exact or not corrected.
    """

    channel: Channel
    y: float
    coverage: Coverage
    labels: Corrected | None = None


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind the mentions of one valence.

    Attributes:
        pooled: the estimate of the experiences, for comparisons.
        experiences: N and its range.
        tellings: by channel, and their ranges.
        exposures: first-hand, told, read or seen; may repeat, not different people.
        hidden_share: part of the tellings that is not collected, 0..1.
    """

    pooled: Pooled
    experiences: Estimate
    tellings: Mapping[Channel, Estimate]
    exposures: Estimate
    hidden_share: float


def heard(
    counts: Sequence[Count], rates: Mapping[Channel, Rate], *, other: Mapping[Channel, Rate] | None = None
) -> list[Heard]:
    """Return what each channel says about the one hidden total, for `transforms.pooling`.

    Args:
        counts: one entry per channel.
        rates: of this valence.
        other: rates of the other valence, which corrected labels are correlated with; left out: not asked for.
    """
    reach = reach_moments(rates).mean
    found = []
    for channel, y, coverage, labels in counts:
        rate = _rate(rates, channel)
        pi = rate.share_rate * coverage.mode
        across = (
            finite("label covariance", labels.covariance) / pi / (_rate(other, channel).share_rate * coverage.mode)
            if labels and other
            else 0.0
        )
        found.append(
            Heard(
                y=y,
                pi=pi,
                inverse_mean=rate.inverse_mean * coverage.inverse_mean,
                inverse_square_mean=rate.inverse_square_mean * coverage.inverse_square_mean,
                rate_variance=rate.relative_variance,
                log_coverage_variance=coverage.log_variance,
                reach_part=rate.mean * rate.audience_mean / reach if reach else 0.0,
                label_noise=labels.noise if labels else 0.0,
                label_doubt=labels.doubt if labels else 0.0,
                label_covariance=across,
                least=labels.least if labels else None,
            )
        )
    return found


def behind(
    counts: Sequence[Count], rates: Mapping[Channel, Rate], *, other: Mapping[Channel, Rate] | None = None
) -> Behind:
    """Return the experiences, tellings and exposures behind mentions of one valence.

    Args:
        counts: one entry per channel that is collected, with y = 0 where nothing was seen; each channel once.
        rates: the profile's rates of that valence.
        other: those of the other valence; see `heard`.

    Raises:
        InputError: no channel, a channel twice, or a negative count.
    """
    if len({each.channel for each in counts}) != len(counts):
        raise InputError(f"channels are {[each.channel for each in counts]}; name each one once")
    reach = reach_moments(rates)
    pooled = pool(heard(counts, rates, other=other))
    n, moments = pooled.experiences, pooled.moments
    parts = _parts(counts, rates)
    tellings = {
        name: told_range(
            n * rate.share_rate,
            moments,
            Moments(rate.mean, rate.mean**2 * rate.relative_variance),
            shared=parts.get(name, 0.0) * rate.relative_variance,
        )
        for name, rate in rates.items()
    }
    point = n * math.fsum(rate.share_rate * rate.audience_mean for rate in rates.values())
    exposures = told_range(point, moments, reach, shared=pooled.shared)
    hidden = hidden_share({each.channel: each.coverage.mode for each in counts}, rates)
    return Behind(pooled, pooled.range, tellings, exposures, hidden)


def amplify(
    bad: int,
    good: int,
    channel: str,
    coverage: float | tuple[float, float, float] = 1.0,
    profile: str = "dr2013",
) -> dict[str, Any]:
    """Return what a number of bad and of good mentions on one channel stands for, ready to be printed.

    Args:
        bad: mentions of bad experiences, a whole number of 0 or more.
        good: mentions of good experiences, the same.
        channel: where they were seen: review_site, online or company.
        coverage: share of the channel's tellings that is collected, above 0 to 1; or (low, mode, high) of it.
        profile: a name in the rate book.

    Returns:
        `bad` and `good`, each with experiences, tellings by channel and first-hand exposures, `_low` and `_high` their
        90 % range; and what compares them. A comparison is None where it would divide by zero.

    Raises:
        InputError: a count or the coverage is out of its range, or the channel is not one that can be collected.
        ConfigError: no such profile.

    >>> result = amplify(bad=40, good=160, channel="review_site")
    >>> round(result["adjusted_positive_share"], 6), round(result["word_of_mouth_balance"], 6)
    (0.858896, 0.611373)
    """
    counts = {"bad": whole_count("bad", bad), "good": whole_count("good", good)}
    if channel not in ("review_site", "online", "company"):
        raise InputError(
            f"channel is {channel!r}, must be review_site, online or company: the others can't be collected"
        )
    ends = coverage if isinstance(coverage, tuple) else (coverage,) * 3
    if len(ends) != 3:
        raise InputError(f"coverage is {coverage}, must be a share or (low, mode, high)")
    known = triangular(*ends)
    book = load_profile(profile)
    name = next(each for each in CHANNELS if each == channel)
    found = {valence: behind([Count(name, counts[valence], known)], book.rates[valence]) for valence in VALENCES}
    ratio, positive_part = (
        compare(found["bad"].pooled, found["good"].pooled) for compare in (good_per_bad, positive_share)
    )
    return {
        "bad": _printed(found["bad"]),
        "good": _printed(found["good"]),
        "recovery_ratio": _break_even(book),
        **_named("good_per_bad", ratio),
        **_named("adjusted_positive_share", positive_part),
        "word_of_mouth_balance": balance(found["good"].exposures.point, found["bad"].exposures.point),
        "profile": book.name,
    }


def _shared(value: float) -> float:
    """Return a relative covariance of 0 or more and below 1, where the mean of the product would be gone."""
    if not probability("shared", value) < 1:
        raise InputError(f"shared is {value}, must be below 1")
    return value


def _rate(rates: Mapping[Channel, Rate], channel: Channel) -> Rate:
    if channel not in rates:
        raise InputError(f"channel is {channel!r}, which the rates lack; they hold {', '.join(rates) or 'none'}")
    return rates[channel]


def _parts(counts: Sequence[Count], rates: Mapping[Channel, Rate]) -> dict[Channel, float]:
    weights = {each.channel: channel_weight(rates[each.channel].share_rate * each.coverage.mode) for each in counts}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _break_even(book: Profile) -> float | None:
    reach = book.exposures_per_experience
    return recovery_ratio(reach["bad"], reach["good"]) if reach["bad"] and reach["good"] else None


def _printed(found: Behind) -> dict[str, Any]:
    return {
        **_named("experiences", found.experiences),
        "tellings": {channel: estimate.point for channel, estimate in found.tellings.items()},
        **_named("exposures", found.exposures),
        "hidden_share": found.hidden_share,
    }


def _named(name: str, estimate: Estimate | None) -> dict[str, float | None]:
    point, low, high = estimate or (None, None, None)
    return {name: point, f"{name}_low": low, f"{name}_high": high}
