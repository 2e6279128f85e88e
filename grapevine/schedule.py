"""What the DAG files share: names, what a task is given by default, and the moment that is handed from DAG to DAG.

Airflow is not imported here, so that the rules can be tried without it; and nothing heavy at the top, because Airflow
reads the DAG files again and again. The chain:

    grapevine_pull (by the clock) --landed--> grapevine_warehouse --published--> grapevine_digest
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from connectors.manifest import troubles
from grapevine import pipeline, places
from records.errors import SourceError, TransientError

if TYPE_CHECKING:
    from grapevine.sending import Outcome

__all__ = [
    "DEFAULT_ARGS",
    "LANDED",
    "POOL",
    "POOL_NOTE",
    "PUBLISHED",
    "START",
    "ask_sources",
    "handed_on",
    "load_received",
    "note_failure",
    "pull_one",
    "received",
    "settle_answers",
    "tell_alerts",
    "tell_digests",
]

log = logging.getLogger(__name__)

POOL = "grapevine_warehouse"
POOL_NOTE = "One slot: only one process at a time can open the warehouse."
LANDED = "grapevine_landed"
"""Asset: pages of a pull lie in the landing folder."""
PUBLISHED = "grapevine_published"
"""Asset: readers have a new published folder."""
START = datetime(2026, 1, 1, tzinfo=UTC)

Moment = dict[str, Any]
"""{"as_of": ISO time or None, "is_backfill": bool}; plain JSON, because it travels as an asset's extra."""


def note_failure(context: Mapping[str, Any]) -> None:
    """Say which task failed for good: in the log, and as a line of `state/failures.jsonl` under the home folder.

    Airflow calls it when a task has used up its retries. It names the task and the kind of error, never a text or a
    person, so that the file can be watched by whatever wakes people up.
    """
    task = context["task_instance"]
    error = context.get("exception")
    line = {
        "failed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "dag": task.dag_id,
        "task": task.task_id,
        "map_index": task.map_index,
        "run_id": task.run_id,
        "error": type(error).__name__ if error else None,
    }
    log.error("%(dag)s.%(task)s failed for good: %(error)s; see its log in Airflow", line)
    home = places.resolve_home(None)
    home.state.mkdir(parents=True, exist_ok=True)
    with (home.state / "failures.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


DEFAULT_ARGS: dict[str, Any] = {
    "owner": "grapevine",
    "retries": 2,
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": note_failure,
}


def handed_on(*, run_type: str, logical_date: datetime | None, as_of: str | None) -> Moment:
    """Return what a pull hands to the DAGs after it.

    Args:
        run_type: Airflow's kind of run ("scheduled", "manual", "backfill").
        logical_date: the run's logical date; the moment that a backfill stands for.
        as_of: the run's own parameter; wins. Without one, `load` decides by the settings or the clock.
    """
    is_backfill = run_type == "backfill"
    if as_of is None and is_backfill and logical_date is not None:
        as_of = logical_date.astimezone(UTC).isoformat()
    return {"as_of": as_of, "is_backfill": is_backfill}


def received(events: Iterable[Any]) -> Moment:
    """Return the moment that several asset events together stand for: the newest; a backfill only if all are.

    Args:
        events: with an `extra` each, as a DAG before handed them on; none when a run was started by hand.
    """
    extras = [dict(event.extra or {}) for event in events]
    moments = [datetime.fromisoformat(extra["as_of"]) for extra in extras if extra.get("as_of")]
    return {
        "as_of": max(moments).isoformat() if moments else None,
        "is_backfill": bool(extras) and all(extra.get("is_backfill", False) for extra in extras),
    }


def load_received(events: Iterable[Any]) -> Moment:
    """Load what has landed, as of the moment handed on, and return that moment as it was settled."""
    moment = received(events)
    as_of = datetime.fromisoformat(moment["as_of"]) if moment["as_of"] else None
    report = pipeline.load(pipeline.Workspace.open(), as_of=as_of)
    return {**moment, "as_of": report.as_of.isoformat()}


def pull_one(source_name: str, slice_name: str, cursor: dict[str, Any] | None) -> dict[str, Any]:
    """Pull one slice of one source and return its counts.

    Raises:
        SourceError: the pull failed; Airflow tries again. What had been fetched lies in the landing folder and is
            loaded all the same.
    """
    results = pipeline.pull_slice(pipeline.Workspace.open(), source_name, slice_name, cursor)
    failed = [result.error for result in results if result.status == "failed" and result.error]
    if failed:
        raise SourceError(f"{source_name} ({slice_name}): {failed[0].message}")
    return {
        "source_name": source_name,
        "slice_name": slice_name,
        "read_count": sum(result.read_count for result in results),
    }


def tell_digests() -> list[str]:
    """Write the digests and send them to whoever the settings name, each once; return their folders."""
    from grapevine import sending

    workspace = pipeline.Workspace.open()
    folders = pipeline.digest(workspace)
    if sending.has_receivers(workspace.settings):
        _raise_missed(sending.send_digests(workspace.home, workspace.settings, folders))
    return [str(folder) for folder in folders]


def tell_alerts() -> int:
    """Look for what can't wait and tell whoever the settings name, each once; return how many alerts are open."""
    from grapevine import sending

    workspace = pipeline.Workspace.open()
    alerts = pipeline.alert(workspace)
    if sending.has_receivers(workspace.settings):
        _raise_missed(sending.send_open_alerts(workspace.home, workspace.settings, alerts))
    return len(alerts)


def _raise_missed(outcomes: Iterable[Outcome]) -> None:
    missed = [f"{one.item} to {one.receiver}: {one.reason}" for one in outcomes if one.state == "deferred"]
    if missed:
        raise TransientError(f"not sent yet: {'; '.join(missed)}")


def ask_sources() -> dict[str, Any]:
    """Ask the sources whether mentions still stand and return how many of each were asked about.

    Raises:
        SourceError: a source failed; what the others and it said before lies in the landing folder.
    """
    from grapevine import recheck

    asked = recheck.ask(pipeline.Workspace.open())
    for name, why in asked.not_asked.items():
        log.warning("%s was not asked whether its mentions still stand: %s", name, why)
    for name, count in asked.left_counts.items():
        log.warning("%s: %d mentions stay due; raise its recheck_limit", name, count)
    if failed := troubles(asked.results):
        raise SourceError("; ".join(failed))
    return dict(asked.asked_counts)


def settle_answers() -> dict[str, int]:
    """Load what the sources said, erase what is gone, sweep old landing files; return the counts."""
    from dataclasses import asdict

    from grapevine import recheck

    return asdict(recheck.settle(pipeline.Workspace.open()))
