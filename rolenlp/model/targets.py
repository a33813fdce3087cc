"""What a fit goes by: what it is told of each ad, its folds, and the answers without an ad."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, KFold

from rolenlp.model.heads import QUESTIONS, Blocks, Heads, LogOdds
from rolenlp.model.themes import theme_table
from rolenlp.schema import ROLES

__all__ = ["Folds", "Targets", "log_odds_without", "weights_without"]

_FEWEST_FOR_FOLDS = 20  # with fewer ads the calibrators stay at their start

Folds = Sequence[NDArray[np.int64]]  # the rows that each fit goes without


@dataclass(frozen=True)
class Targets:
    """What `RoleClassifier.fit` is told of its ads: arrays of one entry an ad.

    `role` holds positions in `ROLES`, `stated` has shape (n_ads, 6). Both weights are brought to
    the shares of the roles where the model will be used.
    """

    role: NDArray[np.int64]
    weight: NDArray[np.float64]
    calibrating: NDArray[np.float64]
    sources: Sequence[str] | None
    stated: NDArray[np.bool_] | None

    @classmethod
    def of(
        cls,
        n: int,
        y: Sequence[str],
        sources: Sequence[object] | None,
        sample_weight: Sequence[float] | None,
        calibration_weight: Sequence[float] | None,
        themes: Sequence[Collection[str]] | None,
        role_prior: Mapping[str, float],
    ) -> Self:
        """What was told of `n` ads; ValueError where it does not fit them."""
        role = _role_numbers(y, n)
        weight = _weights(sample_weight, n, "sample")
        calibrating = weight
        if calibration_weight is not None:
            calibrating = _weights(calibration_weight, n, "calibration")
        if sources is not None and len(sources) != n:
            raise ValueError(f"{n} ads but {len(sources)} sources")
        if themes is not None and len(themes) != n:
            raise ValueError(f"{n} ads but {len(themes)} entries of themes")
        return cls(
            role,
            weight * _balance(role, weight, role_prior),
            calibrating * _balance(role, calibrating, role_prior),
            None if sources is None else [str(source) for source in sources],
            None if themes is None else theme_table(themes),
        )

    @property
    def core(self) -> NDArray[np.bool_]:
        """Whether each question's duties are at the core: shape (n_ads, 2)."""
        roles = [[ROLES.index(question), ROLES.index("hybrid")] for question in QUESTIONS]
        return np.column_stack([np.isin(self.role, yes) for yes in roles])

    def folds(self) -> Folds:
        """Rows to answer by a fit without them: by source, else by chance; none for few rows."""
        n = len(self.role)
        if n < _FEWEST_FOR_FOLDS:
            return []
        n_sources = len(set(self.sources or ()))
        if n_sources >= 3:
            by_source = GroupKFold(n_splits=min(n_sources, 10))
            return [rows for _, rows in by_source.split(np.zeros(n), groups=self.sources)]
        by_chance = KFold(n_splits=5, shuffle=True, random_state=0)
        return [rows for _, rows in by_chance.split(np.zeros(n))]


def weights_without(weight: NDArray[np.float64], folds: Folds) -> NDArray[np.float64]:
    """Weights for a fit on all rows and one without each fold: shape (n_rows, 1 + n_folds)."""
    weights = np.tile(weight[:, None], (1, 1 + len(folds)))
    for number, rows in enumerate(folds, start=1):
        weights[rows, number] = 0
    return weights


def log_odds_without(
    blocks: Blocks, folds: Folds, heads: Sequence[Heads], counts: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], LogOdds]:
    """The rows that count, fold by fold, and the answers of the heads that went without them."""
    duties, title = np.zeros((len(counts), 2)), np.zeros((len(counts), 2))
    for rows, without in zip(folds, heads, strict=True):
        answers = without.log_odds(blocks.rows(rows))
        duties[rows], title[rows] = answers.duties, answers.title
    held_out = np.concatenate((np.zeros(0, np.int64), *folds))
    held_out = held_out[counts[held_out]]
    return held_out, LogOdds(
        duties[held_out], title[held_out], blocks.has_title[held_out], blocks.has_duties[held_out]
    )


def _weights(weight: Sequence[float] | None, n: int, kind: str) -> NDArray[np.float64]:
    if weight is None:
        return np.ones(n)
    values = np.asarray(weight, float)
    if len(values) != n:
        raise ValueError(f"{n} ads but {len(values)} {kind} weights")
    if not np.all((values >= 0) & np.isfinite(values)):
        raise ValueError(f"{kind} weights must be numbers from 0 up")
    return values


def _role_numbers(y: Sequence[str], n: int) -> NDArray[np.int64]:
    if y is None:
        raise ValueError("RoleClassifier requires y to be passed, but the target y is None")
    roles = [str(role) for role in y]
    if len(roles) != n:
        raise ValueError(f"{n} ads but {len(roles)} roles")
    for place, role in enumerate(roles):
        if role not in ROLES:
            raise ValueError(f"role {role[:40]!r} of ad {place}: roles are {', '.join(ROLES)}")
    return np.array([ROLES.index(role) for role in roles], np.int64)


def _balance(
    role: NDArray[np.int64], weight: NDArray[np.float64], prior: Mapping[str, float]
) -> NDArray[np.float64]:
    """Factors that bring the roles to the shares of the prior, and the mean weight to 1."""
    if set(prior) != set(ROLES) or not all(0 < share < np.inf for share in prior.values()):
        raise ValueError(f"role_prior needs a share above 0 for each of {', '.join(ROLES)}")
    shares = np.array([prior[name] for name in ROLES])
    sums = np.bincount(role, weight, minlength=len(ROLES))
    present = sums > 0
    factor = np.zeros(len(ROLES))
    factor[present] = shares[present] / shares[present].sum() * len(role) / sums[present]
    return factor[role]
