"""The same function on each part of a table, on an engine that spreads the parts over machines."""

from typing import TYPE_CHECKING

from rolenlp.lazy import lazy

if TYPE_CHECKING:
    from rolenlp.engines.dask import label_dask
    from rolenlp.engines.spark import label_spark

__all__ = ["label_dask", "label_spark"]

__getattr__ = lazy(
    __name__,
    {"label_dask": "rolenlp.engines.dask", "label_spark": "rolenlp.engines.spark"},
)
