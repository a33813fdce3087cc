"""Tables out: the rows of a table that was read, as they were, with columns added at the end."""

from __future__ import annotations

import csv
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

from rolenlp.errors import InputError
from rolenlp.output import OutputFile
from rolenlp.tables.batches import Batch, TableReader
from rolenlp.tables.files import table_format
from rolenlp.tables.read import CsvReader, ParquetReader
from rolenlp.tables.values import as_json, as_kind, as_text, encoded, spliced, writable

__all__ = ["AddedColumn", "TableWriter", "open_output"]

_ROW_GROUP = 32 << 20  # bytes gathered before Parquet writes a row group


@dataclass(frozen=True)
class AddedColumn:
    """A column that a run adds; its values are of ``kind``, or None."""

    name: str
    kind: Literal["string", "number", "integer", "boolean"]


def open_output(path: str | Path, reader: TableReader, added: Sequence[AddedColumn]) -> TableWriter:
    """Open a table to write the rows of ``reader`` to; ``-`` is CSV on stdout.

    The format is that of the name's ending. A CSV written from a CSV keeps its delimiter and its
    line ends; text is UTF-8 without a mark. JSONL passes each line on as it was; Parquet its
    schema and types. Added numbers are rounded to six decimals. Use it in a ``with`` statement:
    the file is put in its place when that ends well, else it is removed.

    Raises:
        InputError: the name's ending is not known, the place cannot be written to or is the
            input's own, an added column is already there, or two columns have one name and the
            format does not allow it.
    """
    form = table_format(path)
    if str(path) != "-":
        _refuse_input(Path(path), reader)
    _refuse_clash(reader, added)
    if form.kind != "jsonl":
        reader.see_all_names()
        _refuse_clash(reader, added)
    if form.kind in ("jsonl", "parquet") and form.kind != reader.format:
        _refuse_twins(path, reader)
    file = OutputFile(path, form.compressed)
    try:
        if form.kind == "parquet":
            return _ParquetWriter(file, reader, added)
        if form.kind == "jsonl":
            return _JsonWriter(file, reader, added)
        return _CsvWriter(file, reader, added, form.kind)
    except BaseException:
        file.discard()
        raise


class TableWriter(ABC):
    """A table open for writing, in a ``with`` statement."""

    def __init__(self, file: OutputFile, reader: TableReader, added: Sequence[AddedColumn]) -> None:
        self._file = file
        self._reader = reader
        self._added = list(added)

    def write(self, batch: Batch, added: Mapping[str, Sequence[Any]]) -> None:
        """Write the rows of ``batch`` with the values added: for each column as many as rows.

        Raises:
            InputError: the disk is full, or a JSONL row already has a key that is to be added.
            ValueError: ``added`` has other columns, or another number of values.
        """
        if added.keys() != {column.name for column in self._added}:
            raise ValueError("the columns added are not those that the output was opened with")
        if any(len(values) != len(batch) for values in added.values()):
            raise ValueError("a column added has not as many values as the batch has rows")
        plain = [
            [as_kind(value, column.kind) for value in added[column.name]] for column in self._added
        ]
        with self._file.writing():
            self._write(batch, plain)

    @abstractmethod
    def _write(self, batch: Batch, added: list[list[Any]]) -> None: ...

    def _close(self, whole: bool) -> None:
        """Write what was held back if the table is ``whole``, and let go of the stream."""
        return

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                with self._file.writing():
                    self._close(whole=True)
                self._file.commit()
            else:
                with suppress(OSError):  # what ended the run matters more
                    self._close(whole=False)
        finally:
            self._file.discard()


class _CsvWriter(TableWriter):
    def __init__(
        self, file: OutputFile, reader: TableReader, added: Sequence[AddedColumn], kind: str
    ) -> None:
        super().__init__(file, reader, added)
        delimiter, self._line_end = "\t" if kind == "tsv" else ",", "\n"
        if isinstance(reader, CsvReader):
            self._line_end = reader.line_end
            if reader.format == kind == "csv":
                delimiter = reader.delimiter
        self._lines = _Lines()
        # Only with this line end does the csv module put quotes around both \r and \n.
        self._csv = csv.writer(self._lines, delimiter=delimiter, lineterminator="\r\n")
        with file.writing():
            self._put([reader.names + [column.name for column in added]])

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        rows: list[list[str]] = batch.native
        if not isinstance(self._reader, CsvReader):
            columns = [[as_text(value) for value in column] for column in batch.columns]
            rows = _rows(columns, len(batch))
        tails = _rows([[as_text(value) for value in column] for column in added], len(batch))
        self._put(row + tail for row, tail in zip(rows, tails, strict=True))

    def _put(self, rows: Iterable[list[str]]) -> None:
        self._csv.writerows(rows)
        self._file.stream.write(encoded(line[:-2] + self._line_end for line in self._lines))
        self._lines.clear()


