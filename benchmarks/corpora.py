"""The labelled corpora of ../shared/data, as the classifier is fitted to them and measured on them.

What may be learned from: VADER's ground truth (MIT), the Skytrax compilation (CC0 for the compilation), and the texts
written for this project (`written_texts.tsv`). The airline tweets (CC BY-NC-SA) and the McDonald's complaints (no
licence stated) are only ever measured. Texts are not written anywhere.

Two thirds of the Skytrax labels of the early years are no labels: `recommended` is 0 wherever nobody was asked, and
ratings were carried over from another scale, so that glowing reports are marked down. Learned from here is what has a
rating and a year from which on the two agree; what is middling is neutral.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np

from transforms.evaluation import SPELLINGS
from transforms.experience import LABELS
from transforms.features import read_all
from transforms.training import Corpus

__all__ = [
    "AIRLINE_NAMES",
    "SKYTRAX",
    "airline_tweets",
    "complaints",
    "recommended",
    "rows",
    "training_corpora",
    "written",
]

WRITTEN = Path(__file__).parent / "written_texts.tsv"
WRITTEN_WEIGHT = 0.4  # with more, single texts leave their mark on words
WRITTEN_NAMES = (  # invented ones, in place of brands: a brand's name shall have no weight
    "Norvik", "Lumeo", "Quickwren", "Bramblex", "Tessaro", "Ovelle", "Pinnio", "Karsk", "Velmo", "Dunmark", "Zephra",
    "Thistlepost", "Havelo", "Mirrow",
)  # fmt: skip

NEUTRAL_BELOW = 0.5  # of |mean rating|, -4..4
SCALE = 1500.0  # what a corpus of weight 1 counts, in texts
GROUND_TRUTH = {"tweets": 1.0, "amazonReviewSnippets": 1.0, "movieReviewSnippets": 0.2, "nytEditorialSnippets": 0.2}
SKYTRAX = {"airline": 0.5, "airport": 0.4, "lounge": 0.4, "seat": 0.4}
FIRST_YEAR = {"airline": "2010", "airport": "2012", "lounge": "2012", "seat": "2009"}
RATING_MAX = {"airline": 10.0, "airport": 10.0, "lounge": 5.0, "seat": 10.0}
CUT_POINTS = {10.0: (4.0, 7.0), 5.0: (2.0, 4.0)}  # highest bad, lowest good
AIRLINE_NAMES = (
    "US Airways",
    "American",
    "American Airlines",
    "United",
    "Delta",
    "Southwest",
    "Virgin America",
    "JetBlue",
)


def training_corpora(folder: Path) -> list[Corpus]:
    """Return everything that the default weights may be learned from."""
    published = [_ground_truth(folder, name) for name in GROUND_TRUTH] + [_skytrax(folder, name) for name in SKYTRAX]
    return [*published, written()]


def written() -> Corpus:
    """Return the texts that were written for this project."""
    lines = [line for line in WRITTEN.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    found = [line.split("\t") for line in lines[1:]]
    labels = np.array([LABELS.index(label) for _, label, _ in found])
    readings = read_all([text for _, _, text in found], [WRITTEN_NAMES] * len(found))
    return Corpus("written", readings, labels, WRITTEN_WEIGHT * SCALE, has_neutral=True)


def airline_tweets(folder: Path) -> Corpus:
    """Return the tweets to airlines, for measuring only."""
    found = rows(folder / "airline_tweets_dev.csv.gz")
    labels = [LABELS.index(SPELLINGS[row["airline_sentiment"]]) for row in found]
    readings = read_all([row["text"] for row in found], [AIRLINE_NAMES] * len(found))
    return Corpus("airline tweets", readings, np.array(labels), 0.0, has_neutral=True)


def complaints(folder: Path) -> Corpus:
    """Return reviews that were collected because they complain, for measuring only."""
    found = rows(folder / "mcdonalds_yelp_complaint_reasons.csv.gz")
    readings = read_all([row["review"] for row in found], [("McDonald's", "McDonalds", "McD")] * len(found))
    return Corpus("McDonald's complaints", readings, np.zeros(len(found), dtype=int), 0.0, has_neutral=False)


def recommended(folder: Path, name: str) -> Corpus:
    """Return a whole Skytrax file with its label as it stands, bad or good, early years and all."""
    found = rows(folder / f"skytrax_{name}_reviews.csv.gz")
    labels = np.array([2 if row["recommended"] == "1" else 0 for row in found])
    readings = read_all([row["content"] for row in found], [()] * len(found))
    return Corpus(f"skytrax_{name}, recommended", readings, labels, 0.0, has_neutral=False)


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a packed CSV file."""
    csv.field_size_limit(10**8)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _ground_truth(folder: Path, name: str) -> Corpus:
    path = folder / "vader_ground_truth" / f"{name}_GroundTruth.txt.gz"
    with gzip.open(path, "rt", encoding="utf-8", errors="replace") as lines:
        parts = [line.rstrip("\n").split("\t") for line in lines]
    ratings = np.array([float(part[1]) for part in parts if len(part) >= 3])
    texts = [part[2] for part in parts if len(part) >= 3]
    readings = read_all(texts, [()] * len(texts))
    labels = np.where(ratings < -NEUTRAL_BELOW, 0, np.where(ratings > NEUTRAL_BELOW, 2, 1))
    return Corpus(name, readings, labels, GROUND_TRUTH[name] * SCALE, has_neutral=True)


def _skytrax(folder: Path, name: str) -> Corpus:
    texts: list[str] = []
    labels: list[int] = []
    for row in rows(folder / f"skytrax_{name}_reviews.csv.gz"):
        label = _label(row, FIRST_YEAR[name], RATING_MAX[name])
        if label is not None:
            texts.append(row["content"])
            labels.append(label)
    readings = read_all(texts, [()] * len(texts))
    return Corpus(f"skytrax_{name}", readings, np.array(labels), SKYTRAX[name] * SCALE, has_neutral=True)


def _label(row: dict[str, str], first_year: str, rating_max: float) -> int | None:
    """Return the place of a review's label, or None where rating and recommendation are missing or disagree."""
    if row["date"][:4] < first_year or row["overall_rating"] in ("", "NA"):
        return None
    rating = float(row["overall_rating"])
    if rating > rating_max:  # one file mixes two scales
        return None
    bad_max, good_min = CUT_POINTS[rating_max]
    label = 0 if rating <= bad_max else 2 if rating >= good_min else 1
    return None if label != 1 and (label == 2) != (row["recommended"] == "1") else label
