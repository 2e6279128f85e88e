"""A walk through one slice: request, answer, page, next request; from the top, then on in the gaps left open.

A walk never decides what is a mention and never opens a connection: it calls `fetch`, hands each page on, and keeps the
cursor honest. Whatever ends it early (an error, a wait too long, too many requests), what was read stays and the rest
becomes a gap.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from connectors.columns import DraftColumns
from connectors.contract import Connector, Declaration, Page, Request, Response
from connectors.cursor import Cursor, Gap, request_to_json
from connectors.reading import STUMBLES, usable
from connectors.waiting import FUTURE_SLACK, LONGEST_WAIT_SECONDS, Clock, Sleep
from records.errors import ConfigError, Drift, Gone, GrapevineError, Throttled

__all__ = ["Fetch", "Walk", "times"]

Fetch = Callable[[Request], Response]
Land = Callable[[Request, Response, Page], None]

MAX_REQUESTS = 1_000
_MAX_EMPTY_PAGES = 10
_MAX_GAPS = 20
_NEARLY = 0.9


@dataclass(frozen=True, slots=True)
class _Step:
    """A request, and what the page before it in its chain held."""

    request: Request
    ids_before: frozenset[str] = frozenset()
    empty_before: int = 0


@dataclass(slots=True)
class _Stretch:
    """What reading one stretch has come to."""

    newest: datetime | None = None
    oldest: datetime | None = None
    pages: int = 0
    records: int = 0
    left: tuple[Request, ...] = ()


class Walk:
    """Reads one slice.

    Args:
        connector: whose pages are parsed.
        fetch: sends a request and returns the answer, or raises a sorted error.
        land: takes each answer and its page.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        max_requests: after so many the walk stops; the next pull goes on.
    """

    def __init__(
        self,
        connector: Connector,
        *,
        fetch: Fetch,
        land: Land,
        clock: Clock,
        sleep: Sleep,
        max_requests: int = MAX_REQUESTS,
    ) -> None:
        self._connector = connector
        self._declaration: Declaration = connector.declaration
        self._fetch = fetch
        self._land = land
        self._clock = clock
        self._sleep = sleep
        self._requests_left = max_requests
        self.shortfall: Gone | None = None
        """Set by `read` if the source ended before what was read last time: what lay between cannot be had any more."""

    def read(
        self, first: Sequence[Request], cursor: Cursor, *, afresh: Callable[[], Sequence[Request]]
    ) -> tuple[Cursor, GrapevineError | None]:
        """Read from the top down to the head, then on in the gaps.

        Args:
            first: the slice's first requests, planned with this cursor.
            cursor: where the last loaded pull left off.
            afresh: gives the first requests planned without a cursor, for a gap whose page token has died.

        Returns:
            The cursor to keep with the rows landed, and the error that ended the walk early, None if none did.
        """
        top, error = self._stretch(first, since=cursor.head)
        if error is not None and not top.pages:
            return cursor, error
        cut_off = Gap(since=cursor.head, until=top.oldest, next=top.left) if error else None
        if error is None:
            self.shortfall = self._shortfall(top, cursor.head)
        open_gaps = cursor.gaps
        cursor = cursor.after_top(top.newest, cut_off)
        for gap in open_gaps:
            if error is not None:
                break
            stretch, error = self._stretch(gap.next, since=gap.since)
            cursor = cursor.after_gap(gap, self._left_of(gap, stretch, error, afresh))
        return _few_gaps(cursor), error

    def _shortfall(self, top: _Stretch, head: datetime | None) -> Gone | None:
        depth, name = self._declaration.max_depth, self._declaration.name
        if depth is None or head is None or top.oldest is None:
            return None
        # A listing that ends far short of its usual depth has simply no older rows.
        if top.oldest <= head or top.records < depth * _NEARLY:
            return None
        return Gone(
            f"{name} lists about {depth:,} records and ended at {top.oldest:%Y-%m-%d %H:%M} UTC, after what was read "
            f"last time ({head:%Y-%m-%d %H:%M}); some in between are lost, pull more often"
        )

    def _left_of(
        self, gap: Gap, stretch: _Stretch, error: GrapevineError | None, afresh: Callable[[], Sequence[Request]]
    ) -> Gap | None:
        if error is None:
            return None
        if not stretch.pages and isinstance(error, ConfigError | Drift | Gone):
            # The source no longer knows the page token: read the stretch again from the top next time.
            return Gap(since=gap.since, until=None, next=tuple(afresh()))
        return replace(gap, until=stretch.oldest or gap.until, next=stretch.left or gap.next)

    def _stretch(self, first: Sequence[Request], since: datetime | None) -> tuple[_Stretch, GrapevineError | None]:
        floor = None if since is None else since - self._declaration.overlap
        stretch = _Stretch()
        queue = deque(_Step(request) for request in first)
        asked: set[str] = set()
        while queue:
            step = queue[0]
            try:
                self._guard(step.request, asked)
                response = self._fetch(step.request)
                page = _one_page(self._connector, step.request, response)
                follow = self._next_steps(step, page, floor)
            except GrapevineError as error:
                stretch.left = tuple(waiting.request for waiting in queue)
                return stretch, error
            queue.popleft()
            self._land(step.request, response, page)
            stretch.pages += 1
            stretch.records += len(page.records)
            moments = self._times(page)
            stretch.newest = max([*moments, *([stretch.newest] if stretch.newest else [])], default=None)
            stretch.oldest = min([*moments, *([stretch.oldest] if stretch.oldest else [])], default=None)
            queue.extend(follow)
            if page.wait and queue:
                try:
                    self._wait(page.wait)
                except Throttled as error:
                    stretch.left = tuple(waiting.request for waiting in queue)
                    return stretch, error
        return stretch, None

    def _guard(self, request: Request, asked: set[str]) -> None:
        key = json.dumps(request_to_json(request), sort_keys=True)
        if key in asked:
            raise Drift("the source gave the same next page twice; its cursor does not advance")
        asked.add(key)
        if self._requests_left <= 0:
            raise Throttled("stopped after as many requests as one pull may send; the next pull goes on from here")
        self._requests_left -= 1

    def _next_steps(self, step: _Step, page: Page, floor: datetime | None) -> list[_Step]:
        if not page.next:
            return []
        ids = frozenset(_ids(page))
        if ids and ids == step.ids_before:
            raise Drift("the source gave the same records twice under different cursors; its cursor does not advance")
        empty = 0 if ids or page.gone else step.empty_before + 1
        if empty >= _MAX_EMPTY_PAGES:
            raise Drift(f"the source gave {empty} pages without a record, each with a next one")
        moments = self._times(page)
        if self._declaration.order == "newest_first" and floor is not None and moments and max(moments) <= floor:
            return []
        return [_Step(request, ids, empty) for request in page.next]

    def _times(self, page: Page) -> list[datetime]:
        """Return a page's times; a false one far ahead would move the head there, and end every later walk at once."""
        latest = self._clock() + FUTURE_SLACK
        return [moment for moment in times(page, self._declaration) if moment <= latest]

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT_SECONDS:
            until = self._clock() + timedelta(seconds=seconds)
            raise Throttled(f"the source asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC", until)
        self._sleep(seconds)


