"""Ads for the engines' tests, and ways to part them."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from tests.small_ads import ADS

needs_java = pytest.mark.skipif(
    not (os.environ.get("JAVA_HOME") or shutil.which("java")), reason="Spark needs Java"
)
ROWS = 60
# How many rows each part has, the parts in their order.
PARTINGS = [[60], [20, 0, 40], [0, 7, 53], [15] * 4, [1] * 3 + [57], [6] * 10]
UNREADABLE = b"Keep the project plan \xff and the risk register."


def ads(rows: int = ROWS) -> pd.DataFrame:
    """Titles and texts, no two alike, some of which cannot be judged."""
    table = pd.DataFrame([ADS[n % len(ADS)] for n in range(rows)], columns=["title", "text"])
    table["text"] = [
        "" if n % 11 == 5 else f"{text} Number {n}." for n, text in enumerate(table.text)
    ]
    return table.assign(n=range(rows))


def parted(table: pd.DataFrame, sizes: list[int]) -> Iterator[pd.DataFrame]:
    start = 0
    for size in sizes:
        yield table.iloc[start : start + size]
        start += size


def ends_once(number: int, mark: Path) -> Callable[[list[int]], None]:
    """What ends its process at once where it meets a row of that number, but only the first time.

    A function within a function, which engines send as it is: workers need not find the tests.
    """

    def end(numbers: list[int]) -> None:
        if number in numbers and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)

    return end


def with_unreadable() -> pa.Table:
    """Three ads, the second of which is not UTF-8."""
    good = b"Keep the project plan and the risk register."
    texts = pa.array([good, UNREADABLE, good]).view(pa.string())
    return pa.table({"n": [0, 1, 2], "title": ["PM"] * 3, "text": texts})
