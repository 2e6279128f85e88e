"""The pictures of docs/amplification.md, from the model itself:  python -m benchmarks.pictures"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import altair as alt
import vl_convert

from transforms.amplification import Count, amplify
from transforms.coverage import triangular
from transforms.rates import load_profile
from transforms.recovery import recovery_bases
from transforms.sensitivity import tornado

__all__ = ["pictures"]

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "images"
BAD, GOOD, PALE = "#b3452c", "#2f6f8f", "#d9d4cc"
_MARKS = {"V": "read", "S": "reported", "A": "assumed", "D": "derived", "M": "from memory", "own": "your own"}


def pictures() -> dict[str, Any]:
    """Return the charts by file name."""
    return {
        "amplification-behind.svg": _behind(),
        "amplification-break-even.svg": _break_even(),
        "amplification-tornado.svg": _tornado(),
    }


def _behind() -> Any:
    found = amplify(bad=35, good=0, channel="review_site")["bad"]
    rows = [
        _row("reviews seen", 35.0, 35.0, 35.0),
        _row("bad experiences", found["experiences"], found["experiences_low"], found["experiences_high"]),
        _row("exposures", found["exposures"], found["exposures_low"], found["exposures_high"]),
    ]
    scale = alt.Scale(type="log", domain=[20, 100000])
    axis = alt.Axis(values=[30, 100, 300, 1000, 3000, 10000, 30000], format=",")
    base = alt.Chart(alt.Data(values=rows)).encode(y=alt.Y("what:N", sort=None, title=None))
    ends = base.mark_rule(strokeWidth=10, color=PALE).encode(
        x=alt.X("low:Q", scale=scale, axis=axis, title=None), x2="high:Q"
    )
    points = base.mark_point(filled=True, size=90, color=BAD).encode(x=alt.X("count:Q", scale=scale))
    words = base.mark_text(align="left", dx=8).encode(x=alt.X("high:Q", scale=scale), text="words:N")
    title = "35 bad reviews: what stands behind them, and the 90 % range"
    return (ends + points + words).properties(width=460, height=120, title=title)


def _row(what: str, count: float, low: float, high: float) -> dict[str, float | str]:
    words = f"{count:,.0f}" if low == high else f"{count:,.0f}  ({low:,.0f} to {high:,.0f})"
    return {"what": what, "count": count, "low": low, "high": high, "words": words}


def _break_even() -> Any:
    rows = [{"basis": basis.says, "ratio": basis.ratio} for basis in recovery_bases(load_profile("dr2013"))]
    base = alt.Chart(alt.Data(values=rows)).encode(
        y=alt.Y("basis:N", sort=None, title=None, axis=alt.Axis(labelLimit=320))
    )
    bars = base.mark_bar(color=PALE).encode(
        x=alt.X("ratio:Q", title="good experiences told as far as one bad", scale=alt.Scale(domain=[0, 2.4]))
    )
    words = base.mark_text(align="left", dx=4).encode(x="ratio:Q", text=alt.Text("ratio:Q", format=".2f"))
    twice = alt.Chart(alt.Data(values=[{"x": 2}])).mark_rule(color=BAD, strokeDash=[4, 3]).encode(x="x:Q")
    return (bars + words + twice).properties(
        width=420, title="How many good for one bad: every published basis; the line is 'twice'"
    )


def _tornado() -> Any:
    coverage = triangular(0.3, 0.5, 0.7)
    counts = {"bad": [Count("review_site", 35, coverage)], "good": [Count("review_site", 60, coverage)]}
    bars = tornado(counts, load_profile("dr2013"), figure="bad_exposures", known={"review_site": (0.36, 0.64)})[:7]  # type: ignore[arg-type]
    rows = [{"what": bar.name, "low": bar.low, "high": bar.high, "sure": _MARKS[bar.mark]} for bar in bars]
    chart = alt.Chart(alt.Data(values=rows)).mark_bar(height=16).encode(
        y=alt.Y("what:N", sort=None, title=None, axis=alt.Axis(labelLimit=320)),
        x=alt.X("low:Q", title="exposures to 35 bad reviews' experiences", scale=alt.Scale(zero=False)), x2="high:Q",
        color=alt.Color("sure:N", title="the input is", scale=alt.Scale(range=[BAD, GOOD, "#9aa0a6", "#c9a24b"])),
    )  # fmt: skip
    return chart.properties(width=420, title="Measure the top one first: each input at its 5 % and 95 % end")


def main() -> None:
    """Write the pictures."""
    for name, chart in pictures().items():
        (FOLDER / name).write_text(vl_convert.vegalite_to_svg(chart.to_json()), encoding="utf-8")


if __name__ == "__main__":
    main()