def times(page: Page, declaration: Declaration) -> list[datetime]:
    """Return the times by which a page's records are ordered; those without a time are left out."""
    if isinstance(page.records, DraftColumns):
        published = page.records.values.get("published_at", [])
        edited = page.records.values.get("edited_at") or [None] * len(published)
    else:
        published = [draft.published_at for draft in page.records]
        edited = [draft.edited_at for draft in page.records]
    if declaration.order_by == "updated":
        published = [late or early for early, late in zip(published, edited, strict=True)]
    return [moment for moment in published if moment is not None]


def _one_page(connector: Connector, request: Request, response: Response) -> Page:
    name = connector.declaration.name
    try:
        page = connector.parse(request, response)
    except STUMBLES as fault:
        # The fault's own words may hold parts of the answer, so only its kind is told.
        raise Drift(f"{name} could not read the answer ({type(fault).__name__}); its shape may have changed") from fault
    if not isinstance(page, Page):
        raise TypeError(f"{name}: only the pages of a file may come as a series")
    return usable(page)


def _ids(page: Page) -> list[str]:
    if isinstance(page.records, DraftColumns):
        return list(page.records.values["native_id"])
    return [f"{draft.namespace}\x1f{draft.native_id}" for draft in page.records]


def _few_gaps(cursor: Cursor) -> Cursor:
    """Join the two oldest gaps until few are left; the stretch between them is then read again, and nothing is lost."""
    gaps = cursor.gaps
    while len(gaps) > _MAX_GAPS:
        upper, lower = gaps[-2:]
        gaps = (*gaps[:-2], replace(upper, since=lower.since))
    return replace(cursor, gaps=gaps)
