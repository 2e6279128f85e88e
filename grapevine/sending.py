"""From settings to what goes out: digests and alerts, by mail and to hooks, to each receiver at most once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from digests import build, notify, post
from digests.across import ACROSS
from digests.options import AlertOptions, DigestOptions
from digests.periods import Period
from digests.send import SendReport, item_of, send_mail
from digests.sent import Delivery
from grapevine.mail_server import mail_server
from grapevine.settings import HookSettings, Settings
from records.errors import ConfigError
from records.home import Home
from warehouse import query

if TYPE_CHECKING:
    from digests.alerts import Alert

__all__ = ["Outcome", "alert_options", "digest_options", "has_receivers", "send_digests", "send_open_alerts"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one thing at one receiver.

    Attributes:
        item: what it was ("digest/2026-W46/acme").
        receiver: an address, or a hook's name.
        state: sent; skipped (had it before); planned (dry run); refused (for good); deferred (send again later);
            unknown (a sender died while sending: it may have arrived).
        reason: the server's own words, where it gave any.
    """

    item: str
    receiver: str
    state: Literal["sent", "skipped", "planned", "refused", "deferred", "unknown"]
    reason: str = ""


def has_receivers(settings: Settings) -> bool:
    """Return whether the settings name anybody that something can be sent to."""
    return bool(settings.hooks) or bool(settings.mail and _addresses(settings))


def digest_options(settings: Settings) -> DigestOptions:
    """Return what the settings say about digests."""
    chosen = settings.digest
    return DigestOptions(
        min_n=chosen.min_n,
        language=chosen.language,
        sender=chosen.sender,
        feedback=chosen.feedback,
        unsubscribe_url=chosen.unsubscribe_url,
        alerts=alert_options(settings),
        pages_url=chosen.pages_url,
        across_order=chosen.across_order,
    )


def alert_options(settings: Settings) -> AlertOptions:
    """Return what the settings say about alerts."""
    chosen = settings.alerts
    return AlertOptions(
        false_alarms_per_month=chosen.false_alarms_per_month,
        fewest_events=chosen.fewest_events,
        cool_down_days=chosen.cool_down_days,
        great_reach=chosen.great_reach,
        words=chosen.words,
    )


def send_digests(
    home: Home, settings: Settings, folders: Sequence[Path], *, dry_run: bool = False, again: bool = False
) -> list[Outcome]:
    """Send built digests to the recipients and hooks of the settings.

    Args:
        home: where it is noted who had what.
        settings: receivers and server.
        folders: what `digest` returned.
        dry_run: connect to nothing, only say who would get it.
        again: send also to those who had it.

    Raises:
        ConfigError: there is nobody to send to, no server, or a hook's address is not set.
        TransientError: the server can't be reached; nothing was sent.
    """
    hooks = [_hook(hook) for hook in settings.hooks]
    outcomes: list[Outcome] = []
    chosen = settings.digest
    if not chosen.recipients and not chosen.across_recipients and not hooks:
        raise ConfigError("nobody to send to; set digest.recipients or digest.across_recipients, or add [[hooks]]")
    for folder in folders:
        recipients = chosen.across_recipients if folder.name == ACROSS else chosen.recipients
        if recipients:
            report = send_mail(home, folder, recipients, mail_server(settings.mail), dry_run=dry_run, again=again)
            outcomes += _mailed(item_of(folder), report)
        for hook in hooks:
            if folder.name == ACROSS:
                break  # a hook has each brand's digest
            story = build.story_of(home, folder.name, Period.parse(folder.parent.name), digest_options(settings))
            body = (
                post.slack_digest(story, story.page)
                if hook.kind == "slack"
                else post.webhook_digest(story, item_of(folder))
            )
            delivery = post.post(home, hook, item_of(folder), body, dry_run=dry_run, again=again)
            outcomes.append(_posted(delivery, dry_run))
    return outcomes


def send_open_alerts(
    home: Home, settings: Settings, alerts: Sequence[Alert], *, dry_run: bool = False
) -> list[Outcome]:
    """Send open alerts, each to each receiver once; raises as `send_digests` does."""
    recipients = settings.alerts.recipients or settings.digest.recipients
    hooks = [_hook(hook) for hook in settings.hooks]
    outcomes: list[Outcome] = []
    if not recipients and not hooks:
        raise ConfigError("nobody to send to; set alerts.recipients or add [[hooks]]")
    if recipients and alerts:
        latest = query.latest(home)
        told = notify.mail_alerts(
            home,
            alerts,
            recipients,
            mail_server(settings.mail),
            as_of=datetime.fromisoformat(latest["as_of"]),
            options=digest_options(settings),
            is_sample=latest["is_sample"],
            dry_run=dry_run,
        )
        outcomes += [outcome for one in told for outcome in _mailed(f"alert/{one.alert_id}", one.report)]
    for hook in hooks:
        outcomes += [_posted(one, dry_run) for one in notify.post_alerts(home, alerts, hook, dry_run=dry_run)]
    return outcomes


def _addresses(settings: Settings) -> tuple[str, ...]:
    return settings.digest.recipients + settings.digest.across_recipients + settings.alerts.recipients


def _hook(settings: HookSettings) -> post.Hook:
    url = os.environ.get(settings.url_variable)
    if not url:
        raise ConfigError(f"hook {settings.name!r}: {settings.url_variable} is not set; set it to the hook's address")
    secret = os.environ.get(settings.secret_variable) if settings.secret_variable else None
    return post.Hook(name=settings.name, kind=settings.kind, url=url, secret=secret.encode() if secret else None)


def _mailed(item: str, report: SendReport) -> Iterator[Outcome]:
    plain: Iterable[tuple[Literal["sent", "skipped", "planned", "unknown"], tuple[str, ...]]] = (
        ("sent", report.sent),
        ("skipped", report.skipped),
        ("planned", report.planned),
        ("unknown", report.unknown),
    )
    for state, receivers in plain:
        yield from (Outcome(item, receiver, state) for receiver in receivers)
    for delivery in (*report.refused, *report.deferred):
        yield _posted(delivery, dry_run=False)


def _posted(delivery: Delivery, dry_run: bool) -> Outcome:
    if dry_run and delivery.state == "deferred":
        return Outcome(delivery.item, delivery.recipient, "planned")
    if delivery.state == "sending":
        return Outcome(delivery.item, delivery.recipient, "unknown", delivery.reason or "")
    return Outcome(delivery.item, delivery.recipient, delivery.state, delivery.reason or "")
