"""One message across brands: a row per brand, in order, equal to the published figures, sent at most once."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import duckdb
import pytest
from aiosmtpd.controller import Controller
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from digests import build as build_module
from digests import figures
from digests.across import ACROSS, html, tell_across, web
from digests.build import build_all, rebuild
from digests.facts import DigestFigures
from digests.options import DigestOptions
from digests.periods import Period
from digests.send import MailServer, item_of, send_mail
from grapevine.sending import send_digests
from grapevine.settings import Settings
from records.home import Home

MONDAY = date(2026, 11, 9)
GMAIL_CLIPS_AT = 102 * 1024  # bytes of HTML
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]
TABLES = ("brand", "brand_day", "brand_period", "channel_period", "driver_period", "mentions")


def add_brand(home: Home, key: str, name: str, *, balance: float) -> None:
    """Publish another brand, like the first but for its balance and one bad experience."""
    with duckdb.connect(str(home.published_file)) as con:
        for table in TABLES:
            con.execute(f"insert into marts.{table} select * replace (? as brand) from marts.{table} "
                        "where brand = 'acme'", [key])  # fmt: skip
        con.execute("update marts.brand set brand_name = ? where brand = ?", [name, key])
        con.execute(
            "update marts.brand_period set bad_count = bad_count + 1, good_per_bad = good_per_bad * $times, "
            "good_per_bad_low = good_per_bad_low * $times, good_per_bad_high = good_per_bad_high * $times "
            "where brand = $key",
            {"times": balance, "key": key},
        )


@pytest.fixture
def across(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Path]:
    """Publish the first brand and others, and build; the brands' own pages are tried elsewhere, and take their time."""
    monkeypatch.setattr(build_module, "_draw", lambda *_: {"page.html": b"a page", "mail.eml": b""})

    def build(brands: dict[str, tuple[str, float]], **options: Any) -> Path:
        publish(eight_weeks((150, 260), (212, 260)), (mention(text="Sealed words of one mention."),), owner="Ann")
        for key, (name, balance) in brands.items():
            add_brand(home, key, name, balance=balance)
        return build_all(home, options=DigestOptions(**options), is_across=True)[-1]

    return build


def test_across__figures_equal_sql_and_the_worst_is_first(across: Callable[..., Path], home: Home) -> None:
    folder = across({"better": ("Better", 3.0), "worse": ("Worse", 0.2)})
    assert folder == home.digests / "2026-W46" / ACROSS
    with duckdb.connect(str(home.published_file), read_only=True) as con:
        rows = con.execute(
            "select brand, bad_count, good_count, good_per_bad, good_per_bad_low, good_per_bad_high, "
            "bad_change_ratio_low, bad_change_ratio_high from marts.brand_period "
            "where period_kind = 'week' and period_start_date = date '2026-11-09' order by good_per_bad"
        ).fetchall()
    assert [row[0] for row in rows] == ["worse", "acme", "better"]
    for name in ("mail.html", "page.html"):
        tree = HTMLParser((folder / name).read_text("utf-8"))
        shown = {node.attributes["data-figure"]: node.text() for node in tree.css("[data-figure]")}
        values = [key for key in shown if not (key or "").endswith("_detail")]
        expected: dict[str, str] = {}
        for brand, bad, good, balance, *_ in rows:
            two = f"{balance:.1f}" if balance >= 1 else f"{balance:.2f}"
            expected |= {f"{brand}:bad_count": f"{bad:,}", f"{brand}:good_count": f"{good:,}",
                         f"{brand}:good_per_bad": two}  # fmt: skip
        assert {key: shown[key] for key in values} == expected
        assert values == list(expected)
    tree = HTMLParser((folder / "mail.html").read_text("utf-8"))
    shown = {node.attributes["data-figure"]: node.text() for node in tree.css("[data-figure]")}
    _, _, _, _, low, high, change_low, change_high = rows[1]
    assert shown["acme:good_per_bad_detail"] == f"likely {low:.1f} to {high:.1f}"
    assert shown["acme:bad_count_detail"] == f"{100 * (change_low - 1):.0f}% to {100 * (change_high - 1):.0f}% more"


def test_across__text_says_the_same_in_order(across: Callable[..., Path]) -> None:
    brands = {"better": ("Better", 3.0), "worse": ("Worse", 0.2)}
    text = (across(brands, pages_url="https://pages.example/d/") / "mail.txt").read_text("utf-8")
    assert re.findall(r"^(WORSE|ACME|BETTER)$", text, re.MULTILINE) == ["WORSE", "ACME", "BETTER"]
    assert text.count("Bad experiences seen: 1,484; ") == 1
    assert text.count("Bad experiences seen: 1,485; ") == 2
    assert "https://pages.example/d/2026-W46/better/page.html" in text
    assert max(len(line) for line in text.splitlines() if "https://" not in line) <= 76


