"""Rows a second through each step, a first run and one with nothing new, and, on request, the nearest peer beside it.

    make bench                                        the sample, or the real data when GRAPEVINE_REAL_DATA is set
    python -m benchmarks --peer PATH/TO/bin/obsei     also obsei, from an environment of its own, in the same run

Every run is a process of its own, as a user starts it, so that start-up and imports count. Figures of one machine are
only comparable with figures taken in the same minutes: the ratios matter, not the seconds.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import peer

ROOT = Path(__file__).resolve().parents[1]
SHARED_IN_FILE = "../../shared/"
ROW_STEPS = ("pull", "load", "score", "build", "publish")


@dataclass(frozen=True)
class Run:
    """One `grapevine run`: wall time of the process, its steps, its largest memory so far."""

    seconds: float
    steps: dict[str, float]
    read_count: int
    peak_megabytes: float


def settings_file(folder: Path, *, only_tweets: bool = False) -> Path:
    """Return the settings to measure with: the airline data if named, else the sample."""
    named = os.environ.get("GRAPEVINE_REAL_DATA")
    if not named:
        return ROOT / "examples" / "sample" / "grapevine.toml"
    text = (ROOT / "examples" / "airlines.toml").read_text(encoding="utf-8")
    if only_tweets:
        head, first, *_ = text.split("[[sources]]")
        text = f"{head}[[sources]]{first}"
    file = folder / ("tweets.toml" if only_tweets else "airlines.toml")
    file.write_text(text.replace(SHARED_IN_FILE, f"{Path(named).resolve()}/"), encoding="utf-8")
    return file


def run(config: Path, home: Path) -> Run:
    """Take all seven steps in a fresh process."""
    command = [
        str(Path(sys.executable).with_name("grapevine")),
        "--home",
        str(home),
        "run",
        "--config",
        str(config),
        "--json",
    ]
    started = time.perf_counter()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - started
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    if answer.get("is_unchanged"):  # seen from outside that no step has anything to do
        return Run(seconds, {}, 0, peak)
    return Run(seconds, {name: step["seconds"] for name, step in answer.items()}, answer["load"]["read_count"], peak)


def table_of(title: str, first: Run, again: Run) -> Table:
    """Return the figures as a table for people."""
    table = Table(title=title)
    for heading in ("step", "first run, s", "rows a second", "nothing new, s"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step, seconds in first.steps.items():
        rate = f"{first.read_count / seconds:,.0f}" if step in ROW_STEPS and seconds else ""
        table.add_row(step, f"{seconds:.2f}", rate, f"{again.steps[step]:.2f}" if again.steps else "")
    rate = f"{first.read_count / first.seconds:,.0f}"
    table.add_row("whole process", f"{first.seconds:.2f}", rate, f"{again.seconds:.2f}", style="bold")
    return table


def main(
    peer_command: Annotated[
        Path | None, typer.Option("--peer", help="obsei's command, in its own environment.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Where the figures go as JSON.")] = ROOT / "var" / "bench.json",
) -> None:
    """Measure, print a table, write JSON."""
    console = Console()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = settings_file(folder)
        first, again = run(config, folder / "home"), run(config, folder / "home")
        figures: dict[str, Any] = {
            "data": config.stem,
            "cores": os.cpu_count(),
            "first": asdict(first),
            "again": asdict(again),
        }
        title = f"{config.stem}: {first.read_count:,} rows, {os.cpu_count()} cores, peak {first.peak_megabytes:.0f} MB"
        console.print(table_of(title, first, again))
        if peer_command:
            figures["peer"] = compare(folder, peer_command, console)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    console.print(f"{out}")


def compare(folder: Path, command: Path, console: Console) -> dict[str, Any]:
    """Measure the peer and ourselves on the same file, one after the other."""
    tweets = settings_file(folder, only_tweets=True)
    if tweets.stem != "tweets":
        raise SystemExit(
            "--peer compares on the airline tweets; set GRAPEVINE_REAL_DATA to the folder that holds data/"
        )
    theirs = peer.measure(command, Path(os.environ["GRAPEVINE_REAL_DATA"]), folder / "peer")
    first, again = run(tweets, folder / "tweets"), run(tweets, folder / "tweets")
    # What the peer does too: read, redact, store. Labels, marts, tests, published copies and digests it does not make.
    same_work = sum(first.steps[step] for step in ("pull", "load", "score"))
    table = Table(title=f"{first.read_count:,} tweets: {peer.WHAT} beside Grapevine with classification")
    for heading in ("", "first run, s", "nothing new, s"):
        table.add_column(heading, justify="left" if not heading else "right")
    table.add_row("obsei", f"{theirs.first_seconds:.2f}", f"{theirs.again_seconds:.2f}")
    table.add_row("grapevine: pull, load, score", f"{same_work:.2f}", "")
    table.add_row("  times as fast", f"{theirs.first_seconds / same_work:.1f}", "")
    table.add_row("grapevine: all seven steps", f"{first.seconds:.2f}", f"{again.seconds:.2f}")
    ratios = (theirs.first_seconds / first.seconds, theirs.again_seconds / again.seconds)
    table.add_row("  times as fast", *(f"{ratio:.1f}" for ratio in ratios))
    console.print(table)
    return {"theirs": asdict(theirs), "first": asdict(first), "again": asdict(again), "same_work_seconds": same_work}


if __name__ == "__main__":
    typer.run(main)
