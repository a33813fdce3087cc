"""How good are the verdicts, and how far can their confidence be trusted?

Figures with 95% intervals (bootstrap, or Wilson's for plain shares), reliability, risk by coverage.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binomtest
from sklearn.metrics import f1_score

JUDGED = ("product", "project", "other")  # macro-F1 is over these; hybrids are too few
_RESAMPLES = 1000
_BINS = 10
_MOST_POINTS = 200  # of a curve; more are not seen

Labels = NDArray[np.str_]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Figure:
    """A figure, its 95% interval, and the number of ads that it rests on."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


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


def judged_roles(truth: Iterable[str]) -> tuple[str, ...]:
    """The roles that macro-F1 is over: those of `JUDGED` that occur, else hybrid if that does."""
    occurring = set(truth)
    return tuple(role for role in JUDGED if role in occurring) or tuple({"hybrid"} & occurring)


def macro_f1(truth: Labels, verdict: Labels, roles: Sequence[str] | None = None) -> float:
    """Mean F1 of the roles, over the ads whose true role is one of them.

    The roles are `judged_roles` unless given: one without an ad would count as an F1 of 0.
    """
    roles = judged_roles(truth.tolist()) if roles is None else roles
    rows = np.isin(truth, roles)
    return float(
        f1_score(truth[rows], verdict[rows], labels=roles, average="macro", zero_division=0)
    )


def proportion(count: int, n: int) -> Figure:
    """`count` of `n` as a share, with the 95% interval of Wilson (1927).

    Unlike a bootstrap it stays wide where a few are all right. `n` is at least 1.
    """
    low, high = binomtest(count, n).proportion_ci(method="wilson")
    return Figure(count / n, float(low), float(high), n)


def calibration_error(confidence: Floats, right: NDArray[np.bool_]) -> float:
    """Expected calibration error: mean gap of confidence and accuracy over ten bins of one width.

    Weighted by the bins' ads (Guo et al., 2017, "On calibration of modern neural networks").
    """
    if not len(right):
        return 0.0
    gap = np.bincount(_bin(confidence), confidence - right, minlength=_BINS)
    return float(np.abs(gap).sum() / len(right))


def reliability(confidence: Floats, right: NDArray[np.bool_]) -> tuple[Bin, ...]:
    """The bins of `calibration_error` that hold ads, lowest first."""
    number = _bin(confidence)
    out = []
    for k in np.unique(number).tolist():
        rows = number == k
        share = proportion(int(right[rows].sum()), int(rows.sum()))
        out.append(Bin(k / _BINS, (k + 1) / _BINS, float(confidence[rows].mean()), share))
    return tuple(out)


def _bin(confidence: Floats) -> NDArray[np.int64]:
    """The bin of each ad; scikit-learn's `calibration_curve` does not say how many a bin holds."""
    return np.minimum((confidence * _BINS).astype(np.int64), _BINS - 1)


def coverage(confidence: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The largest share of ads, taken by confidence, of which `precision` are judged right.

    Ads of one confidence are taken together.
    """
    if not len(right):
        return 0.0
    order, last = _surest(confidence)
    kept = last[np.cumsum(right[order])[last] / (last + 1) >= precision]
    return float((kept[-1] + 1) / len(order)) if len(kept) else 0.0


def risk_by_coverage(confidence: Floats, right: NDArray[np.bool_]) -> tuple[Kept, ...]:
    """What is wrong among the surest ads, from the few surest to all; at most 200 points.

    Ads of one confidence are kept together, so their order does not matter.
    """
    order, last = _surest(confidence)
    ranked = confidence[order]
    wrong = np.cumsum(~right[order])
    if len(last) > _MOST_POINTS:
        last = last[np.linspace(0, len(last) - 1, _MOST_POINTS).round().astype(int)]
    return tuple(
        Kept(float(ranked[i]), (i + 1) / len(order), proportion(int(wrong[i]), i + 1))
        for i in last.tolist()
    )


def _surest(confidence: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The ads, the surest first, and in that order the places of the last of each confidence."""
    order = np.argsort(-confidence, kind="stable")
    return order, np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))


