"""Figures at scale: a million mentions from CSV to published marts, a day into ten million.

    GRAPEVINE_REAL_DATA=../shared python -m benchmarks.scale            all of it; half an hour and 30 GB of disk
    python -m benchmarks.scale --only day --folder DIR                  one part, on what an earlier run left in DIR

Seconds by the wall count other programs too: seconds of processor stand beside them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks import periods, scale_data
from benchmarks.timing import timed
from records.home import Home

ROOT = Path(__file__).resolve().parents[1]
COPIES = 10  # of the million, which makes the ten million
SAMPLE_ROWS = 50_000  # that the obvious script scores; its time is scaled up
SET_UP_MEMORY = "5GB"  # to make the ten million; the day itself runs with what every user has
PARTS = ("million", "obvious", "ten", "day")


def grapevine(home: Home, *arguments: str, more: Mapping[str, str] | None = None) -> tuple[dict[str, Any], str]:
    """Run the command line in a process of its own; return its figures and what it printed."""
    command = [str(Path(sys.executable).with_name("grapevine")), "--home", str(home.root), *arguments]
    timing, printed = timed(command, env={**os.environ, **(more or {})})
    return asdict(timing), printed


def million(folder: Path, data: Path, rows: int) -> dict[str, Any]:
    """A million mentions from CSV to published marts and digests, in one process as a user starts it."""
    home, source = Home(folder / "million"), folder / "csv"
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    scale_data.write_mentions(data, source / "mentions.csv", rows)
    settings = scale_data.write_settings(source)
    timing, printed = grapevine(home, "run", "--config", str(settings), "--json")
    steps = {name: one["seconds"] for name, one in json.loads(printed).items()}
    to_published = sum(steps[name] for name in ("pull", "load", "score", "build", "publish"))
    return {**timing, "to_published_seconds": to_published, "steps": steps}


def obvious(folder: Path, rows: int) -> dict[str, Any]:
    """The obvious script on a part of the same file, scaled up to all of it."""
    python = folder / "obvious" / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", str(folder / "obvious")], check=True)
        wanted = ("pandas", "vaderSentiment==3.3.2")
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), *wanted], check=True)
    script = [str(python), str(ROOT / "benchmarks" / "obvious.py"), str(folder / "csv" / "mentions.csv")]
    started = asdict(timed([*script, "1", str(folder / "obvious.csv")])[0])
    sample_rows = min(SAMPLE_ROWS, rows)
    sample = asdict(timed([*script, str(sample_rows), str(folder / "obvious.csv")])[0])
    times = rows / sample_rows
    return {
        "sample_rows": sample_rows,
        **{name: started[name] + (sample[name] - started[name]) * times for name in ("seconds", "cpu_seconds")},
    }


def ten(folder: Path) -> dict[str, Any]:
    """Ten million mentions, multiplied in the warehouse; all tables built and published whole."""
    home = Home(folder / "ten")
    shutil.rmtree(home.root, ignore_errors=True)
    shutil.copytree(folder / "million", home.root, symlinks=True)
    shutil.rmtree(home.published, ignore_errors=True)
    started = time.perf_counter()
    scale_data.multiply(home, COPIES)
    multiplied = time.perf_counter() - started
    settings = str(folder / "csv" / "grapevine.toml")
    large = {"GRAPEVINE_MEMORY": SET_UP_MEMORY, "DBT_WRITE_JSON": "1"}
    build, _ = grapevine(home, "build", "--full", "--config", settings, more=large)
    publish, _ = grapevine(home, "publish", "--config", settings, more=large)
    return {"multiply_seconds": multiplied, "build": build, "publish": publish, "models": models(home)}


def day(folder: Path, data: Path, rows: int) -> dict[str, Any]:
    """A day of 10,000 more, a tenth of them edits, through load, score, build and publish."""
    home, source = Home(folder / "ten"), folder / "csv"
    number = len(list(source.glob("day*.csv"))) + 1
    scale_data.write_day(data, source / f"day{number}.csv", known=rows, number=number)
    settings = str(source / "grapevine.toml")
    pull, _ = grapevine(home, "pull", "--config", settings)
    steps = {
        name: grapevine(home, name, "--config", settings, more={"DBT_WRITE_JSON": "1"} if name == "build" else None)[0]
        for name in ("load", "score", "build", "publish")
    }
    return {
        "pull": pull,
        "steps": steps,
        **{name: sum(step[name] for step in steps.values()) for name in ("seconds", "cpu_seconds")},
        "models": models(home),
    }


def models(home: Home) -> dict[str, Any]:
    """How long the last build took for the period tables, for all models and for the tests; the slowest five."""
    results = json.loads((home.dbt / "target" / "run_results.json").read_text())["results"]
    seconds = {one["unique_id"]: one["execution_time"] for one in results}
    tables = {name.split(".")[-1]: taken for name, taken in seconds.items() if name.startswith("model.")}
    slowest = sorted(seconds.items(), key=lambda item: -item[1])[:8]
    return {
        "period_tables_seconds": sum(taken for name, taken in tables.items() if name in periods.TABLES),
        "models_seconds": sum(tables.values()),
        "tests_seconds": sum(taken for name, taken in seconds.items() if not name.startswith("model.")),
        "slowest": {name.split(".", 2)[-1]: round(taken, 2) for name, taken in slowest},
    }


def main(
    folder: Annotated[Path, typer.Option(help="Where the large files go; kept.")] = ROOT / "var" / "scale",
    only: Annotated[
        list[str] | None, typer.Option(help=f"Parts to run: {', '.join(PARTS)}; all when left out.")
    ] = None,
    rows: Annotated[int, typer.Option(help="Fewer, to try the benchmark itself.")] = 1_000_000,
) -> None:
    """Measure, print and keep the figures in FOLDER/scale.json."""
    os.environ["DBT_WRITE_JSON"] = "1"  # how long each model took
    data = Path(os.environ["GRAPEVINE_REAL_DATA"]).resolve() / "data"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "scale.json"
    figures: dict[str, Any] = json.loads(kept.read_text()) if kept.exists() else {}
    work = {
        "million": lambda: million(folder, data, rows),
        "obvious": lambda: obvious(folder, rows),
        "ten": lambda: ten(folder),
        "day": lambda: day(folder, data, rows),
    }
    console = Console()
    for part in only or PARTS:
        figures[part] = work[part]()
        console.print({part: figures[part]})
        kept.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if "million" in figures and "obvious" in figures:
        times = figures["obvious"]["cpu_seconds"] / figures["million"]["cpu_seconds"]
        console.print(f"the obvious script takes {times:.1f} times the processor time for {rows:,} mentions")


if __name__ == "__main__":
    typer.run(main)
