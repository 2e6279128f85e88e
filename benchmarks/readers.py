"""Eight processes read what is published while the pipeline publishes ten times. `make test-readers`, two minutes.

Half of them read with DuckDB 1.5.5, from an environment of its own that is made once. No reading may fail or mix two
publishes, no publish may wait, and in the end all must find the same in every column.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from benchmarks.timing import timed

ROOT = Path(__file__).resolve().parents[1]
OLDER = "duckdb==1.5.5"  # what BI tools bring


def older_python(folder: Path) -> Path:
    """Return the interpreter of an environment that has the older DuckDB and nothing else; made when missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), OLDER], check=True)
    return python


def publish_often(folder: Path, numbers: range) -> list[float]:
    """Run all steps on the sample, for each number with a few posts more; return the seconds of each publish step."""
    command = [str(Path(sys.executable).with_name("grapevine")), "--home", str(folder / "home"), "run", "--json"]
    took = []
    for number in numbers:
        with (folder / "sample" / "posts.jsonl").open("a", encoding="utf-8") as posts:
            for one in range(3):
                post = {"id": f"late-{number}-{one}", "author": f"late-{number}-{one}", "text": "Thistlepost is awful."}
                posts.write(json.dumps(post | {"created_at": f"2026-11-15T{number:02}:{one:02}:00Z"}) + "\n")
        _, printed = timed([*command, "--config", str(folder / "sample" / "grapevine.toml")])
        took.append(json.loads(printed)["publish"]["seconds"])
    return took


def main(
    readers: Annotated[int, typer.Option(min=2, help="Processes that read.")] = 8,
    publishes: Annotated[int, typer.Option(min=1, help="How often is published meanwhile.")] = 10,
) -> None:
    """Measure, print, and fail where anything was torn."""
    console = Console()
    older = older_python(ROOT / "var" / "older-duckdb")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "examples" / "sample", folder / "sample")
        alone = publish_often(folder, range(2))
        script = [str(ROOT / "benchmarks" / "reader.py"), str(folder / "home" / "published")]
        started = [
            subprocess.Popen(
                [str(older) if number % 2 else sys.executable, *script],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            )
            for number in range(readers)
        ]  # fmt: skip
        beside = publish_often(folder, range(2, 2 + publishes))
        said = [process.communicate("stop\n") for process in started]
    failed = [errors for process, (_, errors) in zip(started, said, strict=True) if process.returncode]
    if failed:
        raise SystemExit(f"{len(failed)} of {readers} readers failed: {failed[0]}")
    answers: list[dict[str, Any]] = [json.loads(printed) for printed, _ in said]
    torn = [one for answer in answers for one in answer["torn"]]
    different = [
        column for answer in answers for column, sums in answer["fingerprints"].items()
        if sums != answers[0]["fingerprints"].get(column)
    ]  # fmt: skip
    console.print(
        f"{readers} readers (DuckDB {', '.join(sorted({answer['duckdb'] for answer in answers}))}), {publishes} "
        f"publishes: {sum(answer['readings'] for answer in answers):,} readings, {len(torn)} torn, "
        f"{len(set(different))} of {len(answers[0]['fingerprints'])} columns read differently; "
        f"{min(len(answer['folders']) for answer in answers)} to {max(len(answer['folders']) for answer in answers)} "
        f"states seen; publish took {min(alone):.2f} s alone, {min(beside):.2f} to {max(beside):.2f} s beside them"
    )
    if torn or different:
        raise SystemExit(f"torn: {torn[:3]}; different: {sorted(set(different))[:10]}")


if __name__ == "__main__":
    typer.run(main)
