"""Spark: the answers of one machine, whatever the workers, the parts and their fate."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

from rolenlp.engines import worker
from rolenlp.errors import InputError, MissingExtraError, RolenlpError
from rolenlp.predict import judge_arrow
from tests.engines.helpers import ads, ends_once, needs_java, with_unreadable
from tests.engines.test_engines import RECIPES
from tests.helpers_cli import phrases_model

pytest.importorskip("pyspark", reason='needs pip install "rolenlp[spark]"')
from pyspark.sql import DataFrame, SparkSession

from rolenlp.engines.spark import connected, in_one_line, label_spark


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        with connected(None, 4):
            yield SparkSession.getActiveSession()


def arrow(rows: int = 60) -> pa.Table:
    return pa.Table.from_pandas(ads(rows), preserve_index=False)


def table(spark: SparkSession, parts: int) -> DataFrame:
    return spark.createDataFrame(arrow()).repartition(parts, "n")


def same(got: pa.Table, want: pa.Table) -> None:
    assert got.column_names == want.column_names
    assert got.sort_by("n").to_pylist() == want.to_pylist()


@needs_java
@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_and_parts(spark: SparkSession, model: Path, workers: int) -> None:
    judged = label_spark(table(spark, workers), model=model, themes=True)
    want = judge_arrow(arrow(), "text", "title", model=model, themes=True)
    same(judged.toArrow(), want)


@needs_java
def test_a_worker_that_is_killed_half_way(spark: SparkSession, model: Path, tmp_path: Path) -> None:
    mark = tmp_path / "killed"
    end = ends_once(30, mark)
    judged = label_spark(table(spark, 4), model=model)

    def fatal(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            end(batch.column("n").to_pylist())
            yield batch

    survived = judged.mapInArrow(fatal, judged.schema)
    same(survived.toArrow(), judge_arrow(arrow(), "text", "title", model=model))
    assert mark.exists()


@needs_java
def test_a_row_that_cannot_be_read_has_the_status_error(
    spark: SparkSession, model: Path, tmp_path: Path
) -> None:
    pa.parquet.write_table(with_unreadable(), tmp_path / "ads.parquet")
    judged = label_spark(spark.read.parquet(str(tmp_path / "ads.parquet")), model=model)
    assert judged.select("status").toArrow().to_pydict() == {"status": ["ok", "error", "ok"]}


@needs_java
def test_the_recipe(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ads").mkdir()
    pa.parquet.write_table(arrow(), tmp_path / "ads" / "a.parquet")
    block = (
        RECIPES["rolenlp"]
        .replace('"ads/"', repr(f"{tmp_path}/ads"))
        .replace('"judged/"', repr(f"{tmp_path}/judged"))
    )
    exec(compile(block, "scale.md", "exec"), {"spark": spark})
    found = pa.dataset.dataset(tmp_path / "judged", format="parquet").to_table()
    same(found, judge_arrow(arrow(), "text", "title"))


@needs_java
def test_workers_of_another_version_fail_before_a_row_in_one_line(
    spark: SparkSession, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Who starts the run is the one who has another.
    monkeypatch.setattr(worker, "library_versions", lambda: {"numpy": "0.1"})
    judged = label_spark(table(spark, 1), model=model)
    says = r"^the worker \S+ has numpy [\d.]+, and the run was started with 0.1; install [\w ]+$"
    with pytest.raises(RolenlpError, match=says), in_one_line():
        judged.toArrow()


@needs_java
@pytest.mark.parametrize(
    ("columns", "options", "error", "says"),
    [
        (["text", "review"], {}, ValueError, "column 'review' is there already"),
        (["text"], {"text": "body"}, KeyError, "body"),
        (["n"], {}, InputError, "no column of text found"),
        (["text"], {"role_prior": {"boss": 1}}, ValueError, "a mix of roles needs"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(
    spark: SparkSession,
    model: Path,
    columns: list[str],
    options: dict[str, str],
    error: type[Exception],
    says: str,
) -> None:
    table = pa.table({name: ["x"] for name in columns})
    with pytest.raises(error, match=says):
        label_spark(spark.createDataFrame(table), model=model, **options)
    with pytest.raises(TypeError, match="label_spark takes a DataFrame of its engine, got pandas"):
        label_spark(table.to_pandas())


def test_without_spark(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(MissingExtraError, match=r'pip install "rolenlp\[spark\]"'):
        label_spark(None)


def test_without_java(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RolenlpError, match="Spark needs Java"), connected(None, 1):
        pass
