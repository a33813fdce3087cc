"""What do Dask and Spark cost beside plain `rolenlp label`, and what does a second worker bring?

    python -m benchmarks.speed.engines DATA [--rows N] [--ways "dask 1" ...] [-o docs/scale.md]

DATA holds `postings.parquet`. Every way judges the same Parquet files, no ad twice, in four parts
one after another, and its rows are held against those of `label`. A start (libraries, the model, a
few ads) is measured apart. Rates are by the clock, so that only a machine that does nothing else
tells them; CPU seconds are those of the workers.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from benchmarks.marked import markdown_table, write_between
from benchmarks.speed.child import cost_of
from benchmarks.speed.data import write_table

WAYS = ("dask 1", "dask 2", "spark 1", "spark 2")
_FILE_ROWS = 2_500
_PARTS = 4
_SMALL_FILES, _SMALL_ROWS = 4, 20  # so that each worker gets one and loads the model


@dataclass
class Found:
    """Of one way: CPU seconds of a worker's start, of all workers' work, seconds by the clock.

    `memory` is what a worker has after each part, in MB, the largest of them.
    """

    start: float = 0.0
    cpu: float = 0.0
    wall: float = 0.0
    memory: list[float] = field(default_factory=list)


# The process, its CPU seconds and its MB, of each worker.
Asked = dict[Any, tuple[float, float]]


def used() -> tuple[float, float]:
    """CPU seconds and MB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return time.process_time(), pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def write_files(data: Path, rows: int, place: Path) -> tuple[list[str], list[str]]:
    """So many ads, none twice, in Parquet files; and a few small files to start with."""
    table = pd.read_csv(write_table(data, rows, place, numbered=True), keep_default_na=False)
    (place / f"{rows}.csv").unlink()
    folder = place / "ads"
    folder.mkdir()
    files = []
    for start in range(0, rows, _FILE_ROWS):
        files.append(str(folder / f"{start:07}.parquet"))
        table.iloc[start : start + _FILE_ROWS].to_parquet(files[-1], index=False)
    small = []
    for start in range(0, _SMALL_FILES * _SMALL_ROWS, _SMALL_ROWS):
        small.append(str(place / f"small-{start}.parquet"))
        table.iloc[start : start + _SMALL_ROWS].to_parquet(small[-1], index=False)
    return files, small


def plain(files: Sequence[str], small: Sequence[str], out: Path) -> Found:
    """`rolenlp label` in one process, from files to a file."""
    command = [sys.executable, "-m", "rolenlp", "label", "--jobs", "1", "--quiet"]
    few = cost_of([*command, *small, "-o", f"{out}.small.parquet"], one_core=False)
    all_ = cost_of([*command, *files, "-o", f"{out}.parquet"], one_core=False)
    return Found(few.cpu, all_.cpu - few.cpu, all_.wall - few.wall, [all_.peak / 1e6])


@contextmanager
def dask(workers: int) -> Iterator[tuple[Callable[..., Any], Callable[[], Asked]]]:
    """A cluster of so many processes, and a way to ask them what they have used."""
    from distributed import default_client

    from rolenlp.engines.dask import connected

    with connected(None, workers):
        yield _judge("dask"), lambda: default_client().run(used)


