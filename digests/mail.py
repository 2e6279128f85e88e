"""Mail: one MIME message per digest, made with the standard library; the same inputs give the same bytes.

multipart/alternative
├── text/plain
└── multipart/related
    ├── text/html
    └── image/png by Content-ID, one for light and one for dark
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, getaddresses
from typing import cast

from digests.quotes import one_line
from records.errors import ConfigError

__all__ = ["Picture", "address", "compose", "image_id", "list_id"]


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of the mail: its file name, which also makes its Content-ID."""

    name: str
    png: bytes


def compose(
    *,
    subject: str,
    sender: str,
    text: str,
    html: str,
    pictures: tuple[Picture, ...],
    dated: datetime,
    identity: str,
    list_name: str,
    unsubscribe: str | None = None,
    unsubscribe_url: str | None = None,
    recipient: str | None = None,
) -> EmailMessage:
    """Return the message.

    Args:
        subject: one line; anything that would start a new header is taken out.
        sender: "Name <a@b>" or "a@b".
        text: the plain part; comes first, as the plainest must.
        html: the HTML part; names its pictures "cid:<image_id>".
        pictures: in the order they appear.
        dated: aware; the digest's as_of, so that the message does not change from build to build.
        identity: what is told, in a stable form ("2026-W46/acme"); makes Message-ID and boundaries.
        list_name: the brand's key; makes List-Id.
        unsubscribe: a mailto address, or None.
        unsubscribe_url: an https address that unsubscribes on POST (RFC 8058), or None.
        recipient: the To address, or None for a message that is not addressed yet.

    Raises:
        ConfigError: sender, recipient or unsubscribe_url can't be used.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = one_line(subject, 150)
    message["From"] = address(sender, "digest.sender")
    if recipient is not None:
        message["To"] = address(recipient, "digest.recipients")
    message["Date"] = format_datetime(dated)
    key = hashlib.sha256("\x1f".join((identity, sender, recipient or "")).encode()).hexdigest()
    domain = address(sender, "digest.sender").domain or "localhost"
    message["Message-ID"] = f"<{key[:32]}@{domain}>"
    message["List-Id"] = f"<{list_id(list_name)}.{domain}>"
    ways = [f"<{way}>" for way in (unsubscribe, _https(unsubscribe_url)) if way]
    if ways:
        message["List-Unsubscribe"] = ", ".join(ways)
    if unsubscribe_url:
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    page = cast("list[EmailMessage]", message.get_payload())[1]
    for picture in pictures:
        page.add_related(
            picture.png, "image", "png", cid=f"<{image_id(picture.name)}>", filename=picture.name, disposition="inline"
        )
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_grapevine_{key[:24]}_{place}")
    return message


def address(written: str, setting: str) -> Address:
    """Return a written address in parts.

    Raises:
        ConfigError: it is not one address; the message names the setting.
    """
    listed = getaddresses([written]) if written.isprintable() else []
    name, found = listed[0] if len(listed) == 1 else ("", "")
    user, _, domain = found.rpartition("@")
    if not user or not domain or " " in found or not found.isascii():
        raise ConfigError(f"{setting} is {one_line(written, 80)!r}; write one address, like Ann <ann@example.org>")
    try:
        return Address(display_name=name, username=user, domain=domain)
    except ValueError as error:
        raise ConfigError(f"{setting} is {one_line(written, 80)!r}, which is no address ({error})") from error


def image_id(name: str) -> str:
    """Return the Content-ID of a picture, without angle brackets."""
    return f"{name.removesuffix('.png')}@grapevine"


def list_id(brand: str) -> str:
    """Return the part of List-Id that names the brand: ASCII letters, digits, "-" and "."; others by their hash."""
    if brand.isascii() and brand.replace("-", "").isalnum():
        return f"{brand}.digest"
    return f"b{hashlib.sha256(brand.encode()).hexdigest()[:12]}.digest"


def _https(url: str | None) -> str | None:
    if url is not None and (not url.startswith("https://") or not url.isprintable() or set(url) & set(" <>,")):
        raise ConfigError(f"digest.unsubscribe_url is {one_line(url, 80)!r}; it must be an https address")
    return url
