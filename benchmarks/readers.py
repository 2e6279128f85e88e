"""Eight processes read what is published while the pipeline publishes ten times. `make test-readers`, a few minutes.

Half of them read with DuckDB 1.5.5, from an environment of its own that is made once. No reading may fail or mix two
publishes, no publish may wait, and in the end all must find the same in every column.

Every second publish follows a run of all steps on a few posts more, and changes a copy of the last file; the others
write the file whole. What is measured is whether the writer waits for readers, not what eight more processes do to
two cores, nor how long a disk takes to say that all is written: readers stand back where processors are short
(`nice`), and all lies in memory where the system offers files there.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

ROOT = Path(__file__).resolve().parents[1]
READER = ROOT / "benchmarks" / "reader.py"
OLDER = "duckdb==1.5.5"  # what BI tools bring
IN_MEMORY = Path("/dev/shm")  # files in memory, on Linux
LONGEST_PUBLISH_RATIO = 5.0  # the slowest beside readers to the slowest alone: what a loaded machine does to both

console = Console(highlight=False, soft_wrap=True)


@dataclass(frozen=True)
class Publish:
    """One publish: whether it changed a copy of the last file or wrote it whole, and its seconds by the wall.

    A step of `grapevine run` is timed there; `grapevine publish` from start to end.
    """

    is_delta: bool
    seconds: float


@dataclass
class Home:
    """A home of the sample's data, to which posts are added.

    Args:
        folder: in which all of it lies.
        ends_at: until when publishes may take, by `time.monotonic`.
    """

    folder: Path
    ends_at: float
    rounds: int = 0

    def publish_twice(self) -> Iterator[Publish]:
        """Take all steps on three posts more, whose publish changes a copy; then write the same whole."""
        self.rounds += 1
        with (self.folder / "sample" / "posts.jsonl").open("a", encoding="utf-8") as posts:
            for one in range(3):
                post = {"id": f"late-{self.rounds}-{one}", "author": f"late-{self.rounds}-{one}"}
                post |= {"text": "Thistlepost is awful.", "created_at": f"2026-11-15T{self.rounds:02}:{one:02}:00Z"}
                posts.write(json.dumps(post) + "\n")
        yield Publish(True, self._run("run")["publish"]["seconds"])
        start = time.monotonic()
        self._run("publish", "--force")
        yield Publish(False, time.monotonic() - start)

    def _run(self, *command: str) -> dict[str, Any]:
        grapevine = [str(Path(sys.executable).with_name("grapevine")), "--home", str(self.folder / "home"), *command]
        config = ["--config", str(self.folder / "sample" / "grapevine.toml"), "--json"]
        left = self.ends_at - time.monotonic()
        try:
            done = subprocess.run([*grapevine, *config], capture_output=True, text=True, timeout=left, check=False)
        except subprocess.TimeoutExpired:
            raise SystemExit("the time is over before all was published; --minutes gives more") from None
        if done.returncode:
            raise SystemExit(f"grapevine {' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return dict(json.loads(done.stdout))


def older_python(folder: Path) -> Path:
    """Return the interpreter of an environment that has the older DuckDB and nothing else; made when missing."""
    python = folder / "bin" / "python"
    if not python.exists():
        uv = str(Path(sys.executable).with_name("uv"))
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", str(python), OLDER], check=True)
    return python


def told(publishes: Iterable[Publish], beside: str) -> list[Publish]:
    """Take the publishes one by one and say of each how long it took."""
    done = []
    for one in publishes:
        done.append(one)
        console.print(f"{beside}: publish {len(done)}, {'changed' if one.is_delta else 'whole'}: {one.seconds:.2f} s")
    return done


@contextmanager
def reading(readers: int, published: Path) -> Iterator[list[dict[str, Any]]]:
    """Let processes read in a loop meanwhile, every second one with the older DuckDB; afterwards fill what they found.

    Raises:
        SystemExit: one of them failed.
    """
    older = older_python(ROOT / "var" / "older-duckdb")
    found: list[dict[str, Any]] = []
    started = [
        subprocess.Popen(
            ["nice", "-n", "15", str(older if number % 2 else sys.executable), str(READER), str(published)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(readers)
    ]  # fmt: skip
    try:
        yield found
        for process in started:  # all at once: one that reads on would hold up those that compare
            assert process.stdin is not None
            process.stdin.write("stop\n")
            process.stdin.flush()
        for process in started:
            printed, errors = process.communicate()
            if process.returncode:
                raise SystemExit(f"a reader failed: {errors}")
            found.append(json.loads(printed))
    finally:
        for process in started:
            process.kill()


def ratio(beside: list[Publish], alone: list[Publish], *, is_delta: bool) -> float:
    """Return the slowest publish of a kind beside readers, as a ratio to the slowest without."""
    slowest = [max(one.seconds for one in kind if one.is_delta == is_delta) for kind in (beside, alone)]
    return slowest[0] / slowest[1]


def main(
    readers: Annotated[int, typer.Option(min=2, help="Processes that read.")] = 8,
    publishes: Annotated[int, typer.Option(min=2, help="How often is published meanwhile; an even number.")] = 10,
    minutes: Annotated[float, typer.Option(min=1, help="When to give up.")] = 20,
) -> None:
    """Measure, print, and fail where anything was torn or waited."""
    with tempfile.TemporaryDirectory(dir=IN_MEMORY if IN_MEMORY.is_dir() else None) as name:
        home = Home(Path(name), ends_at=time.monotonic() + 60 * minutes)
        shutil.copytree(ROOT / "examples" / "sample", home.folder / "sample")
        list(home.publish_twice())  # the first has nothing to change
        alone = told((one for _ in range(2) for one in home.publish_twice()), "alone")
        with reading(readers, home.folder / "home" / "published") as found:
            rounds = publishes // 2
            beside = told((one for _ in range(rounds) for one in home.publish_twice()), f"beside {readers} readers")
    torn = [one for answer in found for one in answer["torn"]]
    first = found[0]["fingerprints"]
    different = {
        column for answer in found for column in first.keys() | answer["fingerprints"].keys()
        if answer["fingerprints"].get(column) != first.get(column)
    }  # fmt: skip
    states = sorted(len(answer["folders"]) for answer in found)
    ratios = [ratio(beside, alone, is_delta=is_delta) for is_delta in (True, False)]
    console.print(
        f"{sum(answer['readings'] for answer in found):,} readings by {readers} processes (DuckDB "
        f"{', '.join(sorted({answer['duckdb'] for answer in found}))}), which saw {states[0]} to {states[-1]} of "
        f"{len(beside) + 1} states: {len(torn)} torn; {len(different)} of {len(first)} columns read differently"
    )
    console.print(
        f"the slowest publish beside them took {ratios[0]:.2f} times (changed) and {ratios[1]:.2f} times (whole) what "
        "the slowest took alone"
    )
    if torn or different or max(ratios) > LONGEST_PUBLISH_RATIO:
        raise SystemExit(f"torn: {torn[:3]}; different: {sorted(different)[:10]}; ratios: {ratios}")


if __name__ == "__main__":
    typer.run(main)