@contextmanager
def spark(workers: int) -> Iterator[tuple[Callable[..., Any], Callable[[], Asked]]]:
    """A session of so many processes, and a way to ask them what they have used."""
    from pyspark.sql import SparkSession

    from rolenlp.engines.spark import connected

    def ask(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            pages = int(Path("/proc/self/statm").read_text().split()[1])
            mine = os.getpid(), time.process_time(), pages * os.sysconf("SC_PAGE_SIZE") / 1e6
            time.sleep(1)  # so that none answers twice
            yield pa.record_batch([[value] for value in mine], names=["pid", "cpu", "mb"])

    def asked() -> Asked:
        session = SparkSession.getActiveSession()
        parts = session.range(workers, numPartitions=workers)
        rows = parts.mapInArrow(ask, "pid long, cpu double, mb double").collect()
        return {row.pid: (row.cpu, row.mb) for row in rows}

    with connected(None, workers):
        yield _judge("spark"), asked


def _judge(engine: str) -> Callable[[Sequence[str], Path], None]:
    from importlib import import_module

    from rolenlp.label.workers import Options

    run = import_module(f"rolenlp.engines.{engine}")

    def judge(files: Sequence[str], out: Path) -> None:
        table = run.read(list(files))
        judged = run.label(table, "description", "title")
        run.write(table, judged, Options(), str(out))

    return judge


def engine(way: str, files: Sequence[str], small: Sequence[str], out: Path) -> Found:
    """One engine with so many workers, part after part."""
    name, workers = way.split()
    found = Found()
    with {"dask": dask, "spark": spark}[name](int(workers)) as (judge, asked):
        judge(small, out / "first")
        shutil.rmtree(out / "first")
        before = asked()
        found.start = max(cpu for cpu, _ in before.values())
        started = time.perf_counter()
        for part in range(_PARTS):
            judge(files[part::_PARTS], out / str(part))
            if part < _PARTS - 1:
                found.memory.append(max(mb for _, mb in asked().values()))
        found.wall = time.perf_counter() - started
        after = asked()
        found.memory.append(max(mb for _, mb in after.values()))
        found.cpu = sum(cpu for cpu, _ in after.values()) - sum(cpu for cpu, _ in before.values())
    return found


def same(out: Path, want: Path) -> bool:
    """Whether a way's rows are those of `label`, each once."""
    files = [str(path) for path in out.rglob("*.parquet")]
    found, wanted = ds.dataset(files).to_table(), pq.read_table(want)
    wanted = wanted.drop_columns("file").cast(found.schema)
    return bool(found.sort_by("id").equals(wanted.sort_by("id")))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--ways", nargs="*", choices=WAYS, default=list(WAYS))
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    table = []
    with tempfile.TemporaryDirectory() as place:
        files, small = write_files(args.data, args.rows, Path(place))
        megabytes = sum(Path(file).stat().st_size for file in files) / 1e6
        found = {"label": plain(files, small, Path(place, "label"))}
        for way in args.ways:
            out = Path(place, way.replace(" ", "-"))
            out.mkdir()
            found[way] = engine(way, files, small, out)
            print(way, found[way], file=sys.stderr, flush=True)
            alike = same(out, Path(place, "label.parquet"))
            one = found.get(f"{way.split()[0]} 1", found[way])
            table.append(
                [
                    f"{way.split()[0].title()}, {way.split()[1]}",
                    "all the same" if alike else "**DIFFERENT**",
                    f"{found[way].start:.1f}",
                    f"{found[way].cpu:.1f}",
                    f"{found[way].cpu / found['label'].cpu:.2f}",
                    f"{args.rows / found[way].wall:,.0f}",
                    f"{one.wall / found[way].wall:.2f}",
                    ", ".join(f"{mb:,.0f}" for mb in found[way].memory),
                ]
            )
    ours = found["label"]
    first = [
        "`label --jobs 1`",
        "",
        f"{ours.start:.1f}",
        f"{ours.cpu:.1f}",
        "1.00",
        f"{args.rows / ours.wall:,.0f}",
        "",
        f"{ours.memory[0]:,.0f} at most",
    ]
    head = ["engine, workers", "rows", "CPU s of a start", "CPU s of the work", "`label` = 1"]
    head += ["rows a second", "1 worker = 1", "MB of a worker, part by part"]
    text = markdown_table(head, [first, *table])
    text += f"\n\n{args.rows:,} ads in {len(files)} files of {megabytes:,.0f} MB, none twice."
    print(text)
    if args.output:
        write_between(args.output, "speed: engines", text)


if __name__ == "__main__":
    main()
