"""From two answers to four calibrated roles, and from probabilities to a promise of precision.

Two questions are asked of an ad: are product duties at its core (log-odds a)? are project duties
(log-odds b)? Were the answers independent and their odds true, the four roles would have the
log-odds, against ``other``: product a, project b, hybrid a + b. The calibrator keeps this form
and learns four numbers from answers given out of fold: one temperature for all log-odds (Guo et
al., 2017, "On calibration of modern neural networks"), and a constant for each role but ``other``.
A free slope for every answer and role fits the sources seen better, and unseen ones worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, softmax

from rolenlp.schema import ROLES

__all__ = ["PRECISIONS", "Calibrator", "precision_thresholds"]

PRECISIONS = tuple(round(0.5 + i / 100, 2) for i in range(50))  # 0.50 ... 0.99
_HYBRID_START = -2.0  # a first guess for how much rarer both are than either
# Prior deviations of the constants of hybrid, product and project; the temperature is free. How
# often both are at the core differs between tables, and no answer tells.
_SCALES = np.array([1.0, 0.2, 0.2])


@dataclass(frozen=True)
class Calibrator:
    """Probabilities of `ROLES` from answers; `coefficients` has shape (1 + n_answers, 4)."""

    coefficients: NDArray[np.float64]

    @classmethod
    def fit(
        cls,
        answers: NDArray[np.float64],
        role: NDArray[np.int64],
        weight: NDArray[np.float64],
        shares: Sequence[float],
    ) -> Calibrator:
        """Fit on answers given out of fold.

        `answers` (n, 2 * views) holds a and b of each view, `role` (n,) positions in `ROLES`,
        `shares` how much of the verdict each view carries.
        """
        from scipy.optimize import minimize  # not for who judges

        start = np.zeros((1 + answers.shape[1], len(ROLES)))
        start[0, ROLES.index("hybrid")] = _HYBRID_START
        for view, share in enumerate(shares):
            a, b = 1 + 2 * view, 2 + 2 * view
            for row, roles in ((a, ("product", "hybrid")), (b, ("project", "hybrid"))):
                start[row, [ROLES.index(name) for name in roles]] = share
        scores = _with_one(answers) @ start
        others = [number for number, name in enumerate(ROLES) if name != "other"]
        rows = np.arange(len(role))
        one_hot = np.eye(len(ROLES))[role]

        def constants(values: NDArray[np.float64]) -> NDArray[np.float64]:
            out = np.zeros(len(ROLES))
            out[others] = values
            return out

        def loss(values: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            heat, free = np.exp(values[0]), values[1:] / _SCALES
            logs = log_softmax(heat * scores + constants(values[1:]), axis=1)
            missed = weight[:, None] * (np.exp(logs) - one_hot)
            slope = missed[:, others].sum(axis=0) + free / _SCALES
            value = free @ free / 2 - weight @ logs[rows, role]
            return float(value), np.append(heat * (missed * scores).sum(), slope)

        known = len(role) > 0
        found = minimize(loss, np.zeros(4), jac=True, tol=1e-8).x if known else np.zeros(4)
        coefficients = np.exp(found[0]) * start
        coefficients[0] += constants(found[1:])
        return cls(coefficients)

    def probabilities(self, answers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Shape (n, 4), columns as in `ROLES`, rows sum to 1."""
        return np.asarray(softmax(_with_one(answers) @ self.coefficients, axis=1))


def _with_one(answers: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.column_stack((np.ones(len(answers)), np.clip(answers, -12, 12)))


def precision_thresholds(
    probabilities: NDArray[np.float64], role: NDArray[np.int64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The least confidence at which verdicts of a role keep each precision of `PRECISIONS`.

    Shape (4, len(PRECISIONS)), from probabilities given out of fold; infinite where no
    confidence keeps it. One wrong verdict of mean weight is added to every count, so that a
    handful of right ones promises nothing. Verdicts of one confidence are kept or left together.
    """
    verdict = probabilities.argmax(axis=1)
    confidence = probabilities.max(axis=1)
    out = np.full((len(ROLES), len(PRECISIONS)), np.inf)
    for number in range(len(ROLES)):
        rows = np.flatnonzero(verdict == number)
        if not len(rows):
            continue
        rows = rows[np.argsort(-confidence[rows], kind="stable")]
        right = np.cumsum(weight[rows] * (role[rows] == number))
        precision = right / (np.cumsum(weight[rows]) + weight[rows].mean())
        last = np.append(np.diff(confidence[rows]) != 0, True)
        for column, promised in enumerate(PRECISIONS):
            kept = np.flatnonzero(last & (precision >= promised))
            if len(kept):
                out[number, column] = confidence[rows[kept[-1]]]
    return out
