"""The rate book: named, dated profiles of how often people tell others, each number with its source.

A profile says, for a bad and for a good experience, which share of people tell it on each of five channels and how many
hear one telling. Evidence from another brand, country and year is worth less than its sample size: a rate s from n
answers becomes Beta(s n' + 1/2, (1 - s) n' + 1/2) with n' = transfer_discount x n.

This module reads and checks profiles; it estimates nothing (see `transforms.amplification`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from records.errors import ConfigError

__all__ = [
    "CHANNELS",
    "VALENCES",
    "Channel",
    "Profile",
    "ProfileRow",
    "Rate",
    "Valence",
    "load_profile",
    "parse_profile",
    "profile_names",
    "profile_rows",
]

Channel = Literal["friends", "coworkers", "online", "company", "review_site"]
Valence = Literal["bad", "good"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
VALENCES: tuple[Valence, ...] = get_args(Valence)

_FOLDER = Path(__file__).parent / "share_rates"
_MARKS = {"V": "read", "S": "reported", "M": "from memory", "D": "derived", "A": "assumed"}
_MOST_PEOPLE, _LEAST_SHAPE = 1e10, 0.01  # more people than there are; a spread of ten times the mean
_MOST_ANSWERS = 2_000_000_000
_WORDS = {float: "number", int: "whole number", str: "text", dict: "table", list: "list", date: "date"}
_TOP = {
    "name": str, "title": str, "date": date, "population": str, "source": str, "caveats": list,
    "transfer_discount": float, "transfer_discount_mark": str,
    "anyone": dict, "bad": dict, "good": dict, "audience": dict,
}  # fmt: skip
_RATE = {"rate": float, "n": int, "source": str, "wording": str, "mark": str}
_AUDIENCE = {"mean": float, "shape": float, "source": str, "mark": str}


@dataclass(frozen=True, slots=True)
class Rate:
    """How often one kind of experience is told on one channel, and how many hear a telling.

    Attributes:
        share_rate: people who tell it there, as a share of those who had the experience, above 0 and up to 1.
        sample_size: answers behind the rate.
        alpha, beta: the rate as Beta(alpha, beta); alpha above 2.
        audience_mean: people who hear one telling, 0 or more; Gamma with `audience_shape`.
        source, wording, mark: where the rate comes from, what was asked, how sure it is (V, S, M, D or A).
    """

    share_rate: float
    sample_size: int
    alpha: float
    beta: float
    audience_mean: float
    audience_shape: float
    source: str
    wording: str
    mark: str
    audience_source: str
    audience_mark: str

    @property
    def mean(self) -> float:
        """E[s], close to but not the published rate."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def inverse_mean(self) -> float:
        """E[1/s] (e1)."""
        return (self.alpha + self.beta - 1) / (self.alpha - 1)

    @property
    def inverse_square_mean(self) -> float:
        """E[1/s^2] (e2)."""
        return self.inverse_mean * (self.alpha + self.beta - 2) / (self.alpha - 2)

    @property
    def relative_variance(self) -> float:
        """Var[s] / E[s]^2."""
        return self.beta / (self.alpha * (self.alpha + self.beta + 1))


@dataclass(frozen=True)
class Profile:
    """One entry of the rate book; `rates[valence][channel]`, complete over both valences and all five channels.

    Attributes:
        anyone: share of people who told anyone at all, by valence, 0..1.
        transfer_discount: share of the source's evidence that carries over, above 0 and up to 1.
    """

    name: str
    title: str
    date: date
    population: str
    source: str
    caveats: tuple[str, ...]
    transfer_discount: float
    anyone: Mapping[Valence, float]
    rates: Mapping[Valence, Mapping[Channel, Rate]]

    @cached_property
    def tellings_per_experience(self) -> Mapping[Valence, float]:
        """Channels on which one experience is told, the company included; 0..5."""
        return {valence: sum(rate.share_rate for rate in self.rates[valence].values()) for valence in VALENCES}

    @cached_property
    def exposures_per_experience(self) -> Mapping[Valence, float]:
        """K: people reached first-hand per experience (they may repeat)."""
        return {
            valence: sum(rate.share_rate * rate.audience_mean for rate in self.rates[valence].values())
            for valence in VALENCES
        }


