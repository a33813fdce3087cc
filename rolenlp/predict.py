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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from os import PathLike
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rolenlp.guard import Once
from rolenlp.model_file import bundle
from rolenlp.model_file.card import default_model_path
from rolenlp.schema import BATCH, MIN_PRECISION, Evidence, Posting, Prediction, as_postings

if TYPE_CHECKING:
    import pandas as pd

    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.verdicts.columns import Verdicts

    ModelLike = RoleClassifier | str | PathLike[str] | None

__all__ = [
    "Evidence",
    "Posting",
    "Prediction",
    "default_model",
    "label_frame",
    "load",
    "predict",
    "predict_many",
]


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
    the mix that the model was calibrated on.
    """
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


def label_frame(
    df: pd.DataFrame,
    text: str | Sequence[str] | None = None,
    title: str | None = "",
    *,
    model: ModelLike = None,
    min_precision: float = MIN_PRECISION,
    role_prior: Mapping[str, float] | None = None,
    prefix: str = "",
    themes: bool = False,
) -> pd.DataFrame:
    """A new table: `df` with its index and dtypes, and the columns of ``rolenlp label`` added.

    `text` and `title` name columns; several of text are read one after another. Where they are not
    given they are found as on the command line, by names and by what the first rows hold, and the
    logger ``rolenlp`` is told which were taken; `title` may be None for no title, and is passed
    over where `df` has no such column. `role_prior` is that of `predict`. ``review``
    is plain bool, so that ``df[df.review]`` works, also where an ad was not judged.

    Raises KeyError for a text column that is not there, `InputError` where none is found, and
    ValueError where a new column's name is taken.
    """
    import pandas as pd

    from rolenlp.verdicts.columns import added_columns

    added = added_columns(themes=themes, prefix=prefix)
    if taken := [column.name for column in added if column.name in df.columns]:
        raise ValueError(f"column {taken[0]!r} is there already: choose a prefix")
    ads = _ads_of(df, text, title)
    values: list[list[Any]] = [[] for _ in added]
    for verdicts in _judged(ads, model, min_precision, role_prior):
        for column, more in zip(values, verdicts.columns(themes=themes), strict=True):
            column += more
    dtypes = {"string": "str", "number": "float64", "integer": "Int64", "boolean": "boolean"}
    # No value is ever missing there.
    new = {
        column.name: pd.Series(
            each,
            df.index,
            dtype="bool" if column.name == f"{prefix}review" else dtypes[column.kind],
        )
        for column, each in zip(added, values, strict=True)
    }
    return pd.concat([df, pd.DataFrame(new, index=df.index)], axis=1)


def _ads_of(
    df: pd.DataFrame, text: str | Sequence[str] | None, title: str | None
) -> Iterator[Posting]:
    """The ads of a table, batch by batch."""
    from rolenlp.tables.base import Batch
    from rolenlp.tables.columns import find_columns

    places = {name: at for at, name in reversed([*enumerate(df.columns)])}
    given = [text] if isinstance(text, str) else list(text or ())
    if missing := [name for name in given if name not in places]:
        raise KeyError(missing[0])
    found = find_columns(
        list(map(str, df.columns)),
        text=list(map(str, given)),
        source="the table",
        values=(lambda at: df.iloc[:BATCH, at].tolist()) if len(df) else None,
        option="{}=",
    )
    if title != "":
        found = replace(found, title=None if title is None else places.get(title))
    logging.getLogger("rolenlp").info(found.describe(list(map(str, df.columns))))
    for start in range(0, len(df), BATCH):
        rows = df.iloc[start : start + BATCH]
        columns = {
            at: rows.iloc[:, at].tolist() for at in (*found.texts, found.title) if at is not None
        }
        native = [columns.get(at, []) for at in range(len(df.columns))]
        yield from found.postings(Batch(start + 1, len(rows), native, None))


def _judged(
    postings: Iterable[Posting],
    model: ModelLike,
    min_precision: float,
    role_prior: Mapping[str, float] | None,
) -> Iterator[Verdicts]:
    # spaCy comes with it, and takes its time.
    from rolenlp.verdicts.judge import judge

    used = _model(model)
    ads = iter(postings)
    while batch := list(islice(ads, BATCH)):
        yield judge(used, batch, min_precision=min_precision, role_prior=role_prior)


def _model(model: ModelLike) -> RoleClassifier:
    if model is None:
        return default_model()
    if not isinstance(model, str | PathLike):
        return model
    return bundle.load_once(Path(model))


class _Callable(ModuleType):
    """A module that is called as its function `predict`."""

    def __call__(self, *args: Any, **options: Any) -> Prediction:
        return predict(*args, **options)


sys.modules[__name__].__class__ = _Callable
