"""Atom feeds: their entries, or a clear word on why there are none."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from records.errors import Drift

__all__ = ["ATOM", "atom_entries"]

ATOM = "{http://www.w3.org/2005/Atom}"
_HEAD_BYTES = 4096


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
