"""The kit on recordings of other kinds and formats of our sources: what each comes to, or the error that it names."""

from __future__ import annotations

import base64
import gzip
import json
import zlib

import pytest
import yaml

from connectors import kit, x
from connectors.contract import Response
from connectors.kit_answers import NOW, respond
from records.errors import CheckFailed

REDDIT, ALGOLIA, X = "https://oauth.reddit.com", "https://hn.algolia.com/api/v1", "https://api.twitter.com/2"
FEED = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"><title>t</title>{}</feed>'
APP_ENTRY = "<entry><id>7</id><title>Fine</title><im:rating>5</im:rating><content type='text'>Well</content></entry>"
POST_ENTRY = "<entry><id>t3_a</id><title>A lamp</title><content type='html'>&lt;p&gt;broke</content></entry>"
TWEET = {"id": "1500000000000000001", "text": "late again", "author_id": "5"}
MISSING = {"resource_id": "9", "resource_type": "tweet", "parameter": "ids", "title": "Not Found Error", "detail": "no"}
REVIEW = {"recommendationid": "1", "review": "good", "voted_up": True, "timestamp_created": 1600000000}
COMMENT = {"id": 8863, "by": "someone", "text": "broke", "time": 1175714200, "type": "comment"}


def thing(kind, name, **data):
    return {"kind": kind, "data": {"name": name, **data}}


def listing(*things):
    return {"kind": "Listing", "data": {"children": list(things), "after": None}}


POST = thing("t3", "t3_a", title="A lamp", selftext="broke")
REPLY = thing("t1", "t1_b", body="mine too", replies="")


def cassette(url, body, status=200, *, pack=None, method="GET"):
    """Return a cassette as betamax and vcrpy write them, packed as they pack bodies."""
    raw = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    said = {"string": raw.decode()}
    if pack == "base64":
        said = {"base64_string": base64.b64encode(gzip.compress(raw)).decode(), "string": ""}
    response = {"status": {"code": status}, "headers": {"Retry-After": ["5"]}, "body": said}
    return {"interactions": [{"request": {"method": method, "uri": url}, "response": response}]}


def vcr(url, **response):
    return yaml.safe_dump({"interactions": [{"request": {"uri": url, "method": "GET"}, "response": response}]})


