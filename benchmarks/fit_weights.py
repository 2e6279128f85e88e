"""Make transforms/weights/default.tsv: `python -m benchmarks.fit_weights ../shared/data`; measures with `--measure`.

Learns from VADER's ground truth (MIT) and the Skytrax compilation (CC0 for the compilation), never from the airline
tweets (CC BY-NC-SA): those are only measured. Texts are not written anywhere.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

import numpy as np

from transforms.experience import DEFAULT_WEIGHTS, LABELS, Weights, predict
from transforms.features import Reading, read
from transforms.training import PINNED, Corpus, fit, prior_weights, vocabulary

NEUTRAL_BELOW = 0.5  # of |mean rating|, -4..4
AT_LEAST = 4  # texts with a word, for it to have a weight
FORM_STRENGTH, GROUP_STRENGTH, WORD_STRENGTH = 100.0, 100.0, 20.0
SCALE = 1500.0  # what a corpus of weight 1 counts, in texts
SHARPNESS = 1.25  # calibrates: measured on corpora that the weights had not seen (`--measure`)
MIN_WEIGHT = 0.02  # smaller ones change nothing and are left out
GROUND_TRUTH = {"tweets": 1.0, "amazonReviewSnippets": 1.0, "movieReviewSnippets": 0.2, "nytEditorialSnippets": 0.2}
SKYTRAX = {"airline": 0.5, "airport": 0.4, "lounge": 0.4, "seat": 0.4}
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


def ground_truth(folder: Path, name: str) -> Corpus:
    readings, labels = [], []
    with gzip.open(
        folder / "vader_ground_truth" / f"{name}_GroundTruth.txt.gz", "rt", encoding="utf-8", errors="replace"
    ) as lines:
        for line in lines:
            parts = line.rstrip("\n").split("\t")
            if len(parts) >= 3:
                rating = float(parts[1])
                readings.append(read(parts[2]))
                labels.append(0 if rating < -NEUTRAL_BELOW else 2 if rating > NEUTRAL_BELOW else 1)
    return Corpus(name, readings, np.array(labels), GROUND_TRUTH[name] * SCALE, has_neutral=True)


def rows(path: Path) -> list[dict[str, str]]:
    csv.field_size_limit(10**8)
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def skytrax(folder: Path, name: str) -> Corpus:
    found = rows(folder / f"skytrax_{name}_reviews.csv.gz")
    labels = np.array([2 if row["recommended"] == "1" else 0 for row in found])
    readings = [read(row["content"]) for row in found]
    return Corpus(f"skytrax_{name}", readings, labels, SKYTRAX[name] * SCALE, has_neutral=False)


def airline(folder: Path) -> tuple[list[Reading], np.ndarray]:
    found = rows(folder / "airline_tweets_dev.csv.gz")
    labels = np.array([("negative", "neutral", "positive").index(row["airline_sentiment"]) for row in found])
    return [read(row["text"], AIRLINE_NAMES) for row in found], labels


def learn(corpora: list[Corpus], word_strength: float = WORD_STRENGTH) -> Weights:
    words = vocabulary([reading for corpus in corpora for reading in corpus.readings], AT_LEAST)
    prior, pinned = prior_weights(words)
    kinds = np.array(
        [word_strength if n.startswith("word:") else GROUP_STRENGTH if ":" in n else FORM_STRENGTH for n in prior.names]
    )
    table = fit(corpora, prior, np.where(pinned, PINNED, kinds)[:, None])
    kept = [
        i for i, name in enumerate(prior.names) if not name.startswith("word:") or abs(table[i]).max() >= MIN_WEIGHT
    ]
    return Weights("experience-1", tuple(prior.names[i] for i in kept), table[kept], SHARPNESS)


def measures(chances: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    found = chances.argmax(axis=1)
    sided = labels != 1
    lean = np.where(chances[:, 2] >= chances[:, 0], 2, 0)
    confidence, right = chances.max(axis=1), found == labels
    place = np.minimum((confidence * 10).astype(int), 9)
    gap = sum(abs(confidence[place == b].sum() - right[place == b].sum()) for b in range(10))
    return {
        "F1_3": macro_f1(labels, found),
        "F1_2": macro_f1(labels[sided], lean[sided]),
        "recall_bad": float((found[labels == 0] == 0).mean()),
        "precision_bad": float((labels[found == 0] == 0).mean()),
        "ece": float(gap / len(labels)),
    }


def macro_f1(given: np.ndarray, found: np.ndarray) -> float:
    each = [
        2 * ((given == c) & (found == c)).sum() / ((given == c).sum() + (found == c).sum()) for c in set(given.tolist())
    ]
    return float(np.mean(each))


def show(name: str, chances: np.ndarray, labels: np.ndarray) -> None:
    print(f"{name:24}", " ".join(f"{key} {value:.3f}" for key, value in measures(chances, labels).items()), flush=True)


def vader_chances(readings: list[Reading]) -> np.ndarray:
    compound = np.array([reading.compound for reading in readings])
    return (
        np.stack([compound <= -0.05, abs(compound) < 0.05, compound >= 0.05], axis=1) * 0.9
        + 0.033
        + np.stack([-compound, 0 * compound, compound], 1) * 0.001
    )


def measure(corpora: list[Corpus], tweets: tuple[list[Reading], np.ndarray]) -> None:
    """Each corpus by weights that never saw it; Skytrax airline reviews by fifths."""
    for corpus in corpora:
        show(f"VADER {corpus.name}", vader_chances(list(corpus.readings)), corpus.labels)
        others = [other for other in corpora if other.name != corpus.name]
        show(f"without {corpus.name}", predict(corpus.readings, learn(others)), corpus.labels)
    target = next(corpus for corpus in corpora if corpus.name == "skytrax_airline")
    others = [corpus for corpus in corpora if corpus is not target]
    fold = np.arange(len(target.labels)) % 5
    chances = np.zeros((len(target.labels), 3))
    for part in range(5):
        kept = np.flatnonzero(fold != part)
        seen = target._replace(readings=[target.readings[i] for i in kept.tolist()], labels=target.labels[kept])
        chances[fold == part] = predict(
            [target.readings[i] for i in np.flatnonzero(fold == part).tolist()], learn([*others, seen])
        )
    show("skytrax_airline, fifths", chances, target.labels)
    show("VADER airline tweets", vader_chances(tweets[0]), tweets[1])


def main() -> None:
    folder = Path(sys.argv[1])
    corpora = [ground_truth(folder, name) for name in GROUND_TRUTH] + [skytrax(folder, name) for name in SKYTRAX]
    tweets = airline(folder)
    show("prior only", predict(tweets[0], prior_weights()[0]), tweets[1])
    weights = learn(corpora)
    show("airline tweets", predict(tweets[0], weights), tweets[1])
    if "--measure" in sys.argv:
        measure(corpora, tweets)
    facts = {
        "data": "VADER ground truth (Hutto & Gilbert 2014, MIT); Skytrax reviews (compilation CC0); no airline tweets",
        "made by": "python -m benchmarks.fit_weights",
        "labels": ", ".join(LABELS),
    }
    Weights(weights.model_version, weights.names, weights.table, weights.sharpness, facts).write(DEFAULT_WEIGHTS)
    print(len(weights.names), "features,", DEFAULT_WEIGHTS.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
