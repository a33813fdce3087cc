"""A classifier of scikit-learn's kind, fitted on labelled rows and on rows that are made up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

# Of a product ad and a project ad, whose sum stands for a hybrid.
_MIXED_SCALE, _MIXED_WEIGHT, _ROWS_A_MIXED = 0.6, 0.3, 20
_CROSSED_WEIGHT, _ROWS_A_CROSSED, _MOST_CROSSED = 0.1, 60, 100


@dataclass(frozen=True)
class Rows:
    """Features, class numbers and weights of some ads."""

    X: Any
    label: NDArray[np.int64]
    weight: NDArray[np.float64]

    def of(self, rows: NDArray[np.int64]) -> Rows:
        """Some of the rows."""
        return Rows(self.X[rows], self.label[rows], self.weight[rows])

    def then(self, other: Rows) -> Rows:
        """These rows and others."""
        both = [self.X, other.X]
        return Rows(
            sparse.vstack(both, format="csr") if sparse.issparse(self.X) else np.vstack(both),
            np.concatenate((self.label, other.label)),
            np.concatenate((self.weight, other.weight)),
        )


def mixed_hybrids(rows: Rows, roles: tuple[str, ...], most: int) -> Rows:
    """Hybrids, each the sum of the features of a product ad and of a project ad, taken by chance.

    At most `most`, and one for each twenty rows; none where one of the three roles is not there.
    """
    product, project = (_of_role(rows, roles, side) for side in ("product", "project"))
    n = min(most, -(-len(rows.label) // _ROWS_A_MIXED))
    if "hybrid" not in roles or not len(product) or not len(project):
        n = 0
    random = np.random.default_rng(0)
    first, second = (random.choice(each, n) if n else each[:0] for each in (product, project))
    return Rows(
        _MIXED_SCALE * (rows.X[first] + rows.X[second]),
        np.full(n, roles.index("hybrid") if n else 0),
        np.full(n, _MIXED_WEIGHT),
    )


def crossed_titles(duties: Rows, titles: Rows, roles: tuple[str, ...]) -> Rows:
    """Product ads with the title of a project ad, and the other way round: duties come first.

    `duties` and `titles` are the same ads without their titles, and without their texts; titles
    that are not there have no weight. Two for each sixty rows, two hundred at most.
    """
    n = min(_MOST_CROSSED, -(-len(duties.label) // _ROWS_A_CROSSED))
    random = np.random.default_rng(0)
    first, second = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for side, other in (("product", "project"), ("project", "product")):
        ads, shown = _of_role(duties, roles, side), _of_role(titles, roles, other)
        if len(ads) and len(shown):
            first.append(random.choice(ads, n))
            second.append(random.choice(shown, n))
    ads, shown = np.concatenate(first), np.concatenate(second)
    return Rows(
        duties.X[ads] + titles.X[shown], duties.label[ads], np.full(len(ads), _CROSSED_WEIGHT)
    )


def _of_role(rows: Rows, roles: tuple[str, ...], role: str) -> NDArray[np.int64]:
    """The rows of a role that have a weight."""
    labels = [number for number, of in enumerate(roles) if of == role]
    return np.flatnonzero(np.isin(rows.label, labels) & (rows.weight > 0))


def fit(classifier: Any, rows: Rows, n_classes: int) -> Any:
    """A clone of the classifier, fitted on the rows that have a weight.

    One that takes no weights is fitted without; one that takes no sparse matrix gets an array. One
    class is answered by a constant, and without rows each of `n_classes` is as likely.
    """
    rows = rows.of(np.flatnonzero(rows.weight > 0))
    found = np.unique(rows.label) if len(rows.label) else np.arange(n_classes)
    if len(found) < 2 or not len(rows.label):
        return constant(found)
    classifier = clone(classifier)
    last, path = classifier, ""
    while isinstance(last, Pipeline):
        path += f"{last.steps[-1][0]}__"
        last = last.steps[-1][1]
    weights = (
        {f"{path}sample_weight": rows.weight} if has_fit_parameter(last, "sample_weight") else {}
    )
    return classifier.fit(_taken(classifier, rows.X), rows.label, **weights)


def constant(classes: NDArray[np.int64]) -> DummyClassifier:
    """A classifier for which each of the classes is as likely, whatever the ad."""
    return DummyClassifier(strategy="uniform").fit(np.zeros((len(classes), 1)), classes)


def answers(classifier: Any, X: Any, n_classes: int) -> NDArray[np.float64]:
    """The probabilities of classes ``0 ... n_classes - 1``; 0 for one that was not fitted."""
    out = np.zeros((X.shape[0], n_classes))
    if len(out):
        out[:, classifier.classes_] = classifier.predict_proba(_taken(classifier, X))
    return out


def _taken(classifier: Any, X: Any) -> Any:
    dense = sparse.issparse(X) and not get_tags(classifier).input_tags.sparse
    return X.toarray() if dense else X
