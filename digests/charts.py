"""Charts: one Altair specification gives the picture in the mail and the interactive chart on the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, cast

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from digests.catalogue import Catalogue
from digests.days import Bar, Grain, bars, grain
from digests.drivers import charted, title_of
from digests.facts import DigestFigures, Estimate
from digests.look import HEIGHT, WIDTH, Palette
from digests.png import repack

__all__ = ["driver_chart", "iceberg_chart", "interactive", "picture", "specification", "vector"]

MOST_NUMBERED = 12  # bars wide enough for a number each
NUMBER_ROOM = 0.12  # of the chart's height, above and below
SCALE = 2  # device pixels per CSS pixel
SIDE_ROOM = 0.16  # of the width, on either side, for the numbers at the bars' ends
LABEL_LIMIT = 190  # CSS pixels
BAR_STEP, BAR_MARGIN = 30, 8  # CSS pixels
FONT = "Liberation Sans"  # travels inside vl-convert, so that every machine draws the same bytes


@dataclass(frozen=True, slots=True)
class Reach:
    """One bar on either side of zero; `_seen` None where the whole bar has the full colour."""

    name: str
    bad: Estimate
    good: Estimate
    bad_seen: int | None = None
    good_seen: int | None = None


@debug_mode(False)
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
    return _finished(layered, palette)


def driver_chart(figures: DigestFigures, words: Catalogue, palette: Palette) -> dict[str, Any]:
    """Return the chart of exposures by driver, bad to the left and good to the right; see `digests.drivers.charted`."""
    bars = [
        Reach(title_of(words, one.key, one.title), one.bad.exposures, one.good.exposures) for one in charted(figures)
    ]
    return _diverging(bars, words, palette, words.say("drivers.reason"))


def iceberg_chart(figures: DigestFigures, words: Catalogue, palette: Palette) -> dict[str, Any]:
    """Return the chart of tellings by channel: what was seen in full colour, in front of what was probably told."""
    bars = [
        Reach(
            words.say(f"channel.{one.channel}"),
            one.bad_tellings,
            one.good_tellings,
            one.bad_count or 0,
            one.good_count or 0,
        )
        for one in figures.channels
    ]
    return _diverging(bars, words, palette, words.say("page.channel"))


@debug_mode(False)
def _diverging(reaches: Sequence[Reach], words: Catalogue, palette: Palette, what: str) -> dict[str, Any]:
    sides = (("bad", -1), ("good", 1))
    rows = []
    for reach in reaches:
        for valence, sign in sides:
            told: Estimate = getattr(reach, valence)
            seen = getattr(reach, f"{valence}_seen")
            point = told.point or 0
            length = (
                words.between(*(words.whole(end) for end in told.ends)) if told.is_known else words.say("word.none")
            )
            rows.append(
                {
                    "name": reach.name,
                    "told": sign * point,
                    "seen": sign * (point if seen is None else seen),
                    "side": words.say(f"word.{valence}"),
                    "range": length,
                    "point": words.whole(point) if point else "",
                    "sign": sign,
                    "soft": getattr(palette, f"{valence}_soft"),
                    "fill": getattr(palette, f"{valence}_fill"),
                    "ink": getattr(palette, valence),
                }
            )
    most = {sign: max((abs(row["told"]) for row in rows if row["sign"] == sign), default=0) for _, sign in sides}
    room = max(most[-1] + most[1], 1) * SIDE_ROOM
    base = alt.Chart(alt.InlineData(values=rows)).encode(
        y=alt.Y(
            "name:N", sort=None, title=None,
            axis=alt.Axis(labelLimit=LABEL_LIMIT, labelPadding=8, ticks=False, domain=False, grid=False),
        ),
        tooltip=[
            alt.Tooltip("name:N", title=what),
            alt.Tooltip("side:N", title=words.say("chart.valence")),
            alt.Tooltip("range:N", title=words.say("drivers.likely")),
        ],
    )  # fmt: skip
    scale = alt.Scale(domain=[-most[-1] - room, most[1] + room], nice=False)
    layers = [
        base.mark_bar(cornerRadiusEnd=2, height=18).encode(
            x=alt.X(f"{length}:Q", title=None, axis=None, stack=None, scale=scale),
            color=alt.Color(f"{colour}:N", legend=None, scale=None),
        )
        for length, colour in (("told", "soft"), ("seen", "fill"))
    ]
    layers += [
        base.transform_filter(f"datum.sign == {sign}")
        .mark_text(dx=6 * sign, align="left" if sign > 0 else "right", fontSize=13)
        .encode(x="told:Q", text="point:N", color=alt.Color("ink:N", legend=None, scale=None))
        for _, sign in sides
    ]
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color=palette.muted, size=1).encode(x="zero:Q")
    layered = alt.layer(*layers, zero).properties(
        width=WIDTH,
        height=BAR_STEP * len(reaches) + BAR_MARGIN,
        autosize=alt.AutoSizeParams(type="fit", contains="padding"),
    )
    return _finished(layered, palette)


def _finished(chart: alt.LayerChart | alt.FacetChart, palette: Palette) -> dict[str, Any]:
    # Whether it fits the schema does not depend on the data: a test asks, not every digest.
    spec = cast("dict[str, Any]", json.loads(chart.configure(**_config(palette)).to_json(validate=False)))
    spec["usermeta"] = {"embedOptions": {"actions": False}}
    return spec


def picture(specification: dict[str, Any]) -> bytes:
    """Return a chart as a PNG, 536 CSS pixels wide, at two device pixels each, on an opaque ground."""
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
