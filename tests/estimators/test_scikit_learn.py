"""The classifier among scikit-learn's parts, and scikit-learn's classifiers in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    StackingClassifier,
    VotingClassifier,
)
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.model_selection import (
    GridSearchCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import ComplementNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from rolenlp.model.ads import AdReader, ReadAds
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import LemmaCounts, LemmaTfidf, PriorFeatures, TitleClaims
from rolenlp.model_file.card import default_model_path
from rolenlp.predict import load
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


READER = AdReader(priors=small_priors(), boilerplate={}, min_postings=2)
# Few enough to be fitted without folds, which is quick.
FEW = np.arange(32) % 8 < 4
TABLE_OF_FEW, ROLES_OF_FEW = TABLE[FEW], np.array(ROLES)[FEW].tolist()


def test_at_the_end_of_a_pipeline() -> None:
    pipeline = make_pipeline(clone(READER), small()).fit(TABLE_OF_FEW, ROLES_OF_FEW)
    alone = small().fit(TABLE_OF_FEW, ROLES_OF_FEW)
    np.testing.assert_allclose(pipeline.predict_proba(TABLE), alone.predict_proba(TABLE))
    assert pipeline.classes_.tolist() == list(SORTED)
    assert pipeline.score(TABLE_OF_FEW, ROLES_OF_FEW) == 1


def test_a_learning_curve() -> None:
    sizes, train, test = learning_curve(
        small(), TABLE, ROLES, cv=2, train_sizes=[0.5, 1.0], shuffle=True, random_state=0
    )
    assert sizes.tolist() == [8, 16]
    assert train.shape == test.shape == (2, 2)
    assert train.min() > 0.9


# Metadata: who gets what each fit is told

WEIGHT = np.arange(32) % 3 + 1.0
SOURCES = np.array([f"board {row % 4}" for row in range(32)])
TOLD = {"sample_weight": WEIGHT, "sources": SOURCES}


def asking(*names: str, **settings: Any) -> Any:
    model = small(**settings).set_score_request(sample_weight=True)
    return model.set_fit_request(**dict.fromkeys(names, True))


def fitted_on(rows: Any, **told: Any) -> RoleClassifier:
    labels = np.array(ROLES)[rows].tolist()
    return small().fit(TABLE.iloc[rows], labels, **{k: v[rows] for k, v in told.items()})


@pytest.mark.parametrize(
    "make",
    [
        lambda: asking(*TOLD),
        lambda: make_pipeline(clone(READER).set_fit_request(sources=True), asking(*TOLD)),
    ],
    ids=["alone", "in a pipeline"],
)
def test_cross_validation_hands_metadata_on(make: Any) -> None:
    with config_context(enable_metadata_routing=True):
        model = make()
        found = cross_validate(
            model, TABLE, ROLES, cv=2, params=TOLD, return_estimator=True, return_indices=True
        )
    for rows, given in zip(found["indices"]["train"], found["estimator"], strict=True):
        expected = fitted_on(rows, **TOLD).predict_proba(TABLE)
        np.testing.assert_allclose(given.predict_proba(TABLE), expected, atol=1e-9)
        for name in TOLD:  # each of them makes a difference
            less = {key: value for key, value in TOLD.items() if key != name}
            assert not np.allclose(fitted_on(rows, **less).predict_proba(TABLE), expected)


@pytest.mark.parametrize(
    ("make", "inner", "told"),
    [
        (
            lambda: GridSearchCV(asking(*TOLD), {"mixed_hybrids": [300]}, cv=2),
            lambda model: model.best_estimator_,
            TOLD,
        ),
        (
            lambda: CalibratedClassifierCV(asking(*TOLD, classes=NUMBERS), cv=2, ensemble=False),
            lambda model: model.calibrated_classifiers_[0].estimator,
            TOLD,
        ),
        # It hands all that it is told to its final estimator as well, which takes no sources.
        (
            lambda: StackingClassifier([("a", asking("sample_weight", classes=NUMBERS))], cv=2),
            lambda model: model.estimators_[0],
            {"sample_weight": WEIGHT},
        ),
    ],
    ids=["search", "calibration", "stacking"],
)
def test_searches_and_ensembles_hand_metadata_on(make: Any, inner: Any, told: Any) -> None:
    with config_context(enable_metadata_routing=True):
        if isinstance(model := make(), StackingClassifier):
            final = LogisticRegression().set_fit_request(sample_weight=True)
            model.set_params(final_estimator=final)
        model.fit(TABLE_OF_FEW, ROLES_OF_FEW, **{k: v[FEW] for k, v in told.items()})
    expected = fitted_on(np.flatnonzero(FEW), **told).predict_proba(TABLE)
    np.testing.assert_allclose(inner(model).predict_proba(TABLE), expected, atol=1e-9)


# What is set for the output of transformers


@pytest.mark.parametrize("classifier", [None, make_pipeline(MaxAbsScaler(), LogisticRegression())])
def test_frames_asked_of_all_transformers(classifier: Any) -> None:
    def given() -> Any:
        model = small(classifier=classifier).fit(TABLE_OF_FEW, ROLES_OF_FEW)
        return model.predict_proba(TABLE), load(default_model_path()).predict_proba(TABLE)

    plain = given()
    with config_context(transform_output="pandas"):
        np.testing.assert_array_equal(np.hstack(given()), np.hstack(plain))


def test_frames_asked_of_a_pipeline() -> None:
    pipeline = make_pipeline(clone(READER), clone(DENSE)).set_output(transform="pandas")
    made = pipeline.fit_transform(TABLE)
    assert made.columns.tolist() == clone(DENSE).fit(TABLE).get_feature_names_out().tolist()
    np.testing.assert_array_equal(made, clone(DENSE).fit_transform(TABLE))


def test_features_that_take_no_table() -> None:
    with pytest.raises(ValueError, match=r"gave 2 rows for 16 ads: .* into a ColumnTransformer"):
        small(features=TfidfVectorizer()).fit(TABLE_OF_FEW, ROLES_OF_FEW)


def test_features_that_give_frames() -> None:
    frames = clone(DENSE).set_output(transform="pandas")
    models = [small(features=each).fit(TABLE_OF_FEW, ROLES_OF_FEW) for each in (frames, DENSE)]
    np.testing.assert_array_equal(*(model.predict_proba(TABLE) for model in models))


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "make",
    [
        RoleClassifier,
        AdReader,
        LemmaCounts,
        LemmaTfidf,
        PriorFeatures,
        TitleClaims,
        lambda: make_pipeline(AdReader(), RoleClassifier()),
        load,
    ],
)
def test_diagrams(make: Any) -> None:
    shown = make()
    page = shown._repr_html_()
    assert all(
        type(step).__name__ in page for step in getattr(shown, "named_steps", {"": shown}).values()
    )
