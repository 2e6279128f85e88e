"""Reddit's Atom feeds: the newest posts of a search, a subreddit or a thread, without a key."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree as ET

from connectors.atom import ATOM, atom_entries
from connectors.markup import html_to_text
from records.errors import SkippedRecord
from records.mention import Draft

__all__ = ["read_feed"]

NO_ID = "no id"
_FULLNAME = re.compile(r"t[13]_[a-z0-9]+")
_FOOTER = re.compile(r"\s*submitted by\s+/u/\S+.*\Z", re.DOTALL)
_THREAD = re.compile(r"/comments/([a-z0-9]+)/")


def read_feed(body: bytes) -> Iterator[Draft | SkippedRecord]:
    """Return the entries of a feed.

    Raises:
        Drift: it is no Atom feed.
    """
    for entry in atom_entries(body, "Reddit"):
        yield _draft(entry)


def _draft(entry: ET.Element) -> Draft | SkippedRecord:
    fullname = entry.findtext(f"{ATOM}id") or ""
    if not _FULLNAME.fullmatch(fullname):
        return SkippedRecord("an entry of a feed", NO_ID)
    is_post = fullname.startswith("t3_")
    link = entry.find(f"{ATOM}link")
    address = link.get("href") if link is not None else None
    author = (entry.findtext(f"{ATOM}author/{ATOM}name") or "").removeprefix("/u/")
    text = html_to_text(entry.findtext(f"{ATOM}content") or "")
    thread = _THREAD.search(address or "")
    published = entry.findtext(f"{ATOM}published") or entry.findtext(f"{ATOM}updated")
    return Draft(
        native_id=fullname,
        kind="post" if is_post else "comment",
        channel="online",
        url=address.partition("?")[0] if address else None,
        author=author or None,
        # A comment's title is its author's name and the thread's title: nothing that the author of the comment said.
        title=html_to_text(entry.findtext(f"{ATOM}title") or "") or None if is_post else None,
        text=_FOOTER.sub("", text) if is_post else text,
        published_at=datetime.fromisoformat(published) if published else None,
        thread_id=f"t3_{thread[1]}" if thread else None,
    )
