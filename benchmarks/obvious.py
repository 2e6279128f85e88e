"""The obvious script: pandas, vaderSentiment, a groupby. Run by benchmarks.scale in an environment of its own.

    python benchmarks/obvious.py mentions.csv 50000 out.csv

Reads the whole file, scores the first rows of it, counts good and bad by brand and week. No redaction, no duplicates,
no estimates, no ranges, no second run that knows the first.
"""

from __future__ import annotations

import sys

import pandas as pd  # type: ignore[import-not-found]
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer


def main() -> None:
    source, rows, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    mentions = pd.read_csv(source, parse_dates=["published_at"], nrows=rows)
    score = SentimentIntensityAnalyzer().polarity_scores
    mentions["compound"] = [score(text)["compound"] for text in mentions["text"]]
    mentions["label"] = pd.cut(mentions["compound"], [-1.01, -0.05, 0.05, 1], labels=["bad", "neutral", "good"])
    mentions["week"] = mentions["published_at"].dt.tz_convert(None).dt.to_period("W").dt.start_time
    counts = mentions.groupby(["brand", "week", "label"], observed=False).size().unstack()
    counts.to_csv(out)


if __name__ == "__main__":
    main()
