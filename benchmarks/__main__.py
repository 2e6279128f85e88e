"""Rows a second through each step, a first run and one with nothing new; scoring beside other scorers; on request, the
nearest peer beside it all.

    make bench                                        the sample, or the real data when GRAPEVINE_REAL_DATA is set
    python -m benchmarks --peer PATH/TO/bin/obsei     also obsei, from an environment of its own, in the same run

Every run is a process of its own, as a user starts it, so that start-up and imports count. Figures of one machine are
only comparable with figures taken in the same minutes: the ratios matter, not the seconds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import connectors, peer, scoring
from benchmarks.timing import Timing, timed

ROOT = Path(__file__).resolve().parents[1]
SHARED_IN_FILE = "../../shared/"
ROW_STEPS = ("pull", "load", "score", "build", "publish")


@dataclass(frozen=True)
class Run:
    """One `grapevine run`: its process, its steps (empty when it saw from outside that nothing is new), rows read."""

    process: Timing
    steps: dict[str, float]
    read_count: int

    @property
    def peers_work_seconds(self) -> float:
        """Wall time of what the peer does too: start, read, redact, store.

        Taken off: marts, their tests, published copies, digests and alerts, which it does not make. Classification
        is in.
        """
        return self.process.seconds - sum(self.steps[step] for step in ("build", "publish", "digest", "alert"))


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
    timing, printed = timed(command)
    answer: dict[str, Any] = json.loads(printed)
    if answer.get("is_unchanged"):
        return Run(timing, {}, 0)
    return Run(timing, {name: step["seconds"] for name, step in answer.items()}, answer["load"]["read_count"])


def table_of(title: str, first: Run, again: Run) -> Table:
    """Return the figures as a table for people."""
    table = Table(title=title)
    for heading in ("step", "first run, s", "rows a second", "nothing new, s"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    for step, seconds in first.steps.items():
        rate = f"{first.read_count / seconds:,.0f}" if step in ROW_STEPS and seconds else ""
        table.add_row(step, f"{seconds:.2f}", rate, f"{again.steps[step]:.2f}" if again.steps else "")
    rate = f"{first.read_count / first.process.seconds:,.0f}"
    table.add_row("whole process", f"{first.process.seconds:.2f}", rate, f"{again.process.seconds:.2f}", style="bold")
    table.add_row("  of processor", f"{first.process.cpu_seconds:.2f}", "", f"{again.process.cpu_seconds:.2f}")
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
        peak = f"peak {first.process.peak_megabytes:.0f} MB"
        title = f"{config.stem}: {first.read_count:,} rows, {os.cpu_count()} cores, {peak}"
        console.print(table_of(title, first, again))
        figures["scoring"] = scoring.measure(console)
        figures["connectors"] = connectors.measure(console)
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
    theirs, theirs_again = peer.measure(command, Path(os.environ["GRAPEVINE_REAL_DATA"]), folder / "peer")
    first, again = run(tweets, folder / "tweets"), run(tweets, folder / "tweets")
    table = Table(title=f"{first.read_count:,} tweets: {peer.WHAT}, Grapevine with classification")
    for heading in ("", "first run, s", "of processor", "times as fast", "nothing new, s", "times as fast"):
        table.add_column(heading, justify="right" if heading else "left")
    table.add_row("obsei", f"{theirs.seconds:.2f}", f"{theirs.cpu_seconds:.2f}", "", f"{theirs_again.seconds:.2f}", "")
    ours = first.peers_work_seconds
    table.add_row("grapevine, the same work", f"{ours:.2f}", "", f"{theirs.seconds / ours:.1f}", "", "")
    table.add_row(
        "grapevine, all seven steps",
        f"{first.process.seconds:.2f}",
        f"{first.process.cpu_seconds:.2f}",
        f"{theirs.seconds / first.process.seconds:.1f}",
        f"{again.process.seconds:.2f}",
        f"{theirs_again.seconds / again.process.seconds:.1f}",
    )
    console.print(table)
    return {
        "theirs": asdict(theirs),
        "theirs_again": asdict(theirs_again),
        "first": asdict(first),
        "again": asdict(again),
        "peers_work_seconds": ours,
    }


if __name__ == "__main__":
    typer.run(main)
