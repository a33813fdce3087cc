"""How good are the verdicts? Figures with 95% bootstrap intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "JUDGED",
    "Figure",
    "bootstrap",
    "calibration_error",
    "confusion",
    "coverage",
    "f1",
    "kappa",
    "macro_f1",
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

    def f1_of(role: str) -> Callable[[NDArray[np.int64]], float]:
        return lambda i: f1(truth[i], verdict[i], role)

    figures: dict[str, Callable[[NDArray[np.int64]], float]] = {
        "macro_f1": lambda i: macro_f1(truth[i], verdict[i]),
        **{
            f"f1_{role}": f1_of(role)
            for role in (*JUDGED, "hybrid")
            if role in truth or role in verdict
        },
        "accuracy": lambda i: float(np.mean(right[i])),
        "kappa": lambda i: kappa(truth[i], verdict[i]),
        "calibration_error": lambda i: calibration_error(confidence[i], right[i]),
        f"coverage_at_{precision}": lambda i: coverage(confidence[i], right[i], precision),
    }
    return {name: bootstrap(figure, n) for name, figure in figures.items()}
