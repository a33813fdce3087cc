"""Spark: the batches of a table judged where they are."""

from __future__ import annotations

import os
import re
import shutil
import socket
import sys
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from os import PathLike
from typing import TYPE_CHECKING, Any

from rolenlp import errors
from rolenlp.engines.worker import (
    Counts,
    check_kind,
    counted_columns,
    job_for,
    model_file,
    need,
    number_columns,
)
from rolenlp.errors import InputError, RolenlpError
from rolenlp.predict import judge_arrow, judged_schema
from rolenlp.schema import BATCH, MIN_PRECISION
from rolenlp.tables.values import DECIMALS

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyspark.sql import DataFrame

    from rolenlp.label.workers import Options

_PATIENCE = 5  # seconds for a master to answer
_TRIALS = 4  # of a part of a table, as on a cluster
_PYTHON_ERROR = re.compile(r"^(?:[\w.]+\.)?(\w*Error): (.*)$", re.MULTILINE)


needed = partial(need, "spark", "pyspark")


def label_spark(
    sdf: DataFrame,
    text: str | Sequence[str] | None = None,
    title: str | None = "",
    *,
    model: str | PathLike[str] | None = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    themes: bool = False,
    prefix: str = "",
) -> DataFrame:
    """A Spark DataFrame with the columns of ``rolenlp label`` added, through ``mapInArrow``.

    What `rolenlp.predict.judge_arrow` gives of the whole, lazily. Arguments and errors are those of
    `label_frame`, but for `model`, which is a file. Where the columns are not both named, the first
    rows are looked at to find them. The model's bytes are broadcast: they travel once to each
    executor, are checked in each of its Python workers as `load` checks a file, and the model stays
    loaded while the worker lives.

    A worker with another version of rolenlp, or of a library that verdicts depend on, fails before
    its first row. Raises MissingExtraError, an ImportError, without Spark.

    Example::

        judged = label_spark(spark.read.parquet("ads/"))
        judged.where("review").write.parquet("to_review/")
    """
    needed()
    import pyarrow as pa
    from pyspark.sql import DataFrame
    from pyspark.sql.pandas.types import from_arrow_schema
    from pyspark.sql.types import StructType

    check_kind(sdf, DataFrame, "label_spark")
    file = model_file(model, min_precision, role_prior)
    there = pa.schema((name, pa.null()) for name in sdf.columns)
    both = judged_schema(there, themes=themes, prefix=prefix)
    job = job_for(
        first_rows(sdf, 0 if text and title != "" else BATCH),
        text,
        title,
        min_precision=min_precision,
        role_prior=role_prior,
        themes=themes,
        prefix=prefix,
    )
    added = from_arrow_schema(both).fields[len(there) :]
    schema = StructType([*sdf.schema.fields, *added])
    sent = sdf.sparkSession.sparkContext.broadcast(file)

    def judged(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        model = job.model(sent.value)
        for batch in batches:
            yield from judge_arrow(batch, model=model, **job.options).to_batches()

    table: DataFrame = sdf.mapInArrow(judged, schema)
    return table


def first_rows(sdf: DataFrame, most: int = BATCH) -> pd.DataFrame:
    """The first rows of a table."""
    import pandas as pd

    if not most:
        return pd.DataFrame(columns=sdf.columns)
    rows: pd.DataFrame = sdf.limit(most).toArrow().to_pandas(types_mapper=pd.ArrowDtype)
    return rows


@contextmanager
def connected(master: str | None, jobs: int) -> Iterator[None]:
    """A session to run in: on a master, or with so many processes of this machine.

    Raises RolenlpError where there is no Java, or a master does not answer within seconds, and in
    one line what goes wrong on a worker.
    """
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        raise RolenlpError("Spark needs Java 17 or later: install it, or set JAVA_HOME")
    master = master or f"local[{jobs},{_TRIALS}]"
    _reach(master)
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName("rolenlp").master(master)
    settings = {"spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
    if master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings["spark.ui.enabled"] = "false"
        settings |= dict.fromkeys(["spark.driver.host", "spark.driver.bindAddress"], "127.0.0.1")
    with in_one_line():
        session = builder.config(map=settings).getOrCreate()
        try:
            yield
        finally:
            session.stop()


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn what Spark says of a run, with the traces of workers, into one line."""
    from py4j.protocol import Py4JJavaError
    from pyspark.errors import PySparkException

    try:
        with warnings.catch_warnings():
            # Of pandas, which is not used here.
            warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas")
            yield
    except (PySparkException, Py4JJavaError) as error:
        # The last line of a worker's trace, or the first of Java's.
        if said := _PYTHON_ERROR.findall(str(error)):
            kind, line = said[-1]
            own = issubclass(getattr(errors, kind, Exception), RolenlpError)
            raise RolenlpError(line if own else f"{kind} on a worker: {line}") from None
        text = str(getattr(error, "java_exception", error))
        raise InputError(text.partition("\n")[0]) from error


def _reach(master: str) -> None:
    """Raise RolenlpError where no host of a stand-alone master answers: Spark asks for a minute."""
    if not master.startswith("spark://"):
        return
    why: Exception = ValueError("it has no port")
    for each in master.removeprefix("spark://").split(","):
        host, _, port = each.rpartition(":")
        try:
            socket.create_connection((host, int(port)), _PATIENCE).close()
            return
        except (OSError, ValueError) as error:
            why = error
    raise RolenlpError(f"--master {master}: no master answers there ({why})")


def read(paths: list[str]) -> DataFrame:
    """A table of Parquet files."""
    return _session().read.parquet(*paths)


def write(table: DataFrame, judged: DataFrame, options: Options, output: str) -> Counts:
    """Write what `label_spark` made of a table into a folder of Parquet files, and count it."""
    from pyspark.sql import functions

    with suppress(OSError):  # Spark makes the folder, and takes none that is there, also if empty
        os.rmdir(output)  # noqa: PTH106 - it may be an address
    # Half to even, as Python rounds.
    rounded = {name: functions.bround(name, DECIMALS) for name in number_columns(options)}
    judged.withColumns(rounded).write.parquet(output)
    columns = counted_columns(options)
    found = _session().read.parquet(output).groupBy(*columns).count()
    return Counter({tuple(row[:-1]): row[-1] for row in found.collect()})


def _session() -> Any:
    from pyspark.sql import SparkSession

    return SparkSession.getActiveSession()


label = label_spark
