"""Profiles side by side, and what a reader should know before using one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from records.errors import InputError
from transforms.linked import speaking_share
from transforms.rates import CHANNELS, VALENCES, Profile
from transforms.recovery import recovery_range

__all__ = ["Compared", "compare", "notes"]

_WEAK = {"M": "stands from memory", "A": "is assumed"}
_LITTLE_EVIDENCE = 30.0  # answers, after the discount


class Compared(NamedTuple):
    """One figure of several profiles, in the order in which they were given."""

    figure: str
    values: tuple[float, ...]


def compare(profiles: Sequence[Profile]) -> list[Compared]:
    """Return rates, reach per experience and break-even of several profiles."""
    found = [
        Compared(f"{valence} told: {channel}", tuple(each.rates[valence][channel].share_rate for each in profiles))
        for valence in VALENCES
        for channel in CHANNELS
    ]
    for valence in VALENCES:
        found.append(
            Compared(f"{valence}: channels told", tuple(each.tellings_per_experience[valence] for each in profiles))
        )
        found.append(
            Compared(f"{valence}: people reached", tuple(each.exposures_per_experience[valence] for each in profiles))
        )
    ranges = [recovery_range(each) for each in profiles]
    found.append(Compared("break-even, good per bad", tuple(each.point for each in ranges)))
    found.append(Compared("break-even, low", tuple(each.low for each in ranges)))
    found.append(Compared("break-even, high", tuple(each.high for each in ranges)))
    return found


def notes(profile: Profile) -> list[str]:
    """Return what is weak in a profile that can be used: assumed numbers, little evidence, rates that don't fit.

    Errors are raised when the profile is read; these are for the reader to judge.
    """
    found = []
    for valence in VALENCES:
        for channel, rate in profile.rates[valence].items():
            if rate.mark in _WEAK:
                found.append(f"{valence}.{channel} {_WEAK[rate.mark]} ({rate.source})")
            if rate.alpha + rate.beta - 1 < _LITTLE_EVIDENCE:
                found.append(
                    f"{valence}.{channel} rests on {rate.alpha + rate.beta - 1:.0f} answers after the discount"
                )
        try:
            speaking_share([rate.share_rate for rate in profile.rates[valence].values()], profile.anyone[valence])
        except InputError as error:
            found.append(f"anyone.{valence} does not fit the channels: {error}")
    found += [
        f"audience.{channel} {_WEAK[rate.audience_mark]} ({rate.audience_source})"
        for channel, rate in profile.rates["bad"].items()
        if rate.audience_mark in _WEAK
    ]
    return found
