import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolenlp.model.calibration import PRECISIONS, Calibrator, precision_thresholds
from rolenlp.schema import ROLES

NOTHING = np.zeros(0)
HYBRID, OTHER, PRODUCT, PROJECT = range(4)


def unfitted(views):
    """The calibrator before any answer is known."""
    empty = np.zeros((0, 2 * len(views)))
    return Calibrator.fit(empty, NOTHING.astype(np.int64), NOTHING, views)


def test_roles_are_sorted_as_scikit_learn_sorts_classes():
    assert ROLES == ("hybrid", "other", "product", "project")
    assert list(ROLES) == sorted(ROLES)


def test_precisions_run_from_a_half_to_99_in_hundredths():
    assert (PRECISIONS[0], PRECISIONS[-1], len(PRECISIONS)) == (0.5, 0.99, 50)
    assert PRECISIONS[45] == 0.95


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        # exp of a + b - 2, 0, a, b over their sum
        (0, 0, [0.0432, 0.3189, 0.3189, 0.3189]),
        (2, 0, [0.0963, 0.0963, 0.7112, 0.0963]),
        (0, 2, [0.0963, 0.0963, 0.0963, 0.7112]),
        (3, 3, [0.5701, 0.0104, 0.2097, 0.2097]),
        (-3, -3, [0.0003, 0.9092, 0.0453, 0.0453]),
    ],
)
def test_without_rows_the_answers_are_independent_but_for_the_start_of_hybrid(a, b, expected):
    found = unfitted([1.0]).probabilities(np.array([[a, b]], float))
    np.testing.assert_allclose(found, [expected], atol=1e-4)


@settings(deadline=None)
@given(st.lists(st.floats(-11, 11), min_size=4, max_size=4), st.floats(0, 2), st.floats(0, 2))
def test_without_rows_each_view_carries_its_share(answers, first, second):
    a, b, a_title, b_title = answers
    found = unfitted([first, second]).probabilities(np.array([answers]))
    product, project = first * a + second * a_title, first * b + second * b_title
    odds = np.exp([product + project - 2, 0, product, project])
    np.testing.assert_allclose(found[0], odds / odds.sum(), rtol=1e-9)


