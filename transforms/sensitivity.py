"""Which rate or assumption moves a figure most, and does the headline survive the other sign?

    tornado      each input alone at its 5 % and at its 95 % quantile, the figure recomputed, sorted by the swing
    sign check   the headlines again under the profile satisfied_post_more; one that turns round is said to

What stands at the top of the tornado is what a team should measure first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from records.errors import InputError
from transforms.amplification import Count, heard
from transforms.pooling import pool
from transforms.rates import CHANNELS, VALENCES, Channel, Profile, Rate, Valence, load_profile
from transforms.ratios import balance, recovery_ratio, share_of

__all__ = ["FIGURES", "Bar", "Headline", "exposure_parts", "figures", "sign_check", "tornado"]

Counts = Mapping[Valence, Sequence[Count]]
FIGURES = (
    "bad_experiences", "good_experiences", "bad_exposures", "good_exposures", "good_per_bad", "break_even",
    "adjusted_positive_share", "word_of_mouth_balance",
)  # fmt: skip
_TAILS = (0.05, 0.95)
CHECK_PROFILE = "satisfied_post_more"


class Bar(NamedTuple):
    """What one input does to a figure.

    Attributes:
        name: the input in words.
        mark: how sure its value is: V, S, M, D, A; coverage is the brand's own ("own").
        low, high: the figure with the input at its 5 % and at its 95 % quantile (low may be the larger).
        swing: high / low or its inverse, whichever is 1 or more; for the share and the balance, their distance.
    """

    name: str
    mark: str
    low: float
    high: float
    swing: float


class Headline(NamedTuple):
    """One sentence that is either so or not, under the profile and under the check of the sign.

    Attributes:
        says: the sentence.
        holds: whether it holds under the profile; None when nothing was seen that could tell.
        holds_under_check: whether it holds under satisfied_post_more.
    """

    says: str
    holds: bool | None
    holds_under_check: bool | None

    @property
    def flips(self) -> bool:
        """Whether the page must say that another reading of the evidence turns this round."""
        return self.holds is not self.holds_under_check


def figures(counts: Counts, profile: Profile) -> dict[str, float | None]:
    """Return the points of `FIGURES`; None where one would divide by zero."""
    if missing := [valence for valence in VALENCES if valence not in counts]:
        raise InputError(f"counts lack {missing[0]}; give bad and good, of 0 where none was seen")
    n = {valence: pool(heard(counts[valence], profile.rates[valence])).experiences for valence in VALENCES}
    k = profile.exposures_per_experience
    reach = {valence: n[valence] * k[valence] for valence in VALENCES}
    return {
        "bad_experiences": n["bad"],
        "good_experiences": n["good"],
        "bad_exposures": reach["bad"],
        "good_exposures": reach["good"],
        "good_per_bad": n["good"] / n["bad"] if n["bad"] else None,
        "break_even": recovery_ratio(k["bad"], k["good"]) if k["bad"] and k["good"] else None,
        "adjusted_positive_share": share_of(n["good"], n["bad"]),
        "word_of_mouth_balance": balance(reach["good"], reach["bad"]),
    }


def tornado(
    counts: Counts, profile: Profile, *, figure: str, known: Mapping[Channel, tuple[float, float]] | None = None
) -> list[Bar]:
    """Return every input's effect on one figure, the largest first; inputs that do not touch it are left out.

    Args:
        counts: mentions by valence, with their coverage.
        profile: the rates.
        figure: one of `FIGURES`.
        known: by collected channel, the 5 % and 95 % quantile of its coverage; left out where it is certain.

    Raises:
        InputError: no such figure, or nothing was seen that could give it.
    """
    if figure not in FIGURES:
        raise InputError(f"figure is {figure!r}, must be one of {', '.join(FIGURES)}")
    if figures(counts, profile)[figure] is None:
        raise InputError(f"{figure} can't be told from what was seen; give counts of both kinds above 0")
    bars = [_bar(f"{valence} told: {channel}", rate.mark, figure, _rate_ends(counts, profile, valence, channel))
            for valence in VALENCES for channel, rate in profile.rates[valence].items()]  # fmt: skip
    bars += [
        _bar(
            f"audience of one telling: {channel}", rate.audience_mark, figure, _audience_ends(counts, profile, channel)
        )
        for channel, rate in profile.rates["bad"].items()
        if rate.audience_mean > 0
    ]
    bars += [
        _bar(f"coverage: {channel}", "own", figure, _coverage_ends(counts, profile, channel, ends))
        for channel, ends in (known or {}).items()
    ]
    moving = [bar for bar in bars if not math.isclose(bar.low, bar.high, rel_tol=1e-9, abs_tol=1e-12)]
    return sorted(moving, key=lambda bar: (-bar.swing, bar.name))


def sign_check(counts: Counts, profile: Profile) -> list[Headline]:
    """Return the headlines under the profile and under satisfied_post_more."""
    here, there = figures(counts, profile), figures(counts, load_profile(CHECK_PROFILE))

    def headline(says: str, holds: Callable[[dict[str, float | None]], bool | None]) -> Headline:
        return Headline(says, holds(here), holds(there))

    return [
        headline("A bad experience is heard more than a good one", lambda f: _above(f["break_even"], 1)),
        headline("More experiences were good than bad", lambda f: _above(f["good_per_bad"], 1)),
        headline("More people hear good than bad", lambda f: _above(f["word_of_mouth_balance"], 0)),
    ]


def exposure_parts(profile: Profile, valence: Valence) -> list[tuple[Channel, float, str]]:
    """Return each channel's part of the people reached, 0..1, largest first, with the mark of its audience.

    >>> [(channel, round(part, 2), mark) for channel, part, mark in exposure_parts(load_profile("dr2013"), "bad")][:2]
    [('online', 0.61, 'V'), ('review_site', 0.28, 'S')]
    """
    total = profile.exposures_per_experience[valence]
    parts = [
        (channel, rate.share_rate * rate.audience_mean / total if total else 0.0, rate.audience_mark)
        for channel, rate in profile.rates[valence].items()
    ]
    return sorted(parts, key=lambda part: -part[1])


def _above(value: float | None, limit: float) -> bool | None:
    return None if value is None else value > limit


Ends = tuple[dict[str, float | None], dict[str, float | None]]


def _bar(name: str, mark: str, figure: str, ends: Ends) -> Bar:
    low, high = (math.nan if each[figure] is None else float(each[figure] or 0) for each in ends)
    if figure in ("word_of_mouth_balance", "adjusted_positive_share") or min(low, high) <= 0:
        return Bar(name, mark, low, high, abs(high - low))
    return Bar(name, mark, low, high, max(low, high) / min(low, high))


def _rate_ends(counts: Counts, profile: Profile, valence: Valence, channel: Channel) -> Ends:
    from scipy.stats import beta

    rate = profile.rates[valence][channel]
    low, high = (
        figures(counts, _with(profile, (valence,), channel, share_rate=float(beta.ppf(tail, rate.alpha, rate.beta))))
        for tail in _TAILS
    )
    return low, high


def _audience_ends(counts: Counts, profile: Profile, channel: Channel) -> Ends:
    from scipy.stats import gamma

    rate = profile.rates["bad"][channel]
    low, high = (float(gamma.ppf(tail, rate.audience_shape, scale=1 / rate.audience_shape)) for tail in _TAILS)
    mean = rate.audience_mean  # both valences share the audience
    return (
        figures(counts, _with(profile, VALENCES, channel, audience_mean=mean * low)),
        figures(counts, _with(profile, VALENCES, channel, audience_mean=mean * high)),
    )


def _coverage_ends(counts: Counts, profile: Profile, channel: Channel, ends: tuple[float, float]) -> Ends:
    def at(coverage: float) -> dict[str, float | None]:
        moved = {
            valence: [
                each._replace(coverage=replace(each.coverage, mode=coverage)) if each.channel == channel else each
                for each in counts[valence]
            ]
            for valence in VALENCES
        }
        return figures(moved, profile)

    return at(ends[0]), at(ends[1])


def _with(profile: Profile, valences: Sequence[Valence], channel: Channel, **changed: float) -> Profile:
    def moved(rates: Mapping[Channel, Rate]) -> dict[Channel, Rate]:
        return {name: replace(rates[name], **changed) if name == channel else rates[name] for name in CHANNELS}  # type: ignore[arg-type]

    return replace(
        profile,
        rates={valence: moved(rates) if valence in valences else rates for valence, rates in profile.rates.items()},
    )
