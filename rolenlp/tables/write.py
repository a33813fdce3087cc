"""Tables out: the rows of a table that was read, as they were, with columns added at the end."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from rolenlp.errors import InputError, OutputError
from rolenlp.files.atomic import OutputFile, writing
from rolenlp.tables.base import Batch, TableReader, refuse_clash, refuse_lost
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.formats import table_format
from rolenlp.tables.json_read import written
from rolenlp.tables.values import EMPTY, as_json, as_text, encoded, of_kind, spliced, writable

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
            input's own, an added column is already there, a column cannot be kept as it is, or
            two have one name and the format does not allow it.
    """
    form = table_format(path)
    names = [column.name for column in added]
    place = Path(path)
    if "-" not in (str(path), reader.path) and place.exists() and place.samefile(reader.path):
        raise InputError(f"{path}: is the input itself; name another file for the output")
    refuse_clash(reader, names)
    refuse_lost(path, reader)
    if form.kind != "jsonl":
        reader.see_all_names()
        refuse_clash(reader, names)
    twins = len(reader.names) - len(set(reader.names))
    if twins and form.kind in ("jsonl", "parquet") and form.kind != reader.format:
        raise InputError(
            f"{path}: cannot hold columns of one name, and {reader.source} has {twins + 1} or more "
            "such; rename them, or write CSV"
        )
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


class TableWriter(AbstractContextManager["TableWriter"], ABC):
    """A table open for writing, in a ``with`` statement."""

    def __init__(self, file: OutputFile, reader: TableReader, added: Sequence[AddedColumn]) -> None:
        self._file = file
        self._reader = reader
        self._added = list(added)
        self._names = [column.name for column in added]

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
        with writing(self._file.name):
            self._write(batch, columns)

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
        self._delimiter = delimiter
        self._needs_quotes = re.compile(f'[{re.escape(delimiter)}"\r\n]').search
        with writing(file.name):
            self._put([self._line(reader.names + self._names)])

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        rows: list[list[str]] = batch.native
        if not isinstance(self._reader, CsvReader):
            # As many databases do: of two cells that are empty, the text has quotes.
            columns = [
                ["" if text is None else text or EMPTY for text in column]
                for column in _texts(self._reader, batch)
            ]
            rows = _rows(columns, len(batch))
        more = _rows([list(map(as_text, column)) for column in added], len(batch))
        self._put(self._line(chain(row, new)) for row, new in zip(rows, more, strict=True))

    def _line(self, cells: Iterable[str]) -> str:
        # As the csv module writes them, which takes each character by itself, and so its time.
        needs_quotes = self._needs_quotes
        return self._delimiter.join(
            [
                '"' + cell.replace('"', '""') + '"' if needs_quotes(cell) or cell is EMPTY else cell
                for cell in cells
            ]
        )

    def _put(self, lines: Iterable[str]) -> None:
        # A blank line would be no row: that is one empty cell, and has quotes.
        self._file.stream.write(encoded((line or '""') + self._line_end for line in lines))


class _JsonWriter(TableWriter):
    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        if self._reader.format == "jsonl":
            refuse_clash(self._reader, self._names)  # a key may turn up late
            lines = batch.native
        else:
            names = self._reader.names
            is_text = isinstance(self._reader, CsvReader)
            columns = _texts(self._reader, batch) if is_text else batch.columns
            lines = _objects(names, columns, len(batch))
        tails = _objects(self._names, added, len(batch))
        self._file.stream.write(
            encoded(spliced(line, tail) + "\n" for line, tail in zip(lines, tails, strict=True))
        )


class _ParquetWriter(TableWriter):
    def __init__(self, file: OutputFile, reader: TableReader, added: Sequence[AddedColumn]) -> None:
        import pyarrow
        import pyarrow.parquet

        from rolenlp.tables.parquet_read import ParquetReader

        super().__init__(file, reader, added)
        types = {
            "string": pyarrow.string(),
            "number": pyarrow.float64(),
            "integer": pyarrow.int64(),
            "boolean": pyarrow.bool_(),
        }
        options: dict[str, Any] = {}
        if isinstance(reader, ParquetReader):
            schema, options = reader.schema, reader.options
        else:
            texts = [(writable(name), pyarrow.string()) for name in reader.names]
            schema = pyarrow.schema(texts)
        for column in added:
            schema = schema.append(pyarrow.field(column.name, types[column.kind]))
        self._pyarrow = pyarrow
        self._schema = schema
        self._held: list[Any] = []
        self._held_bytes = 0
        with writing(file.name):
            self._parquet = pyarrow.parquet.ParquetWriter(file.stream, schema, **options)

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        arrays: list[Any] = []
        if self._reader.format == "parquet":
            arrays += batch.native.columns
        else:
            added = [*_texts(self._reader, batch), *added]
        for field, values in zip(list(self._schema)[len(arrays) :], added, strict=True):
            arrays.append(self._pyarrow.array(list(map(writable, values)), field.type))
        rows = self._pyarrow.record_batch(arrays, schema=self._schema)
        self._held.append(rows)
        self._held_bytes += rows.nbytes
        if self._held_bytes >= _ROW_GROUP:
            self._put_held()

    def _put_held(self) -> None:
        # Few large row groups: readers are slow on many small ones.
        if self._held:
            table = self._pyarrow.Table.from_batches(self._held, self._schema)
            try:
                self._parquet.write_table(table)
            except self._pyarrow.ArrowNotImplementedError as error:
                raise OutputError(f"{self._file.name}: cannot be written: {error}") from error
            self._held.clear()
            self._held_bytes = 0

    def _close(self, whole: bool) -> None:
        if whole:
            self._put_held()
        self._parquet.close()


def _texts(reader: TableReader, batch: Batch) -> Sequence[list[str | None]]:
    """The columns of a batch as text; None for what is missing."""
    if isinstance(reader, CsvReader):
        rows = [[cell if cell or cell is EMPTY else None for cell in row] for row in batch.native]
        return list(map(list, zip(*rows, strict=True))) or [[] for _ in reader.names]
    if reader.format == "jsonl":
        members = [written(line) for line in batch.native]
        return [[each.get(name) for each in members] for name in reader.names]
    return [[None if v is None else as_text(v) for v in column] for column in batch.columns]


def _objects(names: Sequence[str], columns: Sequence[list[Any]], count: int) -> list[str]:
    return [as_json(dict(zip(names, row, strict=True))) for row in _rows(columns, count)]


def _rows(columns: Sequence[list[Any]], count: int) -> list[list[Any]]:
    return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * count