@given(st.lists(st.tuples(*[st.floats(allow_nan=False)] * 2), max_size=5))
def test_rows_are_probabilities_whatever_the_answers(answers):
    found = unfitted([1.0]).probabilities(np.array(answers).reshape(-1, 2))
    assert found.shape == (len(answers), 4)
    assert (found >= 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_answers_that_tell_nothing_give_the_shares_of_the_roles():
    role = np.repeat([HYBRID, OTHER, PRODUCT, PROJECT], [100, 400, 300, 200])
    fitted = Calibrator.fit(np.zeros((1000, 2)), role, np.full(1000, 100.0), [1.0])
    np.testing.assert_allclose(
        fitted.probabilities(np.zeros((1, 2)))[0], [0.1, 0.4, 0.3, 0.2], atol=0.002
    )


def test_it_finds_the_temperature_and_the_constants_that_answers_came_from():
    # A temperature of 0.5 and constants of 0.1, -0.2 and 0.3 for hybrid, product and project:
    # answers of 2 and 4 with a title of -1 and 1 at half the share are 0.5 * 1.5 and 0.5 * 4.5.
    answers = np.array([[2, 4, -1, 1], [0, 0, 0, 0], [3, -2, 2, 2], [-4, 1, 0, -2], [1, 1, 3, 0]])
    product = 0.5 * (answers[:, 0] + 0.5 * answers[:, 2])
    project = 0.5 * (answers[:, 1] + 0.5 * answers[:, 3])
    assert (product[0], project[0]) == (0.75, 2.25)
    logs = np.column_stack(
        (product + project - 0.5 * 2 + 0.1, np.zeros(5), product - 0.2, project + 0.3)
    )
    chances = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
    # Each answer has each role as often as its chance says, so often that the prior is nothing.
    fitted = Calibrator.fit(
        np.repeat(answers, 4, axis=0), np.tile(range(4), 5), 1e5 * chances.ravel(), [1.0, 0.5]
    )
    np.testing.assert_allclose(fitted.probabilities(answers), chances, atol=1e-3)
    expected = [
        [-0.9, 0, -0.2, 0.3],
        [0.5, 0, 0.5, 0],
        [0.5, 0, 0, 0.5],
        [0.25, 0, 0.25, 0],
        [0.25, 0, 0, 0.25],
    ]
    np.testing.assert_allclose(fitted.coefficients, expected, atol=5e-3)


@pytest.mark.parametrize("seed", range(3))
def test_constants_are_what_was_too_few_times_the_variance_of_their_prior(seed):
    # Where the loss is flat, c = variance * (weight of the role - weight expected of it), and
    # scores are on average those of the roles that are true.
    rng = np.random.default_rng(seed)
    answers, role = rng.normal(size=(50, 2)) * 2, rng.integers(0, 4, 50)
    weight = rng.uniform(0.2, 2, 50)
    fitted = Calibrator.fit(answers, role, weight, [1.0])
    missed = weight[:, None] * (np.eye(4)[role] - fitted.probabilities(answers))
    temperature = fitted.coefficients[1, PRODUCT]
    start = unfitted([1.0]).coefficients
    np.testing.assert_allclose(fitted.coefficients[1:], temperature * start[1:])
    constants = fitted.coefficients[0] - temperature * start[0]
    assert constants[OTHER] == 0
    for number, variance in ((HYBRID, 1.0), (PRODUCT, 0.04), (PROJECT, 0.04)):
        assert constants[number] == pytest.approx(variance * missed[:, number].sum(), abs=1e-3)
    scores = np.column_stack((np.ones(50), answers)) @ start
    # Scores that tell less than nothing leave a temperature of 0.
    assert temperature * np.sum(missed * scores) == pytest.approx(0, abs=1e-3)


def test_constants_need_evidence():
    # Two ads of one role do not move its constant far.
    few = Calibrator.fit(np.zeros((2, 2)), np.array([PRODUCT] * 2), np.ones(2), [1.0])
    many = Calibrator.fit(np.zeros((200, 2)), np.array([PRODUCT] * 200), np.ones(200), [1.0])
    start = unfitted([1.0])
    at_zero = [c.probabilities(np.zeros((1, 2)))[0, PRODUCT] for c in (start, few, many)]
    assert at_zero[0] < at_zero[1] < at_zero[2]
    # 0.04 * 2 * (1 - p) with p from 0.32 to 1
    assert 0 < few.coefficients[0, PRODUCT] < 0.055


def test_weights_count_as_rows():
    answers = np.array([[1.0, -1.0], [-2.0, 0.5], [0.0, 3.0]])
    role = np.array([PRODUCT, OTHER, PROJECT])
    twice = np.array([0, 0, 1, 2])
    one = Calibrator.fit(answers, role, np.array([2.0, 1.0, 1.0]), [1.0])
    other = Calibrator.fit(answers[twice], role[twice], np.ones(4), [1.0])
    np.testing.assert_allclose(one.coefficients, other.coefficients, atol=1e-3)


def test_answers_that_are_too_sure_are_trusted_less():
    # Log-odds of 4 promise 98%; three in four are right.
    answers = np.repeat([[4.0, -4.0], [-4.0, -4.0]], 400, axis=0)
    role = np.repeat([PRODUCT, OTHER, OTHER, PRODUCT], [300, 100, 300, 100])
    fitted = Calibrator.fit(answers, role, np.ones(800), [1.0])
    before = unfitted([1.0]).probabilities(answers[:1])[0, PRODUCT]
    after = fitted.probabilities(answers[:1])[0, PRODUCT]
    assert before > 0.95
    assert 0.7 < after < 0.85
    assert 0 < fitted.coefficients[1, PRODUCT] < 0.5
    # Surer ones are trusted more.
    role = np.repeat([PRODUCT, OTHER], 400)
    assert Calibrator.fit(answers, role, np.ones(800), [1.0]).coefficients[1, PRODUCT] > 1


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