def bootstrap(figure: Callable[[NDArray[np.int64]], float], n: int, *, seed: int = 0) -> Figure:
    """A figure and the 2.5 and 97.5 percentiles of it over 1,000 resamples of the ads.

    `figure` takes row numbers (Efron, 1979, the percentile interval).
    """
    rng = np.random.default_rng(seed)
    rows = [np.arange(n), *(rng.integers(0, n, n) for _ in range(_RESAMPLES))]
    return interval(np.array([figure(each) for each in rows]), n)


def interval(values: Floats, n: int) -> Figure:
    """A figure of all ads, `values[0]`, with its interval from those of resamples, the rest.

    Resamples where it is NaN are left out.
    """
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return Figure(float(values[0]), float(low), float(high), n)


def summary(
    truth: Labels, verdict: Labels, confidence: Floats, *, precision: float = 0.95
) -> dict[str, Figure]:
    """The figures that a card and `evaluate` give, by name."""
    right = truth == verdict
    n = len(truth)
    cells = resampled_confusion(truth, verdict)
    return {
        "macro_f1": interval(cells.macro_f1(), n),
        **{
            f"f1_{role}": interval(cells.f1(role), n)
            for role in (*JUDGED, "hybrid")
            if role in cells.names
        },
        "accuracy": interval(cells.accuracy(), n),
        "kappa": interval(cells.kappa(), n),
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
                out[f"{kind}_{role}"] = interval(cells.share(role, axis), n)
    return out


@dataclass(frozen=True)
class Cells:
    """Confusion matrices over `names`, true role by verdict: of all ads, then of each resample.

    The resamples are those of `bootstrap`. Each figure is an array of shape (1 + 1,000,), for
    `interval`. By hand, as scikit-learn's figures take one sample a call: a thousand calls of
    `f1_score` take seconds, for each of some twenty figures; tests hold them to scikit-learn's.
    """

    names: tuple[str, ...]
    counts: NDArray[np.int64]  # shape (1 + 1,000, n_names, n_names)

    def f1(self, role: str) -> Floats:
        """F1 of one role; 0 where there is neither such an ad nor such a verdict."""
        return self._f1(self.counts, role)

    def macro_f1(self, roles: Sequence[str] | None = None) -> Floats:
        """As the function `macro_f1`; the roles that occur are those of all ads."""
        if roles is None:
            occurring = self.counts[0].sum(axis=1) > 0
            roles = judged_roles(np.array(self.names)[occurring].tolist())
        kept = self.counts * np.isin(self.names, roles)[:, None]
        return np.asarray(np.mean([self._f1(kept, role) for role in roles], axis=0))

    def accuracy(self) -> Floats:
        """The share of the ads that is judged right."""
        right = np.trace(self.counts, axis1=1, axis2=2)
        return np.asarray(right / self.counts.sum(axis=(1, 2)))

    def kappa(self) -> Floats:
        """Agreement beyond chance (Cohen, 1960); 1 where all is one role and both say so."""
        counts, n = self.counts, self.counts.sum(axis=(1, 2))
        agree = self.accuracy()
        chance = (counts.sum(axis=1) / n[:, None] * (counts.sum(axis=2) / n[:, None])).sum(axis=1)
        certain = chance >= 1 - 1e-12
        return np.where(certain, 1.0, (agree - chance) / np.where(certain, 1, 1 - chance))

    def share(self, role: str, axis: int) -> Floats:
        """How many of a role's verdicts (axis 1) or ads (axis 2) are right; NaN where none is."""
        k = self.names.index(role)
        total = self.counts.sum(axis=axis)[:, k]
        return np.where(total, self.counts[:, k, k] / np.maximum(1, total), np.nan)

    def _f1(self, counts: NDArray[np.int64], role: str) -> Floats:
        if role not in self.names:
            return np.zeros(len(counts))
        k = self.names.index(role)
        total = counts[:, k].sum(axis=1) + counts[:, :, k].sum(axis=1)
        return np.asarray(2 * counts[:, k, k] / np.maximum(1, total))


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
