"""Who posts a rating: the propensity of each number of stars, where a solicited sample shows what people really think.

    rho_k = c r_k / g_k,   c such that sum over good of rho_k g_k / sum over good of g_k = s_good

g_k is the share of k stars among asked people (random sample), r_k among posted ratings. Weight each posted rating
1 / rho_k. Without g_k the propensity of single stars is not identified: keep one rate per valence.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from records.errors import InputError
from transforms.bounds import positive, probability, share

__all__ = ["mean_propensity", "star_propensity"]


def star_propensity(
    asked: Sequence[float], posted: Sequence[float], *, good: Sequence[int], rate: float
) -> list[float]:
    """Return the chance that an experience of each rating is posted.

    Args:
        asked: share of each rating among asked people, above 0, adding up to 1, lowest rating first.
        posted: share of each among posted ratings, 0..1, adding up to 1.
        good: positions (from 0) of the ratings that count as good.
        rate: share of good experiences that is posted, above 0 and at most 1.

    Raises:
        InputError: shares that don't add up to 1, lengths that differ, or a propensity above 1 (the rate is too high).

    >>> rho = star_propensity([.05, .07, .13, .35, .40], [.18, .06, .06, .15, .55], good=(3, 4), rate=.23)
    >>> [round(each, 6) for each in rho]
    [0.887143, 0.211224, 0.113736, 0.105612, 0.338839]
    """
    if len(asked) != len(posted) or not good:
        raise InputError(
            f"asked has {len(asked)} ratings and posted {len(posted)}; give the same ones, some of them good"
        )
    for name, shares in (("asked", asked), ("posted", posted)):
        if not math.isclose(math.fsum(probability(f"{name} share", each) for each in shares), 1, abs_tol=1e-6):
            raise InputError(f"{name} shares add up to {math.fsum(shares)}, must be 1")
    relative = [post / positive("asked share", ask) for ask, post in zip(asked, posted, strict=True)]
    anchor = mean_propensity(relative, asked, good)
    found = [each * share("rate", rate) / positive("posted share of good ratings", anchor) for each in relative]
    if max(found) > 1:
        raise InputError(f"the rate {rate} would have more than all of one rating posted ({max(found):.2f}); lower it")
    return found


def mean_propensity(propensity: Sequence[float], asked: Sequence[float], which: Sequence[int]) -> float:
    """Return the propensity of several ratings together, weighted by how many people hold them."""
    return math.fsum(propensity[k] * asked[k] for k in which) / math.fsum(asked[k] for k in which)
