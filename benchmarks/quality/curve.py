"""How many labelled ads does rolenlp need, with what its priors say and without?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.base import clone
from sklearn.model_selection import GroupKFold

from benchmarks.data import Ads, group_of
from benchmarks.quality.measures import named
from benchmarks.quality.ours import fit, postings, probabilities
from benchmarks.quality.views import DUTIES, VIEWS
from rolenlp import RoleClassifier
from rolenlp.metrics import JUDGED, Figure, interval, resampled_confusion
from rolenlp.model import ReadAds, read_ads
from rolenlp.reading.priors import Priors

__all__ = ["Point", "curve"]

NO_PHRASES = """
names = { phrases = [] }
titles = { product = [], project = [] }
themes = {}
"""
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
    # Without priors no phrase is looked for: the words and pairs of the ads are all there is.
    nothing = Priors.from_toml(NO_PHRASES)
    ways = {
        "with priors": RoleClassifier(),
        "without": RoleClassifier(priors=nothing, prior_strength=0),
    }
    gold, read = VIEWS[DUTIES](gold), {}
    for name, model in ways.items():
        read[name] = read_ads(postings(labels), model.priors)
    return {
        name: [
            _point(labels, gold, model, read[name], size)
            for size in SIZES
            if size != 0 or model.prior_strength
        ]
        for name, model in ways.items()
    }


def _point(
    labels: Ads, gold: Ads, settings: RoleClassifier, read: ReadAds, size: int | None
) -> Point:
    groups = list(_groups(labels, gold))
    n_draws = DRAWS if size else 1
    verdicts = np.empty((n_draws, len(gold)), object)
    for draw in range(n_draws):
        for number, (pool, test) in enumerate(groups):
            # The draws of a larger size hold those of a smaller one.
            order = np.random.default_rng([draw, number]).permutation(pool)
            rows = order[:size]
            model = fit(labels.where(rows), read=read[rows], model=clone(settings))
            verdicts[draw, test] = named(probabilities(model, gold.where(test)))
    judged = np.isin(gold.roles.astype(str), JUDGED)
    truth, said = gold.roles.astype(str)[judged], verdicts[:, judged].astype(str)
    scores = np.array([resampled_confusion(truth, row).macro_f1() for row in said])
    mean = interval(scores.mean(axis=0), len(truth))
    n = round(float(np.mean([len(pool) for pool, _ in groups]))) if size is None else size
    return Point(n, mean, tuple(scores[:, 0].tolist()))


def _groups(labels: Ads, gold: Ads) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The labelled ads to draw from, and the gold ads of the sources left out."""
    folds = GroupKFold(GROUPS).split(np.zeros(len(gold)), groups=group_of(gold.sources))
    for _, test in folds:
        out = group_of(gold.sources[test])
        yield np.flatnonzero(~np.isin(group_of(labels.sources), out)), test
