"""Reddit: posts by search, posts and comments of subreddits, through praw; or the newest posts by feed, without a key.

Reddit's search finds posts only; comments come from the subreddits named. Listings end near 1,000 items. What is
deleted at Reddit must be deleted here: the recheck asks about 100 ids at a time, and an id that stays away is gone.
Facts: https://www.reddit.com/dev/api, support.reddithelp.com 16160319875092 (100 requests a minute for each client;
read 2026-11), recordings of praw 2016 to 2026.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from connectors.atom import is_xml
from connectors.contract import (
    Auth,
    ClientCall,
    Credential,
    Declaration,
    HttpRequest,
    NativeId,
    Page,
    Request,
    Response,
)
from connectors.cursor import Cursor
from connectors.markup import markdown_to_text
from connectors.reading import read_page
from connectors.reddit_feed import read_feed
from connectors.search import boolean, phrase, slice_of, words
from records.brand import Brand, Query
from records.errors import Drift, SkippedRecord
from records.mention import Draft, Engagement
from records.setup import RatingScale

NO_ID = "no id"
NO_WORDS = "without title and text"
NEITHER = "neither a post nor a comment"

_WWW, _OAUTH = "https://www.reddit.com", "https://oauth.reddit.com"
_PAGE_SIZE = 100
_LONGEST_QUERY = 512
_DELETED = "[deleted]"
_TAKEN_AWAY = frozenset({_DELETED, "[removed]", "[ Removed by Reddit ]"})

Subreddit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,21}$")]


class Settings(BaseModel):
    """Settings of a `reddit` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    search: bool = Field(True, description="Search posts for the brands' words.")
    subreddits: list[Subreddit] = Field(
        default_factory=list, description="Subreddits whose every new post and comment is read, without r/."
    )
    feeds: bool = Field(False, description="Read the public feeds instead: no key, newest posts only, may be blocked.")
    reddit_url: str = Field(_WWW, description="Where tokens and feeds come from.")
    oauth_url: str = Field(_OAUTH, description="Address of the API.")


@dataclass(frozen=True)
class Reddit:
    """Reads Reddit; one slice for each brand's search and for each listing of a subreddit."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="reddit",
        title="Reddit",
        source_doc="https://www.reddit.com/dev/api",
        channel="online",
        order="newest_first",
        max_depth=1000,
        overlap=timedelta(hours=1),
        requests_per_window=100,
        window=timedelta(minutes=1),
        recheck_batch=100,
        text_format="markdown",
        private_fields=(
            "author",
            "author_fullname",
            "author_flair_text",
            "author_flair_richtext",
            "body_html",
            "selftext_html",
            "crosspost_parent_list",
            "link_author",
        ),
        gives_counts=("like_count", "reply_count", "repost_count"),
        sees_edits=True,
        sees_deletions=True,
        sees_replies=False,
        terms="What is deleted at Reddit must be deleted here; commercial use needs an agreement with Reddit.",
        credentials=(
            Credential(
                name="client_id",
                variable="GRAPEVINE_REDDIT_CLIENT_ID",
                where="www.reddit.com/prefs/apps, after approval",
            ),
            Credential(name="client_secret", variable="GRAPEVINE_REDDIT_CLIENT_SECRET", where="beside the client id"),
        ),
        auth=Auth(kind="client"),
        tested_on="recordings",
    )
    client_hosts: ClassVar[Mapping[str, str]] = {"reddit_url": _WWW, "oauth_url": _OAUTH}

    @classmethod
    def settings_model(cls) -> type[Settings]:
        """Return the settings model."""
        return Settings

    @classmethod
    def rating_scale(cls, settings: Mapping[str, Any]) -> RatingScale | None:
        """Return None: there are no ratings."""

    def open_client(
        self, session: Any, credentials: Mapping[str, str], clock: Callable[[], datetime]
    ) -> Callable[[ClientCall], Any]:
        """Return praw as the client."""
        from connectors.praw_client import open_praw

        return open_praw(session, credentials)

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return one search per brand, and two listings per subreddit."""
        if self.settings.search:
            for brand in query.brands:
                for expression in _expressions(brand):
                    yield self._search(expression, slice_of(brand, expression))
        for name in self.settings.subreddits:
            yield self._listing(name, "new")
            yield self._listing(name, "comments")

    def parse(self, request: Request, response: Response) -> Page:
        """Return the posts and comments of a listing, and the request for older ones."""
        answer = _answer(response)
        if isinstance(answer, bytes):
            return read_page(read_feed(answer), lambda one: one)
        things = list(_things(answer))
        after = (answer.get("data") or {}).get("after") if isinstance(answer, dict) else None
        following: tuple[Request, ...] = ()
        if after and isinstance(request, ClientCall):
            params = {**request.arguments["params"], "after": after}
            following = (
                ClientCall(
                    client=request.client,
                    method=request.method,
                    arguments={**request.arguments, "params": params},
                    slice=request.slice,
                ),
            )
        return read_page(things, _read, next=following)

    def recheck_requests(self, ids: Sequence[NativeId]) -> Iterable[Request]:
        """Return one request for each 100 ids."""
        names = [native_id for _, native_id in ids]
        for start in range(0, len(names), _PAGE_SIZE):
            batch = names[start : start + _PAGE_SIZE]
            arguments = {"path": "api/info/", "params": {"id": ",".join(batch)}}
            yield ClientCall(
                client="praw", method="GET", arguments=arguments, context={"ids": [["", one] for one in batch]}
            )

    def parse_recheck(self, request: Request, response: Response) -> Page:
        """Return those alive; gone are those whose words were taken away, and those asked for that stay away."""
        page = read_page(_things(_answer(response)), _read)
        answered = {draft.native_id for draft in page.drafts} | {name for _, name in page.gone}
        answered |= {one.where for one in page.skipped}
        absent = [("", one) for _, one in request.context.get("ids", ()) if one not in answered]
        return Page(records=page.records, gone=(*page.gone, *absent), skipped=page.skipped)

    def _search(self, expression: str, slice_: str) -> Request:
        if self.settings.feeds:
            return HttpRequest(
                url=f"{self.settings.reddit_url}/search.rss",
                params=(("q", expression), ("sort", "new"), ("limit", str(_PAGE_SIZE))),
                slice=slice_,
            )
        params = {"q": expression, "sort": "new", "t": "all", "limit": _PAGE_SIZE, "type": "link"}
        return ClientCall(client="praw", method="GET", arguments={"path": "search/", "params": params}, slice=slice_)

    def _listing(self, name: str, kind: str) -> Request:
        slice_ = f"r-{name.lower()}-{kind}"
        if self.settings.feeds:
            path = "comments/.rss" if kind == "comments" else "new/.rss"
            return HttpRequest(
                url=f"{self.settings.reddit_url}/r/{name}/{path}", params=(("limit", str(_PAGE_SIZE)),), slice=slice_
            )
        arguments = {"path": f"r/{name}/{kind}/", "params": {"limit": _PAGE_SIZE}}
        return ClientCall(client="praw", method="GET", arguments=arguments, slice=slice_)


