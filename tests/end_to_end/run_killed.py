"""Run the pipeline and die by SIGKILL in the middle of one step: `run_killed.py CONFIG HOME [STEP MOMENT]`.

MOMENT counts ticks inside the step: each line of our own Python and each file that the process opens is one. So the
place of death is the same each time, with no clock in it. Without a step it lives, and prints the number of ticks of
each step as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from grapevine import pipeline

ROOT = str(Path(__file__).resolve().parents[2])
OUR_OWN = tuple(f"{ROOT}/{room}/" for room in ("connectors", "transforms", "warehouse", "digests"))


def main(config: str, home: str, fatal_step: str = "", moment: str = "0") -> None:
    ticks: Counter[str] = Counter()
    now = {"step": ""}

    def tick() -> None:
        ticks[now["step"]] += 1
        if now["step"] == fatal_step and ticks[fatal_step] >= int(moment):
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
    sys.stdout.write(json.dumps(ticks))


if __name__ == "__main__":
    main(*sys.argv[1:])
