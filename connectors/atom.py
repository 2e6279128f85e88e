"""Atom feeds: their entries, or a clear word on why there are none."""

from __future__ import annotations

from codecs import BOM_UTF8
from xml.etree import ElementTree as ET

from records.errors import Drift

__all__ = ["ATOM", "atom_entries", "first_tags", "is_xml"]

ATOM = "{http://www.w3.org/2005/Atom}"
_HEAD_BYTES = 4096


def first_tags(body: bytes) -> bytes:
    """Return the beginning of XML or HTML in lower case, nothing of anything else."""
    head = body[:_HEAD_BYTES].removeprefix(BOM_UTF8).lstrip()
    return head.lower() if head.startswith(b"<") else b""


def is_xml(body: bytes) -> bool:
    """Whether an answer is XML: with its declaration, or a feed without one."""
    return first_tags(body).startswith((b"<?xml", b"<feed", b"<rss"))


def atom_entries(body: bytes, source: str) -> list[ET.Element]:
    """Return the entries of a feed.

    Args:
        body: XML.
        source: whose feed, for the message.

    Raises:
        Drift: it is no Atom feed.
    """
    if b"<!ENTITY" in body[:_HEAD_BYTES]:
        raise Drift(f"the feed of {source} declares entities, which no feed needs")
    try:
        root = ET.fromstring(body)  # noqa: S314 (no entities: refused above)
    except ET.ParseError:
        raise Drift(f"the answer of {source} is neither JSON nor a feed; it may be blocking this network") from None
    if root.tag != f"{ATOM}feed":
        raise Drift(f"the answer of {source} is XML but no Atom feed")
    return list(root.iter(f"{ATOM}entry"))
