"""What the settings send: by a real SMTP server on loopback, each receiver once."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from grapevine import sending
from grapevine.settings import load_settings
from records.errors import ConfigError, TransientError
from records.home import Home

BRAND = """
[[brands]]
name = "Acme"
[digest]
recipients = ["ada@example.com", "bob@example.com"]
"""


class Inbox:
    """What arrived, and whom the server refuses."""

    def __init__(self) -> None:
        self.received: list[tuple[str, bytes]] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.received += [(receiver, envelope.content) for receiver in envelope.rcpt_tos]
        return "250 OK"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield handler, port
    finally:
        controller.stop()


@pytest.fixture
def folder(home: Home) -> Path:
    made = home.digests / "2026-W46" / "acme"
    made.mkdir(parents=True)
    (made / "mail.eml").write_bytes(
        b"From: Grapevine <grapevine@localhost>\r\nSubject: An ordinary week\r\n\r\nFine.\r\n"
    )
    stamp = {"brand": "acme", "brand_name": "Acme", "period": "2026-W46", "subject": "An ordinary week", "figures": {}}
    (made / "digest.json").write_text(json.dumps(stamp))
    return made


def settings(folder: Path, text: str) -> Any:
    file = folder / "grapevine.toml"
    file.write_text(text)
    return load_settings(file)


def test_send__each_receiver_once(home: Home, folder: Path, inbox: tuple[Inbox, int], tmp_path: Path) -> None:
    handler, port = inbox
    chosen = settings(tmp_path, f'{BRAND}\n[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"')
    planned = sending.send_digests(home, chosen, [folder], dry_run=True)
    assert [one.state for one in planned] == ["planned", "planned"]
    assert handler.received == []
    first = sending.send_digests(home, chosen, [folder])
    assert [(one.receiver, one.state) for one in first] == [("ada@example.com", "sent"), ("bob@example.com", "sent")]
    assert [one.state for one in sending.send_digests(home, chosen, [folder])] == ["skipped", "skipped"]
    assert [receiver for receiver, _ in handler.received] == ["ada@example.com", "bob@example.com"]
    assert message_from_bytes(handler.received[0][1])["To"] == "ada@example.com"


def test_send__a_refused_receiver_is_reported(
    home: Home, folder: Path, inbox: tuple[Inbox, int], tmp_path: Path
) -> None:
    _, port = inbox
    text = BRAND.replace("bob@", "nobody@") + f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"'
    outcomes = sending.send_digests(home, settings(tmp_path, text), [folder])
    assert {one.receiver: one.state for one in outcomes} == {"ada@example.com": "sent", "nobody@example.com": "refused"}
    assert "no such mailbox" in next(one.reason for one in outcomes if one.state == "refused")


def test_send__a_dead_server_leaves_it_to_be_sent_later(home: Home, folder: Path, tmp_path: Path) -> None:
    chosen = settings(tmp_path, BRAND + '[mail]\nhost = "127.0.0.1"\nport = 9\nsecurity = "none"')
    with pytest.raises(TransientError):
        sending.send_digests(home, chosen, [folder])
    assert [one.state for one in sending.send_digests(home, chosen, [folder], dry_run=True)] == ["planned", "planned"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BRAND, "mail.host is not set"),
        ('[[brands]]\nname = "Acme"', "nobody to send to"),
        ('[[hooks]]\nname = "team"\nkind = "slack"\nurl_variable = "NO_SUCH_HOOK"', "NO_SUCH_HOOK is not set"),
        (BRAND + '[mail]\nhost = "mail.example"\nuser = "u"', "GRAPEVINE_SMTP_PASSWORD is not set"),
    ],
)
def test_send__says_what_is_missing(home: Home, folder: Path, tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        sending.send_digests(home, settings(tmp_path, text), [folder])


def test_has_receivers__only_with_somebody_and_a_way(tmp_path: Path) -> None:
    assert not sending.has_receivers(settings(tmp_path, BRAND))
    assert sending.has_receivers(settings(tmp_path, BRAND + '[mail]\nhost = "mail.example"'))
