"""The whole way on the sample: what a run leaves in tables and digests, and that a second one changes nothing."""

from __future__ import annotations

import asyncio
import filecmp
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
from mcp import Client, StdioServerParameters
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from .conftest import SAMPLE, Grapevine, TablesOf, Unhurt, files_under, published

EXAMPLES = SAMPLE.parents[1]


def test_make_sample__same_bytes_again(tmp_path: Path) -> None:
    subprocess.run([sys.executable, EXAMPLES / "make_sample.py", tmp_path], check=True)

    names = ["inbox.csv", "posts.jsonl", "reviews.csv"]
    assert filecmp.cmpfiles(tmp_path, EXAMPLES / "sample", names, shallow=False) == (names, [], [])


def test_sample__every_row_is_accounted_for(unhurt: Unhurt) -> None:
    rows = published(
        unhurt.home,
        "SELECT source_name, read_count, kept_count, duplicate_count, rejected_count FROM marts.source_health "
        "ORDER BY source_name",
    )
    assert rows == [
        ("inbox", 79, 78, 1, 0),
        ("posts", 194, 193, 1, 0),
        ("reviews", 140, 138, 0, 2),
    ]


def test_sample__something_happened_to_one_brand_in_the_last_week(unhurt: Unhurt) -> None:
    rows = published(
        unhurt.home,
        "SELECT brand, bad_count > 30, is_bad_change_finding, bad_change_ratio_low > 1 FROM marts.brand_period "
        "WHERE period_kind = 'week' AND period_name = '2026-W46' ORDER BY brand",
    )
    assert rows == [("quickwren", False, False, None), ("thistlepost", True, True, True)] or rows == [
        ("quickwren", False, False, False),
        ("thistlepost", True, True, True),
    ]
    quiet = published(
        unhurt.home,
        "SELECT count(*) FROM marts.brand_period WHERE period_kind = 'week' AND period_name < '2026-W46' "
        "AND (is_bad_change_finding OR is_good_change_finding)",
    )
    assert quiet == [(0,)]


def test_sample__its_alerts_stand_in_the_tables_without_words(unhurt: Unhurt) -> None:
    rows = published(unhurt.home, "SELECT brand, figure, is_open, observed_value FROM marts.alert ORDER BY ALL")
    assert rows == [
        ("", "source", False, 4.0),
        ("", "source", False, 4.0),
        ("thistlepost", "bad_count", False, 8.0),
        ("thistlepost", "bad_count", True, 10.0),
        ("thistlepost", "mention", True, 48213.0),
        ("thistlepost", "rating", False, pytest.approx(0.33, abs=0.01)),
        ("thistlepost", "rating", False, pytest.approx(0.38, abs=0.01)),
    ]


def test_sample__a_post_about_both_brands_is_judged_towards_each(unhurt: Unhurt) -> None:
    both = published(
        unhurt.home,
        "SELECT count(*) FROM (SELECT mention_id FROM marts.mentions GROUP BY 1 HAVING count(DISTINCT brand) = 2)",
    )
    assert both == [(4,)]


def test_sample__a_case_put_right_keeps_its_bad_week_and_gains_a_good_one(unhurt: Unhurt) -> None:
    with duckdb.connect(str(unhurt.home.warehouse), read_only=True) as warehouse:
        rows = warehouse.execute(
            "SELECT strftime(told_date, '%G-W%V'), label, is_recovered FROM core.experience "
            "JOIN core.mention USING (mention_id) WHERE native_id = 'r9001' ORDER BY told_date"
        ).fetchall()
    assert rows == [("2026-W44", "bad", True), ("2026-W46", "good", False)]


def test_sample__digest_says_that_it_is_a_sample(unhurt: Unhurt) -> None:
    for brand in ("thistlepost", "quickwren"):
        text = (unhurt.home.digests / "2026-W46" / brand / "mail.txt").read_text()
        assert "sample" in text.lower()


