"""Feeds: RSS, Atom and RDF of any address, the newest entries only; no key.

A Google Alert delivered to a feed is a free search of news and blogs by keyword. Feeds are written by many hands: ids
may be missing, dates may lack their zone (such a one is left out), links may lead through a redirect. Facts: RFC 4287,
https://www.rssboard.org/rss-specification (read 2026-11) and recordings of five publishers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, ClassVar
from urllib.parse import parse_qs, parse_qsl, urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connectors.contract import Declaration, HttpRequest, Page, Request, Response
from connectors.cursor import Cursor
from connectors.markup import html_to_text
from connectors.reading import read_page
from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import BrandMatch, Draft
from records.setup import RatingScale

NO_ID = "neither id nor link"
NO_WORDS = "neither title nor text"

FeedAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^/?#]+")]


class Settings(BaseModel):
    """Settings of a `feeds` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    urls: list[FeedAddress] = Field(min_length=1, description="Addresses of the feeds.")
    brand: str | None = Field(None, description="Key of the brand that all of it is about; if not set, words decide.")


@dataclass(frozen=True)
class Feeds:
    """Reads feeds; one slice for each."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="feeds",
        title="Feeds (RSS, Atom)",
        source_doc="https://www.rssboard.org/rss-specification",
        channel="online",
        requests_per_window=60,
        window=timedelta(minutes=1),
        text_format="html",
        private_fields=("author",),
        keeps_raw=False,
        sees_edits=True,
        sees_deletions=False,
        sees_replies=False,
        terms="Content belongs to its publisher; link to it.",
        example={"urls": ["https://example.org/feed.xml"]},
        tested_on="recordings",
    )

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return None: there are no ratings."""

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return one request for each feed."""
        for url in self.settings.urls:
            address, _, asked = url.partition("?")
            # Addresses of private feeds hold a key in their query; a slice's name is written in many places.
            mark = f"-{hashlib.sha256(asked.encode()).hexdigest()[:8]}" if asked else ""
            yield HttpRequest(
                url=address,
                params=tuple(parse_qsl(asked, keep_blank_values=True)),
                slice=f"{address.partition('://')[2].rstrip('/')}{mark}",
            )

    def parse(self, request: Request, response: Response) -> Page:
        """Return the entries of a feed."""
        import feedparser

        found = feedparser.parse(response.body, sanitize_html=False, resolve_relative_uris=False)
        if not found.get("version"):
            raise Drift(f"the answer is no feed ({len(response.body)} bytes); take the address of the feed itself")
        brands = (BrandMatch(self.settings.brand, "setting"),) if self.settings.brand else ()
        return read_page(found.entries, lambda entry: _draft(entry, request.slice), brands=brands)


def _draft(entry: Mapping[str, Any], feed: str) -> Draft | SkippedRecord:
    link = _target(entry.get("link"))
    native_id = entry.get("id") or link
    if not native_id:
        return SkippedRecord("an entry of a feed", NO_ID)
    content = entry.get("content") or [{}]
    title = html_to_text(entry.get("title") or "") or None
    text = html_to_text(content[0].get("value") or entry.get("summary") or "")
    if not title and not text:
        return SkippedRecord(str(native_id), NO_WORDS)
    updated = _moment(entry["updated"]) if "updated" in entry else None
    published = _moment(entry["published"]) if "published" in entry else updated
    return Draft(
        native_id=str(native_id),
        namespace=feed,
        kind="article",
        channel="online",
        url=link,
        author=entry.get("author") or None,
        title=title,
        text=text,
        published_at=published,
        edited_at=updated if updated and published and updated > published else None,
    )


def _target(link: str | None) -> str | None:
    """Return where a link leads: Google Alerts sends readers through a redirect."""
    parts = urlsplit(link or "")
    if (parts.hostname or "").endswith("google.com") and parts.path == "/url":
        return next(iter(parse_qs(parts.query).get("url", ())), link)
    return link or None


def _moment(text: str) -> datetime | None:
    """Return a time in UTC, None if it is none or has no zone."""
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = read(text.strip())
        except ValueError:
            continue
        return moment.astimezone(UTC) if moment.tzinfo else None
    return None


CONNECTOR = Feeds
