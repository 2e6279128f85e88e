"""How often the default weights are right: `python -m benchmarks.quality ../shared/data` (five minutes).

Each corpus is judged by weights fitted without its family: without any Skytrax file for each of them, for a model that
knows one file of reviewers knows the others. VADER at its standard thresholds stands beside. Writes the table into
transforms/weights/MODEL_CARD.md and the reliability plot into docs/images.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

import altair as alt
import numpy as np
import vl_convert

from benchmarks.corpora import airline_tweets, complaints, recommended, training_corpora
from benchmarks.fit_weights import learn
from benchmarks.pictures import BAD, FOLDER, GOOD, PALE
from transforms.experience import Weights, default_weights, predict
from transforms.training import Corpus

__all__ = ["Judged", "Measures", "family", "held_out", "measure", "reliability", "table"]

CARD = Path(__file__).resolve().parents[1] / "transforms" / "weights" / "MODEL_CARD.md"
MARKS = ("<!-- measures: python -m benchmarks.quality -->", "<!-- end of measures -->")
THRESHOLD = 0.05  # VADER's own: neutral between -0.05 and 0.05
BINS = 10


class Judged(NamedTuple):
    """A corpus and the probabilities it was given: float64 [texts, 3]."""

    corpus: Corpus
    chances: np.ndarray


class Measures(NamedTuple):
    """What `measure` returns: macro-F1 of three labels (of two where nobody could say neutral), of good against bad,
    recall and precision of bad, expected calibration error in ten bins; all 0..1.
    """

    f1_3: float
    f1_2: float
    recall_bad: float
    precision_bad: float
    ece: float


def measure(chances: np.ndarray, labels: np.ndarray) -> Measures:
    """Return the measures of probabilities, float64 [texts, 3], against labels, int [texts]."""
    found = chances.argmax(axis=1)
    sided = labels != 1
    lean = np.where(chances[:, 2] >= chances[:, 0], 2, 0)
    gap = sum(abs(confidence - right) * count for confidence, right, count in _bins(chances, labels))
    return Measures(
        macro_f1(labels, found),
        macro_f1(labels[sided], lean[sided]),
        float((found[labels == 0] == 0).mean()),
        float((labels[found == 0] == 0).mean()),
        float(gap / len(labels)),
    )


def macro_f1(given: np.ndarray, found: np.ndarray) -> float:
    """Return the mean F1 over the labels that were given."""
    each = [
        2 * ((given == c) & (found == c)).sum() / ((given == c).sum() + (found == c).sum()) for c in np.unique(given)
    ]
    return float(np.mean(each))


def family(corpus: Corpus) -> str:
    """Return what corpora share that a model must not know when it is judged on one of them."""
    return corpus.name.split("_")[0]


def held_out(corpora: list[Corpus]) -> list[Judged]:
    """Return each corpus as judged by weights that never saw its family."""
    found = []
    for name in dict.fromkeys(map(family, corpora)):
        weights = learn([corpus for corpus in corpora if family(corpus) != name])
        found += [Judged(c, predict(c.readings, weights)) for c in corpora if family(c) == name]
    return found


def in_fifths(corpora: list[Corpus], whole: Corpus) -> Judged:
    """Return a whole file as judged by weights that saw all but the fifth in question of what it shares with them."""
    fold = {reading.text: i % 5 for i, reading in enumerate(whole.readings)}
    chances = np.zeros((len(whole.labels), 3))
    for part in range(5):
        weights = learn([_without(corpus, fold, part) for corpus in corpora])
        rows = [i for i, reading in enumerate(whole.readings) if fold[reading.text] == part]
        chances[rows] = predict([whole.readings[i] for i in rows], weights)
    return Judged(whole, chances)


def table(judged: list[Judged], fitted: Weights) -> str:
    """Return the measures as a Markdown table."""
    lines = [
        "| corpus | texts | VADER | ours | VADER, good/bad | ours, good/bad | ours, ece | in the package | good/bad |",
        "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for corpus, chances in judged:
        theirs, ours = measure(_vader(corpus), corpus.labels), measure(chances, corpus.labels)
        seen = measure(predict(corpus.readings, fitted), corpus.labels)
        figures = (theirs.f1_3, ours.f1_3, theirs.f1_2, ours.f1_2, ours.ece, seen.f1_3, seen.f1_2)
        lines.append(f"| {corpus.name} | {len(corpus.labels):,} | " + " | ".join(f"{x:.3f}" for x in figures) + " |")
    return "\n".join(lines)


def reliability(judged: list[Judged]) -> Any:
    """Return the chart: how often labels are right, by how sure they were, on corpora not used for the weights."""
    rows = []
    for corpus, chances in judged:
        for confidence, right, count in _bins(chances, corpus.labels):
            if count >= 20:  # of fewer, the share says little
                rows.append({"corpus": corpus.name, "sure": confidence, "right": right, "texts": int(count)})
    scale = alt.Scale(domain=[0.3, 1])
    ideal = alt.Chart(alt.Data(values=[{"x": 0.3, "y": 0.3}, {"x": 1, "y": 1}])).mark_line(color=PALE, strokeWidth=3)
    points = alt.Chart(alt.Data(values=rows)).mark_line(point=True).encode(
        x=alt.X("sure:Q", scale=scale, title="probability of the label"),
        y=alt.Y("right:Q", scale=scale, title="share that was right"),
        color=alt.Color("corpus:N", title=None, scale=alt.Scale(range=[BAD, GOOD, "#c9a24b", "#7a9a6f", "#8a6f9a",
                                                                      "#9aa0a6", "#5b4636", "#d08c60", "#3f5f5f"])),
    )  # fmt: skip
    title = "Is a label as often right as it is sure? Each corpus by weights that had not seen it"
    return (ideal.encode(x="x:Q", y="y:Q") + points).properties(width=420, height=320, title=title)


def _bins(chances: np.ndarray, labels: np.ndarray) -> list[tuple[float, float, int]]:
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    return [
        (float(confidence[place == b].mean()), float(right[place == b].mean()), int((place == b).sum()))
        for b in np.unique(place)
    ]


def _vader(corpus: Corpus) -> np.ndarray:
    compound = np.array([reading.compound for reading in corpus.readings])
    chances = np.stack([compound <= -THRESHOLD, abs(compound) < THRESHOLD, compound >= THRESHOLD], axis=1).astype(float)
    chances[:, 2] += 0.1 * compound  # good against bad goes by the sign, also between the thresholds
    return chances


def _without(corpus: Corpus, fold: dict[str, int], part: int) -> Corpus:
    kept = [i for i, reading in enumerate(corpus.readings) if fold.get(reading.text) != part]
    return corpus._replace(readings=[corpus.readings[i] for i in kept], labels=corpus.labels[kept])


def main() -> None:
    """Measure, and write the table and the picture."""
    folder = Path(sys.argv[1])
    corpora, fitted = training_corpora(folder), default_weights()
    tweets, angry = airline_tweets(folder), complaints(folder)
    judged = [Judged(tweets, predict(tweets.readings, fitted)), *held_out(corpora)]
    whole = in_fifths(corpora, recommended(folder, "airline"))
    airline, found = measure(judged[0].chances, tweets.labels), predict(angry.readings, fitted).argmax(axis=1)
    theirs = _vader(angry).argmax(axis=1)
    text = "\n\n".join(
        (
            table([*judged, whole], fitted),
            f"Airline tweets: recall of bad {airline.recall_bad:.3f} at a precision of {airline.precision_bad:.3f}. "
            f"{angry.name} ({len(found):,}, all bad, none learned from): {(found == 0).mean():.3f} found bad, "
            f"by VADER {(theirs == 0).mean():.3f}.",
        )
    )
    print(text)
    before, rest = CARD.read_text(encoding="utf-8").split(MARKS[0])
    CARD.write_text(f"{before}{MARKS[0]}\n{text}\n{MARKS[1]}{rest.split(MARKS[1])[1]}", encoding="utf-8")
    picture = vl_convert.vegalite_to_svg(reliability(judged).to_json())
    (FOLDER / "classifier-reliability.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
