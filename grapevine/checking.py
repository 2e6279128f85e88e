"""Whether every configured source can be pulled: its settings, its credentials, and the smallest page it gives."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from annotated_types import Ge

from connectors import registry
from connectors.contract import Page
from grapevine.settings import Settings, SourceSettings
from grapevine.sources import setup_source
from grapevine.trying import first_page
from records.brand import Query
from records.errors import GrapevineError

__all__ = ["SourceCheck", "check_sources"]

_AT_ONCE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCheck:
    """One source entry.

    Attributes:
        source_name: the entry's name.
        connector: which one reads it.
        error: kind of what is wrong (a setting, a missing credential, the answer), None if it can be pulled.
        detail: what the answer held, or what is wrong and what to do about it.
    """

    source_name: str
    connector: str
    error: str | None
    detail: str


def check_sources(
    settings: Settings,
    *,
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
) -> list[SourceCheck]:
    """Ask every source entry for its smallest first page, side by side; nothing is stored.

    What is wrong with a source is in its result, and stops no other. A source that answers with nothing about the
    brands is well; one of whose records none can be used is not.

    Args:
        settings: the settings, already loaded.
        environment: where credentials come from; None for the process environment.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
    """
    query = Query(settings.brand_records())

    def one(entry: SourceSettings) -> SourceCheck:
        error, detail = None, ""
        try:
            page = _ask(entry, settings, query, environment, clock, sleep)
            is_usable, detail = _held(page)
            error = None if is_usable else "nothing usable"
        except GrapevineError as fault:
            error, detail = type(fault).__name__, str(fault)
        return SourceCheck(source_name=entry.resolved_name, connector=entry.connector, error=error, detail=detail)

    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return list(pool.map(one, settings.sources))


def _ask(
    entry: SourceSettings,
    settings: Settings,
    query: Query,
    environment: Mapping[str, str] | None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Page:
    written = {**entry.model_dump(), "name": entry.resolved_name}
    field = registry.find(entry.connector).settings_model().model_fields.get("page_size")
    smallest = next((one.ge for one in field.metadata if isinstance(one, Ge)), None) if field else None
    if smallest is not None:
        written["page_size"] = smallest  # some sources bill every record
    connector = registry.make(setup_source(written, folder=settings.folder))
    asks = [(request, connector.parse) for request in islice(connector.plan(query, {}), 1)]
    return first_page(connector, asks, environment=environment, clock=clock, sleep=sleep)


def _held(page: Page) -> tuple[bool, str]:
    """Return whether a page is of use, and what it held in words."""
    outcomes = len(page.outcomes) if page.outcomes is not None else 0
    counts = [(len(page.records), "record"), (outcomes, "outcome"), (len(page.rating_counts), "rating count")]
    parts = [f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts if count]
    skipped = Counter(one.reason for one in page.skipped)
    parts += [f"{count:,} not usable: {reason}" for reason, count in skipped.items()]
    is_usable = any(count for count, _ in counts) or not skipped
    return is_usable, "; ".join(parts) or "it answers, with nothing on its first page"
