"""How good are the verdicts? Figures with 95% bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "JUDGED",
    "Cells",
    "Figure",
    "bootstrap",
    "calibration_error",
    "confusion",
    "coverage",
    "f1",
    "kappa",
    "macro_f1",
    "precision_and_recall",
    "resampled_confusion",
    "summary",
]

JUDGED = ("product", "project", "other")  # macro-F1 is over these; hybrids are too few
_RESAMPLES = 1000

Labels = NDArray[np.str_]


@dataclass(frozen=True)
class Figure:
    """A figure, its 95% interval, and the number of ads that it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


def f1(truth: Labels, verdict: Labels, role: str) -> float:
    """F1 of one role; 0 where there is neither such an ad nor such a verdict."""
    right = np.sum((truth == role) & (verdict == role))
    return float(2 * right / max(1, np.sum(truth == role) + np.sum(verdict == role)))


def macro_f1(truth: Labels, verdict: Labels, roles: Sequence[str] = JUDGED) -> float:
    """Mean F1 of the roles, over the ads whose true role is one of them."""
    rows = np.isin(truth, roles)
    return float(np.mean([f1(truth[rows], verdict[rows], role) for role in roles]))


def kappa(truth: Labels, verdict: Labels) -> float:
    """Agreement beyond chance (Cohen, 1960); 1 where all is one role and both say so."""
    roles = np.unique(np.concatenate((truth, verdict)))
    agree = float(np.mean(truth == verdict))
    chance = sum(float(np.mean(truth == r) * np.mean(verdict == r)) for r in roles)
    return 1.0 if chance == 1 else (agree - chance) / (1 - chance)


def calibration_error(
    confidence: NDArray[np.float64], right: NDArray[np.bool_], bins: int = 10
) -> float:
    """Expected calibration error: mean gap of confidence and accuracy over bins of one width.

    Weighted by the bins' ads (Guo et al., 2017, "On calibration of modern neural networks").
    """
    if not len(right):
        return 0.0
    bin_ = np.minimum((confidence * bins).astype(int), bins - 1)
    gap = np.bincount(bin_, confidence - right, minlength=bins)
    return float(np.abs(gap).sum() / len(right))


def coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_], precision: float) -> float:
    """The largest share of ads, taken by confidence, of which `precision` are judged right.

    Ads of one confidence are taken together.
    """
    if not len(right):
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    last = np.append(np.diff(confidence[order]) != 0, True)
    kept = last & (np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= precision)
    return float((np.flatnonzero(kept)[-1] + 1) / len(order)) if kept.any() else 0.0


def confusion(truth: Labels, verdict: Labels, roles: Sequence[str]) -> list[list[int]]:
    """How many ads of each true role (row) got each verdict (column)."""
    return [[int(np.sum((truth == a) & (verdict == b))) for b in roles] for a in roles]


def bootstrap(figure: Callable[[NDArray[np.int64]], float], n: int, *, seed: int = 0) -> Figure:
    """A figure and the 2.5 and 97.5 percentiles of it over 1,000 resamples of the ads.

    `figure` takes row numbers (Efron, 1979, the percentile interval).
    """
    rng = np.random.default_rng(seed)
    values = [figure(rng.integers(0, n, n)) for _ in range(_RESAMPLES)]
    low, high = np.percentile(values, [2.5, 97.5])
    return Figure(figure(np.arange(n)), float(low), float(high), n)


def summary(
    truth: Labels, verdict: Labels, confidence: NDArray[np.float64], *, precision: float = 0.95
) -> dict[str, Figure]:
    """The figures that a card and `evaluate` give, by name."""
    right = truth == verdict
    n = len(truth)
    cells = resampled_confusion(truth, verdict)
    return {
        "macro_f1": cells.figure(cells.macro_f1, n),
        **{
            f"f1_{role}": cells.figure(partial(cells.f1, role=role), n)
            for role in (*JUDGED, "hybrid")
            if role in cells.names
        },
        "accuracy": cells.figure(lambda counts: np.trace(counts, axis1=1, axis2=2) / n, n),
        "kappa": cells.figure(cells.kappa, n),
        "calibration_error": bootstrap(lambda i: calibration_error(confidence[i], right[i]), n),
        f"coverage_at_{precision}": bootstrap(
            lambda i: coverage(confidence[i], right[i], precision), n
        ),
    }


