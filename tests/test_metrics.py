import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs

from rolenlp.metrics import (
    JUDGED,
    Bin,
    Figure,
    Kept,
    bootstrap,
    calibration_error,
    coverage,
    interval,
    judged_roles,
    macro_f1,
    precision_and_recall,
    proportion,
    reliability,
    resampled_confusion,
    risk_by_coverage,
    summary,
)
from tests.examples import TIMES

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
    assert resampled_confusion(TRUTH, VERDICT).f1(role)[0] == pytest.approx(expected)


def test_f1_of_a_role_that_is_nowhere_is_zero():
    assert resampled_confusion(TRUTH[:2], VERDICT[:2]).f1("hybrid")[0] == 0.0


def test_macro_f1_leaves_out_the_ads_of_other_roles():
    # The hybrid that was called a product is left out: product has 1 right, 2 true, 2 said.
    assert macro_f1(TRUTH, VERDICT) == pytest.approx((1 / 2 + 2 / 3 + 2 / 3) / 3)
    assert macro_f1(TRUTH, VERDICT, ["project"]) == pytest.approx(1.0)


def test_kappa_by_hand():
    # 3 of 6 agree; by chance 2/6*3/6 + 1/6*2/6 + 2/6*1/6 = 10/36.
    def kappa(truth, verdict):
        return resampled_confusion(truth, verdict).kappa()[0]

    assert kappa(TRUTH, VERDICT) == pytest.approx((1 / 2 - 10 / 36) / (26 / 36))
    same = np.array(["other"] * 3)
    assert kappa(same, same) == 1.0
    assert kappa(same, np.array(["product"] * 3)) == 0.0


@pytest.mark.parametrize(
    ("truth", "roles"),
    [
        (["product", "project", "other", "hybrid"], ("product", "project", "other")),
        (["other", "other"], ("other",)),
        (["hybrid", "project"], ("project",)),
        (["hybrid"], ("hybrid",)),
    ],
)
def test_macro_f1_is_over_the_roles_that_occur(truth, roles):
    right = np.array(truth)
    assert judged_roles(truth) == roles
    assert macro_f1(right, right) == 1.0
    assert resampled_confusion(right, right).macro_f1()[0] == 1.0
    assert summary(right, right, np.ones(len(right)))["macro_f1"].value == 1.0


@settings(deadline=None, max_examples=10 * TIMES)
@given(pairs)
def test_figures_of_ads_and_resamples_are_those_of_scikit_learn(rows):
    cells = resampled_confusion(*rows)
    n = len(rows[0])
    rng = np.random.default_rng(0)
    for number, drawn in enumerate([np.arange(n), *(rng.integers(0, n, n) for _ in range(3))]):
        truth, verdict = (each[drawn] for each in rows)
        for role in ROLES:
            expected = theirs.f1_score(
                truth, verdict, labels=[role], average="macro", zero_division=0
            )
            assert cells.f1(role)[number] == pytest.approx(expected)
        if np.isin(truth, JUDGED).any():
            roles = judged_roles(rows[0].tolist())
            found = cells.macro_f1()[number]
            assert found == pytest.approx(macro_f1(truth, verdict, roles))
        assert cells.accuracy()[number] == pytest.approx(theirs.accuracy_score(truth, verdict))
        if len(set(truth) | set(verdict)) > 1:  # scikit-learn has no answer for one role alone
            expected = theirs.cohen_kappa_score(truth, verdict)
            assert cells.kappa()[number] == pytest.approx(expected)


@given(pairs)
@settings(max_examples=5, deadline=None)
def test_resampled_matrices_give_the_figures_of_the_bootstrap(rows):
    truth, verdict = rows
    found = interval(resampled_confusion(truth, verdict).accuracy(), len(truth))
    assert found == bootstrap(lambda i: float(np.mean(truth[i] == verdict[i])), len(truth))


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


