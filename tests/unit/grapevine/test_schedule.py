"""What is handed from DAG to DAG, tried without Airflow."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from grapevine import schedule

MONDAY = datetime(2026, 11, 16, 5, tzinfo=UTC)


def event(**extra: object) -> SimpleNamespace:
    return SimpleNamespace(extra=extra)


@pytest.mark.parametrize(
    ("run_type", "as_of", "expected"),
    [
        ("scheduled", None, {"as_of": None, "is_backfill": False}),
        ("manual", "2026-11-16T06:00:00+00:00", {"as_of": "2026-11-16T06:00:00+00:00", "is_backfill": False}),
        ("backfill", None, {"as_of": "2026-11-16T05:00:00+00:00", "is_backfill": True}),
        ("backfill", "2026-11-09T00:00:00+00:00", {"as_of": "2026-11-09T00:00:00+00:00", "is_backfill": True}),
    ],
)
def test_handed_on(run_type: str, as_of: str | None, expected: dict[str, object]) -> None:
    assert schedule.handed_on(run_type=run_type, logical_date=MONDAY, as_of=as_of) == expected


def test_handed_on__no_logical_date() -> None:
    assert schedule.handed_on(run_type="backfill", logical_date=None, as_of=None) == {
        "as_of": None,
        "is_backfill": True,
    }


def test_received__started_by_hand() -> None:
    assert schedule.received([]) == {"as_of": None, "is_backfill": False}


def test_received__several_pulls_wait_for_one_load() -> None:
    events = [
        event(as_of="2026-11-09T05:00:00+00:00", is_backfill=True),
        event(as_of="2026-11-16T06:00:00+01:00", is_backfill=True),
    ]
    assert schedule.received(events) == {"as_of": "2026-11-16T06:00:00+01:00", "is_backfill": True}


def test_received__one_pull_of_today_among_backfills_is_news() -> None:
    events = [event(as_of="2026-11-09T05:00:00+00:00", is_backfill=True), event(as_of=None, is_backfill=False)]
    assert schedule.received(events) == {"as_of": "2026-11-09T05:00:00+00:00", "is_backfill": False}


def test_received__event_made_by_hand_without_extra() -> None:
    assert schedule.received([SimpleNamespace(extra=None)]) == {"as_of": None, "is_backfill": False}


def test_note_failure__names_the_task_and_no_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("GRAPEVINE_HOME", str(tmp_path))
    task = SimpleNamespace(dag_id="grapevine_pull", task_id="pull", map_index=2, run_id="manual__1")

    schedule.note_failure({"task_instance": task, "exception": ValueError("a customer's words")})
    schedule.note_failure({"task_instance": task})

    text = (tmp_path / "state" / "failures.jsonl").read_text()
    first, second = map(json.loads, text.splitlines())
    assert first.pop("failed_at") <= second.pop("failed_at")
    assert first == {
        "dag": "grapevine_pull",
        "task": "pull",
        "map_index": 2,
        "run_id": "manual__1",
        "error": "ValueError",
    }
    assert second["error"] is None
    assert "customer" not in text + caplog.text
    assert "grapevine_pull.pull failed for good: ValueError" in caplog.text
