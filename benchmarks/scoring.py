"""Scoring beside vaderSentiment, TextBlob and afinn: same texts, same process. `python -m benchmarks.scoring`.

Speed is counted in seconds of processor time of one core. The whole score step, Parquet in and out, is measured by the
wall too, which needs a quiet machine, and with the start of the other processes, which costs a second. TextBlob judges
with its own pattern analyzer, which needs no corpora. Without GRAPEVINE_REAL_DATA the texts are those of the sample,
and quality is not measured: it needs labels that people gave.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table

from benchmarks.corpora import AIRLINE_NAMES, rows
from records.garbage import uncollected
from transforms import evaluation, vader
from transforms.score import INPUT_SCHEMA, score_batch, score_files

ROOT = Path(__file__).resolve().parents[1]
AT_LEAST = 2_000  # texts of each kind
PASSES = 3  # over the same texts; the fastest counts, for everybody
STEP_TEXTS = (20_000, 400_000)  # too few for a second process, and so many that its start is a small part
STEP_FILE = 4096  # rows of a file, as `warehouse.pending` exports them
REVIEW = (600, 1_000)  # characters
EMOJI = 15_000
THEIR_EMOJI = 1_500  # vaderSentiment is quadratic: 15,000 take it minutes
WORDS = "good but not so bad and never great "
THRESHOLDS = {"vaderSentiment": 0.05, "TextBlob": 0.05, "afinn": 0.5}  # neutral below, as their authors use them
BARS = {"tweets": 4.0, "reviews": 9.0, "emoji": 0.1, "growth": 12.0, "step": 30_000}


@dataclass(frozen=True)
class Texts:
    """What is measured on; `labels` and `brands` of the tweets where people gave them."""

    tweets: list[str]
    reviews: list[str]
    labels: list[str]
    brands: list[str]


def texts() -> Texts:
    """Return the airline tweets and Skytrax reviews, or the sample's texts, repeated and joined to their lengths."""
    if named := os.environ.get("GRAPEVINE_REAL_DATA"):
        data = Path(named) / "data"
        tweets = rows(data / "airline_tweets_dev.csv.gz")
        reviews = [row["content"] for row in rows(data / "skytrax_airline_reviews.csv.gz")]
        return Texts(
            [row["text"] for row in tweets],
            [text for text in reviews if REVIEW[0] <= len(text) <= REVIEW[1]],
            [row["airline_sentiment"] for row in tweets],
            [row["airline"] for row in tweets],
        )
    folder = ROOT / "examples" / "sample"
    with (folder / "reviews.csv").open(encoding="utf-8-sig", newline="") as lines:
        found = [row["review"] for row in csv.DictReader(lines)]
    found += [json.loads(line)["text"] for line in (folder / "posts.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [text for text in found if text]
    short = list(itertools.islice(itertools.cycle(found), AT_LEAST))
    size = 1 + REVIEW[0] // (sum(map(len, found)) // len(found))
    long = [" ".join(short[i : i + size])[: REVIEW[1]] for i in range(AT_LEAST // 4)]
    return Texts(short, long, [], [])


def scorers() -> dict[str, Callable[[str], float]]:
    """Return what gives a text one number, ours first."""
    from afinn import Afinn
    from textblob import TextBlob
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    original = SentimentIntensityAnalyzer()
    return {
        "our VADER": lambda text: vader.polarity_scores(text).compound,
        "vaderSentiment": lambda text: original.polarity_scores(text)["compound"],
        "TextBlob": lambda text: TextBlob(text).sentiment.polarity,
        "afinn": Afinn().score,
    }


def seconds(function: Callable[[], object], passes: int = 1) -> float:
    """Return the seconds of processor time that the fastest pass takes, without looking for garbage meanwhile."""
    took = []
    with uncollected():
        for _ in range(passes):
            start = time.process_time()
            function()
            took.append(time.process_time() - start)
    return min(took)


def batches(found: Sequence[str]) -> list[pa.RecordBatch]:
    """Return texts as the score step gets them."""
    row = {"version_no": 1, "brand": "b", "names": list(AIRLINE_NAMES)}
    many = [row | {"mention_id": str(i), "text": text} for i, text in enumerate(found)]
    whole: list[pa.RecordBatch] = pa.Table.from_pylist(many, schema=INPUT_SCHEMA).to_batches(max_chunksize=1024)
    return whole


def speed(found: Texts) -> dict[str, dict[str, float]]:
    """Return texts a second of one core: by kind of text and by scorer."""
    answer: dict[str, dict[str, float]] = {}
    for kind, some in (("tweets", found.tweets), ("reviews", found.reviews)):
        answer[kind] = {}
        for name, score in scorers().items():
            answer[kind][name] = len(some) / seconds(lambda score=score, some=some: list(map(score, some)), PASSES)
        parts = batches(some)
        answer[kind]["our score step"] = len(some) / seconds(lambda parts=parts: list(map(score_batch, parts)), PASSES)
    return answer


def long_texts() -> dict[str, float]:
    """Return seconds for emoji, ours and theirs, and how many times as much ten times as many words cost."""
    theirs = scorers()["vaderSentiment"]
    growth = [seconds(lambda n=n: vader.polarity_scores(WORDS * n)) for n in (1_250, 1_250, 12_500)]
    return {
        "our_emoji_seconds": seconds(lambda: vader.polarity_scores("😀" * EMOJI)),
        "their_emoji_seconds": seconds(lambda: theirs("😀" * THEIR_EMOJI)),
        "words_seconds": growth[2],
        "words_growth": growth[2] / growth[1],
    }


@dataclass(frozen=True)
class Step:
    """The whole score step: tweets, processes, tweets a second by the wall and of processor of all processes."""

    texts: int
    processes: int
    rate: float
    processor_rate: float


def step_speed(tweets: Sequence[str]) -> list[Step]:
    """Measure the score step on few and on many tweets, on one process and on several."""
    answer = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for count in STEP_TEXTS:
            # the number keeps copies apart, as they would be
            many = [f"{tweets[i % len(tweets)]} {i // len(tweets)}" for i in range(count)]
            inputs = [folder / f"{first}.parquet" for first in range(0, count, STEP_FILE)]
            table = pa.Table.from_batches(batches(many))
            for first, path in zip(range(0, count, STEP_FILE), inputs, strict=True):
                pq.write_table(table.slice(first, STEP_FILE), path, compression="zstd")
            for processes in sorted({1, 2, os.cpu_count() or 1}):
                start, before = time.perf_counter(), _processor_seconds()
                score_files(inputs, folder / "out", processes)
                wall, processor = time.perf_counter() - start, _processor_seconds() - before
                answer.append(Step(count, processes, count / wall, count / processor))
    return answer


def _processor_seconds() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def quality(found: Texts) -> dict[str, dict[str, float]]:
    """Return macro-F1 of three classes, of good against bad, and the recall of bad, by scorer."""
    names = ("macro_f1_3", "macro_f1_2", "recall_bad")
    given = [evaluation.SPELLINGS[label] for label in found.labels]
    answer = {"ours": evaluation.evaluate(found.tweets, found.labels, found.brands)}
    for name, score in scorers().items():
        if name in THRESHOLDS:
            answer[name] = evaluation.measure(given, labelled(list(map(score, found.tweets)), THRESHOLDS[name]))
    return {name: {each: measures[each] for each in names} for name, measures in answer.items()}


def labelled(scores: Sequence[float], threshold: float) -> pa.Table:
    """Return the labels of scores as `transforms.evaluation.measure` wants them; such scorers give no probabilities."""
    labels = ["good" if score >= threshold else "bad" if score <= -threshold else "neutral" for score in scores]
    unknown = [None] * len(scores)
    return pa.table({"label": labels, "compound": scores, "p_bad": unknown, "p_neutral": unknown, "p_good": unknown})


def measure(console: Console) -> dict[str, Any]:
    """Measure, print the tables, return the figures."""
    found = texts()
    figures: dict[str, Any] = {"texts": "real" if found.labels else "sample"}
    figures["texts_a_second"] = rates = speed(found)
    table = Table(title="Texts a second of one core", caption="x: times as fast as vaderSentiment on the same texts")
    for heading in ("", f"tweets ({len(found.tweets):,})", "x", f"reviews ({len(found.reviews):,})", "x"):
        table.add_column(heading, justify="right" if heading else "left")
    for name in rates["tweets"]:
        cells = [(rates[kind][name], rates[kind][name] / rates[kind]["vaderSentiment"]) for kind in rates]
        table.add_row(name, *(cell for rate, times in cells for cell in (f"{rate:,.0f}", f"{times:.1f}")))
    console.print(table)

    figures["long_texts"] = long = long_texts()
    console.print(
        f"{EMOJI:,} emoji: {long['our_emoji_seconds']:.3f} s (at most {BARS['emoji']}); "
        f"vaderSentiment needs {long['their_emoji_seconds']:.1f} s for {THEIR_EMOJI:,}, and it is quadratic"
    )
    console.print(
        f"100,000 words: {long['words_seconds']:.2f} s, {long['words_growth']:.1f} times what 10,000 cost (linear: 10)"
    )
    steps = step_speed(found.tweets)
    figures["step"] = [asdict(step) for step in steps]
    whole = Table(title="The whole score step, tweets a second", caption="of processor: of all processes together")
    for heading in ("tweets", "processes", "by the wall", "of processor"):
        whole.add_column(heading, justify="right")
    for step in steps:
        whole.add_row(f"{step.texts:,}", str(step.processes), f"{step.rate:,.0f}", f"{step.processor_rate:,.0f}")
    console.print(whole)
    rate = next(step.rate for step in steps if (step.texts, step.processes) == (STEP_TEXTS[-1], 2))

    def times(kind: str) -> float:
        return rates[kind]["our VADER"] / rates[kind]["vaderSentiment"]

    passed = {
        f"our VADER {BARS['tweets']:.0f} times as fast on tweets": times("tweets") >= BARS["tweets"],
        f"{BARS['reviews']:.0f} times on reviews": times("reviews") >= BARS["reviews"],
        f"{EMOJI:,} emoji within {BARS['emoji']} s": long["our_emoji_seconds"] <= BARS["emoji"],
        "100,000 words linear": long["words_growth"] <= BARS["growth"],
        f"{BARS['step']:,} tweets a second on two processes": rate >= BARS["step"],
    }
    figures["bars"] = passed
    console.print("; ".join(f"{'yes' if is_met else 'NO'}: {what}" for what, is_met in passed.items()))
    if found.labels:
        figures["quality"] = scores = quality(found)
        console.print(quality_table(scores, len(found.tweets)))
    return figures


def quality_table(scores: dict[str, dict[str, float]], count: int) -> Table:
    """Return the measures as a table for people."""
    table = Table(
        title=f"Right on {count:,} airline tweets", caption="1.0 is perfect; macro: each class counts the same"
    )
    for heading in ("", "macro-F1, bad / neutral / good", "macro-F1, good against bad", "share of bad found"):
        table.add_column(heading, justify="right" if heading else "left")
    for name, measures in scores.items():
        table.add_row(name, *(f"{value:.3f}" for value in measures.values()))
    return table


if __name__ == "__main__":  # the pool starts processes that import this file
    measure(Console())
