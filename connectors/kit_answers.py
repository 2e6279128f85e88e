"""What the kit makes of one recorded answer: which question it answers, what is read, which error it names."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from connectors import mutations
from connectors.atom import first_tags
from connectors.contract import (
    ClientCall,
    Connector,
    FileRead,
    HttpRequest,
    NativeId,
    Page,
    Rechecks,
    Request,
    Response,
)
from connectors.http import judge
from connectors.kit_report import FileReport
from connectors.recordings import Recording
from records.brand import Brand, Query
from records.errors import ConfigError, GrapevineError
from records.mention import Draft

__all__ = ["NOW", "Parsed", "read_answer", "respond", "what_is_wrong"]

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

_QUERY = Query((Brand(key="example", name="example"),))
_NOBODY: NativeId = ("", "zz0")
_WORD = re.compile(r"[a-z]{3,}")
_VERBS = frozenset({"get", "post"})
_FEEDS = (b"<feed", b"<rss", b"<rdf")
_SAID = frozenset({"detail", "details", "explanation", "message", "reason"})
_KIND = frozenset({"code", "status", "title", "type"})
"""Where error answers without a key named "error" say what is wrong, and of which kind it is."""

Parse = Callable[[Request, Response], Any]


@dataclass(frozen=True, slots=True)
class Parsed:
    """A recorded answer that the connector read, and how."""

    recording: Recording
    request: Request
    parse: Callable[[Request, Response], Page]
    page: Page
    drafts: list[Draft]
    value: Any

    def again(self, value: Any) -> list[Draft]:
        """Return the drafts of another body in its place."""
        return list(self.parse(self.request, respond(mutations.as_json(value))).drafts)


def respond(body: bytes) -> Response:
    """Return a body as an answer."""
    return Response(received_at=NOW, body=body, stream=BytesIO(body))


def read_answer(connector: Connector, recording: Recording) -> tuple[FileReport, Parsed | None]:
    """Return what the connector makes of a recorded answer, and the page if it read one.

    Raises:
        ConfigError: the connector reads files.
    """
    asked = f"{recording.method} {recording.url}" if recording.url else None
    report = FileReport(name=recording.name, asked=asked)
    if recording.is_about_tokens:
        return replace(report, message="a login; not parsed", is_ok=None), None
    error = judge(connector.declaration, recording.status, recording.headers, place=recording.name, now=NOW)
    if error is not None:
        return replace(report, error=type(error).__name__, message=str(error)), None
    wrong = what_is_wrong(recording)
    refusal: GrapevineError | None = None
    ways = list(_ways(connector, recording))
    for request, parse in ways:
        try:
            page = parse(request, respond(recording.body))
            drafts = list(page.drafts)
        except GrapevineError as refused:
            refusal = refusal or refused
            continue
        except Exception as fault:  # noqa: BLE001 (whatever a connector raises is what the kit reports)
            message = f"{type(fault).__name__} in {parse.__name__}: {fault}"
            return replace(report, error="crash", message=message, is_ok=False), None
        is_silent = bool(wrong) and not (drafts or page.gone or page.skipped)
        report = replace(
            report,
            records=len(drafts),
            gone=len(page.gone),
            skipped=dict(Counter(one.reason for one in page.skipped)),
            message=f"{wrong}, but the connector took it for an empty page" if is_silent else "",
            is_ok=not is_silent,
        )
        return report, Parsed(recording, request, parse, page, drafts, _value(recording.body))
    is_ours = recording.url is None or any(_is_answer_to(request, recording) for request, _ in ways)
    return replace(
        report,
        error=type(refusal).__name__,
        message=str(refusal) if wrong or is_ours else f"no answer to anything that this connector asks: {refusal}",
        is_ok=True if wrong else False if is_ours else None,
    ), None


def what_is_wrong(recording: Recording) -> str:
    """Return what shows that a recorded 200 is an error answer, "" if nothing does."""
    head = first_tags(recording.body)
    if b"<html" in head or head.startswith(b"<!doctype html"):
        return "a web page"
    if head:
        return "" if any(feed in head for feed in _FEEDS) else "no feed"
    value = _value(recording.body)
    if not isinstance(value, dict | list):
        return "no JSON"
    return "an error inside a 200" if value == {} or _is_error(value) else ""


def _is_error(value: Any) -> bool:
    """Whether JSON values say that something went wrong, and nothing else."""
    if not isinstance(value, dict):
        return False
    if value.get("success", True) not in (True, 1):
        return True
    parts = list(value.values())
    if len(parts) == 1 and isinstance(parts[0], dict) and parts[0]:
        return "error" in next(iter(value)).lower() or _is_error(parts[0])
    errors = [key for key in value if "error" in key.lower() and value[key]]
    if value.get("data") or any(isinstance(part, list) and part for key, part in value.items() if key not in errors):
        return False
    keys = set(value)
    return bool(errors) or (bool(keys & _SAID) and bool(keys & _KIND)) or (bool(keys) and keys <= _SAID)


def _ways(connector: Connector, recording: Recording) -> Iterator[tuple[Request, Parse]]:
    """Yield the questions that a recording may answer, each with what parses the answer; the likeliest first."""
    first = next(iter(connector.plan(_QUERY, {})), None)
    if isinstance(first, FileRead):
        raise ConfigError("the kit tries connectors that ask a source; files are tried by pulling them")
    usual: list[tuple[Request, Parse]] = []
    if first is not None:
        usual.append((_as_recorded(first, recording), connector.parse))
    if not isinstance(connector, Rechecks):
        yield from usual
        return
    asked = _asked_ids(recording)
    again = next(iter(connector.recheck_requests(asked)), None) if asked else None
    if again is not None and _is_answer_to(again, recording):
        yield again, connector.parse_recheck
        yield from usual
        return
    yield from usual
    request = next(iter(connector.recheck_requests([_NOBODY])))
    # Which ids were asked about is not known; none of ours must count as absent.
    for name in list(request.context):
        request.context[name] = []  # type: ignore[index]
    yield request, connector.parse_recheck


def _as_recorded(request: Request, recording: Recording) -> Request:
    """Return the connector's request as it was recorded, if it is the same question with other parameters."""
    if recording.url is None or not isinstance(request, HttpRequest) or not _is_answer_to(request, recording):
        return request
    address, _, _ = recording.url.partition("?")
    return replace(request, url=address, params=tuple(parse_qsl(urlsplit(recording.url).query, keep_blank_values=True)))


def _asked_ids(recording: Recording) -> Sequence[NativeId]:
    """Return the ids that a recorded request names: in its query, or as the last part of its path."""
    parts = urlsplit(recording.url or "")
    query = dict(parse_qsl(parts.query))
    named = query.get("ids") or query.get("id") or parts.path.rstrip("/").rpartition("/")[2]
    return [("", one) for one in named.split(",") if one]


def _is_answer_to(request: Request, recording: Recording) -> bool:
    """Whether the recorded address holds every word of what a request asks."""
    if isinstance(request, HttpRequest):
        asked = urlsplit(request.url).path
    elif isinstance(request, ClientCall):
        asked = str(request.arguments.get("path") or request.method)
    else:
        return False
    words = set(_WORD.findall(asked.lower())) - _VERBS
    return words <= set(_WORD.findall(urlsplit(recording.url or "").path.lower()))


def _value(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None
