import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from rolenlp.metrics import (
    JUDGED,
    Figure,
    bootstrap,
    calibration_error,
    confusion,
    coverage,
    f1,
    kappa,
    macro_f1,
    precision_and_recall,
    resampled_confusion,
    summary,
)

ROLES = ["hybrid", "other", "product", "project"]
TRUTH = np.array(["product", "product", "project", "other", "other", "hybrid"])
VERDICT = np.array(["product", "project", "project", "other", "product", "product"])

pairs = st.lists(
    st.tuples(st.sampled_from(ROLES), st.sampled_from(ROLES)), min_size=1, max_size=30
).map(lambda rows: tuple(map(np.array, zip(*rows, strict=True))))


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        ("product", 2 / 5),  # 1 right, 2 true, 3 said
        ("project", 2 / 3),
        ("other", 2 / 3),
        ("hybrid", 0.0),
    ],
)
def test_f1_by_hand(role, expected):
    assert f1(TRUTH, VERDICT, role) == pytest.approx(expected)


def test_f1_of_a_role_that_is_nowhere_is_zero():
    assert f1(TRUTH[:2], VERDICT[:2], "hybrid") == 0.0


def test_macro_f1_leaves_out_the_ads_of_other_roles():
    # The hybrid that was called a product is left out: product has 1 right, 2 true, 2 said.
    assert macro_f1(TRUTH, VERDICT) == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3)
    assert macro_f1(TRUTH, VERDICT, ["project"]) == pytest.approx(1.0)


def test_kappa_by_hand():
    # 3 of 6 agree; by chance 2/6*3/6 + 1/6*2/6 + 2/6*1/6 = 10/36.
    assert kappa(TRUTH, VERDICT) == pytest.approx((1 / 2 - 10 / 36) / (26 / 36))
    same = np.array(["other"] * 3)
    assert kappa(same, same) == 1.0
    assert kappa(same, np.array(["product"] * 3)) == 0.0


@settings(deadline=None)
@given(pairs)
def test_figures_are_those_of_scikit_learn(rows):
    truth, verdict = rows
    for role in ROLES:
        expected = theirs.f1_score(truth, verdict, labels=[role], average="macro", zero_division=0)
        assert f1(truth, verdict, role) == pytest.approx(expected)
    judged = np.isin(truth, JUDGED)
    if judged.any():
        expected = theirs.f1_score(
            truth[judged], verdict[judged], labels=JUDGED, average="macro", zero_division=0
        )
        assert macro_f1(truth, verdict) == pytest.approx(expected)
    assert confusion(truth, verdict, ROLES) == (
        theirs.confusion_matrix(truth, verdict, labels=ROLES).tolist()
    )
    if len(set(truth) | set(verdict)) > 1:  # scikit-learn has no answer for one role alone
        assert kappa(truth, verdict) == pytest.approx(theirs.cohen_kappa_score(truth, verdict))


def test_confusion_has_the_truth_in_rows():
    assert confusion(TRUTH, VERDICT, ["product", "other"]) == [[1, 0], [1, 1]]


@pytest.mark.parametrize(
    ("confidence", "right", "expected"),
    [
        ([], [], 0.0),
        ([0.95, 0.95], [1, 1], 0.05),
        ([0.95, 0.95], [1, 0], 0.45),
        # Two bins: |0.92 + 0.98 - 2| and |0.55 + 0.59 - 1|, over 4.
        ([0.92, 0.98, 0.55, 0.59], [1, 1, 1, 0], (0.1 + 0.14) / 4),
        ([1.0, 0.91], [1, 0], 0.91 / 2),  # a confidence of 1 is in the last bin
    ],
)
def test_calibration_error_by_hand(confidence, right, expected):
    found = calibration_error(np.array(confidence, float), np.array(right, bool))
    assert found == pytest.approx(expected)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=40))
def test_calibration_error_of_one_bin_is_the_gap_of_the_means(rows):
    confidence, right = np.array([c for c, _ in rows]), np.array([r for _, r in rows])
    found = calibration_error(confidence, right, bins=1)
    assert found == pytest.approx(abs(confidence.mean() - right.mean()))
    assert found <= calibration_error(confidence, right, bins=10) + 1e-12


