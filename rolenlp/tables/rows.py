"""Tables whose rows are Python values: what their readers have in common."""

from __future__ import annotations

import datetime as dt
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from rolenlp.tables.base import (
    BATCH_CHARACTERS,
    LONGEST_ROW,
    TOO_LONG,
    Batch,
    Portion,
    Reject,
    TableReader,
    refuse_width,
)
from rolenlp.tables.text import MOST_RAW, is_odd
from rolenlp.tables.values import as_json, writable

_SMALL = 16  # characters that a value which is no text takes, about
_EXACT = (1 << 53) + 1  # below this, whole numbers are floats as well
_LARGE = 1 << 63

Row = tuple[int, Sequence[Any]]  # its number in the file, and its values


class RowsReader(TableReader):
    """Rows of Python values, which keep their types.

    A row with more values than there are columns, one too long, or with text that is none, is set
    aside.
    """

    @abstractmethod
    def _rows(self) -> Iterator[Row]:
        """All rows, from the first; asked for again where their types are to be known."""

    def _portions(self) -> Iterator[Portion]:
        refuse_width(self.source, len(self.names))
        batch: list[Sequence[Any]] = []
        characters = 0
        for number, row in self._rows():
            self.rows_in += 1
            size = sum(len(value) if isinstance(value, str | bytes) else _SMALL for value in row)
            reason = self._unfit(row, size)
            if reason:
                raw = as_json([writable(value) for value in row])[:MOST_RAW]
                self._rejects.append(Reject(number, reason, raw))
                size = len(raw)
            else:
                batch.append(row)
            characters += size
            if len(batch) >= self._batch_size or characters >= BATCH_CHARACTERS:
                yield len(batch), _column(batch), batch, characters
                batch, characters = [], 0
        if batch:
            yield len(batch), _column(batch), batch, characters

    def _unfit(self, row: Sequence[Any], size: int) -> str:
        """Why a row cannot be used; nothing where it can."""
        if size >= LONGEST_ROW:
            return TOO_LONG
        if len(row) > len(self.names):
            return f"has {len(row)} cells, the header {len(self.names)}"
        odd = (at for at, value in enumerate(row) if isinstance(value, str) and is_odd(value))
        if (at := next(odd, None)) is not None:
            return f'has text that is not UTF-8 in the column "{self.names[at]}"'
        return ""

    def arrow_schema(self) -> Any:
        """The schema that keeps all values: text where a column has several types.

        It takes a pass over all rows.
        """
        import pyarrow

        kinds: list[set[type]] = [set() for _ in self.names]
        most = [0] * len(kinds)
        for _, row in self._rows():
            for at, value in enumerate(row[: len(kinds)]):
                if value is not None:
                    kinds[at].add(type(value))
                    if type(value) is int:
                        most[at] = max(most[at], abs(value))
        return pyarrow.schema(
            (writable(name), _arrow_type(kind, largest))
            for name, kind, largest in zip(self.names, kinds, most, strict=True)
        )

    def arrays(self, batch: Batch, schema: Any) -> list[Any]:
        """The columns of a batch as Arrow's; days among moments are moments."""
        import pyarrow as pa

        found = []
        for field, column, text in zip(schema, self.values(batch), self.texts(batch), strict=True):
            values: list[Any] = column
            if pa.types.is_string(field.type):
                values = list(map(writable, text))
            elif pa.types.is_timestamp(field.type):
                values = [
                    dt.datetime.combine(v, dt.time()) if type(v) is dt.date else v for v in column
                ]
            found.append(pa.array(values, field.type))
        return found


def _column(rows: list[Sequence[Any]]) -> Callable[[int], list[Any]]:
    return lambda at: [row[at] for row in rows]


def _arrow_type(kinds: set[type], most: int) -> Any:
    """The type of values of these Python types, the largest whole number among them `most`."""
    import pyarrow as pa

    if int in kinds and most >= (_LARGE if kinds == {int} else _EXACT):
        return pa.string()
    types = (
        ({int}, pa.int64()),
        ({float}, pa.float64()),
        ({int, float}, pa.float64()),
        ({bool}, pa.bool_()),
        ({bytes}, pa.binary()),
        ({dt.date}, pa.date32()),
        ({dt.datetime}, pa.timestamp("us")),
        ({dt.datetime, dt.date}, pa.timestamp("us")),
        ({dt.time}, pa.time64("us")),
        ({dt.timedelta}, pa.duration("us")),
    )
    return next((kind for held, kind in types if held == kinds), pa.string())
