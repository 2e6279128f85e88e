"""DIGEST and ALERT: what readers are told, from the published marts alone; a backfill tells nobody."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, dag, task

from grapevine.schedule import DEFAULT_ARGS, PUBLISHED, START

published = Asset(PUBLISHED)


@dag(
    dag_id="grapevine_digest",
    description="Write the digest of the last complete week and look for what can't wait",
    schedule=[published],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    tags=["grapevine"],
    doc_md=__doc__,
)
def grapevine_digest() -> None:
    """Order only: unless it is a backfill, digest and alert side by side."""

    @task.short_circuit
    def is_news(*, triggering_asset_events: Any = None) -> bool:
        from grapevine import schedule

        return not schedule.received(triggering_asset_events.get(published, ()))["is_backfill"]

    @task
    def digest() -> list[str]:
        from grapevine import pipeline

        return [str(folder) for folder in pipeline.digest(pipeline.Workspace.open())]

    @task
    def alert() -> int:
        from grapevine import pipeline

        return len(pipeline.alert(pipeline.Workspace.open()))

    is_news() >> [digest(), alert()]


grapevine_digest()
