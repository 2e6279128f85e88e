"""What is known only once the marts are built: the alerts, judged on them, and the figures that went out before."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from digests.alerts.judge import judge
from digests.published import Published
from digests.sent import all_figures_as_sent
from grapevine.sending import alert_options
from warehouse.told import write_told

if TYPE_CHECKING:
    import duckdb

    from grapevine.pipeline import Workspace
    from warehouse.clock import Clock

__all__ = ["complete"]


def complete(
    workspace: Workspace, marts: duckdb.DuckDBPyConnection, warehouse: duckdb.DuckDBPyConnection, clock: Clock
) -> None:
    """Write the alerts that the marts give, and the figures as they were sent, before both are published."""
    told = Published(clock.as_of, clock.is_sample, marts)
    write_told(
        warehouse,
        alerts=[asdict(alert) for alert in judge(told, alert_options(workspace.settings))],
        figures=all_figures_as_sent(workspace.home),
    )
