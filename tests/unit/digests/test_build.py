from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Any

import altair as alt
import duckdb
import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from digests import across, charts, figures, render
from digests.alerts import Alert
from digests.build import build_all, build_digest, digest_folder, rebuild
from digests.look import DARK, LIGHT, Palette
from digests.options import DigestOptions
from digests.periods import Period, PeriodKind
from digests.sent import open_book
from records.errors import InputError
from records.home import Home

MONDAY = date(2026, 11, 9)
WEEK = Period(MONDAY)
GMAIL_CLIPS_AT = 102 * 1024  # bytes of HTML
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "</style><style>*{display:none}</style>",
    "{{ 7 * 7 }} {% raw %} {0} {n}",
    "\u202egnp.exe\u202c \u2066\u2069 zero\u200bwidth\u200f",
    "A" * 1_000_000,
    "\r\nBcc: all@example.org\r\n\r\n<b>body</b>",
    "--=_grapevine_0\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "\x00\x1b[31m\ufeff\U000e0041",
    "\u0301" * 500,
    "]]> --> <!-- <![endif]-->",
    "&lt;b&gt; &amp; &#60;",
)


def read_mail(folder: Path) -> EmailMessage:
    with (folder / "mail.eml").open("rb") as file:
        return BytesParser(policy=default).parse(file)


