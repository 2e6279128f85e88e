"""The sweep that keeps the house's duties: what is edited, deleted or expired at a source is so here as well.

    ask:    every source that can be asked is asked about the mentions longest unseen; the answers land as runs
    settle: load them, erase what is gone from every file, bring the tables and digests up to date, sweep landing

A mention about which a source says nothing stays due, but not at the head of the queue: a mark in
`state/recheck.json` goes round, so that it keeps no other waiting.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from connectors import registry
from connectors.contract import Rechecks
from connectors.transport import credentials_of
from grapevine import pipeline
from grapevine.pipeline import Workspace
from records.brand import Query
from records.errors import ConfigError
from records.home import Home
from records.setup import SourceSetup

if TYPE_CHECKING:
    from connectors.pull import PullResult
    from connectors.walk import Fetch

__all__ = ["DUE_AFTER", "Asked", "Settled", "ask", "settle"]

DUE_AFTER = timedelta(hours=20)
"""A mention seen since then need not be asked about: less than a day, so that a daily sweep skips no day."""

Mark = tuple[datetime, uuid.UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked.

    Attributes:
        results: one for each source that was asked.
        asked_counts: mentions asked about, by source entry.
        left_counts: mentions that stay due because the sweep is bounded, by source entry.
        not_asked: source entry -> why it could not be asked though mentions are due.
    """

    results: tuple[PullResult, ...] = ()
    asked_counts: Mapping[str, int] = field(default_factory=dict)
    left_counts: Mapping[str, int] = field(default_factory=dict)
    not_asked: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What came of it.

    Attributes:
        edited_count: new versions of known mentions.
        gone_count: mentions that their sources reported as removed.
        expired_count: mentions that terms no longer let us keep.
        erased_count: mentions taken out of every file.
        swept_count: landing runs removed because of their age.
    """

    edited_count: int
    gone_count: int
    expired_count: int
    erased_count: int
    swept_count: int


def ask(
    workspace: Workspace,
    *,
    limit: int | None = None,
    environment: Mapping[str, str] | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    fetch: Fetch | None = None,
) -> Asked:
    """Ask the sources about mentions that were not seen for a day, those longest unseen first.

    A source that fails stops no other; what it said before is landed.

    Args:
        workspace: what to work on.
        limit: mentions of each source at most; that of its settings if None.
        environment: where credentials come from; None for the process environment.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        fetch: answers requests in place of the network.
    """
    from connectors.pull import recheck_source
    from warehouse import recheck as finding
    from warehouse import store

    home, marks = workspace.home, _read_marks(workspace.home)
    if home.warehouse.exists():
        pipeline.load(workspace)  # an answer that has landed is not asked for again, should this be tried once more
    results: list[PullResult] = []
    counts: dict[str, int] = {}
    left: dict[str, int] = {}
    not_asked: dict[str, str] = {}
    for setup in _askable(workspace):
        mark, before = marks.get(setup.source), clock() - DUE_AFTER
        most = setup.recheck_limit if limit is None else limit
        found = finding.due(home, source=setup.source, before=before, limit=most, after=mark)
        if not found and mark:
            found = finding.due(home, source=setup.source, before=before, limit=most)
        more = finding.due_count(home, source=setup.source, before=before) - len(found)
        if more:
            left[setup.name] = more
        if not found:
            continue
        try:
            if fetch is None:
                variables = os.environ if environment is None else environment
                credentials_of(registry.find(setup.connector).declaration, variables)
        except ConfigError as error:
            not_asked[setup.name] = str(error)
            continue
        result = recheck_source(
            setup,
            Query(workspace.brands),
            [(one.namespace, one.native_id) for one in found],
            home,
            secret_key=store.secret_key(home),
            clock=clock,
            sleep=sleep,
            fetch=fetch,
            environment=environment,
        )
        results.append(result)
        counts[setup.name] = len(found)
        if result.error is None:
            last = max(found)
            marks[setup.source] = (last.fetched_at, last.mention_id)
            _write_marks(home, marks)
    return Asked(results=tuple(results), asked_counts=counts, left_counts=left, not_asked=not_asked)


def settle(workspace: Workspace, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Settled:
    """Load what was answered, erase what is gone or expired, and bring tables and digests up to date.

    Args:
        workspace: what to work on.
        clock: returns now (aware UTC).

    Raises:
        CheckFailed: a landing run or the marts are not as promised; what is left is erased by the next sweep.
    """
    from warehouse import erase, load
    from warehouse import recheck as finding

    home = workspace.home
    loaded = pipeline.load(workspace)
    expired = [
        mention
        for setup in workspace.sources
        if (days := registry.find(setup.connector).declaration.retention_days) is not None
        for mention in finding.expired(home, source=setup.source, before=clock() - timedelta(days=days))
    ]
    pipeline.score(workspace)
    erased = erase.forget(home, mention_ids=expired, reason="expired") if expired else erase.purge(home)
    if erased.mention_count:
        pipeline.rebuild_digests(workspace)
    else:
        pipeline.build(workspace)
        pipeline.publish(workspace)
    retention = {setup.name: setup.retention_days for setup in workspace.sources}
    return Settled(
        edited_count=loaded.version_count - loaded.new_count,
        gone_count=loaded.gone_count,
        expired_count=len(expired),
        erased_count=erased.mention_count,
        swept_count=load.sweep_landing(home, retention_days=retention, now=clock()),
    )


def _askable(workspace: Workspace) -> list[SourceSetup]:
    """Return one entry for each source that can be asked: mentions are known by source, whichever entry found them."""
    first: dict[str, SourceSetup] = {}
    for setup in workspace.sources:
        if issubclass(registry.find(setup.connector), Rechecks):
            first.setdefault(setup.source, setup)
    return list(first.values())


def _read_marks(home: Home) -> dict[str, Mark]:
    try:
        kept = json.loads((home.state / "recheck.json").read_text(encoding="utf-8"))
        return {name: (datetime.fromisoformat(moment), uuid.UUID(one)) for name, (moment, one) in kept.items()}
    except (OSError, ValueError, AttributeError):
        return {}  # lost or broken: the round begins anew, and nothing is asked twice before it is due


def _write_marks(home: Home, marks: Mapping[str, Mark]) -> None:
    home.state.mkdir(parents=True, exist_ok=True)
    beside = home.state / "recheck.json.tmp"
    text = json.dumps({name: [moment.isoformat(), str(one)] for name, (moment, one) in marks.items()})
    beside.write_text(text, encoding="utf-8")
    beside.replace(home.state / "recheck.json")
