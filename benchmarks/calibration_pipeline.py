"""The same question of the whole house: simulated customers write, sources show a part, the steps run, marts answer.

    python -m benchmarks.calibration_pipeline [--brands 240] [--seed 1]

Writes three files (posts, reviews, an inbox) for so many brands and two weeks, with copies and a coverage that changes
in the second week for some brands; runs pull, load, score, build and publish on them; and compares marts.brand_period
with what happened. Each brand draws its own rates, audiences and coverage, as in benchmarks.calibration.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from transforms.rates import VALENCES, Channel, Profile, Valence, load_profile

__all__ = ["World", "measure", "run_pipeline", "simulate"]

WEEKS = (date(2026, 3, 2), date(2026, 3, 9))  # Mondays
AS_OF = "2026-03-17T00:00:00Z"
SOURCES: Mapping[Channel, tuple[str, str]] = {
    "online": ("posts", "post"), "review_site": ("reviews", "review"), "company": ("inbox", "message"),
}  # fmt: skip
COPIED = 0.1  # share of mentions that somebody else repeats word for word
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
CHANGED = 0.3  # share of brands whose coverage of reviews is another in the second week


@dataclass
class World:
    """What happened, and what was believed of the coverage.

    Attributes:
        truth: by brand and figure.
        coverage: rows of [[coverage]]: brand, source, from, low, mode, high.
    """

    truth: dict[str, dict[str, float]] = field(default_factory=dict)
    coverage: list[tuple[str, str, date | None, float, float, float]] = field(default_factory=list)


def simulate(folder: Path, *, brands: int, seed: int) -> World:
    """Write the files as sources would, and return the world they come from."""
    rng, book, world = np.random.default_rng(seed), load_profile("dr2013"), World()
    files = {
        channel: (folder / f"{name}.csv").open("w", encoding="utf-8", newline="")
        for channel, (name, _) in SOURCES.items()
    }
    writers = {channel: csv.writer(file) for channel, file in files.items()}
    for writer in writers.values():
        writer.writerow(("id", "author", "date", "rating", "text", "brand"))
    for number in range(brands):
        _brand(f"Brand {number}", book, rng, world, writers)
    for file in files.values():
        file.close()
    return world


def _brand(name: str, book: Profile, rng: np.random.Generator, world: World, writers: Mapping[Channel, Any]) -> None:
    key = name.lower().replace(" ", "-")
    kappa = {channel: [_coverage(rng, world, key, source, None)] * 2 for channel, (source, _) in SOURCES.items()}
    if rng.random() < CHANGED:
        kappa["review_site"] = [kappa["review_site"][0], _coverage(rng, world, key, "reviews", WEEKS[1])]
    audience = {
        channel: rng.gamma(rate.audience_shape, rate.audience_mean / rate.audience_shape)
        for channel, rate in book.rates["bad"].items()
    }
    truth = world.truth[key] = {}
    for valence in VALENCES:
        rates = {channel: rng.beta(rate.alpha, rate.beta) for channel, rate in book.rates[valence].items()}
        base = np.exp(rng.uniform(np.log(60), np.log(1500)))
        means = (base, base * np.exp(rng.normal(0, 0.3)))
        for week, mean in enumerate(means):
            happened = int(rng.poisson(mean))
            for channel, writer in writers.items():
                shown = rng.binomial(happened, rates[channel] * kappa[channel][week])
                writer.writerows(_mentions(rng, name, valence, channel, WEEKS[week], int(shown)))
            if week == 1:
                truth[f"estimated_{valence}_count"] = happened
                truth[f"{valence}_exposure_count"] = happened * sum(rates[c] * audience[c] for c in rates)
        truth[f"{valence}_change_ratio"] = means[1] / means[0]
    bad, good = (truth[f"estimated_{valence}_count"] for valence in VALENCES)
    truth["good_per_bad"], truth["adjusted_positive_share"] = good / max(bad, 1), good / max(bad + good, 1)


def _coverage(rng: np.random.Generator, world: World, brand: str, source: str, since: date | None) -> float:
    mode = rng.uniform(0.2, 0.8)
    low, high = mode * rng.uniform(0.6, 0.95), mode + (1 - mode) * rng.uniform(0.05, 0.4)
    world.coverage.append((brand, source, since, low, mode, high))
    return float(rng.triangular(low, mode, high))


def _mentions(
    rng: np.random.Generator, brand: str, valence: Valence, channel: Channel, week: date, count: int
) -> Iterator[tuple[str, str, str, int, str, str]]:
    """Rows of a file; some are repeated by others, which must not count."""
    for number in range(count):
        own = f"{brand}/{valence}/{channel}/{week}/{number}"
        when = datetime(week.year, week.month, week.day, tzinfo=UTC) + timedelta(
            seconds=float(rng.uniform(0, 7 * 86400 - 3600))
        )
        # words of one's own, or near copies would be counted once
        text = " ".join("".join(rng.choice(_SYLLABLES, 3)) for _ in range(12))
        rating = 1 if valence == "bad" else 5
        yield own, f"author of {own}", when.isoformat(), rating, text, brand
        if rng.random() < COPIED:
            yield f"{own}/copy", f"copier of {own}", (when + timedelta(minutes=30)).isoformat(), rating, text, brand


def run_pipeline(folder: Path, world: World) -> Path:
    """Write the settings, take the steps from pull to publish, and return the published database."""
    lines = [f'as_of = "{AS_OF}"', "sample = true"]
    for brand in world.truth:
        lines += ["[[brands]]", f'name = "{brand.replace("-", " ").capitalize()}"', f'key = "{brand}"']
    for channel, (name, kind) in SOURCES.items():
        lines += [
            "[[sources]]", 'connector = "files"', f'name = "{name}"', f'path = "{name}.csv"', f'kind = "{kind}"',
            f'channel = "{channel}"', 'language = "en"', 'time_zone = "UTC"', 'rating_scale = "1-5"',
            "[sources.columns]", 'id = "id"', 'author = "author"', 'text = "text"', 'published_at = "date"',
            'rating = "rating"', 'brand = "brand"',
            "[sources.brands.map]", *(f'"{b.replace("-", " ").capitalize()}" = "{b}"' for b in world.truth),
        ]  # fmt: skip
    for brand, source, since, low, mode, high in world.coverage:
        lines += ["[[coverage]]", f'brand = "{brand}"', f'source = "{source}"', *([f"from = {since}"] if since else [])]
        lines += [f"low = {low}", f"mode = {mode}", f"high = {high}"]
    config, home = folder / "grapevine.toml", folder / "home"
    config.write_text("\n".join(lines), encoding="utf-8")
    for step in ("pull", "load", "score", "build", "publish"):
        subprocess.run(
            [str(Path(sys.executable).parent / "grapevine"), "--home", str(home), step, "--config", str(config)],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
    return home / "published" / "current" / "grapevine.duckdb"


def measure(published: Path, world: World) -> dict[str, tuple[float, int]]:
    """Return, by figure, the share of ranges of the second week that hold the truth, and how many there were."""
    with duckdb.connect(str(published), read_only=True) as database:
        rows = database.execute(
            "select * from marts.brand_period where period_kind = 'week' and period_start_date = ?", [WEEKS[1]]
        )
        columns = [column[0] for column in rows.description or ()]
        found = {row[columns.index("brand")]: dict(zip(columns, row, strict=True)) for row in rows.fetchall()}
    hits: dict[str, list[bool]] = {}
    for brand, truth in world.truth.items():
        for figure, value in truth.items():
            low, high = (found[brand][f"{figure}_{end}"] for end in ("low", "high"))
            if low is not None and high is not None:
                hits.setdefault(figure, []).append(low <= value <= high)
    return {figure: (sum(held) / len(held), len(held)) for figure, held in hits.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brands", type=int, default=240)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        world = simulate(Path(made), brands=options.brands, seed=options.seed)
        published = run_pipeline(Path(made), world)
        print(f"{'figure of one week':32}{'90 % ranges that hold the truth':>32}{'ranges':>8}")
        for figure, (share, count) in measure(published, world).items():
            print(f"{figure:32}{share:>32.1%}{count:>8}")


if __name__ == "__main__":
    main()
