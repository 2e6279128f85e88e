"""A pipeline on the sample's data, to which the tests add posts; it runs in the project's own environment."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb

__all__ = ["PYTHON", "ROOT", "Pipeline", "Row"]

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv" / "bin" / "python"
GRAPEVINE = ROOT / ".venv" / "bin" / "grapevine"
TEXTS = (
    "My parcel is lost.",
    "A driver threw a box over our fence!",
    "Two weeks late and nobody rings back.",
    "Delivered to a street I have never heard of.",
    "They broke the lamp and blame the wrapping.",
    "Charged twice for one label.",
    "The tracking page shows an error all day.",
    "Left outside in the rain, everything soaked.",
    "Sent back to the shop without one attempt.",
    "The depot was closed although it said open.",
    "An hour of music on the hotline, then nothing.",
    "Somebody else signed for it.",
)  # all different: alike ones would count as repeats

Row = dict[str, Any]


class Pipeline:
    """A home of the sample's data to which posts are added."""

    def __init__(self, folder: Path) -> None:
        self.sample = folder / "sample"
        shutil.copytree(ROOT / "examples" / "sample", self.sample)
        self.home = folder / "home"
        self._added_count = 0

    @property
    def published_file(self) -> Path:
        """What BI tools open."""
        return self.home / "published" / "current" / "grapevine.duckdb"

    def add_bad_posts(self, count: int) -> None:
        """Add posts of the newest complete week."""
        with (self.sample / "posts.jsonl").open("a", encoding="utf-8") as posts:
            for no in range(self._added_count, self._added_count + count):
                post = {
                    "id": f"added-{no}",
                    "author": f"author-{no}",
                    "text": f"{TEXTS[no]} Thistlepost is awful, worst service ever &lt;img src=x&gt;",
                    "lang": "en",
                    "created_at": f"2026-11-15T{10 + no}:00:00+00:00",
                    "url": f"https://posts.example.com/added/{no}",
                    "views": 5000,
                }
                posts.write(json.dumps(post) + "\n")
        self._added_count += count

    def start(self) -> subprocess.Popen[str]:
        """Start all steps from pull to publish."""
        return subprocess.Popen(
            [GRAPEVINE, "--home", self.home, "run", "--config", self.sample / "grapevine.toml"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self) -> None:
        """Take all steps from pull to publish."""
        process = self.start()
        said, _ = process.communicate()
        assert process.returncode == 0, said

    def rows(self, query: str) -> list[Row]:
        """Ask the published file."""
        with duckdb.connect(self.published_file, read_only=True) as connection:
            answer = connection.execute(query)
            return [
                dict(zip([column[0] for column in answer.description], row, strict=True)) for row in answer.fetchall()
            ]
