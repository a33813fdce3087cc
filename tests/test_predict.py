"""The front door of Python: what can be called, with what, and what is refused."""

from __future__ import annotations

import pickle
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import rolenlp
from rolenlp.errors import ModelError
from rolenlp.model.features import LemmaCounts
from rolenlp.model_file.card import card_path, default_model_path
from tests.small_ads import small_phrases, small_priors

AD = "Keep the project plan and the risk register, manage contractors and report on budget."


def test_the_package_can_be_called_and_holds_what_its_modules_do() -> None:
    verdict = rolenlp.predict(AD, title="PM")
    assert verdict == rolenlp.predict.predict(AD, "PM")
    assert list(rolenlp.predict_many([("PM", AD)])) == [verdict]
    assert rolenlp.label_frame(pd.DataFrame({"text": [AD]})).role.tolist() == ["project"]
    assert pickle.loads(pickle.dumps(rolenlp.predict.predict)) is rolenlp.predict.predict


def test_load_without_a_path_is_the_default_model() -> None:
    assert rolenlp.load() is rolenlp.load()
    again = rolenlp.load(default_model_path())
    np.testing.assert_array_equal(again.predict_proba([AD]), rolenlp.load().predict_proba([AD]))


def test_a_model_can_be_given_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.joblib"
    with pytest.raises(ModelError, match="no such model"):
        rolenlp.predict(AD, model=path)
    shutil.copy(default_model_path(), path)
    shutil.copy(card_path(default_model_path()), card_path(path))
    for model in (path, str(path)):
        assert rolenlp.predict(AD, model=model) == rolenlp.predict(AD)
    path.write_bytes(b"another by now")
    with pytest.raises(ModelError, match="is not the file that its card describes"):
        rolenlp.predict(AD, model=path)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT, ""], ids=str)
def test_what_is_missing_is_empty(missing: object) -> None:
    assert rolenlp.predict(missing).status == "empty"
    assert rolenlp.predict(AD, missing) == rolenlp.predict(AD)
    assert [v.status for v in rolenlp.predict_many([missing, {"text": missing}])] == ["empty"] * 2


@pytest.mark.parametrize("given", [b"an ad", bytearray(b"an ad")])
def test_bytes_are_refused(given: bytes) -> None:
    for ads in ([{"text": given}], [("PM", given)], [(given, AD)]):
        with pytest.raises(TypeError, match="not bytes: decode it first"):
            list(rolenlp.predict_many(ads))
    with pytest.raises(TypeError, match="not bytes: decode it first"):
        rolenlp.predict(given)


@pytest.mark.parametrize(
    ("model", "shown"),
    [
        (rolenlp.RoleClassifier(), "RoleClassifier()"),
        (rolenlp.RoleClassifier(min_postings=2), "RoleClassifier(min_postings=2)"),
        (small_phrases(), "RoleClassifier(boilerplate={}, priors=<Priors>)"),
        (rolenlp.load(), "RoleClassifier(boilerplate=<dict>, priors=<Priors>)"),
        (
            LemmaCounts("title", priors=small_priors()),
            "LemmaCounts(field='title', priors=<Priors>)",
        ),
    ],
)
def test_an_estimator_is_shown_on_one_line(model: object, shown: str) -> None:
    assert repr(model) == shown
