"""Temperature, the mix of roles, and thresholds: answers by hand, and scikit-learn's."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from rolenlp.model.calibration import (
    PRECISIONS,
    estimated_mix,
    inverse_temperature,
    moved,
    precision_thresholds,
    tempered,
)
from rolenlp.schema import ROLES

NOTHING = np.zeros(0)
HYBRID, OTHER, PRODUCT, PROJECT = range(4)
SHARES = st.lists(st.floats(0.01, 1), min_size=4, max_size=4).map(lambda x: np.array(x) / sum(x))


def test_roles_are_sorted_as_scikit_learn_sorts_classes():
    assert ROLES == ("hybrid", "other", "product", "project")
    assert list(ROLES) == sorted(ROLES)


def test_precisions_run_from_a_half_to_99_in_hundredths():
    assert (PRECISIONS[0], PRECISIONS[-1], len(PRECISIONS)) == (0.5, 0.99, 50)
    assert PRECISIONS[45] == 0.95


@pytest.mark.parametrize(
    ("right", "expected"),
    [
        # Of 100 answers that promise 9 to 1; odds of right to wrong are 9 to that power.
        (90, 1.0),
        (75, np.log(3) / np.log(9)),
        (99, np.log(99) / np.log(9)),
    ],
)
def test_a_temperature_by_hand(right, expected):
    given_ = np.tile([0.9, 0.1], (100, 1))
    label = np.repeat([0, 1], [right, 100 - right])
    assert inverse_temperature(given_, label, np.ones(100)) == pytest.approx(expected, rel=1e-3)
    # A weight counts as so many rows.
    weight = np.array([right, 100.0 - right])
    found = inverse_temperature(given_[:2], np.array([0, 1]), weight)
    assert found == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("label", "weight"), [([0, 1], [0, 0]), ([1, 1], [1, 1]), ([0, 1], [1, 0]), ([], [])]
)
def test_where_there_is_nothing_to_fit_the_temperature_is_1(label, weight):
    given_ = np.tile([0.9, 0.1], (len(label), 1))
    assert inverse_temperature(given_, np.array(label, int), np.array(weight, float)) == 1


def test_the_temperature_is_the_one_of_scikit_learn():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 3)), rng.integers(0, 3, 300)
    X[np.arange(300), y] += 1
    weight = rng.uniform(0.2, 2, 300)
    known = LogisticRegression(C=1e3).fit(X[:40], y[:40])
    known.coef_ *= 3  # too sure
    theirs = CalibratedClassifierCV(FrozenEstimator(known), method="temperature")
    theirs.fit(X, y, sample_weight=weight)
    ours = inverse_temperature(known.predict_proba(X), y, weight)
    assert 0.1 < ours < 0.9
    np.testing.assert_allclose(
        tempered(known.predict_proba(X), ours), theirs.predict_proba(X), atol=1e-3
    )


@given(SHARES, st.floats(0.05, 20))
def test_a_temperature_leaves_the_order(shares, inverse):
    (found,) = tempered(shares[None], inverse)
    assert found.sum() == pytest.approx(1)
    assert (np.diff(found[np.argsort(shares)]) >= 0).all()
    np.testing.assert_allclose(tempered(tempered(shares[None], 2.0), 0.5)[0], shares, atol=1e-9)


@pytest.mark.parametrize(
    ("given_", "known", "asked", "expected"),
    [
        ([0.5, 0.5], [0.5, 0.5], [0.8, 0.2], [0.8, 0.2]),
        ([0.9, 0.1], [0.5, 0.5], [0.1, 0.9], [0.5, 0.5]),  # 9 * 1 against 1 * 9
        ([0.6, 0.4], [0.75, 0.25], [0.25, 0.75], [1 / 7, 6 / 7]),  # 0.6 / 3 against 0.4 * 3
        ([0.6, 0.4], [0.5, 0.5], [1.0, 0.0], [1, 0]),
        ([0.6, 0.4], [0.0, 1.0], [0.5, 0.5], [0, 1]),  # of a class that there was none of
        ([1.0, 0.0], [0.5, 0.5], [0.0, 1.0], [1, 0]),  # nothing that is asked for is possible
    ],
)
def test_the_rule_of_bayes_by_hand(given_, known, asked, expected):
    found = moved(np.array([given_]), np.array(known), np.array(asked))
    np.testing.assert_allclose(found, [expected])


@given(SHARES, SHARES, SHARES)
def test_who_moves_back_is_where_he_was(shares, known, asked):
    there = moved(shares[None], known, asked)
    np.testing.assert_allclose(moved(there, asked, known)[0], shares)
    np.testing.assert_allclose(moved(shares[None], known, known)[0], shares)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5, 0.9])
def test_a_mix_is_found_again(share):
    """Ads of three looks, whose chances in each class are known."""
    looks = np.array([[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]])  # of each class
    known, true = np.array([0.5, 0.5]), np.array([share, 1 - share])
    joint = known[:, None] * looks
    given_ = np.repeat((joint / joint.sum(axis=0)).T, np.round(1e4 * true @ looks).astype(int), 0)
    np.testing.assert_allclose(estimated_mix(given_, known), true, atol=2e-3)


def test_a_table_without_ads_has_the_mix_that_is_known():
    known = np.array([0.3, 0.7])
    assert estimated_mix(np.zeros((0, 2)), known) is known


def table(verdicts):
    """Probabilities whose verdict is `number` with `confidence`; the rest is shared out."""
    out = np.zeros((len(verdicts), 4))
    for row, (number, confidence) in zip(out, verdicts, strict=True):
        row[:] = (1 - confidence) / 3
        row[number] = confidence
    return out


def thresholds(rows, weight=None):
    """Rows are (verdict, confidence, true role); returns promise -> threshold of product."""
    found = precision_thresholds(
        table([row[:2] for row in rows]),
        np.array([row[2] for row in rows], np.int64),
        np.ones(len(rows)) if weight is None else np.array(weight, float),
    )
    assert found.shape == (4, len(PRECISIONS))
    return {promise: found[PRODUCT, i] for i, promise in enumerate(PRECISIONS)}


def test_thresholds_by_hand():
    found = thresholds(
        [
            (PRODUCT, 0.6, PRODUCT),  # 3 right of 4, and one wrong added: 3/5
            (PRODUCT, 0.9, PRODUCT),  # 1/2
            (PRODUCT, 0.7, OTHER),  # 2/4
            (PRODUCT, 0.8, PRODUCT),  # 2/3
            (PROJECT, 0.99, PRODUCT),  # not a verdict of product
        ]
    )
    assert (found[0.5], found[0.6]) == (0.6, 0.6)
    assert (found[0.61], found[0.66]) == (0.8, 0.8)
    assert found[0.67] == found[0.99] == np.inf


def test_a_weight_counts_in_what_is_right_and_in_what_is_added():
    # Weights 3, 1, 2, their mean 2: 3/5, 3/6, 5/8.
    rows = [(PRODUCT, 0.9, PRODUCT), (PRODUCT, 0.8, OTHER), (PRODUCT, 0.7, PRODUCT)]
    found = thresholds(rows, [3, 1, 2])
    assert found[0.62] == 0.7
    assert found[0.63] == np.inf
    found = thresholds(rows[:2], [3, 1])
    assert (found[0.5], found[0.51], found[0.6]) == (0.8, 0.9, 0.9)  # their mean is 2: 3/5, 3/6
    assert found[0.61] == np.inf


def test_nineteen_right_ones_keep_95_and_eighteen_do_not():
    assert thresholds([(PRODUCT, 0.9, PRODUCT)] * 19)[0.95] == 0.9
    assert thresholds([(PRODUCT, 0.9, PRODUCT)] * 18)[0.95] == np.inf


@pytest.mark.parametrize("order", [1, -1])
def test_verdicts_of_one_confidence_are_kept_or_left_together(order):
    # 30 right and 30 wrong at 0.8: a threshold cannot take the right ones alone.
    rows = [(PRODUCT, 0.8, PRODUCT)] * 30 + [(PRODUCT, 0.8, OTHER)] * 30
    sure = [(PRODUCT, 0.9, PRODUCT)] * 19
    found = thresholds(sure + rows[::order])
    assert found[0.95] == 0.9
    assert found[0.61] == 0.8  # 49/80


def test_what_was_never_said_promises_nothing():
    found = precision_thresholds(np.zeros((0, 4)), NOTHING.astype(np.int64), NOTHING)
    assert found.shape == (4, 50)
    assert np.isinf(found).all()


rows_of_verdicts = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from([0.4, 0.5, 0.7, 0.9, 0.95]), st.integers(0, 3)),
    min_size=1,
    max_size=60,
)


@settings(deadline=None)
@given(rows_of_verdicts, st.data())
def test_what_is_kept_keeps_the_promise(rows, data):
    weight = np.array(
        data.draw(st.lists(st.floats(0.1, 5), min_size=len(rows), max_size=len(rows)))
    )
    probabilities = table([row[:2] for row in rows])
    role = np.array([row[2] for row in rows])
    found = precision_thresholds(probabilities, role, weight)
    verdict, confidence = probabilities.argmax(axis=1), probabilities.max(axis=1)
    for number in range(4):
        for promise, threshold in zip(PRECISIONS, found[number], strict=True):
            kept = (verdict == number) & (confidence >= threshold)
            assert (
                not kept.any() or np.average(role[kept] == number, weights=weight[kept]) >= promise
            )
        assert (found[number][:-1] <= found[number][1:]).all()  # more is promised of fewer
