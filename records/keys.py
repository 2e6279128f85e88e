"""Identity: the ids and hashes on which history rests. Changing any function here breaks every warehouse."""

from __future__ import annotations

import hashlib
import uuid

__all__ = ["content_hash", "keyed_hash", "mention_id"]

_SEPARATOR = "\x1f"


def mention_id(source: str, namespace: str, native_id: str) -> uuid.UUID:
    """Return the id of a mention: the first 128 bits of SHA-256 over source, namespace and native id.

    Args:
        source: where it comes from ("hackernews"), not empty.
        namespace: the instance, feed or country in which native ids are unique; may be empty.
        native_id: the source's own id, not empty.

    Raises:
        ValueError: source or native id is empty.

    >>> str(mention_id("hackernews", "", "8863"))
    '4803d1cb-b392-0715-9e36-b55b1d7b3dee'
    """
    if not source or not native_id:
        raise ValueError(f"an id needs a source and a native id, got {source!r} and {native_id!r}")
    digest = hashlib.sha256(_SEPARATOR.join((source, namespace, native_id)).encode()).digest()
    return uuid.UUID(bytes=digest[:16])


def content_hash(*parts: str | float | bool | None) -> str:
    """Return 32 hex digits that differ when any part differs; None and "" differ too."""
    text = _SEPARATOR.join("\x00" if part is None else str(part) for part in parts)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def keyed_hash(key: bytes, value: str) -> str:
    """Return 32 hex digits that stand for a person and can't be reversed without the home folder's secret key.

    Args:
        key: the home's secret key, 16 to 64 bytes.
        value: an author id, e-mail address, phone or customer number, not empty.
    """
    return hashlib.blake2b(value.encode(), digest_size=16, key=key).hexdigest()
