"""What the kit tries between connector and network: waits as sources say them, and secrets that must not show."""

from __future__ import annotations

import io
import json
import logging
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from connectors.contract import Auth, Connector
from connectors.http import judge
from connectors.kit_report import Check
from connectors.waiting import LONGEST_WAIT_SECONDS
from records.errors import GrapevineError, Throttled
from records.home import Home

if TYPE_CHECKING:
    from connectors.kit_answers import Parsed

__all__ = ["checks"]

CANARY = "canary-9f2c71d4"
_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
_WAIT = timedelta(seconds=900)


def checks(connector: Connector, parsed: Sequence[Parsed]) -> Iterator[Check]:
    """Yield the checks."""
    wrong = _misread_waits(connector)
    yield Check(
        name="every form of Retry-After is honoured",
        standing="required",
        is_ok=not wrong,
        detail=", ".join(wrong) or "seconds, date, seconds to reset, epoch, ISO",
    )
    if not connector.declaration.credentials:
        detail = "the source needs no credential"
        yield Check(name="no secret in any log line or error", standing="not shown", is_ok=None, detail=detail)
        return
    shown = _where_secrets_show(connector, parsed[0].recording.body if parsed else b"{}")
    detail = ", ".join(shown) or "a pull with DEBUG logging"
    yield Check(name="no secret in any log line or error", standing="required", is_ok=not shown, detail=detail)


def _misread_waits(connector: Connector) -> list[str]:
    until = _AT + _WAIT
    forms = {
        "seconds": ("retry-after", str(int(_WAIT.total_seconds()))),
        "date": ("retry-after", format_datetime(until, usegmt=True)),
        "seconds to reset": ("x-ratelimit-reset", str(_WAIT.total_seconds())),
        "epoch": ("x-rate-limit-reset", str(int(until.timestamp()))),
        "ISO": ("x-ratelimit-reset", until.isoformat().replace("+00:00", "Z")),
    }
    wrong = []
    for form, (name, text) in forms.items():
        error = judge(connector.declaration, 429, {name: text}, place="source", now=_AT)
        if not isinstance(error, Throttled) or error.until != until or _WAIT.total_seconds() <= LONGEST_WAIT_SECONDS:
            wrong.append(form)
    return wrong


class _Recorded(BaseAdapter):
    """Answers every request from memory: logins with a token, everything else with one body."""

    def __init__(self, status: int, body: bytes, auth: Auth) -> None:
        super().__init__()
        self._auth = auth
        self._status = status
        self._body = body

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        path = urlsplit(request.url or "").path.rstrip("/")
        is_login = path.endswith("token") or (
            bool(self._auth.token_url) and path == urlsplit(self._auth.token_url).path
        )
        token_field = self._auth.token_field
        token = json.dumps({token_field: f"{CANARY}-token", "expires_in": 3600, "scope": "*"}).encode()
        answer = requests.Response()
        answer.status_code = 200 if is_login else self._status
        answer.headers["Content-Type"] = "application/json"
        answer.raw = io.BytesIO(token if is_login else self._body)
        answer.url = request.url or ""
        answer.request = request
        return answer

    def close(self) -> None:
        """Nothing is open."""


def _where_secrets_show(connector: Connector, body: bytes) -> list[str]:
    """Return where a canary in every credential showed while pulling with DEBUG logging, over good and bad answers."""
    from connectors.transport import Transport
    from records.brand import Brand, Query

    said = io.StringIO()
    handler = logging.StreamHandler(said)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    environment = {one.variable: f"{CANARY}-{one.name}" for one in connector.declaration.credentials}
    errors = []
    try:
        with tempfile.TemporaryDirectory() as folder:
            for status in (200, 401, 403, 429, 500):
                transport = Transport(
                    connector,
                    Home(Path(folder) / str(status)),
                    environment=environment,
                    clock=lambda: _AT,
                    sleep=lambda _seconds: None,
                )
                with transport:
                    transport.answer_from(_Recorded(status, body, connector.declaration.auth))
                    for request in connector.plan(Query((Brand(key="example", name="example"),)), {}):
                        try:
                            transport.fetch(request)
                        except GrapevineError as error:
                            errors.append(f"{error!r} {error.__cause__!r}")
            in_files = [
                path.name for path in Path(folder).rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()
            ]
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
    shown = ["a log line"] if CANARY in said.getvalue() else []
    shown += ["an error"] if any(CANARY in error for error in errors) else []
    return shown + in_files
