"""Send a built digest by mail: to each recipient at most once per period, whatever happens in between.

The server is asked about sender and recipient first; the delivery is claimed only then, just before the message itself
goes out, so a sender that dies earlier has sent nothing and may try again, and one that dies later never sends twice.
"""

from __future__ import annotations

import json
import re
import smtplib
import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from pathlib import Path
from typing import Literal, TypedDict, Unpack
from urllib.parse import quote as url_quote

from digests.archive import STAMP
from digests.mail import address
from digests.quotes import one_line
from digests.sent import Delivery, SentBook, open_book
from records.errors import InputError, TransientError
from records.home import Home

__all__ = ["How", "MailServer", "Security", "SendReport", "item_of", "send_mail", "send_message"]

Security = Literal["none", "starttls", "tls"]
RETRY_WAITS = (5.0, 30.0)  # seconds before a "try later" is tried again in the same run

BAD_REPLY, BAD_FOR_GOOD = 400, 500  # SMTP: 4xx try later, 5xx never


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """An SMTP server.

    Attributes:
        host: its name.
        port: 587 for starttls, 465 for tls, 25 for none, usually.
        security: how the connection is protected.
        user: None for servers that ask for none.
        password: shown nowhere.
        timeout_seconds: for each answer of the server.
    """

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout_seconds: float = 30.0


class How(TypedDict, total=False):
    """How to send.

    Attributes:
        dry_run: connect to nothing and note nothing, only say who would get it.
        again: send also to those who had it, were refused, or of whom nobody knows.
        clock: tells now, aware; the real one when left out.
        sleep: waits, in seconds; the real one when left out.
    """

    dry_run: bool
    again: bool
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class SendReport:
    """What became of each recipient.

    Attributes:
        sent: went out now.
        skipped: went out before, or was refused before.
        planned: would go out, were this not a dry run.
        refused: the server said no for good; the reason is the server's own.
        deferred: the server said later, or could not be reached again; send once more to retry.
        unknown: a sender died while sending, so it may have arrived; send with `again` if it did not.
    """

    sent: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    planned: tuple[str, ...] = ()
    refused: tuple[Delivery, ...] = ()
    deferred: tuple[Delivery, ...] = ()
    unknown: tuple[str, ...] = ()


def send_mail(
    home: Home, folder: Path, recipients: Sequence[str], server: MailServer, **how: Unpack[How]
) -> SendReport:
    """Send the digest in a folder to each recipient who has not had it.

    Args:
        home: where it is noted (`state/send.sqlite`).
        folder: what `build_digest` returned.
        recipients: addresses, one message each.
        server: through which.
        how: as in `How`.

    Raises:
        InputError: there is no digest in the folder.
        ConfigError: a recipient is no address.
        TransientError: the server can't be reached or refuses the log-in; nothing was sent, send again later.
    """
    report = send_message(home, item_of(folder), (folder / "mail.eml").read_bytes(), recipients, server, **how)
    if report.sent:
        facts = json.loads((folder / STAMP).read_text("utf-8"))
        with open_book(home) as book:
            book.keep_figures(facts["brand"], facts["period"], facts["figures"], how.get("clock", _now)())
    return report


def send_message(
    home: Home, item: str, message: bytes, recipients: Sequence[str], server: MailServer, **how: Unpack[How]
) -> SendReport:
    """Send one message, which bears no To yet, to each recipient who has not had `item`; see `send_mail`."""
    again, clock = how.get("again", False), how.get("clock", _now)
    wanted = list(dict.fromkeys(str(address(one, "digest.recipients").addr_spec) for one in recipients))
    with open_book(home) as book:
        known = {one: book.find(item, "mail", one) for one in wanted}
        open_to = [one for one in wanted if again or (found := known[one]) is None or found.state == "deferred"]
        done = [one for one in wanted if one not in open_to]
        unknown = tuple(one for one in done if (found := known[one]) and found.state == "sending")
        skipped = tuple(one for one in done if one not in unknown)
        if how.get("dry_run", False) or not open_to:
            return SendReport(skipped=skipped, planned=tuple(open_to), unknown=unknown)
        outcomes: dict[str, Delivery] = {}
        for wait in (0.0, *RETRY_WAITS):
            left = [one for one in open_to if one not in outcomes or outcomes[one].state == "deferred"]
            if not left:
                break
            if wait:
                how.get("sleep", time.sleep)(wait)
            try:
                with _connected(server) as smtp:
                    for one in left:
                        addressed, anew = _address(message, one), again and one not in outcomes
                        outcomes[one] = _deliver(smtp, book, item, one, addressed, clock, anew)
            except TransientError:
                if not outcomes:
                    raise
                break  # what was reached before is reported; the rest stays deferred
    by_state: dict[str, list[Delivery]] = {}
    for delivery in outcomes.values():
        by_state.setdefault(delivery.state, []).append(delivery)
    return SendReport(
        sent=tuple(delivery.recipient for delivery in by_state.get("sent", [])),
        skipped=skipped,
        refused=tuple(by_state.get("refused", [])),
        deferred=tuple(by_state.get("deferred", [])),
        unknown=(*unknown, *(delivery.recipient for delivery in by_state.get("sending", []))),
    )


