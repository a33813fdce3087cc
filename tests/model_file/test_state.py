import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.state import read_state, write_state
from tests.small_ads import ADS, fitted, small_phrases, small_priors

BUILT_IN = (str, int, float, bytes, bool, type(None))


def foreign(value, place="state"):
    """Where a state holds anything but built-in types, exactly."""
    if type(value) is dict:
        keys = [f"{place} key {key!r}" for key in value if type(key) is not str]
        return keys + [x for key, v in value.items() for x in foreign(v, f"{place}[{key!r}]")]
    if type(value) is list:
        return [x for i, v in enumerate(value) for x in foreign(v, f"{place}[{i}]")]
    return [] if type(value) in BUILT_IN else [f"{place}: {type(value)}"]


@pytest.mark.parametrize("make", [fitted, small_phrases])
def test_a_state_holds_built_in_types_alone(make):
    assert foreign(write_state(make())) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"prior_strength": np.float64(0.5), "min_postings": np.int64(3)},
        {"mixed_hybrids": np.int32(50)},
        {"role_prior": dict.fromkeys(("hybrid", "other", "product", "project"), np.float64(0.25))},
    ],
)
def test_settings_of_numpy_types_are_written_as_built_in_ones(settings):
    state = write_state(RoleClassifier(priors=small_priors(), **settings).fit([], []))
    assert foreign(state) == []
    assert {name: state["params"][name] for name in settings} == settings


@pytest.mark.parametrize("make", [fitted, small_phrases])
def test_a_model_comes_back_with_its_answers(make):
    model = make()
    again = read_state(write_state(model))
    np.testing.assert_allclose(again.predict_proba(ADS), model.predict_proba(ADS), atol=1e-6)
    assert again.thresholds(0.9).tolist() == model.thresholds(0.9).tolist()
    assert again.classes_.tolist() == model.classes_.tolist()
    assert again.n_postings_ == model.n_postings_
    assert again.get_params() == {
        **model.get_params(),
        "priors": again.priors,
        "boilerplate": again.boilerplate,
    }
    assert again.priors.phrases == model.reader_.priors.phrases
    assert again.boilerplate == model.reader_.boilerplate


@pytest.mark.parametrize("make", [fitted, small_phrases])
def test_what_was_read_is_written_the_same(make):
    state = write_state(make())
    again = read_state(state)
    assert write_state(again) == state
    assert read_state(write_state(again)).predict_proba(ADS).tolist() == (
        again.predict_proba(ADS).tolist()
    )


def test_a_model_that_is_not_fitted_has_no_state():
    with pytest.raises(NotFittedError):
        write_state(RoleClassifier())


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "another"},
        {"arrays": {}},
        {"arrays": {"words_ngrams": b"not an array"}},
        {"params": {"colour": "red"}},
        {"words": None},
    ],
)
def test_what_is_not_a_state_is_refused(change):
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_state({**write_state(small_phrases()), **change})
