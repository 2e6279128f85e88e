"""`backtest`: whether the figures go with what a brand measured itself, with the star average as the rival."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Annotated, Any

import typer

from grapevine.commands.screen import Screen

__all__ = ["register"]

_RELATIONS = """
from backtest
select
    brand, series, metric, period_kind, lag_count, pair_count, effective_pair_count,
    rank_correlation, rank_correlation_low, rank_correlation_high, is_finding, is_rival
where coalesce(?, brand) = brand
order by brand, series, lag_count, is_rival, metric
"""
_MEASURED = """
from outcome_period
select brand, series, any_value(period_kind) as period_kind, count(*) filter (is_complete) as period_count
where coalesce(?, brand) = brand
group by all
order by all
"""
# The mean of 12 ratings moves by a tenth of a star by chance alone: smaller moves are no direction.
_OPPOSED = """
with moved as (
    from brand_period
    select
        brand, period_name, period_start_date, rating_count, average_rating, adjusted_positive_share,
        average_rating - lag(average_rating) over w as rating_change,
        adjusted_positive_share - lag(adjusted_positive_share) over w as share_change,
        least(rating_count, lag(rating_count) over w) as fewest
    where period_kind = 'week' and is_complete and coalesce(?, brand) = brand
    window w as (partition by brand order by period_start_date)
)
from moved
select brand, period_name, average_rating, rating_change, adjusted_positive_share, share_change, rating_count
where rating_change * share_change < 0 and abs(rating_change) >= 0.1 and abs(share_change) >= 0.01 and fewest >= 12
order by brand, period_start_date
"""

Json = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
BrandKey = Annotated[str | None, typer.Option("--brand", help="Only this brand.", show_default=False)]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backtest)


def backtest(context: typer.Context, brand: BrandKey = None, as_json: Json = False) -> None:
    """Compare the figures with what you measured yourself (sales, churn, NPS), beside the star average alone."""
    from warehouse import query

    screen: Screen = context.obj
    home = screen.resolved_home()
    measured, relations, opposed = (
        query.select(home, statement, [brand]) for statement in (_MEASURED, _RELATIONS, _OPPOSED)
    )
    if as_json:
        screen.json(
            {
                "series": measured.rows_as_dicts(),
                "relations": relations.rows_as_dicts(),
                "opposed_weeks": opposed.rows_as_dicts(),
            }
        )
        return
    if not measured.rows:
        screen.say('No outcome series; add a `files` source with rows = "outcomes" (docs/connectors.md).')
    rows = relations.rows_as_dicts()
    for one in measured.rows_as_dicts():
        of_series = [row for row in rows if (row["brand"], row["series"]) == (one["brand"], one["series"])]
        _show(screen, one, of_series)
    if opposed.rows:
        screen.table(opposed.columns, opposed.rows, title="weeks in which the star average and our figure moved apart")


def _show(screen: Screen, series: dict[str, Any], relations: Sequence[dict[str, Any]]) -> None:
    title = f"{series['brand']}: {series['series']} ({series['period_count']} complete {series['period_kind']}s)"
    if not relations:
        screen.say(f"{title}: too few periods with both figures to compare; 12 are needed")
        return
    metrics = list(dict.fromkeys(row["metric"] for row in relations))
    lines = []
    for lag, group in groupby(relations, key=lambda row: row["lag_count"]):
        cells = {row["metric"]: _cell(row) for row in group}
        lines.append([_when(lag, series["period_kind"]), *(cells.get(metric, "") for metric in metrics)])
    screen.table(["outcome", *metrics], lines, title=title)
    findings = [row for row in relations if row["is_finding"]]
    if not findings:
        screen.say("no relation found: nothing here is beyond what chance gives among so many looks")
    for row in findings:
        screen.say(_sentence(row))


def _cell(row: dict[str, Any]) -> str:
    if row["rank_correlation"] is None:
        return "never changes"
    if row["rank_correlation_low"] is None:
        return f"{row['rank_correlation']:+.2f} (too few)"
    low, high = row["rank_correlation_low"], row["rank_correlation_high"]
    return f"{row['rank_correlation']:+.2f} ({low:+.2f} to {high:+.2f}){' *' if row['is_finding'] else ''}"


def _when(lag: int, kind: str) -> str:
    return f"in the same {kind}" if not lag else f"{lag} {kind}{'' if lag == 1 else 's'} later"


def _sentence(row: dict[str, Any]) -> str:
    direction = "rises" if row["rank_correlation"] > 0 else "falls"
    when = _when(row["lag_count"], row["period_kind"])
    return (
        f"* {row['series']} {direction} {when} when {row['metric']} rises: rank correlation "
        f"{row['rank_correlation']:+.2f}, 90 % range {row['rank_correlation_low']:+.2f} to "
        f"{row['rank_correlation_high']:+.2f}, {row['pair_count']} pairs; a relation is no proof of a cause"
    )
