"""Going on from a fitted classifier whose ads are not at hand, by a few corrections.

What it says of an ad, its log-odds, are features of the new fit beside the ad's own. So the fit
starts from what is known, and the corrections move what they speak of. Both being linear, they
come to one linear classifier over the same features.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from rolenlp.model.fitting import Rows, fit


def going_on(base: Any, classifier: Any, rows: Rows) -> LogisticRegression:
    """A classifier of the base's classes, fitted on its log-odds and on the features of `rows`.

    Raises ValueError where one of the two is not linear.
    """
    if not hasattr(base, "coef_"):
        raise ValueError("only a model whose classifier has coefficients can be gone on from")
    n = len(base.intercept_)
    weight, start = base.coef_, base.intercept_
    if n == 1:  # of two classes, told by one number
        weight, start = np.vstack((-weight, weight)) / 2, np.append(-start, start) / 2
    said = rows.X @ weight.T + start
    parts = [said, rows.X]
    both = sparse.hstack(parts, format="csr") if sparse.issparse(rows.X) else np.hstack(parts)
    found = fit(classifier, Rows(both, rows.label, rows.weight), len(start))
    if not hasattr(found, "coef_"):
        raise ValueError("only a classifier that has coefficients can go on from another")
    of_base, of_ads = np.split(found.coef_, [len(start)], axis=1)
    out = LogisticRegression()
    out.classes_ = found.classes_
    out.coef_ = of_ads + of_base @ weight
    out.intercept_ = found.intercept_ + of_base @ start
    out.n_features_in_ = rows.X.shape[1]
    return out
