"""Hacker News over HTTP, against a server on this machine."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import HttpRequest, Response
from connectors.cursor import Cursor
from connectors.hackernews import HackerNews, Settings
from records.brand import Brand, Query

PAYLOADS = Path(__file__).parents[2] / "payloads" / "hackernews"
MIXED = json.loads((PAYLOADS / "search__mixed.json").read_text())
ACME = Brand(key="acme", name="Acme")


@pytest.fixture
def settings(httpserver):
    return {"base_url": httpserver.url_for("/api/v1")}


def serve(httpserver, *answers):
    for answer in answers:
        httpserver.expect_oneshot_request("/api/v1/search_by_date").respond_with_json(answer)


def test_hackernews__hits_become_mentions(pull, httpserver, settings, home):
    serve(httpserver, MIXED)
    pulled = pull("hackernews", settings, brands=(ACME,), slice_="acme")
    assert pulled.result.status == "complete"
    story, comment = pulled.rows
    assert (story["native_id"], story["kind"], story["title"], story["text"]) == (
        "300",
        "post",
        "Acme ships a bolt that doesn't rust",
        "",
    )
    assert (story["like_count"], story["reply_count"], story["url"]) == (
        41,
        7,
        "https://news.ycombinator.com/item?id=300",
    )
    assert comment["text"] == "Acme & me: never again.\nThey lost my order.\nproof"
    assert (comment["kind"], comment["thread_id"], comment["parent_id"], comment["like_count"]) == (
        "comment",
        "250",
        "260",
        None,
    )
    assert comment["published_at"] == datetime.fromtimestamp(1795000200, UTC)
    assert pulled.rejects == [
        ("298", "deleted, or without title and text"),
        ("297", "about none of the brands"),
    ]
    assert pulled.result.read_count == 4


def test_hackernews__authors_are_in_no_file(pull, httpserver, settings, home):
    serve(httpserver, MIXED)
    pulled = pull("hackernews", settings, brands=(ACME,), slice_="acme")
    assert len(pulled.rows[0]["author_id"]) == 32
    [raw] = pulled.result.folder.glob("page-*.raw.zst")
    import zstandard

    text = zstandard.decompress(raw.read_bytes()).decode()
    assert "never again" in text
    assert "canary" not in text


def test_hackernews__full_pages_go_on_at_their_oldest_second(pull, httpserver, settings):
    def hit(number, second):
        return {"objectID": str(number), "created_at_i": second, "comment_text": f"acme {number}", "author": "a"}

    base = 1795000000
    serve(
        httpserver,
        {"hits": [hit(4, base + 4), hit(3, base + 3)]},
        {"hits": [hit(3, base + 3), hit(2, base + 2)]},
        {"hits": [hit(2, base + 2)]},
    )
    pulled = pull("hackernews", {**settings, "page_size": 2}, brands=(ACME,), slice_="acme")
    asked = [request.args["numericFilters"] for request, _ in httpserver.log]
    assert asked == [
        "created_at_i>=0",
        f"created_at_i>=0,created_at_i<={base + 3}",
        f"created_at_i>=0,created_at_i<={base + 2}",
    ]
    assert {row["native_id"] for row in pulled.rows} == {"4", "3", "2"}
    assert pulled.manifest["cursor"]["mark"] == datetime.fromtimestamp(base + 4, UTC).isoformat()


def test_hackernews__a_second_pull_asks_from_the_overlap_on(pull, httpserver, settings):
    serve(httpserver, {"hits": []})
    cursor = Cursor(head=datetime.fromtimestamp(1795000000, UTC), mark=datetime.fromtimestamp(1795000000, UTC))
    pulled = pull("hackernews", settings, brands=(ACME,), slice_="acme", cursor=cursor.to_json())
    assert httpserver.log[0][0].args["numericFilters"] == f"created_at_i>={1795000000 - 7200}"
    assert (pulled.result.status, pulled.manifest["cursor"]) == ("unchanged", None)


def test_hackernews__one_slice_for_each_word():
    brand = Brand(
        key="bolt", name="Bolt", aliases=("Bolt Air",), any_words=("boltair",), handles=("@bolt",), match_name=False
    )
    requests = list(HackerNews(Settings()).plan(Query((ACME, brand)), {}))
    assert [(request.slice, dict(request.params)["query"]) for request in requests] == [
        ("acme", "acme"),
        ("bolt air", '"bolt air"'),
        ("boltair", "boltair"),
    ]


def test_hackernews__a_web_page_is_drift(pull, httpserver, settings):
    httpserver.expect_request("/api/v1/search_by_date").respond_with_data("<html>blocked</html>")
    pulled = pull("hackernews", settings, brands=(ACME,), slice_="acme")
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "drift")
    assert "a web page" in pulled.result.error.message


def test_hackernews__an_error_inside_a_200_is_drift(pull, httpserver, settings):
    serve(httpserver, {"message": "invalid filter", "status": 400})
    assert pull("hackernews", settings, brands=(ACME,), slice_="acme").result.error.kind == "drift"


def test_hackernews__recheck_tells_gone_from_alive():
    connector = HackerNews(Settings())
    [request] = connector.recheck_requests([("", "42")])
    assert isinstance(request, HttpRequest)
    assert request.url.endswith("/items/42")
    now = datetime(2026, 11, 22, tzinfo=UTC)

    def answer(item):
        return connector.parse_recheck(request, Response(received_at=now, body=json.dumps(item).encode()))

    assert answer({"id": 42, "type": "comment", "author": None, "text": None, "title": None}).gone == (("", "42"),)
    [alive] = answer({"id": 42, "type": "comment", "author": "a", "text": "Acme<p>fine", "created_at_i": 9}).records
    assert (alive.native_id, alive.text, alive.kind) == ("42", "Acme\nfine", "comment")


@pytest.mark.real_data
def test_hackernews__real_recordings(pull, httpserver, settings, real_data):
    serve(httpserver, json.loads((real_data / "payloads/hackernews/1.1.json").read_text()))
    everything = Brand(key="driving", name="driving", any_words=("driver", "moonshine"))
    pulled = pull("hackernews", settings, brands=(everything,), slice_="driving")
    assert len(pulled.rows) == 2 - len(pulled.rejects) == 2
    assert not any("&#x" in row["text"] or "<p>" in row["text"] for row in pulled.rows)


@pytest.mark.real_data
def test_hackernews__real_item(real_data):
    connector = HackerNews(Settings())
    body = (real_data / "payloads/hackernews/item.json").read_bytes()
    [request] = connector.recheck_requests([("", "18562744")])
    [item] = connector.parse_recheck(request, Response(received_at=datetime.now(UTC), body=body)).records
    assert (item.native_id, item.engagement.like_count) == ("18562744", 11)
    assert "<" not in item.text