PAGE = listing(POST)
CASES = [
    # source, file, body, (records, gone, skipped, error, is it right)
    ("reddit", "tree.json", [PAGE, listing(thing("t1", "t1_a", body="[removed]", replies=listing(REPLY)))], (2, 1, 0)),
    ("reddit", "more.json", {"json": {"errors": [], "data": {"things": [REPLY]}}}, (1, 0, 0)),
    ("reddit", "others.json", listing(thing("t5", "t5_a"), thing("t2", "someone")), (0, 0, 2)),
    ("reddit", "empty.json", listing(), (0, 0, 0)),
    ("reddit", "lines.json", "\n".join([json.dumps(POST)] * 2), (1, 0, 0)),
    ("reddit", "bare_feed.rss", FEED.format(POST_ENTRY), (1, 0, 0)),
    ("reddit", "mark.atom", "\ufeff<?xml version='1.0'?>" + FEED.format(""), (0, 0, 0)),
    ("reddit", "packed.json", cassette(f"{REDDIT}/r/x/new", PAGE, pack="base64"), (1, 0, 0)),
    ("reddit", "info.json", cassette(f"{REDDIT}/api/info?id=t3_a,t3_gone", PAGE), (1, 1, 0)),
    ("reddit", "limit.json", {"json": {"errors": [["RATELIMIT", "wait", "x"]]}}, (0, 0, 0, "Drift")),
    ("reddit", "private.json", {"reason": "private", "message": "Forbidden", "error": 403}, (0, 0, 0, "Drift")),
    ("reddit", "xhtml.html", "<?xml version='1.0'?><!DOCTYPE html><html><p>no</p></html>", (0, 0, 0, "Drift")),
    ("reddit", "cut.json", '{"kind": "Listing", "data": {"chil', (0, 0, 0, "Drift")),
    ("reddit", "sub.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhello", (0, 0, 0, "Drift")),
    ("reddit", "mail.mbox", "From a Thu Jan  1 00:00:00 2026\n\nhello", (0, 0, 0, "Drift")),
    ("reddit", "login.json", cassette("https://www.reddit.com/api/v1/access_token", {}), (0, 0, 0, None, None)),
    ("reddit", "wiki.json", cassette(f"{REDDIT}/r/x/wiki/a", {"kind": "wikipage"}), (0, 0, 0, "Drift", None)),
    ("reddit", "own.json", cassette(f"{REDDIT}/r/x/search/?q=a", {"kind": "other"}), (0, 0, 0, "Drift", False)),
    ("reddit", "gzip.yaml", vcr(REDDIT, body={"string": gzip.compress(json.dumps(PAGE).encode())}), (1, 0, 0)),
    (
        "reddit",
        "deflate.yml",
        vcr(
            REDDIT, headers={"Content-Encoding": ["deflate"]}, body={"string": zlib.compress(json.dumps(PAGE).encode())}
        ),
        (1, 0, 0),
    ),
    ("reddit", "httpx.yaml", vcr(REDDIT, status_code=200, content=json.dumps(PAGE)), (1, 0, 0)),
    ("x", "nothing.json", {"meta": {"result_count": 0}}, (0, 0, 0)),
    ("x", "flat.jsonl", json.dumps({**TWEET, "author": {"id": "5"}}), (1, 0, 0)),
    ("x", "partial.json", {"data": [TWEET], "errors": [MISSING]}, (1, 0, 1)),
    ("x", "missing.json", {"errors": [MISSING]}, (0, 0, 1)),
    ("x", "missing_list.json", [MISSING, MISSING], (0, 0, 2)),
    (
        "x",
        "lookup.json",
        cassette(f"{X}/tweets?ids={TWEET['id']},9", {"data": [TWEET], "errors": [MISSING]}),
        (1, 1, 0),
    ),
    ("x", "users.json", cassette(f"{X}/users?ids=5", {"data": [{"id": "5", "username": "a"}]}), (0, 0, 1)),
    ("x", "counts.json", {"data": [{"start": "a", "tweet_count": 3}], "meta": {}}, (0, 0, 1)),
    ("x", "place.jsonl", json.dumps({"id": "1", "action": "delete", "reason": "scrub_geo"}), (0, 0, 0)),
    ("x", "gone.jsonl", json.dumps({"id": "1", "action": "delete", "reason": "suspended"}), (0, 1, 0)),
    ("x", "client.json", {"client_id": "1", "title": "Client Forbidden", "detail": "no"}, (0, 0, 0, "Drift")),
    ("x", "old.json", {"errors": [{"code": 215, "message": "Bad data."}]}, (0, 0, 0, "Drift")),
    ("x", "unpaid.json", cassette(f"{X}/tweets/search/recent", {"title": "a"}, 402), (0, 0, 0, "ConfigError")),
    ("hackernews", "item.json", COMMENT, (1, 0, 0)),
    ("hackernews", "user.json", {"id": 6, "username": "someone", "karma": 5, "objectID": "someone"}, (0, 0, 1)),
    ("hackernews", "ids.json", [1, 2, 3], (0, 0, 3)),
    ("hackernews", "null.json", "null", (0, 0, 0, "Drift")),
    ("hackernews", "mixed.json", {"hits": [{"objectID": "1", "comment_text": 5}, None, {"objectID": "2"}]}, (0, 0, 3)),
    ("hackernews", "deleted.json", cassette(f"{ALGOLIA}/items/12", {"id": 12, "text": None}), (0, 1, 0)),
    ("hackernews", "404.json", cassette(f"{ALGOLIA}/items/13", {"error": "Not Found"}, 404), (0, 0, 0, "Gone")),
    ("hackernews", "refused.json", {"message": "Invalid hitsPerPage", "status": 400}, (0, 0, 0, "Drift")),
    ("steam", "none.json", {"success": 1, "reviews": [], "cursor": "*"}, (0, 0, 0)),
    ("steam", "keyed.json", {"reviews": {"1": REVIEW}}, (1, 0, 0)),
    ("steam", "list.json", [REVIEW, {**REVIEW, "recommendationid": "2"}], (2, 0, 0)),
    ("steam", "lines.jsonl", json.dumps(REVIEW), (1, 0, 0)),
    ("steam", "failed.json", {"success": 2}, (0, 0, 0, "Drift")),
    ("steam", "denied.xml", "<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>", (0, 0, 0, "Drift")),
    ("steam", "slow.json", cassette("https://store.example/appreviews/4", "null", 429), (0, 0, 0, "Throttled")),
    ("appstore", "bare.xml", FEED.format(APP_ENTRY), (1, 0, 0)),
    ("appstore", "empty.xml", FEED.format(""), (0, 0, 0)),
    ("appstore", "one.json", {"feed": {"entry": {"id": {"label": "7"}, "im:rating": {"label": "5"}}}}, (1, 0, 0)),
    ("appstore", "undated.json", {"feed": {"entry": [{"id": {"label": "7"}, "im:rating": {"label": ""}}]}}, (0, 0, 1)),
    ("appstore", "mark.json", b"\xef\xbb\xbf" + json.dumps({"feed": {}}).encode(), (0, 0, 0)),
    ("appstore", "refused.json", {"errorMessage": "Invalid value", "queryParameters": {"a": 1}}, (0, 0, 0, "Drift")),
    ("appstore", "deep.txt", "page depth is limited", (0, 0, 0, "Drift")),
]


