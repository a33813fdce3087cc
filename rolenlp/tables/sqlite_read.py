"""SQLite databases in: a table or a query, row by row, with the types that values have there."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rolenlp.errors import InputError
from rolenlp.tables.names import one_of
from rolenlp.tables.rows import Row, RowsReader

_LONGEST = 1 << 28  # bytes of a value, which a view can make as long as it likes


class SqliteReader(RowsReader):
    """A table of a SQLite database, its one table if none is named, or what a query gives.

    Attributes:
        types: what each column is declared as; nothing where a query gives it.
    """

    format = "sqlite"

    def __init__(
        self,
        path: str,
        batch_size: int,
        file: Path,
        table: str | None = None,
        query: str | None = None,
    ) -> None:
        super().__init__(path, batch_size)
        with self._damage():
            # Nothing is written, by a query neither.
            self._base = sqlite3.connect(
                f"{file.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False
            )
        try:
            self._base.text_factory = _text
            with self._damage():
                self._base.execute("PRAGMA query_only = 1")
                self._base.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
                found = self._base.execute(
                    "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') "
                    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name"
                )
                kinds = dict(found.fetchall())
            if query is None:
                table = one_of([*kinds], table, path)
                query = f"SELECT * FROM {quoted(table)}"
            self._query = query
            with self._damage("--query"):
                about = self._base.execute(self._query).description
            if about is None:
                raise InputError(f"{path}: --query gives no rows; it starts with SELECT")
            self.names = [name for name, *_ in about]
            self.types = [""] * len(self.names)
            if table is not None:
                with self._damage():
                    self._know(table, kinds[table] == "table")
        except InputError:
            self._base.close()
            raise

    def _know(self, table: str, has_end: bool) -> None:
        """Find the types of a table, and how many rows it has; a view may be without end."""
        rows = self._base.execute(f"PRAGMA table_info({quoted(table)})")
        types = {name: kind for _, name, kind, *_ in rows}
        self.types = [types.get(name, "") for name in self.names]
        if has_end:
            found = self._base.execute(f"SELECT count(*) FROM {quoted(table)}")
            self.rows_hint = found.fetchone()[0]

    def _rows(self) -> Iterator[Row]:
        with self._damage("--query"):
            yield from enumerate(self._base.execute(self._query), start=1)

    @contextmanager
    def _damage(self, option: str = "") -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError) as error:
            about_it = sqlite3.OperationalError | sqlite3.ProgrammingError | sqlite3.Warning
            if isinstance(error, about_it) and option:
                raise InputError(f"{self.path}: {option} cannot be run: {error}") from error
            raise InputError(
                f"{self.path}: is not a SQLite database, or cannot be read: {error}"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def quoted(name: str) -> str:
    """A name as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")
