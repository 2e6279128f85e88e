from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from digests.alerts import Alert
from digests.mail import Picture, compose
from digests.notify import mail_alerts
from digests.options import DigestOptions
from digests.send import MailServer, SendReport, send_mail
from digests.sent import Delivery, figures_as_sent, open_book
from records.errors import ConfigError, InputError, TransientError
from records.home import Home

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
ITEM = "digest/2026-W46/acme"


class Mailbox:
    """A server's memory: what arrived, and what it answers to whom."""

    def __init__(self) -> None:
        self.arrived: list[tuple[str, bytes]] = []
        self.answers: dict[str, list[str]] = {}
        self.kill_at: str | None = None
        self.victim: int | None = None

    def _maybe_kill(self, point: str) -> None:
        if self.kill_at == point and self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, address: str, rcpt_options: list[str]
    ) -> str:
        self._maybe_kill("recipient")
        answer = (self.answers.get(address) or ["250 OK"]).pop(0)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        for recipient in envelope.rcpt_tos:
            self.arrived.append((recipient, envelope.content))
        self._maybe_kill("message")
        return (self.answers.get("data") or ["250 OK"]).pop(0)

    async def handle_QUIT(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self._maybe_kill("goodbye")
        return "221 Bye"


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[MailServer]:
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield MailServer(host="127.0.0.1", port=port, security="none", timeout_seconds=10)
    finally:
        controller.stop()


@pytest.fixture
def folder(home: Home) -> Path:
    """A digest as `build_digest` leaves it, as far as sending looks at it."""
    made = home.digests / "2026-W46" / "acme"
    made.mkdir(parents=True)
    message = compose(
        subject="Acme, week 46: An ordinary week",
        sender="Grapevine <digest@grapevine.example>",
        text="Plain – words.\n.a line that starts with a dot\n",
        html='<p>Words – und Wörter.</p><img src="cid:chart@grapevine">',
        pictures=(Picture("chart.png", bytes(range(256)) * 40),),
        dated=NOW,
        identity="2026-W46/acme",
        list_name="acme",
        unsubscribe="mailto:care@acme.example?subject=unsubscribe%20acme",
        unsubscribe_url="https://acme.example/off?list=acme",
    )
    (made / "mail.eml").write_bytes(message.as_bytes())
    (made / "digest.json").write_text(json.dumps({"period": "2026-W46", "brand": "acme", "figures": {"bad_count": 35}}))
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def send(home: Home, folder: Path, server: MailServer, *recipients: str, **options: Any) -> SendReport:
    waits: list[float] = []
    return send_mail(home, folder, recipients, server, clock=lambda: NOW, sleep=waits.append, **options)


def parsed(content: bytes) -> EmailMessage:
    return BytesParser(EmailMessage, policy=default).parsebytes(content)


def test_send__arrives_as_built(home: Home, folder: Path, server: MailServer, mailbox: Mailbox) -> None:
    report = send(home, folder, server, "Ann <ann@acme.example>", "bo@acme.example", "ann@acme.example")
    assert report == SendReport(sent=("ann@acme.example", "bo@acme.example"))
    (recipient, content), _ = mailbox.arrived
    message = parsed(content)
    assert recipient == message["To"] == "ann@acme.example"
    assert message["From"] == "Grapevine <digest@grapevine.example>"
    assert message["List-Id"] == "<acme.digest.grapevine.example>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Unsubscribe"] == (
        "<mailto:care@acme.example?subject=unsubscribe%20acme>, "
        "<https://acme.example/off?list=acme&recipient=ann%40acme.example>"
    )
    built = parsed((folder / "mail.eml").read_bytes())
    assert message["Message-ID"] == built["Message-ID"]
    assert message["Message-ID"].endswith("@grapevine.example>")
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert parts == [part.get_content() for part in built.walk() if not part.is_multipart()]
    assert [part.get_content_type() for part in message.walk()][:2] == ["multipart/alternative", "text/plain"]


def test_send__never_twice(home: Home, folder: Path, server: MailServer, mailbox: Mailbox) -> None:
    send(home, folder, server, "ann@acme.example")
    assert send(home, folder, server, "ann@acme.example") == SendReport(skipped=("ann@acme.example",))
    assert len(mailbox.arrived) == 1
    assert send(home, folder, server, "ann@acme.example", again=True).sent == ("ann@acme.example",)
    assert len(mailbox.arrived) == 2


def test_send__keeps_the_figures_as_first_sent(home: Home, folder: Path, server: MailServer) -> None:
    send(home, folder, server, "ann@acme.example")
    (folder / "digest.json").write_text(
        json.dumps({"period": "2026-W46", "brand": "acme", "figures": {"bad_count": 99}})
    )
    send(home, folder, server, "bo@acme.example")
    assert figures_as_sent(home, "acme", "2026-W46") == {"bad_count": 35.0}


def test_send__dry_run_touches_nothing(home: Home, folder: Path) -> None:
    nowhere = MailServer(host="127.0.0.1", port=free_port(), security="none")
    assert send(home, folder, nowhere, "ann@acme.example", dry_run=True).planned == ("ann@acme.example",)
    with open_book(home) as book:
        assert book.all() == []


