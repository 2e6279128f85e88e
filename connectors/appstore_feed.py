"""The App Store's reviews feed in its XML form, as the entries of its JSON form."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from records.errors import Drift

__all__ = ["entries_of"]

_ATOM = "{http://www.w3.org/2005/Atom}"
_ITUNES = "{http://itunes.apple.com/rss}"


def entries_of(body: bytes) -> list[dict[str, Any]]:
    """Return the entries of a feed, each value under `label` as the JSON form has it.

    Raises:
        Drift: it is no Atom feed.
    """
    if b"<!ENTITY" in body[:4096]:
        raise Drift("the feed of the App Store declares entities, which no feed needs")
    try:
        root = ET.fromstring(body)  # noqa: S314 (no entities: refused above)
    except ET.ParseError:
        raise Drift("the answer of the App Store is neither JSON nor a feed; it may be blocking this network") from None
    if root.tag != f"{_ATOM}feed":
        raise Drift("the answer of the App Store is XML but no Atom feed")
    return [_entry(entry) for entry in root.iter(f"{_ATOM}entry")]


def _entry(entry: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in entry:
        name = part.tag.replace(_ATOM, "").replace(_ITUNES, "im:")
        # The words stand twice, as text and as a page; the text comes first.
        if name == "content" and part.get("type") != "text":
            continue
        if name == "author":
            found[name] = {inner.tag.replace(_ATOM, ""): {"label": inner.text or ""} for inner in part}
        else:
            found.setdefault(name, {"label": part.text or ""})
    return found
