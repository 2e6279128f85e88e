"""The dashboards in a real browser: their figures are those of the published file, before and after each publish."""

from __future__ import annotations

import json
import os
from pathlib import Path

from measure import QUERIES, milliseconds
from pipeline import ROOT, Pipeline, Row
from playwright.sync_api import Locator, Page, Response, expect

BRAND, BRAND_KEY = "Thistlepost", "thistlepost"
CHANNELS = {
    "friends": "Friends and family",
    "coworkers": "Coworkers",
    "online": "Social media and forums",
    "company": "Told to the company",
    "review_site": "Review sites",
}
DRAWING_MILLISECONDS = 2_000  # how long charts grow into their place

Figures = dict[str, list[list[str]]]


def test_drivers__those_of_the_published_file(page: Page, pipeline: Pipeline) -> None:
    of_brand = f"brand = '{BRAND_KEY}' and period_kind = 'week' and is_complete"
    drivers = pipeline.rows(
        f"select period.*, advice, coalesce(owner, owner_role) as who "
        f"from marts.driver_period as period inner join marts.driver using (driver) "
        f"where {of_brand} and bad_count > 0 "
        f"and period_start_date = (select max(period_start_date) from marts.brand_period where {of_brand}) "
        f"order by priority_exposure_count desc, driver_title"
    )

    open_dashboard(page, "drivers")
    shown = table(page, "Work on these first")
    assert len(shown) == min(len(drivers), 10)  # a page of them
    for row, driver in zip(shown, drivers, strict=False):
        assert row[:5] == [
            driver["driver_title"],
            f"{driver['bad_count']:,}",
            *(f"{driver['estimated_bad_count' + end]:,.0f}" for end in ("", "_low", "_high")),
        ]
        assert row[6] == f"{driver['priority_exposure_count']:,.0f}"
        assert row[8:] == [driver["who"], driver["advice"]]
    picture(page, "superset-drivers")


def test_response_queue__the_cases_of_the_published_file(page: Page, pipeline: Pipeline) -> None:
    cases = pipeline.rows(f"select * from marts.response_queue where brand = '{BRAND_KEY}' order by queue_rank")
    swing = sum(case["swing_exposure_count"] for case in cases)

    open_dashboard(page, "response-queue")
    assert part(page, "Cases that wait").locator(".header-line").inner_text() == f"{len(cases):,}"
    assert part(page, "If all recovered").locator(".header-line").inner_text() == f"{swing:,.0f}"
    rows = part(page, "Answer these first").locator("tbody tr")
    expect(rows).to_have_count(20)
    for row, case in zip(rows.all(), cases, strict=False):
        rank, told, link, *_, swing_shown = row.locator("td").all()
        assert rank.inner_text() == str(case["queue_rank"])
        assert plain(case["text"] or "(no words")[:100] in plain(told.inner_text().replace("‹", "<").replace("›", ">"))
        assert [a.get_attribute("href") for a in link.locator("a").all()] == ([case["url"]] if case["url"] else [])
        assert swing_shown.inner_text() == f"{case['swing_exposure_count']:,.1f}"
    picture(page, "superset-response-queue")


def test_word_of_mouth__figures_follow_each_publish(page: Page, pipeline: Pipeline) -> None:
    before = word_of_mouth_by_sql(pipeline)
    assert word_of_mouth_on_page(page) == before
    picture(page, "superset-word-of-mouth")

    for count in (5, 7):
        pipeline.add_bad_posts(count)
        process = pipeline.start()
        looks = []
        while process.poll() is None:
            looks.append(word_of_mouth_on_page(page))
        assert process.returncode == 0, process.communicate()[0]
        after = word_of_mouth_by_sql(pipeline)

        assert seen_bad_count(after) == seen_bad_count(before) + count
        assert word_of_mouth_on_page(page) == after
        assert looks
        for look in looks:  # charts of one page may stand on both sides of a publish, never between
            assert all(part in (before[name], after[name]) for name, part in look.items())
        before = after


def test_response_queue__what_strangers_wrote_stays_text(page: Page, pipeline: Pipeline) -> None:
    assert pipeline.rows("select text from marts.response_queue where text like '%<img src=x>%'")

    open_dashboard(page, "response-queue")
    assert "‹img src=x›" in part(page, "Answer these first").inner_text()
    assert page.locator("td img").count() == 0


def test_queries__each_under_200_milliseconds(page: Page, pipeline: Pipeline) -> None:
    queries: dict[str, str] = {}
    for slug in ("word-of-mouth", "drivers", "response-queue"):
        results = [result for answer in open_dashboard(page, slug) for result in answer.json()["result"]]
        queries |= {f"{slug} {no}": result["query"] for no, result in enumerate(results, start=1)}
    QUERIES.write_text(json.dumps({"brand": BRAND, "queries": queries}, indent=1), encoding="utf-8")
    taken = {name: milliseconds(pipeline.published_file, query) for name, query in queries.items()}

    assert len(taken) >= 15
    assert {name: spent for name, spent in taken.items() if spent >= 200} == {}


