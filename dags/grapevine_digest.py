"""DIGEST and ALERT: what readers are told, from the published marts alone; a backfill tells nobody."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, dag, task

from grapevine.schedule import DEFAULT_ARGS, PUBLISHED, START

published = Asset(PUBLISHED)


@dag(
    dag_id="grapevine_digest",
    description="Write and send the digest of the last complete week, and tell what can't wait",
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
        from grapevine import schedule

        return schedule.tell_digests()

    @task
    def alert() -> int:
        from grapevine import schedule

        return schedule.tell_alerts()

    is_news() >> [digest(), alert()]


grapevine_digest()
