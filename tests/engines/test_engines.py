"""The recipes of docs/scale.md, run as they stand there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

from rolenlp.predict import judge_arrow
from tests.engines.helpers import ads

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
RECIPES = {
    re.search(r"^(?:import|from) ([\w.]+)", block)[1].split(".")[0]: block
    for block in re.findall(r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.M)
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory to work in, with a folder of two files of ads."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ads").mkdir()
    table = pa.Table.from_pandas(ads(), preserve_index=False).replace_schema_metadata()
    for name, rows in (("a", table[:40]), ("b", table[40:])):
        pyarrow.parquet.write_table(rows, tmp_path / "ads" / f"{name}.parquet")
    return tmp_path


def check(folder: Path) -> None:
    whole = folder / "judged.parquet"
    found = pyarrow.dataset.dataset(whole if whole.exists() else folder / "judged").to_table()
    want = judge_arrow(pa.Table.from_pandas(ads(), preserve_index=False), "text", "title")
    assert found.select(want.column_names).sort_by("n").to_pylist() == want.to_pylist()


@pytest.mark.parametrize("engine", ["dask", "duckdb", "polars"])
def test_a_recipe(folder: Path, engine: str) -> None:
    pytest.importorskip(engine, reason=f"needs {engine}")
    exec(compile(RECIPES[engine], PAGE.name, "exec"), {})
    check(folder)


@pytest.fixture
def ray() -> Iterator[None]:
    found = pytest.importorskip("ray", reason="needs ray")
    found.init(
        num_cpus=2, include_dashboard=False, _node_ip_address="127.0.0.1", logging_level="ERROR"
    )
    yield
    found.shutdown()


def test_the_recipe_of_ray(folder: Path, ray: None) -> None:
    exec(compile(RECIPES["ray"], PAGE.name, "exec"), {})
    check(folder)


def test_each_recipe_is_run() -> None:
    # That of Spark is run where there is a session, in test_spark.py.
    assert set(RECIPES) == {"dask", "duckdb", "polars", "ray", "rolenlp"}
    assert import_module("rolenlp.engines").__all__ == ["label_dask", "label_spark"]