@given(st.lists(st.tuples(st.floats(0.5, 0.59), st.booleans()), min_size=1, max_size=40))
def test_calibration_error_within_one_bin_is_the_gap_of_the_means(rows):
    confidence, right = np.array([c for c, _ in rows]), np.array([r for _, r in rows])
    found = calibration_error(confidence, right)
    assert found == pytest.approx(abs(confidence.mean() - right.mean()))


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


ADS = st.lists(
    st.tuples(st.one_of(st.floats(0, 1), st.sampled_from([0.5, 0.9, 1.0])), st.booleans()),
    min_size=1,
    max_size=60,
)


def arrays(ads: list[tuple[float, bool]]) -> tuple[np.ndarray, np.ndarray]:
    return np.array([c for c, _ in ads]), np.array([r for _, r in ads])


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1.0),
        (1, 1, 0.2065, 1.0),
        (95, 100, 0.8882, 0.9785),
    ],
)
def test_proportion(count: int, n: int, low: float, high: float) -> None:
    figure = proportion(count, n)
    assert (figure.value, figure.n) == (count / n, n)
    assert (figure.low, figure.high) == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_proportion_holds_its_value_and_mirrors(case: tuple[int, int]) -> None:
    count, n = case
    figure, rest = proportion(count, n), proportion(n - count, n)
    assert 0 <= figure.low <= figure.value <= figure.high <= 1
    assert figure.low == pytest.approx(1 - rest.high)


def test_reliability() -> None:
    confidence = np.array([0.92, 0.31, 1.0, 0.96, 0.39])
    right = np.array([True, False, True, False, True])
    low, high = reliability(confidence, right)
    assert low == Bin(0.3, 0.4, pytest.approx(0.35), proportion(1, 2))
    assert high == Bin(0.9, 1.0, pytest.approx(0.96), proportion(2, 3))


def test_reliability_of_nothing() -> None:
    assert reliability(np.zeros(0), np.zeros(0, bool)) == ()


@given(ADS)
def test_reliability_adds_up_to_the_calibration_error(ads: list[tuple[float, bool]]) -> None:
    confidence, right = arrays(ads)
    bins = reliability(confidence, right)
    assert sum(b.right.n for b in bins) == len(ads)
    gaps = sum(abs(b.confidence - b.right.value) * b.right.n for b in bins)
    assert gaps / len(ads) == pytest.approx(calibration_error(confidence, right))


def test_risk_keeps_ads_of_one_confidence_together() -> None:
    confidence = np.array([0.6, 0.9, 0.6, 0.0])
    right = np.array([True, True, False, False])
    assert risk_by_coverage(confidence, right) == (
        Kept(0.9, 0.25, proportion(0, 1)),
        Kept(0.6, 0.75, proportion(1, 3)),
        Kept(0.0, 1.0, proportion(2, 4)),
    )


@given(ADS, st.randoms(use_true_random=False), st.sampled_from([0.5, 0.75, 0.95]))
def test_risk_by_coverage(ads: list[tuple[float, bool]], order: object, precision: float) -> None:
    points = risk_by_coverage(*arrays(ads))
    shuffled = list(ads)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert risk_by_coverage(*arrays(shuffled)) == points
    assert points[-1].coverage == 1
    assert points[-1].wrong.value == sum(not right for _, right in ads) / len(ads)
    kept = [p.coverage for p in points if 1 - p.wrong.value >= precision]
    assert max(kept, default=0) == pytest.approx(coverage(*arrays(ads), precision))


def test_risk_is_thinned_to_its_first_and_last() -> None:
    confidence = np.linspace(1, 0.25, 1000)
    points = risk_by_coverage(confidence, np.arange(1000) < 900)
    assert len(points) == 200
    assert points[0] == Kept(1.0, 0.001, proportion(0, 1))
    assert points[-1].wrong == Figure(0.1, points[-1].wrong.low, points[-1].wrong.high, 1000)
