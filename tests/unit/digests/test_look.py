"""How a digest looks: held by a golden file, and by a real browser where one is installed."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from digests.across import html, tell_across, web
from digests.brevity import word_count
from digests.build import build_digest
from digests.figures import read
from digests.options import DigestOptions
from digests.periods import Period
from digests.png import repack
from records.home import Home

MONDAY = date(2026, 11, 9)
WEEK = Period(MONDAY)
GOLDEN = Path(__file__).parent / "golden"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
Publish = Callable[..., Path]
Weeks = Callable[..., dict[date, tuple[int, int]]]
Mention = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home, made_once: Callable[..., Path]) -> Path:
    """A digest with every section in it, and what it was made of."""

    def make(kept: Path) -> None:
        full_digest(publish, eight_weeks, mention, home)
        home.root.rename(kept / "home")

    shutil.copytree(made_once("digest", make) / "home", home.root, symlinks=True)
    return home.digests / WEEK.name / "acme"


def full_digest(publish: Publish, eight_weeks: Weeks, mention: Mention, home: Home) -> Path:
    """Build a digest with every section in it."""
    rows = [
        mention(
            1,
            drivers="on_hold, rude_or_indifferent",
            emotions="disrespected",
            view_count=4200,
            exposure_count=4200.0,
            like_count=12,
            has_reply=False,
        ),
        mention(
            2,
            label="good",
            title="Fixed in a day",
            rating=5,
            rating_max=5,
            helpful_count=3,
            is_recovered=True,
            drivers="ease",
            emotions="valued",
            is_wow=True,
        ),
        mention(3, text="خدمة سيئة جدا", url=None, like_count=2),
        mention(
            4,
            text=f"Never <img src=x onerror=top.document.title=1> {'x' * 400}",
            follower_count=900,
            url="https://long.example/" + "a" * 300,
        ),
    ]
    rows += [mention(n, brand="rival" if n % 2 else "acme", has_reply=True) for n in range(10, 50)]
    publish(
        eight_weeks((14, 26), (22, 27)), tuple(rows), rivals={"rival": "Rival & Sons"},
        voices={"acme": 23, "rival": 20},
        is_sample=True, owner="Care", owners={"service": "Ada"}, recovered=(5.0,),
        drivers={"on_hold": (40, 0, 14, 0), "scripted": (22, 0, 20, 1), "ease": (3, 31, 2, 30),
                 "ownership": (0, 8, 0, 2)},
        actions=({"driver": "on_hold", "driver_title": "On hold", "note": "Call back offered", "day_count": 7,
                  "bad_count_before": 14, "bad_count_after": 40, "is_bad_change_finding": True,
                  "bad_change_ratio": 2.86, "bad_change_ratio_low": 1.7, "bad_change_ratio_high": 4.7,
                  "from_date": MONDAY},),
        is_coverage_known=False, sources=(("reviews", "complete", None, 2), ("forum", "failed", "it answered 503", 0)),
    )  # fmt: skip
    with duckdb.connect(str(home.published_file)) as con:
        con.execute(
            "insert into marts.alert (alert_id, brand, figure, opened_date, closed_date, is_open, observed_value, "
            "expected_value, usual_high_value, day_count) "
            "values ('a', 'acme', 'bad_count', ?, ?, false, 61, 27.4, 38, 2)",
            [date(2026, 11, 10), date(2026, 11, 13)],
        )
    return build_digest(home, "acme", WEEK, DigestOptions(feedback="care@acme.example"))


@pytest.mark.parametrize("name", ["mail.html", "mail.txt"])
def test_golden__the_mail_is_as_it_was(folder: Path, name: str) -> None:
    """Rewritten by `GRAPEVINE_WRITE_GOLDEN=1 pytest tests/unit/digests/test_look.py`; read the difference."""
    if os.environ.get("GRAPEVINE_WRITE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        shutil.copy(folder / name, GOLDEN / name)
    assert (folder / name).read_text("utf-8") == (GOLDEN / name).read_text("utf-8")


def test_mail__is_short(folder: Path) -> None:
    """At most 450 words without the small print; a full digest with five quotes is the longest there is."""
    text = (folder / "mail.txt").read_text("utf-8")
    told, _, _ = text.partition("ABOUT THESE FIGURES")
    assert word_count(told) <= 450


@pytest.mark.parametrize("name", ["days-light.png", "days-dark.png"])
def test_chart__is_opaque_and_shows_both_colours(folder: Path, name: str) -> None:
    pixels = decoded((folder / name).read_bytes())
    assert pixels.shape == (472, 1072, 4)
    assert (pixels[..., 3] == 255).all()
    light = name == "days-light.png"
    for colour in ("d55e00", "0072b2", "efc6a6", "a9cfe6") if light else ("f0803c", "4ba6e0", "70452b", "2e556e"):
        share = (pixels[..., :3] == np.frombuffer(bytes.fromhex(colour), np.uint8)).all(axis=-1).mean()
        assert 0.01 < share < 0.5
    assert len((folder / name).read_bytes()) < 60_000


def test_repack__keeps_every_pixel(folder: Path) -> None:
    png = (folder / "days-light.png").read_bytes()
    assert repack(png) == png
    with pytest.raises(ValueError, match="a PNG starts with its signature"):
        repack(b"GIF89a")


@pytest.mark.parametrize("page", ["mail.html", "page.html", "across.html", "across_page.html"])
def test_browser__fits_every_width_in_light_and_dark(folder: Path, home: Home, tmp_path: Path, page: str) -> None:
    """Nothing is wider than its window at 320 and 600 px, and no hostile word runs."""
    browser = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if page.startswith("across"):
        told = tell_across([read(home.current, "acme", WEEK)] * 8, DigestOptions())
        (folder / page).write_text(html(told) if page == "across.html" else web(told), "utf-8")
    if browser is None:
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed")
    frames = "".join(
        f'<iframe src="{(folder / page).as_uri()}" width="{width}" height="900"></iframe>' for width in (320, 600)
    )
    look = tmp_path / "look.html"
    look.write_text(
        f"<body>{frames}<script>onload = () => document.title = [...document.querySelectorAll('iframe')].map("
        "frame => frame.contentDocument.documentElement.scrollWidth).join()</script></body>"
    )
    for scheme in ("0", "1"):
        done = subprocess.run(
            [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--allow-file-access-from-files",
             f"--user-data-dir={tmp_path / 'profile'}", f"--blink-settings=preferredColorScheme={scheme}",
             "--virtual-time-budget=3000", "--dump-dom", look.as_uri()],
            capture_output=True, text=True, timeout=120, check=True,
        )  # fmt: skip
        assert re.findall(r"<title>(.*?)</title>", done.stdout) == ["320,600"]


def decoded(png: bytes) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Decode the one kind of PNG that vl-convert writes: 8-bit RGBA, each line filtered by its left neighbour."""
    width, height, depth, kind = struct.unpack_from(">IIBB", png, 16)
    assert (depth, kind) == (8, 6)
    start = png.index(b"IDAT")
    (length,) = struct.unpack_from(">I", png, start - 4)
    raw = np.frombuffer(zlib.decompress(png[start + 4 : start + 4 + length]), np.uint8).reshape(height, width * 4 + 1)
    assert set(raw[:, 0]) <= {0, 1}
    lines = raw[:, 1:].reshape(height, width, 4)
    summed = np.cumsum(lines, axis=1, dtype=np.uint64).astype(np.uint8)
    return np.where(raw[:, :1, None] == 1, summed, lines)
