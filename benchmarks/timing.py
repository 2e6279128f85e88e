"""One process, measured: wall time, processor time with all its children, largest memory.

The system counts as a process's largest memory also that of the process that started it, so each is started by a small
one: this file.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Timing:
    """Seconds by the wall, seconds of processor (children included), megabytes of the largest process."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def timed(
    command: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> tuple[Timing, str]:
    """Run a command to its end; return its figures and what it printed.

    Raises:
        SystemExit: it failed; says what it printed.
    """
    with tempfile.NamedTemporaryFile("r", encoding="utf-8") as report:
        starter = [sys.executable, __file__, report.name, *command]
        done = subprocess.run(starter, cwd=cwd, env=env, capture_output=True, check=False)
        printed, errors = done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        if done.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {done.returncode}:\n{printed}{errors}")
        return Timing(**json.load(report)), printed


def _start(report: Path, command: Sequence[str]) -> int:
    started = time.perf_counter()
    returned = subprocess.run(command, check=False).returncode
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    timing = Timing(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    report.write_text(json.dumps(vars(timing)), encoding="utf-8")
    return returned


if __name__ == "__main__":
    sys.exit(_start(Path(sys.argv[1]), sys.argv[2:]))