def word_of_mouth_on_page(page: Page) -> Figures:
    """Open the dashboard anew and read its figures as they are shown."""
    open_dashboard(page, "word-of-mouth")
    cards = page.locator(".gv-card")
    expect(cards).to_have_count(5)
    return {
        "cards": [lines(card.inner_text()) for card in cards.all()],
        "voice": table(page, "Share of voice"),
        "channels": table(page, "Where it is told"),
    }


def word_of_mouth_by_sql(pipeline: Pipeline) -> Figures:
    """The same figures, asked of the published file without the dashboard's own queries."""
    newest = "period_kind = 'week' and is_complete order by period_start_date desc"
    week = pipeline.rows(f"select * from marts.brand_period where brand = '{BRAND_KEY}' and {newest} limit 1")[0]
    same_week = (
        f"brand = '{BRAND_KEY}' and period_kind = 'week' and period_start_date = date '{week['period_start_date']}'"
    )
    voices = pipeline.rows(
        f"select * from marts.share_of_voice_period where {same_week} order by share_of_voice desc, compared_brand_name"
    )
    channels = pipeline.rows(
        f"select * from marts.channel_period where {same_week} order by estimated_bad_telling_count desc, channel"
    )
    return {
        "cards": [
            ["Bad experiences", *estimate(week, "estimated_bad_count", ",.0f"), f"{week['bad_count']:,} seen"],
            ["Good experiences", *estimate(week, "estimated_good_count", ",.0f"), f"{week['good_count']:,} seen"],
            ["Good for each bad", *estimate(week, "good_per_bad", ".2f"), f"break-even {week['break_even_ratio']:.2f}"],
            ["Bad is told or read", *estimate(week, "bad_exposure_count", ",.0f"), "times, first hand"],
            [
                "Bad, week on week",
                f"{week['bad_change_ratio']:.1f} times",
                f"likely {week['bad_change_ratio_low']:.1f} to {week['bad_change_ratio_high']:.1f}",
                verdict(week),
            ],
        ],
        "voice": [
            [
                voice["compared_brand_name"],
                f"{voice['share_of_voice']:.0%}",
                f"{voice['voice_count']:,}",
                f"{voice['observed_positive_share']:.0%}",
                voice["comparison_basis"],
            ]
            for voice in voices
        ],
        "channels": [
            [
                CHANNELS[channel["channel"]],
                "yes" if channel["is_collected"] else "no",
                "N/A" if channel["bad_count"] is None else f"{channel['bad_count']:,}",
                f"{channel['estimated_bad_telling_count']:,.0f}",
                f"{channel['estimated_bad_telling_count_low']:,.0f}",
                f"{channel['estimated_bad_telling_count_high']:,.0f}",
                f"{channel['bad_hidden_share']:.0%}",
            ]
            for channel in channels
        ],
    }


def estimate(row: Row, column: str, shape: str) -> list[str]:
    """Return an estimate and its range as the cards write them."""
    value, low, high = (row[column + end] for end in ("", "_low", "_high"))
    return [f"{value:{shape}}", f"likely {low:{shape}} to {high:{shape}}"]


def verdict(week: Row) -> str:
    """Return what the change of a week is worth: a finding, too few on one side, or within its range of no change."""
    if week["is_bad_change_finding"]:
        return "more than chance"
    return (
        "may be chance" if week["bad_change_ratio_low"] <= 1 <= week["bad_change_ratio_high"] else "too few to be sure"
    )


def seen_bad_count(figures: Figures) -> int:
    """Return how many bad experiences the first card says were seen."""
    return int(figures["cards"][0][-1].removesuffix(" seen"))


def open_dashboard(page: Page, slug: str) -> list[Response]:
    """Open a dashboard, wait until all of it is drawn, and return what its charts got; nothing may have failed."""
    answers: list[Response] = []

    def note(answer: Response) -> None:
        answers.append(answer)

    page.on("response", note)
    page.goto(f"/superset/dashboard/{slug}/")
    expect(page.locator(".dashboard-component-chart-holder").first).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-test=loading-indicator]")).to_have_count(0)
    page.remove_listener("response", note)
    assert [answer.url for answer in answers if answer.status >= 400] == []
    assert page.locator(".ant-alert-error").count() == 0
    return [answer for answer in answers if "/chart/data" in answer.url]


def part(page: Page, title: str) -> Locator:
    """Return the chart that has a title."""
    return page.locator(".dashboard-component-chart-holder", has=page.get_by_text(title, exact=True))


def table(page: Page, title: str) -> list[list[str]]:
    """Return the cells of a table."""
    rows = part(page, title).locator("tbody tr")
    expect(rows.first).to_be_visible()
    return [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows.all()]


def plain(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def lines(text: str) -> list[str]:
    """Return the lines of a text that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def picture(page: Page, name: str) -> None:
    """Take a picture, into the folder that BI_PICTURES names, else under var/."""
    folder = Path(os.environ.get("BI_PICTURES", ROOT / "var" / "bi" / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    page.wait_for_timeout(DRAWING_MILLISECONDS)
    page.screenshot(path=folder / f"{name}.png")
