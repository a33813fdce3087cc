"""Run a command and say what it cost: CPU and wall time in seconds, peak memory in bytes.

    python -m benchmarks.speed.child CORE COMMAND ...

CORE is the number of the core to stay on, or "-" for any. A process of its own, and a small one:
the peak that a system counts for a command starts with the size of what started it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Cost", "cost_of"]


@dataclass(frozen=True)
class Cost:
    """What a command cost, with all processes that it started and waited for.

    `peak` is that of the largest of the processes, `said` what they wrote on stderr.
    """

    cpu: float
    wall: float
    peak: int
    said: str = ""


def cost_of(command: list[str], *, one_core: bool = True) -> Cost:
    """Run a command to its end. Raises RuntimeError with what it wrote where it fails."""
    core = str(min(os.sched_getaffinity(0))) if one_core and _can_pin() else "-"
    call = [sys.executable, "-S", str(Path(__file__).resolve()), core, *command]
    done = subprocess.run(call, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[:4]} ended with {done.returncode}: {done.stderr.strip()}")
    return Cost(**json.loads(done.stdout), said=done.stderr)


def _can_pin() -> bool:
    return hasattr(os, "sched_setaffinity")


def main() -> None:
    core, *command = sys.argv[1:]
    if core != "-":
        os.sched_setaffinity(0, {int(core)})
    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = time.perf_counter() - started
    if code := os.waitstatus_to_exitcode(status):
        sys.exit(code)
    kilobyte = 1 if sys.platform == "darwin" else 1024
    peak = used.ru_maxrss * kilobyte
    print(json.dumps({"cpu": used.ru_utime + used.ru_stime, "wall": wall, "peak": peak}))


if __name__ == "__main__":
    main()
