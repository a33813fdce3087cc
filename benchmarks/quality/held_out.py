"""Verdicts on gold.csv by models that have not seen an ad's source: as a new job board would be.

DATA holds `postings.parquet`, `labels.csv` (for training) and `gold.csv` (for judging only).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.data import Ads, read_gold, read_labels
from benchmarks.quality import ours
from rolenlp.schema import Prediction

__all__ = ["VIEWS", "Judged", "judge_gold"]

VIEWS = ours.SPOKEN


@dataclass(frozen=True)
class Judged:
    """The gold ads, their ids, the roles of both annotation passes, and the verdicts by view."""

    gold: Ads
    ids: np.ndarray
    passes: np.ndarray
    verdicts: dict[str, list[Prediction]]

    def roles(self, view: str) -> np.ndarray:
        """The verdicts of a view as roles, "" where an ad could not be judged."""
        return np.array([verdict.role for verdict in self.verdicts[view]])

    def wrong(self, view: str) -> np.ndarray:
        """Whether each verdict of a view is not the true role."""
        wrong: np.ndarray = self.roles(view) != self.gold.roles.astype(str)
        return wrong


def judge_gold(data: Path) -> Judged:
    """A verdict on every gold ad in each view, by a model without the ad's group of sources."""
    rows = pd.read_csv(data / "gold.csv")
    (judged,) = ours.held_out(read_labels(data), [read_gold(data)], "duties")
    return Judged(
        judged.ads,
        rows.posting_id.to_numpy(str),
        rows[["role_a", "role_b"]].to_numpy(str),
        judged.verdicts,
    )
