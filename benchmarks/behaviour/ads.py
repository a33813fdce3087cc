"""The ads that the behaviour tests change: our sample, and real ones as a search finds them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from benchmarks.behaviour.changes import Ad

__all__ = ["read_real", "read_sample"]

SAMPLE = Path(__file__).parents[2] / "data" / "postings.csv"
N_REAL = 500
SEED = 0


def read_sample() -> list[Ad]:
    """All ads of our own sample."""
    return _ads(pd.read_csv(SAMPLE, dtype=str).rename(columns={"id": "posting_id"}))


def read_real(data: Path) -> list[Ad]:
    """500 real ads, drawn from those labelled first: what a search for both roles brings up.

    Their mix is product, project and other; the default model was trained on them.
    """
    labels = pd.read_csv(data / "labels.csv")
    drawn = labels[labels.draw == 1].sample(N_REAL, random_state=SEED).posting_id
    postings = pd.read_parquet(data / "postings.parquet").set_index("posting_id")
    return _ads(postings.loc[drawn].reset_index())


def _ads(rows: pd.DataFrame) -> list[Ad]:
    columns = (rows[c].fillna("") for c in ("posting_id", "title", "description", "company"))
    return [Ad(*(str(value) for value in values)) for values in zip(*columns, strict=True)]
