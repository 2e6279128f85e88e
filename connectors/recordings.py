"""Recorded answers of a source: plain bodies, and VCR cassettes with the requests that they answer."""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from records.errors import InputError

__all__ = ["EXPECTED", "SUFFIXES", "Recording", "read_folder"]

SUFFIXES = (
    ".json", ".jsonl", ".xml", ".rss", ".atom", ".html", ".txt", ".csv", ".vtt", ".srt", ".mbox", ".yaml", ".yml",
)  # fmt: skip
EXPECTED = "expected.jsonl"
"""Beside the recordings: what they mean, reviewed by a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One recorded answer.

    Attributes:
        name: its file, and its number in a file that holds several.
        url: what was asked, None where only the body is known.
        method: of HTTP.
        status: of HTTP; 200 where only the body is known.
        headers: names in lower case.
        body: unpacked.
    """

    name: str
    url: str | None = None
    method: str = "GET"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_about_tokens(self) -> bool:
        """Whether it is a login, which no connector parses."""
        path = urlsplit(self.url or "").path.lower()
        return path.endswith(("access_token", "/token", "/oauth2", "/createsession", "/refreshsession"))


def read_folder(folder: Path) -> list[Recording]:
    """Return all recordings of a folder, by file name.

    Raises:
        InputError: there is no such folder, no recording in it, or a broken one.
    """
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder; name one that holds recordings")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix.lower() in SUFFIXES and path.name != EXPECTED
    )
    found = [recording for path in files for recording in _read_file(path, str(path.relative_to(folder)))]
    if not found:
        raise InputError(f"{folder} holds no recordings ({', '.join(SUFFIXES)})")
    return found


def _read_file(path: Path, name: str) -> Iterator[Recording]:
    body = path.read_bytes()
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        yield from _cassette(_yaml(body, name), name)
        return
    if suffix == ".json":
        value = _json(body)
        if isinstance(value, dict) and ("interactions" in value or "http_interactions" in value):
            yield from _cassette(value, name)
            return
    if suffix == ".jsonl" or (suffix == ".json" and _is_lines(body)):
        for number, line in enumerate(body.splitlines(), start=1):
            if line.strip():
                yield Recording(name=f"{name}:{number}", body=line)
        return
    yield Recording(name=name, body=body)


def _is_lines(body: bytes) -> bool:
    """Whether a body is one JSON value a line, whatever its file is called."""
    lines = [line for line in body.splitlines() if line.strip()]
    return len(lines) > 1 and all(isinstance(_json(line), dict) for line in lines)


def _cassette(value: Any, name: str) -> Iterator[Recording]:
    interactions = value.get("interactions", value.get("http_interactions")) if isinstance(value, dict) else None
    if not isinstance(interactions, list):
        raise InputError(f"{name} is no cassette: it has no list of interactions")
    for number, one in enumerate(interactions, start=1):
        request, response = one.get("request") or {}, one.get("response") or {}
        status = response.get("status")
        code = (status.get("code") or status.get("status_code")) if isinstance(status, dict) else status
        headers = {str(key).lower(): _header(part) for key, part in (response.get("headers") or {}).items()}
        yield Recording(
            name=f"{name}:{number}" if len(interactions) > 1 else name,
            url=request.get("uri") or request.get("url"),
            method=str(request.get("method") or "GET").upper(),
            status=int(code or response.get("status_code") or 200),
            headers=headers,
            body=_body(response.get("body", response.get("content")), headers.get("content-encoding", "")),
        )


def _header(value: Any) -> str:
    return str(value[0]) if isinstance(value, list) and value else "" if isinstance(value, list) else str(value)


def _body(given: Any, encoding: str) -> bytes:
    if isinstance(given, dict):
        if given.get("base64_string") is not None:
            given = base64.b64decode(given["base64_string"])
        else:
            given = given.get("string", given.get("raw", ""))
    body = given.encode() if isinstance(given, str) else given or b""
    try:
        if body[:2] == b"\x1f\x8b":
            return gzip.decompress(body)
        return zlib.decompress(body) if encoding == "deflate" else body
    except (OSError, EOFError, zlib.error):
        return body


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _yaml(body: bytes, name: str) -> Any:
    import yaml  # type: ignore[import-untyped]

    try:
        return yaml.safe_load(body)
    except yaml.YAMLError:
        raise InputError(f"{name} is no YAML; record it again") from None
