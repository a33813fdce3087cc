"""A run over Parquet files on an engine: read, judged and written by its workers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from glob import has_magic
from importlib import import_module
from typing import Any, Literal

import joblib

from rolenlp.engines.worker import Counts, model_file
from rolenlp.errors import InputError, MissingExtraError
from rolenlp.label.run import Jobs
from rolenlp.label.summary import Summary
from rolenlp.label.workers import Options
from rolenlp.predict import first_values
from rolenlp.tables.base import refuse_clash
from rolenlp.tables.columns import find_columns
from rolenlp.verdicts.columns import added_columns

Engine = Literal["dask", "spark"]
_PARQUET = (".parquet", ".parq", ".pq")


def label_folder(
    inputs: Sequence[str],
    output: str,
    options: Options,
    *,
    engine: Engine,
    address: str | None = None,
    jobs: Jobs = "auto",
    text: Sequence[str] = (),
    title: str | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> Summary:
    """Judge Parquet files on an engine, and write a folder of Parquet files.

    `inputs` are paths, patterns and addresses that the engine reads (``s3://...``), `output` is one
    of a folder that is new or empty. The engine's scheduler or master is that of the `address`;
    without one, so many processes of this machine are as `jobs` says. Rows keep their values, and
    numbers are rounded as `label` rounds them; which files they go to, and in which order these
    are, is the engine's. `say` is told which columns were taken.

    Raises `InputError` where nothing is to be read, where a column is not found, and where the
    folder is not empty; `ModelError` for the model; MissingExtraError where the engine is not
    installed; RolenlpError where nobody answers at the address, or workers have other versions.
    """
    run = import_module(f"rolenlp.engines.{engine}")
    run.needed()
    at_home = address is None or address.startswith("local")
    for path in inputs:
        if engine == "dask" or (at_home and _is_local(path)):
            _check_there(path)
    if engine == "dask" or (at_home and _is_local(output)):
        _check_empty(output)
    model_file(options.model, options.min_precision)
    started = time.perf_counter()
    with run.connected(address, joblib.cpu_count() if jobs == "auto" else jobs):
        table = run.read(list(inputs))
        names = [*map(str, table.columns)]
        source = inputs[0] if len(inputs) == 1 else f"{len(inputs)} inputs"
        added = added_columns(themes=options.themes, prefix=options.prefix)
        refuse_clash(names, source, [column.name for column in added])
        values = first_values(run.first_rows(table))
        found = find_columns(names, text=text, title=title, source=source, values=values)
        say(found.describe(names))
        judged = run.label(
            table,
            [names[at] for at in found.texts],
            None if found.title is None else names[found.title],
            model=options.model,
            min_precision=options.min_precision,
            role_prior=options.role_mix,
            themes=options.themes,
            prefix=options.prefix,
        )
        counts = run.write(table, judged, options, output)
    return _summary(counts, time.perf_counter() - started)


def _is_local(url: str) -> bool:
    """Whether a path is of this machine. What else Spark reads it alone knows, and complains of."""
    return "://" not in url or url.startswith("file://")


def _check_there(url: str) -> None:
    """Raise InputError where a path, pattern or address leads to no Parquet files."""
    with _store(url) as (files, path):
        found = files.glob(path) if has_magic(path) else [path] * files.exists(path)
        if not found:
            raise InputError(f"{url}: fits no file")
        if files.isfile(found[0]) and not found[0].endswith(_PARQUET):
            raise InputError(
                f"{url}: is not named as Parquet ({', '.join(_PARQUET)}), and engines read nothing "
                "else; write it as Parquet, or leave out --engine"
            )


def _check_empty(url: str) -> None:
    """Raise InputError where a folder to write cannot be, or holds something."""
    with _store(url) as (files, path):
        if files.exists(path) and not (files.isdir(path) and not files.ls(path)):
            what = "is a folder that is not empty" if files.isdir(path) else "is no folder"
            raise InputError(f"{url}: {what}; name an empty or a new one")


@contextmanager
def _store(url: str) -> Iterator[tuple[Any, str]]:
    """The file system of an address, and its path there.

    What goes wrong becomes one line: each kind of store has errors of its own.
    """
    try:
        from fsspec import url_to_fs

        yield url_to_fs(url)
    except InputError:
        raise
    except ImportError as error:  # names what to install
        raise MissingExtraError(f"{url}: {error}") from None
    except Exception as error:
        said = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"{url}: cannot be looked at: {said}") from error


def _summary(counts: Counts, seconds: float) -> Summary:
    summary = Summary(rows=sum(counts.values()), seconds=seconds)
    for (role, review, conflict, status), rows in counts.items():
        if role:
            summary.roles[role] += rows
            summary.review += rows * bool(review)
            summary.conflicts += rows * (conflict is True)
        summary.statuses[status] += rows
    return summary