def test_mcp__answers_what_the_tables_say(unhurt: Unhurt) -> None:
    command = str(Path(sys.executable).with_name("grapevine"))
    server = StdioServerParameters(command=command, args=["--home", str(unhurt.home.root), "mcp"])

    async def asked() -> dict[str, Any]:
        async with Client(server, read_timeout_seconds=60) as client:
            tools = (await client.list_tools()).tools
            given = {"brand": "thistlepost", "period": "2026-W46"}
            answers = {}
            for tool in tools:
                known = tool.input_schema.get("properties", {})
                answer = await client.call_tool(tool.name, {name: given[name] for name in given if name in known})
                assert not answer.is_error, f"{tool.name}: {answer.content}"
                answers[tool.name] = answer.structured_content
            return answers

    answers = asyncio.run(asked())

    assert [one["brand"] for one in answers["brands"]["brands"]] == ["thistlepost", "quickwren"]
    found = answers["figures"]["periods"][0]["figures"]["estimated_bad_count"]
    assert [(found["value"], found["low"], found["high"])] == published(
        unhurt.home,
        "SELECT estimated_bad_count, estimated_bad_count_low, estimated_bad_count_high FROM marts.brand_period "
        "WHERE brand = 'thistlepost' AND period_name = '2026-W46'",
    )
    assert [(one["driver"], one["figures"]["bad_count"]["value"]) for one in answers["drivers"]["drivers"]][:3] == (
        published(
            unhurt.home,
            "SELECT driver, bad_count FROM marts.driver_period WHERE brand = 'thistlepost' "
            "AND period_name = '2026-W46' ORDER BY priority_exposure_count DESC NULLS LAST, driver LIMIT 3",
        )
    )
    assert [one["queue_rank"] for one in answers["response_queue"]["cases"]] == list(range(1, 11))
    assert len(answers["mentions"]["mentions"]) == 10


def test_run__again_changes_nothing(unhurt: Unhurt, grapevine: Grapevine, tables_of: TablesOf) -> None:
    before = tables_of(unhurt.home)
    digests = files_under(unhurt.home.digests)
    current = unhurt.home.current.resolve()

    done = grapevine(unhurt.home, "run", "--config", str(SAMPLE), "--json")

    assert done.returncode == 0, done.stderr
    steps = json.loads(done.stdout)
    assert {one["status"] for one in steps["pull"]["slices"]} == {"unchanged"}
    assert steps["score"]["scored_count"] == 0
    assert steps["build"]["is_skipped"]
    assert steps["publish"]["is_skipped"]
    assert tables_of(unhurt.home) == before
    assert files_under(unhurt.home.digests) == digests
    assert unhurt.home.current.resolve() == current


