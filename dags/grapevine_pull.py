"""PULL: every source and slice side by side, by the clock; ends by telling that new pages have landed."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Asset, Param, TriggerRule, dag, task

from grapevine.schedule import DEFAULT_ARGS, LANDED, POOL, START

landed = Asset(LANDED)


@dag(
    dag_id="grapevine_pull",
    description="Fetch what is new from every source into the landing folder",
    schedule="0 5 * * *",
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    params={
        "as_of": Param(
            None, type=["null", "string"], format="date-time", description="The moment the data stand for; now if empty"
        )
    },
    tags=["grapevine"],
    doc_md=__doc__,
)
def grapevine_pull() -> None:
    """Order only: slices, one pull each, landed."""

    @task(pool=POOL)
    def slices() -> list[dict[str, Any]]:
        from grapevine import pipeline

        return pipeline.slices(pipeline.Workspace.open())

    @task(
        max_active_tis_per_dagrun=3,
        map_index_template="{{ task.op_kwargs['source_name'] }} {{ task.op_kwargs['slice_name'] }}",
    )
    def pull(source_name: str, slice_name: str, cursor: dict[str, Any] | None) -> dict[str, Any]:
        from grapevine import schedule

        return schedule.pull_one(source_name, slice_name, cursor)

    # One failed source keeps no other from being loaded, and its failure shows in source_health.
    @task(outlets=[landed], trigger_rule=TriggerRule.ALL_DONE_MIN_ONE_SUCCESS)
    def tell(*, dag_run: Any = None, params: Any = None, outlet_events: Any = None) -> None:
        from grapevine import schedule

        outlet_events[landed].extra = schedule.handed_on(
            run_type=dag_run.run_type, logical_date=dag_run.logical_date, as_of=params["as_of"]
        )

    parts = slices()
    [parts, pull.expand_kwargs(parts)] >> tell()


grapevine_pull()
