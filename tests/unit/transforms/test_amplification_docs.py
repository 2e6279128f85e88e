"""docs/amplification.md says what the code does: its example runs, and its figures are those of the model."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

from transforms.amplification import amplify, exposures_per_mention
from transforms.rates import load_profile, profile_names
from transforms.recovery import recovery_range
from transforms.sensitivity import exposure_parts

PAGE = Path(__file__).parents[3] / "docs" / "amplification.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())
BOOK = load_profile("dr2013")
MODULES = (
    "amplification", "audience", "coverage", "linked", "pooling", "prevalence", "ranges", "ratios", "recovery",
    "sensitivity", "spread", "stars", "value",
)  # fmt: skip


def test_page__its_example_runs() -> None:
    tests = doctest.DocTestParser().get_doctest(PAGE.read_text(encoding="utf-8"), {}, PAGE.name, str(PAGE), 0)
    failed, tried = doctest.DocTestRunner(verbose=False).run(tests)
    assert tried == 4
    assert failed == 0


@pytest.mark.parametrize("name", profile_names())
def test_page__every_profile_is_told(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_page__its_figures_are_the_models() -> None:
    bad = amplify(bad=35, good=0, channel="review_site")["bad"]
    break_even = recovery_range(BOOK)
    parts = {channel: part for channel, part, _ in exposure_parts(BOOK, "bad")}
    assert f"1.47 (90 % range {break_even.low:.2f} to {break_even.high:.2f})" in TEXT
    assert f"rest to {parts['online']:.0%}".replace("%", " %") in TEXT
    high = float(f"{bad['experiences_high']:.2g}")
    assert f"between {bad['experiences_low']:.0f} and {high:.0f} customers" in TEXT
    assert "163 bad, 169 good" in TEXT
    assert [round(exposures_per_mention("review_site", BOOK.rates[v])) for v in ("bad", "good")] == [163, 169]


def test_page__its_pictures_are_there() -> None:
    pictures = [part.split(")")[0] for part in PAGE.read_text(encoding="utf-8").split("](images/")[1:]]
    assert len(pictures) == 3
    assert all((PAGE.parent / "images" / picture).stat().st_size > 1000 for picture in pictures)


@pytest.mark.parametrize("module", MODULES)
def test_module__its_worked_example_runs(module: str) -> None:
    failed, tried = doctest.testmod(importlib.import_module(f"transforms.{module}"))
    assert tried > 0
    assert failed == 0
