"""The published folder: the one place that digests read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb

from records.errors import InputError

__all__ = ["FILE_NAME", "Published", "open_published"]

FILE_NAME = "grapevine.duckdb"


@dataclass(frozen=True, slots=True)
class Published:
    """An open published folder: the moment it stands for and its marts."""

    as_of: datetime
    is_sample: bool
    connection: duckdb.DuckDBPyConnection

    def rows(self, query: str, **values: object) -> list[dict[str, Any]]:
        """Return what `digests/queries/<query>.sql` gives, one mapping per row.

        Raises:
            InputError: the published file lacks a table or column; another version made it.
        """
        try:
            table = self.connection.execute(_sql(query), values or None)
        except (duckdb.CatalogException, duckdb.BinderException) as error:
            raise InputError(
                f"the published file was made by another version of Grapevine ({str(error).splitlines()[0]}); "
                "run `grapevine build` and `grapevine publish`, then try again"
            ) from error
        names = [column[0] for column in table.description or ()]
        return [dict(zip(names, row, strict=True)) for row in table.fetchall()]


def open_published(folder: Path) -> Published:
    """Open a published folder for reading; close its `connection` when done.

    Args:
        folder: `published/current` or one run's folder.

    Raises:
        InputError: nothing has been published there.
    """
    # The link is followed once: a publish while we read must not give half of each.
    folder = folder.resolve()
    latest = folder / "latest.json"
    if not (folder / FILE_NAME).is_file() or not latest.is_file():
        raise InputError(f"nothing is published in {folder}; run `grapevine publish` (or `grapevine run`) first")
    facts = json.loads(latest.read_text("utf-8"))
    as_of = datetime.fromisoformat(facts["as_of"])
    if as_of.tzinfo is None:
        raise InputError(f"as_of is {facts['as_of']!r} in {latest}, which has no time zone; publish again")
    connection = duckdb.connect(str(folder / FILE_NAME), read_only=True)
    return Published(as_of, bool(facts.get("is_sample", False)), connection)


@cache
def _sql(query: str) -> str:
    return (files("digests") / "queries" / f"{query}.sql").read_text("utf-8")
