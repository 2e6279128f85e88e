"""Likelihood of an exponential Hawkes process: posts that come by themselves or because of earlier posts.

    rate(t) = mu + sum over earlier t_i of R beta exp(-beta (t - t_i))
    ln L    = sum ln rate(t_i) - mu T - R sum (1 - exp(-beta (T - t_i)))

Only the likelihood, in one pass: a check of the other estimates of R, not a default. Without links from reposts to
their parents, R is confounded with news and campaigns unless mu follows weekdays and events.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from records.errors import InputError
from transforms.bounds import count, positive

__all__ = ["hawkes_log_likelihood"]


def hawkes_log_likelihood(times: Sequence[float], *, until: float, base: float, r: float, decay: float) -> float:
    """Return ln L of the times of posts, by the recursion A_i = exp(-beta gap) (1 + A_(i-1)).

    Args:
        times: rising, 0 to `until`.
        until: T, end of the watch, same unit.
        base: mu, posts per unit that come by themselves, above 0.
        r: R, posts caused per post, 0 or more.
        decay: beta, above 0.

    Raises:
        InputError: times out of order or after `until`, or a parameter out of its range.
    """
    for time in times:
        count("time", time)
    r, decay, until = count("R", r), positive("decay", decay), count("until", until)
    if any(later < earlier for earlier, later in pairwise(times)) or max(times, default=0) > until:
        raise InputError("times must rise and end by `until`; sort them")
    positive("base", base)
    total, excited, before = -base * until, 0.0, None
    for time in times:
        excited = 0.0 if before is None else math.exp(-decay * (time - before)) * (1 + excited)
        total += math.log(base + r * decay * excited) + r * math.expm1(-decay * (until - time))
        before = time
    return total
