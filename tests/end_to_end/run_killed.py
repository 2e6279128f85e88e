"""Run the pipeline and die by SIGKILL in the middle of steps: `run_killed.py CONFIG HOME [STEP MOMENT]...`.

MOMENT counts ticks inside the step: each line of our own Python and each file that the process opens is one. So the
place of death is the same each time, with no clock in it. Each death is that of a process of its own, forked from one
that has imported what the steps need and has opened nothing: an interpreter's start for each would take longer than
the steps. Prints what ended each process as JSON (-9 is SIGKILL). Without a step the run lives, and the number of
ticks of each step is printed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any

from grapevine import pipeline

ROOT = str(Path(__file__).resolve().parents[2])
IMPORTED_BY_STEPS = (
    "altair",
    "connectors.files",
    "connectors.pull",
    "dbt.adapters.duckdb.connections",
    "dbt.cli.main",
    "dbt.task.build",
    "digests.alerts",
    "digests.build",
    "digests.charts",
    "grapevine.telling",
    "scipy.special",
    "transforms.score",
    "vl_convert",
    "warehouse.build",
    "warehouse.load",
    "warehouse.pending",
    "warehouse.publish",
)
OUR_OWN = tuple(f"{ROOT}/{room}/" for room in ("connectors", "transforms", "warehouse", "digests"))


def run(config: str, home: str, fatal_step: str = "", moment: int = 0) -> Counter[str]:
    """Run until the moment of death; without one, return the ticks of each step."""
    ticks: Counter[str] = Counter()
    now = {"step": ""}

    def tick() -> None:
        ticks[now["step"]] += 1
        if now["step"] == fatal_step and ticks[fatal_step] >= moment:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_line(frame: FrameType, event: str, argument: Any) -> Any:
        tick()
        return on_line

    def on_call(frame: FrameType, event: str, argument: Any) -> Any:
        return on_line if frame.f_code.co_filename.startswith(OUR_OWN) else None

    def on_audit(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open" and str(arguments[0]).startswith(home):
            tick()

    def on_start(step: str) -> None:
        now["step"] = step
        # In the build it is dbt that works, and the files that it opens tell how far it is; to trace it takes a minute.
        trace = None if step == "build" else on_call
        threading.settrace(trace)
        sys.settrace(trace)

    sys.addaudithook(on_audit)
    workspace = pipeline.Workspace.open(config=Path(config), home=Path(home))
    pipeline.run(workspace, workers=1, on_start=on_start)
    sys.settrace(None)
    return ticks


def ended(config: str, home: str, step: str, moment: int) -> int:
    """Run in a process forked for it, and return how that ended, as subprocess tells it."""
    child = os.fork()
    if not child:
        run(config, home, step, moment)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(config: str, home: str, *deaths: str) -> None:
    for name in IMPORTED_BY_STEPS:
        import_module(name)
    if not deaths:
        found: dict[str, int] = run(config, home)
    else:
        places = zip(deaths[::2], map(int, deaths[1::2]), strict=True)
        found = {step: ended(config, home, step, moment) for step, moment in places}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
