from __future__ import annotations

import hashlib
import hmac
import json
import re
import socket
from collections.abc import Callable
from datetime import UTC, date, datetime
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from pytest_httpserver import HTTPServer
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from werkzeug import Response

from digests.alerts import Alert
from digests.build import build_all, story_of
from digests.notify import alert_mail
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
Look = Callable[..., list[Alert]]
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


# What a name, a title or a text may hold; the same list is tried on digests in test_build.
HOSTILE = (
    "<!channel> <https://evil.example|click> *bold* & lawsuit",
    "<script>alert(1)</script> lawsuit </style><style>*{display:none}</style>",
    "\r\nBcc: all@example.org\r\n\r\n<b>lawsuit</b>",
    "\u202elawsuit gnp.exe\u202c \u2066\u2069 zero\u200bwidth lawsuit\u200f",
    f"lawsuit {'A' * 1_000_000}",
    "\x00\x1b[31m lawsuit \ufeff\U000e0041",
    "{{ 7 * 7 }} {0} {n} lawsuit %s",
)
INVISIBLE = set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200f\ufeff\x00\x1b")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_bodies__hostile_words_stay_words(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look, hostile: str
) -> None:
    """In Slack, in a webhook and in an alert's mail, from a mention's words, its source and the brand's name."""
    rows = (
        mention(text=hostile, source=hostile[:2000], told_date=date(2026, 11, 15), view_count=9),
        mention(2, text="A second lawsuit.", url="javascript:alert(1)", told_date=date(2026, 11, 14)),
    )
    publish(eight_weeks(), rows, brand_name=f"<@U1> Acme {hostile}")
    story, alerts = story_of(home, "acme", WEEK), check(home)
    assert {alert.figure for alert in alerts} == {"word"}
    assert {alert.links for alert in alerts} == {("https://reviews.example/1",), ()}
    for body in (slack_digest(story), slack_alerts(alerts)):
        text = json.dumps(body, ensure_ascii=False)
        assert not re.search(r"<(?!https://reviews\.example/1\|)", text)  # no link but the mention's own, no call
        assert " *bold*" not in text
        assert not set(text) & INVISIBLE
        assert all(len(block.get("text", {}).get("text", "")) <= 3000 for block in body["blocks"])
    assert webhook_digest(story, ITEM)["figures"]["bad_count"]["value"] == "35"
    for body in (webhook_digest(story, ITEM), webhook_alerts(alerts)):
        text = json.dumps(body, ensure_ascii=False)
        assert "javascript:" not in text
        assert len(text) < 6000
        assert not set(text) & INVISIBLE
    as_of = datetime(2026, 11, 16, 9, tzinfo=UTC)
    for alert in alerts:
        message = BytesParser(policy=default).parsebytes(alert_mail(alert, as_of=as_of, options=DigestOptions()))
        assert message["Bcc"] is None
        assert message.defects == []
        assert len(message["Subject"]) <= 151
        plain, html = (part.get_content() for part in message.walk() if not part.is_multipart())
        assert not set(plain + html) & INVISIBLE
        tree = HTMLParser(html)
        assert not tree.css("script, img, link, form, iframe, object")
        assert len(tree.css("style")) == 1
        assert [link.attributes["href"] for link in tree.css("a")] == list(alert.links)
        assert len(html) < 8000


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
