"""Scrubbed recordings of a source: what `connectors record` writes for the kit and for tests.

Credentials, cookies and the connector's private fields are cut; e-mail addresses and handles in what remains are
replaced. The words of public posts stay: look at a recording before it is committed.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connectors.capture import public_part
from connectors.contract import FileRead, Page, Request, Response
from connectors.manifest import slug
from connectors.registry import make
from records.brand import Query
from records.errors import InputError
from records.home import Home
from records.setup import SourceSetup

if TYPE_CHECKING:
    from connectors.walk import Fetch

__all__ = ["record"]

_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HANDLE = re.compile(r"(?<![\w@/.])(/?u/|@)[A-Za-z0-9_-]{2,}")


def record(
    setup: SourceSetup,
    query: Query,
    home: Home,
    folder: Path,
    *,
    pages: int = 2,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    sleep: Callable[[float], None] = time.sleep,
    fetch: Fetch | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[Path]:
    """Ask a source for its first pages and write them, scrubbed, one file each.

    Args:
        setup: the settings entry.
        query: the brands.
        home: whose request budgets are used.
        folder: where the recordings go.
        pages: how many of each slice.
        clock: returns now (aware UTC).
        sleep: waits for seconds.
        fetch: answers requests in place of the network.
        environment: where credentials come from; None for the process environment.

    Returns:
        The files written.

    Raises:
        InputError: the source is a file, or its answer cannot be scrubbed because it is not JSON.
        GrapevineError: the source did not answer; see the errors.
    """
    from connectors.transport import Transport

    connector = make(setup)
    written: list[Path] = []
    variables = os.environ if environment is None else environment
    with Transport(connector, home, environment=variables, clock=clock, sleep=sleep) as transport:
        ask = fetch or transport.fetch
        for first in connector.plan(query, {}):
            request: Request | None = first
            for number in range(1, pages + 1):
                if request is None:
                    break
                if isinstance(request, FileRead):
                    raise InputError(f"{setup.name} reads files; a file is its own recording")
                response = ask(request)
                body = _scrubbed(response, connector.declaration.private_fields)
                folder.mkdir(parents=True, exist_ok=True)
                path = folder / f"{slug(request.slice)}__page_{number}.json"
                path.write_bytes(body)
                written.append(path)
                page = connector.parse(request, response)
                request = page.next[0] if isinstance(page, Page) and page.next else None
    return written


def _scrubbed(response: Response, private_fields: tuple[str, ...]) -> bytes:
    public = public_part(response, private_fields)
    try:
        value = json.loads(public or b"")
    except ValueError:
        raise InputError("the answer is not JSON and cannot be scrubbed; save it by hand and read it first") from None
    return json.dumps(_without_people(value), ensure_ascii=False, indent=1).encode(errors="replace") + b"\n"


def _without_people(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_people(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_people(part) for part in value]
    if isinstance(value, str):
        return _HANDLE.sub(r"\g<1>someone", _EMAIL.sub("someone@mail.example", value))
    return value
