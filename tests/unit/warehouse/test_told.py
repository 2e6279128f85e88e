"""What readers were told: alerts are written anew, sent figures stay as they were sent."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from digests.sent import all_figures_as_sent, open_book
from records.home import Home
from warehouse import store
from warehouse.told import write_told

MONDAY = datetime(2026, 11, 16, 8, tzinfo=UTC)


def alert(alert_id: str, **more: Any) -> dict[str, Any]:
    told = {"alert_id": alert_id, "brand": "acme", "figure": "bad_count", "subject": None, "observed": 9.0}
    return {**told, "opened_on": date(2026, 11, 15), "closed_on": None, "expected": 2.5, **more}


def test_told__alerts_are_those_of_now(home: Home) -> None:
    with store.open(home, step="test") as connection:
        write_told(connection, alerts=[alert("a"), alert("b", figure="driver", subject="on_hold")], figures=[])
        write_told(connection, alerts=[alert("b", closed_on=date(2026, 11, 16))], figures=[])
        rows = connection.execute("SELECT alert_id, figure, closed_on FROM raw.judged_alert").fetchall()
    assert rows == [("b", "bad_count", date(2026, 11, 16))]


def test_told__figures_stay_as_they_were_first_sent(home: Home) -> None:
    assert all_figures_as_sent(home) == []
    with open_book(home) as book:
        book.keep_figures("acme", "2026-W46", {"bad_count": 35.0, "good_per_bad": 0.5}, MONDAY)
        book.keep_figures("acme", "2026-10", {"bad_count": 140.0}, MONDAY)
    with store.open(home, step="test") as connection:
        for _ in range(2):
            write_told(connection, alerts=[], figures=all_figures_as_sent(home))
        rows = connection.execute(
            "SELECT period_kind, period_start_date, metric, value, sent_at FROM raw.digest_figure ORDER BY ALL"
        ).fetchall()
    assert rows == [
        ("month", date(2026, 10, 1), "bad_count", 140.0, MONDAY),
        ("week", date(2026, 11, 9), "bad_count", 35.0, MONDAY),
        ("week", date(2026, 11, 9), "good_per_bad", 0.5, MONDAY),
    ]
