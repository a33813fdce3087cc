"""Going on from a fitted model by a few corrections."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from rolenlp.model.ads import ReadAds
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.corrections import going_on
from rolenlp.model.features import PriorFeatures
from rolenlp.model.fitting import Rows
from tests.model.conftest import small
from tests.small_ads import ADS, ROLES, small_priors

AGREE = [0, 8, 16, 24, 25]  # an ad or two of each role
TENDER = ["Run the tender desk: bids, bonds and the clarifications of each tender."] * 12


def test_without_corrections_nothing_changes(base: RoleClassifier) -> None:
    same = small().fit([], [], base=base)
    np.testing.assert_array_equal(same.predict_proba(ADS), base.predict_proba(ADS))
    assert np.array_equal(same.thresholds_, base.thresholds_)
    assert same.n_postings_ == base.n_postings_ == 32


def test_corrections_that_agree_change_little(base: RoleClassifier, read: ReadAds) -> None:
    model = small().fit(read[AGREE], [ROLES[i] for i in AGREE], base=base)
    assert model.predict(ADS).tolist() == base.predict(ADS).tolist()
    assert np.abs(model.predict_proba(ADS) - base.predict_proba(ADS)).max() < 0.15
    assert model.n_postings_ == 37


def test_corrections_move_what_they_speak_of(base: RoleClassifier) -> None:
    assert base.predict(TENDER[:1]).tolist() == ["other"]
    model = small().fit(TENDER, ["project"] * 12, base=base)
    assert model.predict(TENDER[:1]).tolist() == ["project"]
    assert np.mean(model.predict(ADS) == base.predict(ADS)) > 0.75  # of ads as short as these


@pytest.mark.parametrize("roles", [["product"], ["product", "project"]])
def test_classes_of_the_base_stay(base: RoleClassifier, roles: list[str]) -> None:
    model = small().fit(ADS[: len(roles)], roles, base=base)
    assert model.classes_.tolist() == base.classes_.tolist()
    assert (model.role_mix_ == base.role_mix_).all()


def test_a_base_of_two_classes(read: ReadAds) -> None:
    two = small().fit(read[:16], ROLES[:16])
    model = small().fit(read[[0, 8]], ["product", "project"], base=two)
    assert model.predict(ADS[:16]).tolist() == two.predict(ADS[:16]).tolist()
    with pytest.raises(ValueError, match="'hybrid' of ad 0: the base knows product, project; tra"):
        small().fit(ADS[:1], ["hybrid"], base=two)


def test_words_and_features_are_those_of_the_base(base: RoleClassifier) -> None:
    model = small().fit(TENDER, ["project"] * 12, base=base)
    assert model.reader_ is base.reader_ and model.features_ is base.features_


@pytest.mark.parametrize(("n", "kept"), [(49, True), (50, False)])
def test_calibration_is_kept_where_corrections_are_few(
    base: RoleClassifier, n: int, kept: bool
) -> None:
    ads, roles = (ADS * 2)[:n], (ROLES * 2)[:n]
    model = small().fit(ads, roles, base=base)
    assert np.array_equal(model.role_mix_, base.role_mix_) == kept
    assert len(model.held_out_.rows) == (0 if kept else n)


def test_only_linear_classifiers_go_on(read: ReadAds, base: RoleClassifier) -> None:
    trees = HistGradientBoostingClassifier(max_iter=2)
    features = PriorFeatures(priors=small_priors(), boilerplate={}, sparse_output=False)
    grown = small(features=features, classifier=trees).fit(read[:16], ROLES[:16])
    with pytest.raises(ValueError, match="only a model whose classifier has coefficients"):
        small().fit(read[:1], ROLES[:1], base=grown)
    with pytest.raises(ValueError, match="only a classifier that has coefficients can go on"):
        small(classifier=trees).fit(read[:1], ROLES[:1], base=base)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_what_is_learned_is_linear_in_the_same_features(n_classes: int) -> None:
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 3)), np.arange(90) % n_classes
    X[np.arange(90), y] += 2
    base = LogisticRegression().fit(X[:60], y[:60])
    found = going_on(base, LogisticRegression(C=1.0), Rows(X, y, np.ones(90)))
    assert found.coef_.shape == base.coef_.shape
    # It is the fit over log-odds and features, told in the features alone.
    said = base.decision_function(X).reshape(90, -1)
    said = np.hstack((-said, said)) / 2 if n_classes == 2 else said
    theirs = LogisticRegression(C=1.0).fit(np.hstack((said, X)), y)
    np.testing.assert_allclose(
        found.predict_proba(X), theirs.predict_proba(np.hstack((said, X))), atol=1e-9
    )
