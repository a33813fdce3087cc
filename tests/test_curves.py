import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.curves import Bin, Kept, proportion, reliability, risk_by_coverage
from rolenlp.metrics import Figure, calibration_error, coverage

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
