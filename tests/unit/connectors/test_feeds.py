"""Feeds of many hands: ids, times with and without a zone, redirects, and addresses that hold a key."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors import feeds
from connectors.kit_answers import respond
from records.errors import Drift

ITEM = "<item><title>A lamp</title>{}</item>"
RSS = "<rss version='2.0'><channel><title>t</title>{}</channel></rss>"


def read(*items, brand=None):
    connector = feeds.Feeds(feeds.Settings(urls=["https://a.example/f.xml"], brand=brand))
    request = next(iter(connector.plan(None, {})))
    return connector.parse(request, respond(RSS.format("".join(ITEM.format(one) for one in items)).encode()))


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("Fri, 20 Nov 2026 10:00:00 +0100", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("2026-11-20T09:00:00Z", datetime(2026, 11, 20, 9, tzinfo=UTC)),
        ("Fri, 20 Nov 2026 10:00:00 -0000", None),
        ("2026-11-20 09:00:00", None),
        ("yesterday", None),
    ],
)
def test_feeds__times_need_a_zone(written, read_as):
    page = read(f"<guid>1</guid><pubDate>{written}</pubDate>")
    assert [one.published_at for one in page.drafts] == [read_as]


def test_feeds__ids_links_and_what_is_left_out():
    alert = "<link>https://www.google.com/url?rct=j&amp;url=https://n.example/1&amp;ct=ga</link>"
    page = read("<guid>1</guid>", alert, "", brand="acme")
    assert [(one.native_id, one.namespace) for one in page.drafts] == [
        ("1", "a.example/f.xml"),
        ("https://n.example/1", "a.example/f.xml"),
    ]
    assert [one.reason for one in page.skipped] == [feeds.NO_ID]
    assert [one.brand for one in page.brands] == ["acme"]


def test_feeds__a_key_in_the_address_is_in_no_slice():
    connector = feeds.Feeds(feeds.Settings(urls=["https://a.example/f?key=canary", "https://a.example/f?key=other"]))
    first, second = connector.plan(None, {})
    assert (first.url, first.params) == ("https://a.example/f", (("key", "canary"),))
    assert first.slice != second.slice
    assert "canary" not in first.slice


@pytest.mark.parametrize("body", [b"<!doctype html><html><p>no</p></html>", b"{}", b"", b"<rss"])
def test_feeds__anything_else_is_drift(body):
    connector = feeds.Feeds(feeds.Settings(urls=["https://a.example/f.xml"]))
    with pytest.raises(Drift, match="is no feed"):
        connector.parse(next(iter(connector.plan(None, {}))), respond(body))
