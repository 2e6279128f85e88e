"""How many people one mention reached, where the source says something about it.

First available of: views; engagement / engagement rate; helpful votes / helpful rate; followers x reach rate; the
profile's mean audience. Views are impressions, not people; the rest are inferred or assumed, and `AudienceSource` says
which. Public signals predict audiences badly (Facebook, 222,000 users): keep ranges wide. Tails are heavy: report mean
and median.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from records.errors import InputError
from transforms.bounds import LARGEST, count, finite, positive, share

__all__ = ["Audience", "AudienceSource", "credible_mean", "from_engagement", "observed_audience"]

AudienceSource = Literal["views", "engagement", "helpful", "followers", "profile"]
FOLLOWER_REACH = 0.35  # share of friends who see a post (Facebook data science, 2012, about a third)
PRIOR_WEIGHT = 5.0  # posts that the profile's mean counts for


class Audience(NamedTuple):
    """People (or impressions) that one mention reached, and what says so."""

    people: float
    source: AudienceSource


def observed_audience(
    default: float,
    *,
    views: float | None = None,
    engagement: float | None = None,
    engagement_rate: float | None = None,
    helpful: float | None = None,
    helpful_rate: float | None = None,
    followers: float | None = None,
    reach_rate: float | None = FOLLOWER_REACH,
) -> Audience:
    """Return the audience of one mention from the best that is known; None is unknown and never 0.

    Args:
        default: the profile's mean audience, used when nothing is known.
        views: impressions as counted by the source.
        engagement: likes, reposts and replies together.
        engagement_rate: share of viewers who engage, above 0 and at most 1.
        helpful: helpful votes.
        helpful_rate: share of readers who vote.
        followers: of the author.
        reach_rate: share of followers who see a post.

    >>> observed_audience(78, engagement=12, engagement_rate=0.04)
    Audience(people=300.0, source='engagement')
    """
    default = count("mean audience", default)
    if views is not None:
        return Audience(count("views", views), "views")
    if engagement is not None and engagement_rate is not None:
        return Audience(count("engagement", engagement) / share("engagement rate", engagement_rate), "engagement")
    if helpful is not None and helpful_rate is not None:
        return Audience(count("helpful votes", helpful) / share("helpful rate", helpful_rate), "helpful")
    if followers is not None and reach_rate is not None:
        return Audience(count("followers", followers) * share("reach rate", reach_rate), "followers")
    return Audience(default, "profile")


def credible_mean(default: float, views: Sequence[float], *, prior_weight: float = PRIOR_WEIGHT) -> float:
    """Return the mean audience of a channel from the posts with known views and the profile's mean (Buehlmann).

    >>> credible_mean(78, [120, 45, 300])
    106.875
    """
    total = positive("prior weight", prior_weight) * count("mean audience", default)
    return (total + math.fsum(count("views", each) for each in views)) / (prior_weight + len(views))


def from_engagement(engagement: float, *, intercept: float, slope: float, residual_sd: float) -> float:
    """Return the mean views that a fitted ln V = b0 + b1 ln(1 + E) predicts: exp(prediction + sigma^2 / 2)."""
    log_views = finite("intercept", intercept) + finite("slope", slope) * math.log1p(count("engagement", engagement))
    log_views += count("residual_sd", residual_sd) ** 2 / 2
    if log_views > math.log(LARGEST):
        raise InputError(f"the model predicts exp({log_views:g}) views, which nobody has; fit it again")
    return math.exp(log_views)