def item_of(folder: Path) -> str:
    """Return what a digest is called in the book of what was sent.

    Raises:
        InputError: there is no whole digest in the folder.
    """
    stamp = folder / STAMP
    if not stamp.is_file():
        raise InputError(f"there is no digest in {folder}; run `grapevine digest` first")
    facts = json.loads(stamp.read_text("utf-8"))
    return f"digest/{facts['period']}/{facts['brand']}"


def _now() -> datetime:
    return datetime.now(UTC)


def _deliver(
    smtp: smtplib.SMTP,
    book: SentBook,
    item: str,
    recipient: str,
    message: EmailMessage,
    clock: Callable[[], datetime],
    again: bool,
) -> Delivery:
    """Send one message; see the module's docstring for the order of things."""
    sender = str(message["From"].addresses[0].addr_spec)
    code, words = _ask(smtp, sender, recipient)
    if not book.claim(item, "mail", recipient, clock(), again=again):
        # Another sender took it since we looked.
        return book.find(item, "mail", recipient) or Delivery(item, "mail", recipient, "sending")
    if code < BAD_REPLY:
        try:
            code, words = smtp.data(message.as_bytes())
        except smtplib.SMTPDataError as error:
            said = error.smtp_error
            code, words = error.smtp_code, said if isinstance(said, bytes) else said.encode()
        except (smtplib.SMTPServerDisconnected, OSError):
            # The line broke after the message had begun to go out: it may have arrived, so it stays claimed.
            return Delivery(item, "mail", recipient, "sending", "the connection broke while sending")
    if code < BAD_REPLY:
        return book.settle(Delivery(item, "mail", recipient, "sent"), clock())
    state: Literal["refused", "deferred"] = "refused" if code >= BAD_FOR_GOOD else "deferred"
    reason = f"{code} {one_line(words.decode(errors='replace'), 200)}"
    return book.settle(Delivery(item, "mail", recipient, state, reason), clock())


def _ask(smtp: smtplib.SMTP, sender: str, recipient: str) -> tuple[int, bytes]:
    """Return the server's answer to sender and recipient: the first that is bad, else the last."""
    try:
        smtp.rset()
        code, words = smtp.mail(sender)
        return (code, words) if code >= BAD_REPLY else smtp.rcpt(recipient)
    except (smtplib.SMTPServerDisconnected, OSError) as error:
        # Nothing of the message has gone out, so it may be tried again.
        return 421, str(error).encode()


def _address(message: bytes, recipient: str) -> EmailMessage:
    addressed = BytesParser(EmailMessage, policy=SMTP).parsebytes(message)
    addressed["To"] = recipient
    ways = str(addressed["List-Unsubscribe"] or "")
    if one_click := re.search(r"<(https://[^>]+)>", ways):
        # One click must say who clicked: RFC 8058 allows no further question.
        url = one_click.group(1)
        personal = f"{url}{'&' if '?' in url else '?'}recipient={url_quote(recipient, safe='')}"
        addressed.replace_header("List-Unsubscribe", ways.replace(url, personal))
    return addressed


@contextmanager
def _connected(server: MailServer) -> Iterator[smtplib.SMTP]:
    where = f"{server.host}:{server.port}"
    try:
        if server.security == "tls":
            context = ssl.create_default_context()
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_seconds, context=context
            )
        else:
            smtp = smtplib.SMTP(server.host, server.port, timeout=server.timeout_seconds)
        if server.security == "starttls":
            smtp.starttls(context=ssl.create_default_context())
        smtp.ehlo_or_helo_if_needed()
        if server.user is not None:
            smtp.login(server.user, server.password or "")
    except (OSError, smtplib.SMTPException) as error:
        raise TransientError(
            f"the mail server {where} can't be used ({one_line(str(error), 160)}); nothing was sent, "
            "correct [digest] or send again later"
        ) from error
    try:
        yield smtp
    finally:
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()
