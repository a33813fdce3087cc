"""Does an ad state a theme, or only use its words? What ``--themes`` counts.

A phrase such as "within budget" stands in many ads whose duties do not hold costs. A model that
was told the themes of its ads asks a logistic regression for each theme; any other takes a theme
for stated where its phrases together weigh as much as a plain statement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.priors import Hits
from rolenlp.schema import THEMES

STATED = 3.0  # the weight of phrases that states a theme, where no model has learned to tell
LIKELY = -0.5  # the log-odds that state it, where one has: a little below even serves F1 best


def theme_table(themes: Sequence[object]) -> NDArray[np.bool_]:
    """Which themes each ad states, shape (n_ads, 6); each is a collection of names.

    Raises ValueError for a name that is no theme.
    """
    table = np.zeros((len(themes), len(THEMES)), bool)
    for place, names in enumerate(themes):
        for name in names:  # type: ignore[attr-defined]
            if name not in THEMES:
                raise ValueError(
                    f"theme {str(name)[:40]!r} of ad {place}: themes are {', '.join(THEMES)}"
                )
            table[place, THEMES.index(name)] = True
    return table


@dataclass(frozen=True)
class ThemeOdds:
    """A logistic regression a theme: `coef` has shape (6, n_columns), `intercept` (6,)."""

    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]

    @classmethod
    def fit(cls, X: Any, stated: NDArray[np.bool_], weight: NDArray[np.float64]) -> Self | None:
        """Fit on features of duties; None where a theme is stated in every ad, or in none."""
        rows = np.flatnonzero(weight > 0)
        if not len(rows) or np.any(stated[rows].all(axis=0) | ~stated[rows].any(axis=0)):
            return None
        from sklearn.linear_model import LogisticRegression  # not for who judges

        each = [
            LogisticRegression(C=1.0, tol=1e-3, max_iter=500).fit(X[rows], of, weight[rows])
            for of in stated[rows].T
        ]
        return cls(
            np.vstack([found.coef_ for found in each]),
            np.concatenate([found.intercept_ for found in each]),
        )

    def log_odds(self, X: Any) -> NDArray[np.float64]:
        """That each theme is stated: shape (n_ads, 6)."""
        return np.asarray(X @ self.coef.T + self.intercept)


def theme_counts(
    hits: Hits,
    theme: NDArray[np.int64],
    weight: NDArray[np.float64],
    n: int,
    answers: NDArray[np.float64] | None,
) -> NDArray[np.int64]:
    """How many phrases of each stated theme `n` ads hold: shape (n, 6).

    `theme` and `weight` are those of the hits' phrases, `answers` (n, 6) the log-odds by
    `ThemeOdds`, or None.
    """
    counts = np.zeros((n, len(THEMES)), np.int64)
    np.add.at(counts, (hits.text, theme), 1)
    if answers is not None:
        return np.where(answers > LIKELY, counts, 0)
    weights = np.zeros(counts.shape)
    np.add.at(weights, (hits.text, theme), weight)
    return np.where(weights >= STATED, counts, 0)
