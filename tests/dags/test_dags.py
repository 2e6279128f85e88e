"""The DAGs: that each loads without a network, what every task is given, and that the chain runs on the sample."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

Chain = dict[str, Any]

TASKS = {
    "grapevine_pull": {"slices": [], "pull": ["slices"], "tell": ["pull", "slices"]},
    "grapevine_warehouse": {"load": [], "score": ["load"], "build": ["score"], "publish": ["build", "load"]},
    "grapevine_digest": {"is_news": [], "digest": ["is_news"], "alert": ["is_news"]},
    "grapevine_recheck": {"ask": [], "settle": ["ask"]},
}
OPENS_THE_WAREHOUSE = {"slices", "load", "score", "build", "publish", "ask", "settle"}


def tasks(chain: Chain) -> list[tuple[str, dict[str, Any]]]:
    return [(task_id, task) for dag in chain["dags"].values() for task_id, task in dag["tasks"].items()]


def test_dags__load_without_errors_or_network(chain: Chain) -> None:
    assert chain["import_errors"] == {}


def test_dags__one_file_each(chain: Chain) -> None:
    files = {path.name for path in Path(__file__).resolve().parents[2].joinpath("dags").glob("*.py")}
    assert {dag_id: dag["file"] for dag_id, dag in chain["dags"].items()} == {
        name.removesuffix(".py"): name for name in files
    }


def test_dags__heavy_imports_only_inside_tasks(chain: Chain) -> None:
    assert chain["heavy_imports"] == []


def test_dags__order_of_tasks(chain: Chain) -> None:
    found = {
        dag_id: {task_id: task["after"] for task_id, task in dag["tasks"].items()}
        for dag_id, dag in chain["dags"].items()
    }
    assert found == TASKS


def test_dags__chained_by_assets(chain: Chain) -> None:
    assert {dag_id: dag["schedule"] for dag_id, dag in chain["dags"].items()} == {
        "grapevine_pull": "0 5 * * *",
        "grapevine_warehouse": ["grapevine_landed"],
        "grapevine_digest": ["grapevine_published"],
        "grapevine_recheck": "0 3 * * *",
    }
    assert {task_id: task["outlets"] for task_id, task in tasks(chain) if task["outlets"]} == {
        "tell": ["grapevine_landed"],
        "publish": ["grapevine_published"],
    }


def test_dags__one_run_at_a_time_and_no_catching_up(chain: Chain) -> None:
    assert {(dag["max_active_runs"], dag["catchup"]) for dag in chain["dags"].values()} == {(1, False)}


def test_dags__pulls_are_mapped(chain: Chain) -> None:
    assert {task_id for task_id, task in tasks(chain) if task["is_mapped"]} == {"pull"}


def test_dags__pool_of_one_for_whatever_opens_the_warehouse(chain: Chain) -> None:
    in_pool = {task_id for task_id, task in tasks(chain) if task["pool"] == "grapevine_warehouse"}
    assert in_pool == OPENS_THE_WAREHOUSE


def test_dags__every_task_has_owner_retries_timeout_and_alert(chain: Chain) -> None:
    given = {
        task_id: (task["owner"], task["retries"], task["has_timeout"], task["on_failure"])
        for task_id, task in tasks(chain)
    }
    expected = ("grapevine", 2, True, ["grapevine.schedule.note_failure"])
    assert given == dict.fromkeys(given, expected)


def test_chain__every_task_of_the_sample_succeeds(chain: Chain) -> None:
    assert {dag_id: run["state"] for dag_id, run in chain["runs"].items()} == dict.fromkeys(TASKS, "success")
    states = {
        f"{dag_id}.{task}": state for dag_id, run in chain["runs"].items() for task, state in run["tasks"].items()
    }
    assert states == dict.fromkeys(states, "success")


def test_chain__one_pull_per_source(chain: Chain) -> None:
    pulled = [task for task in chain["runs"]["grapevine_pull"]["tasks"] if task.startswith("pull[")]
    assert pulled == ["pull[0]", "pull[1]", "pull[2]"]


def test_chain__the_moment_is_handed_on(chain: Chain) -> None:
    assert chain["events"] == {
        "grapevine_landed": {"as_of": None, "is_backfill": False},  # none was given: load decides
        "grapevine_published": {"as_of": "2026-11-16T06:00:00+00:00", "is_backfill": False},
    }


def test_mail__goes_through_the_connection_that_is_named(chain: Chain) -> None:
    found = dict(chain["mail_server"])
    assert "which Airflow does not know" in found.pop("unknown")
    assert found == {"host": "mail.example", "port": 587, "security": "starttls", "user": "ada"}


@pytest.mark.usefixtures("chain")
def test_chain__ends_in_published_tables_and_digests(grapevine_home: Path) -> None:
    with duckdb.connect(
        str(grapevine_home / "published" / "current" / "grapevine.duckdb"), read_only=True
    ) as published:
        brands = published.sql("SELECT brand, count(*) > 100 FROM marts.mentions GROUP BY ALL ORDER BY ALL").fetchall()
    assert brands == [("quickwren", True), ("thistlepost", True)]
    assert sorted(path.name for path in (grapevine_home / "digests" / "2026-W46").iterdir() if path.is_dir()) == [
        "quickwren",
        "thistlepost",
    ]
    assert not (grapevine_home / "state" / "failures.jsonl").exists()
    assert json.loads((grapevine_home / "published" / "current" / "latest.json").read_text())
