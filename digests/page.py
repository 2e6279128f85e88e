"""The page: the digest with its interactive chart, the table behind it, and how the estimates come about.

Readable without scripts: the chart stands in the page as a drawing, and the script (shared by all pages, beside them)
puts the interactive one in its place.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

from digests import charts, render
from digests.assets import SCRIPT_NAME
from digests.catalogue import Catalogue
from digests.days import bars
from digests.facts import ChannelFigures, DigestFigures, Estimate
from digests.replies import voice_rows
from digests.sentences import Story

__all__ = ["write"]

SCRIPT_PATH = f"../../assets/{SCRIPT_NAME}"  # from digests/<period>/<brand>/
ARCHIVE_PATH = "../../index.html"


def write(
    story: Story, figures: DigestFigures, words: Catalogue, light: dict[str, Any] | None, dark: dict[str, Any] | None
) -> str:
    """Return the page of one digest; `light` and `dark` are the chart's specifications, None without a chart."""
    profile = figures.now.profile if figures.now else ""
    return render.web(
        story,
        drawing=charts.vector(light) if light else "",
        light_spec=charts.interactive(light) if light else None,
        dark_spec=charts.interactive(dark) if dark else None,
        rows=_rows(figures, words),
        channels=[_channel(words, channel) for channel in figures.channels],
        voices=voice_rows(words, figures),
        profile=profile,
        script=_chart_script(),
        script_hash=_script_hash(),
        script_path=SCRIPT_PATH,
        archive_path=ARCHIVE_PATH,
    )


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
