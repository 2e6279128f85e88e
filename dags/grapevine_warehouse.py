"""LOAD, SCORE, BUILD, PUBLISH: from landed pages to what readers open; one step at a time in the pool of one."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, dag, task

from grapevine.schedule import DEFAULT_ARGS, LANDED, POOL, PUBLISHED, START

landed = Asset(LANDED)
published = Asset(PUBLISHED)


@dag(
    dag_id="grapevine_warehouse",
    description="Bring what has landed into the warehouse, score it, build the marts, publish them",
    schedule=[landed],
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULT_ARGS, "pool": POOL},
    tags=["grapevine"],
    doc_md=__doc__,
)
def grapevine_warehouse() -> None:
    """Order only: load, score, build, publish."""

    @task
    def load(*, triggering_asset_events: Any = None) -> dict[str, Any]:
        from grapevine import schedule

        return schedule.load_received(triggering_asset_events.get(landed, ()))

    @task
    def score() -> int:
        from grapevine import pipeline

        return pipeline.score(pipeline.Workspace.open())

    @task
    def build() -> None:
        from grapevine import pipeline

        pipeline.build(pipeline.Workspace.open())

    @task(outlets=[published])
    def publish(moment: Any, *, outlet_events: Any = None) -> None:
        from grapevine import pipeline

        pipeline.publish(pipeline.Workspace.open())
        outlet_events[published].extra = moment

    moment = load()
    moment >> score() >> build() >> publish(moment)


grapevine_warehouse()