def test_across__best_first_and_in_german(across: Callable[..., Path]) -> None:
    folder = across({"better": ("Better", 3.0)}, across_order="best", language="de")
    text = (folder / "mail.txt").read_text("utf-8")
    assert text.index("BETTER") < text.index("ACME")
    assert json.loads((folder / "digest.json").read_text())["subject"].startswith("2 Marken, Woche 46: ")


def test_across__links_lead_to_each_brands_page(across: Callable[..., Path], home: Home) -> None:
    folder = across({"über-uns": ("Über uns", 3.0)})
    links = [link.attributes["href"] or "" for link in HTMLParser((folder / "page.html").read_text()).css("td a")]
    assert links == ["../acme/page.html", "../%C3%BCber-uns/page.html"]
    assert all((home.digests / "2026-W46" / name / "page.html").is_file() for name in ("acme", "über-uns"))
    archive = HTMLParser((home.digests / "index.html").read_text("utf-8"))
    assert "2026-W46/_across/page.html" in {link.attributes["href"] for link in archive.css("li a")}


def test_across__many_brands_stay_under_the_limit(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((150, 260), (212, 260)), owner="Ann")
    one = figures.read(home.current, "acme", Period(MONDAY))
    told = tell_across([named(one, f"b{n}", f"Brand {n}") for n in range(49)], DigestOptions())
    assert len(html(told).encode()) < GMAIL_CLIPS_AT
    assert "9 more brands on the page." in html(told)
    assert len(HTMLParser(web(told)).css("td a")) == 49


def named(one: DigestFigures, key: str, name: str) -> DigestFigures:
    return replace(one, brand=replace(one.brand, key=key, name=name))


def test_across__hostile_names_stay_words(across: Callable[..., Path]) -> None:
    hostile = "<script>x()</script>\r\nBcc: all@example.org\u202e" + "A" * 9000
    folder = across({"b": (hostile, 3.0)}, pages_url="https://pages.example")
    for name in ("mail.html", "page.html"):
        source = (folder / name).read_text("utf-8")
        assert not HTMLParser(source).css("script, link, img, form")
        assert "\u202e" not in source
    message = BytesParser(policy=default).parsebytes((folder / "mail.eml").read_bytes())
    assert message["Bcc"] is None
    assert message.defects == []
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip


def test_across__same_inputs_same_bytes_and_nothing_erased_is_left(
    across: Callable[..., Path], home: Home, drawings: dict[tuple[str, str], Any]
) -> None:
    folder = across({"other": ("Other", 2.0)})
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "digest.json").unlink()
    drawings.clear()
    assert folder in rebuild(home)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    with duckdb.connect(str(home.published_file)) as con:
        con.execute("delete from marts.brand where brand = 'other'")
    assert folder not in rebuild(home)
    assert not folder.exists()


def test_across__one_brand_alone_needs_none(across: Callable[..., Path]) -> None:
    assert across({}).name == "acme"


class Inbox:
    """A server's memory."""

    def __init__(self) -> None:
        self.arrived: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.arrived += envelope.rcpt_tos
        return "250 OK"


def test_across__goes_to_its_own_recipients_and_once(across: Callable[..., Path], home: Home) -> None:
    folder = across({"other": ("Other", 2.0)})
    assert item_of(folder) == "digest/2026-W46/_across"
    inbox = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        server = MailServer(host="127.0.0.1", port=port, security="none", timeout_seconds=10)
        reports = [send_mail(home, folder, ["boss@agency.example"], server) for _ in range(2)]
    finally:
        controller.stop()
    assert inbox.arrived == ["boss@agency.example"]
    assert [report.sent for report in reports] == [("boss@agency.example",), ()]


def test_sending__across_and_brands_have_their_own_readers(across: Callable[..., Path], home: Home) -> None:
    folder = across({"other": ("Other", 2.0)})
    settings = Settings.model_validate(
        {
            "digest": {"recipients": ["ann@acme.example"], "across_recipients": ["boss@agency.example"]},
            "mail": {"host": "localhost"},
        }
    )
    folders = [folder.parent / "acme", folder.parent / "other", folder]
    planned = [(one.item, one.receiver) for one in send_digests(home, settings, folders, dry_run=True)]
    assert planned == [
        ("digest/2026-W46/acme", "ann@acme.example"),
        ("digest/2026-W46/other", "ann@acme.example"),
        ("digest/2026-W46/_across", "boss@agency.example"),
    ]
