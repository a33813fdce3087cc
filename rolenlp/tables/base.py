"""What a table is while it is read: named columns, and rows that come in batches."""

from __future__ import annotations

import os
import stat
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from rolenlp.errors import InputError
from rolenlp.tables.values import as_text, writable

if TYPE_CHECKING:
    from rolenlp.tables.formats import Kind

_MOST_COLUMNS = 100_000


def refuse_clash(names: Sequence[str], source: str, added: Sequence[str]) -> None:
    """Refuse to add columns of names that are there."""
    there = set(names)
    clash = [f'"{name}"' for name in added if name in there]
    if clash:
        raise InputError(
            f"{source}: already has the column{'s' * (len(clash) > 1)} {', '.join(clash)}; "
            "put something before the names of those added, with --prefix"
        )


def refuse_width(source: str, columns: int) -> None:
    """Refuse more columns than any table has."""
    if columns > _MOST_COLUMNS:
        raise InputError(
            f"{source}: has {columns:,} columns or more, and {_MOST_COLUMNS:,} are the most; "
            "check what divides its cells and lines (--delimiter)"
        )


def state_of(*paths: str | Path) -> tuple[int, ...] | None:
    """What files are now; None where one is a stream, or not there."""
    found: list[int] = []
    for path in paths:
        try:
            about = os.stat(path)  # noqa: PTH116 - quicker, and asked for each batch
        except OSError:
            return None
        if str(path) == "-" or not stat.S_ISREG(about.st_mode):
            return None
        found += about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns
    return tuple(found)


def unchanged(reader: TableReader) -> Iterator[Batch]:
    """The batches of a table, as long as its file is what it was.

    Raises as the reader does, and InputError where the file has changed.
    """

    def check() -> None:
        if reader.state is not None and state_of(*reader.paths) != reader.state:
            raise InputError(
                f"{reader.source}: has changed while it was read; "
                "run again when nothing writes to it any more"
            )

    try:
        for batch in reader:
            check()
            yield batch
    except InputError:
        check()  # says more than what is wrong with half a file
        raise
    check()


# Memory is bounded by what is read, not by how many rows it makes. An ad has under 100,000
# characters; of Parquet, whose text is not decoded, these are bytes.
LONGEST_ROW = 1 << 24  # characters; a longer row is rejected
BATCH_CHARACTERS = 1 << 23  # a batch that has so many is full; 512 usual ads have a quarter
TOO_LONG = f"is longer than {LONGEST_ROW:,} characters"


@dataclass(frozen=True)
class Batch:
    """Some rows that follow one another.

    Attributes:
        first_row: number of the first of them in the table, from 1.
        size: how many rows.
        columns: values by position, as in ``TableReader.names``; None for null or missing.
            Each column is made when asked for.
        native: the rows as a writer of the same format passes them on: lists of cells (CSV),
            objects as they are written (JSON), a ``pyarrow.RecordBatch`` (Parquet).
        characters: about how many these rows have, all columns together.
    """

    first_row: int
    size: int
    columns: Sequence[list[Any]]
    native: Any
    characters: int = 0

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True)
class Reject:
    """A row that cannot be parsed.

    Attributes:
        line: number of its first line in the file, from 1.
        reason: why; quotes nothing of the row.
        raw: its lines as they are in the file, without the last line's end; the start of them
            where the row is too long.
    """

    line: int
    reason: str
    raw: str


# Of a batch: its size, a column by its position, `native` and `characters`.
Portion = tuple[int, Callable[[int], list[Any]], Any, int]


