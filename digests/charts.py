"""Charts: one Altair specification gives the picture in the mail and the interactive chart on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, cast

import altair as alt
import vl_convert

from digests.catalogue import Catalogue
from digests.days import Bar, Grain, bars, grain
from digests.facts import DigestFigures
from digests.look import HEIGHT, WIDTH, Palette
from digests.png import repack

__all__ = ["interactive", "picture", "specification", "vector"]

MOST_NUMBERED = 12  # bars wide enough for a number each
NUMBER_ROOM = 0.12  # of the chart's height, above and below
SCALE = 2  # device pixels per CSS pixel
FONT = "Liberation Sans"  # travels inside vl-convert, so that every machine draws the same bytes


def specification(figures: DigestFigures, words: Catalogue, palette: Palette) -> dict[str, Any]:
    """Return the chart of bad and good experiences as a Vega-Lite specification, all its data in it."""
    step, shown = grain(figures.days), bars(figures)
    names = {bar.start.isoformat(): words.short_day(bar.start) for bar in shown}
    base = alt.Chart(alt.InlineData(values=list(_rows(shown, words, palette)))).encode(
        x=alt.X(
            "start:O", sort=None, title=None, axis=_time_axis(shown, step, names), scale=alt.Scale(paddingInner=0.22)
        )
    )
    colour = alt.Color("colour:N", legend=None, scale=None)
    # A few wide bars are read by the number at their end; many narrow ones need an axis.
    is_numbered = len(shown) <= MOST_NUMBERED
    columns = base.mark_bar(cornerRadiusEnd=2).encode(
        y=alt.Y(
            "height:Q",
            title=None,
            stack=None,
            axis=None if is_numbered else _count_axis(),
            scale=_count_scale(shown, is_numbered),
        ),
        color=colour,
        tooltip=[
            alt.Tooltip("label:N", title=words.say("chart.axis_day")),
            alt.Tooltip("name:N", title=words.say("chart.valence")),
            alt.Tooltip("count:Q", title=words.say("chart.axis_count")),
        ],
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=palette.muted, size=1).encode(y="zero:Q")
    layers: list[alt.Chart] = [columns, zero]
    if is_numbered:
        layers += _numbers(base, palette)
    layered = alt.layer(*layers).properties(
        width=WIDTH, height=HEIGHT, autosize=alt.AutoSizeParams(type="fit", contains="padding")
    )
    spec = cast("dict[str, Any]", json.loads(layered.configure(**_config(palette)).to_json()))
    spec["usermeta"] = {"embedOptions": {"actions": False}}
    return spec


def picture(specification: dict[str, Any]) -> bytes:
    """Return a chart as a PNG of 536 x 236 CSS pixels at two device pixels each, on an opaque ground."""
    return repack(vl_convert.vegalite_to_png(specification, scale=SCALE))


def vector(specification: dict[str, Any]) -> str:
    """Return a chart as SVG text, for the page when scripts are off."""
    return vl_convert.vegalite_to_svg(specification)


def interactive(specification: dict[str, Any]) -> dict[str, Any]:
    """Return the specification for the page: as wide as its place."""
    return {**specification, "width": "container"}


def _rows(shown: Iterable[Bar], words: Catalogue, palette: Palette) -> Iterable[dict[str, object]]:
    for bar in shown:
        for valence, count, sign in (("good", bar.good_count, 1), ("bad", bar.bad_count, -1)):
            yield {
                "start": bar.start.isoformat(),
                "label": words.day(bar.start, with_year=True),
                "valence": valence,
                "name": words.say(f"word.{valence}"),
                "count": count,
                "height": sign * count,
                "colour": getattr(palette, f"{valence}_{'fill' if bar.is_now else 'soft'}"),
            }


def _time_axis(shown: tuple[Bar, ...], step: Grain, names: dict[str, str]) -> alt.Axis:
    """Name the Mondays of a daily chart, every bar of a short one, else every few bars."""
    starts = [bar.start for bar in shown]
    if step == "day" and len(starts) > 14:
        named = [start for start in starts if start.isoweekday() == 1]
    else:
        named = starts[:: max(1, len(starts) // 8)]
    lookup = json.dumps(names, ensure_ascii=False)
    return alt.Axis(
        values=[start.isoformat() for start in named], labelExpr=f"({lookup})[datum.value]", labelAngle=0,
        labelPadding=8, ticks=False, domain=False, grid=False, labelOverlap=True,
    )  # fmt: skip


def _count_axis() -> alt.Axis:
    return alt.Axis(labelExpr="abs(datum.value)", tickCount=4, tickMinStep=1, ticks=False, domain=False)


def _count_scale(shown: tuple[Bar, ...], is_numbered: bool) -> alt.Scale:
    if not is_numbered:
        return alt.Scale(nice=True)
    good, bad = max(bar.good_count for bar in shown), max(bar.bad_count for bar in shown)
    # Room for the numbers: a share of the whole height beyond the longest bar on either side.
    room = max(good + bad, 1) * NUMBER_ROOM
    return alt.Scale(domain=[-bad - room, good + room], nice=False)


def _numbers(base: alt.Chart, palette: Palette) -> list[alt.Chart]:
    """Write the count at the end of each bar; a few wide bars are read faster than an axis."""
    return [
        base.transform_filter(f"datum.valence == '{valence}' && datum.count > 0")
        .mark_text(dy=dy, fontSize=13, fontWeight="bold", color=colour)
        .encode(y="height:Q", text="count:Q")
        for valence, dy, colour in (("good", -9, palette.good), ("bad", 10, palette.bad))
    ]


def _config(palette: Palette) -> dict[str, Any]:
    return {
        "background": palette.card,
        "font": FONT,
        "padding": {"left": 0, "right": 4, "top": 6, "bottom": 2},
        "view": alt.ViewConfig(stroke=None),
        "axis": alt.AxisConfig(labelColor=palette.muted, labelFontSize=14, gridColor=palette.line, gridWidth=1),
    }
