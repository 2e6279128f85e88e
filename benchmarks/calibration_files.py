"""What sources show of a simulated world: four files, a weights file with its confusion matrix, and the settings.

Reviews have stars; posts and messages have words that the classifier reads as what the telling's label says, rightly or
not. A brand that nobody asks about is told of to the last day, so that only the source that is lost falls silent.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.calibration_world import LABELS, LOST, SOURCES, Brand, Telling, World
from transforms.confusion import DEFAULT_WEIGHTS

__all__ = ["write_files"]

AS_OF = datetime(2026, 4, 20, tzinfo=UTC)  # later than the last day of the lost source by more than var silent_days
_FILLER = "elsewhere"
_KINDS = {"posts": "post", LOST: "post", "reviews": "review", "inbox": "message"}
_CHANNELS = {source: channel for channel, source in SOURCES.items()} | {LOST: "online"}
_STARS = {"bad": 1, "neutral": 3, "good": 5}
_COLUMNS = ("id", "author", "date", "rating", "text", "brand", "repost_of", "repost_count")
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]
_PLAIN = {  # words that nobody could misread
    "bad": ("terrible", "awful", "worst", "rude"),
    "neutral": ("the", "on", "at", "monday"),
    "good": ("great", "excellent", "wonderful", "friendly"),
}


def write_files(world: World, folder: Path, *, seed: int) -> Path:
    """Write everything into a folder and return the settings file."""
    rng = np.random.default_rng(seed)
    for source in _KINDS:
        with (folder / f"{source}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_COLUMNS)
            for brand in world.brands:
                writer.writerows(_rows(rng, brand, source))
            if source != LOST:
                writer.writerow((f"last of {source}", "nobody", AS_OF.isoformat(), "", "the end", _FILLER, "", ""))
    _write_weights(world, folder / "weights.tsv")
    config = folder / "grapevine.toml"
    config.write_text("\n".join(_settings(world.brands)), encoding="utf-8")
    return config


def _rows(rng: np.random.Generator, brand: Brand, source: str) -> Iterator[tuple[object, ...]]:
    texts: dict[str, str] = {}
    for row in brand.tellings:
        if row.source != source:
            continue
        text = texts.setdefault(row.repost_of or row.copy_of or row.native_id, _text(rng, row.label))
        yield _row(brand.key, row, text)


def _row(brand: str, row: Telling, text: str) -> tuple[object, ...]:
    stars = _STARS[row.label] if row.has_stars else ""
    passed_on = "" if row.repost_count is None else row.repost_count
    author = f"author of {row.native_id}"
    return row.native_id, author, row.told_at.isoformat(), stars, text, brand, row.repost_of or "", passed_on


def _text(rng: np.random.Generator, label: str) -> str:
    """Words of one's own, or near copies would be counted once, and between them some that say what it was."""
    text = ["".join(_SYLLABLES[n] for n in rng.integers(0, len(_SYLLABLES), 3)) for _ in range(8)]
    for word in _PLAIN[label]:
        text.insert(int(rng.integers(0, len(text) + 1)), word)
    return " ".join(text)


def _write_weights(world: World, path: Path) -> None:
    """The default weights, as if they had been tried on texts of these brands."""
    counts = {actual: dict(zip(LABELS, row, strict=True)) for actual, row in zip(LABELS, world.confusion, strict=True)}
    facts = f"# confusion: {json.dumps(counts)}\n# measured_on: simulated texts\n"
    path.write_text(facts + DEFAULT_WEIGHTS.read_text(encoding="utf-8"), encoding="utf-8")


def _settings(brands: Sequence[Brand]) -> Iterator[str]:
    keys = [*(brand.key for brand in brands), _FILLER]
    yield f'as_of = "{AS_OF.isoformat()}"'
    yield "sample = true"
    yield '[classifier]\nweights = "weights.tsv"'
    for key in keys:
        yield f'[[brands]]\nname = "{key}"\nkey = "{key}"'
    for source, kind in _KINDS.items():
        yield f'[[sources]]\nconnector = "files"\nname = "{source}"\npath = "{source}.csv"\nkind = "{kind}"'
        yield f'channel = "{_CHANNELS[source]}"\nlanguage = "en"\ntime_zone = "UTC"\nrating_scale = "1-5"'
        yield '[sources.columns]\nid = "id"\nauthor = "author"\ntext = "text"\npublished_at = "date"\nrating = "rating"'
        yield 'brand = "brand"\nrepost_of = "repost_of"\nrepost_count = "repost_count"\n[sources.brands.map]'
        yield from (f'"{key}" = "{key}"' for key in keys)
    for brand in brands:
        for line in brand.coverage:
            yield f'[[coverage]]\nbrand = "{brand.key}"\nsource = "{line.source}"'
            yield f"low = {line.low}\nmode = {line.mode}\nhigh = {line.high}"
            if line.since:
                yield f"from = {line.since}"
