"""What of a raw answer may be written to disk: everything but the connector's private fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from connectors.contract import Response

__all__ = ["cut", "public_part"]


def public_part(response: Response, private_fields: Iterable[str]) -> bytes | None:
    """Return an answer without its private fields, None if it is not JSON and so cannot be cut.

    Args:
        response: as it came.
        private_fields: keys removed at any depth (author names, tokens, e-mail addresses).
    """
    private = frozenset(private_fields)
    if response.data is not None:
        value = response.data
    else:
        if not private:
            return response.body
        try:
            value = json.loads(response.body)
        except ValueError:
            return None
    # ASCII with escapes: an answer may hold half of a surrogate pair, which UTF-8 cannot.
    return json.dumps(cut(value, private), separators=(",", ":")).encode()


def cut(value: Any, private: frozenset[str]) -> Any:
    """Return JSON values without the keys named, at any depth."""
    if isinstance(value, dict):
        return {name: cut(part, private) for name, part in value.items() if name not in private}
    if isinstance(value, list):
        return [cut(part, private) for part in value]
    return value
