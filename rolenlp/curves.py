"""How far can confidence be trusted? Shares with intervals, reliability, risk by coverage."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from rolenlp.metrics import Figure

__all__ = ["Bin", "Kept", "proportion", "reliability", "risk_by_coverage"]

_Z = 1.959964  # the 97.5 percentile of the normal distribution
_BINS = 10
_MOST_POINTS = 200  # of a curve; more are not seen


@dataclass(frozen=True)
class Bin:
    """Verdicts of about one confidence: from `low` to `high`, their mean, and the share right."""

    low: float
    high: float
    confidence: float
    right: Figure


@dataclass(frozen=True)
class Kept:
    """The verdicts of at least a confidence: their share of all ads, and the share wrong."""

    confidence: float
    coverage: float
    wrong: Figure


def proportion(count: int, n: int) -> Figure:
    """`count` of `n` as a share, with the 95% interval of Wilson (1927).

    Unlike a bootstrap it stays wide where a few are all right. `n` is at least 1.
    """
    share = count / n
    centre = share + _Z**2 / (2 * n)
    half = _Z * sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    low, high = ((centre + side * half) / (1 + _Z**2 / n) for side in (-1, 1))
    return Figure(share, min(share, max(0.0, low)), max(share, min(1.0, high)), n)


def reliability(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """The ten bins of `rolenlp.metrics.calibration_error` that hold ads, lowest first."""
    number = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    out = []
    for k in np.unique(number).tolist():
        rows = number == k
        share = proportion(int(right[rows].sum()), int(rows.sum()))
        out.append(Bin(k / _BINS, (k + 1) / _BINS, float(confidence[rows].mean()), share))
    return tuple(out)


def risk_by_coverage(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> tuple[Kept, ...]:
    """What is wrong among the surest ads, from the few surest to all; at most 200 points.

    Ads of one confidence are kept together, so their order does not matter.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked = confidence[order]
    wrong = np.cumsum(~right[order])
    last = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
    if len(last) > _MOST_POINTS:
        last = last[np.linspace(0, len(last) - 1, _MOST_POINTS).round().astype(int)]
    return tuple(
        Kept(float(ranked[i]), (i + 1) / len(order), proportion(int(wrong[i]), i + 1))
        for i in last.tolist()
    )