class ProfileRow(NamedTuple):
    """One row of raw.rate_profile; fields in the order of its columns."""

    profile: str
    profile_date: date
    valence: str
    channel: str
    share_rate: float
    sample_size: int
    transfer_discount: float
    rate_alpha: float
    rate_beta: float
    audience_mean: float
    audience_shape: float
    source: str
    mark: str
    audience_mark: str
    is_current: bool


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that come with Grapevine, sorted; the default is dr2013."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml") if not path.stem.startswith("_")))


def load_profile(name: str) -> Profile:
    """Return a profile by its name in the rate book, or by the path of a TOML file.

    Raises:
        ConfigError: no such profile, or it holds a number that can't be used.
    """
    if not isinstance(name, str):
        raise ConfigError(f"profile is {name!r}, must be a name; choose {', '.join(profile_names())}")
    return _load_profile(name)


@cache
def _load_profile(name: str) -> Profile:
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    if not name.endswith(".toml") and name not in profile_names():
        raise ConfigError(f"profile is {name!r}, which is not in the rate book; choose {', '.join(profile_names())}")
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"profile file {name!r} can't be read ({error}); correct the path") from error
    return parse_profile(text, where=path.name)


def profile_rows(name: str, *, is_current: bool = True) -> list[ProfileRow]:
    """Return the ten rows (two valences, five channels) of a profile for raw.rate_profile."""
    profile = load_profile(name)
    return [
        ProfileRow(
            profile.name,
            profile.date,
            valence,
            channel,
            rate.share_rate,
            rate.sample_size,
            profile.transfer_discount,
            rate.alpha,
            rate.beta,
            rate.audience_mean,
            rate.audience_shape,
            f"{profile.source}; {rate.source}",
            rate.mark,
            rate.audience_mark,
            is_current,
        )
        for valence in VALENCES
        for channel, rate in profile.rates[valence].items()
    ]


