"""Probabilities that can be believed: temperature, the user's mix of roles, promised precision."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

PRECISIONS = tuple(round(0.5 + i / 100, 2) for i in range(50))  # 0.50 ... 0.99
_EM_STEPS, _EM_NEAR = 200, 1e-6
_RARE = 0.05


def inverse_temperature(
    probabilities: NDArray[np.float64], label: NDArray[Any], weight: NDArray[np.float64]
) -> float:
    """What log-probabilities are multiplied by so that they fit the labels best.

    `probabilities`, shape (n_ads, n_classes), were given by fits without the ads; `label` numbers
    their columns. 1 where no ad has a weight or one class is all there is. Temperature scaling:
    Guo et al., 2017, "On calibration of modern neural networks". `CalibratedClassifierCV` fits the
    same number, but must be given an estimator that can answer, and ads of every class.
    """
    rows = weight > 0
    if len(np.unique(label[rows])) < 2:
        return 1.0
    from scipy.optimize import minimize_scalar  # not for who judges
    from sklearn.metrics import log_loss

    each = np.arange(probabilities.shape[1])

    def loss(log_inverse: float) -> float:
        given = tempered(probabilities[rows], np.exp(log_inverse))
        return float(log_loss(label[rows], given, sample_weight=weight[rows], labels=each))

    return float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))


def tempered(probabilities: NDArray[np.float64], inverse: float) -> NDArray[np.float64]:
    """Probabilities at another temperature; each row sums to 1."""
    return np.asarray(softmax(inverse * np.log(np.maximum(probabilities, 1e-12)), axis=1))


def moved(
    probabilities: NDArray[np.float64],
    known: NDArray[np.float64],
    asked: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Probabilities for a table with other shares of the classes, by Bayes' rule.

    `known` are the shares, shape (n_classes,), that the probabilities hold for. Each class is as
    likely to look as it does in both; only how often it comes differs.
    """
    ratio = np.divide(asked, known, out=np.zeros_like(asked), where=known > 0)
    weighed = probabilities * ratio
    total = weighed.sum(axis=1, keepdims=True)
    return np.where(total > 0, weighed / np.where(total > 0, total, 1), probabilities)


def estimated_mix(
    probabilities: NDArray[np.float64], known: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The shares of the classes in a table, from probabilities that hold for the shares `known`.

    Expectation-maximisation (Saerens, Latinne and Decaestecker, 2002, "Adjusting the outputs of a
    classifier to new a priori probabilities", Neural Computation 14): the mean of the
    probabilities is the next guess of the shares, until it stays. A class with a share below 5% in
    `known` keeps it: its probabilities rest on few ads, and their errors would run away. `known`
    where there are no ads.
    """
    mix = known
    rare = known < _RARE
    for _ in range(_EM_STEPS if len(probabilities) else 0):
        new = np.where(rare, 0, moved(probabilities, known, mix).mean(axis=0))
        new = np.where(rare, known, new / new.sum() * (1 - known[rare].sum()))
        near = np.abs(new - mix).max() < _EM_NEAR
        mix = new
        if near:
            break
    return mix


def precision_thresholds(
    probabilities: NDArray[np.float64], label: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least confidence at which verdicts of a class keep each precision of `PRECISIONS`.

    Shape (n_classes, len(PRECISIONS)), from probabilities given by fits without the ads; infinite
    where no confidence keeps it. One wrong verdict of mean weight is added to every count, so that
    a handful of right ones promises nothing. Verdicts of one confidence are kept or left together.
    """
    verdict = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    out = np.full((probabilities.shape[1], len(PRECISIONS)), np.inf)
    for number in range(len(out)):
        rows = np.flatnonzero((verdict == number) & (weight > 0))
        if not len(rows):
            continue
        rows = rows[np.argsort(-confidence[rows], kind="stable")]
        right = np.cumsum(weight[rows] * (label[rows] == number))
        precision = right / (np.cumsum(weight[rows]) + weight[rows].mean())
        last = np.append(np.diff(confidence[rows]) != 0, True)
        for column, promised in enumerate(PRECISIONS):
            kept = np.flatnonzero(last & (precision >= promised))
            if len(kept):
                out[number, column] = confidence[rows[kept[-1]]]
    return out
