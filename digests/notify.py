"""Notify: tell people of an alert, each at most once, by mail and where they work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

from digests import mail, post, render
from digests.alerts import Alert
from digests.catalogue import catalogue
from digests.options import DigestOptions
from digests.send import How, MailServer, SendReport, send_message
from digests.sent import Delivery
from records.home import Home

__all__ = ["alert_item", "alert_mail", "mail_alerts", "post_alerts"]


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one alert's mail."""

    alert_id: str
    report: SendReport


def alert_item(alert: Alert) -> str:
    """Return what an alert is called in the book of what was sent."""
    return f"alert/{alert.alert_id}"


def alert_mail(alert: Alert, *, as_of: datetime, options: DigestOptions, is_sample: bool = False) -> bytes:
    """Return an alert as a message without To; the same alert gives the same bytes at the same as_of."""
    words = catalogue(options.language)
    sample = words.say("sample.banner") if is_sample else ""
    subject = words.say("alert.subject", sentence=alert.sentence)
    text = "\n\n".join(filter(None, (sample, alert.sentence, "\n".join(alert.links), words.say("alert.footer"))))
    message = mail.compose(
        subject=f"{words.say('sample.subject')} {subject}" if is_sample else subject,
        sender=options.sender,
        text=f"{text}\n",
        html=render.alert(options.language, alert=alert, subject=subject, sample=sample),
        pictures=(),
        dated=as_of,
        identity=alert_item(alert),
        list_name=alert.brand or "sources",
    )
    return message.as_bytes()


def mail_alerts(
    home: Home,
    alerts: Sequence[Alert],
    recipients: Sequence[str],
    server: MailServer,
    *,
    as_of: datetime,
    options: DigestOptions,
    is_sample: bool = False,
    **how: Unpack[How],
) -> list[Told]:
    """Mail each alert to each recipient who has not had it; raises as `send_mail` does."""
    return [
        Told(
            alert.alert_id,
            send_message(
                home,
                alert_item(alert),
                alert_mail(alert, as_of=as_of, options=options, is_sample=is_sample),
                recipients,
                server,
                **how,
            ),
        )
        for alert in alerts
    ]


def post_alerts(home: Home, alerts: Sequence[Alert], hook: post.Hook, *, dry_run: bool = False) -> list[Delivery]:
    """Post each alert to a hook that has not had it."""
    make = post.slack_alerts if hook.kind == "slack" else post.webhook_alerts
    return [post.post(home, hook, alert_item(alert), make([alert]), dry_run=dry_run) for alert in alerts]
