"""Is a run that is killed again and again, and resumed, the run that nobody disturbed?

    python benchmarks/faults.py DATA [--rows N] [--kills N] [--jobs N] [-o docs/reliability.md]

The table is made of real postings that come round again, each with its number after it, so that no
two are alike and each is judged. All processes of the run are killed at once (SIGKILL), at moments
of chance.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, zip_longest
from pathlib import Path

from marked import markdown_table, write_between
from rolenlp.journal import journal_path
from speed_data import read_ads

__all__ = ["Kill", "compare", "write_distinct"]

_SEED = 20_261
_BATCH = 512  # rows, all of them new


@dataclass(frozen=True)
class Kill:
    """A run that was killed: after so many seconds, with so many ads in its journal."""

    seconds: float
    before: int
    after: int


def write_distinct(data: Path, rows: int, file: Path) -> None:
    """A CSV file of so many ads, no two alike."""
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "title", "description"])
        ads = islice(cycle(read_ads(data)), rows)
        writer.writerows((n, title, f"{text}\nPosting {n}") for n, (title, text) in enumerate(ads))


def _judged(journal: Path) -> int:
    """How many ads a journal holds verdicts on: a line a batch, after the first line."""
    if not journal.exists():
        return 0
    with journal.open("rb") as file:
        return max(0, sum(line.endswith(b"\n") for line in file) - 1) * _BATCH


def run(source: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    """Start a run in a group of processes of its own."""
    command = [sys.executable, "-m", "rolenlp", "label", str(source), "-o", str(output), "-q"]
    return subprocess.Popen([*command, *more], start_new_session=True)


def kill_at(
    process: subprocess.Popen[bytes], output: Path, least: int, chance: random.Random
) -> Kill:
    """Kill a run when its journal has so many ads, or a moment later."""
    journal, started = journal_path(output), time.perf_counter()
    before = _judged(journal)
    while _judged(journal) < least:
        if process.poll() is not None:
            raise RuntimeError(f"the run ended by itself, with {process.returncode}")
        time.sleep(0.1)
    time.sleep(chance.uniform(0, 0.5))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if output.exists():
        raise RuntimeError(f"{output} is there although its run was killed")
    return Kill(time.perf_counter() - started, before, _judged(journal))


def _rows(file: Path) -> Iterator[list[str]]:
    csv.field_size_limit(2**31 - 1)
    with file.open(encoding="utf-8", newline="") as opened:
        yield from csv.reader(opened)


def compare(source: Path, whole: Path, resumed: Path) -> tuple[int, int, bool]:
    """Rows of the source that the resumed output lacks or altered; whether its bytes are right."""
    lost = altered = 0
    for ad, judged in zip_longest(_rows(source), _rows(resumed)):
        if judged is None:
            lost += 1
        elif ad is None or judged[: len(ad)] != ad:
            altered += 1
    with whole.open("rb") as one, resumed.open("rb") as other:
        same = all(
            left == right
            for left, right in zip_longest(
                iter(lambda: one.read(1 << 20), b""), iter(lambda: other.read(1 << 20), b"")
            )
        )
    return lost, altered, same


def report(rows: int, jobs: int, kills: list[Kill], found: tuple[int, int, bool]) -> str:
    """What was found, as Markdown."""
    lost, altered, same = found
    head = ["kill", "seconds into the run", "ads in the journal before", "and after"]
    cells = [
        [str(number), f"{kill.seconds:.0f}", f"{kill.before:,}", f"{kill.after:,}"]
        for number, kill in enumerate(kills, start=1)
    ]
    return "\n\n".join(
        [
            f"A table of {rows:,} distinct ads, `--jobs {jobs}`, killed {len(kills)} times and "
            f"resumed each time. Rows lost: **{lost}**. Rows altered: **{altered}**. The file is "
            f"{'byte for byte' if same else '**not**'} that of a run that nobody disturbed.",
            markdown_table(head, cells),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, metavar="DATA")
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--output", "-o", type=Path, help="document to write the table into")
    args = parser.parse_args()
    chance = random.Random(_SEED)
    jobs = ["--jobs", str(args.jobs)]
    with tempfile.TemporaryDirectory() as folder:
        source, whole, resumed = (Path(folder) / f"{n}.csv" for n in ("ads", "whole", "resumed"))
        write_distinct(args.data, args.rows, source)
        moments = sorted(chance.randrange(1, int(args.rows * 0.97)) for _ in range(args.kills))
        kills = []
        for moment in moments:
            kills.append(kill_at(run(source, resumed, "--resume", *jobs), resumed, moment, chance))
            print(kills[-1], flush=True)
        if run(source, resumed, "--resume", *jobs).wait() or run(source, whole, *jobs).wait():
            raise RuntimeError("a run failed")
        found = compare(source, whole, resumed)
        left = {path.name for path in Path(folder).iterdir()} - {
            "ads.csv",
            whole.name,
            "resumed.csv",
        }
    text = report(args.rows, args.jobs, kills, found)
    print(text)
    if args.output:
        write_between(args.output, "faults", text)
    if found != (0, 0, True) or left:
        sys.exit(f"something went wrong: {found}, left over: {sorted(left)}")


if __name__ == "__main__":
    main()
