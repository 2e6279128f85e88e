"""One process, measured: wall time, processor time with all its children, largest memory."""

from __future__ import annotations

import os
import subprocess
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
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        process = subprocess.Popen(command, cwd=cwd, env=env, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)  # reaped above: Popen must not wait for it again
        texts = []
        for file in (out, errors):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}:\n{texts[0]}{texts[1]}")
    return Timing(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024), texts[0]
