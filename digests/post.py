"""Post a digest or an alert where a team works: Slack, or any address that takes signed JSON.

The generic webhook is signed: `X-Grapevine-Signature: sha256=HMAC(secret, "<timestamp>.<body>")`; a receiver compares
it in constant time, refuses old timestamps, and drops an `X-Grapevine-Delivery` that it has seen.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from digests.alerts import Alert
from digests.quotes import one_line, safe_link
from digests.sent import Delivery, open_book
from digests.sentences import Story
from records.errors import ConfigError
from records.home import Home

__all__ = ["Hook", "post", "signature", "slack_alerts", "slack_digest", "webhook_alerts", "webhook_digest"]

SLACK_TEXT_LENGTH = 3000  # Slack's limit for one text block
TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """A place to post to.

    Attributes:
        name: what it is called in reports and in the book of what was sent.
        kind: slack or webhook.
        url: https (http only for this machine); it is a secret for Slack, so it is never shown or stored.
        secret: signs generic webhooks; None leaves the signature out.
    """

    name: str
    kind: Literal["slack", "webhook"]
    url: str = field(repr=False)
    secret: bytes | None = field(default=None, repr=False)


def post(
    home: Home,
    hook: Hook,
    item: str,
    body: dict[str, Any],
    *,
    dry_run: bool = False,
    again: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Delivery:
    """Post one thing to one place, at most once.

    Args:
        home: where it is noted.
        hook: where it goes.
        item: what it is ("digest/2026-W46/acme", "alert/<id>").
        body: the JSON.
        dry_run: post nothing, note nothing.
        again: post even if it was posted before, or if nobody knows.
        clock: tells now, aware.

    Returns:
        The delivery: sent, refused (4xx), deferred (429, 5xx, no connection) or sending (nobody knows).

    Raises:
        ConfigError: the address is not https.
    """
    if safe_link(hook.url) is None or not hook.url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ConfigError(f"the address of {hook.name!r} can't be used; it must be an https address")
    with open_book(home) as book:
        if dry_run:
            return book.find(item, hook.kind, hook.name) or Delivery(item, hook.kind, hook.name, "deferred", "dry run")
        if not book.claim(item, hook.kind, hook.name, clock(), again=again):
            return book.find(item, hook.kind, hook.name) or Delivery(item, hook.kind, hook.name, "sending")
        state: Literal["sent", "refused", "deferred"]
        try:
            code = _send(hook, item, body, clock())
        except requests.ConnectionError as error:
            reached = getattr(error.args[0] if error.args else None, "reason", None)
            if isinstance(reached, NewConnectionError | ConnectTimeoutError):
                return book.settle(Delivery(item, hook.kind, hook.name, "deferred", "no connection"), clock())
            return Delivery(item, hook.kind, hook.name, "sending", "the connection broke while sending")
        except requests.Timeout:
            return Delivery(item, hook.kind, hook.name, "sending", "no answer in time")
        state = "sent" if code < 300 else "deferred" if code == 429 or code >= 500 else "refused"
        reason = None if state == "sent" else f"answered {code}"
        return book.settle(Delivery(item, hook.kind, hook.name, state, reason), clock())


def signature(secret: bytes, timestamp: str, body: bytes) -> str:
    """Return the signature of a webhook's body.

    >>> signature(b"key", "1700000000", b"{}")[:20]
    'sha256=9d713ed406bb7'
    """
    return "sha256=" + hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def slack_digest(story: Story, page_url: str | None = None) -> dict[str, Any]:
    """Return a digest as Slack blocks: judgement, figures, next step, the mentions' links."""
    figures = "\n".join(
        f"*{_slack(tile.label)}:* {_slack(tile.value)}  {_slack('; '.join(filter(None, (tile.note, tile.detail))))}"
        for tile in story.tiles
    )
    said = "\n".join(
        f"• *{_slack(one.tone_word)}* {_slack(one.quote)} {f'<{one.link}|↗>' if one.link else ''}".rstrip()
        for one in story.mentions
    )
    blocks = [_section(f"*{_slack(story.headline)}*"), _section(_slack(story.lede)), _section(figures)]
    if story.action:
        blocks.append(_section(f"*{_slack(story.action.title)}:* {_slack(story.action.text)}"))
    blocks += [_section(_slack(story.estimate)), _section(said)]
    small = [_slack(story.kicker), *([_slack(story.sample)] if story.sample else [])]
    if page_url and safe_link(page_url):
        small.append(f"<{page_url}|{_slack(story.mentions_title)}>")
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": text} for text in small]}
    shown = [block for block in blocks if block["text"]["text"]]
    return {"text": _slack(story.subject), "unfurl_links": False, "blocks": [*shown, context]}


def slack_alerts(alerts: Sequence[Alert]) -> dict[str, Any]:
    """Return alerts as Slack blocks, one each."""
    texts = [_slack(alert.sentence) + "".join(f" <{link}|↗>" for link in alert.links) for alert in alerts]
    return {"text": texts[0] if texts else "", "unfurl_links": False, "blocks": [_section(text) for text in texts]}


def webhook_digest(story: Story, item: str) -> dict[str, Any]:
    """Return a digest as plain JSON."""
    return {
        "kind": "digest",
        "item": item,
        "brand": story.brand,
        "period": story.kicker,
        "headline": story.headline,
        "figures": {tile.name: {"value": tile.value, "note": tile.note, "detail": tile.detail} for tile in story.tiles},
        "estimate": story.estimate,
        "is_sample": bool(story.sample),
    }


def webhook_alerts(alerts: Sequence[Alert]) -> dict[str, Any]:
    """Return alerts as plain JSON."""
    rows = [
        {"alert_id": one.alert_id, "brand": one.brand, "figure": one.figure, "opened_on": one.opened_on.isoformat(),
         "observed": one.observed, "expected": one.expected, "sentence": one.sentence, "links": list(one.links)}
        for one in alerts
    ]  # fmt: skip
    return {"kind": "alerts", "alerts": rows}


def _send(hook: Hook, item: str, body: dict[str, Any], now: datetime) -> int:
    content = json.dumps(body, ensure_ascii=False, sort_keys=True).encode()
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if hook.kind == "webhook":
        timestamp = str(int(now.timestamp()))
        headers["X-Grapevine-Timestamp"] = timestamp
        headers["X-Grapevine-Delivery"] = hashlib.sha256(f"{hook.name}\x1f{item}".encode()).hexdigest()[:32]
        if hook.secret:
            headers["X-Grapevine-Signature"] = signature(hook.secret, timestamp, content)
    answer = requests.post(hook.url, content, headers=headers, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    return answer.status_code


def _section(text: str) -> dict[str, Any]:
    if len(text) > SLACK_TEXT_LENGTH:
        # At the end of a line, so that no link is cut in half.
        text = text[:SLACK_TEXT_LENGTH].rpartition("\n")[0] or text[:SLACK_TEXT_LENGTH]
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _slack(text: str) -> str:
    """Escape what Slack reads as markup: links, mentions of people and channels, bold."""
    plain = one_line(text, SLACK_TEXT_LENGTH).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A zero-width space keeps *, _, ~ and ` from pairing up into formatting.
    return plain.translate({ord(sign): f"\u200b{sign}" for sign in "*_~`"})