class TableReader(AbstractContextManager["TableReader"], ABC):
    """A table open for reading; iterate once for its batches, in order.

    Attributes:
        path: where it is; ``-`` for stdin.
        paths: the files that it is read from.
        names: names of the columns, not always different. Those of JSONL grow at the end as
            new keys turn up, unless ``see_all_names`` was called.
        format: ``csv``, ``tsv``, ``jsonl``, ``json``, ``parquet``, ``xlsx``, ``sqlite``,
            ``duckdb``, or ``several``.
        notes: what was found out that a user should know, one line each; grows while reading.
        rows_in: how many rows were met so far, those that cannot be parsed among them.
        rows_hint: number of rows, where the file says so.
        bytes_total: size of the file, for a progress bar; None where there is no knowing.
        piped: format of a table that is written from it to stdout.
        state: what its file was when it was opened, as `state_of` says; None where that is no
            regular file, and cannot be watched, or read again.
    """

    names: list[str]
    format: str
    piped: Kind = "csv"
    rows_in: int = 0
    state: tuple[int, ...] | None = None
    rows_hint: int | None = None
    bytes_total: int | None = None
    tables: Sequence[Sequence[str]] = ()  # the names of each, where several are read as one
    unpacked: TemporaryDirectory[str] | None = None  # what is read instead of an archive

    def __init__(self, path: str, batch_size: int) -> None:
        self.path = path
        self.paths = [path]
        self.notes: list[str] = []
        self._batch_size = batch_size
        self._rejects: list[Reject] = []
        self._looked_at: list[Batch] = []
        self._to_come = self._batches_in_order()

    @property
    def source(self) -> str:
        """The name to use in messages."""
        return "stdin" if self.path == "-" else self.path

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``."""
        return 0

    def __iter__(self) -> Iterator[Batch]:
        """Yield the batches; one may be empty, where many rows cannot be parsed.

        Raises:
            InputError: the file is damaged.
        """
        yield from self._looked_at
        self._looked_at = []
        yield from self._to_come

    def first(self) -> Batch | None:
        """The first batch, which iterating gives out all the same; None where there is none.

        Raises:
            InputError: the file is damaged.
        """
        if not self._looked_at:
            self._looked_at = list(islice(self._to_come, 1))
        return self._looked_at[0] if self._looked_at else None

    def _batches_in_order(self) -> Iterator[Batch]:
        first = 1
        for size, column, native, characters in self._portions():
            columns = LazyColumns(len(self.names), column)
            yield Batch(first, size, columns, native, characters)
            first += size

    @abstractmethod
    def _portions(self) -> Iterator[Portion]:
        """What the batches are made of."""

    def take_rejects(self) -> list[Reject]:
        """The rows that could not be parsed, or used, since this was last asked."""
        taken, self._rejects = self._rejects, []
        return taken

    def see_all_names(self) -> None:
        """Complete ``names``, which for JSONL takes a pass over the whole file."""
        return

    def lost(self, form: str) -> list[str]:
        """The columns that a table of format ``form`` cannot keep as they are, and why."""
        return []

    def texts(self, batch: Batch) -> Sequence[list[str | None]]:
        """The columns of a batch as text; None for what is missing."""
        return [[None if v is None else as_text(v) for v in column] for column in batch.columns]

    def values(self, batch: Batch) -> Sequence[list[Any]]:
        """The columns of a batch with the types that they have here; None for what is missing."""
        return batch.columns

    def arrow_schema(self) -> Any:
        """The ``pyarrow.Schema`` that keeps all values; may take a pass over the whole file."""
        import pyarrow

        return pyarrow.schema([(writable(name), pyarrow.string()) for name in self.names])

    def arrow_options(self) -> dict[str, Any]:
        """What a writer of Parquet needs, beside the schema, to keep all values."""
        return {}

    def arrays(self, batch: Batch, schema: Any) -> list[Any]:
        """The columns of a batch as Arrow's, of the types in a schema that this reader gave."""
        import pyarrow

        return [
            pyarrow.array(list(map(writable, column)), field.type)
            for field, column in zip(schema, self.texts(batch), strict=True)
        ]

    @abstractmethod
    def close(self) -> None:
        """Close the file; stdin stays open."""

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        self.close()
        if self.unpacked:
            self.unpacked.cleanup()


class LazyColumns(Sequence[list[Any]]):
    """Columns made when asked for: only a few of a wide table are ever looked into."""

    def __init__(self, count: int, column: Callable[[int], list[Any]]) -> None:
        self._count = count
        self._column = column

    def __getitem__(self, at: int) -> list[Any]:  # type: ignore[override]
        return self._column(range(self._count)[at])

    def __len__(self) -> int:
        return self._count
