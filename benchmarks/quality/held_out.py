"""Verdicts on gold.csv by models that have not seen an ad's source: as a new job board would be.

DATA holds `postings.parquet`, `labels.csv` (for training) and `gold.csv` (for judging only).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.data import Ads, read_gold
from benchmarks.shipped.default_model import read
from rolenlp import Posting, RoleClassifier
from rolenlp.schema import Prediction
from rolenlp.verdicts.judge import judge

__all__ = ["VIEWS", "Judged", "judge_gold"]

VIEWS = ("title and text", "duties only")  # duties only: no title, role names hidden in the text


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
    """A verdict on every gold ad in each view, by a model that has not seen the ad's source."""
    labelled, told = read(data)
    gold, rows = read_gold(data), pd.read_csv(data / "gold.csv")
    source = np.array(labelled.sources)
    found: dict[str, dict[int, Prediction]] = {view: {} for view in VIEWS}
    for held_out in sorted(set(gold.sources)):
        known = np.flatnonzero(source != held_out)
        model = RoleClassifier().fit(
            [labelled.postings[i] for i in known],
            [labelled.roles[i] for i in known],
            sources=source[known].tolist(),
            **{name: [values[i] for i in known] for name, values in told.items()},
        )
        tested = np.flatnonzero(gold.sources == held_out)
        for view, ads in zip(VIEWS, (gold, gold.duties_only()), strict=True):
            postings = [Posting(ads.texts[i], ads.titles[i]) for i in tested]
            found[view].update(zip(tested.tolist(), judge(model, postings), strict=True))
    return Judged(
        gold,
        rows.posting_id.to_numpy(str),
        rows[["role_a", "role_b"]].to_numpy(str),
        {view: [verdicts[i] for i in range(len(gold))] for view, verdicts in found.items()},
    )
