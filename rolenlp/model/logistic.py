r"""Logistic regression with a prior: how far labels move a model from what it believes.

Maximum a posteriori estimates with independent Gaussian priors on the coefficients,

.. math:: \beta_j \sim N(\mu_j, \sigma_j^2), \quad
   \hat\beta = \arg\min_\beta \sum_i w_i \, \ell(y_i, x_i^\top \beta)
   + \sum_j \frac{(\beta_j - \mu_j)^2}{2 \sigma_j^2}

(Genkin, Lewis and Madigan, 2007, "Large-scale Bayesian logistic regression for text
categorization", Technometrics 49(3), with their zero means replaced by the phrases' weights).
With no rows the answer is the prior mean; each row moves it as far as its evidence carries.
scikit-learn's LogisticRegression is the case of all means zero and one variance.

Many regressions on the same rows are fitted side by side, a column each, so that the sparse rows
are gone through once for all of them. The way is Newton's, with each step found by conjugate
gradients (Nocedal and Wright, 2006, "Numerical optimization", 5.1 and 7.1).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import expit

__all__ = ["fit_binaries"]

Floats = NDArray[np.float64]

# A fit ends with the first step that promises so little: twice its gain in log-likelihood. Before
# it the coefficients were within a ten-thousandth of their own uncertainty, and it was taken.
_GAIN = 1e-8
_MOST_STEPS = 100
_MOST_DIRECTIONS = 500
_EXACT = 0.1  # how much of the slope a step may leave; less and less near the end
_ARMIJO = 1e-4  # the share of its promise that a step must keep, or it is halved


def fit_binaries(
    rows: sparse.csr_matrix,
    target: NDArray[np.bool_],
    weight: Floats,
    mean: Floats,
    scale: Floats,
) -> Floats:
    """Coefficients, shape (n_features, n_fits), of P(target) = expit(rows @ coefficients).

    `rows` has shape (n_rows, n_features), with a constant column where an intercept is wanted;
    `target` and `weight` (n_rows, n_fits), `mean` (n_features, n_fits) and `scale` (n_features,)
    are those of the formula.
    """
    across = rows.T.tocsr()
    squares = across.power(2)
    curves = _Curves(rows, across)
    precision = (1 / scale**2)[:, None]
    found = np.array(mean, float)
    live = np.arange(mean.shape[1])
    for _ in range(_MOST_STEPS):
        at = found[:, live]
        task = _Task(target[:, live], weight[:, live], mean[:, live], precision)
        margin = rows @ at
        chance = expit(margin)
        slope = across @ (task.weight * (chance - task.target)) + precision * (at - task.mean)
        bend = task.weight * chance * (1 - chance)
        inverse = 1 / (squares @ bend + precision)
        step, rise, reached = curves.step(slope, bend, precision, inverse)
        gain = -_dot(slope, step)
        found[:, live] += task.length(margin, at, rise, step, gain) * step
        live = live[~reached | (gain > _GAIN)]
        if not len(live):
            break
    return found


class _Curves:
    """Newton steps, in single precision: the next step puts right what it rounds off."""

    def __init__(self, rows: sparse.csr_matrix, across: sparse.csr_matrix) -> None:
        self._rows, self._across = rows.astype(np.float32), across.astype(np.float32)

    def step(
        self, slope: Floats, bend: Floats, precision: Floats, inverse: Floats
    ) -> tuple[Floats, Floats, NDArray[np.bool_]]:
        """Steps that nearly end the slopes, how far each raises the rows' margins, which do so.

        `inverse` is the diagonal of the curvature, inverted: with it all coefficients are alike.
        When half of the steps are there, the others set off anew from where they are: directions
        are worked out for all or none.
        """
        bend, precision, inverse, left = map(_single, (bend, precision, inverse, -slope))
        step, rise = np.zeros_like(left), np.zeros_like(bend)
        direction = inverse * left
        size = _dot(left, direction)
        goal = np.maximum(size * np.minimum(size, _EXACT**2), _GAIN / 10)
        open_ = size > goal
        few = open_.sum() // 2
        for _ in range(_MOST_DIRECTIONS):
            if open_.sum() <= few:
                break
            raised = self._rows @ direction
            curved = self._across @ (bend * raised)
            curved += precision * direction
            reach = np.where(open_, size, 0) / np.where(open_, _dot(direction, curved), 1)
            step += reach * direction
            rise += reach * raised
            left -= reach * curved
            ahead = inverse * left
            new = _dot(left, ahead)
            direction *= np.where(open_, new, 0) / np.where(open_, size, 1)
            direction += ahead
            size = np.where(open_, new, size)
            open_ = size > goal
        return step.astype(float), rise.astype(float), ~open_


class _Task:
    """What is fitted in some columns, and how far a step in each may go."""

    def __init__(
        self, target: NDArray[np.bool_], weight: Floats, mean: Floats, precision: Floats
    ) -> None:
        self.target, self.weight, self.mean, self.precision = target, weight, mean, precision
        self._against = np.where(target, -1.0, 1.0)

    def loss(self, margin: Floats, at: Floats) -> Floats:
        """The formula's value in each column."""
        missed = _dot(self.weight, np.logaddexp(0, self._against * margin))
        return missed + _dot(self.precision * (at - self.mean), at - self.mean) / 2

    def length(
        self, margin: Floats, at: Floats, rise: Floats, step: Floats, gain: Floats
    ) -> Floats:
        """1 in each column, halved until the loss falls; margins rise with the step."""
        length = np.ones(len(gain))
        before = self.loss(margin, at)
        rounding = 1e-12 * np.abs(before)
        for _ in range(30):
            after = self.loss(margin + length * rise, at + length * step)
            bad = after > before - _ARMIJO * length * gain + rounding
            if not bad.any():
                break
            length[bad] /= 2
        return length


def _dot(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """The product of each column with its like."""
    return np.asarray(np.einsum("ij,ij->j", one, other))


def _single(values: Floats) -> NDArray[Any]:
    return values.astype(np.float32)