def test_send__later_is_retried_and_no_is_reported(
    home: Home, folder: Path, server: MailServer, mailbox: Mailbox
) -> None:
    mailbox.answers = {
        "slow@acme.example": ["450 greylisted, try later", "250 OK"],
        "gone@acme.example": ["550 no such user"],
        "full@acme.example": ["452 full"] * 9,
    }
    report = send(
        home, folder, server, "slow@acme.example", "gone@acme.example", "full@acme.example", "ann@acme.example"
    )
    assert report.sent == ("slow@acme.example", "ann@acme.example")
    assert report.refused == (Delivery(ITEM, "mail", "gone@acme.example", "refused", "550 no such user"),)
    assert report.deferred == (Delivery(ITEM, "mail", "full@acme.example", "deferred", "452 full"),)
    mailbox.answers = {}
    report = send(home, folder, server, "slow@acme.example", "gone@acme.example", "full@acme.example")
    assert (report.sent, report.skipped) == (("full@acme.example",), ("slow@acme.example", "gone@acme.example"))


def test_send__refused_after_the_message(home: Home, folder: Path, server: MailServer, mailbox: Mailbox) -> None:
    mailbox.answers = {"data": ["554 looks like spam"]}
    assert send(home, folder, server, "ann@acme.example").refused[0].reason == "554 looks like spam"
    mailbox.answers = {"data": ["451 busy", "250 OK"]}
    assert send(home, folder, server, "bo@acme.example").sent == ("bo@acme.example",)


def test_send__dead_server_leaves_a_digest_that_can_go_later(home: Home, folder: Path, server: MailServer) -> None:
    dead = MailServer(host="127.0.0.1", port=free_port(), security="none", password="hunter2")
    with pytest.raises(
        TransientError, match=r"mail server 127\.0\.0\.1:\d+ can't be used .* send again later"
    ) as caught:
        send(home, folder, dead, "ann@acme.example")
    assert "hunter2" not in f"{caught.value}{dead!r}"
    assert send(home, folder, server, "ann@acme.example").sent == ("ann@acme.example",)


_SENDER = """
import os, signal, smtplib, sys
from pathlib import Path
from digests.send import MailServer, send_mail
from records.home import Home

home, folder, port, kill = sys.argv[1:]
if kill == "claimed":
    smtplib.SMTP.data = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
print("ready", flush=True)
sys.stdin.readline()
server = MailServer(host="127.0.0.1", port=int(port), security="none")
send_mail(Home(Path(home)), Path(folder), ["ann@acme.example"], server)
"""


@pytest.mark.parametrize(
    ("kill_at", "arrived_then", "arrived_after"),
    [("recipient", 0, 1), ("claimed", 0, 0), ("message", 1, 1), ("goodbye", 1, 1)],
)
def test_send__killed_anywhere_never_sends_twice(
    home: Home, folder: Path, server: MailServer, mailbox: Mailbox, kill_at: str, arrived_then: int, arrived_after: int
) -> None:
    """Killed before the claim it is sent by the next run; after it nobody knows, so it is left to a person."""
    mailbox.kill_at = kill_at
    command = [sys.executable, "-c", _SENDER, str(home.root), str(folder), str(server.port), kill_at]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[3]
    ) as sender:
        assert sender.stdout is not None
        assert sender.stdout.readline() == "ready\n"
        mailbox.victim = sender.pid
        sender.communicate("go\n", timeout=60)
    assert sender.returncode == -signal.SIGKILL
    assert len(mailbox.arrived) == arrived_then
    mailbox.kill_at = None
    report = send(home, folder, server, "ann@acme.example")
    assert len(mailbox.arrived) == arrived_after
    is_unknown = kill_at in ("claimed", "message")
    assert report.unknown == (("ann@acme.example",) if is_unknown else ())


def test_send__refuses_what_is_no_address_or_no_digest(home: Home, folder: Path, server: MailServer) -> None:
    for wrong in ("nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example", "", "ü@b.example"):
        with pytest.raises(ConfigError, match=r"digest\.recipients is "):
            send(home, folder, server, wrong)
    with pytest.raises(InputError, match="there is no digest in "):
        send(home, folder.parent, server, "ann@acme.example")


def test_alert_mail__once_and_harmless(home: Home, server: MailServer, mailbox: Mailbox) -> None:
    alert = Alert(
        alert_id="a1", brand="acme", figure="word", subject=None, opened_on=date(2026, 11, 15), closed_on=None,
        observed=1.0, expected=None, sentence="Acme: “<b>lawsuit</b>”\r\nBcc: x@y.example", links=("https://reviews.example/1?a=1&b=2",),
    )  # fmt: skip
    options = DigestOptions(sender="digest@grapevine.example")
    for _ in range(2):
        mail_alerts(home, [alert], ["ann@acme.example"], server, as_of=NOW, options=options, is_sample=True)
    ((recipient, content),) = mailbox.arrived
    message = parsed(content)
    assert recipient == "ann@acme.example"
    assert message["Bcc"] is None
    assert message["Subject"] == "[Sample] Alert: Acme: “<b>lawsuit</b>” Bcc: x@y.example"
    plain, html = (part.get_content() for part in message.walk() if not part.is_multipart())
    assert "https://reviews.example/1?a=1&b=2" in plain
    assert "&lt;b&gt;lawsuit&lt;/b&gt;" in html
    assert "do not exist" in plain
