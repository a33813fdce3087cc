"""Whole tables: `rolenlp label` against reading and writing the same file and nothing else."""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.marked import markdown_table
from benchmarks.speed.child import Cost, cost_of
from benchmarks.speed.data import write_table
from benchmarks.speed.turns import Measure, in_turns, ratio

__all__ = ["Size", "jobs_section", "label", "sizes", "sizes_section", "tables_section"]

LABEL = "**`rolenlp label`**"
PANDAS = "pandas: `read_csv`, `to_csv`"
ARROW = "pyarrow: `read_csv`, `write_csv`"
_PANDAS = "import sys, pandas; pandas.read_csv(sys.argv[1]).to_csv(sys.argv[2], index=False)"
# Cells of ads hold line breaks.
_ARROW = (
    "import sys, pyarrow as pa; from pyarrow import csv; pa.set_cpu_count(1); "
    "options = csv.ParseOptions(newlines_in_values=True); "
    "csv.write_csv(csv.read_csv(sys.argv[1], parse_options=options), sys.argv[2])"
)


def label(file: Path, jobs: int = 1) -> list[str]:
    """The command that labels a table, evidence and all."""
    output = str(file.with_suffix(".out.csv"))
    call = [sys.executable, "-m", "rolenlp", "label", str(file), "-o", output]
    return [*call, "--jobs", str(jobs), "--quiet"]


def _bare(script: str, file: Path) -> list[str]:
    return [sys.executable, "-c", script, str(file), str(file.with_suffix(".out.csv"))]


def tables_section(data: Path, rows: int, rounds: int) -> tuple[str, list[str]]:
    """Tables of so many rows, and the line that sums them up."""
    with tempfile.TemporaryDirectory() as place:
        file = write_table(data, rows, Path(place))
        megabytes = file.stat().st_size / 1e6
        peaks: dict[str, list[int]] = {}

        def measured(name: str, command: list[str]) -> Measure:
            def measure(number: int) -> float:
                cost = cost_of(command)
                peaks.setdefault(name, []).append(cost.peak)
                return cost.cpu / rows

            return measure

        commands = {LABEL: label(file), PANDAS: _bare(_PANDAS, file), ARROW: _bare(_ARROW, file)}
        seconds = in_turns({n: measured(n, command) for n, command in commands.items()}, rounds)
    table = markdown_table(
        ["CSV to CSV", "CPU seconds", "rows a second", "time, pandas = 1 [least, most]", "peak"],
        [
            [
                name,
                f"{median(took) * rows:.1f}",
                f"{1 / median(took):,.0f}",
                ratio(took, seconds[PANDAS]),
                f"{max(peaks[name]) / 1e6:,.0f} MB",
            ]
            for name, took in seconds.items()
        ],
    )
    note = f"{rows:,} rows, {megabytes:,.0f} MB, {rounds} rounds and a warm-up; start-up included."
    times = median(seconds[LABEL]) / median(seconds[PANDAS])
    first = (
        f"- **A table of {rows:,} ads: {median(seconds[LABEL]) * rows:.1f} CPU seconds**, evidence "
        f"and start-up included: {times:.1f} times what pandas takes to read and write it."
    )
    return f"{table}\n\n{note}", [first]


def jobs_section(data: Path, rows: int, rounds: int) -> str:
    """Two processes against one, by the clock, once they are ready to judge and in all."""
    whole: dict[int, list[float]] = {1: [], 2: []}
    cpu: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as place:
        file = write_table(data, rows, Path(place), numbered=True)

        def measured(jobs: int) -> Measure:
            def measure(number: int) -> float:
                command = [part for part in label(file, jobs) if part != "--quiet"]
                cost = cost_of(command, one_core=False)
                if number:
                    whole[jobs].append(cost.wall)
                    cpu[jobs].append(cost.cpu)
                seconds = re.search(r" rows in ([0-9.]+) s ", cost.said)
                assert seconds, cost.said
                return float(seconds[1]) / rows

            return measure

        seconds = in_turns({str(jobs): measured(jobs) for jobs in whole}, rounds)
    table = markdown_table(
        ["by the clock", "rows a second", "rate, one = 1 [least, most]", "seconds in all", "CPU"],
        [
            [
                f"`--jobs {jobs}`",
                f"{1 / median(took):,.0f}",
                ratio(seconds["1"], took),
                f"{median(whole[int(jobs)]):.1f}",
                f"{median(cpu[int(jobs)]):.1f}",
            ]
            for jobs, took in seconds.items()
        ],
    )
    note = (
        f"{rows:,} ads, none twice, {rounds} rounds and a warm-up, on all cores. The rate is the "
        "one that the command says, from when it is ready to judge. Only a machine that does "
        "nothing else tells."
    )
    return f"{table}\n\n{note}"


Size = tuple[int, Cost]


def sizes(data: Path, rows: list[int], say: Callable[[str], None]) -> list[Size]:
    """What `rolenlp label` costs at several lengths, each once."""
    found = []
    for number in rows:
        with tempfile.TemporaryDirectory() as place:
            found.append((number, cost_of(label(write_table(data, number, Path(place))))))
        cost = found[-1][1]
        say(f"{number:,} rows: {cost.cpu:.1f} CPU s, {cost.peak / 1e6:,.0f} MB")
    return found


def sizes_section(found: list[Size]) -> str:
    """Rate and memory by length."""
    return markdown_table(
        ["rows", "CPU seconds", "rows a second", "peak memory"],
        [
            [f"{n:,}", f"{c.cpu:,.1f}", f"{n / c.cpu:,.0f}", f"{c.peak / 1e6:,.0f} MB"]
            for n, c in found
        ],
    )
