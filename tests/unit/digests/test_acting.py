"""What those who act read: drivers, rising words, the queue, earlier steps; and a mail that stays short."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from digests import figures, sentences
from digests.brevity import MOST_WORDS, word_count
from digests.build import build_digest
from digests.catalogue import catalogue
from digests.drivers import title_of
from digests.options import DigestOptions
from digests.periods import Period
from digests.published import open_published
from digests.sentences import Story
from records.home import Home
from transforms.drivers import drivers

MONDAY = date(2026, 11, 9)
WEEK = Period(MONDAY)
BEFORE = MONDAY - timedelta(days=20)
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]

TOLD = {"on_hold": (20, 0, 8, 0), "price": (14, 3, 13, 2), "ease": (1, 9, 2, 8), "delay": (3, 0, 0, 0)}


def story(published: Path, **options: Any) -> Story:
    return sentences.tell(figures.read(published, "acme", WEEK), DigestOptions(**options))


def test_drivers__the_most_told_with_share_change_and_advice(
    publish: Publish, eight_weeks: Weeks, mention: Mention
) -> None:
    quoted = mention(1, drivers="on_hold, price", text="An hour of music.")
    told = story(publish(eight_weeks(), (quoted,), drivers=TOLD))
    hold, price, delay = told.bad_drivers
    assert (hold.title, hold.seen) == ("On hold", "20 bad experiences, 57% of all, 8 the week before")
    # 14 after 13 is no finding, but enough to say how far it may have moved: exp(1.645 sqrt(1/14 + 1/13)) = 1.88
    moved = "no clear change (0.57 to 2.0 times as many)"
    assert price.seen == f"14 bad experiences, 40% of all, 13 the week before, {moved}"
    assert delay.seen == "3 bad experiences, 0 the week before"
    assert hold.quote is not None
    assert hold.quote.quote == "“An hour of music.”"
    assert (price.quote, price.advice) == (None, "")
    assert hold.advice == drivers()["on_hold"].advice
    assert [one.key for one in told.good_drivers] == ["ease", "price"]


def test_drivers__published_figures_stand_beside(publish: Publish, eight_weeks: Weeks) -> None:
    told = story(publish(eight_weeks(), drivers={"scripted": (9, 0, 0, 0), "transferred": (3, 0, 0, 0)}))
    assert [one.published for one in told.bad_drivers] == [
        "published: 44 %, by consumers",
        "published: 2.7 of 5, by service leaders",
    ]


def test_action__is_the_drivers_and_has_an_owner(publish: Publish, eight_weeks: Weeks) -> None:
    published = publish(eight_weeks(), drivers=TOLD, owners={"service": "Ada"})
    next_step = story(published).action
    assert next_step is not None
    assert next_step.title == "Next step for Ada"
    assert next_step.text.startswith("Most is at stake in “On hold”. Offer a call back")
    # too few for a pattern: whom to answer comes first
    assert story(published, min_n=21).action is None


def test_action__names_the_role_where_nobody_is_named(publish: Publish, eight_weeks: Weeks) -> None:
    next_step = story(publish(eight_weeks(), drivers=TOLD), language="de").action
    assert next_step is not None
    assert next_step.title == "Nächster Schritt für den Kundendienst"
    assert next_step.text.startswith("Am meisten steht auf dem Spiel bei „In der Warteschleife“. ")


def test_playbook__is_whole_in_every_language() -> None:
    words = catalogue("de")
    for key, driver in drivers().items():
        assert title_of(words, key, "") != ""
        assert words.say(f"owner.{driver.owner}")


@pytest.mark.parametrize("name", ["mail.html", "page.html"])
def test_figures__of_drivers_equal_sql(publish: Publish, eight_weeks: Weeks, home: Home, name: str) -> None:
    publish(eight_weeks(), drivers=TOLD)
    tree = HTMLParser((build_digest(home, "acme", WEEK) / name).read_text("utf-8"))
    shown = {
        tuple((node.attributes["data-figure"] or "").split(":")): node.text() for node in tree.css("[data-figure*=':']")
    }
    assert len(shown) == 5
    with duckdb.connect(str(home.published_file), read_only=True) as con:
        for (side, driver), text in shown.items():
            row = con.execute(
                f"select {side}_count, {side}_exposure_count_low, {side}_exposure_count_high from marts.driver_period "
                "where brand = 'acme' and period_kind = 'week' and period_start_date = ? and driver = ?",
                [MONDAY, driver],
            ).fetchone()
            assert row is not None
            count, low, high = row
            assert text.startswith(f"{count} {side} experience")
            assert f"{float(f'{low:.2g}'):,.0f} to {float(f'{high:.2g}'):,.0f} exposures" in text


def test_rising__log_odds_with_a_prior(publish: Publish, mention: Mention, eight_weeks: Weeks) -> None:
    """A word told 10 times now and never before, among 20 now and 40 before: the formula, worked by hand."""
    now = tuple(mention(n, text="strike parcel" if n < 10 else "parcel") for n in range(20))
    before = tuple(mention(100 + n, text="parcel", told_date=BEFORE) for n in range(40))
    source = open_published(publish(eight_weeks(), now + before))
    asked = {
        "brand": "acme", "first_day": MONDAY, "last_day": WEEK.end, "before_first_day": BEFORE, "prior": 1000.0,
        "fewest": 5, "least_standing": 0.5,
    }  # fmt: skip
    with source.connection:
        rows = {row["term"]: row for row in source.rows("rising", **asked)}
    row = rows["strike"]
    assert (row["now_count"], row["before_count"]) == (10, 0)
    # now: 20 parcel + 10 strike + 10 "strike parcel"; before: 40 parcel
    prior = 1000 * 10 / 80
    odds = math.log((10 + prior) / (40 + 1000 - 10 - prior)) - math.log(prior / (40 + 1000 - prior))
    assert row["standing"] == pytest.approx(odds / math.sqrt(1 / (10 + prior) + 1 / prior))
    assert "parcel" not in rows


def test_rising__leaves_out_names_and_what_drivers_say(publish: Publish, mention: Mention, eight_weeks: Weeks) -> None:
    texts = {"strike": "The strike again, Acme", "hold": "On hold for ever, Acme"}
    now = tuple(
        mention(n, text=texts["strike" if n < 30 else "hold"], drivers=None if n < 30 else "on_hold") for n in range(60)
    )
    before = tuple(mention(100 + n, text="Lovely parcel", told_date=BEFORE, label="good") for n in range(400))
    told = story(publish(eight_weeks(), now + before)).rising
    assert told.startswith("“strike again” 30 (0); no reason above names them")
    assert "acme" not in told
    assert "hold" not in told
    assert "8 weeks before" in told


def test_rising__nothing_in_the_first_week(publish: Publish, mention: Mention, eight_weeks: Weeks) -> None:
    now = tuple(mention(n, text="strike") for n in range(30))
    assert story(publish(eight_weeks(weeks=1), now)).rising == ""


def test_queue__says_what_is_at_stake_and_what_is_unknown(
    publish: Publish, eight_weeks: Weeks, mention: Mention
) -> None:
    rows = (mention(1, has_reply=False), mention(2), mention(3, has_reply=True))
    told = story(publish(eight_weeks(), rows))
    assert [one.reach for one in told.queue] == [
        "about 100 exposures at stake",
        "about 50 exposures at stake · unknown whether answered",
    ]


def test_team__recovered_wow_leaving_and_feelings(publish: Publish, eight_weeks: Weeks, mention: Mention) -> None:
    rows = (
        mention(1, emotions="disrespected, unvalued", is_leaving=True, drivers="rude_or_indifferent"),
        mention(2, emotions="unvalued", is_leaving=True),
        mention(3, label="good", is_wow=True, text="They drove back at night."),
        mention(4, label="good", text="Fine."),
    )
    told = story(publish(eight_weeks(), rows, recovered=(5.0, 30.0), drivers={"rude_or_indifferent": (1, 0, 0, 0)}))
    assert told.team == (
        "2 customers told that all is well again.",
        "1 told of more than they had hoped for.",
        "2 said they leave or warned others.",
        "Feelings named: not valued 2, disrespected 1.",
    )
    assert told.praise is not None
    assert told.praise.quote == "“They drove back at night.”"
    assert told.coaching is not None
    assert told.coaching.reach == "Rudeness or indifference"


def test_outcomes__before_and_after_with_the_range(publish: Publish, eight_weeks: Weeks) -> None:
    change = {"bad_change_ratio": 0.3, "bad_change_ratio_low": 0.2, "bad_change_ratio_high": 0.45}
    done = {
        "driver": "on_hold", "driver_title": "On hold", "note": "Call back offered", "day_count": 14,
        "bad_count_before": 60, "bad_count_after": 18, "is_bad_change_finding": True,
        "from_date": MONDAY - timedelta(days=7), **change,
    }  # fmt: skip
    early = {"note": "More staff", "from_date": MONDAY, "day_count": 0, "is_bad_change_finding": False}
    told = story(publish(eight_weeks(), actions=(done, early))).outcomes
    assert told == (
        "More staff (all bad experiences, since 9 November): too early to compare.",
        "Call back offered (On hold, since 2 November): 18 bad in 2 weeks, 60 in the 2 before; 55% to 80% fewer.",
    )


def test_outcomes__of_few_have_no_percentage(publish: Publish, eight_weeks: Weeks) -> None:
    done = {
        "note": "Sign put up", "from_date": MONDAY, "day_count": 7, "bad_count_before": 5, "bad_count_after": 1,
        "bad_change_ratio": 0.2, "bad_change_ratio_low": 0.03, "bad_change_ratio_high": 1.2,
        "is_bad_change_finding": False,
    }  # fmt: skip
    (told,) = story(publish(eight_weeks(), actions=(done,))).outcomes
    assert told.endswith("1 bad in 1 week, 5 in the week before; too few to compare.")


def test_brevity__the_mail_is_short_and_the_page_whole(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home
) -> None:
    words = " ".join(f"word{n}" for n in range(60))
    rows = tuple(
        mention(
            n, text=f"Case {n} {words}", drivers="on_hold, scripted", view_count=900 - n, like_count=5, has_reply=False
        )
        for n in range(1, 12)
    ) + tuple(mention(50 + n, label="good", text=f"Nice {n} {words}", drivers="ease", is_wow=True) for n in range(3))
    publish(eight_weeks((14, 26), (22, 27)), rows, drivers=TOLD, recovered=(4.0,))
    folder = build_digest(home, "acme", WEEK)
    told, _, _ = (folder / "mail.txt").read_text("utf-8").partition("ABOUT THESE FIGURES")
    assert 300 < word_count(told) <= MOST_WORDS
    assert "word40" not in told
    page = HTMLParser((folder / "page.html").read_text("utf-8"))
    assert len(page.css("blockquote.bad-edge")) >= 5 + 10


def test_iceberg__is_in_the_first_mail_and_on_every_page(publish: Publish, eight_weeks: Weeks, home: Home) -> None:
    publish(eight_weeks(weeks=1))
    first = build_digest(home, "acme", WEEK)
    assert (first / "iceberg-light.png").is_file()
    html = (first / "mail.html").read_text("utf-8")
    assert "Seen and told, by channel" in html
    assert len(re.findall("out of sight", html)) == 4
    publish(eight_weeks())
    later = build_digest(home, "acme", WEEK)
    assert not (later / "iceberg-light.png").exists()
    assert "out of sight" not in (later / "mail.html").read_text("utf-8")
    assert "out of sight" in (later / "page.html").read_text("utf-8")
