"""Rows made of rows, and classifiers of any kind fitted on them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from rolenlp.model.fitting import Rows, answers, fit, mixed_hybrids
from rolenlp.schema import ROLES

HYBRID, OTHER, PRODUCT, PROJECT = range(4)


def rows(labels: list[int], weight: list[float] | None = None, *, dense: bool = False) -> Rows:
    """Rows of 1 in the column of their label."""
    X = np.eye(4)[labels]
    told = np.ones(len(labels)) if weight is None else np.array(weight, float)
    return Rows(X if dense else sparse.csr_matrix(X), np.array(labels), told)


@pytest.mark.parametrize(
    ("labels", "roles", "most", "expected"),
    [
        ([PRODUCT, PROJECT], ROLES, 300, 1),
        ([PRODUCT, PROJECT] * 10, ROLES, 300, 1),
        ([PRODUCT, PROJECT] * 11, ROLES, 300, 2),  # one for each twenty
        ([PRODUCT, PROJECT] * 100, ROLES, 3, 3),
        ([PRODUCT, PROJECT], ROLES, 0, 0),
        ([PRODUCT, PRODUCT, OTHER], ROLES, 300, 0),
        ([0, 1], ("product", "project"), 300, 0),  # no hybrid there
        ([], ROLES, 300, 0),
    ],
)
def test_how_many_hybrids_are_mixed(
    labels: list[int], roles: tuple[str, ...], most: int, expected: int
) -> None:
    assert len(mixed_hybrids(rows(labels), roles, most).label) == expected


@pytest.mark.parametrize("dense", [False, True])
def test_a_mixed_hybrid_is_a_sum(dense: bool) -> None:
    mixed = mixed_hybrids(rows([OTHER, PRODUCT, PROJECT], dense=dense), ROLES, 300)
    X = mixed.X if dense else mixed.X.toarray()
    np.testing.assert_allclose(X, [[0, 0, 0.6, 0.6]])
    assert (mixed.label.tolist(), mixed.weight.tolist()) == ([HYBRID], [0.3])


def test_rows_without_a_weight_are_not_mixed() -> None:
    assert len(mixed_hybrids(rows([PRODUCT, PROJECT], [1, 0]), ROLES, 300).label) == 0


CLASSIFIERS: list[Any] = [
    LogisticRegression(C=100),
    SGDClassifier(loss="log_loss", random_state=0),
    ComplementNB(),
    make_pipeline(MaxAbsScaler(), LogisticRegression(C=100)),
    make_pipeline(make_pipeline(MaxAbsScaler()), make_pipeline(LogisticRegression(C=100))),
    KNeighborsClassifier(n_neighbors=1),  # takes no weights
    HistGradientBoostingClassifier(max_iter=5, min_samples_leaf=1),  # takes no sparse matrix
]


@pytest.mark.parametrize("classifier", CLASSIFIERS, ids=lambda c: type(c).__name__)
def test_any_classifier(classifier: Any) -> None:
    told = rows([PRODUCT, PROJECT, OTHER] * 4)
    fitted = fit(classifier, told, 4)
    assert fitted is not classifier and not hasattr(classifier, "classes_")
    given = answers(fitted, told.X, 4)
    assert given.argmax(axis=1).tolist() == told.label.tolist()
    assert given[:, HYBRID].tolist() == [0] * 12  # was not there
    np.testing.assert_allclose(given.sum(axis=1), 1)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_weights_reach_the_last_step(steps: int) -> None:
    classifier: Any = LogisticRegression(C=100)
    for _ in range(steps):
        classifier = make_pipeline("passthrough", classifier)
    X = sparse.csr_matrix(np.ones((2, 1)))
    fitted = fit(classifier, Rows(X, np.array([PRODUCT, OTHER]), np.array([3.0, 1.0])), 4)
    assert answers(fitted, X[:1], 4)[0, PRODUCT] == pytest.approx(0.75, abs=0.01)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (rows([]), [0.25] * 4),
        (rows([PRODUCT, OTHER], [0, 0]), [0.25] * 4),
        (rows([PRODUCT, PRODUCT]), [0, 0, 1, 0]),
        (rows([PRODUCT, OTHER], [1, 0]), [0, 0, 1, 0]),
    ],
    ids=["no rows", "no weight", "one class", "one class of a weight"],
)
def test_where_there_is_nothing_to_tell_apart_the_answer_is_a_constant(
    told: Rows, expected: list[float]
) -> None:
    X = sparse.csr_matrix(np.eye(4))
    assert answers(fit(LogisticRegression(), told, 4), X, 4).tolist() == [expected] * 4
