"""Tables in whose batches are Arrow's: what Parquet and DuckDB have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa

from rolenlp.tables.arrow_values import values
from rolenlp.tables.base import Batch, TableReader
from rolenlp.tables.values import as_text


class ArrowReader(TableReader):
    """A table whose batches are Arrow's, of one schema, which goes to Parquet as it is."""

    schema: Any

    def values(self, batch: Batch) -> Sequence[list[Any]]:
        """The columns of a batch; dates and times without a zone are Python's where they fit."""
        return [
            _of_python(column) or batch.columns[at]
            for at, column in enumerate(batch.native.columns)
        ]

    def arrow_schema(self) -> Any:
        """The schema."""
        return self.schema

    def arrays(self, batch: Batch, schema: Any) -> list[Any]:
        """The columns of a batch, as they are where they have the types of `schema`."""
        arrays = []
        for at, (column, field) in enumerate(zip(batch.native.columns, schema, strict=True)):
            if column.type == field.type:
                arrays.append(column)
            elif pa.types.is_string(field.type):
                texts = [None if value is None else as_text(value) for value in batch.columns[at]]
                arrays.append(pa.array(texts, field.type))
            else:
                arrays.append(column.cast(field.type))
        return arrays

    def _lists(self, batch: Any) -> Callable[[int], list[Any]]:
        """The columns of a batch as lists, by position."""
        return lambda at: values(batch.column(at))


def _of_python(column: Any) -> list[Any] | None:
    """Dates, and times without a zone, as Python's own; None for others, and where one is none."""
    kind = column.type
    plain = pa.types.is_timestamp(kind) and kind.tz is None and kind.unit != "ns"
    if not (plain or pa.types.is_date32(kind)):
        return None
    try:
        found: list[Any] = column.to_pylist()
    except (ValueError, OverflowError):  # before the year 1, or after 9999
        return None
    return found
