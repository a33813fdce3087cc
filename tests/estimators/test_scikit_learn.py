"""The classifier among scikit-learn's parts, and scikit-learn's classifiers in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from rolenlp.model.ads import ReadAds
from rolenlp.model.features import LemmaTfidf, PriorFeatures
from rolenlp.schema import ROLES as SORTED
from tests.model.conftest import small
from tests.small_ads import ADS, ROLES, small_priors

TABLE = pd.DataFrame(ADS, columns=["title", "text"])
# scikit-learn numbers labels, in their order, before some fits, and not before others.
NUMBERS: dict[Any, str] = {**dict(enumerate(SORTED)), **dict(zip(SORTED, SORTED, strict=True))}
DENSE = PriorFeatures(priors=small_priors(), boilerplate={}, sparse_output=False)
WORDS = LemmaTfidf(priors=small_priors(), boilerplate={}, min_postings=2)
CLASSIFIERS: list[tuple[Any, Any, float]] = [
    (None, SGDClassifier(loss="log_loss", random_state=0), 0.9),
    (None, ComplementNB(), 0.9),
    (None, make_pipeline(MaxAbsScaler(), LogisticRegression(C=10)), 0.9),
    (None, KNeighborsClassifier(n_neighbors=1), 0.9),
    (DENSE, HistGradientBoostingClassifier(max_iter=3), 0.5),
    (WORDS, LogisticRegression(C=100), 0.9),
]


@pytest.mark.parametrize(
    ("features", "classifier", "least"), CLASSIFIERS, ids=lambda x: type(x).__name__
)
def test_classifiers_of_scikit_learn(
    read: ReadAds, features: Any, classifier: Any, least: float
) -> None:
    rows = np.arange(32) % 8 < 4  # few enough to be fitted without folds
    some = [role for role, chosen in zip(ROLES, rows, strict=True) if chosen]
    model = small(features=features, classifier=classifier, mixed_hybrids=0)
    model.fit(read[rows], some)
    given = model.predict_proba(read)
    np.testing.assert_allclose(given.sum(axis=1), 1)
    assert np.mean(model.predict(read[rows]) == some) >= least


def test_probabilities_of_folds(read: ReadAds) -> None:
    given = cross_val_predict(small(classes=SORTED), read, ROLES, cv=2, method="predict_proba")
    texts = cross_val_predict(small(classes=SORTED), TABLE, ROLES, cv=2, method="predict_proba")
    assert given.shape == (32, 4)
    np.testing.assert_allclose(given, texts, atol=1e-9)


def test_a_search_of_settings(read: ReadAds) -> None:
    model = small(classifier=LogisticRegression())
    grid = {"prior_strength": [0.0, 0.1], "classifier__C": [1.0]}
    search = GridSearchCV(model, grid, cv=2, refit=False).fit(read, ROLES)
    texts = GridSearchCV(model, grid, cv=2, refit=False).fit(ADS, ROLES)
    assert set(search.best_params_) == set(grid)
    np.testing.assert_array_equal(*(s.cv_results_["mean_test_score"] for s in (search, texts)))


@pytest.mark.parametrize(
    "make",
    [
        lambda: StackingClassifier([("a", small(classes=NUMBERS))], cv=2),
        lambda: VotingClassifier(
            [("a", small(classes=NUMBERS)), ("b", small(classes=NUMBERS, prior_strength=0))],
            voting="soft",
        ),
        lambda: CalibratedClassifierCV(small(classes=NUMBERS), cv=2, ensemble=False),
    ],
    ids=["stacking", "voting", "calibration"],
)
def test_in_ensembles(make: Any) -> None:
    model = make().fit(TABLE, ROLES)
    assert model.predict_proba(TABLE).shape == (32, 4)
    assert np.mean(model.predict(TABLE) == np.array(ROLES)) > 0.9


def test_one_against_the_rest() -> None:
    model = OneVsRestClassifier(small(classes=[None, None])).fit(TABLE["text"], ROLES)
    assert model.predict_proba(TABLE["text"]).shape == (32, 4)
    assert np.mean(model.predict(TABLE["text"]) == np.array(ROLES)) > 0.8
