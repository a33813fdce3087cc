"""`rolenlp label --engine`: Parquet in, a folder of Parquet out, and what is wrong in one line."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset
import pyarrow.parquet
import pytest

from rolenlp.engines.run import label_folder
from rolenlp.errors import InputError, MissingExtraError
from rolenlp.label.summary import Summary
from rolenlp.label.workers import Options
from tests.engines.helpers import UNREADABLE, ads, needs_java, with_unreadable
from tests.helpers_cli import lines, phrases_model, run, run_anew

distributed = pytest.importorskip("distributed", reason='needs pip install "rolenlp[dask]"')
fsspec = pytest.importorskip("fsspec", reason='needs pip install "rolenlp[dask]"')


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def table() -> pa.Table:
    """Ads, and columns of types that pandas has no own ones for."""
    n = range(60)
    others = {
        "count": pa.array([None if k % 7 == 0 else 2**60 + k for k in n], pa.int64()),
        "when": pa.array([dt.datetime(2024, 1, 1)] * 60, pa.timestamp("us")),
        "day": pa.array([dt.date(1, 1, 1)] * 60),
        "pay": pa.array([Decimal("1.10")] * 60),
        "tags": pa.array([["a", None] if k % 2 else None for k in n]),
        "place": pa.array([{"town": "York", "post": [k]} for k in n]),
        "raw": pa.array([b"\xff"] * 60),
    }
    whole = pa.Table.from_pandas(ads(), preserve_index=False).replace_schema_metadata()
    for name, column in others.items():
        whole = whole.append_column(name, column)
    return whole


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """Two files of ads, and what one machine makes of them."""
    path = tmp_path_factory.mktemp("ads")
    for name, rows in (("a", table()[:35]), ("b", table()[35:])):
        pyarrow.parquet.write_table(rows, path / f"{name}.parquet", row_group_size=10)
    pyarrow.parquet.write_table(table(), path / "whole.pq")
    out = path / "one.pq"
    (path / "all.parquet").symlink_to(path / "whole.pq")
    done = run("label", path / "all.parquet", "-o", path / "one.parquet", "--model", model)
    assert done.returncode == 0, done.stderr
    (path / "one.parquet").rename(out)
    (path / "all.parquet").unlink()
    return path


def same(found: pa.Table, folder: Path) -> None:
    want = pyarrow.parquet.read_table(folder / "one.pq")
    assert found.column_names == want.column_names
    assert found.sort_by("n").to_pylist() == want.to_pylist()


def as_said(summary: Summary) -> None:
    judged = sum(n % 11 != 5 for n in range(60))
    assert (summary.rows, summary.roles.total()) == (60, judged)
    assert summary.statuses == {"ok": judged, "empty": 60 - judged}
    assert 0 < summary.review <= judged


@pytest.fixture
def scheduler() -> Iterator[str]:
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, dashboard_address="127.0.0.1:0"
    ) as cluster:
        yield cluster.scheduler_address


def test_dask_writes_what_one_machine_writes(
    folder: Path, model: Path, tmp_path: Path, scheduler: str
) -> None:
    said: list[str] = []
    summary = label_folder(
        [f"{folder}/*.parquet"],
        f"{tmp_path}/out/",
        Options(model),
        engine="dask",
        address=scheduler,
        say=said.append,
    )
    as_said(summary)
    assert said[0].startswith('columns: text="text", title="title", no id; of the first rows')
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["part-000000.parquet", "part-000001.parquet"]
    same(pyarrow.dataset.dataset(tmp_path / "out").to_table(), folder)
    pd.read_parquet(tmp_path / "out")  # no note in the files keeps it from that


def test_any_store_that_fsspec_knows(folder: Path, model: Path, scheduler: str) -> None:
    store = fsspec.filesystem("memory")
    store.put(f"{folder}/a.parquet", "/ads/a.parquet")
    store.put(f"{folder}/b.parquet", "/ads/b.parquet")
    options = {"engine": "dask", "address": scheduler}
    label_folder(["memory://ads/*.parquet"], "memory://judged", Options(model), **options)
    parts = [pyarrow.parquet.read_table(store.open(path)) for path in store.ls("/judged", False)]
    same(pa.concat_tables(parts), folder)
    with pytest.raises(InputError, match=r"memory://judged: is a folder that is not empty"):
        label_folder(["memory://ads/*.parquet"], "memory://judged", Options(model), **options)


def test_a_row_that_cannot_be_read_is_written_as_it_is(
    model: Path, tmp_path: Path, scheduler: str
) -> None:
    pyarrow.parquet.write_table(with_unreadable(), tmp_path / "a.parquet")
    place = [f"{tmp_path}/a.parquet"], f"{tmp_path}/out"
    summary = label_folder(*place, Options(model), engine="dask", address=scheduler)
    assert summary.statuses == {"ok": 2, "error": 1}
    found = pyarrow.dataset.dataset(tmp_path / "out").to_table()
    assert found.column("text").cast(pa.large_binary())[1].as_py() == UNREADABLE


@needs_java
@pytest.mark.skipif(not find_spec("pyspark"), reason='needs pip install "rolenlp[spark]"')
def test_spark_writes_what_one_machine_writes(folder: Path, model: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    inputs = [f"{folder}/a.parquet", f"{folder}/b.parquet"]
    summary = label_folder(inputs, str(out), Options(model), engine="spark", jobs=2)
    as_said(summary)
    assert (out / "_SUCCESS").exists()
    same(pyarrow.dataset.dataset(out, format="parquet").to_table(), folder)


def test_from_the_command_line(folder: Path, model: Path, tmp_path: Path) -> None:
    words = ["label", f"{folder}/*.parquet", "-o", tmp_path / "out", "--engine", "dask"]
    done = run_anew(*words, "--jobs", "1", "--model", model, "--themes", "--prefix", "x_")
    assert done.returncode == 0, done.stderr
    assert lines(done.stderr)[-1] == "status: ok 55, empty 5"
    found = pyarrow.dataset.dataset(tmp_path / "out").to_table()
    assert (found.num_rows, found.column_names[-1]) == (60, "x_theme_crossfunctional")


DASK, SPARK = ["--engine", "dask"], ["--engine", "spark"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["x*.parquet", "-o", "out", *DASK], "x*.parquet: fits no file"),
        (["x*.parquet", "-o", "out", *SPARK], "x*.parquet: fits no file"),
        (["x.parquet", "-o", "out", *DASK], "x.parquet: fits no file"),
        (["a.csv", "-o", "out", *DASK], "a.csv: is not named as Parquet"),
        (["nowhere://a/*.parquet", "-o", "out", *DASK], "Protocol not known: nowhere"),
        (["a.parquet", "-o", "full/", *DASK], "full/: is a folder that is not empty"),
        (["a.parquet", "-o", "full/", *SPARK], "full/: is a folder that is not empty"),
        (["a.parquet", "-o", "a.csv", *DASK], "a.csv: is no folder"),
        (["a.parquet", "-o", "out", *DASK, "--model", "x.joblib"], "x.joblib: no such model"),
        (
            ["a.parquet", "-o", "out", *DASK, "--scheduler", "tcp://127.0.0.1:1"],
            "--scheduler tcp://127.0.0.1:1: no scheduler answers there",
        ),
        (
            ["a.parquet", "-o", "out", *DASK, "--scheduler", "here"],
            "--scheduler here: no scheduler answers there",
        ),
        (
            ["a.parquet", "-o", "out", *SPARK, "--master", "spark://127.0.0.1:1"],
            "--master spark://127.0.0.1:1: no master answers there",
        ),
        (["a.parquet", "-o", "out", "--scheduler", "x"], "--scheduler goes with --engine dask"),
        (["a.parquet", "-o", "out", *SPARK, "--scheduler", "x"], "--scheduler goes with --engine"),
        (["a.parquet", "-o", "out", *DASK, "--master", "x"], "--master goes with --engine spark"),
        (["a.parquet", "-o", "out", *DASK, "--scheduler", "x", "--jobs", "2"], "--jobs are"),
        (["a.parquet", "-o", "out", *DASK, "--resume"], "--resume does not go with --engine"),
        (["a.parquet", "-o", "out", *DASK, "--stats", "s"], "--stats does not go with --engine"),
        (["a.parquet", "-o", "out", *DASK, "--table", "t"], "--table does not go with --engine"),
        (["a.parquet", "-o", "out", *DASK, "--role-mix", "auto"], "--role-mix auto does not go"),
        (["a.parquet", *DASK], "--engine reads files and writes a folder, not -"),
        (["-", "-o", "out", *DASK], "--engine reads files and writes a folder, not -"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_is_wrong_is_said_in_a_line(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("full").mkdir()
    for name in ("a.parquet", "full/a.parquet"):
        Path(name).write_bytes((folder / "a.parquet").read_bytes())
    Path("a.csv").write_text("text\nx\n")
    before = sorted(Path().rglob("*"))
    done = run("label", *words)
    assert done.returncode in (1, 2)
    assert says in lines(done.stderr)[-1]
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "options", "says"),
    [
        (["body"], {}, '.*: no column is named "body"; give --text-column one of "title", "text"'),
        ([], {"prefix": ""}, '.*: already has the columns "role", "status"; .* with --prefix'),
    ],
)
def test_what_is_wrong_with_the_table(
    model: Path, tmp_path: Path, scheduler: str, text: list[str], options: dict[str, str], says: str
) -> None:
    given = table()
    if "prefix" in options:
        given = given.rename_columns({"count": "role", "raw": "status"})
    pyarrow.parquet.write_table(given, tmp_path / "a.parquet")
    with pytest.raises(InputError, match=says):
        label_folder(
            [f"{tmp_path}/a.parquet"],
            f"{tmp_path}/out",
            Options(model),
            engine="dask",
            address=scheduler,
            text=text,
        )
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize(("engine", "needs"), [("dask", "distributed"), ("spark", "pyspark")])
def test_without_the_extra(engine: str, needs: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, needs, None)
    with pytest.raises(MissingExtraError, match=rf'pip install "rolenlp\[{engine}\]"'):
        label_folder(["x.parquet"], "out", Options(), engine=engine)  # type: ignore[arg-type]
