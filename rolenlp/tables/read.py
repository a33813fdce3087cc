"""Tables in: a reader for each format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.batches import (
    BATCH_CHARACTERS,
    LONGEST_ROW,
    Batch,
    LazyColumns,
    Reject,
    TableReader,
)
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
        self._rejects: list[Reject] = []
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
        batches = self._file.iter_batches(self._rows_at_once())
        while (read := self._next(batches)) is not None:
            for batch in self._portions(read):
                columns = LazyColumns(batch.num_columns, _lists(batch))
                yield Batch(first, batch.num_rows, columns, batch, batch.nbytes)
                first += batch.num_rows

    def _rows_at_once(self) -> int:
        """So many rows that a batch is not too large, by what the file says of its row groups."""
        metadata = self._file.metadata
        groups = map(metadata.row_group, range(metadata.num_row_groups))
        longest = max((each.total_byte_size // max(each.num_rows, 1) for each in groups), default=0)
        return min(self._batch_size, max(1, BATCH_CHARACTERS // max(longest, 1)))

    def _portions(self, batch: Any) -> Iterator[Any]:
        """A batch as it is, or where it is large after all in portions, without rows too long."""
        if batch.nbytes <= BATCH_CHARACTERS:
            self.rows_in += batch.num_rows
            yield batch
            return
        start = held = 0
        for at, size in enumerate(_row_bytes(batch)):
            if size > LONGEST_ROW or held + size > BATCH_CHARACTERS:
                if at > start:
                    self.rows_in += at - start
                    yield batch.slice(start, at - start)
                start, held = at, 0
            held += size
            if size > LONGEST_ROW:
                self.rows_in += 1
                reason = f"is longer than {LONGEST_ROW:,} bytes"
                self._rejects.append(Reject(self.rows_in, reason, ""))
                start, held = at + 1, 0
        if batch.num_rows > start:
            self.rows_in += batch.num_rows - start
            yield batch.slice(start)

    def take_rejects(self) -> list[Reject]:
        """The rows that are too long, since this was last asked; line is the row's number."""
        taken, self._rejects = self._rejects, []
        return taken

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


def _row_bytes(batch: Any) -> list[int]:
    """How many bytes each row takes."""
    from pyarrow.types import is_dictionary

    sizes = [0] * batch.num_rows
    for column in batch.columns:
        coded = is_dictionary(column.type)  # its bytes would be those of the whole dictionary
        for at in range(len(column)):
            cell = column.slice(at, 1)
            sizes[at] += (cell.dictionary_decode() if coded else cell).nbytes
    return sizes


def _lists(batch: Any) -> Callable[[int], list[Any]]:
    return lambda at: batch.column(at).to_pylist()
