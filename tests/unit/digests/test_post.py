from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from digests.alerts import check
from digests.build import build_all, story_of
from digests.options import DigestOptions
from digests.periods import Period
from digests.post import Hook, post, slack_alerts, slack_digest, webhook_alerts, webhook_digest
from digests.preview import open_page, preview_server
from digests.sent import open_book
from records.errors import ConfigError, InputError
from records.home import Home

WEEK = Period(date(2026, 11, 9))
NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ITEM = "digest/2026-W46/acme"
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]


def hook(server: HTTPServer, kind: Any = "webhook") -> Hook:
    return Hook(name="team", kind=kind, url=server.url_for("/hook/T0P-S3CRET"), secret=b"key")


def test_post__signed_and_once(home: Home, httpserver: HTTPServer) -> None:
    httpserver.expect_request("/hook/T0P-S3CRET", method="POST").respond_with_data("ok")
    assert post(home, hook(httpserver), ITEM, {"b": "ü"}, clock=lambda: NOW).state == "sent"
    assert post(home, hook(httpserver), ITEM, {"b": "ü"}, clock=lambda: NOW).state == "sent"
    ((request, _),) = httpserver.log
    assert request.data == '{"b": "ü"}'.encode()
    timestamp = request.headers["X-Grapevine-Timestamp"]
    signed = hmac.new(b"key", timestamp.encode() + b"." + request.data, hashlib.sha256).hexdigest()
    assert request.headers["X-Grapevine-Signature"] == f"sha256={signed}"
    assert b"T0P-S3CRET" not in (home.state / "send.sqlite").read_bytes()
    assert "T0P-S3CRET" not in repr(hook(httpserver))


@pytest.mark.parametrize(("code", "state"), [(404, "refused"), (429, "deferred"), (503, "deferred"), (302, "refused")])
def test_post__answers(home: Home, httpserver: HTTPServer, code: int, state: str) -> None:
    httpserver.expect_request("/hook/T0P-S3CRET").respond_with_response(Response(status=code))
    delivery = post(home, hook(httpserver), ITEM, {}, clock=lambda: NOW)
    assert (delivery.state, delivery.reason) == (state, f"answered {code}")
    post(home, hook(httpserver), ITEM, {}, clock=lambda: NOW)
    assert len(httpserver.log) == (2 if state == "deferred" else 1)


def test_post__no_connection_may_be_tried_again(home: Home) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    dead = Hook(name="team", kind="slack", url=f"http://127.0.0.1:{port}/x")
    delivery = post(home, dead, ITEM, {}, clock=lambda: NOW)
    assert (delivery.state, delivery.reason) == ("deferred", "no connection")


def test_post__dry_run_and_wrong_address(home: Home) -> None:
    safe = Hook(name="team", kind="slack", url="https://hooks.example/x")
    assert post(home, safe, ITEM, {}, dry_run=True).reason == "dry run"
    with open_book(home) as book:
        assert book.all() == []
    for url in ("http://hooks.example/x", "file:///etc/passwd", "https://user@hooks.example/"):
        with pytest.raises(ConfigError, match="the address of 'team' can't be used"):
            post(home, Hook(name="team", kind="slack", url=url), ITEM, {})


def test_bodies__hostile_words_stay_words(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    rows = (
        mention(
            text="<!channel> <https://evil.example|click> *bold* & lawsuit", told_date=date(2026, 11, 15), view_count=9
        ),
    )
    publish(eight_weeks(), rows, brand_name="<@U1> Acme")
    story = story_of(home, "acme", WEEK)
    alerts = check(home)
    assert [alert.figure for alert in alerts] == ["word"]
    for body in (slack_digest(story), slack_alerts(alerts)):
        text = json.dumps(body, ensure_ascii=False)
        assert "<!channel>" not in text
        assert "<https://evil.example" not in text
        assert "<@U1>" not in text
        assert " *bold*" not in text
        assert "<https://reviews.example/1|" in text
    assert webhook_digest(story, ITEM)["figures"]["bad_count"]["value"] == "35"
    assert webhook_alerts(alerts)["alerts"][0]["links"] == ["https://reviews.example/1"]


def test_slack__block_limits(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    """Slack takes at most 50 blocks of at most 3,000 characters."""
    publish(eight_weeks(), tuple(mention(n, text="&" * 5000, view_count=n) for n in range(1, 9)))
    body = slack_digest(story_of(home, "acme", WEEK, DigestOptions(mention_limit=8)))
    assert len(body["blocks"]) <= 50
    texts = [block["text"]["text"] for block in body["blocks"] if block["type"] == "section"]
    assert all(0 < len(text) <= 3000 for text in texts)
    assert all(line.endswith("|↗>") for text in texts if text.startswith("•") for line in text.splitlines())


def test_preview__serves_digests_to_this_machine(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    import threading

    publish(eight_weeks())
    (folder,) = build_all(home)
    server = preview_server(home.digests)
    host, port = server.server_address[:2]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        with urlopen(f"http://127.0.0.1:{port}/2026-W46/acme/page.html") as answer:
            assert answer.read() == (folder / "page.html").read_bytes()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert host == "127.0.0.1"


def test_preview__nothing_built(home: Home) -> None:
    with pytest.raises(InputError, match="there are no digests in"):
        preview_server(home.digests)
    with pytest.raises(InputError, match="there is no page in"):
        open_page(home.digests)


def test_open_page__opens_it(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks())
    (folder,) = build_all(home)
    shown: list[str] = []

    def show(address: str) -> bool:
        shown.append(address)
        return True

    assert open_page(folder, show) == shown[0]
    assert shown[0].endswith("/2026-W46/acme/page.html")
