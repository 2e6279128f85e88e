"""Hacker News: stories and comments through Algolia's search, newest first; no key.

A search gives at most 1,000 hits, so older ones are asked for by time: each further request ends where the one before
it stopped. Facts: https://hn.algolia.com/api (read 2026-11) and recordings of 2018.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Declaration, HttpRequest, NativeId, Page, Request, Response
from connectors.cursor import Cursor
from connectors.markup import html_to_text
from connectors.reading import read_page
from connectors.walk import times
from records.brand import Query
from records.errors import Drift, SkippedRecord
from records.mention import Draft, Engagement
from records.setup import RatingScale

NO_WORDS = "deleted, or without title and text"
NO_ID = "no id"
ONLY_AN_ID = "only an id"
NOT_AN_ITEM = "not a story or comment: a user"


class Settings(BaseModel):
    """Settings of a `hackernews` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: date | None = Field(None, description="How far back the first pull goes; all of it if not set.")
    page_size: int = Field(200, ge=1, le=1000, description="Hits in one request.")
    base_url: str = Field("https://hn.algolia.com/api/v1", description="Address of the API.")


@dataclass(frozen=True)
class HackerNews:
    """Reads Hacker News; one slice for each word or phrase of a brand."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="hackernews",
        title="Hacker News",
        source_doc="https://hn.algolia.com/api",
        channel="online",
        order="newest_first",
        overlap=timedelta(hours=2),
        requests_per_window=10_000,
        window=timedelta(hours=1),
        recheck_batch=1,
        text_format="html",
        private_fields=("author", "_tags", "_highlightResult"),
        gives_counts=("like_count", "reply_count"),
        sees_edits=False,
        sees_deletions=False,
        sees_replies=False,
        terms="Content belongs to its authors; link to the item.",
        tested_on="recordings",
    )

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return None: there are no ratings."""
        return None

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return one search for each word of the brands."""
        for word in _words(query):
            cursor = cursors.get(word)
            since = cursor.head - self.declaration.overlap if cursor and cursor.head else None
            if since is None and self.settings.since:
                since = datetime.combine(self.settings.since, time(), UTC)
            yield self._search(word, since=int(since.timestamp()) if since else 0, until=None)

    def parse(self, request: Request, response: Response) -> Page:
        """Return the hits of a search, and the request for older ones if there may be any."""
        answer = response.json()
        hits = answer.get("hits") if isinstance(answer, dict) else None
        if not isinstance(hits, list):
            raise Drift("the answer of Hacker News has no list of hits; its API may have changed")
        page = read_page(hits, _draft)
        moments = times(page, self.declaration)
        following: tuple[Request, ...] = ()
        if len(hits) >= self.settings.page_size and moments:
            since, oldest = request.context.get("since", 0), int(min(moments).timestamp())
            following = (self._search(request.slice, since=since, until=oldest),)
        return replace(page, next=following)

    def recheck_requests(self, ids: Sequence[NativeId]) -> Iterable[Request]:
        """Return one request per item."""
        for _, native_id in ids:
            yield HttpRequest(url=f"{self.settings.base_url}/items/{native_id}", context={"ids": [["", native_id]]})

    def parse_recheck(self, request: Request, response: Response) -> Page:
        """Return the item, of Algolia or of Firebase, or its id as gone if its words were taken away."""
        item = response.json()
        asked = tuple((namespace, native_id) for namespace, native_id in request.context.get("ids", ()))
        if item is None and asked:  # what Firebase says of an item that it does not have
            return Page(gone=asked)
        if isinstance(item, list) and item and all(isinstance(one, int) for one in item):
            return Page(skipped=tuple(SkippedRecord(str(one), ONLY_AN_ID) for one in item))
        if not isinstance(item, dict) or "id" not in item:
            raise Drift("the answer of Hacker News is no item; its API may have changed")
        return read_page([item], _item)

    def _search(self, word: str, *, since: int, until: int | None) -> HttpRequest:
        # Inclusive: several items may share the second at which a page ended; what comes twice is one mention.
        bounds = [f"created_at_i>={since}"] + ([] if until is None else [f"created_at_i<={until}"])
        return HttpRequest(
            url=f"{self.settings.base_url}/search_by_date",
            params=(
                ("query", f'"{word}"' if " " in word else word),
                ("tags", "(story,comment)"),
                ("hitsPerPage", str(self.settings.page_size)),
                ("numericFilters", ",".join(bounds)),
                ("typoTolerance", "false"),
            ),
            slice=word,
            context={"since": since},
        )


def _words(query: Query) -> list[str]:
    """Return what is searched for: names, aliases and words; handles mean nothing here."""
    words: dict[str, None] = {}
    for brand in query.brands:
        named = (brand.name,) if brand.match_name else ()
        for word in (*named, *brand.aliases, *brand.any_words):
            words.setdefault(" ".join(word.split()).lower())
    return list(words)


def _draft(hit: Mapping[str, Any]) -> Draft | SkippedRecord:
    native_id = hit.get("objectID")
    if not native_id:
        return SkippedRecord("a hit without objectID", NO_ID)
    title, text = hit.get("title"), hit.get("comment_text") or hit.get("story_text")
    if title is None and text is None:
        return SkippedRecord(str(native_id), NO_WORDS)
    is_comment = hit.get("comment_text") is not None
    return Draft(
        native_id=str(native_id),
        kind="comment" if is_comment else "post",
        channel="online",
        url=_address(native_id),
        author=hit.get("author"),
        title=_plain(title) or None,
        text=_plain(text),
        published_at=_moment(hit),
        thread_id=_id(hit.get("story_id")),
        parent_id=_id(hit.get("parent_id")),
        engagement=Engagement(like_count=hit.get("points"), reply_count=hit.get("num_comments")),
    )


def _item(item: Mapping[str, Any]) -> Draft | SkippedRecord | NativeId:
    """Return an item of Algolia or of Firebase as a draft, or its id if its words were taken away."""
    native_id = str(item["id"])
    if "karma" in item:
        return SkippedRecord(native_id, NOT_AN_ITEM)
    is_taken_away = item.get("deleted") or item.get("dead")
    if is_taken_away or (item.get("title") is None and item.get("text") is None):
        return ("", native_id)
    return Draft(
        native_id=native_id,
        kind="comment" if item.get("type") == "comment" else "post",
        channel="online",
        url=_address(native_id),
        author=item.get("author") or item.get("by"),
        title=_plain(item.get("title")) or None,
        text=_plain(item.get("text")),
        published_at=_moment(item),
        thread_id=_id(item.get("story_id")),
        parent_id=_id(item.get("parent_id") or item.get("parent")),
        engagement=Engagement(like_count=item.get("points", item.get("score"))),
    )


def _moment(item: Mapping[str, Any]) -> datetime | None:
    seconds = item.get("created_at_i", item.get("time"))
    return None if seconds is None else datetime.fromtimestamp(int(seconds), UTC)


def _plain(html: str | None) -> str:
    return html_to_text(html) if html else ""


def _id(value: Any) -> str | None:
    return None if value is None else str(value)


def _address(native_id: Any) -> str:
    return f"https://news.ycombinator.com/item?id={native_id}"


CONNECTOR = HackerNews
