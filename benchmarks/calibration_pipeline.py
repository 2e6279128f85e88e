"""The same question of the whole house: simulated customers write, sources show a part, the steps run, marts answer.

    python -m benchmarks.calibration_pipeline [--brands 200] [--others 80] [--worlds 8] [--seed 1] [--write PAGE]

Runs pull, load, score, build and publish on the files of `benchmarks.calibration_files` and compares the second week of
marts.brand_period with what happened (`benchmarks.calibration_world`). Each world has a classifier of its own, so that
one lucky confusion matrix does not decide for all brands. In the fair case 85 to 95 of 100 ranges must hold; with
frozen rates at least 90 of the levels; the broken cases are misses, told as they are, beside how often the channels'
disagreement (Q) is noticed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from benchmarks.calibration_files import write_files
from benchmarks.calibration_world import CASES, WEEKS, Case, World, draw_world

__all__ = ["FIGURES", "MARKERS", "Measured", "calibrate", "measure", "run_pipeline", "tables", "write_into"]

MARKERS = "<!-- calibration: begin -->", "<!-- calibration: end -->"

FIGURES = {
    "experiences, bad": "estimated_bad_count",
    "experiences, good": "estimated_good_count",
    "exposures, bad": "bad_exposure_count",
    "exposures, good": "good_exposure_count",
    "second hand, bad": "bad_second_hand_count",
    "second hand, good": "good_second_hand_count",
    "good per bad": "good_per_bad",
    "positive share": "adjusted_positive_share",
    "change, bad": "bad_change_ratio",
    "change, good": "good_change_ratio",
}


@dataclass
class Measured:
    """What the marts said of the brands of one case.

    Attributes:
        held: by column, whether each range holds the truth.
        width: by column, high by low (of the share: high less low), where low is above 0.
        noticed: by brand, whether its channels disagree.
    """

    held: dict[str, list[bool]] = field(default_factory=lambda: {column: [] for column in FIGURES.values()})
    width: dict[str, list[float]] = field(default_factory=lambda: {column: [] for column in FIGURES.values()})
    noticed: list[bool] = field(default_factory=list)

    def share(self, column: str) -> float:
        """Return the share of ranges that hold the truth, 0..1; not a number without any."""
        return float(np.mean(self.held[column])) if self.held[column] else float("nan")


def calibrate(
    brands: Mapping[Case, int], *, worlds: int, seed: int, folder: Path | None = None
) -> dict[Case, Measured]:
    """Run so many worlds, the brands of each case spread over them, and say how their ranges did."""
    found = {case: Measured() for case in brands}
    for number in range(worlds):
        part = {case: count // worlds + (number < count % worlds) for case, count in brands.items()}
        with tempfile.TemporaryDirectory(dir=folder) as made:
            world = draw_world(part, seed=1000 * seed + number)
            measure(run_pipeline(world, Path(made), seed=seed), world, found)
    return found


def run_pipeline(world: World, folder: Path, *, seed: int) -> Path:
    """Write the files, take the steps from pull to publish, and return the published database."""
    from grapevine import pipeline

    config = write_files(world, folder, seed=seed)
    workspace = pipeline.Workspace.open(config=config, home=folder / "home")
    pipeline.pull(workspace)
    pipeline.load(workspace)
    pipeline.score(workspace)
    pipeline.build(workspace)
    pipeline.publish(workspace)
    return workspace.home.published_file


def measure(published: Path, world: World, found: Mapping[Case, Measured]) -> None:
    """Add what the second week of a published world says to what was found."""
    with duckdb.connect(str(published), read_only=True) as database:
        rows = database.execute(
            "select * from marts.brand_period where period_kind = 'week' and period_start_date = ?", [WEEKS[1]]
        )
        columns = [column[0] for column in rows.description or ()]
        told = {row[columns.index("brand")]: dict(zip(columns, row, strict=True)) for row in rows.fetchall()}
    for brand in world.brands:
        _compare(told[brand.key], brand.truth, found[brand.case])


def _compare(row: Mapping[str, Any], truth: Mapping[str, float], found: Measured) -> None:
    found.noticed.append(bool(row["is_disagreeing"]))
    for column in FIGURES.values():
        low, high = row[f"{column}_low"], row[f"{column}_high"]
        if low is None or high is None:
            continue
        found.held[column].append(low <= truth[column] <= high)
        if low > 0:
            found.width[column].append(high - low if column == "adjusted_positive_share" else high / low)


def tables(found: Mapping[Case, Measured], *, seed: int) -> str:
    """Return what came out as two Markdown tables, as docs/amplification.md shows them."""
    fair = found[CASES[0]]
    lines = [
        f"{len(fair.noticed)} brands, seed {seed}; one week of each.",
        "",
        "| figure, 90 % range | held the truth | ranges | median width |",
        "|---|---|---|---|",
    ]
    for name, column in FIGURES.items():
        width = f"{np.median(fair.width[column]):.2f}"
        said = f"{100 * float(width):.0f} points" if column == "adjusted_positive_share" else f"high = {width} x low"
        lines.append(f"| {name} | {fair.share(column):.1%} | {len(fair.held[column])} | {said} |")
    short = [name for name in FIGURES if not name.startswith("second")]
    lines += ["", f"| held, by case | {' | '.join(short)} | Q notices |", "|---" * (len(short) + 2) + "|"]
    for case, measured in found.items():
        shares = " | ".join(f"{measured.share(FIGURES[name]):.0%}" for name in short)
        lines.append(f"| {case.name} ({len(measured.noticed)}) | {shares} | {np.mean(measured.noticed):.0%} |")
    return "\n".join(lines).replace("%", " %").replace("90  %", "90 %")


def write_into(page: Path, text: str) -> None:
    """Put the tables between the page's markers."""
    head, _, rest = page.read_text(encoding="utf-8").partition(f"{MARKERS[0]}\n")
    _, _, tail = rest.partition(f"{MARKERS[1]}\n")
    page.write_text(f"{head}{MARKERS[0]}\n{text}\n{MARKERS[1]}\n{tail}", encoding="utf-8")


def main() -> None:
    """Print the tables, and put them into a page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brands", type=int, default=200, help="of the fair case")
    parser.add_argument("--others", type=int, default=80, help="of each other case; 0 leaves them out")
    parser.add_argument("--worlds", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", type=Path, help="a page that has the markers, docs/amplification.md")
    options = parser.parse_args()
    brands = {case: options.brands if case == CASES[0] else options.others for case in CASES}
    found = calibrate({case: n for case, n in brands.items() if n}, worlds=options.worlds, seed=options.seed)
    text = tables(found, seed=options.seed)
    print(text)
    if options.write:
        write_into(options.write, text)


if __name__ == "__main__":
    main()
