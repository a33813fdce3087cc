"""Tables in: a reader for each format."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.batches import Batch, LazyColumns, TableReader
from rolenlp.tables.files import open_input, table_format
from rolenlp.tables.text import TextFile, find_delimiter, given_delimiter
from rolenlp.tables.watch import Watch

__all__ = ["CsvReader", "ParquetReader", "open_table"]

_PEEK = 1000  # JSONL rows whose keys are known before the first batch
_LONGEST_CELL = 2**31 - 1  # characters; the csv module's own limit is 131,072


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
            return _JsonReader(file, str(path), encoding, batch_size)
        return CsvReader(file, str(path), kind, delimiter, batch_size)
    except InputError:
        file.close()
        raise


class _TextReader(TableReader):
    """What the formats that are text have in common."""

    def __init__(self, file: TextFile, path: str, batch_size: int) -> None:
        self.path = path
        self.notes = file.notes
        self.bytes_total = file.bytes_total
        self._file = file
        self._batch_size = batch_size

    @property
    def bytes_read(self) -> int:
        return self._file.bytes_read

    def close(self) -> None:
        self._file.close()


class CsvReader(_TextReader):
    """CSV and TSV. ``delimiter`` and ``line_end`` are what a writer needs to do likewise."""

    def __init__(
        self, file: TextFile, path: str, kind: str, delimiter: str | None, batch_size: int
    ) -> None:
        super().__init__(file, path, batch_size)
        csv.field_size_limit(_LONGEST_CELL)
        self.format = kind
        usual = "\t" if kind == "tsv" else ","
        if delimiter is not None:
            self.delimiter = given_delimiter(delimiter, self.source)
        else:
            self.delimiter = usual if kind == "tsv" else find_delimiter(file.sample, file.whole)
            if self.delimiter != usual:
                self.notes.append(f"delimiter: {json.dumps(self.delimiter)}")
        self.line_end = "\r\n" if file.sample.partition("\n")[0].endswith("\r") else "\n"
        self._rows = csv.reader(file.lines(newline=""), delimiter=self.delimiter)
        self.names = next(filter(None, self._rows), [])

    def __iter__(self) -> Iterator[Batch]:
        width = len(self.names)
        rows = self._full_rows(width)
        first = 1
        while batch := list(islice(rows, self._batch_size)):
            yield Batch(first, len(batch), LazyColumns(width, _cells(batch)), batch)
            first += len(batch)

    def _full_rows(self, width: int) -> Iterator[list[str]]:
        padded = False
        # Blank lines are no rows: an empty row of one column is written "".
        for number, row in enumerate(filter(None, self._rows), start=1):
            if len(row) > width:
                raise InputError(
                    f"{self.source}: row {number} (up to line {self._rows.line_num}) has "
                    f"{len(row)} cells, the header {width}; put quotes around cells that hold "
                    f"{json.dumps(self.delimiter)}, or name another --delimiter"
                )
            if len(row) < width:
                if not padded:
                    self.notes.append(
                        f"row {number} has {len(row)} cells of {width}; "
                        "short rows were filled up with empty cells"
                    )
                    padded = True
                row += [""] * (width - len(row))
            yield row


def _cells(rows: list[list[str]]) -> Callable[[int], list[Any]]:
    return lambda at: [row[at] for row in rows]


@dataclass(frozen=True)
class _JsonRow:
    line: str
    values: dict[str, Any]


class _JsonReader(_TextReader):
    """JSON Lines: an object a line; blank lines are no rows."""

    format = "jsonl"

    def __init__(self, file: TextFile, path: str, encoding: str | None, batch_size: int) -> None:
        super().__init__(file, path, batch_size)
        self._encoding = encoding
        self._rest = _json_rows(file)
        self._head = list(islice(self._rest, _PEEK))
        self.names = list(dict.fromkeys(chain.from_iterable(row.values for row in self._head)))

    def __iter__(self) -> Iterator[Batch]:
        rows = chain(self._head, self._rest)
        first = 1
        while batch := list(islice(rows, self._batch_size)):
            self._see(batch)
            names = tuple(self.names)
            columns = LazyColumns(len(names), _values(batch, names))
            yield Batch(first, len(batch), columns, [row.line for row in batch])
            first += len(batch)

    def see_all_names(self) -> None:
        if len(self._head) == _PEEK:
            again = TextFile(self.path, self._encoding)
            try:
                self._see(_json_rows(again))
            finally:
                again.close()

    def _see(self, rows: Sequence[_JsonRow] | Iterator[_JsonRow]) -> None:
        known = set(self.names)
        for row in rows:
            if not known.issuperset(row.values):
                fresh = [name for name in row.values if name not in known]
                self.names += fresh
                known.update(fresh)


def _values(rows: list[_JsonRow], names: Sequence[str]) -> Callable[[int], list[Any]]:
    return lambda at: [row.values.get(names[at]) for row in rows]


def _json_rows(file: TextFile) -> Iterator[_JsonRow]:
    for number, line in enumerate(file.lines(newline="\n"), start=1):
        stripped = line.strip(" \t\r\n")
        if not stripped:
            continue
        try:
            values = json.loads(stripped)
        except (ValueError, RecursionError):
            values = None
        if not isinstance(values, dict):
            raise InputError(
                f"{file.source}: line {number} is not a JSON object; "
                "each line must hold one, in braces"
            )
        yield _JsonRow(stripped, values)


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
        self.rows_hint = self._file.metadata.num_rows

    def __iter__(self) -> Iterator[Batch]:
        first = 1
        batches = self._file.iter_batches(self._batch_size)
        while (batch := self._next(batches)) is not None:
            columns = LazyColumns(batch.num_columns, _lists(batch))
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
