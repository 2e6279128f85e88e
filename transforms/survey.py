"""The brand's own evidence: a five-question survey, or a linked list, updates the rates of a profile.

    s ~ Beta(alpha, beta)  ->  Beta(alpha + told, beta + not told)     the profile counts n x transfer_discount answers
    linked list: of n1 customers known to have had the experience, m were seen on the channel whose coverage is kappa
    s ~ Beta(alpha + m, beta + n1 kappa - m)                             thinned trials

The survey asks, of somebody who had a bad (or a good) experience, how many people they told: friends or family,
coworkers, online, the company, a review site. 0 is "nobody", an empty cell is "no answer". One row a person:

    experience,friends,coworkers,online,company,review_site
    bad,3,0,120,1,0

The result is a profile like any other (`profile_toml`), with a transfer discount of 1: what was believed before has
been discounted already, and the new evidence is the brand's own.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from records.errors import InputError
from transforms.bounds import share, whole_count
from transforms.rates import CHANNELS, VALENCES, Channel, Profile, Rate, Valence

__all__ = ["TEMPLATE", "calibrate", "calibrate_by_list", "profile_toml", "read_survey", "update_from_list"]

TEMPLATE = "experience,friends,coworkers,online,company,review_site\nbad,3,0,120,1,0\ngood,2,1,0,0,1\n"
_MOST_PEOPLE = 1e10  # more than there are
_PRIOR_TELLERS = 5.0  # tellers that the profile's mean audience counts for
Answers = Mapping[Valence, Mapping[Channel, list[float]]]


def read_survey(text: str) -> dict[Valence, dict[Channel, list[float]]]:
    """Return, by valence and channel, how many people each person told; empty cells are left out.

    Raises:
        InputError: a column is missing or unknown, or a cell is no number of 0 or more; the message names the line.
    """
    text = text.removeprefix("\ufeff")  # spreadsheets write it
    separator = ";" if ";" in text.partition("\n")[0] else ","
    rows = csv.DictReader(io.StringIO(text), delimiter=separator)
    wanted = {"experience", *CHANNELS}
    if set(rows.fieldnames or ()) != wanted:
        raise InputError(
            f"the survey's columns are {', '.join(rows.fieldnames or ('none',))}; must be {TEMPLATE.splitlines()[0]}"
        )
    answers: dict[Valence, dict[Channel, list[float]]] = {v: {c: [] for c in CHANNELS} for v in VALENCES}
    for row in rows:
        valence = next((each for each in VALENCES if each == (row["experience"] or "").strip().lower()), None)
        if valence is None:
            raise InputError(f"survey line {rows.line_num}: experience is {row['experience']!r}, must be bad or good")
        if None in row:
            raise InputError(f"survey line {rows.line_num} has more cells than columns; write 1.5 for one and a half")
        for channel in CHANNELS:
            cell = (row[channel] or "").strip()
            if cell:
                answers[valence][channel].append(_people(cell, f"survey line {rows.line_num}: {channel}"))
    return answers


def calibrate(profile: Profile, answers: Answers, *, name: str, on: date) -> Profile:
    """Return the profile with what the survey says, rates by Beta updating and audiences by credibility.

    Args:
        profile: what was believed before; its rates keep their discounted weight.
        answers: as `read_survey` gives them.
        name: of the new profile.
        on: its date.

    Raises:
        InputError: nobody answered at all.
    """
    asked = {v: max(len(answers[v][c]) for c in CHANNELS) for v in VALENCES}
    if not any(asked.values()):
        raise InputError("the survey holds no answer; fill in at least one row of the template")
    tellers = {c: [p for v in VALENCES for p in answers[v][c] if p > 0] for c in CHANNELS}
    rates: dict[Valence, dict[Channel, Rate]] = {v: {} for v in VALENCES}
    for valence in VALENCES:
        for channel, before in profile.rates[valence].items():
            people = answers[valence][channel]
            told = sum(1 for each in people if each > 0)
            rates[valence][channel] = _audience(
                _updated(before, told, len(people) - told, f"own survey, {on}"), tellers[channel]
            )
    return _made(profile, rates, name, on, f"a survey of {sum(asked.values())}", "own survey")


def calibrate_by_list(
    profile: Profile,
    valence: Valence,
    channel: Channel,
    *,
    customers: int,
    seen: int,
    coverage: float = 1.0,
    name: str,
    on: date,
) -> Profile:
    """Return the profile with one rate updated from a linked list; see `update_from_list`.

    Args:
        profile: what was believed before; its rates keep their discounted weight.
        valence: what the customers had.
        channel: where they were looked for.
        customers: on the list.
        seen: of them, on the channel.
        coverage: of the channel.
        name: of the new profile.
        on: its date.
    """
    rates = {v: {c: _updated(rate, 0, 0, "") for c, rate in profile.rates[v].items()} for v in VALENCES}
    rates[valence][channel] = update_from_list(
        profile.rates[valence][channel], customers=customers, seen=seen, coverage=coverage
    )
    return _made(profile, rates, name, on, f"a list of {customers} customers", "linked list")


def update_from_list(rate: Rate, *, customers: int, seen: int, coverage: float = 1.0) -> Rate:
    """Return a rate updated from a list of customers known to have had the experience (person_key links the lists).

    Args:
        rate: what was believed before.
        customers: n1, people on the list, whole, 0 or more. They must be a fair sample, not another complaint channel.
        seen: m, those of them found on the channel.
        coverage: kappa of the channel, above 0 and at most 1.

    Raises:
        InputError: more were seen than the coverage allows.
    """
    trials = whole_count("customers", customers) * share("coverage", coverage)
    if whole_count("seen", seen) > trials:
        raise InputError(
            f"{seen} of {customers} customers were seen, more than coverage {coverage} allows; raise the coverage"
        )
    return _updated(rate, seen, trials - seen, "linked list")


def profile_toml(profile: Profile) -> str:
    """Return a profile as TOML that `transforms.rates.parse_profile` reads back."""
    lines = [
        f"name = {_quoted(profile.name)}", f"title = {_quoted(profile.title)}", f"date = {profile.date.isoformat()}",
        f"population = {_quoted(profile.population)}", f"source = {_quoted(profile.source)}",
        f"caveats = [{', '.join(_quoted(each) for each in profile.caveats)}]",
        f"transfer_discount = {profile.transfer_discount}", 'transfer_discount_mark = "D"',
    ]  # fmt: skip
    for valence in VALENCES:
        n = max(rate.sample_size for rate in profile.rates[valence].values())
        lines += _table(
            f"anyone.{valence}",
            rate=profile.anyone[valence],
            n=n,
            source=profile.source,
            wording="told anyone",
            mark="D",
        )
        for channel, rate in profile.rates[valence].items():
            lines += _table(
                f"{valence}.{channel}",
                rate=rate.share_rate,
                n=rate.sample_size,
                source=rate.source,
                wording=rate.wording,
                mark=rate.mark,
            )
    for channel, rate in profile.rates["bad"].items():
        lines += _table(
            f"audience.{channel}",
            mean=rate.audience_mean,
            shape=rate.audience_shape,
            source=rate.audience_source,
            mark=rate.audience_mark,
        )
    return "\n".join(lines) + "\n"


def _made(
    profile: Profile, rates: dict[Valence, dict[Channel, Rate]], name: str, on: date, title: str, source: str
) -> Profile:
    if not name.strip():
        raise InputError(f"the new profile's name is {name!r}; give it one")
    anyone = {v: max(profile.anyone[v], *(rate.share_rate for rate in rates[v].values())) for v in VALENCES}
    return replace(
        profile, name=name, title=f"{profile.title}, updated by {title}", date=on,
        source=f"{source} on top of {profile.name}", transfer_discount=1.0, rates=rates, anyone=anyone,
    )  # fmt: skip


def _updated(before: Rate, told: float, silent: float, source: str) -> Rate:
    alpha, beta = before.alpha + told, before.beta + silent
    evidence = alpha + beta - 1  # already discounted: also a rate without new answers counts this much from now on
    is_new = told + silent > 0
    return replace(
        before, share_rate=(alpha - 0.5) / evidence, sample_size=round(evidence), alpha=alpha, beta=beta,
        source=f"{source} on top of: {before.source}" if is_new else before.source, mark="D" if is_new else before.mark,
    )  # fmt: skip


def _audience(rate: Rate, people: list[float]) -> Rate:
    if not people or rate.audience_mean == 0:
        return rate
    mean = (_PRIOR_TELLERS * rate.audience_mean + math.fsum(people)) / (_PRIOR_TELLERS + len(people))
    return replace(
        rate, audience_mean=mean, audience_shape=rate.audience_shape + len(people),
        audience_source=f"own survey on top of: {rate.audience_source}", audience_mark="D",
    )  # fmt: skip


def _people(cell: str, where: str) -> float:
    try:
        people = float(cell)
    except ValueError:
        people = -1.0
    if not 0 <= people <= _MOST_PEOPLE:
        raise InputError(f"{where} is {cell!r}, must be a number of people, 0 to {_MOST_PEOPLE:g}, or empty")
    return people


def _table(name: str, **values: str | float) -> list[str]:
    return [
        "",
        f"[{name}]",
        *(f"{key} = {_quoted(each) if isinstance(each, str) else each}" for key, each in values.items()),
    ]


def _quoted(text: str) -> str:
    plain = "".join(each if each.isprintable() else " " for each in text)
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'
