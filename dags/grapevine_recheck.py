"""RECHECK: once a day, what is edited, deleted or expired at its source is so here as well."""

from __future__ import annotations

from typing import Any

from airflow.sdk import TriggerRule, dag, task

from grapevine.schedule import DEFAULT_ARGS, POOL, START


@dag(
    dag_id="grapevine_recheck",
    description="Ask sources whether mentions still stand, erase what is gone, sweep old landing files",
    schedule="0 3 * * *",
    start_date=START,
    catchup=False,
    max_active_runs=1,
    default_args={**DEFAULT_ARGS, "pool": POOL},
    tags=["grapevine"],
    doc_md=__doc__,
)
def grapevine_recheck() -> None:
    """Order only: ask, then settle whatever was answered."""

    @task
    def ask() -> dict[str, Any]:
        from grapevine import schedule

        return schedule.ask_sources()

    # One source that fails keeps no deletion that another reported from being obeyed.
    @task(trigger_rule=TriggerRule.ALL_DONE)
    def settle() -> dict[str, int]:
        from grapevine import schedule

        return schedule.settle_answers()

    ask() >> settle()


grapevine_recheck()
