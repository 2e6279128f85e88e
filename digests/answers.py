"""Answers to "Wrong? Tell us": mails in which a receiver of the digest says what a mention really is.

The subject is the one that the digest's link wrote; the first word of the reply is the right label. Whatever anybody
can send to that address arrives here, so each mail is judged by itself and refused with a reason.
"""

from __future__ import annotations

import email.policy
import re
import uuid
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from functools import cache
from html.parser import HTMLParser

from digests.catalogue import catalogue, languages
from records.errors import InputError
from records.override import Override

__all__ = ["LARGEST", "read_answer"]

LARGEST = 5_000_000  # bytes

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_BRAND = r"(?:\s+(?P<brand>\S+))?"
_REPLY = r"(?:\s*(?:re|aw|antw|fw|fwd|wg)\s*:)*\s*"
_LONGEST_NOTE = 200  # characters
_LONGEST_HEAD = 30_000  # bytes
_LONGEST_HEADER = 2_000  # characters of one that is read; a longer one, made for it, would take minutes
_LOOKED_AT = 100_000  # characters of a mail written as HTML
_AHEAD = timedelta(days=1)
_BROKEN = (MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, RecursionError)
_READ = ("from", "subject", "date")
_UNSPOKEN = ("script", "style", "head", "title")


def read_answer(mail: bytes, receivers: Collection[str], now: datetime) -> Override:
    """Return what a mail says of a mention.

    Args:
        mail: as it arrived.
        receivers: addresses of those who get the digest, lower case; nobody else is heard.
        now: aware; a mail from the future would outlast every later word.

    Raises:
        InputError: it is no answer, or not to be trusted; the message says why.
    """
    if len(mail) > LARGEST:
        raise InputError(f"it has more than {LARGEST:,} bytes")
    if len(re.split(rb"\r?\n\r?\n", mail[: _LONGEST_HEAD + 4], maxsplit=1)[0]) > _LONGEST_HEAD:
        raise InputError(f"its head has more than {_LONGEST_HEAD:,} bytes")
    try:
        message = BytesParser(EmailMessage, policy=email.policy.default).parsebytes(mail)
        if any(len(value) > _LONGEST_HEADER for name, value in message.raw_items() if name.lower() in _READ):
            raise InputError(f"a header of it has more than {_LONGEST_HEADER:,} characters")
        _check_sender(message, receivers)
        found = _subject(str(message["Subject"] or ""))
        given_at = _date(message, now)
        first, rest = _first_line(message)
    except InputError:
        raise
    except _BROKEN as error:  # the package raises whatever a crafted header makes it stumble over
        raise InputError(f"it is damaged ({type(error).__name__})") from error
    label = _labels().get(first.lower())
    if label is None:
        raise InputError("its first word is no label; it must be bad, neutral or good")
    return Override(
        mention_id=uuid.UUID(found["id"]),
        brand=found["brand"],
        label=label,
        note=rest[:_LONGEST_NOTE] or None,
        given_at=given_at,
        origin="mail",
    )


def _check_sender(message: EmailMessage, receivers: Collection[str]) -> None:
    senders = [address.addr_spec.lower() for header in message.get_all("From", []) for address in header.addresses]
    if len(senders) != 1:
        raise InputError("it names no sender, or several")
    if senders[0] not in receivers:
        raise InputError("its sender is no receiver of the digest")
    if str(message.get("Auto-Submitted", "no")).strip().lower() != "no" or "Precedence" in message:
        raise InputError("a program wrote it")
    if any("dmarc=fail" in str(header).lower() for header in message.get_all("Authentication-Results", [])):
        raise InputError("the mail server says that its sender is forged")


def _subject(subject: str) -> re.Match[str]:
    for pattern in _subjects():
        if found := pattern.fullmatch(subject.strip()):
            return found
    raise InputError('its subject is not that of a "Wrong? Tell us"')


@cache
def _subjects() -> tuple[re.Pattern[str], ...]:
    patterns = []
    for language in languages():
        words = catalogue(language).say("mentions.wrong_subject", id="\0", brand="\1")
        escaped = re.escape(words).replace(re.escape("\0"), _ID).replace(re.escape(" \1"), _BRAND)
        patterns.append(re.compile(_REPLY + escaped, re.IGNORECASE))
    return tuple(patterns)


@cache
def _labels() -> dict[str, str]:
    return {
        word: label
        for language in languages()
        for label in ("bad", "neutral", "good")
        for word in catalogue(language).say(f"answer.{label}").split()
    }


def _date(message: EmailMessage, now: datetime) -> datetime:
    if "Date" not in message:
        raise InputError("it has no date")
    given_at = parsedate_to_datetime(str(message["Date"]))
    if given_at.tzinfo is None:  # written as -0000: in UTC, from a place that is not said (RFC 5322)
        given_at = given_at.replace(tzinfo=UTC)
    if given_at > now + _AHEAD:
        raise InputError("its date lies in the future")
    return given_at.astimezone(UTC)


def _first_line(message: EmailMessage) -> tuple[str, str]:
    """Return the first word of the first line that was written, not quoted, and what follows it there."""
    body = message.get_body(("plain", "html"))
    if body is None:
        raise InputError("it has no words")
    text = str(body.get_content())
    if body.get_content_subtype() == "html":
        text = _spoken(text[:_LOOKED_AT])
    for line in text.splitlines():
        words = line.split(maxsplit=1)
        if words and not line.lstrip().startswith(">"):
            return words[0].strip(".,;:!?\"'*_()"), words[1].strip() if len(words) > 1 else ""
    raise InputError("it has no words")


class _Words(HTMLParser):
    """Collects what a reader of an HTML mail sees, a line an element."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Begin a line; stop listening inside what nobody sees."""
        self.found.append("\n")
        self._hidden += tag in _UNSPOKEN

    def handle_endtag(self, tag: str) -> None:
        """End a line."""
        self.found.append("\n")
        self._hidden = max(0, self._hidden - (tag in _UNSPOKEN))

    def handle_data(self, data: str) -> None:
        """Keep words."""
        if not self._hidden:
            self.found.append(data)


def _spoken(markup: str) -> str:
    words = _Words()
    words.feed(markup)
    return "".join(words.found)
