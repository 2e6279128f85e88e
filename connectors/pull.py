"""Pull one source entry: every slice it has, each into a landing run of its own.

An error of a source never leaves this module as an exception: it is in the result and in the manifest.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from connectors import filestate
from connectors.contract import ONE_SLICE, ClientCall, Connector, HttpRequest, NativeId, Request
from connectors.cursor import Cursor
from connectors.manifest import PullResult, Run, new_run_id, sort_error, write_manifest
from connectors.registry import find, make
from records.brand import Query
from records.errors import GrapevineError
from records.home import Home
from records.setup import SourceSetup

if TYPE_CHECKING:
    from connectors.transport import Transport
    from connectors.walk import Fetch

__all__ = ["RECHECK", "PlannedRequest", "PullResult", "dry_run", "pull_source", "recheck_source", "slices"]

log = logging.getLogger(__name__)

SliceCursors = Mapping[str, Mapping[str, Any]]
"""Slice -> the cursor that its last loaded manifest held."""

RECHECK = "recheck"
"""The slice under which rechecks land."""


class PlannedRequest(NamedTuple):
    """A request as people read it: its slice, how it is sent, and what is asked; never with credentials."""

    slice: str
    method: str
    asked: str


def now() -> datetime:
    """Return the current time, aware UTC."""
    return datetime.now(UTC)


def pull_source(
    setup: SourceSetup,
    query: Query,
    cursors: SliceCursors,
    home: Home,
    *,
    secret_key: bytes,
    slice: str | None = None,  # noqa: A002 (the word that manifests and DAGs use)
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], None] = time.sleep,
    fetch: Fetch | None = None,
    environment: Mapping[str, str] | None = None,
    max_requests: int | None = None,
) -> list[PullResult]:
    """Pull all slices of a source entry, or one.

    Args:
        setup: the settings entry.
        query: the brands.
        cursors: slice -> the cursor that its last loaded manifest held.
        home: where to land.
        secret_key: the home's key, with which people are hashed.
        slice: only this slice; None for all.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        fetch: answers requests in place of the network; files are always read from disk.
        environment: where credentials come from; None for the process environment.
        max_requests: per slice; then the pull is cut off and the next one goes on. None for the usual number.

    Returns:
        One result per slice, in the connector's order; a source whose settings are wrong gives one failed result.
    """
    declaration = find(setup.connector).declaration
    cursor = Cursor.from_json(cursors.get(ONE_SLICE))
    if declaration.reads_files and filestate.all_unchanged(setup, query.brands, cursor.state):
        return [write_manifest(home, start_run(setup, ONE_SLICE, clock()), status="unchanged", ended_at=clock())]
    try:
        connector = make(setup)
        planned = _planned(connector, query, cursors)
        if slice is not None:
            planned = {slice: planned.get(slice, [])}
        from connectors.runner import Runner

        runner = Runner(setup, connector, query, home, secret_key=secret_key, clock=clock, sleep=sleep)
        with ExitStack() as stack:
            if fetch is None and not declaration.reads_files:
                fetch = stack.enter_context(_transport(connector, home, environment, clock, sleep)).fetch
            results = []
            for name, requests in planned.items():
                run, cursor = start_run(setup, name, clock()), Cursor.from_json(cursors.get(name))
                if fetch is None:
                    result = runner.read_files(run, requests, cursor)
                else:
                    result = runner.read_pages(run, requests, cursor, fetch=fetch, max_requests=max_requests)
                log.info("%s slice %s: %s, %d records", setup.name, name, result.status, result.read_count)
                results.append(result)
            return results
    except GrapevineError as error:
        run = start_run(setup, ONE_SLICE if slice is None else slice, clock())
        log.warning("%s: %s", setup.name, error)
        return [write_manifest(home, run, status="failed", ended_at=clock(), error=sort_error(error))]


def recheck_source(
    setup: SourceSetup,
    query: Query,
    ids: Sequence[NativeId],
    home: Home,
    *,
    secret_key: bytes,
    clock: Callable[[], datetime] = now,
    sleep: Callable[[float], None] = time.sleep,
    fetch: Fetch | None = None,
    environment: Mapping[str, str] | None = None,
) -> PullResult:
    """Ask a source whether mentions still stand, and land what was edited or is gone.

    Args:
        setup: the settings entry.
        query: the brands.
        ids: (namespace, native id) of the mentions.
        home: where to land.
        secret_key: the home's key.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        fetch: answers requests in place of the network.
        environment: where credentials come from; None for the process environment.

    Returns:
        The result of a run in the slice `RECHECK`, which moves no cursor.
    """
    run = start_run(setup, RECHECK, clock())
    try:
        connector = make(setup)
        from connectors.runner import Runner

        runner = Runner(setup, connector, query, home, secret_key=secret_key, clock=clock, sleep=sleep)
        with ExitStack() as stack:
            if fetch is None:
                fetch = stack.enter_context(_transport(connector, home, environment, clock, sleep)).fetch
            return runner.recheck(run, ids, fetch=fetch)
    except GrapevineError as error:
        log.warning("%s: %s", setup.name, error)
        return write_manifest(home, run, status="failed", ended_at=clock(), error=sort_error(error))


def dry_run(setup: SourceSetup, query: Query, cursors: SliceCursors) -> list[PlannedRequest]:
    """Return the first requests that a pull would send, without sending any; later ones depend on the answers.

    Raises:
        ConfigError: the settings are wrong.
    """
    planned = _planned(make(setup), query, cursors)
    return [PlannedRequest(name, *_described(request)) for name, requests in planned.items() for request in requests]


def slices(setup: SourceSetup, query: Query, cursors: SliceCursors) -> list[str]:
    """Return the slices of a source entry, in the connector's order.

    Raises:
        ConfigError: its settings are wrong.
    """
    if find(setup.connector).declaration.reads_files:
        return [ONE_SLICE]
    return list(_planned(make(setup), query, cursors))


def start_run(setup: SourceSetup, slice: str, begun: datetime) -> Run:  # noqa: A002
    """Return a new run of one slice."""
    return Run(
        run_id=new_run_id(begun),
        source_name=setup.name,
        source=setup.source,
        slice=slice,
        connector=setup.connector,
        started_at=begun,
    )


def _transport(
    connector: Connector,
    home: Home,
    environment: Mapping[str, str] | None,
    clock: Callable[[], datetime],
    sleep: Callable[[float], None],
) -> Transport:
    from connectors.transport import Transport

    variables = os.environ if environment is None else environment
    return Transport(connector, home, environment=variables, clock=clock, sleep=sleep)


def _described(request: Request) -> tuple[str, str]:
    if isinstance(request, HttpRequest):
        from urllib.parse import urlencode

        return request.method, f"{request.url}?{urlencode(request.params)}" if request.params else request.url
    if isinstance(request, ClientCall):
        return f"{request.client}.{request.method}", json.dumps(dict(request.arguments), ensure_ascii=False)
    return "read", str(request.path)


def _planned(connector: Connector, query: Query, cursors: SliceCursors) -> dict[str, list[Request]]:
    known: defaultdict[str, Cursor] = defaultdict(Cursor)
    known.update({name: Cursor.from_json(value) for name, value in cursors.items()})
    planned: dict[str, list[Request]] = {}
    for request in connector.plan(query, known):
        planned.setdefault(request.slice, []).append(request)
    return planned