def parse_profile(text: str, *, where: str) -> Profile:
    """Read a profile from TOML and check every number in it.

    Args:
        text: the file's text.
        where: what messages call it.

    Raises:
        ConfigError: not TOML; a key missing, unknown or of another type; a channel missing; a rate outside its range;
            too little evidence for a range.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{where} is not TOML: {error}; correct that line") from error
    _check_keys(raw, _TOP, where)
    if not raw["name"].strip():
        raise ConfigError(f"{where}: name is {raw['name']!r}, must be a text that is not empty")
    if wrong := [each for each in raw["caveats"] if not isinstance(each, str)]:
        raise ConfigError(f"{where}: caveats hold {wrong[0]!r}, must be texts")
    discount = float(raw["transfer_discount"])
    if not 0 < discount <= 1:
        raise ConfigError(f"{where}: transfer_discount is {discount}, must be above 0 and at most 1")
    _check_mark(raw["transfer_discount_mark"], f"{where}: transfer_discount_mark")
    _check_names(raw["anyone"], VALENCES, f"{where}: [anyone]")
    _check_names(raw["audience"], CHANNELS, f"{where}: [audience]")
    anyone = {valence: _share(raw["anyone"][valence], f"{where}: [anyone.{valence}]") for valence in VALENCES}
    rates: dict[Valence, dict[Channel, Rate]] = {}
    for valence in VALENCES:
        _check_names(raw[valence], CHANNELS, f"{where}: [{valence}]")
        rates[valence] = {
            channel: _rate(raw[valence][channel], raw["audience"][channel], discount, where, f"{valence}.{channel}")
            for channel in CHANNELS
        }
        _check_anyone(anyone[valence], rates[valence], f"{where}: [anyone.{valence}]")
    return Profile(
        name=raw["name"], title=raw["title"], date=raw["date"], population=raw["population"], source=raw["source"],
        caveats=tuple(raw["caveats"]), transfer_discount=discount, anyone=anyone, rates=rates,
    )  # fmt: skip


def _rate(raw: Any, audience: Any, discount: float, where: str, key: str) -> Rate:
    share = _share(raw, f"{where}: [{key}]")
    channel = key.partition(".")[2]
    _check_keys(audience, _AUDIENCE, f"{where}: [audience.{channel}]")
    _check_mark(audience["mark"], f"{where}: [audience.{channel}] mark")
    for name, lowest_allowed in (("mean", True), ("shape", False)):
        value, least = audience[name], 0.0 if lowest_allowed else _LEAST_SHAPE
        if not least <= value <= _MOST_PEOPLE:
            raise ConfigError(
                f"{where}: [audience.{channel}] {name} is {value}, must be from {least:g} to {_MOST_PEOPLE:g}"
            )
    evidence = discount * raw["n"]
    alpha, beta = share * evidence + 0.5, (1 - share) * evidence + 0.5
    if alpha <= 2:
        raise ConfigError(
            f"{where}: [{key}] rests on too little for a range: rate {share} x n {raw['n']} x transfer_discount "
            f"{discount} is {share * evidence:.2f}, must be above 1.5; give a larger sample or a higher rate"
        )
    return Rate(
        share_rate=share, sample_size=raw["n"], alpha=alpha, beta=beta,
        audience_mean=float(audience["mean"]), audience_shape=float(audience["shape"]),
        source=raw["source"], wording=raw["wording"], mark=raw["mark"],
        audience_source=audience["source"], audience_mark=audience["mark"],
    )  # fmt: skip


def _share(raw: Any, where: str) -> float:
    _check_keys(raw, _RATE, where)
    _check_mark(raw["mark"], f"{where} mark")
    if not 0 < raw["rate"] <= 1:
        raise ConfigError(f"{where} rate is {raw['rate']}, must be above 0 and at most 1")
    if not 1 <= raw["n"] <= _MOST_ANSWERS:
        raise ConfigError(f"{where} n is {raw['n']}, must be from 1 to {_MOST_ANSWERS}")
    return float(raw["rate"])


def _check_anyone(anyone: float, rates: Mapping[Channel, Rate], where: str) -> None:
    highest = max(rate.share_rate for rate in rates.values())
    if anyone < highest:
        raise ConfigError(
            f"{where} rate is {anyone}, below a channel's rate {highest}; who tells there has told someone"
        )


def _check_names(raw: Any, names: tuple[str, ...], where: str) -> None:
    _check_keys(raw, dict.fromkeys(names, dict), where)


def _check_keys(raw: Any, types: Mapping[str, type], where: str) -> None:
    if not isinstance(raw, dict):
        raise ConfigError(f"{where} is {raw!r}, must be a table")
    if missing := [key for key in types if key not in raw]:
        raise ConfigError(f"{where} lacks {', '.join(missing)}; add it")
    if unknown := sorted(set(raw) - set(types)):
        raise ConfigError(f"{where} has the unknown key {unknown[0]!r}; it may hold {', '.join(types)}")
    for key, wanted in types.items():
        allowed = (int, float) if wanted is float else wanted
        if not isinstance(raw[key], allowed) or isinstance(raw[key], (bool, datetime)):
            raise ConfigError(f"{where} {key} is {raw[key]!r}, must be a {_WORDS[wanted]}")


def _check_mark(mark: str, where: str) -> None:
    if mark not in _MARKS:
        said = ", ".join(f"{key} ({meaning})" for key, meaning in _MARKS.items())
        raise ConfigError(f"{where} is {mark!r}, must be one of {said}")
