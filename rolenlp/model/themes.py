"""Does an ad state a theme, or only use its words? What ``--themes`` counts.

A phrase such as "within budget" stands in many ads whose duties do not hold costs. A model that
learned from ads with known themes asks a logistic regression for each theme, on the features of
the duties and with phrases for a prior as in `rolenlp.model.heads`; any other takes a theme for
stated where its phrases together weigh as much as a plain statement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rolenlp.model.heads import SLOPE, Scales, duties_scale, theme_weights
from rolenlp.reading.priors import Hits, Priors
from rolenlp.schema import THEMES

__all__ = ["LIKELY", "STATED", "fit_stated", "theme_counts", "theme_table"]

STATED = 3.0  # the weight of phrases that states a theme, where no model has learned to tell
LIKELY = -0.5  # the log-odds that state it, where one has: a little below even serves F1 best
_CUT = 0.4  # how dense phrases must be for a yes, before any label
_TIGHT = 0.5  # of the deviations that roles get: themes are nearer to their phrases


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


def fit_stated(
    duties: sparse.csr_matrix,
    stated: NDArray[np.bool_],
    weight: NDArray[np.float64],
    priors: Priors,
    n_single: int,
    scales: Scales,
) -> NDArray[np.float64]:
    """Coefficients over the columns of `Blocks.duties`, shape (6, n_columns), a row a theme."""
    scale = _TIGHT * duties_scale(duties.shape[1], priors, n_single, scales)
    weights = theme_weights(priors)
    first = duties.shape[1] - len(priors.phrases) - len(priors.neighbours) - len(THEMES) - 1
    mean = np.zeros((duties.shape[1], len(THEMES)))
    mean[first : first + len(weights)] = SLOPE * weights
    mean[-1] = -SLOPE * _CUT
    each = np.tile(weight[:, None], (1, len(THEMES)))
    from rolenlp.model.logistic import fit_binaries  # not for who judges

    return np.ascontiguousarray(fit_binaries(duties, stated, each, mean, scale).T)


def theme_counts(
    hits: Hits,
    theme: NDArray[np.int64],
    weight: NDArray[np.float64],
    n: int,
    answers: NDArray[np.float64] | None,
) -> NDArray[np.int64]:
    """How many phrases of each stated theme `n` ads hold: shape (n, 6).

    `theme` and `weight` are those of the hits' phrases, `answers` (n, 6) the log-odds of
    `fit_stated`, or None.
    """
    counts = np.zeros((n, len(THEMES)), np.int64)
    np.add.at(counts, (hits.text, theme), 1)
    if answers is not None:
        return np.where(answers > LIKELY, counts, 0)
    weights = np.zeros(counts.shape)
    np.add.at(weights, (hits.text, theme), weight)
    return np.where(weights >= STATED, counts, 0)
