from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import ComplementNB

from rolenlp import __version__
from rolenlp.errors import ModelError
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model.features import PriorFeatures
from rolenlp.model_file.bundle import check_output, load, save
from rolenlp.model_file.card import FORMAT_VERSION, card_path, default_model_path, read_card
from rolenlp.model_file.state import write_state
from rolenlp.reading.priors import Priors
from tests.helpers_cli import SAMPLE, ads_table, lines, read, run
from tests.small_ads import ADS, ROLES, fitted, small_priors

MODELS = Path(__file__).parents[1] / "models"
SUFFIXES = [".joblib", ".skops"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_model_is_saved_and_loaded(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"mine{suffix}"
    card = save(fitted(), path, {"data": "ads of our own"})
    assert card == read_card(path)
    assert card["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert card["data"] == "ads of our own"
    assert len(card["canaries"]) == 5
    model = load(path)
    np.testing.assert_allclose(model.predict_proba(ADS), fitted().predict_proba(ADS), atol=1e-6)
    assert sorted(x.name for x in tmp_path.iterdir()) == sorted((path.name, card_path(path).name))


def test_both_ways_hold_the_same_and_can_lie_side_by_side(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        save(fitted(), tmp_path / f"mine{suffix}", {})
    one, other = (load(tmp_path / f"mine{suffix}") for suffix in SUFFIXES)
    assert write_state(one) == write_state(other)
    assert one.predict_proba(ADS).tolist() == other.predict_proba(ADS).tolist()
    assert {x.name for x in tmp_path.iterdir()} == {
        "mine.joblib",
        "mine.json",
        "mine.skops",
        "mine.skops.json",
    }


def test_the_model_that_ships_can_be_given_away_as_skops(tmp_path: Path) -> None:
    model = load(default_model_path())
    save(model, tmp_path / "role.skops", {})
    again = load(tmp_path / "role.skops")
    assert write_state(again) == write_state(model)


def test_a_skops_file_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "mine.skops"
    done = run("train", SAMPLE, "-o", path)
    assert (done.returncode, done.stdout) == (0, b"")
    assert f"model: {path}" in lines(done.stderr)
    done = run("inspect", path)
    assert lines(done.stdout)[:2] == [
        f"model: {path}",
        f"written by rolenlp {__version__}, format 2",
    ]
    out = tmp_path / "out.csv"
    done = run("label", ads_table(tmp_path / "ads.csv"), "--model", path, "-o", out, "--quiet")
    assert (done.returncode, done.stderr) == (0, b"")
    assert [row["role"] for row in read(out)][:2] == ["project", "product"]


def foreign(**settings: Any) -> RoleClassifier:
    known = {"priors": small_priors(), "boilerplate": {}, "min_postings": 2}
    return RoleClassifier(**known, **settings).fit(ADS, ROLES)  # type: ignore[arg-type]


WORDS = ColumnTransformer([("words", TfidfVectorizer(), "text")])


@pytest.mark.parametrize(
    "settings",
    [
        {"classifier": SGDClassifier(loss="log_loss", random_state=0)},
        {"features": WORDS},
        {"features": WORDS, "classifier": ComplementNB()},
    ],
    ids=["classifier", "features", "both"],
)
def test_what_is_foreign_is_saved_by_skops_alone(tmp_path: Path, settings: Any) -> None:
    model = foreign(**settings)
    save(model, tmp_path / "mine.skops", {})
    again = load(tmp_path / "mine.skops")
    np.testing.assert_allclose(again.predict_proba(ADS), model.predict_proba(ADS), atol=1e-6)
    with pytest.raises(ModelError) as caught:
        save(model, tmp_path / "mine.joblib", {})
    assert str(caught.value) == (
        f"{tmp_path / 'mine.joblib'}: features or a classifier of your own are saved as .skops, "
        "not as .joblib"
    )
    assert not (tmp_path / "mine.joblib").exists()


def test_features_put_together_from_our_own_are_not_saved(tmp_path: Path) -> None:
    features = PriorFeatures(priors=small_priors(), boilerplate={})
    with pytest.raises(ModelError, match="put together from rolenlp's own cannot be saved"):
        save(foreign(features=features), tmp_path / "mine.skops", {})


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize(
    ("settings", "labels"),
    [
        ({}, ["product"] * 3),
        ({}, ["product", "project", "product"]),
        ({"classes": [None, "product"]}, [0, 1, 1]),
        ({"classes": "any", "prior_strength": 0}, ["b", "a", "c"]),
        ({"prior_strength": 0}, None),
    ],
    ids=["one", "two", "numbers", "others", "no ads"],
)
def test_models_of_other_classes(
    tmp_path: Path, suffix: str, settings: dict[str, Any], labels: Any
) -> None:
    ads = [text for _, text in ADS[: len(labels or ())]]
    model = RoleClassifier(priors=small_priors(), boilerplate={}, **settings).fit(ads, labels or [])
    save(model, tmp_path / f"mine{suffix}", {})
    again = load(tmp_path / f"mine{suffix}")
    assert (again.classes_.tolist(), again.roles_) == (model.classes_.tolist(), model.roles_)
    np.testing.assert_allclose(again.predict_proba(ADS), model.predict_proba(ADS), atol=1e-6)
    refit = again.fit(ads, labels or [])
    assert refit.classes_.tolist() == model.classes_.tolist()


@pytest.mark.parametrize("name", ["mine.pkl", "mine", "mine.joblib.gz", "mine.json"])
def test_other_names_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ModelError, match=r"is saved as \.joblib or \.skops"):
        check_output(tmp_path / name)


def test_a_model_that_could_not_be_loaded_is_not_saved(tmp_path: Path) -> None:
    source = small_priors().source.replace("weight = 3", "weight = 1e9")
    model = RoleClassifier(priors=Priors.from_toml(source), boilerplate={}).fit([], [])
    with pytest.raises(ModelError, match="could not be loaded: a phrase has no weight"):
        save(model, tmp_path / "mine.joblib", {})
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("version", range(1, FORMAT_VERSION + 1))
def test_a_model_of_each_format_loads_or_is_refused(version: int) -> None:
    """A model of each format is kept from when it was written, see CONTRIBUTING.md."""
    path = MODELS / f"format-{version}.joblib"
    card = json.loads(card_path(path).read_text("utf-8"))
    assert card["format_version"] == version
    assert path.stat().st_size < 200_000
    if version != FORMAT_VERSION:
        with pytest.raises(ModelError, match=f"has format {version}, this rolenlp reads"):
            load(path)
        return
    model = load(path)
    ads = [(canary["title"], canary["text"]) for canary in card["canaries"]]
    promised = [canary["probabilities"] for canary in card["canaries"]]
    np.testing.assert_allclose(model.predict_proba(ads), promised, atol=1e-6)
    assert model.n_postings_ == 168


def test_a_joblib_file_needs_no_skops() -> None:
    code = (
        "import sys; sys.modules['skops'] = None\n"
        "from rolenlp.model_file.bundle import load\n"
        "print(load(sys.argv[1]).n_postings_)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, MODELS / "format-2.joblib"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "168\n"
