"""What a worker is told once, and what it keeps: the model, from the bytes of its file."""

from __future__ import annotations

import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from os import PathLike
from typing import TYPE_CHECKING, Any

from rolenlp import __version__
from rolenlp.errors import MissingExtraError, RolenlpError
from rolenlp.guard import Guard
from rolenlp.label.journal import library_versions
from rolenlp.model.targets import shares_of
from rolenlp.model_file.bundle import ModelFile, load_file, read_file
from rolenlp.model_file.card import default_model_path
from rolenlp.predict import taken_columns
from rolenlp.verdicts.columns import added_columns

if TYPE_CHECKING:
    import pandas as pd

    from rolenlp.label.workers import Options
    from rolenlp.model.classifier import RoleClassifier

# How many rows have each combination of values of `counted_columns`.
Counts = Counter[tuple[Any, ...]]

_guard = Guard()


@dataclass(frozen=True)
class Job:
    """How each part of a table is judged, as decided once, where the run was started.

    `options` are those of `judge_arrow` and `label_frame`, but for the model; `versions` those of
    rolenlp and of the libraries that verdicts depend on.
    """

    options: Mapping[str, Any]
    versions: Mapping[str, str]

    def model(self, file: ModelFile) -> RoleClassifier:
        """The model of a file, loaded once in a process.

        Raises RolenlpError where this process has other versions, and `ModelError` as `load` does.
        """
        refuse_other_versions(self.versions, versions(), platform.node())
        with _guard.lock:
            return _loaded(file)


@lru_cache(maxsize=2)
def _loaded(file: ModelFile) -> RoleClassifier:
    return load_file(file)


def job_for(
    first_rows: pd.DataFrame, text: str | Sequence[str] | None, title: str | None, **how: Any
) -> Job:
    """How a table is judged that has such first rows. Raises as `label_frame` does."""
    found, names = taken_columns(first_rows, text, title), [*first_rows.columns]
    columns = {
        "text": [names[at] for at in found.texts],
        "title": None if found.title is None else names[found.title],
    }
    return Job({**columns, **how}, versions())


def need(extra: str, *modules: str) -> None:
    """Raise MissingExtraError where a module of an engine is not installed."""
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        raise MissingExtraError(
            f'{extra.title()} is not installed: pip install "rolenlp[{extra}]"'
        ) from None


def check_kind(table: object, kind: type, function: str) -> None:
    """Raise TypeError where a function of an engine is given another table than that engine's."""
    if not isinstance(table, kind):
        raise TypeError(
            f"{function} takes a DataFrame of its engine, got {type(table).__module__}."
            f"{type(table).__name__}; for tables in memory there is rolenlp.label_frame"
        )


def model_file(
    model: str | PathLike[str] | None,
    min_precision: float,
    role_prior: Mapping[str, float] | None = None,
) -> ModelFile:
    """The file of a model, once it is known that it can be used.

    Raises `ModelError` as `load` does, ValueError for a precision or a mix of roles that is none,
    and TypeError for a model that is no file.
    """
    if not isinstance(model, str | PathLike | None):
        raise TypeError("an engine takes the file of a model, not a model: save it first")
    file = read_file(default_model_path() if model is None else model)
    with _guard.lock:
        loaded = _loaded(file)
    loaded.thresholds(min_precision)
    if role_prior is not None:
        shares_of(role_prior, loaded.roles_)
    return file


def versions() -> dict[str, str]:
    """The versions of what verdicts depend on."""
    return {"rolenlp": __version__, **library_versions()}


def refuse_other_versions(
    wanted: Mapping[str, str | None], found: Mapping[str, str | None], where: str
) -> None:
    """Raise RolenlpError where a worker has not the versions of those who started the run."""
    for name, version in wanted.items():
        if found.get(name) != version:
            raise RolenlpError(
                f"the worker {where} has {name} {found.get(name) or 'not at all'}, and the run was "
                f"started with {version}; install the same version on all workers"
            )


def number_columns(options: Options) -> list[str]:
    """The added columns that `label` writes rounded."""
    added = added_columns(prefix=options.prefix)
    return [column.name for column in added if column.kind == "number"]


def counted_columns(options: Options) -> list[str]:
    """The added columns by which rows are counted, in this order."""
    return [options.prefix + name for name in ("role", "review", "conflict", "status")]
