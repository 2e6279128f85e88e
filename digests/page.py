"""The page: the digest with its interactive charts, the tables behind them, and how the estimates come about.

Readable without scripts: the charts stand in the page as drawings, and the script (shared by all pages, beside them)
puts the interactive ones in their places.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from digests import charts, render
from digests.act_facts import DriverFigures
from digests.assets import SCRIPT_NAME
from digests.catalogue import Catalogue
from digests.days import bars
from digests.drivers import charted, title_of
from digests.facts import ChannelFigures, DigestFigures, Estimate
from digests.look import DARK, LIGHT
from digests.replies import voice_rows
from digests.sentences import Story

__all__ = ["Chart", "channel_rows", "drawn", "write"]

SCRIPT_PATH = f"../../assets/{SCRIPT_NAME}"  # from digests/<period>/<brand>/
ARCHIVE_PATH = "../../index.html"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart, drawn for light and for dark; `height` in CSS pixels."""

    light: dict[str, Any]
    dark: dict[str, Any]

    @property
    def height(self) -> int:
        """As the specification says."""
        return int(self.light["height"])


def drawn(figures: DigestFigures, words: Catalogue) -> dict[str, Chart]:
    """Return the charts for which there are figures, by name: days, drivers, iceberg."""
    makers = {
        "days": (charts.specification, bool(figures.days)),
        "drivers": (charts.driver_chart, bool(charted(figures))),
        "iceberg": (charts.iceberg_chart, bool(figures.channels)),
    }
    return {
        name: Chart(*(make(figures, words, palette) for palette in (LIGHT, DARK)))
        for name, (make, is_drawn) in makers.items()
        if is_drawn
    }


def write(story: Story, figures: DigestFigures, words: Catalogue, shown: Mapping[str, Chart]) -> str:
    """Return the page of one digest with its charts, as `drawn` gave them."""
    return render.web(
        story,
        charts={
            name: {
                "drawing": charts.vector(chart.light),
                "light": charts.interactive(chart.light),
                "dark": charts.interactive(chart.dark),
            }
            for name, chart in shown.items()
        },
        rows=_rows(figures, words),
        drivers=[_driver(words, driver) for driver in figures.act.drivers],
        channels=channel_rows(figures, words),
        voices=voice_rows(words, figures),
        profile=figures.now.profile if figures.now else "",
        script=_chart_script(),
        script_hash=_script_hash(),
        script_path=SCRIPT_PATH,
        archive_path=ARCHIVE_PATH,
    )


def channel_rows(figures: DigestFigures, words: Catalogue) -> list[dict[str, str]]:
    """Return the rows of the table of what is seen and told, by channel."""
    return [_channel(words, channel) for channel in figures.channels]


def _driver(words: Catalogue, driver: DriverFigures) -> dict[str, str]:
    return {
        "name": title_of(words, driver.key, driver.title),
        "key": driver.key,
        "seen": f"{words.count(driver.bad.count)} / {words.count(driver.good.count)}",
        "bad": _range(words, driver.bad.exposures) if driver.bad.count else words.say("word.none"),
        "good": _range(words, driver.good.exposures) if driver.good.count else words.say("word.none"),
    }


def _rows(figures: DigestFigures, words: Catalogue) -> list[tuple[str, str, str, bool]]:
    return [
        (words.day(bar.start, with_year=True), words.count(bar.bad_count), words.count(bar.good_count), bar.is_now)
        for bar in bars(figures)
    ]


def _channel(words: Catalogue, channel: ChannelFigures) -> dict[str, str]:
    seen = words.say("page.not_collected")
    if channel.is_collected:
        seen = f"{words.count(channel.bad_count or 0)} / {words.count(channel.good_count or 0)}"
    return {
        "key": channel.channel,
        "name": words.say(f"channel.{channel.channel}"),
        "seen": seen,
        "bad": _range(words, channel.bad_tellings),
        "good": _range(words, channel.good_tellings),
    }


def _range(words: Catalogue, estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return words.say("word.none")
    return words.between(words.whole(estimate.low), words.whole(estimate.high))


@cache
def _chart_script() -> str:
    return (files("digests") / "templates" / "chart.js").read_text("utf-8").strip()


@cache
def _script_hash() -> str:
    return base64.b64encode(hashlib.sha256(_chart_script().encode()).digest()).decode()
