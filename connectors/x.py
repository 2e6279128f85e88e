"""X: posts of the last seven days by search, through tweepy.

X bills every post read, and every author looked up; so reposts and followers are asked for only if the settings say so.
An edited post has a new id: the first id of its history is the mention, the last one its newest version. Facts:
https://docs.x.com (search recent, post lookup, pricing; read 2026-11) and recordings of 2021 and 2022.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from connectors.contract import Auth, ClientCall, Credential, Declaration, NativeId, Page, Request, Response
from connectors.cursor import Cursor
from connectors.reading import read_page
from connectors.search import boolean, phrase, slice_of, words
from records.brand import Brand, Query
from records.errors import Drift, SkippedRecord
from records.mention import Draft, Engagement
from records.setup import RatingScale

NO_ID = "no id"
NO_WORDS = "no text"
NOT_SHOWN = "not shown by X"
NOT_A_POST = "not a post"
OLDER = "an older version of a post that was edited"

_API = "https://api.twitter.com"
_LONGEST_QUERY = 512
_RECHECK_BATCH = 100
_SNOWFLAKE_EPOCH_MS = 1288834974657
_NO_LANGUAGE = frozenset({"und", "qme", "qht", "qam", "qct", "qst", "zxx", "art"})
_POST_FIELDS = (
    "author_id",
    "conversation_id",
    "created_at",
    "edit_history_tweet_ids",
    "entities",
    "lang",
    "note_tweet",
    "public_metrics",
    "referenced_tweets",
)


class Settings(BaseModel):
    """Settings of an `x` source."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reposts: bool = Field(False, description="Read reposts too; X bills each one.")
    followers: bool = Field(False, description="Ask for the authors' followers; X bills each author.")
    language: str | None = Field(None, pattern=r"^[a-z]{2,3}$", description="Only posts in this language.")
    page_size: int = Field(100, ge=10, le=100, description="Posts in one request.")
    base_url: str = Field(_API, description="Address of the API.")


