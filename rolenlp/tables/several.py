"""Several tables read as one: files that are named together, and folders of Parquet files."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from rolenlp.errors import InputError
from rolenlp.tables.base import Batch, Portion, TableReader, refuse_width, state_of
from rolenlp.tables.formats import input_format
from rolenlp.tables.values import writable

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")

# A table of several: how it is opened, and what all its rows have in further columns.
Part = tuple[Callable[[], TableReader], Mapping[str, Any]]


class SeveralReader(TableReader):
    """The rows of several tables, one after another; each is open only while it is read.

    Columns are put together by name, and values that a table does not have are missing. A column
    that a table has itself counts before that of its part.
    """

    format = "several"

    def __init__(self, path: str, parts: Sequence[Part], batch_size: int) -> None:
        super().__init__(path, batch_size)
        self._parts = parts
        self.paths = []
        self._options: dict[str, Any] = {}
        tables: list[tuple[str, ...]] = []
        hints: list[int | None] = []
        sizes: list[int | None] = []
        for opened, _ in parts:
            with opened() as reader:
                reader.see_all_names()
                twin = next((n for n, times in Counter(reader.names).items() if times > 1), None)
                if twin is not None:
                    raise InputError(
                        f'{reader.source}: has the column "{twin}" twice, and columns of several '
                        "tables are put together by name; rename one"
                    )
                tables.append(tuple(reader.names))
                self._options |= reader.arrow_options()
                self.paths += reader.paths
                self.piped = reader.piped
                hints.append(reader.rows_hint)
                sizes.append(reader.bytes_total)
        self.tables = list(dict.fromkeys(tables))
        self.names = list(dict.fromkeys(chain(*self.tables, *(more for _, more in parts))))
        refuse_width(self.source, len(self.names))
        self.state = state_of(*self.paths)
        self.rows_hint, self.bytes_total = _total(hints), _total(sizes)
        self._read = 0

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``."""
        return self._read

    def _portions(self) -> Iterator[Portion]:
        for opened, more in self._parts:
            rows, read, said = self.rows_in, self._read, 0
            with opened() as reader:
                for batch in reader:
                    self.rows_in, self._read = rows + reader.rows_in, read + reader.bytes_read
                    said = self._hear(reader, said)
                    # Later batches may bring names of which this one has no columns.
                    places = dict(zip(reader.names, range(len(batch.columns)), strict=False))
                    native = reader, batch, places, more
                    column = partial(self._column, native, batch.columns)
                    yield len(batch), column, native, batch.characters
                self.rows_in, self._read = rows + reader.rows_in, read + reader.bytes_read
                self._hear(reader, said)

    def _hear(self, reader: TableReader, said: int) -> int:
        """Pass on what a reader has to say, of which so much was passed on before."""
        self.notes += [f"{reader.source}: {note}" for note in reader.notes[said:]]
        self._rejects += [
            replace(each, reason=f"{reader.source}: {each.reason}")
            for each in reader.take_rejects()
        ]
        return len(reader.notes)

    def _column(self, native: Any, columns: Sequence[Any], at: int) -> Any:
        """A column of all, among those of the table that a batch is from, or what its part has."""
        _, batch, places, more = native
        name = self.names[at]
        return columns[places[name]] if name in places else [more.get(name)] * len(batch)

    def _aligned(self, native: Any, columns: Sequence[Any]) -> list[Any]:
        return [self._column(native, columns, at) for at in range(len(self.names))]

    def texts(self, batch: Batch) -> Sequence[list[str | None]]:
        """The columns of a batch as the table that it is from spells them."""
        reader, own, places, more = batch.native
        spelt = {key: None if value is None else str(value) for key, value in more.items()}
        return self._aligned((reader, own, places, spelt), reader.texts(own))

    def values(self, batch: Batch) -> Sequence[list[Any]]:
        """The columns of a batch with the types that they have in the table that it is from."""
        reader, own, *_ = batch.native
        return self._aligned(batch.native, reader.values(own))

    def lost(self, form: str) -> list[str]:
        """The columns that a table of format ``form`` cannot keep as they are, and why."""
        found: list[str] = []
        for opened, _ in self._parts:
            with opened() as reader:
                found += reader.lost(form)
        return list(dict.fromkeys(found))

    def arrow_schema(self) -> Any:
        """The schema that keeps all values: text for a column that has several types."""
        import pyarrow as pa

        fields: dict[str, Any] = {}
        for opened, more in self._parts:
            with opened() as reader:
                own = dict(zip(reader.names, reader.arrow_schema(), strict=True))
            for name, value in more.items():
                kind = pa.null() if value is None else pa.array([value]).type
                own.setdefault(name, pa.field(writable(name), kind))
            for name, field in own.items():
                before = fields.get(name, field)
                fields[name] = before.with_type(_common(before.type, field.type))
        return pa.schema(
            (
                pa.field(writable(name), pa.string()) if pa.types.is_null(field.type) else field
            ).with_nullable(True)
            for name, field in ((name, fields[name]) for name in self.names)
        )

    def arrow_options(self) -> dict[str, Any]:
        """What a writer of Parquet needs, beside the schema, to keep all values."""
        return self._options

    def arrays(self, batch: Batch, schema: Any) -> list[Any]:
        """The columns of a batch as Arrow's, of the types in the schema."""
        import pyarrow as pa

        reader, own, *_ = batch.native
        fields = dict(zip(self.names, schema, strict=True))
        columns = reader.arrays(own, pa.schema(fields[name] for name in reader.names))
        return [
            pa.array(column, field.type) if isinstance(column, list) else column
            for column, field in zip(self._aligned(batch.native, columns), schema, strict=True)
        ]

    def close(self) -> None:
        """Nothing is open between two batches that could be closed here."""


