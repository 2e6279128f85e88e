"""Mails in answer to "Wrong? Tell us": those that count, and all that anybody might send to that address."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime

import pytest

from digests.answers import LARGEST, read_answer
from records.errors import InputError

NOW = datetime(2026, 11, 21, tzinfo=UTC)
RECEIVERS = {"ann@acme.example"}
ID = "00000000-0000-0000-0000-000000000007"
HEADERS = {
    "From": "Ann <Ann@acme.example>",
    "Date": "Fri, 20 Nov 2026 13:00:00 +0100",
    "Subject": f"Wrong label: {ID} acme",
}


def mail(body: str | bytes = "good", **headers: str | None) -> bytes:
    lines = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items() if value is not None)
    return head.encode() + b"\r\n\r\n" + (body if isinstance(body, bytes) else body.encode())


def test_read_answer__what_it_says() -> None:
    answer = read_answer(mail("\r\n> quoted\r\nGood, that was irony\r\n-- \r\nAnn"), RECEIVERS, NOW)
    assert (answer.mention_id, answer.brand, answer.label) == (uuid.UUID(ID), "acme", "good")
    assert (answer.note, answer.origin, answer.is_random) == ("that was irony", "mail", False)
    assert answer.given_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize("subject", [f"Re: AW: Wrong label: {ID} acme", f"Falsche Einordnung: {ID} acme"])
def test_read_answer__subjects_of_each_language_and_of_replies(subject: str) -> None:
    assert read_answer(mail("Schlecht.", Subject=subject), RECEIVERS, NOW).label == "bad"


def test_read_answer__digests_that_named_no_brand() -> None:
    assert read_answer(mail(Subject=f"Wrong label: {ID}"), RECEIVERS, NOW).brand is None


def test_read_answer__a_mail_in_html() -> None:
    page = "<html><head><style>good{}</style></head><body><div>Neutral &ndash; just a question</div><p>bad</p>"
    assert read_answer(mail(page, Content_Type="text/html"), RECEIVERS, NOW).label == "neutral"


def test_read_answer__a_time_from_a_place_that_is_not_said() -> None:
    answer = read_answer(mail(Date="Fri, 20 Nov 2026 12:00:00 -0000"), RECEIVERS, NOW)
    assert answer.given_at == datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"From": "eve@evil.example"}, "no receiver"),
        ({"From": "ann@acme.example, eve@evil.example"}, "no sender, or several"),
        ({"From": '"ann@acme.example" <eve@evil.example>'}, "no receiver"),
        ({"From": None}, "no sender"),
        ({"From": "(" * 1900}, "damaged"),
        ({"From": "a " * 14_000}, "a header of it has more"),
        ({"Subject": "unsubscribe acme"}, "subject"),
        ({"Subject": None}, "subject"),
        ({"Subject": f"Wrong label: {ID} acme or {ID}"}, "subject"),
        ({"Date": None}, "no date"),
        ({"Date": "some day"}, "damaged"),
        ({"Date": "Fri, 20 Nov 2037 12:00:00 +0000"}, "future"),
        ({"Auto_Submitted": "auto-replied"}, "a program"),
        ({"Precedence": "bulk"}, "a program"),
        ({"Authentication_Results": "mx.acme.example; dmarc=fail"}, "forged"),
        ({"X_Long": "x" * 30_000}, "its head has more"),
        ({"Content_Type": "text/plain; charset=no-such"}, "damaged"),
        ({"Content_Type": "image/png"}, "no words"),
    ],
)
def test_read_answer__refused(headers: dict[str, str | None], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        read_answer(mail(**headers), RECEIVERS, NOW)


@pytest.mark.parametrize(
    "body", ["", "> good", "(Write bad, neutral or good above this line)", "goodness", "'); drop", b"\xff"]
)
def test_read_answer__no_label(body: str | bytes) -> None:
    with pytest.raises(InputError, match=r"no label|no words"):
        read_answer(mail(body), RECEIVERS, NOW)


@pytest.mark.parametrize("body", [b"<a " * 1_000_000, b"<![" * 1_000_000, b"x" * LARGEST])
def test_read_answer__bounded_time(body: bytes) -> None:
    began = time.process_time()
    with pytest.raises(InputError):
        read_answer(mail(body, Content_Type="text/html"), RECEIVERS, NOW)
    assert time.process_time() - began < 2


def test_read_answer__parts_within_parts() -> None:
    parts = "".join(f"Content-Type: multipart/mixed; boundary={n}\r\n\r\n--{n}\r\n" for n in range(1200))
    with pytest.raises(InputError, match=r"damaged|no words"):
        read_answer(mail(parts, Content_Type="multipart/mixed; boundary=x"), RECEIVERS, NOW)
