"""Figures that compare: good with bad, and one period with the one before.

    good per bad  r = N_good / N_bad            adjusted positive share  r / (1 + r)
    change        N_after / N_before            balance  (reach_good - reach_bad) / (reach_good + reach_bad)
    range         ratio x exp(-/+ 1.644854 sqrt(Var[ln ratio]))

What both sides share cancels and adds no width: the coverage in good per bad, rates and coverage in a change.
Good per bad is about the experiences that happened, so its noise is that of seeing a part of them, (1 - pi) / y each. A
change is about the rate at which they happen, so its noise is that of the counts, 1 / y each: one week's luck is no
change. Division by zero gives None.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from records.errors import InputError
from transforms.bounds import amount, count, positive, probability, share
from transforms.pooling import Pooled
from transforms.ranges import Estimate, ratio_range

__all__ = [
    "MIN_N",
    "balance",
    "change",
    "good_per_bad",
    "is_finding",
    "label_log_variance",
    "overlap_variance",
    "positive_share",
    "recovery_ratio",
    "share_of",
]

_NOTHING = 1e-9  # what rounding leaves of a count whose labels were all mistaken
MIN_N = 12  # mentions in both periods before a change may be called a finding


def share_of(part: float, rest: float) -> float | None:
    """Return part / (part + rest), 0..1; None when both are 0.

    >>> round(share_of(160 / 0.23, 40 / 0.35), 6)
    0.858896
    """
    total = count("part", part) + count("rest", rest)
    return part / total if total else None


def balance(good: float, bad: float) -> float | None:
    """Return (good - bad) / (good + bad), -1..+1; None when both are 0."""
    total = count("good", good) + count("bad", bad)
    return (good - bad) / total if total else None


def good_per_bad(bad: Pooled, good: Pooled) -> Estimate | None:
    """Return the good experiences per bad one with its range; None when nothing bad was seen.

    Rates of bad and of good are independent; labels are not, as what is not bad may be good. With nothing good seen the
    point and the low end are 0, and the high end sets the most good that may have been against the fewest bad.
    """
    if bad.experiences == 0:
        return None
    if good.experiences == 0:
        return Estimate(0.0, 0.0, good.range.high / max(bad.range.low, min(bad.experiences, 1.0)))
    variance = sum(each.sampling_variance + each.rate_variance for each in (bad, good))
    variance += label_log_variance(bad, good)
    return ratio_range(good.experiences / bad.experiences, variance)


def label_log_variance(bad: Pooled, good: Pooled) -> float:
    """Return Var[ln(good / bad)] from a classifier's errors, 0 or more; 0 when nothing was seen on one side."""
    if not bad.experiences or not good.experiences:
        return 0.0
    own = bad.label_variance / bad.experiences**2 + good.label_variance / good.experiences**2
    relative = own - 2 * bad.label_covariance / (bad.experiences * good.experiences)
    return math.log1p(max(relative, 0.0))  # as of a lognormal: stays finite where hardly anything is left of a count


def positive_share(bad: Pooled, good: Pooled) -> Estimate | None:
    """Return the share of estimated experiences that were good, 0..1, its range through the logit; None without any.

    With nothing seen on one side, the range sets that side's upper end against the other side's lower end.
    """
    share = share_of(good.experiences, bad.experiences)
    if share is None:
        return None
    if bad.experiences == 0:
        return Estimate(1.0, good.range.low / (good.range.low + bad.range.high), 1.0)
    ratio = good_per_bad(bad, good)
    if ratio is None or good.experiences == 0:
        return Estimate(0.0, 0.0, good.range.high / (good.range.high + bad.range.low))
    return Estimate(share, ratio.low / (1 + ratio.low), ratio.high / (1 + ratio.high))


def change(
    before: float,
    after: float,
    *,
    coverage_before: float = 1.0,
    coverage_after: float = 1.0,
    log_coverage_variance: float = 0.0,
) -> Estimate | None:
    """Return how many times as many experiences happened as in the period before, with the range of that ratio.

    Args:
        before: mentions in the period before (the effective count, when several channels are pooled).
        after: mentions of the same kind in the period itself.
        coverage_before: coverage of the period before; equal ones cancel.
        coverage_after: coverage of the period itself.
        log_coverage_variance: Var[ln(after / before)] of the coverage; 0 when it is the same coverage.

    Raises:
        InputError: a count is negative, a coverage not above 0 and up to 1, or the variance negative.

    Returns:
        The ratio and its range; None when either count is 0, which has no ratio or no range.

    >>> [round(end, 6) for end in change(100, 140)]
    [1.4, 1.128749, 1.736435]
    """
    if min(count("mentions before", before), count("mentions after", after)) < _NOTHING:
        return None
    ratio = (after / share("coverage after", coverage_after)) / (before / share("coverage before", coverage_before))
    return ratio_range(ratio, 1 / before + 1 / after + amount("variance of coverage", log_coverage_variance))


def overlap_variance(counts: Sequence[float], experiences: float) -> float:
    """Return what a sum of mentions over channels varies more than its Poisson noise, relative to its square.

    Channels see the same N, so their counts rise and fall together: Var[Y] = Y + sum over pairs of 2 N pi_a pi_b, which
    relative to Y^2 is 1 / Y + (1 - sum of (y_c / Y)^2) / N. This is the second term; 0 for one channel.

    Args:
        counts: mentions by channel, 0 or more.
        experiences: N behind them; with a lower bound of N the result is an upper bound.
    """
    total = sum(count("mentions", each) for each in counts)
    if amount("experiences", experiences) < _NOTHING or not total:
        return 0.0
    return (1 - sum(each**2 for each in counts) / total**2) / experiences


def is_finding(change: Estimate | None, *, before: float, after: float, min_n: float = MIN_N) -> bool:
    """Return whether a change may be told: its range excludes 1 and both periods have at least `min_n` mentions."""
    fewest = min(count("mentions before", before), count("mentions after", after))
    return change is not None and (change.low > 1 or change.high < 1) and fewest >= min_n


def recovery_ratio(
    bad: float,
    good: float,
    *,
    louder: float = 1.0,
    weight: float = 1.0,
    retold_bad: float = 0.0,
    retold_good: float = 0.0,
) -> float:
    """Return how many good experiences are told as far as one bad one: the break-even of good per bad.

    Args:
        bad: tellings or people reached per bad experience, above 0.
        good: the same per good experience, above 0.
        louder: gamma, how much larger audience or repetition is after bad than after good.
        weight: omega, effect of bad on a hearer relative to good; 1, as no premium was found.
        retold_bad: R, retellings per hearer of a bad telling, 0 or more and below 1.
        retold_good: R of a good telling.

    >>> round(recovery_ratio(57.18, 38.95), 6), round(recovery_ratio(57.18, 38.95, retold_bad=0.1, retold_good=0.05), 6)
    (1.468036, 1.549593)
    """
    for name, value in (("retold_bad", retold_bad), ("retold_good", retold_good)):
        if not probability(name, value) < 1:
            raise InputError(f"{name} is {value}, must be 0 or more and below 1; above, word of mouth never ends")
    scale = positive("louder", louder) * positive("weight", weight)
    return scale * (positive("bad", bad) / (1 - retold_bad)) / (positive("good", good) / (1 - retold_good))