class _Lines(list[str]):
    """Takes what the csv module writes: one string a row."""

    def write(self, line: str) -> None:
        self.append(line)


class _JsonWriter(TableWriter):
    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        names = [column.name for column in self._added]
        tails = [dict(zip(names, row, strict=True)) for row in _rows(added, len(batch))]
        if self._reader.format == "jsonl":
            _refuse_clash(self._reader, self._added)  # a key may turn up late
            lines = [spliced(line, tail) for line, tail in zip(batch.native, tails, strict=True)]
        else:
            rows = _rows(batch.columns, len(batch))
            lines = [
                as_json(dict(zip(self._reader.names, row, strict=True)) | tail)
                for row, tail in zip(rows, tails, strict=True)
            ]
        self._file.stream.write(encoded(line + "\n" for line in lines))


class _ParquetWriter(TableWriter):
    def __init__(self, file: OutputFile, reader: TableReader, added: Sequence[AddedColumn]) -> None:
        import pyarrow
        import pyarrow.parquet

        super().__init__(file, reader, added)
        types = {
            "string": pyarrow.string(),
            "number": pyarrow.float64(),
            "integer": pyarrow.int64(),
            "boolean": pyarrow.bool_(),
        }
        if isinstance(reader, ParquetReader):
            schema = reader.schema
        else:
            schema = pyarrow.schema([(name, pyarrow.string()) for name in reader.names])
        for column in added:
            schema = schema.append(pyarrow.field(column.name, types[column.kind]))
        self._pyarrow = pyarrow
        self._schema = schema
        self._held: list[Any] = []
        self._held_bytes = 0
        with file.writing():
            self._parquet = pyarrow.parquet.ParquetWriter(file.stream, schema)

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        if isinstance(self._reader, ParquetReader):
            arrays, fresh = list(batch.native.columns), added
        else:
            arrays = []
            texts = [[None if v is None else as_text(v) for v in each] for each in batch.columns]
            fresh = texts + added
        for field, values in zip(list(self._schema)[len(arrays) :], fresh, strict=True):
            arrays.append(self._pyarrow.array([writable(v) for v in values], field.type))
        rows = self._pyarrow.record_batch(arrays, schema=self._schema)
        self._held.append(rows)
        self._held_bytes += rows.nbytes
        if self._held_bytes >= _ROW_GROUP:
            self._put_held()

    def _put_held(self) -> None:
        # Few large row groups: readers are slow on many small ones.
        if self._held:
            self._parquet.write_table(self._pyarrow.Table.from_batches(self._held, self._schema))
            self._held.clear()
            self._held_bytes = 0

    def _close(self, whole: bool) -> None:
        if whole:
            self._put_held()
        self._parquet.close()


def _refuse_input(path: Path, reader: TableReader) -> None:
    if reader.path != "-" and path.exists() and path.samefile(reader.path):
        raise InputError(f"{path}: is the input itself; name another file for the output")


def _refuse_clash(reader: TableReader, added: Sequence[AddedColumn]) -> None:
    there = set(reader.names)
    clash = [f'"{column.name}"' for column in added if column.name in there]
    if clash:
        raise InputError(
            f"{reader.source}: already has the column{'s' * (len(clash) > 1)} {', '.join(clash)}; "
            "put something before the names of those added, with --prefix"
        )


def _refuse_twins(path: str | Path, reader: TableReader) -> None:
    twins = len(reader.names) - len(set(reader.names))
    if twins:
        raise InputError(
            f"{path}: cannot hold columns of one name, and {reader.source} has {twins + 1} or more "
            "such; rename them, or write CSV"
        )


def _rows(columns: Sequence[list[Any]], count: int) -> list[list[Any]]:
    made = list(columns)
    return [[column[at] for column in made] for at in range(count)]
