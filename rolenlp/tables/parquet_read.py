"""Parquet in: record batches as they are, and which columns cannot be kept as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from rolenlp.errors import InputError
from rolenlp.tables.arrow_read import ArrowReader
from rolenlp.tables.arrow_values import values
from rolenlp.tables.base import (
    BATCH_CHARACTERS,
    LONGEST_ROW,
    Portion,
    Reject,
    refuse_width,
)
from rolenlp.tables.values import as_json

_ROWS = 1 << 16  # of timestamps looked at together
_SECOND = 10**9  # in nanoseconds
_SAFE = (1 << 63) // _SECOND - 1  # seconds from 1970 that a count of nanoseconds reaches
# How the same is said in another way, or by other writers.
_PLAIN = [{"Type": "Int", "bitWidth": bits, "isSigned": True} for bits in (32, 64)]
_SAME = {"Enum": "String"}
_NONE = {"Type": "None"}
_INT96 = "timestamp[s"  # as which only INT96 comes: no other timestamps are in seconds
_SAYS_NOTHING = ("is_from_converted_type", "force_set_converted_type")


class ParquetReader(ArrowReader):
    """Parquet, in a `file` that goes by the name of `path`."""

    format = "parquet"

    def __init__(self, path: str, batch_size: int, file: Path) -> None:
        super().__init__(path, batch_size)
        try:
            self._file = _open(file, _int96_unit(file))
            self.schema = self._file.schema_arrow
            self.names = list(self.schema.names)
        except UnicodeDecodeError:
            raise InputError(f"{path}: has a column whose name is not UTF-8; rename it") from None
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: is not a Parquet file, or is damaged") from error
        refuse_width(self.path, len(self.names))
        self.rows_hint = self._file.metadata.num_rows
        kinds = iter(_kinds(self._file.schema))
        self._kinds = [list(islice(kinds, _width(field.type))) for field in self.schema]
        in_utc = [at for at, own in enumerate(self._kinds) if any(map(_is_utc_time, own))]
        self._options = {"write_time_adjusted_to_utc": True} if in_utc else {}
        # Arrow's times know nothing of it; as text they say so.
        self._in_utc = {at for at in in_utc if pa.types.is_time(self.schema.field(at).type)}

    def _portions(self) -> Iterator[Portion]:
        batches = self._batches()
        while (batch := self._next(batches)) is not None:
            for part in self._parts(batch):
                yield part.num_rows, self._lists(part), part, part.nbytes

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def arrow_options(self) -> dict[str, Any]:
        """What a writer of Parquet needs, beside the schema, to keep all values."""
        return self._options

    def lost(self, form: str) -> list[str]:
        """The columns that a table of format ``form`` cannot keep as they are, and why."""
        options = self._options if form == self.format else {}
        variants = _variants(self._file.schema)
        found = []
        for at, (field, own) in enumerate(zip(self.schema, self._kinds, strict=True)):
            if form != self.format and at in self._in_utc:
                continue
            written = _kinds(_schema_written(field, options))
            why = [
                kind["Type"] + " in UTC" * kind.get("isAdjustedToUTC", False)
                for kind, other in zip(own, written, strict=True)
                if kind not in (_NONE, other)
            ]
            if at in variants:
                why = ["Variant"]
            elif form != self.format and _has_twins(field.type):
                why.append("fields of one name")
            if why:
                found.append(f'"{field.name}" ({why[0]})')
        return found

    def _lists(self, batch: Any) -> Callable[[int], list[Any]]:
        column = super()._lists(batch)
        return lambda at: (
            [None if time is None else time + "+00:00" for time in column(at)]
            if at in self._in_utc
            else column(at)
        )

    def _batches(self) -> Iterator[Any]:
        groups = range(self._file.num_row_groups)
        # Arrow cannot put together the dictionaries of row groups where they lie within lists.
        together = not any(_nests_dictionary(field.type) for field in self.schema)
        for some in [groups] if together else [[group] for group in groups]:
            yield from self._file.iter_batches(self._rows_at_once(), row_groups=some)

    def _rows_at_once(self) -> int:
        """So many rows that a batch is not too large, by what the file says of its row groups."""
        metadata = self._file.metadata
        groups = map(metadata.row_group, range(metadata.num_row_groups))
        longest = max((each.total_byte_size // max(each.num_rows, 1) for each in groups), default=0)
        return min(self._batch_size, max(1, BATCH_CHARACTERS // max(longest, 1)))

    def _parts(self, batch: Any) -> Iterator[Any]:
        """A batch as it is, or in parts that are not too large, without rows that are of no use."""
        sizes = _row_bytes(batch) if batch.nbytes > BATCH_CHARACTERS else [0] * batch.num_rows
        odd = [at for at, column in enumerate(batch.columns) if not _is_valid(column)]
        start = held = 0
        for row, size in enumerate(sizes) if odd or any(sizes) else ():
            reject = self._reject(batch, row, size, odd)
            if row > start and (reject or held + size > BATCH_CHARACTERS):
                yield batch.slice(start, row - start)
                start, held = row, 0
            held += size
            if reject:
                self._rejects.append(reject)
                start, held = row + 1, 0
        self.rows_in += batch.num_rows
        yield batch.slice(start)

    def _reject(self, batch: Any, row: int, size: int, odd: list[int]) -> Reject | None:
        """A row that is too long, or has text that is none, in columns where there is some."""
        number = self.rows_in + row + 1
        if size > LONGEST_ROW:
            return Reject(number, f"is longer than {LONGEST_ROW:,} bytes", "")
        name = next((self.names[at] for at in odd if _is_odd(batch.column(at), row)), None)
        if name is None:
            return None
        cells = [values(each.slice(row, 1), odd=True)[0] for each in batch.columns]
        raw = as_json(dict(zip(self.names, cells, strict=True)))
        return Reject(number, f'has text that is not UTF-8 in the column "{name}"', raw)

    def _next(self, batches: Iterator[Any]) -> Any:
        try:
            return next(batches, None)
        except MemoryError:  # some of Arrow's exceptions are
            raise
        except pa.ArrowNotImplementedError as error:
            raise InputError(f"{self.path}: cannot be read: {error}") from error
        except (pa.ArrowException, OSError) as error:
            if "Invalid UTF8" in str(error):  # of a dictionary, which Arrow reads whole or not
                names = [f'"{name}"' for name in self.names if self._is_damaged(name)]
                where = ", ".join(names) or "a column"
                raise InputError(
                    f"{self.path}: has text that is not UTF-8 among the categories of {where}; "
                    "write that column as plain text"
                ) from error
            raise InputError(
                f"{self.path}: cannot be read to its end, the file is damaged"
            ) from error

    def _is_damaged(self, name: str) -> bool:
        try:
            for _ in self._file.iter_batches(self._rows_at_once(), columns=[name]):
                pass
        except pa.ArrowException:
            return True
        return False


def _row_bytes(batch: Any) -> list[int]:
    """How many bytes each row takes."""
    sizes = [0] * batch.num_rows
    for column in batch.columns:
        coded = pa.types.is_dictionary(column.type)  # its bytes would be those of the dictionary
        for at in range(len(column)):
            cell = column.slice(at, 1)
            sizes[at] += (cell.dictionary_decode() if coded else cell).nbytes
    return sizes


def _open(path: Path, unit: str | None) -> pq.ParquetFile:
    return pq.ParquetFile(
        path,
        pre_buffer=False,  # memory stays that of a batch rather than of the file
        coerce_int96_timestamp_unit=unit,
        page_checksum_verification=True,
    )


def _schema_written(field: Any, options: dict[str, Any]) -> Any:
    """The Parquet schema of a column as it would be written."""
    sink = pa.BufferOutputStream()
    pq.ParquetWriter(sink, pa.schema([field]), **options).close()
    return pq.ParquetFile(sink.getvalue()).schema


def _kinds(schema: Any) -> list[dict[str, Any]]:
    """What each of the leaves under the columns is said to hold, beyond how it is stored."""
    found = []
    for at in range(len(schema)):
        kind = json.loads(schema.column(at).logical_type.to_json())
        kind = {key: value for key, value in kind.items() if key not in _SAYS_NOTHING}
        kind["Type"] = _SAME.get(kind["Type"], kind["Type"])
        found.append(_NONE if kind in _PLAIN else kind)
    return found


def _is_utc_time(kind: dict[str, Any]) -> bool:
    return kind["Type"] == "Time" and bool(kind["isAdjustedToUTC"])


def _variants(schema: Any) -> set[int]:
    """Positions of the columns with variants in them: of all groups, only the text tells that."""
    at, found = -1, set()
    for line in str(schema).splitlines()[2:]:
        at += line.startswith(("  required ", "  optional ", "  repeated "))
        if re.search(r" \(Variant\(\d+\)\) \{$", line):
            found.add(at)
    return found


def _within(kind: Any) -> list[Any]:
    """The fields of a type."""
    stored = getattr(kind, "storage_type", kind)
    return [stored.field(at) for at in range(stored.num_fields)]


def _width(kind: Any) -> int:
    """How many leaves a column of this type has."""
    return sum(_width(field.type) for field in _within(kind)) or 1


def _has_twins(kind: Any) -> bool:
    fields = _within(kind)
    names = {field.name for field in fields}
    return len(names) < len(fields) or any(_has_twins(field.type) for field in fields)


def _nests_dictionary(kind: Any) -> bool:
    within = [field.type for field in _within(kind)]
    return any(pa.types.is_dictionary(each) or _nests_dictionary(each) for each in within)


def _int96_unit(path: Path) -> str | None:
    """The unit in which all INT96 timestamps stay as they are; None where there are none.

    Raises InputError, which names the columns, where there is no such unit.
    """
    far: dict[str, set[str]] = {"us": set(), "ns": set()}  # columns that the unit does not fit
    with _open(path, "s") as file:
        leaf = file.schema.column
        if all(leaf(at).physical_type != "INT96" for at in range(len(file.schema))):
            return None
    for name, seconds, rest in _int96(path):
        if (np.abs(seconds) > _SAFE).any():
            far["ns"].add(name)
        if (rest % 1000).any() or (np.abs(seconds) > _SAFE * 1000).any():
            far["us"].add(name)
    unit = next((unit for unit, names in far.items() if not names), None)
    if unit is None:
        names = ", ".join(f'"{name}"' for name in sorted(far["us"] | far["ns"]))
        raise InputError(
            f"{path}: cannot keep the INT96 timestamps of {names}: some are before 1678 or after "
            "2261, and some finer than a microsecond; write them as TIMESTAMP instead"
        )
    return unit


def _int96(path: Path) -> Iterator[tuple[str, Any, Any]]:
    """All INT96 timestamps, some at a time: the column, their seconds, nanoseconds beyond those.

    Arrow reads them in any unit, and where that is too narrow they run over in silence. Seconds
    reach all; nanoseconds less those seconds are right even where both have run over.
    """
    with _open(path, "s") as coarse, _open(path, "ns") as fine:
        names = [each.name for each in coarse.schema_arrow if _INT96 in str(each.type)]
        both = (file.iter_batches(_ROWS, columns=names) for file in (coarse, fine))
        for in_seconds, in_nanoseconds in zip(*both, strict=True):
            columns = zip(in_seconds.columns, in_nanoseconds.columns, strict=True)
            for name, pair in zip(in_seconds.schema.names, columns, strict=True):
                for leaf, other in zip(*map(_leaves, pair), strict=True):
                    if str(leaf.type).startswith(_INT96):
                        seconds = leaf.drop_null().view(pa.int64()).to_numpy()
                        whole = other.drop_null().view(pa.int64()).to_numpy()
                        rest = whole.view(np.uint64) - seconds.view(np.uint64) * np.uint64(_SECOND)
                        yield name, seconds, rest


def _leaves(array: Any) -> list[Any]:
    """The arrays within one, and within those, that are not nested."""
    array = getattr(array, "storage", array)
    if not pa.types.is_nested(array.type):
        return [array]
    within = array.flatten()
    arrays = within if pa.types.is_struct(array.type) else [within]
    return [leaf for each in arrays for leaf in _leaves(each)]


def _is_valid(column: Any) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _is_odd(column: Any, row: int) -> bool:
    try:
        values(column.slice(row, 1))
    except UnicodeDecodeError:
        return True
    return False
