"""How many labelled ads does rolenlp need, with the weights of its phrases and without?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks.data import Ads
from benchmarks.quality.measures import named
from benchmarks.quality.ours import fit, probabilities
from benchmarks.quality.views import DUTIES, VIEWS
from rolenlp import RoleClassifier
from rolenlp.metrics import JUDGED, Figure, interval, resampled_confusion
from rolenlp.reading.priors import Priors

__all__ = ["Point", "curve"]

SIZES: tuple[int | None, ...] = (0, 25, 50, 100, 200, 400, 800, None)  # None: all
DRAWS = 5
GROUPS = 3  # of sources, each left out in turn


@dataclass(frozen=True)
class Point:
    """Macro-F1 after so many labels (the mean count of the fits): the mean of the draws, and each.

    The interval is by bootstrap over the ads judged.
    """

    n_labels: int
    mean: Figure
    draws: tuple[float, ...]


def curve(labels: Ads, gold: Ads) -> dict[str, list[Point]]:
    """Duties only: points by kind of start, fewest labels first."""
    default = Priors.default()
    blank = replace(default, phrases=tuple(replace(p, weight=0.0) for p in default.phrases))
    starts = {"phrases start at their weights": default, "phrases start at zero": blank}
    gold = VIEWS[DUTIES](gold)
    return {
        name: [_point(labels, gold, priors, size) for size in SIZES]
        for name, priors in starts.items()
    }


def _point(labels: Ads, gold: Ads, priors: Priors, size: int | None) -> Point:
    groups = list(_groups(labels, gold))
    n_draws = DRAWS if size else 1
    verdicts = np.empty((n_draws, len(gold)), object)
    for draw in range(n_draws):
        for number, (pool, test) in enumerate(groups):
            # The draws of a larger size hold those of a smaller one.
            order = np.random.default_rng([draw, number]).permutation(pool)
            model = fit(labels.where(order[:size]), model=RoleClassifier(priors=priors))
            verdicts[draw, test] = named(probabilities(model, gold.where(test)))
    judged = np.isin(gold.roles.astype(str), JUDGED)
    truth, said = gold.roles.astype(str)[judged], verdicts[:, judged].astype(str)
    scores = np.array([resampled_confusion(truth, row).macro_f1() for row in said])
    mean = interval(scores.mean(axis=0), len(truth))
    n = round(float(np.mean([len(pool) for pool, _ in groups]))) if size is None else size
    return Point(n, mean, tuple(scores[:, 0].tolist()))


def _groups(labels: Ads, gold: Ads) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The labelled ads to draw from, and the gold ads of the sources left out."""
    folds = GroupKFold(GROUPS).split(np.zeros(len(gold)), groups=gold.sources.astype(str))
    for _, test in folds:
        out = set(gold.sources[test])
        yield np.flatnonzero([source not in out for source in labels.sources]), test
