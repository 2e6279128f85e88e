"""What would change: recover more cases, answer faster, invite honest reviews, invite complaints.

    recovered cases  = u x N_bad x P(seen),   P(seen) = 1 - prod(1 - kappa_c s_c) over the collected channels
    people           = recovered x ((1 - F) K_bad + theta K_good),   F = 1 - 2^(-hours to answer / half-life)
    invited reviews  : a share x of those who had an experience and would not have posted one does, good or bad alike
    invited complaints: a share x of those with a bad one who would not have told the company does: P(seen) rises

Reward any honest review and say so, never a good one: paid praise breaks the law in most places, and the rates too.
Everything here is "if customers talk as in the profile"; nothing is a forecast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from records.errors import InputError
from transforms.amplification import Count, behind
from transforms.bounds import count, positive, probability
from transforms.ranges import Estimate
from transforms.rates import VALENCES, Profile, Valence
from transforms.ratios import balance, share_of
from transforms.recovery import recoverable_ceiling, recovery_swing
from transforms.spread import told_by

__all__ = ["INVITATION_TEXT", "RECOVERED_TELLING_SHARE", "Plan", "WhatIf", "what_if"]

INVITATION_TEXT = "Reward any honest review and say so, never a good one."
TELLING_HALF_LIFE_HOURS = 24.0  # assumed: half of what is told of an experience is told within a day
RECOVERED_TELLING_SHARE = 0.5  # assumed: theta lies between silence (0) and a happy customer's telling (1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What the brand would do; everything 0 is doing nothing.

    Attributes:
        recover: share of the bad cases that are seen which are put right, 0..1.
        hours_to_answer: time from the experience to recovery now, 0 or more.
        faster_hours: by how much sooner, at most `hours_to_answer` counts.
        invite_reviews: share of customers with an experience who post a review only because they were asked, 0..1.
        invite_complaints: share of customers with a bad experience who tell the company only because they were asked.
        theta: share of a good experience's telling that a recovered customer gives, 0 (silence) to 1. There is no
            recovery paradox for word of mouth (de Matos 2007), so it is not above 1; where below, nobody has measured:
            the middle stands in, here and in the marts (dbt var recovered_telling_share).
        telling_half_life_hours: within which half of the tellings of an experience are made.
    """

    recover: float = 0.0
    hours_to_answer: float = 24.0
    faster_hours: float = 0.0
    invite_reviews: float = 0.0
    invite_complaints: float = 0.0
    theta: float = RECOVERED_TELLING_SHARE
    telling_half_life_hours: float = TELLING_HALF_LIFE_HOURS


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What a plan would change in one period.

    Attributes:
        recovered_cases: bad experiences put right, with the range of the experiences behind them.
        recoverable_share: share of bad experiences that can be seen at all, 0..1.
        people: swing in people reached, bad telling avoided plus good telling gained, recovery alone.
        visible_positive_share_before, visible_positive_share_after: good reviews and posts among all that are seen.
        balance_before, balance_after: word-of-mouth balance, -1..+1; None when nothing was seen.
        extra_reviews: invited reviews by valence.
    """

    recovered_cases: Estimate
    recoverable_share: float
    people: Estimate
    visible_positive_share_before: float | None
    visible_positive_share_after: float | None
    balance_before: float | None
    balance_after: float | None
    extra_reviews: Mapping[Valence, float]


def what_if(counts: Mapping[Valence, Sequence[Count]], profile: Profile, plan: Plan) -> WhatIf:
    """Return what a plan would change, from the mentions of one period.

    Raises:
        InputError: a share outside 0..1, a negative time, or counts that can't be used.
    """
    for name in ("recover", "invite_reviews", "invite_complaints", "theta"):
        probability(name, getattr(plan, name))
    if missing := [valence for valence in VALENCES if valence not in counts]:
        raise InputError(f"counts lack {missing[0]}; give bad and good, of 0 where none was seen")
    found = {valence: behind(counts[valence], profile.rates[valence]) for valence in VALENCES}
    n = {valence: found[valence].experiences for valence in VALENCES}
    k = profile.exposures_per_experience
    seen = _recoverable(counts["bad"], profile, plan)
    hours = max(count("hours to answer", plan.hours_to_answer) - count("hours faster", plan.faster_hours), 0.0)
    told = told_by(hours, positive("telling half-life", plan.telling_half_life_hours))
    swing = recovery_swing(k["bad"], k["good"], already_told=told, theta=plan.theta)
    recovered = Estimate(*(plan.recover * seen * end for end in n["bad"]))
    extra = {valence: _extra_reviews(n[valence].point, profile, valence, plan) for valence in VALENCES}
    audience = {valence: profile.rates[valence]["review_site"].audience_mean for valence in VALENCES}
    reach = {valence: found[valence].exposures.point for valence in VALENCES}
    visible = {valence: math.fsum(each.y for each in counts[valence]) for valence in VALENCES}
    return WhatIf(
        recovered_cases=recovered,
        recoverable_share=seen,
        people=Estimate(*(swing * end for end in recovered)),
        visible_positive_share_before=share_of(visible["good"], visible["bad"]),
        visible_positive_share_after=share_of(visible["good"] + extra["good"], visible["bad"] + extra["bad"]),
        balance_before=balance(reach["good"], reach["bad"]),
        balance_after=balance(
            reach["good"] + extra["good"] * audience["good"] + recovered.point * plan.theta * k["good"],
            max(reach["bad"] + extra["bad"] * audience["bad"] - recovered.point * (1 - told) * k["bad"], 0.0),
        ),
        extra_reviews=extra,
    )


def _recoverable(counts: Sequence[Count], profile: Profile, plan: Plan) -> float:
    rates, pis = profile.rates["bad"], {}
    for each in counts:
        pis[each.channel] = rates[each.channel].share_rate * each.coverage.mode
    if plan.invite_complaints:
        told = rates["company"].share_rate
        pis["company"] = pis.get("company", 0.0) + plan.invite_complaints * (1 - told)
    return recoverable_ceiling(list(pis.values()))


def _extra_reviews(experiences: float, profile: Profile, valence: Valence, plan: Plan) -> float:
    return plan.invite_reviews * experiences * (1 - profile.rates[valence]["review_site"].share_rate)
