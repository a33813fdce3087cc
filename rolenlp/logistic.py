r"""Logistic regression with a prior: how far labels move a model from what it believes.

Maximum a posteriori estimates with independent Gaussian priors on the coefficients,

.. math:: \beta_j \sim N(\mu_j, \sigma_j^2), \quad
   \hat\beta = \arg\min_\beta \sum_i w_i \, \ell(y_i, x_i^\top \beta)
   + \sum_j \frac{(\beta_j - \mu_j)^2}{2 \sigma_j^2}

(Genkin, Lewis and Madigan, 2007, "Large-scale Bayesian logistic regression for text
categorization", Technometrics 49(3), with their zero means replaced by the phrases' weights).
With no rows the answer is the prior mean; each row moves it as far as its evidence carries.
scikit-learn's LogisticRegression is the case of all means zero and one variance.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

__all__ = ["fit_binary"]

Floats = NDArray[np.float64]


def fit_binary(
    rows: Any, target: NDArray[np.bool_], weight: Floats, mean: Floats, scale: Floats
) -> Floats:
    """Coefficients, shape (n_features,), of P(target) = expit(rows @ coefficients).

    `rows` is sparse (n_rows, n_features), with a constant column where an intercept is wanted;
    `weight` (n_rows,), `mean` and `scale` (n_features,) are those of the formula.
    """
    if not len(target):
        return mean.copy()
    sign = np.where(target, 1.0, -1.0)
    start = rows @ mean
    # In units of its prior deviation every coefficient is alike, which the optimiser likes.
    scaled = rows.multiply(scale).tocsr()
    transposed = scaled.T.tocsr()

    def loss(step: Floats) -> tuple[float, Floats]:
        margin = sign * (start + scaled @ step)
        value = float(weight @ np.logaddexp(0.0, -margin) + step @ step / 2)
        return value, transposed @ (-sign * weight * expit(-margin)) + step

    def curvature(step: Floats, direction: Floats) -> Floats:
        chance = expit(start + scaled @ step)
        bend = weight * chance * (1 - chance)
        return np.asarray(transposed @ (bend * (scaled @ direction)) + direction)

    found = minimize(
        loss,
        np.zeros(len(mean)),
        jac=True,
        hessp=curvature,
        method="Newton-CG",
        options={"xtol": 1e-6},  # a mean: most coefficients hardly move, and must not hide the rest
    )
    return np.asarray(mean + scale * found.x)
