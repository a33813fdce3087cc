"""Tables in: a reader for each format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.batches import Batch, LazyColumns, TableReader
from rolenlp.tables.checks import refuse_width
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.files import open_input, table_format
from rolenlp.tables.json_read import JsonReader
from rolenlp.tables.text import TextFile
from rolenlp.tables.watch import Watch

__all__ = ["CsvReader", "ParquetReader", "open_table"]


def open_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    batch_size: int = 512,
) -> TableReader:
    r"""Open a table by the ending of its name; ``-`` is CSV on stdin.

    Args:
        path: a file ``.csv .tsv .jsonl .ndjson .parquet``; all but Parquet also ``.gz``, ``.zst``.
        encoding: of the text; found if not given, UTF-8 first. Not used for Parquet.
        delimiter: of CSV and TSV; found if not given (``.tsv`` has tabs). Not used elsewhere.
        batch_size: most rows in a batch.

    Raises:
        InputError: the file cannot be opened, is empty, or is not what its name says.
    """
    watch = Watch(path)  # before a byte is read
    reader = _opened(path, encoding, delimiter, batch_size)
    reader.watch = watch
    return reader


def _opened(
    path: str | Path, encoding: str | None, delimiter: str | None, batch_size: int
) -> TableReader:
    kind = table_format(path).kind
    if kind == "parquet":
        return ParquetReader(Path(path), batch_size)
    file = TextFile(path, encoding)
    try:
        if kind == "jsonl":
            return JsonReader(file, str(path), encoding, batch_size)
        return CsvReader(file, str(path), kind, delimiter, batch_size)
    except InputError:
        file.close()
        raise


class ParquetReader(TableReader):
    """Parquet; ``schema`` is the ``pyarrow.Schema``."""

    format = "parquet"

    def __init__(self, path: Path, batch_size: int) -> None:
        import pyarrow
        import pyarrow.parquet

        self.path = str(path)
        self.notes = []
        self._batch_size = batch_size
        self._error = pyarrow.ArrowException
        open_input(path).close()
        try:
            # Without pre_buffer, memory stays that of a batch rather than of the file.
            self._file = pyarrow.parquet.ParquetFile(path, pre_buffer=False)
            self.schema: Any = self._file.schema_arrow
        except (pyarrow.ArrowException, OSError) as error:
            raise InputError(f"{path}: is not a Parquet file, or is damaged") from error
        self.names = list(self.schema.names)
        refuse_width(self.path, len(self.names))
        self.rows_hint = self._file.metadata.num_rows

    def __iter__(self) -> Iterator[Batch]:
        first = 1
        batches = self._file.iter_batches(self._batch_size)
        while (batch := self._next(batches)) is not None:
            columns = LazyColumns(batch.num_columns, _lists(batch))
            self.rows_in += batch.num_rows
            yield Batch(first, batch.num_rows, columns, batch)
            first += batch.num_rows

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _next(self, batches: Iterator[Any]) -> Any:
        try:
            return next(batches, None)
        except (self._error, OSError) as error:
            raise InputError(
                f"{self.path}: cannot be read to its end, the file is damaged"
            ) from error


def _lists(batch: Any) -> Callable[[int], list[Any]]:
    return lambda at: batch.column(at).to_pylist()
