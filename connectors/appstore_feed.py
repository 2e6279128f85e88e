"""The App Store's reviews feed in its XML form, as the entries of its JSON form."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from connectors.atom import ATOM, atom_entries

__all__ = ["entries_of"]

_ITUNES = "{http://itunes.apple.com/rss}"


def entries_of(body: bytes) -> list[dict[str, Any]]:
    """Return the entries of a feed, each value under `label` as the JSON form has it.

    Raises:
        Drift: it is no Atom feed.
    """
    return [_entry(entry) for entry in atom_entries(body, "the App Store")]


def _entry(entry: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in entry:
        name = part.tag.replace(ATOM, "").replace(_ITUNES, "im:")
        # The words stand twice, as text and as a page; the text comes first.
        if name == "content" and part.get("type") != "text":
            continue
        if name == "author":
            found[name] = {inner.tag.replace(ATOM, ""): {"label": inner.text or ""} for inner in part}
        else:
            found.setdefault(name, {"label": part.text or ""})
    return found
