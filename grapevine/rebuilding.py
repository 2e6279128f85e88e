"""`grapevine rebuild`: history under the profile of rates and the model of now, without losing what was said before.

A run does the same by itself once the settings or the model have changed. The command is for doing it at a moment of
one's own, whatever the stamps say, and for seeing which figures have moved. Earlier figures stay in
marts.brand_period_history, with the moments from and until which they were what was said; those that were sent stand
in the book of sendings, and a digest names each of them that has moved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grapevine import pipeline

__all__ = ["Earlier", "Rebuilt", "rebuild"]

_EARLIER = """
select
    earlier.profile,
    earlier.model_version,
    max(earlier.figure_as_of) as said_until,
    count(*) as period_count,
    count(*) filter (
        abs(now.estimated_bad_count - earlier.estimated_bad_count) > 0.05 * earlier.estimated_bad_count
        or abs(now.estimated_good_count - earlier.estimated_good_count) > 0.05 * earlier.estimated_good_count
    ) as moved_count
from brand_period_history as earlier
inner join brand_period_history as now using (brand, period_kind, period_start_date)
where now.is_current and not earlier.is_current and earlier.is_complete
group by earlier.profile, earlier.model_version
order by said_until desc, earlier.profile, earlier.model_version
"""


@dataclass(frozen=True)
class Earlier:
    """Figures that were current once.

    Attributes:
        profile: the rates they rest on.
        model_version: the model that had judged.
        said_until: as_of of the last run that gave them.
        period_count: periods (weeks to years, of all brands) that were over by then.
        moved_count: those whose estimate of bad or good experiences differs by more than 5 % now.
    """

    profile: str
    model_version: str
    said_until: datetime
    period_count: int
    moved_count: int


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did: texts labelled anew, tables built, and the earlier figures that are kept, newest first."""

    scored_count: int
    model_count: int
    earlier: tuple[Earlier, ...]


def rebuild(workspace: pipeline.Workspace, *, workers: int | None = None) -> Rebuilt:
    """Label, build and publish everything under the settings and the model of now, and write the digests anew.

    Nothing is pulled. Killed half way, it can be run again.

    Args:
        workspace: what to work on.
        workers: processes for scoring; the number of cores when left out.
    """
    from warehouse import query

    pipeline.load(workspace)  # the settings, and what may lie in landing
    scored_count = pipeline.score(workspace, workers=workers)
    built = pipeline.build(workspace, full=True)
    pipeline.publish(workspace, force=True)
    pipeline.rebuild_digests(workspace)
    earlier = tuple(Earlier(*row) for row in query.select(workspace.home, _EARLIER).rows)
    return Rebuilt(scored_count, built.model_count, earlier)
