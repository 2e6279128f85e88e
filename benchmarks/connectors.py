"""Mentions parsed a second by each source, and the memory of a long pull: `python -m benchmarks.connectors`.

Parsed are the real recordings when GRAPEVINE_REAL_DATA is set, else our own small ones: figures that do not compare.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from rich.console import Console
from rich.table import Table

from benchmarks.timing import Timing, timed
from connectors import registry
from connectors.kit_answers import Parsed, read_answer, respond
from connectors.recordings import read_folder

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = {"appstore": "appstore_rss"}  # where the real recordings stand under another name
SECONDS = 0.5  # of processor time for each source, at least
PULLS = (10_000, 100_000)
PAGE_SIZE = 1_000
NEWEST = 1_700_000_000
SETTINGS = """
[[brands]]
name = "Acme"
[[sources]]
connector = "hackernews"
page_size = {size}
base_url = "http://127.0.0.1:{port}"
"""


@dataclass(frozen=True)
class Speed:
    """A source's recordings: mentions in them, their bytes, and mentions parsed in a second of processor time."""

    mention_count: int
    byte_count: int
    mentions_per_second: float


def pages_of(source: str) -> list[Parsed]:
    """Return a source's recorded pages with mentions."""
    named = os.environ.get("GRAPEVINE_REAL_DATA")
    real = Path(named) / "payloads" / FOLDERS.get(source, source) if named else None
    folder = real if real is not None and real.is_dir() else ROOT / "tests" / "payloads" / source
    kind: Any = registry.find(source)
    connector = kind(kind.settings_model()(**kind.declaration.example))
    found = [read_answer(connector, recording)[1] for recording in read_folder(folder)]
    return [one for one in found if one is not None and one.drafts]


def parse_speed(pages: list[Parsed]) -> Speed:
    """Parse the pages again and again for a while."""
    count = sum(len(one.drafts) for one in pages)
    rounds, start = 0, time.process_time()
    while (spent := time.process_time() - start) < SECONDS:
        for one in pages:
            one.parse(one.request, respond(one.recording.body))
        rounds += 1
    return Speed(count, sum(len(one.recording.body) for one in pages), rounds * count / spent)


class _Comments(BaseHTTPRequestHandler):
    """Hacker News with as many comments as the server says, a second apart, newest first."""

    server: _Source

    def do_GET(self) -> None:
        """Answer a search from the second that it names on."""
        asked = parse_qs(urlsplit(self.path).query)
        until = next((part for part in asked["numericFilters"][0].split(",") if "<=" in part), f"<={NEWEST}")
        first = NEWEST - int(until.partition("<=")[2])
        hits = [_comment(number) for number in range(first, min(first + PAGE_SIZE, self.server.mention_count))]
        body = json.dumps({"hits": hits}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Source(ThreadingHTTPServer):
    mention_count = 0


def _comment(number: int) -> dict[str, Any]:
    words = f"Order {number} of <i>Acme</i> came late &amp; nobody answered for {number % 17} days. " * 3
    ids = {"objectID": str(number), "author": f"person-{number % 5_000}", "story_id": number // 50, "parent_id": number}
    return {**ids, "comment_text": words, "created_at_i": NEWEST - number, "_tags": ["comment"]}


@contextmanager
def serving(mention_count: int) -> Iterator[int]:
    """Serve so many comments and give the port."""
    server = _Source(("127.0.0.1", 0), _Comments)
    server.mention_count = mention_count
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()


def pull(mention_count: int, folder: Path) -> tuple[Timing, int]:
    """Pull so many mentions in a process of its own; return its figures and how many records it read."""
    with serving(mention_count) as port:
        config = folder / f"{mention_count}.toml"
        config.write_text(SETTINGS.format(size=PAGE_SIZE, port=port), encoding="utf-8")
        grapevine = str(Path(sys.executable).with_name("grapevine"))
        home = str(folder / str(mention_count))
        timing, printed = timed([grapevine, "--home", home, "pull", "--config", str(config), "--json"])
    return timing, sum(one["read_count"] for one in json.loads(printed)["slices"])


def measure(console: Console) -> dict[str, Any]:
    """Measure, print two tables, return the figures."""
    figures: dict[str, Any] = {"parsed": {}, "pulled": {}}
    parsed = Table(title="mentions parsed, of one core")
    for heading in ("source", "recorded mentions", "KB", "mentions a second"):
        parsed.add_column(heading, justify="left" if heading == "source" else "right")
    for source in registry.built_in():
        if registry.find(source).declaration.reads_files:
            continue
        speed = parse_speed(pages_of(source))
        size = f"{speed.byte_count / 1000:,.0f}"
        parsed.add_row(source, f"{speed.mention_count:,}", size, f"{speed.mentions_per_second:,.0f}")
        figures["parsed"][source] = vars(speed)
    console.print(parsed)
    pulled = Table(title="one pull of Hacker News, from this machine")
    for heading in ("mentions", "s", "mentions a second", "peak MB"):
        pulled.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as name:
        for mention_count in PULLS:
            timing, read_count = pull(mention_count, Path(name))
            rate = f"{read_count / timing.seconds:,.0f}"
            pulled.add_row(f"{read_count:,}", f"{timing.seconds:.1f}", rate, f"{timing.peak_megabytes:.0f}")
            figures["pulled"][str(mention_count)] = {"read_count": read_count, **vars(timing)}
    console.print(pulled)
    return figures


if __name__ == "__main__":
    measure(Console())
