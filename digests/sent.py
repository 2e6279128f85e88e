"""What was sent to whom: `state/send.sqlite`, outside the warehouse, so that restoring one never sends twice.

A delivery is claimed and synced to disk just before the step that can't be taken back, and settled after it. A sender
that dies between the two leaves "sending": nobody knows whether it arrived, so it is not sent again by itself.

    (none) -> sending -> sent | refused (final)
                      -> deferred (may be tried again)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from digests.periods import Period
from records.home import Home

__all__ = ["Delivery", "SentBook", "State", "all_figures_as_sent", "figures_as_sent", "open_book"]

State = Literal["sending", "sent", "refused", "deferred"]

FILE_NAME = "send.sqlite"
BUSY_SECONDS = 30.0
_TABLES = """
create table if not exists delivery (
    item text not null, channel text not null, recipient text not null,
    state text not null, reason text, changed_at text not null,
    primary key (item, channel, recipient)
) without rowid;
create table if not exists figure (
    brand text not null, period text not null, metric text not null, value real not null, sent_at text not null,
    primary key (brand, period, metric)
) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One thing sent, or not, to one recipient.

    Attributes:
        item: what: "digest/2026-W46/acme" or "alert/<id>".
        channel: mail, slack or webhook.
        recipient: an address, or the name of a place to post to; never a secret.
        state: sending means that a sender died and nobody knows.
        reason: why it was refused or deferred, or None.
    """

    item: str
    channel: str
    recipient: str
    state: State
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class SentBook:
    """The open book; each call is a transaction of its own, on disk when it returns."""

    connection: sqlite3.Connection

    def find(self, item: str, channel: str, recipient: str) -> Delivery | None:
        """Return what is known of a delivery."""
        row = self.connection.execute(
            "select item, channel, recipient, state, reason from delivery "
            "where item = ? and channel = ? and recipient = ?",
            (item, channel, recipient),
        ).fetchone()
        return Delivery(*row) if row else None

    def all(self) -> list[Delivery]:
        """Return every delivery, by item and recipient."""
        rows = self.connection.execute(
            "select item, channel, recipient, state, reason from delivery order by item, channel, recipient"
        )
        return [Delivery(*row) for row in rows]

    def claim(self, item: str, channel: str, recipient: str, at: datetime, *, again: bool = False) -> bool:
        """Take a delivery for sending; False when it was sent, refused, or taken before.

        Args:
            item: what is sent.
            channel: how.
            recipient: to whom.
            at: now.
            again: take it even then; for a person who knows that it did not arrive.
        """
        with self._transaction():
            found = self.find(item, channel, recipient)
            if found is not None and found.state != "deferred" and not again:
                return False
            self._write(Delivery(item, channel, recipient, "sending"), at)
            return True

    def settle(self, delivery: Delivery, at: datetime) -> Delivery:
        """Note how a claimed delivery ended; return it."""
        with self._transaction():
            self._write(delivery, at)
        return delivery

    def keep_figures(self, brand: str, period: str, figures: Mapping[str, float], at: datetime) -> None:
        """Keep a digest's figures as they were first sent; later sendings of the same digest change nothing."""
        with self._transaction():
            self.connection.executemany(
                "insert or ignore into figure (brand, period, metric, value, sent_at) values (?, ?, ?, ?, ?)",
                [(brand, period, metric, value, at.isoformat()) for metric, value in figures.items()],
            )

    def figures(self, brand: str, period: str) -> dict[str, float]:
        """Return a digest's figures as they were first sent, by metric; empty if it was not."""
        rows = self.connection.execute(
            "select metric, value from figure where brand = ? and period = ?", (brand, period)
        )
        return dict(rows.fetchall())

    def _write(self, delivery: Delivery, at: datetime) -> None:
        self.connection.execute(
            "insert or replace into delivery (item, channel, recipient, state, reason, changed_at) "
            "values (?, ?, ?, ?, ?, ?)",
            (delivery.item, delivery.channel, delivery.recipient, delivery.state, delivery.reason, at.isoformat()),
        )

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        # Immediate: of two senders at once, the second waits and then sees the first one's claim.
        self.connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")


@contextmanager
def open_book(home: Home) -> Iterator[SentBook]:
    """Open the book of what was sent, making it if it is not there."""
    home.state.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(home.state / FILE_NAME, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = full")
        connection.executescript(_TABLES)
        yield SentBook(connection)


def all_figures_as_sent(home: Home) -> list[dict[str, Any]]:
    """Return every figure as it was first sent, as rows of raw.digest_figure; empty if nothing was ever sent."""
    if not (home.state / FILE_NAME).is_file():
        return []
    with open_book(home) as book:
        rows = book.connection.execute(
            "select brand, period, metric, value, sent_at from figure order by brand, period, metric"
        ).fetchall()
    found = []
    for brand, name, metric, value, sent_at in rows:
        period = Period.parse(name)
        found.append(
            {
                "brand": brand,
                "period_kind": period.kind,
                "period_start_date": period.start,
                "metric": metric,
                "value": value,
                "sent_at": datetime.fromisoformat(sent_at),
            }
        )
    return found


def figures_as_sent(home: Home, brand: str, period: str) -> dict[str, float]:
    """Return a digest's figures as they were first sent, by metric; empty if nothing was ever sent."""
    if not (home.state / FILE_NAME).is_file():
        return {}
    with open_book(home) as book:
        return book.figures(brand, period)