def fingerprint(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def test_build__writes_every_form(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    publish(eight_weeks(), (mention(),))
    (folder,) = build_all(home)
    assert folder == home.digests / "2026-W46" / "acme"
    assert sorted(path.name for path in folder.iterdir()) == [
        "days-dark.png", "days-light.png", "digest.json", "mail.eml", "mail.html", "mail.txt", "page.html",
    ]  # fmt: skip
    assert list((home.digests / "assets").iterdir())


def test_charts__fit_the_schema(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests do not ask it of each chart: that would take a fifth of their time."""
    made: list[dict[str, Any]] = []
    finished = charts._finished

    def kept(chart: alt.LayerChart, palette: Palette) -> dict[str, Any]:
        made.append(finished(chart, palette))
        return made[-1]

    monkeypatch.setattr(charts, "_finished", kept)
    publish(eight_weeks(), (mention(),))
    build_digest(home, "acme", WEEK)
    assert len(made) >= 4
    for specification in made:
        alt.LayerChart.from_dict(specification)
    with pytest.raises(jsonschema.ValidationError):
        alt.LayerChart.from_dict(made[0] | {"autosize": 5})


def test_build__same_inputs_same_bytes(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, drawings: dict[tuple[str, str], Any]
) -> None:
    publish(eight_weeks(), (mention(),))
    folder = build_digest(home, "acme", WEEK)
    first = fingerprint(folder)
    (folder / "digest.json").unlink()
    drawings.clear()
    build_digest(home, "acme", WEEK)
    assert fingerprint(folder) == first


def test_build__leaves_an_unchanged_digest_alone(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks())
    folder = build_digest(home, "acme", WEEK)
    (folder / "mail.txt").write_text("touched by hand")
    publish(eight_weeks())
    build_digest(home, "acme", WEEK)
    assert (folder / "mail.txt").read_text() == "touched by hand"
    publish(eight_weeks(last=(9, 9)))
    build_digest(home, "acme", WEEK)
    assert "63" in (folder / "mail.txt").read_text()


def test_build__picks_the_last_complete_period_with_data(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    old = {day - timedelta(days=70): counts for day, counts in eight_weeks().items()}
    publish(old)
    assert [folder.parent.name for folder in build_all(home)] == ["2026-W36"]
    publish({MONDAY + timedelta(days=8): (1, 1)}, kinds=("week", "month"))
    assert [folder.parent.name for folder in build_all(home)] == ["2026-W47"]
    assert [folder.parent.name for folder in build_all(home, "2026-W40")] == ["2026-W40"]
    assert [folder.parent.name for folder in build_all(home, kind="month")] == ["2026-11"]


def test_build__nothing_published_names_the_remedy(home: Home) -> None:
    with pytest.raises(InputError, match=r"nothing is published in .*grapevine publish"):
        build_all(home)


def test_build__a_file_of_another_version_names_the_remedy(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks())
    with duckdb.connect(str(home.published_file)) as con:
        con.execute("drop table marts.share_of_voice_period")
    with pytest.raises(InputError, match=r"made by another version .*share_of_voice_period.* run `grapevine build`"):
        build_digest(home, "acme", WEEK)


def test_build__unknown_brand_names_the_known(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks())
    with pytest.raises(InputError, match=r"brand is 'nobody'.*published are acme"):
        build_digest(home, "nobody", WEEK)


def test_mail__parts_in_order_and_pictures_found(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks())
    message = read_mail(build_digest(home, "acme", WEEK))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip
    html = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
    wanted = re.findall(r'src="cid:([^"]+)"', html)
    given = [part["Content-ID"].strip("<>") for part in message.walk() if part["Content-ID"]]
    assert wanted == given
    assert all(part.get_content().startswith(b"\x89PNG") for part in message.walk() if part["Content-ID"])
    assert message.defects == []


def test_mail__alt_text_says_the_numbers(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks(last=(6, 13)))
    tree = HTMLParser((build_digest(home, "acme", WEEK) / "mail.html").read_text("utf-8"))
    for image in tree.css("img"):
        assert "42 bad and 91 good" in (image.attributes["alt"] or "")
        assert (image.attributes["width"], image.attributes["height"]) == ("536", "236")


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile__words_never_act(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, hostile: str
) -> None:
    rows = (
        mention(1, text=hostile, source=hostile[:2000], view_count=5, exposure_count=5.0),
        mention(2, title=hostile, text=None, url="javascript:alert(1)"),
        mention(3, text="fine", url=f'https://ok.example/"{hostile[:50]}'),
    )
    publish(
        eight_weeks(), rows, brand_name=f"Acme {hostile}", owner=hostile[:1000],
        sources=((hostile[:3000], "failed", hostile, 0),),
    )  # fmt: skip
    folder = build_digest(home, "acme", WEEK, DigestOptions(feedback="care@acme.example"))
    for name in ("mail.html", "page.html"):
        source = (folder / name).read_text("utf-8")
        tree = HTMLParser(source)
        own_scripts = 0 if name == "mail.html" else 6
        assert len(tree.css("script")) == own_scripts
        assert len(tree.css("style")) == 1
        assert not [node for node in tree.css("*") if any(key.startswith("on") for key in node.attributes)]
        for link in tree.css("a"):
            assert re.match(r"https?://|mailto:care@acme\.example\?|\.\./", link.attributes["href"] or "")
        assert not set(source) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u200f\ufeff\x00\x1b")
    html = (folder / "mail.html").read_text("utf-8")
    assert len(html.encode()) < GMAIL_CLIPS_AT
    assert "49 " not in html.split("</style>")[1].split("<h1")[0]
    message = read_mail(folder)
    assert message.defects == []
    assert message["Bcc"] is None
    assert len(list(message.walk())) == 6
    assert len(message["Subject"]) <= 151


def test_html__readable_by_mail_programs(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    """What mail programs drop or break on: scripts, forms, web fonts, SVG, positions, flex, data pictures."""
    publish(eight_weeks(), tuple(mention(n, text="word " * 80) for n in range(1, 6)))
    told = figures.read(home.current, "acme", WEEK)
    an_alert = Alert(
        alert_id="a", brand="acme", figure="word", subject=None, opened_on=MONDAY, closed_on=None, observed=1.0,
        expected=None, sentence="Acme: a word.", links=("https://reviews.example/1",),
    )  # fmt: skip
    for html in (
        (build_digest(home, "acme", WEEK) / "mail.html").read_text("utf-8"),
        across.html(across.tell_across([told] * 9, DigestOptions())),
        render.alert("en", alert=an_alert, subject="Alert", sample=""),
    ):
        tree = HTMLParser(html)
        assert not tree.css("script, form, input, button, link, iframe, object, embed, svg, video, audio, base")
        assert not re.search(
            r"@import|@font-face|url\(|position:|display:\s*(flex|grid)|data:image|var\(|calc\(|\bgap:|float:", html
        )
        # Tables lay out; those that hold figures have headings, so that they can be read aloud.
        assert all(table.attributes.get("role") == "presentation" or table.css("th") for table in tree.css("table"))
        assert all(image.attributes.get("alt") and image.attributes.get("width") for image in tree.css("img"))
        assert len(html.encode()) < GMAIL_CLIPS_AT


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_look__text_has_contrast(palette: Palette) -> None:
    """WCAG AA: at least 4.5 for text; 3 for areas that carry meaning."""
    for ink in (palette.ink, palette.muted, palette.bad, palette.good):
        for ground in (palette.card, palette.panel):
            assert contrast(ink, ground) >= 4.5
    assert contrast(palette.muted, palette.page) >= 4.5
    assert contrast(palette.notice_ink, palette.notice) >= 4.5
    assert min(contrast(palette.bad_fill, palette.card), contrast(palette.good_fill, palette.card)) >= 3


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_figures__in_the_html_equal_sql(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((150, 260), (212, 260)))
    folder = build_digest(home, "acme", WEEK)
    with duckdb.connect(str(home.published_file), read_only=True) as con:
        row = con.execute(
            "select bad_count, good_count, good_per_bad, good_per_bad_low, good_per_bad_high, estimated_bad_count_low, "
            "estimated_bad_count_high, bad_change_ratio_low, bad_change_ratio_high from marts.brand_period "
            "where brand = 'acme' and period_kind = 'week' and period_start_date = date '2026-11-09'"
        ).fetchone()
    assert row is not None
    bad, good, balance, balance_low, balance_high, low, high, change_low, change_high = row
    tree = HTMLParser((folder / "mail.html").read_text("utf-8"))
    shown = {node.attributes["data-figure"]: node.text() for node in tree.css("[data-figure]")}
    assert shown["bad_count"] == f"{bad:,}"
    assert shown["good_count"] == f"{good:,}"
    assert shown["good_per_bad"] == f"{balance:.1f}"
    assert shown["good_per_bad_detail"] == f"likely {balance_low:.1f} to {balance_high:.1f}"
    assert shown["bad_count_detail"] == f"{100 * (change_low - 1):.0f}% to {100 * (change_high - 1):.0f}% more"
    numbers = re.findall(
        r"([\d,]+) to ([\d,]+) bad experiences stand behind the ([\d,]+)", shown["estimated_bad_count"]
    )
    assert numbers == [(f"{float(f'{low:.2g}'):,.0f}", f"{float(f'{high:.2g}'):,.0f}", f"{bad:,}")]


def test_notes__name_figures_that_moved_since_they_were_sent(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((5, 12), (5, 12)))
    folder = build_digest(home, "acme", WEEK)
    assert "Late news" not in (folder / "mail.txt").read_text()
    with open_book(home) as book:
        book.keep_figures(
            "acme",
            "2026-W45",
            {"bad_count": 30.0, "good_count": 83.0, "good_per_bad": 4.4},
            datetime(2026, 11, 9, tzinfo=UTC),
        )
    text = " ".join((build_digest(home, "acme", WEEK) / "mail.txt").read_text().split())
    assert (
        "Late news changed the figures sent for week 45: bad from 30 to 35 and good for each bad from 4.4 to 3.7."
        in text
    )


def test_stamp__keeps_every_figure_that_is_told(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks((150, 260), (212, 260)), drivers={"on_hold": (40, 0, 14, 0)})
    kept = json.loads((build_digest(home, "acme", WEEK) / "digest.json").read_text("utf-8"))["figures"]
    with duckdb.connect(str(home.published_file), read_only=True) as con:
        (bad, low, change), (exposures,) = (
            con.execute(
                f"select {columns} from marts.{table} where brand = 'acme' and period_start_date = date '2026-11-09'"
            ).fetchall()[0]
            for table, columns in (
                ("brand_period", "bad_count, estimated_bad_count_low, bad_change_ratio_high"),
                ("driver_period", "bad_exposure_count_high"),
            )
        )
    assert (kept["bad_count"], kept["estimated_bad_count_low"], kept["bad_change_ratio_high"]) == (bad, low, change)
    assert (kept["on_hold.bad_count"], kept["on_hold.bad_exposure_count_high"]) == (40, exposures)
    assert len(kept) >= 20


def test_rebuild__forgets_what_was_erased(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> None:
    """No file under digests/ holds the words of a mention that is no longer published, in whatever period."""
    secret = mention(7, text="Forget my unmistakable words", told_date=MONDAY - timedelta(days=21))
    publish(eight_weeks(), (secret, mention()), rivals={"rival": "Rival"})
    old = build_digest(home, "acme", Period.parse("2026-W43"))
    build_all(home)
    assert b"unmistakable" in (old / "mail.eml").read_bytes()
    publish(eight_weeks(), (mention(),))
    assert {folder.name for folder in rebuild(home)} == {"acme"}
    assert old.is_dir()
    assert not (home.digests / "2026-W46" / "rival").exists()
    assert not [path for path in home.digests.rglob("*") if path.is_file() and b"unmistakable" in path.read_bytes()]


def test_archive__lists_digests_newest_first(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks(), brand_name="Acme <b>&")
    build_all(home, "2026-W44")
    build_all(home)
    tree = HTMLParser((home.digests / "index.html").read_text("utf-8"))
    links = [link.attributes["href"] or "" for link in tree.css("li a")]
    assert links == ["2026-W46/acme/page.html", "2026-W44/acme/page.html"]
    assert all((home.digests / link).is_file() for link in links)
    assert {link.text() for link in tree.css("li a")} == {"Acme <b>&"}
    assert next(title.text() for title in tree.css("h2")) == "Week 46 9–15 November 2026"


def test_page__table_behind_the_chart_sums_to_the_period(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks(last=(6, 13)))
    tree = HTMLParser((build_digest(home, "acme", WEEK) / "page.html").read_text("utf-8"))
    rows = [[cell.text() for cell in row.css("td")] for row in tree.css("tr.now")]
    assert [sum(int(row[place]) for row in rows) for place in (1, 2)] == [42, 91]


def test_folder__is_inside_home(home: Home) -> None:
    assert digest_folder(home, "café-zoë", WEEK).is_relative_to(home.digests)
    assert os.sep not in WEEK.name


@pytest.mark.parametrize(
    ("kind", "opening", "before"),
    [("day", "A quieter day", "the day before"), ("month", "A louder month", "the month before")],
)
def test_kind__words_and_chart_are_those_of_the_period(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, kind: PeriodKind, opening: str, before: str
) -> None:
    """Nothing in a daily or monthly digest speaks of weeks; the chart reaches back eight weeks, or as long as heard."""
    days = eight_weeks((60, 40), (60, 40)) | {MONDAY + timedelta(days=6): (20, 12)}
    publish(days, (mention(told_date=MONDAY + timedelta(days=6)),), kinds=("day", "week", "month"))
    period = Period.holding(MONDAY + timedelta(days=6), kind)
    folder = build_digest(home, "acme", period if kind == "day" else period.previous)
    text = " ".join((folder / "mail.txt").read_text("utf-8").split())
    assert opening in text
    assert before in text
    assert "week" not in text.lower()
    rows = HTMLParser((folder / "page.html").read_text("utf-8")).css("tr.now")
    assert len(rows) == (1 if kind == "day" else 31)
