"""Which source a pasted address belongs to, and what to ask there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from connectors.contract import HttpRequest
from records.errors import InputError

__all__ = ["KNOWN", "Address", "recognise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What an address means.

    Attributes:
        connector: which one reads it.
        title: as people read it.
        settings: with which the connector reads it.
        words: what to search for, or None.
        ids: single mentions to ask for, by the connector's recheck.
        page: makes the one request, where the connector plans none for such a page; None for what it plans.
    """

    connector: str
    title: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    words: str | None = None
    ids: tuple[str, ...] = ()
    page: Callable[[Any], HttpRequest] | None = None


def recognise(text: str) -> Address:
    """Return what an address means.

    Raises:
        InputError: no source is known for it; the message lists those that are.
    """
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host = (parts.hostname or "").removeprefix("www.").removeprefix("old.").removeprefix("new.").removeprefix("mobile.")
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    for hosts, pattern, make in _RULES:
        found = re.match(pattern, parts.path) if host in hosts else None
        address = make(found.groupdict(), query) if found else None
        if address is not None:
            return address
    if host and _FEED.search(parts.path):
        address_of_feed = text if "://" in text else f"https://{text}"
        return Address(connector="feeds", title=f"feed of {host}", settings={"urls": [address_of_feed]})
    raise InputError(
        f"no source is known for {host or text!r}; try a file, an address of {', '.join(KNOWN)}, "
        "or a feed's (.rss, .atom, .xml, /feed)"
    )


def _app_store(part: Mapping[str, str], query: Mapping[str, str]) -> Address:
    country = part["country"] or "us"
    return Address(
        connector="appstore",
        title=f"app {part['id']} in the App Store ({country})",
        settings={"apps": [{"id": int(part["id"])}], "countries": [country]},
    )


def _steam(part: Mapping[str, str], query: Mapping[str, str]) -> Address:
    return Address(connector="steam", title=f"app {part['id']} on Steam", settings={"apps": [{"id": int(part["id"])}]})


def _subreddit(part: Mapping[str, str], query: Mapping[str, str]) -> Address:
    name = part["name"]
    return Address(
        connector="reddit", title=f"r/{name}", settings={"search": False, "subreddits": [name], "feeds": True}
    )


def _thread(part: Mapping[str, str], query: Mapping[str, str]) -> Address:
    def page(connector: Any) -> HttpRequest:
        return HttpRequest(url=f"{connector.settings.reddit_url}/comments/{part['id']}/.rss")

    return Address(connector="reddit", title=f"thread {part['id']} on Reddit", settings={"feeds": True}, page=page)


def _reddit_search(part: Mapping[str, str], query: Mapping[str, str]) -> Address | None:
    words = query.get("q")
    return (
        Address(connector="reddit", title=f"{words!r} on Reddit", settings={"feeds": True}, words=words)
        if words
        else None
    )


def _hacker_news_item(part: Mapping[str, str], query: Mapping[str, str]) -> Address | None:
    number = query.get("id", "")
    if not number.isdigit():
        return None

    def page(connector: Any) -> HttpRequest:
        # A story carries its own number as a tag, so one search gives it with its comments.
        params = (("tags", f"(story,comment),story_{number}"), ("hitsPerPage", "200"))
        return HttpRequest(url=f"{connector.settings.base_url}/search_by_date", params=params)

    return Address(connector="hackernews", title=f"item {number} on Hacker News", ids=(number,), page=page)


def _hacker_news_search(part: Mapping[str, str], query: Mapping[str, str]) -> Address | None:
    words = query.get("q") or query.get("query")
    return Address(connector="hackernews", title=f"{words!r} on Hacker News", words=words) if words else None


def _x_post(part: Mapping[str, str], query: Mapping[str, str]) -> Address:
    return Address(connector="x", title=f"post {part['id']} on X", ids=(part["id"],))


def _x_search(part: Mapping[str, str], query: Mapping[str, str]) -> Address | None:
    words = query.get("q")
    return Address(connector="x", title=f"{words!r} on X", words=words) if words else None


_FEED = re.compile(r"(\.(rss|atom|xml|rdf)|/(feed|rss|atom))/?$|/feeds?/", re.IGNORECASE)
_Rule = tuple[frozenset[str], str, Callable[[Mapping[str, str], Mapping[str, str]], Address | None]]
_REDDIT, _HN, _X = frozenset({"reddit.com"}), frozenset({"news.ycombinator.com"}), frozenset({"x.com", "twitter.com"})
_RULES: tuple[_Rule, ...] = (
    (frozenset({"apps.apple.com", "itunes.apple.com"}), r"/(?:(?P<country>[a-z]{2})/)?.*\bid=?(?P<id>\d+)", _app_store),
    (frozenset({"store.steampowered.com", "steamcommunity.com"}), r"/(?:app|appreviews)/(?P<id>\d+)", _steam),
    (_REDDIT, r"/(?:r/\w+/)?comments/(?P<id>[a-z0-9]+)", _thread),
    (frozenset({"redd.it"}), r"/(?P<id>[a-z0-9]+)", _thread),
    (_REDDIT, r"/search", _reddit_search),
    (_REDDIT, r"/r/(?P<name>[A-Za-z0-9_]{2,21})", _subreddit),
    (_HN, r"/item", _hacker_news_item),
    (frozenset({"hn.algolia.com"}), r"/", _hacker_news_search),
    (_X, r"/\w+/status/(?P<id>\d+)", _x_post),
    (_X, r"/search", _x_search),
)
KNOWN = (
    "apps.apple.com/us/app/NAME/idNUMBER",
    "itunes.apple.com/us/rss/customerreviews/id=NUMBER/json",
    "store.steampowered.com/app/NUMBER",
    "reddit.com/r/NAME",
    "reddit.com/r/NAME/.rss",
    "reddit.com/r/NAME/comments/ID",
    "reddit.com/search?q=WORDS",
    "news.ycombinator.com/item?id=NUMBER",
    "hn.algolia.com/?q=WORDS",
    "x.com/NAME/status/NUMBER",
    "x.com/search?q=WORDS",
)
"""Addresses that are recognised, as examples."""
