"""Tables in: a reader for each format."""

from __future__ import annotations

from pathlib import Path

from rolenlp.errors import InputError
from rolenlp.schema import BATCH
from rolenlp.tables.base import TableReader, state_of
from rolenlp.tables.csv_read import CsvReader
from rolenlp.tables.formats import table_format
from rolenlp.tables.json_read import JsonReader
from rolenlp.tables.text import TextFile


def open_table(
    path: str | Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    batch_size: int = BATCH,
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
    state = state_of(path)  # before a byte is read
    kind = table_format(path).kind
    reader: TableReader
    if kind == "parquet":
        from rolenlp.tables.parquet_read import ParquetReader  # loads pyarrow

        reader = ParquetReader(Path(path), batch_size)
    else:
        file = TextFile(path, encoding)
        try:
            if kind == "jsonl":
                reader = JsonReader(file, str(path), encoding, batch_size)
            else:
                reader = CsvReader(file, str(path), kind, delimiter, batch_size)
        except InputError:
            file.close()
            raise
    reader.state = state
    return reader
