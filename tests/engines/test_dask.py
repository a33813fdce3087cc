"""Dask: the answers of one machine, whatever the workers, the parts and their fate."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from rolenlp.engines.worker import _loaded
from rolenlp.errors import InputError, MissingExtraError, RolenlpError
from rolenlp.predict import label_frame
from tests.engines.helpers import PARTINGS, ads, ends_once, parted, with_unreadable
from tests.helpers_cli import phrases_model

distributed = pytest.importorskip("distributed", reason='needs pip install "rolenlp[dask]"')
dd = pytest.importorskip("dask.dataframe", reason='needs pip install "rolenlp[dask]"')
import dask  # noqa: E402

from rolenlp.engines.dask import label_dask  # noqa: E402

LOCAL = {"dashboard_address": "127.0.0.1:0", "threads_per_worker": 1}  # on the loopback address


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def want(model: Path) -> pd.DataFrame:
    return label_frame(ads(), "text", "title", model=model, themes=True)


def table(sizes: list[int]) -> dd.DataFrame:
    parts = [dask.delayed(part) for part in parted(ads(), sizes)]
    return dd.from_delayed(parts, meta=ads(1)[:0], verify_meta=False)


def same(got: pd.DataFrame, want: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(got, want, check_exact=True)


@pytest.mark.parametrize("scheduler", ["sync", "threads"])
@pytest.mark.parametrize("sizes", PARTINGS, ids=str)
def test_any_partitioning(
    model: Path, want: pd.DataFrame, sizes: list[int], scheduler: str
) -> None:
    judged = label_dask(table(sizes), model=model, themes=True)
    same(judged._meta, want[:0])
    same(judged.compute(scheduler=scheduler), want)


def test_workers_that_are_threads(model: Path, want: pd.DataFrame) -> None:
    cluster = distributed.LocalCluster(n_workers=2, processes=False, **LOCAL)
    with cluster, distributed.Client(cluster):
        same(label_dask(table([6] * 10), model=model, themes=True).compute(), want)


@pytest.fixture(scope="module")
def cluster() -> Iterator[distributed.LocalCluster]:
    # Forked from one process that has loaded the libraries: it saves each worker two seconds.
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        loaded = ["distributed", "dask.dataframe", "rolenlp.engines.dask", "rolenlp.verdicts.judge"]
        distributed.utils.get_mp_context().set_forkserver_preload(loaded)
        made = distributed.LocalCluster(n_workers=1, **LOCAL)
        with made, distributed.Client(made):
            yield made


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_workers_that_are_processes(
    cluster: distributed.LocalCluster, model: Path, want: pd.DataFrame, workers: int
) -> None:
    client = distributed.default_client()
    cluster.scale(workers)
    client.wait_for_workers(workers)
    same(label_dask(table([5] * 12), model=model, themes=True).compute(), want)
    # Each loaded the model once, for however many parts.
    assert set(client.run(lambda: _loaded.cache_info().misses).values()) <= {0, 1}


def test_a_worker_that_is_killed_half_way(
    cluster: distributed.LocalCluster, model: Path, want: pd.DataFrame, tmp_path: Path
) -> None:
    mark = tmp_path / "killed"
    end = ends_once(30, mark)

    def fatal(part: pd.DataFrame) -> pd.DataFrame:
        end(part.n.tolist())
        return part

    judged = label_dask(table([5] * 12), model=model, themes=True)
    same(judged.map_partitions(fatal, meta=judged._meta).compute(), want)
    assert mark.exists()


def test_workers_of_another_version_are_refused_before_a_row_is_read(
    model: Path, tmp_path: Path
) -> None:
    papers = tmp_path / "numpy-0.1.dist-info" / "METADATA"
    papers.parent.mkdir()
    papers.write_text("Metadata-Version: 2.1\nName: numpy\nVersion: 0.1\n")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    with distributed.LocalCluster(n_workers=0, **LOCAL) as cluster:
        command = [sys.executable, "-m", "distributed.cli.dask_worker", cluster.scheduler_address]
        with (
            subprocess.Popen(
                [*command, "--no-nanny", "--no-dashboard"],
                env=os.environ | {"PYTHONPATH": path},
                stderr=subprocess.DEVNULL,
            ) as worker,
            distributed.Client(cluster) as client,
        ):
            client.wait_for_workers(1)
            says = r"the worker tcp://127.0.0.1:\d+ has numpy 0.1, and the run was started with"
            with pytest.raises(RolenlpError, match=says):
                label_dask(table([60]), model=model)
            worker.terminate()


def test_a_row_that_cannot_be_read_has_the_status_error(model: Path) -> None:
    part = with_unreadable().to_pandas(types_mapper=pd.ArrowDtype)
    judged = label_dask(dd.from_pandas(part, npartitions=1, sort=False), model=model)
    assert judged.status.compute(scheduler="sync").tolist() == ["ok", "error", "ok"]


def test_columns_are_found_once_by_what_the_first_rows_hold(model: Path) -> None:
    # By their names alone the teasers would be taken, and in the second part the texts are short.
    texts = ads().text.str.repeat(10).where(ads().n < 30, "")
    given = pd.DataFrame({"description": "Short.", "c3": texts, "n": ads().n})
    parts = [dask.delayed(part) for part in parted(given, [30, 30])]
    judged = label_dask(dd.from_delayed(parts, meta=given[:0], verify_meta=False), model=model)
    status = judged.status.compute(scheduler="sync")
    assert set(status[:30]) == {"ok", "empty"}
    assert set(status[30:]) == {"empty"}


@pytest.mark.parametrize(
    ("columns", "options", "error", "says"),
    [
        (["text", "review"], {}, ValueError, "column 'review' is there already"),
        (["text"], {"text": "body"}, KeyError, "body"),
        (["n"], {}, InputError, "no column of text found"),
        (["text"], {"min_precision": 95}, ValueError, "min_precision is 95"),
        (["text"], {"role_prior": {"boss": 1}}, ValueError, "a mix of roles needs"),
    ],
)
def test_what_is_wrong_is_said_before_anything_runs(
    model: Path, columns: list[str], options: dict[str, str], error: type[Exception], says: str
) -> None:
    given = dd.from_pandas(pa.table({name: ["x"] for name in columns}).to_pandas(), npartitions=1)
    with pytest.raises(error, match=says):
        label_dask(given, model=model, **options)


@pytest.mark.parametrize("given", [pd.DataFrame({"text": ["x"]}), pa.table({"text": ["x"]}), None])
def test_a_table_of_another_kind_is_refused(given: object) -> None:
    with pytest.raises(TypeError, match=r"label_dask takes a DataFrame of its engine, got \w+"):
        label_dask(given)


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dask.dataframe", None)
    with pytest.raises(MissingExtraError, match=r'pip install "rolenlp\[dask\]"'):
        label_dask(None)
