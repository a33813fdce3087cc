"""What crosses to another process, a cache or a colleague comes back equal."""

from __future__ import annotations

import copy
import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cloudpickle
import joblib
import numpy as np
import pytest

from rolenlp.predict import predict, predict_many
from rolenlp.schema import Evidence, Prediction
from tests.small_ads import ADS, fitted, small_phrases

TEXT = "Own the product roadmap and share the vision, then keep the project plan on time."


def _through_joblib(value: Any) -> Any:
    stream = io.BytesIO()
    joblib.dump(value, stream)
    stream.seek(0)
    return joblib.load(stream)


WAYS: dict[str, Callable[[Any], Any]] = {
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "cloudpickle": lambda value: pickle.loads(cloudpickle.dumps(value)),
    "joblib": _through_joblib,
    "deepcopy": copy.deepcopy,
}


@pytest.fixture(params=WAYS)
def copied(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    return WAYS[request.param]


@pytest.mark.parametrize("text", [TEXT, ""])
def test_a_prediction(copied: Callable[[Any], Any], text: str) -> None:
    verdict = predict(text, "Product Manager", model=small_phrases())
    again = copied(verdict)
    assert type(again) is Prediction
    assert again == verdict
    assert hash(again) == hash(verdict)


def test_evidence(copied: Callable[[Any], Any]) -> None:
    evidence = Evidence("risk", "the risk register", 3, 20, 1.5)
    again = copied(evidence)
    assert type(again) is Evidence
    assert again == evidence
    assert hash(again) == hash(evidence)


def test_a_fitted_classifier(copied: Callable[[Any], Any]) -> None:
    model = fitted()
    again = copied(model)
    assert again.get_params() == model.get_params()
    assert np.array_equal(again.predict_proba(ADS), model.predict_proba(ADS))
    assert list(predict_many(ADS, model=again)) == list(predict_many(ADS, model=model))


def test_a_fitted_classifier_in_a_file_of_joblib(tmp_path: Path) -> None:
    model = fitted()
    joblib.dump(model, tmp_path / "model")
    again = joblib.load(tmp_path / "model")
    assert np.array_equal(again.predict_proba(ADS), model.predict_proba(ADS))


def test_predictions_stand_in_sets() -> None:
    one, same, other = (predict(text, model=small_phrases()) for text in (TEXT, TEXT, "Bake."))
    assert len({one, same, other}) == 2


def test_a_prediction_as_a_dict() -> None:
    verdict = predict(TEXT, "Product Manager", model=small_phrases())
    plain = verdict.to_dict()
    assert list(plain) == [
        *("role", "confidence", "review", "probabilities", "orientation", "title_role"),
        *("conflict", "evidence", "stray", "themes", "status", "words", "unknown_words"),
    ]
    assert plain["role"] == verdict.role
    assert plain["probabilities"] == verdict.probabilities
    first = verdict.evidence[0]
    assert plain["evidence"][0] == {
        "theme": first.theme,
        "quote": first.quote,
        "start": first.start,
        "end": first.end,
        "weight": first.weight,
    }
    assert json.loads(json.dumps(plain)) == plain
