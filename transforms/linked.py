"""When posters are known across channels: distinct people, the group that never speaks, and rates from overlaps.

    people D seen at least once        N = D / P,  P = 1 - prod(1 - pi_c)
    with a silent group (share tau speaks, channels independent among those)
                                       P = tau (1 - prod(1 - pi_c / tau))
                                       tau solves tau (1 - prod(1 - s_c / tau)) = P(anyone)
    two lists n1, n2 with m in both    N = (n1 + 1)(n2 + 1) / (m + 1) - 1     (Chapman);   pi_2 = m / n1

The survey's channels are not independent: told-anyone is .95 where independence would give .983. The silent group mends
that. Lists of people who tend to speak on both channels give too small an N: under the silent group exactly N tau. The
real use of two lists is m / n1: a capture rate that needs no survey.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from records.errors import InputError
from transforms.bounds import amount, count, probability, share, whole_count
from transforms.pooling import Heard, channel_weight
from transforms.ranges import Moments

__all__ = ["capture_rate", "chapman", "linked_experiences", "linked_moments", "seen_probability", "speaking_share"]

_BISECTIONS = 200


def seen_probability(pis: Sequence[float], *, speaking: float = 1.0) -> float:
    """Return the chance that an experience shows on at least one channel; falls as `speaking` falls.

    Args:
        pis: capture probabilities of the channels, each above 0 and at most `speaking`.
        speaking: tau, share of people who ever speak; 1 when channels are independent.

    >>> round(seen_probability([0.43, 0.35]), 6), round(seen_probability([0.43, 0.35], speaking=0.961542), 6)
    (0.6295, 0.623481)
    """
    if not pis:
        raise InputError("linked channels are empty; name at least one")
    tau = share("speaking share", speaking)
    for pi in pis:
        if not 0 < share("pi", pi) <= tau:
            raise InputError(f"pi is {pi}, must be above 0 and at most the speaking share {tau}")
    return tau * (1 - math.prod(1 - pi / tau for pi in pis))


def linked_experiences(people: float, pis: Sequence[float], *, speaking: float = 1.0) -> Moments:
    """Return N = D / P and its variance D (1 - P) / P^2 from the distinct people seen on any of the channels."""
    seen = seen_probability(pis, speaking=speaking)
    return Moments(count("people", people) / seen, people * (1 - seen) / seen**2)


def linked_moments(people: float, channels: Sequence[Heard]) -> Moments:
    """Return mean and variance of N = D / P when rates and coverage are uncertain.

    P is as uncertain as its parts, each by (1 - P) pi_c / ((1 - pi_c) P): with v the relative variance of P,
    mean N (1 + v), variance N (1 - P) / P + N^2 v, as for pooled channels.

    Args:
        people: D, distinct people seen on any of the channels.
        channels: their capture probabilities with the relative variances of rate and coverage.
    """
    seen = seen_probability([each.pi for each in channels])
    n = count("people", people) / seen
    rates = math.fsum(
        channel_weight(each.pi) ** 2
        * (amount("rate variance", each.rate_variance) + amount("variance of coverage", each.log_coverage_variance))
        for each in channels
    )
    spread = ((1 - seen) / seen) ** 2 * rates
    return Moments(n * (1 + spread), n * (1 - seen) / seen + n * n * spread)


def speaking_share(rates: Sequence[float], anyone: float) -> float:
    """Return tau, the share of people who ever speak, that makes the channels' rates fit the told-anyone rate.

    Args:
        rates: share rates of the channels.
        anyone: share that told anyone, at least the largest rate and at most what independent channels give.

    Returns:
        tau, from max(rates) to 1.

    Raises:
        InputError: no tau can do it.

    >>> round(speaking_share([0.81, 0.57, 0.45, 0.43, 0.35], 0.95), 6)
    0.961542
    """
    lowest = max(share("rate", rate) for rate in rates)
    independent = 1 - math.prod(1 - rate for rate in rates)
    if not lowest <= probability("told anyone", anyone) <= independent + 1e-12:
        raise InputError(
            f"told anyone is {anyone}, must be from the largest channel rate {lowest} to {independent:.6f}, "
            "what independent channels give; check the rates"
        )
    low, high = lowest, 1.0
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        if seen_probability(rates, speaking=middle) < anyone:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def chapman(first: int, second: int, both: int) -> Moments:
    """Return N from two lists of distinct people and their overlap, with its variance.

    Args:
        first: people on the first list.
        second: people on the second.
        both: people on both, at most the shorter list.

    >>> [round(moment, 6) for moment in chapman(43, 35, 15)]
    [98.0, 203.823529]
    """
    _check_lists(first, second, both)
    n = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    return Moments(n, variance)


def capture_rate(first: int, both: int) -> Moments | None:
    """Return the second list's capture rate among the people of the first, m / n1, and its variance; None without any.

    The first list must be a fair sample of all who had the experience (a customer list, not another complaint channel).
    """
    _check_lists(first, both, both)
    if first == 0:
        return None
    rate = both / first
    return Moments(rate, rate * (1 - rate) / first)


def _check_lists(first: int, second: int, both: int) -> None:
    for name, value in (("first list", first), ("second list", second), ("overlap", both)):
        whole_count(name, value)
    if both > min(first, second):
        raise InputError(f"the overlap is {both}, above the shorter list ({min(first, second)}); count people once")
