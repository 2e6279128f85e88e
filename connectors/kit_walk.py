"""Walks over pages made from one recorded page: other ids, other times, another page token."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors.contract import Connector, Page, Request, Response
from connectors.cursor import Cursor, request_to_json
from connectors.mutations import as_json, shifted
from connectors.walk import Walk
from records.errors import Drift, GrapevineError, TransientError
from records.mention import Draft

__all__ = ["killed_and_resumed", "repeated_cursor"]

PAGES = 4
_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class Source:
    """A source that answers from pages made of a recorded one, newest first; its last page leads nowhere."""

    connector: Connector
    pages: list[bytes]
    seen: set[str] = field(default_factory=set)
    fetches_left: int | None = None
    _follows: dict[str, int] = field(default_factory=dict)

    def fetch(self, request: Request) -> Response:
        """Answer a request: a known next page, else the top."""
        if self.fetches_left is not None:
            if self.fetches_left <= 0:
                raise TransientError("cut off")
            self.fetches_left -= 1
        number = self._follows.get(_key(request), 0)
        response = Response(received_at=_AT, body=self.pages[number])
        page = self.connector.parse(request, response)
        if isinstance(page, Page) and number + 1 < len(self.pages):
            self._follows.update({_key(one): number + 1 for one in page.next})
        return response

    def arrive(self, page: bytes) -> None:
        """Put a newer page on top."""
        self.pages.insert(0, page)
        self._follows = {key: number + 1 for key, number in self._follows.items()}

    def land(self, request: Request, response: Response, page: Page) -> None:
        self.seen.update(draft.native_id for draft in page.drafts)


class _Ending:
    """The connector, save that the last page of the source leads nowhere and already seen rows end a walk."""

    def __init__(self, connector: Connector, source: Source) -> None:
        self._connector = connector
        self._source = source
        self.declaration = connector.declaration
        self.plan = connector.plan

    def parse(self, request: Request, response: Response) -> Page:
        page = self._connector.parse(request, response)
        if not isinstance(page, Page):
            raise Drift("a series of pages")
        is_last = response.body == self._source.pages[-1]
        return Page(records=page.records, gone=page.gone, skipped=page.skipped, next=() if is_last else page.next)


def repeated_cursor(connector: Connector, request: Request, value: Any, drafts: list[Draft]) -> str | None:
    """Return "" if a source that always gives the same page stops a walk with Drift, else what happened."""
    body = as_json(value)
    walk = Walk(
        connector,
        fetch=lambda _request: Response(received_at=_AT, body=body),
        land=lambda _request, _response, _page: None,
        clock=lambda: _AT,
        sleep=lambda _seconds: None,
        max_requests=50,
    )
    _, error = walk.read([request], Cursor(), afresh=lambda: [request])
    if error is None or isinstance(error, Drift):
        return ""
    return f"it went on for ever ({type(error).__name__})"


def killed_and_resumed(connector: Connector, request: Request, value: Any, drafts: list[Draft]) -> str | None:
    """Return "" if nothing is lost however a walk is cut off while rows arrive, None if no pages can be made.

    The walk is cut off after each page in turn, a newer page arrives, and the next walk has to find every row.
    """
    pages = _make_pages(connector, request, value, drafts)
    if pages is None:
        return None
    for cut_after in range(PAGES):
        source = Source(connector, list(pages[1:]))
        ending: Any = _Ending(connector, source)
        cursor = Cursor()
        for fetches in (cut_after, None, None):
            source.fetches_left = fetches
            walk = Walk(ending, fetch=source.fetch, land=source.land, clock=lambda: _AT, sleep=lambda _seconds: None)
            stored = Cursor.from_json(json.loads(json.dumps(cursor.to_json())))
            cursor, error = walk.read([request], stored, afresh=lambda: [request])
            if fetches is not None:
                source.arrive(pages[0])
        if error is not None:
            return f"cut off after page {cut_after}, the next pull ends with {type(error).__name__}: {error}"
        wanted = {one for page in pages for one in _ids(connector, request, page)}
        if source.seen != wanted:
            return f"cut off after page {cut_after}, {len(wanted - source.seen)} of {len(wanted)} rows are lost"
    return ""


def _make_pages(connector: Connector, request: Request, value: Any, drafts: list[Draft]) -> list[bytes] | None:
    """Return a newer page, the recorded one and older ones; None if changing ids and times does not give new rows."""
    moments = [moment for draft in drafts for moment in (draft.published_at, draft.edited_at) if moment is not None]
    if not moments:
        return None
    span = max(moments) - min(moments) + connector.declaration.overlap + timedelta(minutes=1)
    recorded = connector.parse(request, Response(received_at=_AT, body=as_json(value)))
    tokens = _tokens(request, recorded.next) if isinstance(recorded, Page) else frozenset()
    pages = [
        as_json(value if number == 0 else shifted(value, drafts, number=number, by=-number * span, tokens=tokens))
        for number in (-1, *range(PAGES))
    ]
    try:
        ids = [_ids(connector, request, page) for page in pages]
    except GrapevineError:
        return None
    is_new = all(not (one & other) for number, one in enumerate(ids) for other in ids[number + 1 :])
    return pages if is_new and all(ids) else None


def _tokens(request: Request, following: Sequence[Request]) -> frozenset[str]:
    """Return the strings that the next requests have and the first has not: page tokens."""
    before = set(_strings(request_to_json(request)))
    return frozenset(text for one in following for text in _strings(request_to_json(one)) if text not in before)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [text for part in parts for text in _strings(part)]


def _ids(connector: Connector, request: Request, body: bytes) -> set[str]:
    page = connector.parse(request, Response(received_at=_AT, body=body))
    return {draft.native_id for draft in page.drafts} if isinstance(page, Page) else set()


def _key(request: Request) -> str:
    return json.dumps(request_to_json(request), sort_keys=True)