@pytest.mark.parametrize(
    ("confidence", "right", "precision", "expected"),
    [
        ([], [], 0.95, 0.0),
        ([0.9, 0.8, 0.7, 0.6], [1, 1, 1, 0], 0.95, 0.75),
        ([0.6, 0.7, 0.8, 0.9], [0, 1, 1, 1], 0.95, 0.75),
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 1], 0.75, 1.0),
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 1], 0.8, 0.25),
        ([0.9, 0.8], [0, 1], 0.95, 0.0),
        ([0.9, 0.9, 0.5], [1, 0, 1], 0.95, 0.0),  # no threshold takes one of two alike
        ([0.9, 0.9, 0.5], [0, 1, 1], 0.6, 1.0),
    ],
)
def test_coverage_by_hand(confidence, right, precision, expected):
    found = coverage(np.array(confidence, float), np.array(right, bool), precision)
    assert found == pytest.approx(expected)


def test_a_figure_says_its_interval():
    assert str(Figure(0.5, 0.25, 0.75, 10)) == "0.500 [0.250, 0.750]"


def test_bootstrap_of_a_mean_is_near_its_textbook_interval():
    values = np.random.default_rng(1).normal(size=400)
    figure = bootstrap(lambda rows: float(values[rows].mean()), 400)
    assert figure.value == values.mean()
    assert figure.n == 400
    half = 1.96 * values.std() / 20
    assert figure.low == pytest.approx(values.mean() - half, abs=0.02)
    assert figure.high == pytest.approx(values.mean() + half, abs=0.02)


def test_bootstrap_gives_the_same_interval_each_time_and_none_to_a_constant():
    assert bootstrap(lambda rows: float(rows.mean()), 9) == bootstrap(
        lambda rows: float(rows.mean()), 9
    )
    assert bootstrap(lambda rows: 0.5, 3) == Figure(0.5, 0.5, 0.5, 3)


def test_summary_names_its_figures_and_leaves_out_roles_that_are_nowhere():
    confidence = np.linspace(0.9, 0.5, 6)
    figures = summary(TRUTH, VERDICT, confidence, precision=0.5)
    assert list(figures) == [
        "macro_f1",
        "f1_product",
        "f1_project",
        "f1_other",
        "f1_hybrid",
        "accuracy",
        "kappa",
        "calibration_error",
        "coverage_at_0.5",
    ]
    assert figures["accuracy"].value == 0.5
    assert figures["f1_product"].value == pytest.approx(2 / 5)
    assert figures["f1_other"].value == pytest.approx(2 / 3)
    assert figures["coverage_at_0.5"].value == pytest.approx(1.0)
    assert all(f.low <= f.value <= f.high and f.n == 6 for f in figures.values())
    assert "f1_hybrid" not in summary(TRUTH[:5], VERDICT[:5], confidence[:5])


@given(pairs)
@settings(max_examples=5)
def test_resampled_matrices_give_the_figures_of_the_bootstrap(rows):
    truth, verdict = rows
    n = len(truth)
    cells = resampled_confusion(truth, verdict)
    for fast, slow in (
        (cells.macro_f1, lambda i: macro_f1(truth[i], verdict[i])),
        (cells.kappa, lambda i: kappa(truth[i], verdict[i])),
        (lambda c: cells.f1(c, "product"), lambda i: f1(truth[i], verdict[i], "product")),
    ):
        found, expected = cells.figure(fast, n), bootstrap(slow, n)
        assert (found.value, found.low, found.high) == pytest.approx(
            (expected.value, expected.low, expected.high)
        )


def test_precision_and_recall_by_hand():
    found = precision_and_recall(TRUTH, VERDICT)
    assert {name: (figure.value, figure.n) for name, figure in found.items()} == {
        "precision_product": (pytest.approx(1 / 3), 3),
        "precision_project": (0.5, 2),
        "precision_other": (1.0, 1),
        "recall_product": (0.5, 2),
        "recall_project": (1.0, 1),
        "recall_other": (0.5, 2),
        "recall_hybrid": (0.0, 1),
    }
    assert all(0 <= f.low <= f.value <= f.high <= 1 for f in found.values())
