import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import approx_fprime
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from rolenlp.model.logistic import fit_binaries
from tests.examples import TIMES


def fit_binary(rows, target, weight, mean, scale):
    """One regression."""
    return fit_binaries(rows, target[:, None], weight[:, None], mean[:, None], scale)[:, 0]


def problem(n, d, seed, density=0.5):
    """Rows with a constant last column, targets that depend on them, and weights."""
    rng = np.random.default_rng(seed)
    rows = sparse.random(n, d, density=density, random_state=seed, format="csr")
    rows = sparse.hstack((rows, np.ones((n, 1)))).tocsr()
    target = rng.random(n) < expit(rows @ rng.normal(size=d + 1) * 2)
    return rows, target, rng.uniform(0.2, 3, n), rng.normal(size=d + 1), rng.uniform(0.2, 2, d + 1)


def binary_loss(beta, rows, target, weight, mean, scale):
    """The formula of the module, written out row by row."""
    chance = expit(rows.toarray() @ beta)
    likelihood = np.where(target, chance, 1 - chance)
    return -np.sum(weight * np.log(likelihood)) + np.sum((beta - mean) ** 2 / (2 * scale**2))


@pytest.mark.parametrize(
    ("n", "d", "density", "scale"),
    [(40, 3, 0.8, 1.0), (200, 30, 0.3, 0.3), (200, 30, 0.3, 5.0), (300, 3000, 0.02, 3.0)],
)
def test_zero_means_and_one_scale_are_scikit_learns_logistic_regression(n, d, density, scale):
    rows, target, weight, *_ = problem(n, d, seed=n + d, density=density)
    ours = fit_binary(rows, target, weight, np.zeros(d + 1), np.full(d + 1, scale))
    # The constant column is one of ours, so its coefficient is penalised there as here.
    theirs = LogisticRegression(C=scale**2, fit_intercept=False, tol=1e-10, max_iter=10_000)
    theirs.fit(rows, target, sample_weight=weight)
    np.testing.assert_allclose(ours, theirs.coef_[0], atol=1e-3)


@pytest.mark.parametrize("seed", range(3))
def test_the_slope_of_the_formula_is_zero_at_the_binary_answer(seed):
    rows, target, weight, mean, scale = problem(60, 6, seed)
    found = fit_binary(rows, target, weight, mean, scale)
    slope = approx_fprime(found, binary_loss, 1e-7, rows, target, weight, mean, scale)
    np.testing.assert_allclose(slope, 0, atol=1e-3)
    assert binary_loss(found, rows, target, weight, mean, scale) < binary_loss(
        mean, rows, target, weight, mean, scale
    )


def test_one_yes_by_hand():
    # beta of one constant column after one yes, prior N(0, 1): beta = 1 / (1 + exp(beta)).
    found = fit_binary(
        sparse.csr_matrix([[1.0]]), np.array([True]), np.ones(1), np.zeros(1), np.ones(1)
    )
    assert found == pytest.approx([0.4010581], abs=1e-6)


def test_without_rows_the_answer_is_the_prior_mean():
    mean = np.array([1.5, -2.0])
    nothing = np.zeros(0)
    found = fit_binary(sparse.csr_matrix((0, 2)), nothing.astype(bool), nothing, mean, np.ones(2))
    np.testing.assert_array_equal(found, mean)
    found[0] = 9  # the answer is the caller's own
    assert mean[0] == 1.5


def test_rows_of_no_weight_leave_the_prior_mean():
    rows, target, _, mean, scale = problem(20, 3, seed=1)
    found = fit_binary(rows, target, np.zeros(20), mean, scale)
    np.testing.assert_allclose(found, mean, atol=1e-8)


def test_a_narrow_prior_holds_and_a_wide_one_gives_way():
    rows, target, weight, mean, _ = problem(100, 4, seed=2)
    narrow = fit_binary(rows, target, weight, mean, np.full(5, 1e-4))
    np.testing.assert_allclose(narrow, mean, atol=1e-4)
    wide = fit_binary(rows, target, weight, mean, np.full(5, 1e3))
    np.testing.assert_allclose(
        wide, fit_binary(rows, target, weight, np.zeros(5), np.full(5, 1e3)), atol=1e-2
    )


@settings(max_examples=8 * TIMES, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 4))
def test_a_weight_is_so_many_rows(seed, times):
    rows, target, _, mean, scale = problem(12, 3, seed)
    weighted = fit_binary(rows, target, np.full(12, float(times)), mean, scale)
    repeated = fit_binary(
        sparse.vstack([rows] * times).tocsr(),
        np.tile(target, times),
        np.ones(12 * times),
        mean,
        scale,
    )
    np.testing.assert_allclose(weighted, repeated, atol=1e-4)


@settings(max_examples=8 * TIMES, deadline=None)
@given(st.integers(0, 10_000))
def test_the_opposite_answers_give_the_opposite_coefficients(seed):
    rows, target, weight, mean, scale = problem(15, 3, seed)
    one = fit_binary(rows, target, weight, mean, scale)
    other = fit_binary(rows, ~target, weight, -mean, scale)
    np.testing.assert_allclose(one, -other, atol=1e-4)


@settings(max_examples=8 * TIMES, deadline=None)
@given(st.integers(0, 10_000))
def test_one_more_yes_never_lowers_its_answer(seed):
    rows, target, weight, mean, scale = problem(15, 3, seed)
    before = rows[0] @ fit_binary(rows, target, weight, mean, scale)
    after = rows[0] @ fit_binary(
        sparse.vstack((rows, rows[0])).tocsr(),
        np.append(target, True),
        np.append(weight, 1.0),
        mean,
        scale,
    )
    assert after[0] >= before[0] - 1e-6


def test_many_at_once_are_each_alone():
    rows, target, weight, mean, scale = problem(80, 10, seed=4)
    rng = np.random.default_rng(5)
    targets = np.column_stack((target, ~target, rng.random(80) < 0.1))
    weights = np.column_stack((weight, weight * (np.arange(80) < 50), np.zeros(80)))
    means = np.column_stack((mean, np.zeros(11), mean[::-1]))
    found = fit_binaries(rows, targets, weights, means, scale)
    assert found.shape == (11, 3)
    for column in range(3):
        alone = fit_binary(rows, targets[:, column], weights[:, column], means[:, column], scale)
        np.testing.assert_allclose(found[:, column], alone, atol=1e-4)
    # A row of no weight is as good as left out.
    left = fit_binary(rows[:50], ~target[:50], weight[:50], np.zeros(11), scale)
    np.testing.assert_allclose(found[:, 1], left, atol=1e-4)
    np.testing.assert_array_equal(found[:, 2], means[:, 2])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 100.0])
def test_a_start_that_is_far_off_is_left(scale):
    rows, target, weight, _, _ = problem(100, 20, seed=6)
    scales = np.full(21, scale)
    mean = np.full(21, 30.0)  # all chances are 1, so no row says where to go
    found = fit_binary(rows, target, weight, mean, scales)
    assert np.isfinite(found).all()
    slope = rows.T @ (weight * (expit(rows @ found) - target)) + (found - mean) / scales**2
    assert np.abs(slope * scales).max() < 1e-3
