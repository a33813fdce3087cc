"""What a worker checks and keeps."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rolenlp.engines.worker import Job, model_file, refuse_other_versions, versions
from rolenlp.errors import ModelError, RolenlpError
from tests.helpers_cli import phrases_model
from tests.small_ads import small_phrases


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def test_a_model_is_loaded_once_a_process_however_often_its_bytes_come(path: Path) -> None:
    data = pickle.dumps(model_file(path, 0.95))
    path.rename(path.with_name("away"))  # nothing but the bytes is needed
    job = Job({}, versions())
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(lambda _: job.model(pickle.loads(data)), range(8)))
    path.with_name("away").rename(path)
    assert {id(model) for model in models} == {id(models[0])}


def test_a_worker_refuses_what_load_refuses(path: Path) -> None:
    file, job = model_file(path, 0.95), Job({}, versions())
    with pytest.raises(ModelError, match="is not the file that its card describes"):
        job.model(replace(file, data=file.data[:-1]))
    with pytest.raises(ModelError, match="is not a readable card"):
        job.model(replace(file, card=file.card[:-9]))


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ({"rolenlp": "1.0", "numpy": "2.1"}, None),
        ({"rolenlp": "0.9", "numpy": "2.1"}, "the worker w has rolenlp 0.9, and the run .* 1.0;"),
        ({"rolenlp": None, "numpy": "2.1"}, "the worker w has rolenlp not at all, and"),
        ({"rolenlp": "1.0"}, "the worker w has numpy not at all, and the run was started with 2.1"),
    ],
)
def test_other_versions_are_refused(found: dict[str, str | None], says: str | None) -> None:
    wanted = {"rolenlp": "1.0", "numpy": "2.1"}
    if says is None:
        refuse_other_versions(wanted, found, "w")
        return
    with pytest.raises(RolenlpError, match=says):
        refuse_other_versions(wanted, found, "w")


def test_a_worker_looks_at_versions_before_the_model(path: Path) -> None:
    file = replace(model_file(path, 0.95), data=b"")
    with pytest.raises(RolenlpError, match=r"has spacy [\d.]+, and the run was started with 1\.0;"):
        Job({}, versions() | {"spacy": "1.0"}).model(file)


@pytest.mark.parametrize(
    ("model", "precision", "error", "says"),
    [
        ("nowhere.joblib", 0.95, ModelError, "no such model"),
        (None, 1.0, ValueError, "min_precision is 1.0"),
        (small_phrases(), 0.95, TypeError, "takes the file of a model"),
    ],
    ids=["no file", "no precision", "no path"],
)
def test_what_is_wrong_with_a_model(
    model: object, precision: float, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        model_file(model, precision)  # type: ignore[arg-type]
