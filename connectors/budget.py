"""Request budgets, shared by all processes of a home folder.

Each request to a source with a stated limit is noted in `state/budget.sqlite`; when as many as allowed fall into the
window, the next one waits, or ends the pull as `Throttled` if that would take too long. What a source itself says (a
429, a reset header) holds back every process too.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from connectors.contract import Declaration
from connectors.waiting import LONGEST_WAIT_SECONDS, Clock, Sleep
from records.errors import Throttled
from records.home import Home

__all__ = ["Budget"]

_TABLES = """
CREATE TABLE IF NOT EXISTS request (source TEXT NOT NULL, sent_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS request_source ON request (source, sent_at);
CREATE TABLE IF NOT EXISTS hold (source TEXT PRIMARY KEY, until REAL NOT NULL);
"""
_BUSY_SECONDS = 30.0


class Budget:
    """What one source may still be asked.

    Args:
        home: whose processes share it.
        declaration: of the connector; its name is the key, its limit and window the budget.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """

    def __init__(self, home: Home, declaration: Declaration, *, clock: Clock, sleep: Sleep) -> None:
        self._path = home.state / "budget.sqlite"
        self._declaration = declaration
        self._clock = clock
        self._sleep = sleep

    def spend(self) -> None:
        """Note one request, after waiting until there is room for it.

        Raises:
            Throttled: there will be no room for longer than a pull waits.
        """
        while True:
            now = self._clock()
            free_at = self._take(now)
            if free_at is None:
                return
            wait = (free_at - now).total_seconds()
            if wait > LONGEST_WAIT_SECONDS:
                name = self._declaration.name
                raise Throttled(f"the request budget of {name} is spent until {free_at:%Y-%m-%d %H:%M:%S} UTC", free_at)
            # A little more than computed, so that a clock of coarse steps does not ask twice.
            self._sleep(wait + 0.01)

    def hold_until(self, moment: datetime) -> None:
        """Let no process ask this source before a moment (aware UTC)."""
        with closing(self._open()) as database, database:
            database.execute(
                "INSERT INTO hold VALUES (?, ?) ON CONFLICT (source) DO UPDATE SET until = max(until, excluded.until)",
                (self._declaration.name, moment.timestamp()),
            )

    def _take(self, now: datetime) -> datetime | None:
        """Note a request at `now` and return None, or return when there will be room."""
        source, limit = self._declaration.name, self._declaration.requests_per_window
        with closing(self._open()) as database, database:
            database.execute("BEGIN IMMEDIATE")
            held = database.execute("SELECT until FROM hold WHERE source = ?", (source,)).fetchone()
            if held and held[0] > now.timestamp():
                return datetime.fromtimestamp(held[0], UTC)
            if limit is None:
                return None
            window: timedelta = self._declaration.window
            database.execute(
                "DELETE FROM request WHERE source = ? AND sent_at <= ?", (source, (now - window).timestamp())
            )
            sent = database.execute(
                "SELECT sent_at FROM request WHERE source = ? ORDER BY sent_at DESC LIMIT 1 OFFSET ?",
                (source, limit - 1),
            ).fetchone()
            if sent:
                return datetime.fromtimestamp(sent[0], UTC) + window
            database.execute("INSERT INTO request VALUES (?, ?)", (source, now.timestamp()))
            return None

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path, timeout=_BUSY_SECONDS, isolation_level=None)
        database.executescript(_TABLES)
        return database