def two_digits(number: float) -> str:
    """Two significant digits, as a digest shows an estimate; written here anew."""
    rounded = float(f"{number:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:.{1 if rounded >= 1 else 2}f}"


def ends(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "–"
    shown = [f"{float(f'{end:.2g}'):,.0f}" for end in (low, high)]
    return shown[0] if shown[0] == shown[1] else " to ".join(shown)


@pytest.mark.parametrize("brand", ["thistlepost", "quickwren"])
def test_sample__every_figure_of_the_page_equals_sql(unhurt: Unhurt, brand: str) -> None:
    """Tiles, days, reasons, channels, share of voice, replies, queue and alerts, to the last digit shown."""
    page = HTMLParser((unhurt.home.digests / "2026-W46" / brand / "page.html").read_text("utf-8"))
    shown = {node.attributes["data-figure"] or "": node.text() for node in page.css("[data-figure]")}
    week = f"brand = '{brand}' AND period_kind = 'week' AND period_start_date = DATE '2026-11-09'"
    days = f"brand = '{brand}' AND told_date BETWEEN DATE '2026-11-09' AND DATE '2026-11-15'"
    ((bad, good, balance, low, high, hidden_low, hidden_high),) = published(
        unhurt.home,
        "SELECT bad_count, good_count, good_per_bad, good_per_bad_low, good_per_bad_high, estimated_bad_count_low, "
        f"estimated_bad_count_high FROM marts.brand_period WHERE {week}",
    )
    assert (shown["bad_count"], shown["good_count"]) == (f"{bad:,}", f"{good:,}")
    assert f"stand behind the {bad:,} seen" in shown["estimated_bad_count"]
    assert (
        f" {ends(max(hidden_low, bad) if hidden_low >= bad else hidden_low, hidden_high)} bad"
        in (shown["estimated_bad_count"])
    )
    if bad + good >= 12:
        assert shown["good_per_bad"] == two_digits(balance)
        assert f"likely {two_digits(low)} to {two_digits(high)}" in shown["good_per_bad_detail"]

    by_day = [[cell.text() for cell in row.css("td")] for row in page.css("tr.now")]
    seen = published(unhurt.home, f"SELECT bad_count, good_count FROM marts.brand_day WHERE {days} ORDER BY told_date")
    if len(by_day) == 7:
        told = [(int(row[1]), int(row[2])) for row in by_day if row[1:] != ["0", "0"]]
        assert told == [row for row in seen if row != (0, 0)]
    assert sum(int(row[1]) for row in by_day) == bad

    reasons = {
        row.attributes["data-driver"]: [cell.text() for cell in row.css("td")][1:]
        for row in page.css("tr[data-driver]")
    }
    rows = published(
        unhurt.home,
        "SELECT driver, bad_count, good_count, bad_exposure_count_low, bad_exposure_count_high, "
        f"good_exposure_count_low, good_exposure_count_high FROM marts.driver_period WHERE {week}",
    )
    assert reasons == {
        row[0]: [f"{row[1]} / {row[2]}", ends(*row[3:5]) if row[1] else "–", ends(*row[5:7]) if row[2] else "–"]
        for row in rows
        if row[1] + row[2]
    }
    for row in rows:
        for tone, count, exposures in (("bad", row[1], row[3:5]), ("good", row[2], row[5:7])):
            if text := shown.get(f"{tone}:{row[0]}"):
                assert text.startswith(f"{count} {tone} experience")
                assert f"; {ends(*exposures)} exposures" in text

    told_on = {
        row.attributes["data-channel"]: [cell.text() for cell in row.css("td")][1:]
        for row in page.css("tr[data-channel]")
    }
    assert told_on == {
        row[0]: [f"{row[2]} / {row[3]}" if row[1] else "out of sight", ends(*row[4:6]), ends(*row[6:8])]
        for row in published(
            unhurt.home,
            "SELECT channel, is_collected, bad_count, good_count, estimated_bad_telling_count_low, "
            "estimated_bad_telling_count_high, estimated_good_telling_count_low, estimated_good_telling_count_high "
            f"FROM marts.channel_period WHERE {week}",
        )
    }
    voices = [[cell.text() for cell in row.css("td")][1:] for row in page.css("tr.voice")]
    assert sorted(voices) == sorted(
        [f"{row[0]:,}", f"{row[1]:,}", f"{row[2]:,}"]
        for row in published(
            unhurt.home, f"SELECT voice_count, bad_count, good_count FROM marts.share_of_voice_period WHERE {week}"
        )
    )
    stakes = re.findall(r"about ([\d,]+) exposures at stake", page.body.text() if page.body else "")
    queue = published(
        unhurt.home,
        f"SELECT swing_exposure_count FROM marts.response_queue WHERE brand = '{brand}' ORDER BY queue_rank LIMIT 10",
    )
    assert stakes == [ends(row[0], row[0]) for row in queue]
    ((alerts,),) = published(
        unhurt.home,
        "SELECT count(*) FROM marts.alert WHERE brand IN (?, '') AND (opened_date BETWEEN DATE '2026-11-09' AND "
        "DATE '2026-11-15' OR closed_date BETWEEN DATE '2026-11-09' AND DATE '2026-11-15')".replace("?", f"'{brand}'"),
    )
    assert len(page.css("[data-alert]")) == alerts
