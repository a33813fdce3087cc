"""Is a run that is cut off again and again, and resumed, the run that nobody disturbed?

    python -m benchmarks.behaviour.faults DATA [--rows N] [--kills N] [--jobs N] [-o FILE]

The table is made of real postings that come round again, each with its number after it, so that no
two are alike and each is judged. At moments of chance, in turn: all processes of the run are
killed at once (SIGKILL), or get a Ctrl-C; the disk is full; the processes get no more memory. The
disk is a small one in memory, which root alone can mount; without, that kind is left out.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice, zip_longest
from pathlib import Path

from benchmarks.marked import markdown_table, write_between
from benchmarks.speed.data import read_ads
from rolenlp.label.journal import journal_path

__all__ = ["Kill", "compare", "write_distinct"]

_SEED = 20_261
_BATCH = 512  # rows, all of them new
_ROOM = 4 << 30  # bytes of the disk before and after it is full


@dataclass(frozen=True)
class Kill:
    """A run that was cut off: how, after so many seconds, with so many ads in its journal.

    `status` is that with which it ended, the number of a signal below 0.
    """

    kind: str
    status: int
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


def _processes(group: int) -> list[int]:
    """The processes of a group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[2]) == group:
            found.append(int(stat.parent.name))
    return found


def _kill(process: subprocess.Popen[bytes], disk: Path) -> None:
    os.killpg(process.pid, signal.SIGKILL)


def _interrupt(process: subprocess.Popen[bytes], disk: Path) -> None:
    os.killpg(process.pid, signal.SIGINT)


def _starve(process: subprocess.Popen[bytes], disk: Path) -> None:
    for each in _processes(process.pid):
        resource.prlimit(each, resource.RLIMIT_AS, (1 << 20, 1 << 20))  # less than it has


def _fill(process: subprocess.Popen[bytes], disk: Path) -> None:
    about = os.statvfs(disk)
    used = (about.f_blocks - about.f_bfree) * about.f_frsize
    _resize(disk, used + 4096)  # a page


def _resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", disk], check=True)


KINDS: dict[str, tuple[Callable[[subprocess.Popen[bytes], Path], None], set[int]]] = {
    "kill -9": (_kill, {-signal.SIGKILL}),
    "Ctrl-C": (_interrupt, {130}),
    "no memory": (_starve, {1, -signal.SIGABRT, -signal.SIGSEGV}),  # what libraries in C do
    "full disk": (_fill, {1}),
}


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """Mount a disk there whose size can change, and tell whether that was allowed."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={_ROOM}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        done = False
    try:
        yield done
    finally:
        if done:
            subprocess.run(["umount", folder], check=True)


def cut_off(
    kind: str, process: subprocess.Popen[bytes], output: Path, least: int, chance: random.Random
) -> Kill:
    """End a run when its journal has so many ads, or a moment later."""
    journal, started = journal_path(output), time.perf_counter()
    before = _judged(journal)
    parts = f".{output.name}.*.part"
    left = set(output.parent.glob(parts))  # by a run before
    while _judged(journal) < least or set(output.parent.glob(parts)) <= left:
        if process.poll() is not None:
            raise RuntimeError(f"the run ended by itself, with {process.returncode}")
        time.sleep(0.1)
    time.sleep(chance.uniform(0, 0.5))
    how, statuses = KINDS[kind]
    how(process, output.parent)
    status = process.wait()
    if kind == "full disk":
        _resize(output.parent, _ROOM)
    if status not in statuses or output.exists():
        raise RuntimeError(f"{kind}: ended with {status}, output there: {output.exists()}")
    return Kill(kind, status, time.perf_counter() - started, before, _judged(journal))


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
    head = [
        "cut off by",
        "status",
        "seconds into the run",
        "ads in the journal before",
        "and after",
    ]
    cells = [
        [
            kill.kind,
            str(kill.status),
            f"{kill.seconds:.0f}",
            f"{kill.before:,}",
            f"{kill.after:,}",
        ]
        for kill in kills
    ]
    counts = Counter(kill.kind for kill in kills)
    kinds = ", ".join(f"{kind} {counts[kind] or 'not possible here'}" for kind in KINDS)
    return "\n\n".join(
        [
            f"A table of {rows:,} distinct ads, `--jobs {jobs}`, cut off {len(kills)} times "
            f"({kinds}) and resumed each time. Rows lost: **{lost}**. Rows altered: "
            f"**{altered}**. The file is {'byte for byte' if same else '**not**'} that of a run "
            "that nobody disturbed, so no row got a status for want of memory or room either.",
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
    # Who runs in a shell's background ignores a Ctrl-C, and so would the runs started here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    chance = random.Random(_SEED)
    jobs = ["--jobs", str(args.jobs)]
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as place,
        small_disk(Path(place)) as mounted,
    ):
        source, whole = (Path(folder) / f"{name}.csv" for name in ("ads", "whole"))
        resumed = Path(place) / "resumed.csv"
        write_distinct(args.data, args.rows, source)
        moments = sorted(chance.randrange(1, int(args.rows * 0.9)) for _ in range(args.kills))
        possible = cycle(kind for kind in KINDS if mounted or kind != "full disk")
        kills = []
        for moment, kind in zip(moments, possible, strict=False):
            process = run(source, resumed, "--resume", *jobs)
            kills.append(cut_off(kind, process, resumed, moment, chance))
            print(kills[-1], flush=True)
        if run(source, resumed, "--resume", *jobs).wait() or run(source, whole, *jobs).wait():
            raise RuntimeError("a run failed")
        found = compare(source, whole, resumed)
        files = [path.name for part in (folder, place) for path in Path(part).iterdir()]
        left = set(files) - {"ads.csv", whole.name, resumed.name}
    text = report(args.rows, args.jobs, kills, found)
    print(text)
    if args.output:
        write_between(args.output, "faults", text)
    if found != (0, 0, True) or left:
        sys.exit(f"something went wrong: {found}, left over: {sorted(left)}")


if __name__ == "__main__":
    main()
