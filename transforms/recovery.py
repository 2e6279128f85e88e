"""What a good deed can mend: the break-even on every published basis, and the swing of one recovered case.

    rho   = gamma omega (K_bad / (1 - R_bad)) / (K_good / (1 - R_good))       break-even, good per bad
    swing = (1 - F) K_bad + theta K_good                                      people, per recovered case
    mean repeats, geometric with P(more than n) = p:  1 / (1 - p^(1/n))

| symbol | meaning | unit | range |
|---|---|---|---|
| K | people reached (or channels told) per experience | people | above 0 |
| F | share of the bad tellings already made when the case is recovered | share | 0..1 |
| theta | share of a good experience's telling that a recovered customer gives | share | 0 (silence) .. 1 |

"Twice as hard" is tested here, not assumed: the share rates alone give 1.32, reach 1.47; only counting how often people
tell brings it near 2. There is no recovery paradox for word of mouth, so theta is never above 1.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from records.errors import InputError
from transforms.bounds import count, positive, probability
from transforms.ranges import Estimate, ratio_range
from transforms.rates import Channel, Profile
from transforms.ratios import recovery_ratio

__all__ = [
    "Basis",
    "asymmetry_for",
    "evidence",
    "mean_repeats",
    "recoverable_ceiling",
    "recovery_bases",
    "recovery_range",
    "recovery_swing",
]

_FILE = Path(__file__).parent / "share_rates" / "_evidence.toml"
_IN_PERSON: tuple[Channel, ...] = ("friends", "coworkers")


class Basis(NamedTuple):
    """One way to say how many good experiences weigh as much as a bad one."""

    name: str
    ratio: float
    says: str


@cache
def evidence() -> dict[str, Any]:
    """Return the published figures of share_rates/_evidence.toml."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def mean_repeats(share: float, *, more_than: int) -> float:
    """Return the mean times told when `share` of tellers tell more than that many times (geometric from 1).

    >>> round(mean_repeats(0.54, more_than=5), 6), round(mean_repeats(0.33, more_than=5), 6)
    (8.624698, 5.028401)
    """
    if not probability("share that told more often", share) < 1:
        raise InputError(f"share that told more often is {share}, must be 0 or more and below 1")
    times = positive("times", more_than)
    if times > 1e6:
        raise InputError(f"times is {times}, must be at most 1e6; nobody was asked so far")
    return -1 / math.expm1(math.log(share) / times) if share else 1.0


def recovery_bases(profile: Profile) -> list[Basis]:
    """Return the break-even on every basis that is published, so that "twice as hard" is seen for what it is."""
    book, told = evidence(), {entry["name"]: entry for entry in evidence()["told"]}
    tellings, exposures = profile.tellings_per_experience, profile.exposures_per_experience
    channels = recovery_ratio(tellings["bad"], tellings["good"])
    reach = recovery_ratio(exposures["bad"], exposures["good"])
    often_bad, often_good = (_times_told(book["repeats"][valence]) for valence in ("bad", "good"))
    louder = (often_bad / tellings["bad"]) / (often_good / tellings["good"])
    amex, later = told["amex2012"], told["amex2017"]
    amex_ratio = amex["anyone_bad"] * amex["bad"] / (amex["anyone_good"] * amex["good"])
    trust = _trusted(profile, "bad") / _trusted(profile, "good")
    return [
        Basis("anyone", profile.anyone["bad"] / profile.anyone["good"], "told anyone at all"),
        Basis("channels", channels, "channels told"),
        Basis("reach", reach, "people reached, equal audiences for both"),
        Basis("trust", trust, "people reached, weighted by trust (Nielsen 2015)"),
        Basis("amex2017", channels * later["bad"] / later["good"], "channels x people told (AmEx 2017)"),
        Basis("repeats", often_bad / often_good, "times told, from the same survey"),
        Basis("amex2012", amex_ratio, "people told (AmEx 2012)"),
        Basis("reach_repeats", reach * louder, "people reached x times told per channel"),
        Basis("amex2012_channels", channels * amex["bad"] / amex["good"], "channels x people told (AmEx 2012)"),
    ]


def recovery_range(profile: Profile) -> Estimate:
    """Return the break-even on people reached with its 90 % range, in closed form.

    Audiences are common to both valences and cancel as far as both are reached through the same channels:
    Var[ln rho] = sum over channels of share_bad^2 v_bad + share_good^2 v_good + (share_bad - share_good)^2 / shape,
    where share is the channel's part of K and v the relative variance of its rate.
    """
    k = profile.exposures_per_experience
    variance = 0.0
    for name, bad in profile.rates["bad"].items():
        good = profile.rates["good"][name]
        part_bad = bad.share_rate * bad.audience_mean / k["bad"]
        part_good = good.share_rate * good.audience_mean / k["good"]
        variance += part_bad**2 * bad.relative_variance + part_good**2 * good.relative_variance
        variance += (part_bad - part_good) ** 2 / bad.audience_shape
    return ratio_range(recovery_ratio(k["bad"], k["good"]), variance)


def asymmetry_for(target: float, ratio: float) -> float:
    """Return gamma x omega, the extra weight of bad, that a break-even of `target` needs beyond `ratio`."""
    return positive("target", target) / positive("ratio", ratio)


def recovery_swing(reach_bad: float, reach_good: float, *, already_told: float, theta: float = 1.0) -> float:
    """Return the swing in people reached per recovered case: bad telling avoided plus good telling gained.

    Args:
        reach_bad: K of a bad experience.
        reach_good: K of a good one.
        already_told: F, share of the bad tellings made by then (`transforms.spread.told_by`), 0..1.
        theta: share of a good experience's telling gained, 0..1.

    >>> round(recovery_swing(57.18, 38.95, already_told=0.5), 6)
    67.54
    """
    bad = (1 - probability("share already told", already_told)) * count("reach of a bad one", reach_bad)
    return bad + probability("theta", theta) * count("reach of a good one", reach_good)


def recoverable_ceiling(pis: Sequence[float]) -> float:
    """Return the share of bad experiences that can be seen at all, so recovered: 1 - prod(1 - kappa_c s_c)."""
    return 1 - math.prod(1 - probability("pi", pi) for pi in pis)


def _times_told(repeats: dict[str, float]) -> float:
    return repeats["anyone"] * mean_repeats(repeats["share"], more_than=int(repeats["more_than"]))


def _trusted(profile: Profile, valence: str) -> float:
    trust = evidence()["trust"]
    rates = profile.rates["bad" if valence == "bad" else "good"]
    return math.fsum(
        rate.share_rate * rate.audience_mean * trust["in_person" if name in _IN_PERSON else "online"]
        for name, rate in rates.items()
    )
