"""Tables in: a reader for each format."""

from __future__ import annotations

import re
import shutil
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rolenlp.errors import InputError
from rolenlp.schema import BATCH
from rolenlp.tables.base import TableReader, state_of
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.formats import Kind, input_format, open_input, reading, table_in, unzipped
from rolenlp.tables.json_read import JsonReader
from rolenlp.tables.several import open_folder
from rolenlp.tables.text import TextFile

_JSON = re.compile(r"\ufeff?\s*(\{|\[\s*(\{|$))")  # objects, or an array of them


def open_table(
    path: str | Path,
    *,
    piped: Kind | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    table: str | None = None,
    query: str | None = None,
    batch_size: int = BATCH,
) -> TableReader:
    r"""Open a table by the ending of its name; ``-`` is stdin.

    Args:
        path: a file ``.csv .tsv .txt .jsonl .ndjson .json``, each also ``.gz``, ``.zst``, or
            ``.zip`` with one table in it; ``.parquet .xlsx .db .sqlite .sqlite3 .duckdb``; or a
            folder of Parquet files.
        piped: what stdin and stdout hold; where it is not given, stdin is JSON if it starts as
            that does, and stdout then JSON lines; else both are CSV.
        encoding: of the text; found if not given, UTF-8 first. Not used where that is fixed.
        delimiter: of CSV and TSV; found if not given (``.tsv`` has tabs). Not used elsewhere.
            A ``.txt`` needs one.
        sheet: of a workbook; else its first.
        table: of a database; else its only one.
        query: of a database, in its SQL, instead of a table.
        batch_size: most rows in a batch.

    Raises:
        InputError: the file cannot be opened, is empty, or is not what its name says.
        MissingExtraError: what reads the format is not installed.
    """
    if Path(path).is_dir():
        opened = partial(open_table, piped=piped, batch_size=batch_size)
        return open_folder(Path(path), opened, batch_size)
    state = state_of(path)  # before a byte is read
    form = input_format(path)
    if form.kind == "txt" and delimiter is None:
        raise InputError(f"{path}: is plain text; say what divides its cells, with --delimiter")
    reader: TableReader
    if form.binary:
        open_input(Path(path)).close()  # says best why it cannot be
        unpacked = TemporaryDirectory(prefix="rolenlp-") if form.compressed else None
        file = _unpack(path, Path(unpacked.name, f"table.{form.kind}")) if unpacked else Path(path)
        if form.kind == "parquet":
            from rolenlp.tables.parquet_read import ParquetReader  # loads pyarrow

            reader = ParquetReader(str(path), batch_size, file)
        elif form.kind == "xlsx":
            from rolenlp.tables.xlsx_read import XlsxReader

            reader = XlsxReader(str(path), batch_size, file, sheet)
        elif form.kind == "duckdb":
            from rolenlp.tables.duckdb_read import DuckdbReader

            reader = DuckdbReader(str(path), batch_size, file, table, query)
        else:
            from rolenlp.tables.sqlite_read import SqliteReader

            reader = SqliteReader(str(path), batch_size, file, table, query)
        reader.unpacked = unpacked
    else:
        kind = form.kind if str(path) != "-" else piped
        reader = _open_text(path, kind, encoding, delimiter, batch_size)
    reader.state = state
    json_in = str(path) == "-" and reader.format in ("jsonl", "json")
    reader.piped = piped or ("jsonl" if json_in else "csv")
    return reader


def _open_text(
    path: str | Path,
    kind: Kind | None,
    encoding: str | None,
    delimiter: str | None,
    batch_size: int,
) -> TableReader:
    file = TextFile(path, encoding)
    if kind is None:
        kind = "json" if delimiter is None and _JSON.match(file.sample) else "csv"
    try:
        if kind in ("jsonl", "json"):
            return JsonReader(file, str(path), kind, encoding, batch_size)
        kind = "csv" if kind == "txt" else kind
        return CsvReader(file, str(path), kind, delimiter, batch_size)
    except InputError:
        file.close()
        raise


def _unpack(path: str | Path, to: Path) -> Path:
    """Put the table of an archive into a file."""
    with open_input(Path(path)) as raw, reading(str(path)), unzipped(raw, path) as archive:
        about = archive.getinfo(table_in(archive, path))
        if about.file_size > shutil.disk_usage(to.parent).free:
            raise InputError(
                f"{path}: unpacks to {about.file_size:,} bytes, and there is no room for them in "
                f"{to.parent.parent}; unpack it elsewhere and name the table"
            )
        with archive.open(about) as member, to.open("wb") as file:
            shutil.copyfileobj(member, file)
    return to
