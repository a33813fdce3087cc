"""Does the model know the job, or the board? Every source held out, and one judged from within."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import KFold

from benchmarks.data import Ads
from benchmarks.quality.measures import difference, named, right, share
from benchmarks.quality.ours import SPOKEN, fit, probabilities
from benchmarks.quality.views import ROLES, VIEWS
from rolenlp.metrics import JUDGED, Figure, interval, resampled_confusion

__all__ = ["WITHIN", "Board", "by_board", "from_within", "within"]

WITHIN = "glassdoor_2023_data_roles"  # the one source with both roles in numbers
_FEWEST = 10  # a role with fewer ads of a source does not count in its macro-F1


@dataclass(frozen=True)
class Board:
    """The figures of some ads: how many of each role, and by view macro-F1 and accuracy."""

    name: str
    counts: dict[str, int]
    macro_f1: dict[str, Figure]
    accuracy: dict[str, Figure | None]


def by_board(labels: Ads, judged: dict[str, np.ndarray], as_they_come: np.ndarray) -> list[Board]:
    """Every source, then all, then the ads drawn as they come."""
    boards = [
        _board(source, labels, judged, labels.sources == source)
        for source in sorted(set(labels.sources))
    ]
    every = np.ones(len(labels), bool)
    return [
        *boards,
        _board("all", labels, judged, every),
        _board("all, as they come", labels, judged, as_they_come),
    ]


def _board(name: str, labels: Ads, judged: dict[str, np.ndarray], rows: np.ndarray) -> Board:
    ads = labels.where(rows)
    counts = {role: int((ads.roles == role).sum()) for role in ROLES}
    roles = [role for role in JUDGED if counts[role] >= _FEWEST]
    return Board(
        name,
        counts,
        {view: _macro_f1(ads, judged[view][rows], roles) for view in SPOKEN},
        {view: share(right(ads, judged[view][rows])) for view in SPOKEN},
    )


def _macro_f1(ads: Ads, probabilities: np.ndarray, roles: Sequence[str]) -> Figure:
    rows = np.isin(ads.roles.astype(str), roles)
    truth, verdict = ads.roles.astype(str)[rows], named(probabilities)[rows]
    return interval(resampled_confusion(truth, verdict).macro_f1(roles), len(truth))


def from_within(labels: Ads) -> dict[str, np.ndarray]:
    """Probabilities by view for the ads of `WITHIN`, from fits on four fifths of them alone."""
    ads = labels.where(labels.sources == WITHIN)
    shown = {view: VIEWS[view](ads) for view in SPOKEN}
    out = {view: np.zeros((len(ads), len(ROLES))) for view in SPOKEN}
    for train, test in KFold(5, shuffle=True, random_state=0).split(np.zeros(len(ads))):
        model = fit(ads.where(train), by_source=False)
        for view in SPOKEN:
            out[view][test] = probabilities(model, shown[view].where(test))
    return out


def within(
    labels: Ads, outside: dict[str, np.ndarray], inside: dict[str, np.ndarray]
) -> dict[str, dict[str, Figure]]:
    """Macro-F1 of `WITHIN` by view: from other sources, from within, and what that is better by."""
    rows = labels.sources == WITHIN
    ads = labels.where(rows)
    return {
        view: {
            "fitted on other sources": _macro_f1(ads, outside[view][rows], JUDGED),
            "fitted on this source": _macro_f1(ads, inside[view], JUDGED),
            "difference": difference(ads, inside[view], outside[view][rows]),
        }
        for view in SPOKEN
    }
