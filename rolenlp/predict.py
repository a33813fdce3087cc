"""Judge job ads from other code.

>>> import rolenlp
>>> rolenlp.predict("You will own the product roadmap and its vision.", title="PM").role
'product'

``rolenlp.predict`` can be called, as here, and is the module that holds the other functions, and
`predict` itself.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from rolenlp.guard import Once
from rolenlp.model_file import bundle
from rolenlp.model_file.card import default_model_path
from rolenlp.schema import (
    BATCH,
    MIN_PRECISION,
    Evidence,
    Posting,
    Prediction,
    as_postings,
    is_missing,
)

if TYPE_CHECKING:
    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.tables.columns import Columns
    from rolenlp.verdicts.columns import Verdicts

    ModelLike = RoleClassifier | str | PathLike[str] | None

__all__ = [
    "Evidence",
    "Posting",
    "Prediction",
    "default_model",
    "judge_arrow",
    "judged_schema",
    "label_frame",
    "load",
    "predict",
    "predict_many",
]

Frame = TypeVar("Frame")  # a table of any library


@Once
def default_model() -> RoleClassifier:
    """The model that ships with rolenlp, loaded once."""
    return bundle.load(default_model_path())


def load(path: str | PathLike[str] | None = None) -> RoleClassifier:
    """The model of a file, or the one that ships with rolenlp.

    Raises `ModelError`, in one line that says what is wrong with the file and what to do.
    """
    return default_model() if path is None else bundle.load(Path(path))


def predict(
    text: str | None,
    title: str | None = "",
    *,
    model: ModelLike = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
) -> Prediction:
    """The verdict on one ad, by the default model unless another, or its file, is given.

    A missing value (None, NaN, NA) counts as empty; bytes are refused with a TypeError.
    `role_prior`, role -> share, says how often each role comes among the ads judged, in place of
    the mix that the model was calibrated on; a role that is not named has 0.
    """
    if not isinstance(text, str | bytes | bytearray) and not is_missing(text):
        raise TypeError(f"an ad's text is text, got {type(text).__name__}; many: predict_many")
    ads = [(title, text)]
    return next(predict_many(ads, model=model, min_precision=min_precision, role_prior=role_prior))


def predict_many(
    postings: Iterable[Any],
    *,
    model: ModelLike = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
) -> Iterator[Prediction]:
    """Verdicts on many ads, lazily and in order.

    An ad is a text, a ``(title, text)`` pair, a `Posting`, or a dict with ``text`` and perhaps
    ``title``; `postings` may also be a DataFrame with such columns. Ads are read 512 at a time.
    One model serves any number of threads, and stays as it was where a call is interrupted.
    `role_prior` is that of `predict`.
    """
    for verdicts in _judged(as_postings(postings), model, min_precision, role_prior):
        yield from verdicts


def judge_arrow(
    table: pa.RecordBatch | pa.Table,
    text: str | Sequence[str] | None = None,
    title: str | None = "",
    *,
    model: ModelLike = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    themes: bool = False,
    prefix: str = "",
) -> pa.Table:
    """An Arrow table with its columns as they are, and those of ``rolenlp label`` after them.

    For whatever speaks Arrow: polars, DuckDB, Spark's ``mapInArrow``, Ray's ``map_batches``; a
    table of another library, or a reader of batches, is taken through Arrow's C stream and read
    whole. The arguments, and what is raised, are those of `label_frame`; the schema is that of
    `judged_schema`.

    Examples
    --------
    >>> import pyarrow as pa
    >>> ads = pa.table({"text": ["Keep the project plan and the risk register of each site."]})
    >>> judge_arrow(ads)["role"].to_pylist()
    ['project']
    """
    import pyarrow as pa

    from rolenlp.tables.arrow_values import values

    if not isinstance(table, pa.Table | pa.RecordBatch):
        if not hasattr(table, "__arrow_c_stream__"):
            raise _no_table(table)
        table = pa.table(table)

    def cells(at: int, start: int, stop: int) -> list[Any]:
        column = table.column(at).slice(start, stop - start)
        return values(column if isinstance(column, pa.Array) else column.combine_chunks())

    how = (text, title, model, min_precision, role_prior, themes, prefix)
    added = _added(table.schema.names, table.num_rows, cells, *how)
    schema = judged_schema(table.schema, themes=themes, prefix=prefix)
    return pa.table([*table.columns, *added.columns], schema=schema)


def judged_schema(schema: pa.Schema, *, themes: bool = False, prefix: str = "") -> pa.Schema:
    """The schema of what `judge_arrow` makes of a table, without judging an ad.

    Raises ValueError where a new column's name is taken.
    """
    for field in _new_schema(themes, prefix, schema.names):
        schema = schema.append(field)
    return schema


def label_frame(
    df: Frame,
    text: str | Sequence[str] | None = None,
    title: str | None = "",
    *,
    model: ModelLike = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    themes: bool = False,
    prefix: str = "",
) -> Frame:
    """A new table of the kind of `df`: its columns, and those of ``rolenlp label`` added.

    `df` is a table of pandas, polars or Arrow, or another that narwhals knows and that is in
    memory; a lazy one of polars or DuckDB is read whole, and a lazy one comes back. What was there
    stays as it was, with pandas' index and dtypes.

    `text` and `title` name columns, as `df` does; those of a list are read one after another. Where
    they are not given they are found as on the command line, by names and by what the first rows
    hold, and the logger ``rolenlp`` is told which were taken; `title` may be None for no title, and
    is passed over where `df` has no such column. `role_prior` is that of `predict`. An ad that
    cannot be judged has the status ``error``, as on the command line. ``review`` is plain bool, so
    that ``df[df.review]`` works, also where an ad was not judged.

    Raises KeyError for a text column that is not there, `InputError` where none is found,
    ValueError where a new column's name is taken, and TypeError for what is no table in memory.
    """
    import narwhals as nw

    how = (text, title, model, min_precision, role_prior, themes, prefix)
    judged: Any
    if nw.dependencies.is_pandas_dataframe(df):
        added = _added(df.columns, len(df), _pandas_cells(df), *how)
        return cast("Frame", _beside_pandas(df, added, f"{prefix}review"))
    frame = nw.from_native(cast("Any", df), pass_through=True)
    if isinstance(frame, nw.LazyFrame) and (kind := frame.implementation) in (
        nw.Implementation.POLARS,
        nw.Implementation.DUCKDB,
    ):
        judged = _label_narwhals(frame.collect(), how).lazy(kind).to_native()
    elif isinstance(frame, nw.DataFrame):
        judged = _label_narwhals(frame, how).to_native()
    else:
        raise _no_table(df)
    return cast("Frame", judged)


def _no_table(given: object) -> TypeError:
    return TypeError(
        f"a table in memory is needed, got {type(given).__module__}.{type(given).__name__}; "
        "predict_many takes texts, judge_arrow what is Arrow's, label_dask and label_spark of "
        "rolenlp.engines tables of Dask and Spark"
    )


def _beside_pandas(df: pd.DataFrame, added: pa.Table, review: str) -> pd.DataFrame:
    """A table and the columns that are added; the one named `review` is plain bool."""
    import pandas as pd
    import pyarrow as pa

    dtypes = {pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}
    new: pd.DataFrame = added.to_pandas(types_mapper=dtypes.get).set_axis(df.index)
    new[review] = new[review].astype(bool)  # no value is ever missing there
    if rest := ("",) * (df.columns.nlevels - 1):
        levels = [(name, *rest) for name in new]
        new.columns = pd.MultiIndex.from_tuples(levels, names=df.columns.names)
    new.attrs = df.attrs  # those that both have are kept
    return pd.concat([df, new], axis=1)


def _label_narwhals(frame: nw.DataFrame[Any], how: tuple[Any, ...]) -> nw.DataFrame[Any]:
    import narwhals as nw

    from rolenlp.tables.arrow_values import values

    def cells(at: int, start: int, stop: int) -> list[Any]:
        return values(frame[:, at][start:stop].to_arrow())

    new = nw.from_arrow(
        _added(frame.columns, len(frame), cells, *how), backend=frame.implementation
    )
    return nw.concat([frame, new], how="horizontal")


# The cells of a column, by its position, from a row on and up to another.
_Cells = Callable[[int, int, int], list[Any]]


def taken_columns(df: pd.DataFrame, text: str | Sequence[str] | None, title: str | None) -> Columns:
    """The columns that `label_frame` takes of a table, or of its first rows. Raises as that."""
    return _taken([*df.columns], len(df), _pandas_cells(df), text, title)


def first_values(df: pd.DataFrame) -> Callable[[int], list[Any]] | None:
    """What the first rows of a table hold, for `find_columns`; None where it has no rows."""
    return partial(_first_cells, _pandas_cells(df), len(df)) if len(df) else None


def _pandas_cells(df: pd.DataFrame) -> _Cells:
    import pandas as pd
    import pyarrow as pa

    from rolenlp.tables.arrow_values import values

    def cells(at: int, start: int, stop: int) -> list[Any]:
        column = df.iloc[start:stop, at]
        kind: Any = column.dtype
        if isinstance(kind, pd.ArrowDtype) or getattr(kind, "storage", "") == "pyarrow":
            found = pa.array(column.array)
            return values(found if isinstance(found, pa.Array) else found.combine_chunks())
        plain: list[Any] = column.tolist()
        return plain

    return cells


def _taken(
    names: Collection[Any],
    size: int,
    cells: _Cells,
    text: str | Sequence[str] | None,
    title: str | None,
) -> Columns:
    from rolenlp.tables.columns import find_columns

    places = {name: at for at, name in reversed([*enumerate(names)])}
    for named in (text, title):
        if not isinstance(named, list) and not isinstance(named, Hashable):
            raise TypeError(f"columns are given by their names, got {type(named).__name__}")
    if isinstance(text, list) or (isinstance(text, tuple) and text not in places):
        given = list(text)
    else:
        given = [] if text is None else [text]
    if missing := [name for name in given if name not in places]:
        raise KeyError(missing[0])
    to_find = size > 0 and (not given or title == "")
    found = find_columns(
        list(map(str, names)),
        text=list(map(str, given)),
        source="the table",
        values=partial(_first_cells, cells, size) if to_find else None,
        option="{}=",
    )
    if title != "":
        found = replace(found, title=None if title is None else places.get(title))
    logging.getLogger("rolenlp").info(found.describe(list(map(str, names))))
    return found


def _first_cells(cells: _Cells, size: int, at: int) -> list[Any]:
    """Of the first rows those that can be read."""
    size = min(size, BATCH)
    try:
        return cells(at, 0, size)
    except UnicodeDecodeError:
        found: list[Any] = []
        for row in range(size):
            with suppress(UnicodeDecodeError):
                found += cells(at, row, row + 1)
        return found


def _ads_within(found: Columns, cells: _Cells, start: int, stop: int) -> list[Posting]:
    """The ads of some rows; one that cannot be read is no text, and fails when it is judged."""
    from rolenlp.tables.base import Batch, LazyColumns
    from rolenlp.verdicts.judge import BY_AN_AD

    width = max(at for at in (*found.texts, found.title) if at is not None) + 1
    columns = LazyColumns(width, lambda at: cells(at, start, stop))
    try:
        return found.postings(Batch(start + 1, stop - start, columns, None))
    except BY_AN_AD:
        if stop - start == 1:
            return [Posting(None)]  # type: ignore[arg-type]
        each = (_ads_within(found, cells, row, row + 1) for row in range(start, stop))
        return [ad for ads in each for ad in ads]


def _new_schema(themes: bool, prefix: str, taken: Collection[Any]) -> pa.Schema:
    """The fields of the added columns. Raises ValueError where one of the names is taken."""
    import pyarrow as pa

    from rolenlp.tables.arrow_values import TYPES
    from rolenlp.verdicts.columns import added_columns

    added = added_columns(themes=themes, prefix=prefix)
    if clash := [column.name for column in added if column.name in taken]:
        raise ValueError(f"column {clash[0]!r} is there already: choose a prefix")
    return pa.schema([(column.name, TYPES[column.kind]) for column in added])


def _added(
    names: Collection[Any],
    size: int,
    cells: _Cells,
    text: str | Sequence[str] | None,
    title: str | None,
    model: ModelLike,
    min_precision: float,
    role_prior: Mapping[str, float] | None,
    themes: bool,
    prefix: str,
) -> pa.Table:
    """The columns that are added to a table, of which only `cells` are asked for."""
    import pyarrow as pa

    from rolenlp.tables.values import writable

    schema = _new_schema(themes, prefix, names)
    found = _taken(names, size, cells, text, title)
    ads = (
        ad
        for start in range(0, size, BATCH)
        for ad in _ads_within(found, cells, start, min(start + BATCH, size))
    )
    batches = [
        pa.record_batch(
            [
                pa.array(list(map(writable, column)), field.type)
                for field, column in zip(schema, verdicts.columns(themes=themes), strict=True)
            ],
            schema=schema,
        )
        for verdicts in _judged(ads, model, min_precision, role_prior, each=True)
    ]
    # One chunk a column: some engines are slow on many.
    return pa.Table.from_batches(batches, schema).combine_chunks()


def _judged(
    postings: Iterable[Posting],
    model: ModelLike,
    min_precision: float,
    role_prior: Mapping[str, float] | None,
    *,
    each: bool = False,
) -> Iterator[Verdicts]:
    """Verdicts batch by batch; with `each`, an ad that cannot be judged ends nothing."""
    # spaCy comes with it, and takes its time.
    from rolenlp.verdicts.judge import judge, judge_each

    judged = judge_each if each else judge
    used = _model(model)
    ads = iter(postings)
    while batch := list(islice(ads, BATCH)):
        yield judged(used, batch, min_precision=min_precision, role_prior=role_prior)


def _model(model: ModelLike) -> RoleClassifier:
    if model is None:
        return default_model()
    if not isinstance(model, str | PathLike):
        from sklearn.utils.validation import check_is_fitted

        from rolenlp.model.classifier import RoleClassifier

        if not isinstance(model, RoleClassifier):
            raise TypeError(
                f"a model is a RoleClassifier, or the path of its file, got {type(model).__name__}"
            )
        check_is_fitted(model, "reader_")
        return model
    return bundle.load_once(Path(model))


class _Callable(ModuleType):
    """A module that is called as its function `predict`."""

    def __call__(self, *args: Any, **options: Any) -> Prediction:
        return predict(*args, **options)


sys.modules[__name__].__class__ = _Callable
