"""What brands did about their drivers: the one way into raw.action; what came of it stands in marts.action."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from records.errors import InputError
from records.home import Home
from warehouse import clock, store
from warehouse.given import insert_rows

__all__ = ["Action", "add", "known", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something a brand did.

    Attributes:
        brand: its key.
        driver: the driver it is about, or None for bad experiences as a whole.
        from_date: first day on which it may show, in the brand's time zone.
        note: what was done.
    """

    brand: str
    driver: str | None
    from_date: date
    note: str

    @property
    def action_id(self) -> str:
        """Eight hex digits; the same action written down twice is one."""
        said = "\x1f".join((self.brand, self.driver or "", self.from_date.isoformat(), self.note))
        return hashlib.blake2b(said.encode(), digest_size=4).hexdigest()


def add(home: Home, action: Action) -> str:
    """Write an action down; return its id.

    Raises:
        Busy: another process holds the warehouse.
        InputError: nothing has been loaded yet, or the brand is unknown.
    """
    with store.open(home, step="action: add") as connection, store.transaction(connection):
        clock.require(connection)
        brands = [brand for (brand,) in connection.execute("SELECT brand FROM raw.brand ORDER BY ALL").fetchall()]
        if action.brand not in brands:
            raise InputError(f"--brand is {action.brand!r}, which is no brand's key; known: {', '.join(brands)}")
        stamp = clock.next_stamp(connection)
        row = asdict(action) | {"action_id": action.action_id, "action_at": stamp}
        insert_rows(connection, "raw.action", [row])
        connection.execute("UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?", [stamp])
    return action.action_id


def known(home: Home) -> Sequence[Action]:
    """Return every action that was written down, newest first; empty before the first load."""
    if not home.warehouse.exists():
        return []
    with store.open(home, step="action: list") as connection:
        rows = connection.execute(
            "SELECT brand, driver, from_date, note FROM raw.action ORDER BY from_date DESC, action_id"
        ).fetchall()
    return [Action(brand=brand, driver=driver, from_date=day, note=note or "") for brand, driver, day, note in rows]


def remove(home: Home, action_id: str) -> None:
    """Forget an action that was written down by mistake.

    Raises:
        InputError: there is none of that id.
    """
    with store.open(home, step="action: remove") as connection, store.transaction(connection):
        found = connection.execute("DELETE FROM raw.action WHERE action_id = ?", [action_id]).fetchone()
        if not found or not found[0]:
            raise InputError(f"no action has the id {action_id!r}; `grapevine action list` shows them")
        connection.execute(
            "UPDATE raw.clock SET data_revision = data_revision + 1, clock_loaded_at = ?",
            [clock.next_stamp(connection)],
        )
