"""obsei 1.1.1, the nearest peer, measured as it is meant to be used: its command line, its own environment.

Redaction on, classification off, store unencrypted (its encryption needs a DuckDB extension that is not on the package
index), to its DuckDB file and its Parquet files.
"""

from __future__ import annotations

import gzip
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

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


@dataclass(frozen=True)
class PeerRun:
    """Wall seconds of its first run and of one with nothing new, and what it said it did."""

    first_seconds: float
    again_seconds: float
    said: str


def measure(command: Path, real_data: Path, folder: Path) -> PeerRun:
    """Run it twice on the airline tweets."""
    folder.mkdir(parents=True)
    with gzip.open(real_data / "data" / "airline_tweets_dev.csv.gz") as tweets:
        (folder / "tweets.csv").write_bytes(tweets.read())
    (folder / "obsei.yaml").write_text(_SETTINGS, encoding="utf-8")
    first, said = _timed(command, folder)
    again, _ = _timed(command, folder)
    return PeerRun(first, again, said)


def _timed(command: Path, folder: Path) -> tuple[float, str]:
    env = {**os.environ, "OBSEI_PSEUDONYM_SALT": "the salt of a benchmark"}
    env.pop("OBSEI_DB_KEY", None)
    started = time.perf_counter()
    done = subprocess.run([command.absolute(), "run"], cwd=folder, env=env, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{command} run ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return seconds, done.stdout.strip().splitlines()[-1]