def _total(numbers: Sequence[int | None]) -> int | None:
    found = [number for number in numbers if number is not None]
    return sum(found) if len(found) == len(numbers) else None


def _common(one: Any, other: Any) -> Any:
    """A type that holds the values of both: text, if no other does."""
    import pyarrow as pa

    if one == other or pa.types.is_null(other):
        return one
    if pa.types.is_null(one):
        return other
    if pa.types.is_signed_integer(one) and pa.types.is_signed_integer(other):
        return max(one, other, key=lambda kind: kind.bit_width)
    return pa.string()


def open_folder(
    folder: Path, opened: Callable[[Path], TableReader], batch_size: int
) -> TableReader:
    """Open the Parquet files under a folder as one table; ``key=value`` in their paths is a column.

    Raises InputError where there are none.
    """
    found = sorted(
        path
        for path in folder.rglob("*.parquet")
        if path.is_file()
        and not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)
    )
    if not found:
        raise InputError(f"{folder}: is a directory without .parquet files; name the table in it")
    keys = [_keys(path.relative_to(folder)) for path in found]
    texts = {
        k for each in keys for k, v in each.items() if v is not None and not _WHOLE.fullmatch(v)
    }
    parts = [
        (
            partial(opened, path),
            {k: v if v is None or k in texts else int(v) for k, v in each.items()},
        )
        for path, each in zip(found, keys, strict=True)
    ]
    return SeveralReader(str(folder), parts, batch_size)


def _keys(path: Path) -> dict[str, str | None]:
    pairs = (part.split("=", 1) for part in path.parts[:-1] if "=" in part)
    return {unquote(key): None if text == _NO_VALUE else unquote(text) for key, text in pairs}


def expanded(inputs: Sequence[str]) -> list[str]:
    """The files that names and patterns such as ``more/*.csv`` stand for, each once.

    Raises InputError where a pattern fits no file, or two names are of one file.
    """
    found: dict[str, str] = {}
    named: dict[str, str] = {}
    for each in inputs:
        paths, place = [each], each if each == "-" else os.path.realpath(each)
        if place in named:
            raise InputError(
                f"{each}: is named twice among the inputs, also as {named[place]}; name it once"
            )
        named[place] = each
        if not os.path.lexists(each) and glob.has_magic(each):
            paths = sorted(glob.glob(each, recursive=True))  # noqa: PTH207 - also absolute ones
            if not paths:
                raise InputError(f"{each}: fits no file")
        for path in paths:
            found.setdefault(path if path == "-" else os.path.realpath(path), path)
    return [*found.values()]


def outputs_in(folder: str, inputs: Sequence[str]) -> list[Path]:
    """Where the outputs of several inputs go in a folder: each to a file of its own name.

    Raises InputError where the folder is there and not empty, or two would be one file.
    """
    place = Path(folder)
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        what = "is a folder that is not empty" if place.is_dir() else "is no folder"
        raise InputError(f"{folder}: {what}; name an empty or a new one")
    if not place.resolve().parent.is_dir():
        raise InputError(f"{folder}: there is no directory {place.resolve().parent}; make it")
    if "-" in inputs:
        raise InputError("stdin has no name for a file in a folder; name an OUTPUT file")
    names = [_name_of_output(Path(each)) for each in inputs]
    found: dict[str, str] = {}
    for each, name in zip(inputs, names, strict=True):
        if (other := found.setdefault(name.casefold(), each)) != each:
            raise InputError(
                f"{folder}: {other} and {each} would be one file there, {name}; rename one"
            )
    return [place / name for name in names]


def _name_of_output(path: Path) -> str:
    if path.is_dir():
        return f"{path.resolve().name.removesuffix('.parquet')}.parquet"
    form = input_format(path)
    if form.kind == "duckdb":
        return f"{path.stem}.parquet"
    if form.compressed == ".zip":
        return f"{path.name.split('.')[0]}.{form.kind}" + (".zip" if not form.binary else "")
    return path.name


def open_together(
    paths: Sequence[str], opened: Callable[[str], TableReader], column: str, batch_size: int
) -> TableReader:
    """Open several tables as one, with a ``column`` that says which file a row is from.

    Raises InputError where one cannot be opened, is stdin, or has that column already.
    """
    if "-" in paths:
        raise InputError("stdin cannot be one of several inputs; save it as a file")
    parts = [(partial(opened, path), {column: path}) for path in paths]
    reader = SeveralReader(f"{len(paths)} files", parts, batch_size)
    if reader.names.count(column) != 1 or reader.names[-1] != column:
        raise InputError(
            f'{reader.source}: already have the column "{column}", in which the name of the file '
            "is to stand; put something before the names of columns added, with --prefix"
        )
    return reader
