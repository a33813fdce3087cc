"""How fast is rolenlp, and what does it cost, against other ways to do the same?

    python -m benchmarks.speed DATA [--rows N] [--parts text tables ...] [--large] [--million]
        [-o docs/benchmarks.md]

DATA holds `postings.parquet` and `labels.csv`. Everything runs on one thread and its CPU time is
what counts (but for `--jobs`), so that a busy machine does little harm; what is compared runs in
turns, in one run. With `-o` the parts that were run are written into the document.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.marked import write_between

PARTS = ("text", "tables", "jobs", "start", "training", "profile")
LIBRARIES = (
    *("numpy", "scipy", "scikit-learn", "spacy", "pandas", "pyarrow"),
    *("fasttext", "fasttext-wheel", "model2vec"),
)
LARGE = [1_000, 5_000, 20_000, 50_000, 100_000]
MILLION = 1_000_000
ROWS_OF_TABLE = 20_000
ROWS_FOR_TWO = 60_000  # processes are for large tables
ONE_THREAD = (
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "ARROW_NUM_THREADS"),
    *("RAYON_NUM_THREADS", "NUMEXPR_NUM_THREADS"),
)


def machine() -> str:
    """What the figures were measured on."""
    versions = []
    for name in LIBRARIES:
        try:
            versions.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return (
        f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python "
        f"{platform.python_version()}; rolenlp {importlib.metadata.version('rolenlp')}, "
        f"{', '.join(versions)}."
    )


def run(args: argparse.Namespace, keep: Callable[[str, str, list[str]], None]) -> None:
    """Run the parts asked for, and hand each over with its lines for the summary."""
    # Only now, as they count their threads when they are imported.
    import pyarrow as pa

    from benchmarks.speed.stages import profile_section
    from benchmarks.speed.start import start_section, training_section
    from benchmarks.speed.tables import jobs_section, sizes, sizes_section, tables_section
    from benchmarks.speed.text import text_section

    pa.set_cpu_count(1)
    data, rounds = args.data, args.rounds
    parts: dict[str, Callable[[], tuple[str, list[str]]]] = {
        "text": lambda: text_section(data, args.rows, rounds),
        "tables": lambda: tables_section(data, ROWS_OF_TABLE, rounds),
        "jobs": lambda: (jobs_section(data, ROWS_FOR_TWO, min(rounds, 3)), []),
        "start": lambda: start_section(data, 2 * rounds),
        "training": lambda: training_section(data, min(rounds, 3)),
        "profile": lambda: (profile_section(data, args.rows), []),
    }
    for name in args.parts:
        keep(name, *parts[name]())
    if args.large:
        keep("100,000 rows", tables_section(data, LARGE[-1], rounds)[0], [])
    if args.large or args.million:
        found = sizes(data, LARGE + [MILLION] * args.million, say)
        keep("sizes", sizes_section(found), [])
        if args.output:
            from benchmarks.speed.plots import plot_sizes

            plot_sizes(found, args.output.parent / "img" / "speed.png")


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=4_000, help="ads a round, from text")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    parser.add_argument("--large", action="store_true", help="also tables of up to 100,000 rows")
    parser.add_argument("--million", action="store_true", help="and one of 1,000,000")
    parser.add_argument("-o", "--output", type=Path)
    args = parser.parse_args()
    os.environ |= dict.fromkeys(ONE_THREAD, "1") | {"TOKENIZERS_PARALLELISM": "false"}
    summary: list[str] = []

    def keep(name: str, section: str, lines: list[str]) -> None:
        print(f"\n## {name}\n\n{section}", flush=True)
        summary.extend(lines)
        if args.output:
            write_between(args.output, f"speed: {name}", section)

    run(args, keep)
    print("\n" + "\n".join([*summary, machine()]))
    if args.output and set(args.parts) == set(PARTS):
        write_between(args.output, "speed: summary", "\n".join(summary))
    if args.output:
        write_between(args.output, "speed: machine", machine())


if __name__ == "__main__":
    main()
