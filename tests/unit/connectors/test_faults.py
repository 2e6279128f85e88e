"""The matrix source x fault: every source over a server that misbehaves, with what is expected of each.

praw and tweepy run unmodified against the same server.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from connectors import http
from connectors.pull import recheck_source
from records.brand import Brand, Query
from records.errors import Drift
from records.setup import SourceSetup

from .faulty_server import Answer, FaultyServer

from_payloads = Path(__file__).parents[2] / "payloads"


def payload(name):
    return json.loads((from_payloads / name).read_text())


@dataclass
class Source:
    """How a source is set up against the server, and a page that leads nowhere."""

    settings: dict
    slice_: str | None
    page: dict
    records: int
    environment: dict = field(default_factory=dict)


REDDIT_KEYS = {"GRAPEVINE_REDDIT_CLIENT_ID": "canary-id", "GRAPEVINE_REDDIT_CLIENT_SECRET": "canary-secret"}
X_KEYS = {"GRAPEVINE_X_BEARER_TOKEN": "canary-bearer"}
NAMES = ("hackernews", "steam", "appstore", "reddit", "x")


def source(name, url):
    if name == "hackernews":
        return Source({"base_url": url}, "acme", payload("hackernews/search__mixed.json"), 2)
    if name == "steam":
        page = {**payload("steam/appreviews__page.json"), "cursor": ""}
        return Source({"base_url": url, "apps": [{"id": 440, "brand": "acme"}]}, "440", page, 2)
    if name == "appstore":
        page = payload("appstore/customerreviews__single_entry.json")
        return Source({"base_url": url, "apps": [{"id": 1, "brand": "acme"}]}, "1-us", page, 1)
    if name == "reddit":
        page = payload("reddit/search__page.json")
        page["data"]["after"] = None
        return Source({"reddit_url": url, "oauth_url": url}, None, page, 3, REDDIT_KEYS)
    page = payload("x/search_recent__page.json")
    page["meta"] = {}
    return Source({"base_url": url}, None, page, 2, X_KEYS)


@pytest.fixture
def server():
    faulty = FaultyServer()
    yield faulty
    faulty.stop()


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


ACME = Brand(key="acme", name="Acme", handles=("@acme",))


@pytest.fixture
def run(pull_all, server, name):
    """Pull one source from the server; the only slice that there is."""
    about = source(name, server.url)

    def pull_once(**more):
        [pulled] = pull_all(name, about.settings, brands=(ACME,), environment=about.environment, **more)
        return pulled

    pull_once.about = about
    return pull_once


def good(run):
    return Answer(run.about.page)


def test_faults__a_good_page_lands(run, server):
    server.give(good(run))
    # The App Store asks page after page until one is empty.
    server.give(Answer({"feed": {}})) if "apps" in run.about.settings else None
    pulled = run()
    assert (pulled.result.status, len(pulled.rows), pulled.result.error) == ("complete", run.about.records, None)


WAITS = {
    "seconds": lambda now: {"Retry-After": "5"},
    "date": lambda now: {"Retry-After": format_datetime(now + timedelta(seconds=5), usegmt=True)},
    "epoch": lambda now: {"x-rate-limit-reset": str(int((now + timedelta(seconds=5)).timestamp()))},
    "iso": lambda now: {"x-ratelimit-reset": (now + timedelta(seconds=5)).isoformat().replace("+00:00", "Z")},
    "seconds to reset": lambda now: {"x-ratelimit-reset": "5.0"},
}


@pytest.mark.parametrize("form", WAITS)
def test_faults__a_short_429_is_waited_for(run, server, time_, form):
    server.give(Answer(b"slow down", 429, WAITS[form](time_.now)), good(run), Answer({"feed": {}}))
    pulled = run()
    assert (pulled.result.status, len(pulled.rows)) == ("complete", run.about.records)
    assert time_.slept[0] == pytest.approx(5.0)


@pytest.mark.parametrize("form", WAITS)
def test_faults__a_long_429_ends_the_pull_and_says_until_when(run, server, time_, form, monkeypatch):
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 4.0)
    server.give(Answer(b"slow down", 429, WAITS[form](time_.now)))
    pulled = run()
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "throttled")
    assert pulled.result.error.retry_at == time_.now + timedelta(seconds=5)
    assert time_.slept == []
    assert len(server.asked) == 1


def test_faults__a_429_that_says_nothing_is_tried_again_and_then_given_up(run, server, time_):
    server.give(Answer(b"slow down", 429))
    pulled = run()
    assert (pulled.result.error.kind, pulled.result.error.retry_at) == ("throttled", None)
    assert time_.slept == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 503}, {"fault": "cut"}, {"fault": "reset"}])
def test_faults__what_passes_by_itself_is_tried_again(run, server, time_, fault):
    server.give(Answer(**fault), Answer(**fault), good(run), Answer({"feed": {}}))
    pulled = run()
    assert (pulled.result.status, len(pulled.rows)) == ("complete", run.about.records)
    assert time_.slept[:2] == [1.0, 2.0]


@pytest.mark.parametrize("fault", [{"status": 500}, {"fault": "cut"}, {"fault": "reset"}, {"fault": "hang"}])
def test_faults__what_does_not_pass_is_transient(run, server, monkeypatch, fault):
    monkeypatch.setattr(http, "TIMEOUT_SECONDS", (0.3, 0.3))
    server.give(Answer(**fault))
    pulled = run()
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "transient")
    assert len(server.asked) == http.ATTEMPTS
    assert pulled.manifest["cursor"] is None


@pytest.mark.parametrize(
    "body",
    [
        b"<!doctype html><html>blocked</html>",
        b'{"half": ',
        b"[]",
        {"error": "something", "message": "went wrong"},
        {"errors": [{"message": "went wrong", "title": "Bad"}]},
    ],
    ids=["web page", "half", "another shape", "error inside a 200", "errors inside a 200"],
)
def test_faults__an_answer_of_another_shape_is_drift(run, server, body, name):
    if body == b"[]" and name in ("reddit", "x"):
        pytest.skip("an empty list is an empty page here")
    server.give(Answer(body))
    pulled = run()
    assert (pulled.result.status, pulled.result.error.kind) == ("failed", "drift")


@pytest.mark.parametrize("status", [401, 403])
def test_faults__a_wrong_key_names_the_setting(run, server, status):
    server.give(Answer({"message": "no"}, status))
    pulled = run()
    assert pulled.result.error.kind == "config"
    for variable in run.about.environment:
        assert variable in pulled.result.error.message


def test_faults__a_404_is_gone(run, server):
    server.give(Answer({"message": "no"}, 404))
    assert run().result.error.kind == "gone"


def test_faults__a_missing_key_is_named_before_anything_is_sent(run, server, name):
    if not run.about.environment:
        pytest.skip("this source needs no key")
    server.give(good(run))
    run.about.environment = {}
    pulled = run()
    assert pulled.result.error.kind == "config"
    assert "needs credentials that are not set in the environment: GRAPEVINE_" in pulled.result.error.message
    assert server.asked == []


ENDLESS = {
    "steam": lambda page: {**page, "cursor": "always the same"},
    "appstore": lambda page: page,
    "reddit": lambda page: {**page, "data": {**page["data"], "after": "t3_aa02"}},
    "x": lambda page: {**page, "meta": {"next_token": "again"}},
}


def test_faults__an_endless_cursor_stops_and_what_was_read_is_kept(run, server, name):
    if name == "hackernews":
        pytest.skip("a page that is not full is the last one here")
    server.give(Answer(ENDLESS[name](run.about.page)))
    pulled = run()
    assert (pulled.result.status, pulled.result.error.kind) == ("partial", "drift")
    assert len(pulled.rows) >= run.about.records
    assert len(server.asked) <= 3


def test_faults__a_fault_after_the_first_page_keeps_it_and_goes_on_next_time(run, server, name, pull_all):
    if name == "hackernews":
        pytest.skip("a page that is not full is the last one here")
    server.give(Answer(ENDLESS[name](run.about.page)), Answer(status=500))
    pulled = run()
    assert (pulled.result.status, pulled.result.error.kind) == ("partial", "transient")
    assert len(pulled.rows) == run.about.records
    assert len(pulled.manifest["cursor"]["gaps"]) == 1
    assert pulled.manifest["cursor"]["mark"] is None


def test_faults__secrets_and_words_are_in_no_log_line_and_no_file(run, server, home, caplog, name):
    caplog.set_level("DEBUG")
    server.give(good(run), Answer(status=500))
    pulled = run()
    server.answers = [Answer({"message": "no"}, 401)]
    refused = run()
    said = [record.getMessage() for record in caplog.records] + [refused.result.error.message]
    for secret in (*run.about.environment.values(), "token-from-server", "never again", "canary_"):
        assert not [line for line in said if secret in line]
    for path in home.root.rglob("*"):
        if path.is_file():
            assert b"canary" not in path.read_bytes()
            assert b"token-from-server" not in path.read_bytes()
    for path in pulled.result.folder.glob("page-*.raw.zst"):
        import zstandard

        assert b"canary" not in zstandard.decompress(path.read_bytes())


def test_faults__praw_fetches_a_new_token_when_the_old_one_has_ended(pull_all, server):
    about = source("reddit", server.url)
    server.give(Answer({"message": "Unauthorized"}, 401), Answer(about.page))
    [pulled] = pull_all("reddit", about.settings, brands=(ACME,), environment=about.environment)
    assert (pulled.result.status, len(pulled.rows)) == ("complete", about.records)


def test_faults__praw_never_sleeps_by_itself(pull_all, server, time_, monkeypatch):
    import prawcore

    def refuse(seconds):
        raise AssertionError(f"prawcore slept {seconds} s")

    monkeypatch.setattr(prawcore.rate_limit.time, "sleep", refuse)
    about = source("reddit", server.url)
    spent = {"x-ratelimit-remaining": "0.0", "x-ratelimit-used": "100", "x-ratelimit-reset": "40"}
    about.page["data"]["after"] = "t3_aa02"
    server.give(Answer(about.page, headers=spent), Answer({"kind": "Listing", "data": {"children": []}}))
    [pulled] = pull_all("reddit", about.settings, brands=(ACME,), environment=about.environment)
    assert pulled.result.status == "complete"
    assert sum(time_.slept) == pytest.approx(40, abs=0.1)


def recheck(server, home, time_, name, ids):
    about = source(name, server.url)
    result = recheck_source(
        SourceSetup(name=name, connector=name, source=name, settings=about.settings),
        Query((ACME,)),
        ids,
        home,
        secret_key=b"k" * 32,
        clock=time_.clock,
        sleep=time_.sleep,
        environment=about.environment,
    )
    return result, json.loads((result.folder / "manifest.json").read_text())


def test_faults__praw_is_asked_whether_mentions_still_stand(server, home, time_):
    server.give(Answer(payload("reddit/search__page.json")))
    result, manifest = recheck(server, home, time_, "reddit", [("", "t3_aa05"), ("", "t3_aa04"), ("", "t3_zz99")])
    assert server.asked == ["/api/info/?id=t3_aa05%2Ct3_aa04%2Ct3_zz99&raw_json=1"]
    assert (result.status, manifest["gone"]) == ("complete", [["", "t3_aa04"], ["", "t3_zz99"]])


def test_faults__tweepy_is_asked_whether_mentions_still_stand(server, home, time_):
    server.give(Answer(payload("x/search_recent__page.json")))
    ids = [("", "1990000000000000001"), ("", "1960000000000000000")]
    result, manifest = recheck(server, home, time_, "x", ids)
    assert server.asked[0].startswith("/2/tweets?tweet.fields=author_id")
    assert server.asked[0].endswith("&ids=1990000000000000001%2C1960000000000000000")
    assert (result.status, manifest["gone"]) == ("complete", [["", "1960000000000000000"]])


def test_faults__reddit_feeds_need_no_key(pull_all, server):
    server.give(Answer((from_payloads / "reddit/search__feed.rss").read_bytes()))
    [pulled] = pull_all("reddit", {"feeds": True, "reddit_url": server.url}, brands=(ACME,), environment={})
    assert server.asked == ["/search.rss?q=%28Acme+OR+%40acme%29&sort=new&limit=100"]
    assert [row["native_id"] for row in pulled.rows] == ["t3_bb01"]


def test_faults__x_never_asks_for_more_than_seven_days(pull_all, server, time_):
    from connectors.cursor import Cursor
    from connectors.pull import dry_run

    about = source("x", server.url)
    setup = SourceSetup(name="x", connector="x", source="x", settings=about.settings)
    [planned] = dry_run(setup, Query((ACME,)), {})
    old = Cursor(head=time_.now - timedelta(days=30), mark=time_.now - timedelta(days=30)).to_json()
    server.give(Answer(about.page))
    pull_all("x", about.settings, brands=(ACME,), environment=about.environment, cursors={planned.slice: old})
    assert "start_time=2026-11-15T12%3A01%3A00Z" in server.asked[0]


def test_faults__a_record_of_another_shape_costs_only_itself(run, server, name):
    broken = json.loads(json.dumps(run.about.page).replace("1794000500.0", '"soon"'))
    if broken == run.about.page:
        pytest.skip("shown on reddit")
    server.give(Answer(broken))
    pulled = run()
    assert len(pulled.rows) == run.about.records - 1
    assert "not of the expected shape" in pulled.manifest["rejected_by_reason"]


def test_faults__a_connector_that_stumbles_is_drift_without_its_words(time_):
    from connectors.contract import Declaration, HttpRequest, Response
    from connectors.cursor import Cursor
    from connectors.walk import Walk

    class Stumbling:
        declaration = Declaration(name="stumbling", title="Stumbling", channel="online")

        def parse(self, request, response):
            return {}["private words"]

    walk = Walk(
        Stumbling(),
        fetch=lambda request: Response(received_at=time_.now),
        land=None,
        clock=time_.clock,
        sleep=time_.sleep,
    )
    _, error = walk.read([HttpRequest(url="https://a.example")], Cursor(), afresh=list)
    assert isinstance(error, Drift)
    assert "private words" not in str(error)
