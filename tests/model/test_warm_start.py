import numpy as np
import pytest
from sklearn.base import clone

from rolenlp.model import warm_start
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.warm_start import Start
from rolenlp.model_file.bundle import load, save
from rolenlp.model_file.card import card_lines, read_card
from rolenlp.reading.lexicon import Lexicon
from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled
from rolenlp.train.run import train
from tests.small_ads import ADS, OTHER, PRODUCT, PROJECT, ROLES, fitted

NEW = [Posting(f"Sort parcels by postcode in shift {i} at night.", "Sorter") for i in range(10)]


def coefficients(model: RoleClassifier) -> dict[tuple[str, ...], np.ndarray]:
    """The coefficients of duties by the words of each n-gram."""
    words = model.reader_.lexicon.words
    keys = model.body_grams_.keys.tolist()
    names = [(words[k],) if k < 2**32 else (words[k // 2**32 - 1], words[k % 2**32]) for k in keys]
    return {name: model.heads_.duties[:, place] for place, name in enumerate(names)}


def test_without_new_ads_nothing_changes() -> None:
    base = fitted()
    same = clone(base).fit([], [], base=base)
    assert np.allclose(same.predict_proba(ADS), base.predict_proba(ADS))
    assert np.array_equal(same.thresholds_, base.thresholds_)
    assert same.n_postings_ == base.n_postings_ == 32


def test_n_grams_are_kept_and_new_ones_added() -> None:
    base = fitted()
    model = clone(base).fit(NEW, ["other"] * 10, base=base)
    old, new = coefficients(base), coefficients(model)
    assert set(old) < set(new)
    assert ("parcel",) in set(new)
    assert ("postcode",) not in old
    assert new["postcode",].max() < 0  # speaks for `other`
    assert np.abs(new["roadmap",] - old["roadmap",]).max() < 0.2
    assert model.n_postings_ == 42
    idf = dict(zip(old, base.body_grams_.idf, strict=True))
    assert {n: i for n, i in zip(new, model.body_grams_.idf, strict=True) if n in old} == idf


def test_new_ads_move_the_verdict() -> None:
    base = fitted()
    ad = [Posting("Run the tender desk: bids, bonds and the clarifications of each tender.")]
    model = clone(base).fit(ad * 12, ["project"] * 12, base=base)
    place = list(base.classes_).index("project")
    assert model.predict_proba(ad)[0, place] > base.predict_proba(ad)[0, place] + 0.1


@pytest.mark.parametrize(("fewest", "kept"), [(32, False), (33, True)])
def test_calibration_is_kept_where_new_ads_are_few(
    fewest: int, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolenlp.model.learning.FEWEST_TO_CALIBRATE", fewest)
    base = RoleClassifier(min_postings=2).fit([], [])
    model = clone(base).fit(ADS, ROLES, base=base)
    assert (model.calibrators_ is base.calibrators_) == kept
    assert np.array_equal(model.thresholds_, base.thresholds_) == kept


def test_the_start_is_the_base_in_other_numbers() -> None:
    base = fitted()
    lexicon = Lexicon(["zebra", *base.reader_.priors.words()])
    empty = type(base.body_grams_)(np.zeros(0, np.int64), np.zeros(0))
    start = Start.of(base, lexicon, empty, empty)
    assert len(start.body) == len(base.body_grams_)
    assert start.heads.duties.shape == base.heads_.duties.shape
    n = len(start.body)
    assert np.array_equal(start.heads.duties[:, n:], base.heads_.duties[:, n:])
    assert sorted(start.heads.duties[0, :n]) == sorted(base.heads_.duties[0, :n])
    assert np.all(np.diff(start.body.keys) > 0)


def test_labels_hold_the_base_less_the_more_it_may_move(monkeypatch: pytest.MonkeyPatch) -> None:
    base = fitted()
    moved = []
    for held in (0.1, 1.0):
        monkeypatch.setattr(warm_start, "HELD", held)
        model = clone(base).fit(NEW, ["other"] * 10, base=base)
        moved.append(np.abs(coefficients(model)["postcode",]).max())
    assert moved[0] < moved[1]


def test_the_card_names_the_base(tmp_path) -> None:
    first, second, third = (tmp_path / f"{name}.joblib" for name in "abc")
    save(fitted(), first, {"training": {"sha256": "x", "rows": 32}})
    texts = [*PRODUCT[:3], *PROJECT[:3], *OTHER[:3]]
    roles = ["product"] * 3 + ["project"] * 3 + ["other"] * 3
    ads = Labelled([Posting(text) for text in texts], roles, ["new"] * 9)
    card = train(ads, second, base=first)
    sha256 = read_card(first)["sha256"]
    assert card["based_on"] == {"sha256": sha256, "training_sha256": "x", "rows": 32}
    assert f"goes on from a model of 32 ads, sha256 {sha256[:16]}…" in card_lines(card)
    assert load(second).n_postings_ == 41
    assert train(ads, third, base=second)["based_on"]["based_on"] == card["based_on"]
