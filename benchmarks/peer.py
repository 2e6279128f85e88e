"""obsei 1.1.1, the nearest peer, measured as it is meant to be used: its command line, its own environment.

Redaction on, classification off, store unencrypted (its encryption needs a DuckDB extension that is not on the package
index), to its DuckDB file and its Parquet files.
"""

from __future__ import annotations

import gzip
import os
from pathlib import Path

from benchmarks.timing import Timing, timed

WHAT = "obsei 1.1.1 (redacted, not classified)"
_SETTINGS = """\
version: 1
store: {path: obsei.duckdb, unencrypted: true}
privacy: {redact: true}
pipelines:
  - name: feedback
    sources:
      - key: tweets
        type: csv
        config:
          path: tweets.csv
          fields: {text: text, id: tweet_id, created_at: tweet_created, author: name}
    sinks:
      - type: parquet
        config: {directory: exports}
"""


def measure(command: Path, real_data: Path, folder: Path) -> tuple[Timing, Timing]:
    """Run it twice on the airline tweets; return the first run and the one with nothing new."""
    folder.mkdir(parents=True)
    with gzip.open(real_data / "data" / "airline_tweets_dev.csv.gz") as tweets:
        (folder / "tweets.csv").write_bytes(tweets.read())
    (folder / "obsei.yaml").write_text(_SETTINGS, encoding="utf-8")
    env = {**os.environ, "OBSEI_PSEUDONYM_SALT": "the salt of a benchmark"}
    env.pop("OBSEI_DB_KEY", None)
    run = [str(command.absolute()), "run"]
    return timed(run, cwd=folder, env=env)[0], timed(run, cwd=folder, env=env)[0]
