"""From the published history to what people are told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from digests import alerts
from digests.alerts import Alert
from digests.build import build_digest
from digests.options import AlertOptions
from digests.periods import Period
from records.home import Home

MONDAY = date(2026, 11, 9)
Look = Callable[..., list[Alert]]
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]


def test_check__rise_in_bad_experiences(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    days = eight_weeks((6, 9), (6, 9)) | {MONDAY + timedelta(days=6): (31, 9)}
    publish(days, (mention(told_date=MONDAY + timedelta(days=6)), mention(2, told_date=date(2026, 9, 21))))
    (alert,) = check(home)
    assert (alert.figure, alert.brand, alert.opened_on, alert.observed) == (
        "bad_count",
        "acme",
        date(2026, 11, 15),
        31.0,
    )
    assert alert.sentence.startswith("Acme: 31 bad experiences on 15 November, where 6")
    assert alert.links == ("https://reviews.example/1",)
    assert check(home) == [alert]


def test_check__a_new_source_is_no_rise(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, history: Look
) -> None:
    """Before a source was heard from, its silence says nothing, so it can't make a day look high."""
    began = MONDAY + timedelta(days=5)
    days = eight_weeks((0, 1), (0, 1)) | {began + timedelta(days=n): (30, 9) for n in range(2)}
    publish(days, tuple(mention(n, told_date=began + timedelta(days=n % 2)) for n in range(9)))
    assert history(home) == []


