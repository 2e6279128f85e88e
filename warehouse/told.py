"""What readers were told or are about to be: raw.judged_alert and raw.digest_figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse import store
from warehouse.given import insert_rows

__all__ = ["write_told"]


def write_told(
    connection: duckdb.DuckDBPyConnection, *, alerts: Sequence[Mapping[str, Any]], figures: Sequence[Mapping[str, Any]]
) -> None:
    """Write the alerts anew and add the figures that were sent.

    Args:
        connection: the open warehouse.
        alerts: rows of raw.judged_alert, all of them.
        figures: rows of raw.digest_figure; those already there stay as they are.
    """
    with store.transaction(connection):
        connection.execute("DELETE FROM raw.judged_alert")
        insert_rows(connection, "raw.judged_alert", alerts)
        insert_rows(connection, "raw.digest_figure", figures)
