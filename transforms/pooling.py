"""Several channels that see the same hidden experiences, pooled into one estimate; never added up.

    weight w_c = pi_c / (1 - pi_c)          N = sum(w_c y_c / pi_c) / sum(w_c)          Var[N] = N / sum(w_c)

People are not linked across channels, and each channel's y_c / pi_c estimates the same N: adding them would count every
experience once per channel. A channel without a mention stays in with y = 0: silence is evidence too.

**The variance when rates and coverage are uncertain.** Put a_c = w_c / sum(w), so N = sum(a_c y_c / pi_c).
Delta method: dN/dpi_c = (y_c - N) / ((1 - pi_c)^2 sum(w)), which at y_c = N pi_c is -N a_c / pi_c: to first order the
error of a rate acts as if the weights were fixed. With fixed weights the moments are exact, by E[1/pi_c] = e1_c and
E[1/pi_c^2] = e2_c, with y_c replaced by its expectation N pi_c:

    E[N]   = N sum(a_c pi_c e1_c)                                                      = N x mean_factor
    Var[N] = N sum(a_c^2 pi_c (e2_c - e1_c)) + N^2 sum(a_c^2 pi_c^2 (e2_c - e1_c^2))   = N x noise + N^2 x spread

One channel: a = 1 and N = y / pi give y e1 and y (e2 - e1) + y^2 (e2 - e1^2), the moments of
`transforms.amplification`. Certain rates: e1 = 1/pi, e2 = 1/pi^2 give N and N / sum(w), as above.

When nothing was seen at all, the uniform prior gives N a geometric distribution with P = 1 - prod(1 - pi_c); its mean
1/P - 1 becomes mean_factor / P - 1, its variance noise / P + spread / P^2.

Counts corrected for a classifier's errors (`transforms.prevalence`) are uncertain themselves: their noise is drawn
anew on each channel, their doubt rests on one matrix and is common to all, which adds

    label_variance = sum(a_c^2 e2_c noise_c^2) + (sum(a_c e1_c doubt_c))^2

and the range reaches at least 1.644854 of its roots to either side, because a lognormal tail alone is too short there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from records.errors import InputError
from transforms.bounds import amount, count, finite, inverse_moments, share
from transforms.ranges import Z_90, Estimate, Moments, lognormal_range

__all__ = ["Heard", "Pooled", "channel_weight", "disagreement", "disagreement_given_rates", "pool", "pooled_variance"]

_NOTHING = 1e-9  # what rounding leaves of a count whose labels were all mistaken
_UNCERTAIN = ("rate_variance", "log_coverage_variance", "reach_part", "label_noise", "label_doubt")
_LARGEST_PI = 1 - 1e-12  # a channel that shows everything outweighs all others


@dataclass(frozen=True, slots=True)
class Heard:
    """What one channel has shown of one valence.

    Attributes:
        y: mentions counted, 0 or more.
        pi: share rate x coverage, above 0 and up to 1.
        inverse_mean: e1 = E[1/pi]; 1/pi when certain.
        inverse_square_mean: e2 = E[1/pi^2].
        rate_variance: Var[s] / E[s]^2 of the share rate.
        log_coverage_variance: Var[ln kappa].
        reach_part: this channel's part of the people reached per experience, 0..1.
        label_noise: variance of y from chance mislabelling; 0 when the labels are exact.
        label_doubt: standard deviation of y from how few examples the confusion matrix rests on.
        label_covariance: Cov[y_bad, y_good] / (pi_bad pi_good).
        least: what is sure to have happened, however labels err; y when left out.
    """

    y: float
    pi: float
    inverse_mean: float
    inverse_square_mean: float
    rate_variance: float = 0.0
    log_coverage_variance: float = 0.0
    reach_part: float = 0.0
    label_noise: float = 0.0
    label_doubt: float = 0.0
    label_covariance: float = 0.0
    least: float | None = None

    @classmethod
    def certain(cls, y: float, pi: float) -> Heard:
        """Return a channel whose rate and coverage are known exactly."""
        return cls(y, pi, 1 / share("pi", pi), 1 / pi**2)


@dataclass(frozen=True, slots=True)
class Pooled:
    """One hidden total, from all channels that were heard.

    Attributes:
        experiences: N, never below `most_seen`.
        most_seen: the largest count of one channel that is sure, which N can't be below.
        mean_factor, noise, spread: shape the range; see the module.
        seen: chance that an experience shows on at least one channel, P.
        effective_count: the mentions of a single channel that would know as much about the rate at which experiences
            happen; N / (1 + v), v / N being the relative variance of N at certain rates. For one channel: y.
        rate_variance, log_coverage_variance: relative variance of N from the share rates and from coverage.
        shared: covariance, relative, of N with the people reached per experience: they rest on the same rates.
        label_variance: of N, from a classifier's errors.
        label_covariance: of N with the N of the other valence, from the same errors.
    """

    experiences: float
    most_seen: float
    mean_factor: float
    noise: float
    spread: float
    seen: float
    effective_count: float
    rate_variance: float
    log_coverage_variance: float
    shared: float
    label_variance: float = 0.0
    label_covariance: float = 0.0

    @property
    def moments(self) -> Moments:
        """Mean and variance of N; with nothing seen, those under the uniform prior."""
        if self.experiences > 0:
            n = self.experiences
            return Moments(n * self.mean_factor, n * self.noise + n * n * self.spread + self.label_variance)
        return Moments(
            max(self.mean_factor / self.seen - 1, 0.0),
            self.noise / self.seen + self.spread / (self.seen * self.seen) + self.label_variance,
        )

    @property
    def sampling_variance(self) -> float:
        """Relative variance of N at certain rates: not every experience was seen; for one channel (1 - pi) / y."""
        return 1 / self.effective_count - 1 / self.experiences

    @property
    def range(self) -> Estimate:
        """N with its 90 % range; at N = 0 only the upper end is above 0."""
        n = self.experiences
        low, high = lognormal_range(self.moments)
        mislabelled = Z_90 * math.sqrt(self.label_variance)
        least = min(max(min(low, n - mislabelled), self.most_seen), n) if n > 0 else 0.0
        return Estimate(n, least, max(high, n + mislabelled))


def channel_weight(pi: float) -> float:
    """Return how much a channel knows about N: pi / (1 - pi)."""
    return share("pi", pi) / (1 - min(pi, _LARGEST_PI))


def pooled_variance(experiences: float, pis: Sequence[float]) -> float:
    """Return Var[N] when all rates are certain: N / sum(pi / (1 - pi))."""
    return amount("experiences", experiences) / math.fsum(channel_weight(pi) for pi in pis)


def pool(channels: Sequence[Heard]) -> Pooled:
    """Return the one estimate that all channels give together.

    Raises:
        InputError: no channel; a negative count; a pi outside 0..1, or moments that it can't have.

    >>> both = pool([Heard.certain(43, 0.43), Heard.certain(28, 0.35)])
    >>> round(both.experiences, 6), round(both.moments.variance, 6), round(disagreement([43, 28], [0.43, 0.35]), 6)
    (91.670146, 70.905614, 1.370986)
    """
    if not channels:
        raise InputError("pooling needs at least one channel, got none")
    for channel in channels:
        count("mentions", channel.y)
        share("pi", channel.pi)
        inverse_moments(channel.inverse_mean, channel.inverse_square_mean)
        for name in _UNCERTAIN:
            amount(name.replace("_", " "), getattr(channel, name))
        finite("label covariance", channel.label_covariance)
        amount("least", channel.y if channel.least is None else channel.least)
    weights = [channel_weight(channel.pi) for channel in channels]
    total = math.fsum(weights)
    parts = [(weight / total, channel) for weight, channel in zip(weights, channels, strict=True)]
    experiences = max(math.fsum(a * c.y / c.pi for a, c in parts), max(channel.y for channel in channels))
    experiences = experiences if experiences >= _NOTHING else 0.0
    certain_noise = math.fsum(a * a * (1 - c.pi) / c.pi for a, c in parts)
    return Pooled(
        experiences=experiences,
        most_seen=max(c.y if c.least is None else c.least for c in channels),
        mean_factor=math.fsum(a * c.pi * c.inverse_mean for a, c in parts),
        noise=math.fsum(a * a * c.pi * max(c.inverse_square_mean - c.inverse_mean, 0.0) for a, c in parts),
        spread=math.fsum(a * a * c.pi * c.pi * max(c.inverse_square_mean - c.inverse_mean**2, 0.0) for a, c in parts),
        seen=1 - math.prod(1 - c.pi for c in channels),
        effective_count=experiences / (1 + certain_noise),
        rate_variance=math.fsum(a * a * c.rate_variance for a, c in parts),
        log_coverage_variance=math.fsum(a * a * c.log_coverage_variance for a, c in parts),
        shared=math.fsum(a * c.reach_part * c.rate_variance for a, c in parts),
        label_variance=math.fsum(a * a * c.inverse_square_mean * c.label_noise for a, c in parts)
        + math.fsum(a * c.inverse_mean * c.label_doubt for a, c in parts) ** 2,
        label_covariance=math.fsum(a * a * c.label_covariance for a, c in parts),
    )


def disagreement(counts: Sequence[float], pis: Sequence[float]) -> float | None:
    """Return Q, how far the channels' own estimates lie apart: chi-square with one less than the channels.

    A large Q says that a rate or a coverage is wrong (5 % of the time above 3.84 for two channels, 5.99 for three).

    Returns:
        0 or more; None when nothing was seen or a channel shows everything.
    """
    n = pool([Heard.certain(y, pi) for y, pi in zip(counts, pis, strict=True)]).experiences
    if n == 0 or max(pis) == 1:
        return None
    return math.fsum((y / pi - n) ** 2 * pi / (n * (1 - pi)) for y, pi in zip(counts, pis, strict=True))


def disagreement_given_rates(channels: Sequence[Heard]) -> float | None:
    """Return Q again, allowing for what is not known of rates and coverage; chi-square with one less than the channels.

    `disagreement` takes the rates as exact and is large whenever this brand's customers talk unlike the profile's. This
    one is large only if they do so more than the profile's own uncertainty allows: then a rate or a coverage is wrong.

    Returns:
        0 or more; None when nothing was seen, or with a single channel.
    """
    pooled = pool(channels)
    if pooled.experiences == 0 or len(channels) == 1:
        return None
    n = pooled.experiences
    weights = [
        1
        / (
            (1 - c.pi) / max(n * c.pi, 0.5)
            + c.rate_variance
            + c.log_coverage_variance
            + (c.label_noise + c.label_doubt**2) / max(n * c.pi, 0.5) ** 2
            + 1e-12
        )
        for c in channels
    ]
    alone = [math.log((c.y + 0.5) / c.pi) for c in channels]  # errors of rates are symmetric on the log scale
    middle = math.fsum(w * each for w, each in zip(weights, alone, strict=True)) / math.fsum(weights)
    return math.fsum(w * (each - middle) ** 2 for w, each in zip(weights, alone, strict=True))