@dataclass(frozen=True)
class X:
    """Reads X; one slice for each brand's search."""

    settings: Settings

    declaration: ClassVar[Declaration] = Declaration(
        name="x",
        title="X",
        source_doc="https://docs.x.com/x-api/posts/search-recent-posts",
        channel="online",
        order="newest_first",
        overlap=timedelta(minutes=10),
        requests_per_window=450,
        window=timedelta(minutes=15),
        recheck_batch=_RECHECK_BATCH,
        private_fields=("author_id", "users", "username", "mentions", "name", "description", "in_reply_to_user_id"),
        gives_counts=("view_count", "like_count", "repost_count", "reply_count", "follower_count"),
        sees_edits=True,
        sees_deletions=True,
        sees_replies=False,
        terms="What is deleted or changed at X must be deleted or changed here within 24 hours.",
        credentials=(
            Credential(
                name="bearer_token",
                variable="GRAPEVINE_X_BEARER_TOKEN",
                where="console.x.com, an app; reads are billed",
            ),
        ),
        auth=Auth(kind="client"),
        tested_on="recordings",
    )
    client_hosts: ClassVar[Mapping[str, str]] = {"base_url": _API}

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
        """Return tweepy as the client."""
        from connectors.tweepy_client import open_tweepy

        return open_tweepy(session, credentials, clock=clock)

    def plan(self, query: Query, cursors: Mapping[str, Cursor]) -> Iterable[Request]:
        """Return one search per brand, from the overlap behind its head on."""
        for brand in query.brands:
            for expression in self._expressions(brand):
                slice_ = slice_of(brand, expression)
                cursor = cursors.get(slice_)
                since = cursor.head - self.declaration.overlap if cursor and cursor.head else None
                arguments = {"query": expression, "max_results": self.settings.page_size, **self._fields()}
                if since is not None:
                    arguments["start_time"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
                yield ClientCall(client="tweepy", method="search_recent_tweets", arguments=arguments, slice=slice_)

    def parse(self, request: Request, response: Response) -> Page:
        """Return the posts of a page, and the request for older ones."""
        answer = _answer(response)
        posts = answer.get("data", [])
        token = (answer.get("meta") or {}).get("next_token")
        following: tuple[Request, ...] = ()
        if token and isinstance(request, ClientCall):
            following = (
                ClientCall(
                    client=request.client,
                    method=request.method,
                    arguments={**request.arguments, "next_token": token},
                    slice=request.slice,
                ),
            )
        page = _read(posts, answer)
        return replace(page, skipped=(*page.skipped, *_not_shown(answer)), next=following)

    def recheck_requests(self, ids: Sequence[NativeId]) -> Iterable[Request]:
        """Return one lookup for each 100 ids."""
        names = [native_id for _, native_id in ids]
        for start in range(0, len(names), _RECHECK_BATCH):
            batch = names[start : start + _RECHECK_BATCH]
            yield ClientCall(
                client="tweepy",
                method="get_tweets",
                # Asked for by its first id, an edited post comes as it was; the expansion brings its newest version.
                arguments={"ids": batch, **self._fields("edit_history_tweet_ids")},
                context={"ids": [["", one] for one in batch]},
            )

    def parse_recheck(self, request: Request, response: Response) -> Page:
        """Return those alive; gone are those asked for that X does not show, and rows of a compliance job."""
        value = response.data if response.data is not None else response.json()
        if isinstance(value, dict) and value.get("action") == "delete" and value.get("id"):
            # Where a place was taken off a post, the post still stands; places are not kept here.
            stands = value.get("reason") == "scrub_geo"
            return Page() if stands else Page(gone=(("", str(value["id"])),))
        answer = _answer(response)
        page = _read(answer.get("data", []), answer, newest=True)
        shown = {draft.native_id for draft in page.drafts} | {one.where for one in page.skipped}
        absent = [("", one) for _, one in request.context.get("ids", ()) if one not in shown]
        return replace(page, gone=tuple(absent))

    def _expressions(self, brand: Brand) -> list[str]:
        end = "" if self.settings.reposts else " -is:retweet"
        if self.settings.language:
            end += f" lang:{self.settings.language}"
        longest = _LONGEST_QUERY - len(end)
        found = boolean(brand, any_of=words(brand), quoted=phrase, and_=" ", not_="-", longest=longest)
        return [expression + end for expression in found]

    def _fields(self, *expansions: str) -> dict[str, Any]:
        fields: dict[str, Any] = {"tweet_fields": list(_POST_FIELDS)}
        if self.settings.followers:
            fields["user_fields"] = ["public_metrics"]
            expansions = ("author_id", *expansions)
        if expansions:
            fields["expansions"] = list(expansions)
        return fields


def _answer(response: Response) -> dict[str, Any]:
    """Return an answer of the API as an object.

    Raises:
        Drift: it has not the expected shape, or holds nothing but errors.
    """
    answer = response.data if response.data is not None else response.json()
    if isinstance(answer, list):
        answer = {"data": answer}
    if not isinstance(answer, dict):
        raise Drift("the answer of X is no object; its API may have changed")
    if "data" not in answer and "id" in answer and "text" in answer:
        answer = {"data": [answer], "includes": answer.get("includes")}
    if "data" not in answer and isinstance(answer.get("users"), list):
        answer = {"data": answer["users"]}
    if "data" not in answer and "meta" not in answer and not _is_lookup(answer):
        title = answer.get("title") or ("errors" in answer and "no title")
        what = f"an error inside a 200 ({title})" if title else "without data: not of version 2 of its API"
        raise Drift(f"the answer of X is {what}")
    if isinstance(answer.get("data"), dict):
        answer = {**answer, "data": [answer["data"]]}
    if not isinstance(answer.get("data", []), list):
        raise Drift("the answer of X has no list of posts; its API may have changed")
    return answer


def _is_lookup(answer: Mapping[str, Any]) -> bool:
    """Whether the answer says of each id asked for that it is not shown."""
    errors = answer.get("errors")
    return bool(errors) and isinstance(errors, list) and all("resource_id" in error for error in errors)


def _not_shown(answer: Mapping[str, Any]) -> Iterator[SkippedRecord]:
    for error in answer.get("errors") or ():
        # Errors about what a post refers to (a quoted post since deleted) cost no post.
        if error.get("resource_type") in (None, "tweet") and error.get("parameter") in (None, "id", "ids"):
            yield SkippedRecord(str(error.get("resource_id") or "a post"), NOT_SHOWN)


def _read(posts: Iterable[Any], answer: Mapping[str, Any], *, newest: bool = False) -> Page:
    """Return the page that posts make; with `newest`, only the last version of each that was edited."""
    included = answer.get("includes") or {}
    followers = {
        user.get("id"): (user.get("public_metrics") or {}).get("followers_count")
        for user in included.get("users") or ()
    }
    versions = {post.get("id"): post for post in included.get("tweets") or ()}

    def read(post: Any) -> Draft | SkippedRecord:
        last = (post.get("edit_history_tweet_ids") or [post.get("id")])[-1]
        if not newest or last == post.get("id"):
            return _draft(post, followers)
        # Without its newest version the mention stays as it is: an older one would undo an edit that is known.
        return _draft(versions[last], followers) if last in versions else SkippedRecord(_first_id(post), OLDER)

    return read_page(posts, read)


def _draft(post: Any, followers: Mapping[Any, int | None]) -> Draft | SkippedRecord:
    if not post.get("id"):
        return SkippedRecord(str(post.get("resource_id") or "a post"), NOT_SHOWN if post.get("resource_id") else NO_ID)
    last, first = str(post["id"]), _first_id(post)
    if "text" not in post and "note_tweet" not in post:
        return SkippedRecord(last, NOT_A_POST)
    text = _text(post)
    refers = {one.get("type"): str(one.get("id")) for one in post.get("referenced_tweets") or ()}
    if not text and "retweeted" not in refers:
        return SkippedRecord(last, NO_WORDS)
    metrics = post.get("public_metrics") or {}
    language = post.get("lang")
    created = datetime.fromisoformat(post["created_at"]) if post.get("created_at") else _moment(last)
    is_edited = first != last
    return Draft(
        native_id=first,
        kind="comment" if "replied_to" in refers else "post",
        channel="online",
        # The form without a handle leads to the same post.
        url=f"https://x.com/i/web/status/{last}",
        author=post.get("author_id"),
        text=text,
        language=None if language in _NO_LANGUAGE else language,
        published_at=_moment(first) if is_edited else created,
        edited_at=created if is_edited else None,
        thread_id=post.get("conversation_id"),
        parent_id=refers.get("replied_to"),
        repost_of=refers.get("retweeted"),
        engagement=Engagement(
            view_count=metrics.get("impression_count"),
            like_count=metrics.get("like_count"),
            repost_count=metrics.get("retweet_count"),
            reply_count=metrics.get("reply_count"),
            follower_count=followers.get(post.get("author_id")),
        ),
    )


def _first_id(post: Mapping[str, Any]) -> str:
    return str((post.get("edit_history_tweet_ids") or [post["id"]])[0])


def _text(post: Mapping[str, Any]) -> str:
    """Return the whole text, with the addresses that X shortened written out."""
    note = post.get("note_tweet") or {}
    text = str(note.get("text") or post.get("text") or "")
    entities = note.get("entities") or post.get("entities") or {}
    urls = entities.get("urls") if isinstance(entities, dict) else None
    for url in urls if isinstance(urls, list) else ():
        if url.get("url") and url.get("expanded_url"):
            text = text.replace(url["url"], url["expanded_url"])
    return html.unescape(text).strip()


def _moment(post_id: str) -> datetime | None:
    """Return when a post was made, from its id; None for ids of before 2010-11, which hold no time."""
    if not post_id.isdigit() or int(post_id) < 1 << 33:
        return None
    # To the second, as X writes its times: versions of one post then agree on when it was made.
    return datetime.fromtimestamp(((int(post_id) >> 22) + _SNOWFLAKE_EPOCH_MS) // 1000, UTC)


CONNECTOR = X
