import numpy as np
import pytest

from rolenlp.evaluate.compare import compare
from rolenlp.evaluate.predictions import Trial
from rolenlp.metrics import JUDGED, bootstrap
from rolenlp.model.classifier import RoleClassifier
from tests.evaluate.helpers import compared
from tests.evaluate.test_run import ADS, labelled
from tests.small_ads import fitted


@pytest.fixture(scope="module")
def phrases(phrase_model: RoleClassifier) -> Trial:
    return Trial.of(phrase_model, labelled(ADS))


@pytest.fixture(scope="module")
def learned() -> Trial:
    return Trial.of(fitted(), labelled(ADS))


def test_a_model_against_itself(phrases: Trial) -> None:
    found = compare(phrases, phrases)
    for change in found.changes.values():
        assert change.before == change.now
        assert (change.difference.value, change.difference.low, change.difference.high) == (0, 0, 0)
        assert (change.made_right, change.made_wrong, change.wrong_otherwise) == (0, 0, 0)
    assert (found.n, found.flipped, found.flips) == (10, 0, ())


def test_two_models(phrases: Trial, learned: Trial) -> None:
    found = compare(learned, phrases)
    truth, was, is_ = phrases.truth, phrases.role, learned.role
    change = found.changes["title and duties"]
    assert change.made_right == sum((was != truth) & (is_ == truth))
    assert change.made_wrong == sum((was == truth) & (is_ != truth))
    assert change.wrong_otherwise == sum((was != truth) & (is_ != truth) & (was != is_))
    assert found.flipped == sum(was != is_) == len(found.flips)

    def f1(rows: np.ndarray, said: np.ndarray, role: str) -> float:
        true, given = truth[rows] == role, (said[rows] == role) & np.isin(truth[rows], JUDGED)
        return 2 * sum(true & given) / max(1, sum(true) + sum(given))

    def macro_f1(rows: np.ndarray, said: np.ndarray) -> float:
        return float(np.mean([f1(rows, said, role) for role in JUDGED]))

    paired = bootstrap(lambda i: macro_f1(i, is_) - macro_f1(i, was), 10)
    gap = change.difference
    assert (gap.value, gap.low, gap.high) == pytest.approx((paired.value, paired.low, paired.high))
    for flip in found.flips:
        row = flip.row - 1
        assert (flip.before, flip.now, flip.true_role) == (was[row], is_[row], truth[row])
        assert flip.evidence == learned.verdicts[row].evidence


def test_what_is_at_stake_comes_first(phrases: Trial, learned: Trial) -> None:
    stakes = [
        abs(
            learned.verdicts[f.row - 1].probabilities.get(f.true_role, 0)
            - phrases.verdicts[f.row - 1].probabilities.get(f.true_role, 0)
        )
        for f in compare(learned, phrases).flips
    ]
    assert np.all(np.diff(stakes) <= 0)


def test_lines() -> None:
    change = (
        "macro-F1 0.700 before, 0.750 now, +0.050 [-0.100, +0.200]; made right 2, made wrong 1, "
        "wrong in another way 0"
    )
    assert list(compared().lines()) == [
        "compared with the model before, on the same 10 ads:",
        "  the model before does not remember its training ads: these may be among them",
        f"  title and duties: {change}",
        f"  duties: {change}",
        "  ad 3 'PM', project: was other (98%, wrong), is project (51%, right)",
        '    risk: "risk log"',
    ]


def test_an_ad_that_is_no_longer_judged() -> None:
    (flip,) = compared(now="").flips
    assert flip.says == "was other (98%, wrong), is not judged"
