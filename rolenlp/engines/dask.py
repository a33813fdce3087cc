"""Dask: the partitions of a table judged where they are."""

from __future__ import annotations

import logging
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING

from rolenlp.engines.worker import (
    Counts,
    Job,
    check_kind,
    counted_columns,
    job_for,
    model_file,
    need,
    number_columns,
    refuse_other_versions,
    versions,
)
from rolenlp.errors import RolenlpError
from rolenlp.predict import judged_schema, label_frame
from rolenlp.schema import BATCH, MIN_PRECISION
from rolenlp.tables.values import DECIMALS

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd
    import pyarrow as pa

    from rolenlp.label.workers import Options
    from rolenlp.model_file.bundle import ModelFile

_PATIENCE = 5  # seconds for a scheduler to answer
# By Dask's own setting workers give freed memory back at once, which costs a third of their time.
_KEEP_FREED = {
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 128 << 20,
    "distributed.nanny.pre-spawn-environ.MALLOC_MMAP_THRESHOLD_": 32 << 20,
}
_BLOCK = "32MiB"  # of row groups that are read as one partition; some ten thousand ads


needed = partial(need, "dask", "dask.dataframe", "distributed")


def label_dask(
    ddf: dd.DataFrame,
    text: str | Sequence[str] | None = None,
    title: str | None = "",
    *,
    model: str | PathLike[str] | None = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    themes: bool = False,
    prefix: str = "",
) -> dd.DataFrame:
    """A Dask DataFrame with the columns of ``rolenlp label`` added, partition by partition.

    What `rolenlp.predict.label_frame` gives of the whole, lazily, on whatever scheduler Dask uses.
    Arguments and errors are those of `label_frame`, but for `model`, which is a file. Where the
    columns are not both named, the first partition is looked at to find them. The model's bytes
    are a key of the graph: they travel once to each worker, are checked there as `load` checks a
    file, and the model stays loaded while the worker lives.

    Raises RolenlpError where a worker has another version of rolenlp or of a library that verdicts
    depend on: here, where there is a `distributed.Client`, else before the worker's first row.
    MissingExtraError, an ImportError, without Dask.

    Example:
        >>> import dask.dataframe as dd, pandas as pd
        >>> ads = pd.DataFrame({"text": ["Keep the project plan and the risk register."] * 4})
        >>> label_dask(dd.from_pandas(ads, npartitions=2)).role.compute().tolist()
        ['project', 'project', 'project', 'project']
    """
    needed()
    import dask
    import dask.dataframe as dd

    check_kind(ddf, dd.DataFrame, "label_dask")
    file = model_file(model, min_precision, role_prior)
    _check_workers()
    head = ddf._meta if text and title != "" else first_rows(ddf)
    job = job_for(
        head,
        text,
        title,
        min_precision=min_precision,
        role_prior=role_prior,
        themes=themes,
        prefix=prefix,
    )
    meta = label_frame(ddf._meta, **job.options)
    judged: dd.DataFrame = ddf.map_partitions(
        _judged, dask.delayed(file, traverse=False), job, meta=meta
    )
    return judged


def first_rows(ddf: dd.DataFrame) -> pd.DataFrame:
    """The first rows of a table, or none where its first partition has none."""
    rows: pd.DataFrame = ddf.partitions[0].map_partitions(_head, meta=ddf._meta).compute()
    return rows


def _head(part: pd.DataFrame) -> pd.DataFrame:
    return part.head(BATCH)


def _judged(part: pd.DataFrame, file: ModelFile, job: Job) -> pd.DataFrame:
    return label_frame(part, model=job.model(file), **job.options)


def _check_workers() -> None:
    """Refuse workers of other versions, where there are workers yet."""
    if "distributed" not in sys.modules:
        return
    from distributed import default_client

    try:
        client = default_client()
    except ValueError:  # there is none
        return
    if client.asynchronous:
        return
    names = [*versions()]
    every = client.get_versions(packages=names)
    wanted = {name: every["client"]["packages"][name] for name in names}
    for where, worker in every["workers"].items():
        refuse_other_versions(wanted, worker["packages"], where)


@contextmanager
def connected(scheduler: str | None, jobs: int) -> Iterator[None]:
    """A cluster to run on: that of a scheduler's address, or so many processes of this machine.

    Raises RolenlpError where no scheduler answers within seconds, and where workers end again and
    again.
    """
    import dask
    from distributed import Client, KilledWorker, LocalCluster

    with ExitStack() as stack:
        if scheduler is None:
            stack.enter_context(dask.config.set(_KEEP_FREED))
            cluster = LocalCluster(
                host="127.0.0.1",
                n_workers=jobs,
                threads_per_worker=1,
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.ERROR,
            )
            stack.enter_context(cluster)
            stack.enter_context(Client(cluster))
        else:
            try:
                stack.enter_context(Client(scheduler, timeout=_PATIENCE))
            except (OSError, ValueError) as error:
                raise RolenlpError(
                    f"--scheduler {scheduler}: no scheduler answers there ({error})"
                ) from None
        try:
            yield
        except KilledWorker as error:
            raise RolenlpError(
                f"workers ended again and again at the same part of the table ({error.task}), "
                "perhaps for want of memory; give them more, or write the input in smaller row "
                "groups"
            ) from None


def read(paths: list[str]) -> dd.DataFrame:
    """A table of Parquet files, with Arrow's types, which lose nothing; pandas' notes are left."""
    import dask.dataframe as dd

    table: dd.DataFrame = dd.read_parquet(
        paths,
        dtype_backend="pyarrow",
        index=False,
        blocksize=_BLOCK,
        arrow_to_pandas={"ignore_metadata": True},
    )
    return table


def write(table: dd.DataFrame, judged: dd.DataFrame, options: Options, output: str) -> Counts:
    """Write what `label_dask` made of a table into a folder of Parquet files, and count it.

    Not by Dask's `to_parquet`: that notes pandas' names of Arrow's types in the files, which pandas
    itself cannot read again for lists and structs.
    """
    import dask
    import pyarrow as pa
    from fsspec import url_to_fs

    files, folder = url_to_fs(output)
    files.makedirs(folder, exist_ok=True)
    there = pa.Schema.from_pandas(table._meta, preserve_index=False).remove_metadata()
    schema = judged_schema(there, themes=options.themes, prefix=options.prefix)
    writing = dask.delayed(_write)
    parts = [
        writing(part, schema, options, f"{output.rstrip('/')}/part-{number:06}.parquet")
        for number, part in enumerate(judged.to_delayed())
    ]
    return sum(dask.compute(*parts), Counter())


def _write(part: pd.DataFrame, schema: pa.Schema, options: Options, place: str) -> Counts:
    import fsspec
    import pyarrow as pa
    import pyarrow.parquet

    part = part.round(dict.fromkeys(number_columns(options), DECIMALS))
    table = pa.Table.from_pandas(part, schema, preserve_index=False).replace_schema_metadata()
    with fsspec.open(place, "wb") as file:
        pyarrow.parquet.write_table(table, file)
    return Counter(zip(*table.select(counted_columns(options)).to_pydict().values(), strict=True))


label = label_dask
