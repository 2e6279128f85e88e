"""A few simulated brands through all steps; the command that runs hundreds is benchmarks.calibration_pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binom

from benchmarks.calibration_pipeline import FIGURES, MARKERS, Measured, calibrate, tables, write_into
from benchmarks.calibration_world import CASES, Case

FAIR, BROKEN = CASES[0], CASES[-1]
BRANDS = {FAIR: 16, BROKEN: 10}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[Case, Measured]:
    return calibrate(BRANDS, worlds=1, seed=5, folder=Path(tmp_path_factory.mktemp("world")))


@pytest.mark.parametrize("column", FIGURES.values())
def test_ranges__hold_about_as_often_as_they_say(found: dict[Case, Measured], column: str) -> None:
    held = found[FAIR].held[column]
    assert len(held) >= 12
    assert sum(held) >= binom.ppf(0.001, len(held), 0.85)


def test_ranges__a_coverage_off_by_two_misses_levels_but_not_comparisons(found: dict[Case, Measured]) -> None:
    fair, broken = found[FAIR], found[BROKEN]
    assert broken.share("estimated_bad_count") < 0.5 < fair.share("estimated_bad_count")
    assert broken.share("good_per_bad") >= 0.6


def test_tables__take_their_place_between_the_markers(found: dict[Case, Measured], tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{MARKERS[0]}\nof old\n{MARKERS[1]}\nafter\n", encoding="utf-8")
    write_into(page, tables(found, seed=5))
    head, _, rest = page.read_text(encoding="utf-8").partition(MARKERS[0])
    middle, _, tail = rest.partition(MARKERS[1])
    assert (head, tail, "of old" in middle) == ("before\n", "\nafter\n", False)
    assert f"| experiences, bad | {found[FAIR].share('estimated_bad_count'):.1%}".replace("%", " %") in middle
    assert f"| {BROKEN.name} (10) |" in middle