def test_check__quotes_the_word_itself(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    text = f"{'Long story. ' * 40}My lawyer prepares a lawsuit against them."
    publish(eight_weeks(), (mention(text=text, told_date=date(2026, 11, 15)),))
    assert check(home)[0].sentence.endswith("Long story. My lawyer prepares a lawsuit against them.”")


def test_check__closed_alerts_are_history(
    publish: Publish, eight_weeks: Weeks, home: Home, history: Look, check: Look
) -> None:
    publish(eight_weeks((6, 9), (6, 9)) | {MONDAY: (40, 9)})
    assert check(home) == []
    assert [(alert.opened_on, alert.closed_on) for alert in history(home)] == [(MONDAY, date(2026, 11, 11))]


def test_check__great_reach_and_words(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    rows = (
        mention(1, exposure_count=60_000.0, told_date=date(2026, 11, 15)),
        mention(2, label="good", exposure_count=60_000.0, told_date=date(2026, 11, 15)),
        mention(
            3, label="neutral", text="We are filing a LAWSUIT.\r\n<b>", url="javascript:x", told_date=date(2026, 11, 14)
        ),
        mention(4, text="no lawsuits here", told_date=date(2026, 11, 14)),
        mention(5, exposure_count=60_000.0, told_date=date(2026, 11, 2)),
    )
    publish(eight_weeks(), rows)
    word, reach = check(home)
    assert (word.figure, word.sentence, word.links) == (
        "word",
        "Acme: a word that must not wait, on 14 November on reviews: “We are filing a LAWSUIT. <b>”",
        (),
    )
    assert (reach.figure, reach.observed) == ("mention", 60_000.0)
    assert check(home, AlertOptions(words=(), great_reach=100_000)) == []


def test_check__one_driver_rises_while_the_whole_does_not(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    """A count that is ordinary for the brand is not for one driver."""
    days = eight_weeks((40, 9), (40, 9))
    last = MONDAY + timedelta(days=6)
    evidence = mention(told_date=last, drivers="on_hold, price"), mention(2, told_date=last, drivers="price")
    folder = publish(days, (*evidence, *(mention(n, told_date=day) for n, day in enumerate(days, start=3))))
    with duckdb.connect(str(folder / "grapevine.duckdb")) as connection:
        for day in days:
            connection.executemany(
                "insert into marts.driver_period "
                "(brand, period_kind, period_start_date, driver, driver_title, bad_count) "
                "values ('acme', 'day', ?, ?, ?, ?)",
                [
                    (day, "on_hold", "Long waits on hold", 14 if day == last else 2),
                    (day, "price", "Price", 14),
                    (day, "speed", "Speed", 5 if day == last else 2),  # with three drivers, five are no news
                ],
            )
    (alert,) = (one for one in check(home) if one.figure != "source")
    assert (alert.figure, alert.opened_on, alert.observed) == ("driver", last, 14.0)
    assert alert.sentence.startswith("Acme: 14 bad experiences about “Long waits on hold” on 15 November, where")
    assert len(alert.links) == 1


def test_check__a_rise_names_its_drivers_once(publish: Publish, eight_weeks: Weeks, home: Home, check: Look) -> None:
    days = eight_weeks((6, 9), (6, 9)) | {MONDAY + timedelta(days=6): (40, 9)}
    folder = publish(days)
    with duckdb.connect(str(folder / "grapevine.duckdb")) as connection:
        connection.executemany(
            "insert into marts.driver_period "
                "(brand, period_kind, period_start_date, driver, driver_title, bad_count) "
                "values ('acme', 'day', ?, ?, ?, ?)",
            [(MONDAY + timedelta(days=6), key, title, n) for key, title, n in
             (("on_hold", "On hold", 30), ("price", "Price", 12), ("speed", "Speed", 2))],
        )  # fmt: skip
    (alert,) = check(home)
    assert alert.sentence.endswith(" are rare. Named most often: On hold (30) and Price (12).")


def test_check__many_small_mentions_seen_more_often_than_on_any_day_before(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    days = sorted(eight_weeks())
    rows = [mention(n, told_date=day, exposure_count=9_000.0) for n, day in enumerate(days)]
    publish(eight_weeks(), (*rows, mention(99, told_date=days[-1], exposure_count=3_000.0)))
    (alert,) = (one for one in check(home) if one.figure != "source")
    assert (alert.figure, alert.opened_on, alert.observed, alert.expected) == (
        "exposure_count",
        days[-1],
        12_000.0,
        9_000.0,
    )
    assert "on none of the 30 days before was it more than 9,000" in alert.sentence
    for options in (AlertOptions(great_reach=20_000), AlertOptions(false_alarms_per_month=0.1)):  # 303 days of history
        assert {one.figure for one in check(home, options)} <= {"source"}


def test_check__falling_ratings(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    old = [
        mention(n, rating=4 + n % 2, rating_max=5, told_date=date(2026, 10, 1) + timedelta(days=n)) for n in range(30)
    ]
    new = [
        mention(n, rating=1 + n % 2, rating_max=5, told_date=date(2026, 11, 10) + timedelta(days=n % 6))
        for n in range(50, 62)
    ]
    publish(eight_weeks(), tuple(old + new))
    (alert,) = check(home)
    assert (alert.figure, alert.opened_on, round(alert.expected or 0, 6)) == ("rating", date(2026, 11, 12), 0.9)
    assert alert.sentence.startswith("Acme: the 6 ratings of the seven days up to 12 November average 27% of their")
    publish(eight_weeks(), tuple(old + new), as_of=datetime(2026, 11, 17, 8, tzinfo=UTC))
    assert check(home) == [alert]  # the next day tells of the same fall, not of another one


def test_check__silent_source(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, history: Look, check: Look
) -> None:
    rows = [mention(n, source="feed", told_date=date(2026, 10, 1) + timedelta(days=n)) for n in range(40)]
    rows += [
        mention(n, source="rare", told_date=date(2026, 10, 1) + timedelta(days=n % 40)) for n in range(100, 140, 9)
    ]
    publish(eight_weeks(), tuple(rows))
    (alert,) = check(home)
    assert (alert.figure, alert.brand) == ("source", "")
    assert alert.sentence == "feed has been silent for 7 days, since 9 November, which is unusual for it."
    publish(eight_weeks(), (*rows, mention(41, source="feed", told_date=date(2026, 11, 16))))
    assert check(home) == []
    (closed,) = history(home)
    assert (closed.alert_id, closed.closed_on, closed.observed) == (alert.alert_id, date(2026, 11, 16), 6)


def test_check__speaks_german(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look) -> None:
    publish(eight_weeks(), (mention(exposure_count=60_000.0, told_date=date(2026, 11, 15)),))
    assert check(home, language="de")[0].sentence.startswith("Acme: Eine schlechte Erwähnung vom 15. November")


def test_check__the_brands_day_is_not_utcs(publish: Publish, eight_weeks: Weeks, home: Home, check: Look) -> None:
    publish(eight_weeks((6, 9), (6, 9)), as_of=datetime(2026, 11, 15, 23, 59, tzinfo=UTC))
    assert check(home) == []


def test_check__forgets_an_erased_mention(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, check: Look
) -> None:
    rows = tuple(mention(n, exposure_count=60_000.0, told_date=date(2026, 11, 15)) for n in (1, 2))
    publish(eight_weeks(), rows)
    assert len(check(home)) == 2
    with duckdb.connect(str(home.published_file)) as connection:
        connection.execute("update marts.mentions set is_gone = true where mention_id = ?", [rows[0]["mention_id"]])
    assert [one.subject for one in alerts.check(home)] == [rows[1]["mention_id"]]


def test_digest__tells_the_alerts_of_its_period(
    publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, history: Look
) -> None:
    """Raised and closed ones, with when and where to look; hostile words stay words; none is told in another week."""
    days = eight_weeks((6, 9), (6, 9)) | {MONDAY: (40, 9)}
    publish(
        days,
        (
            mention(1, told_date=MONDAY),
            mention(2, told_date=MONDAY, text="<script>x</script> I plan a lawsuit\u202e", url="javascript:alert(1)"),
        ),
    )
    history(home)
    folder = build_digest(home, "acme", Period(MONDAY))
    text = " ".join((folder / "mail.txt").read_text("utf-8").split())
    assert "WHAT COULD NOT WAIT - A word that must not wait, on 9 November on reviews: “<script>x</script> I" in text
    assert "- 40 bad experiences on 9 November, where " in text
    assert "are rare. Back to normal on 11 November. https://reviews.example/1" in text
    page = (folder / "page.html").read_text("utf-8")
    assert page.count("data-alert=") == 2
    assert "<script>x" not in page
    assert "javascript:alert" not in page
    before = build_digest(home, "acme", Period(MONDAY).previous)
    assert "COULD NOT WAIT" not in (before / "mail.txt").read_text("utf-8")
