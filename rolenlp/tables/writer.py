"""What a table is while it is written: rows that were read, with columns added at the end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from typing import Any, Literal

from rolenlp.files.atomic import OutputFile, writing
from rolenlp.tables.base import Batch, TableReader
from rolenlp.tables.values import of_kind


@dataclass(frozen=True)
class AddedColumn:
    """A column that a run adds; its values are of ``kind``, or None."""

    name: str
    kind: Literal["string", "number", "integer", "boolean"]


class TableWriter(AbstractContextManager["TableWriter"], ABC):
    """A table open for writing, in a ``with`` statement; a database names it `table`."""

    def __init__(
        self,
        file: OutputFile,
        reader: TableReader,
        added: Sequence[AddedColumn],
        kind: str,
        table: str,
    ) -> None:
        self._file = file
        self._reader = reader
        self._added = list(added)
        self._names = [column.name for column in added]
        self._kind = kind
        self._table = table
        with writing(file.name):
            self._open()

    def write(self, batch: Batch, added: Mapping[str, Sequence[Any]]) -> None:
        """Write the rows of ``batch`` with the values added: for each column as many as rows.

        Raises ValueError where ``added`` has other columns, or another number of values, and
        InputError where the disk is full, or a JSONL row already has a key that is added.
        """
        if added.keys() != set(self._names):
            raise ValueError("the columns added are not those that the output was opened with")
        if any(len(values) != len(batch) for values in added.values()):
            raise ValueError(
                f"a column added has not as many values as there are rows: {len(batch)}"
            )
        columns = [of_kind(added[column.name], column.kind) for column in self._added]
        with writing(self._file.name), self._file.lines():
            self._write(batch, columns)

    @abstractmethod
    def _open(self) -> None:
        """Write what stands before the rows."""

    @abstractmethod
    def _write(self, batch: Batch, added: list[list[Any]]) -> None: ...

    def _close(self, whole: bool) -> None:
        """Write what was held back if the table is ``whole``, and let go of the stream."""
        return

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                with writing(self._file.name):
                    self._close(whole=True)
                self._file.commit()
            else:
                with suppress(OSError):  # what ended the run matters more
                    self._close(whole=False)
        finally:
            self._file.discard()


def rows_of(columns: Sequence[list[Any]], count: int) -> list[list[Any]]:
    """The rows of so many, of columns that may be none."""
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * count