def precision_and_recall(truth: Labels, verdict: Labels) -> dict[str, Figure]:
    """``precision_product`` and so on: a figure a role that has such verdicts, or such ads."""
    cells = resampled_confusion(truth, verdict)
    out = {}
    for kind, axis in (("precision", 1), ("recall", 2)):
        for role in (*JUDGED, "hybrid"):
            n = int(np.sum((verdict if kind == "precision" else truth) == role))
            if n:
                out[f"{kind}_{role}"] = cells.figure(partial(cells.share, role=role, axis=axis), n)
    return out


Counts = NDArray[np.int64]


@dataclass(frozen=True)
class Cells:
    """Confusion matrices over `names`, true role by verdict: of all ads, then of each resample.

    The resamples are those of `bootstrap`, and so are the figures; only faster.
    """

    names: tuple[str, ...]
    counts: Counts  # shape (1 + 1,000, n_names, n_names)

    def figure(self, of: Callable[[Counts], NDArray[np.float64]], n: int) -> Figure:
        """A figure of each matrix as value and interval; resamples where it is NaN are left out."""
        values = of(self.counts)
        low, high = np.nanpercentile(values[1:], [2.5, 97.5])
        return Figure(float(values[0]), float(low), float(high), n)

    def f1(self, counts: Counts, role: str) -> NDArray[np.float64]:
        """As `f1`, of each matrix; 0 where no matrix has the role."""
        if role not in self.names:
            return np.zeros(len(counts))
        k = self.names.index(role)
        total = counts[:, k].sum(axis=1) + counts[:, :, k].sum(axis=1)
        return np.asarray(2 * counts[:, k, k] / np.maximum(1, total))

    def macro_f1(self, counts: Counts, roles: Sequence[str] = JUDGED) -> NDArray[np.float64]:
        """As `macro_f1`, of each matrix."""
        kept = counts * np.isin(self.names, roles)[:, None]
        return np.asarray(np.mean([self.f1(kept, role) for role in roles], axis=0))

    def kappa(self, counts: Counts) -> NDArray[np.float64]:
        """As `kappa`, of each matrix."""
        n = counts.sum(axis=(1, 2))
        agree = np.trace(counts, axis1=1, axis2=2) / n
        chance = (counts.sum(axis=1) / n[:, None] * (counts.sum(axis=2) / n[:, None])).sum(axis=1)
        certain = chance >= 1 - 1e-12
        return np.where(certain, 1.0, (agree - chance) / np.where(certain, 1, 1 - chance))

    def share(self, counts: Counts, role: str, axis: int) -> NDArray[np.float64]:
        """How many of a role's verdicts (axis 1) or ads (axis 2) are right; NaN where none is."""
        k = self.names.index(role)
        total = counts.sum(axis=axis)[:, k]
        return np.where(total, counts[:, k, k] / np.maximum(1, total), np.nan)


def resampled_confusion(truth: Labels, verdict: Labels, *, seed: int = 0) -> Cells:
    """The confusion matrix of the ads and of 1,000 resamples."""
    names, codes = np.unique(np.concatenate((truth, verdict)), return_inverse=True)
    n, k = len(truth), len(names)
    cell = codes[:n] * k + codes[n:]
    rng = np.random.default_rng(seed)
    counts = [np.bincount(cell, minlength=k * k)]
    for _ in range(_RESAMPLES):
        counts.append(np.bincount(cell[rng.integers(0, n, n)], minlength=k * k))
    return Cells(tuple(names.tolist()), np.array(counts).reshape(-1, k, k))
