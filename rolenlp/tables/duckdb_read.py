"""DuckDB databases in: a table or a query, as Arrow's record batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rolenlp.errors import InputError, MissingExtraError
from rolenlp.tables.arrow_read import ArrowReader
from rolenlp.tables.base import Portion, refuse_width
from rolenlp.tables.names import one_of
from rolenlp.tables.sqlite_read import quoted


class DuckdbReader(ArrowReader):
    """A table of a DuckDB database, its one table if none is named, or what a query gives."""

    format = "duckdb"

    def __init__(
        self,
        path: str,
        batch_size: int,
        file: Path,
        table: str | None = None,
        query: str | None = None,
    ) -> None:
        super().__init__(path, batch_size)
        try:
            import duckdb
        except ImportError:
            raise MissingExtraError(
                '.duckdb files need duckdb: pip install "rolenlp[duckdb]"'
            ) from None
        try:
            self._base = duckdb.connect(str(file), read_only=True)
        except (duckdb.Error, OSError) as error:
            raise InputError(
                f"{path}: is not a DuckDB database, or cannot be read: {_first_line(error)}"
            ) from error
        try:
            if query is None:
                found = self._base.execute(
                    "SELECT table_name FROM information_schema.tables "
                    "WHERE table_schema = 'main' AND table_catalog = current_database() ORDER BY 1"
                )
                names = [name for (name,) in found.fetchall()]
                query = f"SELECT * FROM {quoted(one_of(names, table, path))}"
            self._rows = self._base.sql(query).to_arrow_reader(batch_size)
        except (duckdb.Error, AttributeError) as error:
            self._base.close()
            raise InputError(
                f"{path}: --query cannot be run, it starts with SELECT: {_first_line(error)}"
            ) from error
        except InputError:
            self._base.close()
            raise
        self.schema = self._rows.schema
        self.names = list(self.schema.names)
        refuse_width(path, len(self.names))

    def _portions(self) -> Iterator[Portion]:
        for batch in self._rows:
            self.rows_in += batch.num_rows
            yield batch.num_rows, self._lists(batch), batch, batch.nbytes

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _first_line(error: BaseException) -> str:
    return str(error).partition("\n")[0]
