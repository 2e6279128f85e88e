"""Scoring beside vaderSentiment, TextBlob and afinn: `python -m benchmarks.scoring ../shared/data`.

Same texts, same process, seconds of processor time; TextBlob and afinn are left out where they are not installed.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from benchmarks.corpora import AIRLINE_NAMES, rows
from benchmarks.quality import macro_f1
from transforms import vader
from transforms.evaluation import evaluate
from transforms.score import INPUT_SCHEMA, score_files

REPEAT_ROWS = 6  # times the tweets, so that starting processes does not count


def seconds(function: Callable[[str], object], texts: Sequence[str]) -> float:
    for text in texts[:200]:
        function(text)
    start = time.process_time()
    for text in texts:
        function(text)
    return time.process_time() - start


def speed(tweets: list[str], reviews: list[str]) -> None:
    theirs = SentimentIntensityAnalyzer().polarity_scores
    for name, texts in (("tweets", tweets), ("reviews of 600 to 1,000 characters", reviews)):
        ratio = seconds(theirs, texts) / seconds(vader.polarity_scores, texts)
        print(f"exact VADER on {len(texts)} {name}: {ratio:.1f}x vaderSentiment")
    print(f"15,000 emoji: {seconds(vader.polarity_scores, ['😀' * 15_000]):.3f} s")
    short, long = ("good but not so bad and never great " * n for n in (1_250, 12_500))
    growth = seconds(vader.polarity_scores, [long]) / seconds(vader.polarity_scores, [short])
    print(f"100,000 words cost {growth:.1f}x 10,000")


def score_step(tweets: list[str]) -> None:
    row = {"version_no": 1, "brand": "b", "names": list(AIRLINE_NAMES)}
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            many = [row | {"mention_id": str(i), "text": text} for i, text in enumerate(tweets * REPEAT_ROWS)]
            pq.write_table(pa.Table.from_pylist(many, schema=INPUT_SCHEMA), folder / "in.parquet", row_group_size=8192)
            start = time.perf_counter()
            count = score_files([folder / "in.parquet"], folder / "out", workers)
            took = time.perf_counter() - start
            print(f"score step, {workers} process(es): {count / took:,.0f} tweets a second of wall time")


def quality(found: list[dict[str, str]]) -> None:
    texts, labels = [row["text"] for row in found], [row["airline_sentiment"] for row in found]
    measures = evaluate(texts, labels, [row["airline"] for row in found])
    print(
        f"airline tweets: ours macro-F1 {measures['macro_f1_3']:.3f}, recall of bad {measures['recall_bad']:.3f} at "
        f"precision {measures['precision_bad']:.3f}, ece {measures['ece']:.3f}"
    )
    given = np.array([("negative", "neutral", "positive").index(label) for label in labels])
    analyzer = SentimentIntensityAnalyzer()
    others: dict[str, tuple[Callable[[str], float], float]] = {
        "vaderSentiment": (lambda text: analyzer.polarity_scores(text)["compound"], 0.05)
    }
    if importlib.util.find_spec("textblob"):
        from textblob import TextBlob  # type: ignore[import-untyped]

        others["TextBlob"] = (lambda text: TextBlob(text).sentiment.polarity, 0.05)
    if importlib.util.find_spec("afinn"):
        from afinn import Afinn  # type: ignore[import-untyped]

        others["afinn"] = (Afinn().score, 0.5)
    for name, (score, threshold) in others.items():
        scores = np.array([score(text) for text in texts])
        labelled = np.where(scores >= threshold, 2, np.where(scores <= -threshold, 0, 1))
        recall = (labelled[given == 0] == 0).mean()
        print(f"airline tweets: {name} macro-F1 {macro_f1(given, labelled):.3f}, recall of bad {recall:.3f}")


def main() -> None:
    folder = Path(sys.argv[1])
    found = rows(folder / "airline_tweets_dev.csv.gz")
    tweets = [row["text"] for row in found]
    reviews = [
        row["content"] for row in rows(folder / "skytrax_airline_reviews.csv.gz") if 600 <= len(row["content"]) <= 1000
    ]
    speed(tweets, reviews)
    score_step(tweets)
    quality(found)


if __name__ == "__main__":  # the pool starts processes that import this file
    main()
