"""Tables out: the rows of a table that was read, as they were, with columns added at the end."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from rolenlp.errors import InputError, OutputError
from rolenlp.files.atomic import OutputFile
from rolenlp.tables.base import Batch, TableReader, refuse_clash
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.formats import TableFormat, table_format
from rolenlp.tables.json_read import JsonReader
from rolenlp.tables.values import EMPTY, as_json, as_text, encoded, spliced, writable
from rolenlp.tables.writer import AddedColumn, TableWriter, rows_of

_ROW_GROUP = 32 << 20  # bytes gathered before Parquet writes a row group
_MOST_COLUMNS = {"xlsx": 16_384, "sqlite": 2_000}
_NO_TWINS = ("jsonl", "json", "parquet", "sqlite")


def open_output(
    path: str | Path,
    reader: TableReader,
    added: Sequence[AddedColumn],
    *,
    table: str = "judged",
) -> TableWriter:
    """Open a table to write the rows of ``reader`` to; ``-`` is stdout, as ``reader.piped`` says.

    The format is that of the name's ending. A CSV written from a CSV keeps its delimiter, its
    line ends and its byte order mark; text is UTF-8. JSON passes each object on as it was; Parquet
    its schema and types. A database is a new one of one ``table``. Added numbers are rounded to
    six decimals. Use it in a ``with`` statement: the file is put in its place when that ends well,
    else it is removed.

    Raises:
        InputError: the place cannot be written to or is the input's own, or as `check_output`.
        MissingExtraError: as `check_output`.
    """
    place = Path(path)
    if str(path) != "-" and place.exists():
        for each in reader.paths:
            if each != "-" and place.samefile(each):
                raise InputError(f"{path}: is the input itself; name another file for the output")
    check_output(path, reader, added)
    form = _format_of(path, reader)
    file = OutputFile(path, form.compressed, ending=f".{form.kind}")
    try:
        return _writer(form.kind)(file, reader, added, form.kind, table)
    except BaseException:
        file.discard()
        raise


def _writer(kind: str) -> type[TableWriter]:
    if kind == "xlsx":
        from rolenlp.tables.xlsx_write import XlsxWriter

        return XlsxWriter
    if kind == "sqlite":
        from rolenlp.tables.sqlite_write import SqliteWriter

        return SqliteWriter
    known = {"parquet": _ParquetWriter, "jsonl": _JsonWriter, "json": _JsonWriter}
    return known.get(kind, _CsvWriter)


def check_output(path: str | Path, reader: TableReader, added: Sequence[AddedColumn]) -> None:
    """Check that a table of this name can hold what is read, with the columns added.

    Raises:
        InputError: the name's ending is not known, an added column is already there, a column
            cannot be kept as it is, there are too many, or two have one name and the format does
            not allow it.
        MissingExtraError: what writes the format is not installed.
    """
    kind = _format_of(path, reader).kind
    names = [column.name for column in added]
    if kind == "duckdb":
        raise InputError(f"{path}: DuckDB is only read; write .parquet, which it reads")
    if kind == "xlsx":
        from rolenlp.tables.xlsx_write import needed

        needed()
    refuse_clash(reader.names, reader.source, names)
    if lost := reader.lost(kind):
        raise InputError(
            f"{path}: cannot keep all that {reader.source} has in the "
            f"column{'s' * (len(lost) > 1)} {', '.join(lost)}; leave out such a column, or change "
            "its type"
        )
    if kind not in ("jsonl", "json"):
        reader.see_all_names()
        refuse_clash(reader.names, reader.source, names)
    most = _MOST_COLUMNS.get(kind)
    if most and len(reader.names) + len(names) > most:
        raise InputError(
            f"{path}: cannot hold more than {most:,} columns, and there would be "
            f"{len(reader.names) + len(names):,}; write CSV"
        )
    # SQLite takes names for one that differ in the case of ASCII letters alone.
    known = [name.lower() for name in [*reader.names, *names]] if kind == "sqlite" else reader.names
    twins = len(known) - len(set(known))
    if twins and kind in _NO_TWINS and (kind != reader.format or kind == "sqlite"):
        raise InputError(
            f"{path}: cannot hold columns of one name, and {reader.source} has {twins + 1} or more "
            "such; rename them, or write CSV"
        )


def _format_of(path: str | Path, reader: TableReader) -> TableFormat:
    return TableFormat(reader.piped) if str(path) == "-" else table_format(path)


class _CsvWriter(TableWriter):
    def _open(self) -> None:
        reader = self._reader
        self._delimiter, self._line_end = "," if self._kind == "csv" else "\t", "\n"
        if isinstance(reader, CsvReader):
            self._line_end = reader.line_end
            if reader.format == "csv" and self._kind != "tsv":
                self._delimiter = reader.delimiter
            if reader.mark:
                self._file.stream.write(codecs.BOM_UTF8)
        self._needs_quotes = re.compile(f'[{re.escape(self._delimiter)}"\r\n]').search
        self._put([self._line(reader.names + self._names)])

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        rows: list[list[str]] = batch.native
        if not isinstance(self._reader, CsvReader):
            # As many databases do: of two cells that are empty, the text has quotes.
            columns = [
                ["" if text is None else text or EMPTY for text in column]
                for column in self._reader.texts(batch)
            ]
            rows = rows_of(columns, len(batch))
        more = rows_of([list(map(as_text, column)) for column in added], len(batch))
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
    """An object a line; those of ``.json`` are in an array."""

    def _open(self) -> None:
        self._before = "[\n"  # what comes before the next row of an array

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        reader = self._reader
        if isinstance(reader, JsonReader):
            refuse_clash(reader.names, reader.source, self._names)  # a key may turn up late
            lines = batch.native
        else:
            lines = _objects(reader.names, reader.values(batch), len(batch))
        tails = _objects(self._names, added, len(batch))
        rows = [spliced(line, tail) for line, tail in zip(lines, tails, strict=True)]
        if self._kind == "jsonl":
            self._file.stream.write(encoded(row + "\n" for row in rows))
        elif rows:
            self._file.stream.write(encoded([self._before, ",\n".join(rows)]))
            self._before = ",\n"

    def _close(self, whole: bool) -> None:
        if whole and self._kind == "json":
            self._file.stream.write(b"[]\n" if self._before == "[\n" else b"\n]\n")


class _ParquetWriter(TableWriter):
    def _open(self) -> None:
        import pyarrow
        import pyarrow.parquet

        from rolenlp.tables.arrow_values import TYPES

        self._read_schema = self._schema = self._reader.arrow_schema()
        for column in self._added:
            self._schema = self._schema.append(pyarrow.field(column.name, TYPES[column.kind]))
        self._pyarrow = pyarrow
        self._held: list[Any] = []
        self._held_bytes = 0
        options = self._reader.arrow_options()
        self._parquet = pyarrow.parquet.ParquetWriter(self._file.stream, self._schema, **options)

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        arrays = self._reader.arrays(batch, self._read_schema)
        for kind, values in zip(self._schema.types[len(arrays) :], added, strict=True):
            arrays.append(self._pyarrow.array(list(map(writable, values)), kind))
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


def _objects(names: Sequence[str], columns: Sequence[list[Any]], count: int) -> list[str]:
    return [as_json(dict(zip(names, row, strict=True))) for row in rows_of(columns, count)]
