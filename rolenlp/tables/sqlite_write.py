"""SQLite databases out: a new one, of one table."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from rolenlp.errors import OutputError
from rolenlp.tables.base import Batch
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.sqlite_read import SqliteReader, quoted
from rolenlp.tables.values import as_text, writable
from rolenlp.tables.writer import TableWriter, rows_of

_DECLARED = {"string": "TEXT", "number": "REAL", "integer": "INTEGER", "boolean": "BOOLEAN"}
_LARGE = 1 << 63


class SqliteWriter(TableWriter):
    """A table of values as they are; a column keeps what it was declared as in SQLite."""

    def _open(self) -> None:
        reader, table = self._reader, quoted(self._table)
        if isinstance(reader, SqliteReader):
            types = reader.types
        else:  # to declare nothing changes no value
            types = ["TEXT" if isinstance(reader, CsvReader) else ""] * len(reader.names)
        declared = [*types, *(_DECLARED[column.kind] for column in self._added)]
        names = [writable(name) for name in [*reader.names, *self._names]]
        columns = ", ".join(
            f"{quoted(name)} {kind}" for name, kind in zip(names, declared, strict=True)
        )
        self._base = sqlite3.connect(
            self._file.place, isolation_level=None, check_same_thread=False
        )
        with self._told():
            # The file is not in its place until it is whole: no need for a journal.
            self._base.execute("PRAGMA journal_mode = OFF")
            self._base.execute("PRAGMA synchronous = OFF")
            self._base.execute("BEGIN")
            self._base.execute(f"CREATE TABLE {table} ({columns})")
        self._insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        columns = [*self._reader.values(batch), *added]
        rows = rows_of([list(map(_stored, column)) for column in columns], len(batch))
        with self._told():
            self._base.executemany(self._insert, rows)

    def _close(self, whole: bool) -> None:
        try:
            if whole:
                with self._told():
                    self._base.execute("COMMIT")
        finally:
            with suppress(sqlite3.Error):
                self._base.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise OutputError(f"{self._file.name}: cannot be written: {error}") from error


def _stored(value: Any) -> Any:
    """A value as SQLite stores it: text where it has no type that keeps it."""
    if value is None or isinstance(value, bool | bytes):
        return value
    if isinstance(value, str):
        return writable(value)
    if isinstance(value, int):
        return value if -_LARGE <= value < _LARGE else str(value)
    if isinstance(value, float) and not math.isnan(value):
        return value
    return as_text(value)