@pytest.mark.parametrize(("source", "name", "body", "expected"), CASES, ids=[f"{one[0]}-{one[1]}" for one in CASES])
def test_kit__other_recordings(tmp_path, source, name, body, expected):
    text = body if isinstance(body, bytes | str) else json.dumps(body)
    (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    found = kit.check(source, tmp_path).files[0]
    records, gone, skipped, error, is_ok = (*expected, *(None, True)[len(expected) - 3 :])
    assert (found.records, found.gone, sum(found.skipped.values())) == (records, gone, skipped)
    assert (found.error, found.is_ok) == (error, is_ok), found.message


def test_kit__only_error_answers_are_no_failure(tmp_path):
    (tmp_path / "blocked.html").write_text("<html>no</html>")
    assert kit.check("steam", tmp_path).is_ok
    (tmp_path / "none.json").write_text('{"success": 1, "reviews": []}')
    assert not kit.check("steam", tmp_path).is_ok


def test_kit__one_mention_twice_in_a_page_is_no_failure(tmp_path):
    (tmp_path / "page.json").write_text(json.dumps(listing(POST, POST, REPLY)))
    assert kit.check("reddit", tmp_path).is_ok


def test_kit__accept_writes_what_is_held_to_from_then_on(tmp_path):
    page = tmp_path / "page.json"
    page.write_text(json.dumps([REVIEW]))
    assert kit.accept("steam", tmp_path).read_text().count("\n") == 1
    assert kit.check("steam", tmp_path).is_ok
    page.write_text(json.dumps([{**REVIEW, "review": "bad"}]))
    assert [one.name for one in kit.check("steam", tmp_path).checks if one.is_ok is False] == [
        "records are those of expected.jsonl"
    ]
    kit.accept("steam", tmp_path)
    assert kit.check("steam", tmp_path).is_ok


def test_kit__accept_comes_after_the_other_promises(tmp_path):
    (tmp_path / "page.json").write_text('{"hits": "none"}')
    with pytest.raises(CheckFailed, match="mend that before"):
        kit.accept("hackernews", tmp_path)
    assert not (tmp_path / "expected.jsonl").exists()


def test_x__a_recheck_by_the_first_id_never_undoes_an_edit():
    """X gives a post as it was then when asked for an earlier version's id; its newest stands in the expansion."""
    connector = x.X(x.Settings())
    history = {"edit_history_tweet_ids": ["1500000000000000001", "1500000000000000002"]}
    newest = {**TWEET, **history, "id": "1500000000000000002", "text": "on time after all"}
    request = next(iter(connector.recheck_requests([("", TWEET["id"])])))
    assert request.arguments["expansions"] == ["edit_history_tweet_ids"]
    answer = {"data": [{**TWEET, **history}], "includes": {"tweets": [newest]}}
    page = connector.parse_recheck(request, respond(json.dumps(answer).encode()))
    assert [(one.native_id, one.text) for one in page.drafts] == [(TWEET["id"], "on time after all")]
    page = connector.parse_recheck(request, Response(received_at=NOW, data={"data": [{**TWEET, **history}]}))
    assert (page.drafts, page.gone, [one.reason for one in page.skipped]) == ((), (), [x.OLDER])
