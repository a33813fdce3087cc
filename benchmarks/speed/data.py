"""Real postings in an order of chance, and tables of any length made of them."""

from __future__ import annotations

import csv
from itertools import cycle, islice
from pathlib import Path

import pandas as pd

__all__ = ["read_ads", "write_table"]

_SEED = 20_260


def read_ads(data: Path) -> list[tuple[str, str]]:
    """Title and text of all postings, shuffled, always the same way."""
    postings = pd.read_parquet(data / "postings.parquet", columns=["title", "description"])
    postings = postings.fillna("").sample(frac=1, random_state=_SEED)
    return list(zip(postings.title.astype(str), postings.description.astype(str), strict=True))


def write_table(data: Path, rows: int, place: Path, *, numbered: bool = False) -> Path:
    """A CSV file of so many rows: the postings, and after the last the first again.

    `numbered` puts the row's number after its text, so that no ad comes twice.
    """
    file = place / f"{rows}.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "title", "description"])
        ads = islice(cycle(read_ads(data)), rows)
        for number, (title, text) in enumerate(ads):
            writer.writerow((number, title, f"{text} {number}" if numbered else text))
    return file
