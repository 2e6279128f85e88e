"""Load every DAG, describe it, run the chain on the sample with `dag.test()`; prints one JSON document.

A process of its own, because importing Airflow changes logging and settings for all that runs beside it. No network:
any connection that is not to this machine ends it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DAGS = Path(__file__).resolve().parents[2] / "dags"
HEAVY = ("duckdb", "pyarrow", "dbt", "altair", "numpy", "requests", "scipy")
ORDER = ("grapevine_pull", "grapevine_warehouse", "grapevine_digest", "grapevine_recheck")


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        raise ConnectionRefusedError(f"a DAG tried to reach {arguments[1][0]!r}")


def describe(dag: Any) -> dict[str, Any]:
    return {
        "file": Path(dag.fileloc).name,
        "schedule": dag.schedule if isinstance(dag.schedule, str) else [asset.name for asset in dag.schedule],
        "max_active_runs": dag.max_active_runs,
        "catchup": dag.catchup,
        "tags": sorted(dag.tags),
        "tasks": {task.task_id: describe_task(task) for task in dag.tasks},
    }


def describe_task(task: Any) -> dict[str, Any]:
    callbacks = task.on_failure_callback or ()
    callbacks = callbacks if isinstance(callbacks, list | tuple) else [callbacks]
    return {
        "owner": task.owner,
        "retries": task.retries,
        "pool": task.pool,
        "on_failure": [f"{callback.__module__}.{callback.__name__}" for callback in callbacks],
        "has_timeout": task.execution_timeout is not None,
        "is_mapped": task.is_mapped,
        "after": sorted(task.upstream_task_ids),
        "outlets": [outlet.name for outlet in task.outlets],
    }


def main() -> None:
    sys.addaudithook(refuse_network)
    from airflow.dag_processing.dagbag import DagBag

    already = set(sys.modules)
    bag = DagBag(dag_folder=str(DAGS))
    brought = sorted(name for name in HEAVY if name in sys.modules and name not in already)
    found: dict[str, Any] = {
        "import_errors": {Path(file).name: error for file, error in bag.import_errors.items()},
        "heavy_imports": brought,
        "dags": {dag_id: describe(dag) for dag_id, dag in bag.dags.items()},
        "runs": {},
    }
    if "--run" in sys.argv:
        from airflow.utils.db import initdb

        initdb()
        from airflow.models.pool import Pool

        Pool.create_or_update_pool("grapevine_warehouse", slots=1, description="", include_deferred=False)
        for dag_id in ORDER:
            run = bag.dags[dag_id].test()
            tasks = {f"{task.task_id}[{task.map_index}]": str(task.state) for task in run.get_task_instances()}
            found["runs"][dag_id] = {"state": str(run.state), "tasks": tasks}
        found["events"] = events()
        found["mail_server"] = mail_server()
    sys.stdout.write("\n" + json.dumps(found))


def events() -> dict[str, Any]:
    from airflow.models.asset import AssetEvent
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        return {event.asset.name: event.extra for event in session.scalars(select(AssetEvent))}


def mail_server() -> dict[str, Any]:
    from grapevine import mail_server
    from grapevine.settings import MailSettings
    from records.errors import ConfigError

    named = mail_server.mail_server(MailSettings(connection="grapevine_mail"))
    try:
        mail_server.mail_server(MailSettings(connection="nobody"))
        unknown = ""
    except ConfigError as error:
        unknown = str(error)
    return {"host": named.host, "port": named.port, "security": named.security, "user": named.user, "unknown": unknown}


if __name__ == "__main__":
    main()