def _expressions(brand: Brand) -> list[str]:
    return boolean(brand, any_of=words(brand), quoted=phrase, and_=" AND ", not_="NOT ", longest=_LONGEST_QUERY)


def _answer(response: Response) -> Any:
    """Return the JSON values of an answer, or the bytes of a feed."""
    if response.data is not None:
        return response.data
    if is_xml(response.body):
        return response.body
    return response.json()


def _things(answer: Any) -> Iterator[Mapping[str, Any]]:
    """Return the things in an answer, whatever they are wrapped in, replies included.

    Raises:
        Drift: it is no listing, or an error inside a 200.
    """
    if isinstance(answer, list):
        for part in answer:
            yield from _things(part)
        return
    if not isinstance(answer, dict):
        raise Drift("the answer of Reddit is no listing; its API may have changed")
    if answer.get("json"):
        errors = answer["json"].get("errors")
        if errors:
            raise Drift("the answer of Reddit holds an error inside a 200")
        yield from (answer["json"].get("data") or {}).get("things") or ()
        return
    if str(answer.get("kind", ""))[:1] == "t" and isinstance(answer.get("data"), dict):
        yield answer
        return
    children = (answer.get("data") or {}).get("children") if answer.get("kind") == "Listing" else None
    if not isinstance(children, list):
        what = f"an error ({answer['error']}) inside a 200" if "error" in answer else "no listing"
        raise Drift(f"the answer of Reddit is {what}; its API may have changed")
    for child in children:
        if not isinstance(child, dict) or child.get("kind") == "more":
            continue
        yield child
        replies = (child.get("data") or {}).get("replies")
        if replies:
            yield from _things(replies)


def _read(thing: Mapping[str, Any]) -> Draft | SkippedRecord | NativeId:
    """Return a thing as a draft, as skipped, or as the id of something gone."""
    kind, data = thing.get("kind"), thing.get("data") or {}
    name = data.get("name") or (f"{kind}_{data['id']}" if data.get("id") else None)
    if kind not in ("t1", "t3"):
        return SkippedRecord(str(name or kind), NEITHER)
    if not name:
        return SkippedRecord(f"a {kind} without a name", NO_ID)
    is_post = kind == "t3"
    body, title = data.get("selftext" if is_post else "body") or "", data.get("title") if is_post else None
    if body in _TAKEN_AWAY or (is_post and data.get("removed_by_category") and not body):
        return ("", name)
    text = markdown_to_text(body)
    if not text and not title:
        return SkippedRecord(name, NO_WORDS)
    author = data.get("author_fullname") or data.get("author")
    permalink = (data.get("permalink") or "").partition("?")[0]
    edited = data.get("edited")
    return Draft(
        native_id=name,
        kind="post" if is_post else "comment",
        channel="online",
        url=f"{_WWW}{permalink}" if permalink else None,
        author=None if author in (None, _DELETED) else str(author),
        title=markdown_to_text(title) or None if title else None,
        text=text,
        published_at=_moment(data.get("created_utc")),
        # False if never edited, True if edited before Reddit kept the time.
        edited_at=None if isinstance(edited, bool) else _moment(edited),
        thread_id=name if is_post else data.get("link_id"),
        parent_id=None if is_post else data.get("parent_id"),
        repost_of=data.get("crosspost_parent") if not text else None,
        engagement=Engagement(
            like_count=_count(data.get("score")),
            reply_count=_count(data.get("num_comments")),
            repost_count=_count(data.get("num_crossposts")),
        ),
    )


def _moment(seconds: Any) -> datetime | None:
    return datetime.fromtimestamp(float(seconds), UTC) if seconds else None


def _count(value: Any) -> int | None:
    """Return a count; a score below zero is a judgement of its readers, not a number of likes."""
    return int(value) if isinstance(value, int | float) and value >= 0 else None


CONNECTOR = Reddit
