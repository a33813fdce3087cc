"""Values of Arrow's arrays as plain Python, none changed and none too large for it.

Arrow's own way cuts nanoseconds off times, and fails for dates after the year 9999.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from functools import partial
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Of the kinds of columns that are added.
TYPES = {
    "string": pa.string(),
    "number": pa.float64(),
    "integer": pa.int64(),
    "boolean": pa.bool_(),
}
_PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_DAY = 86_400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def values(array: Any, *, odd: bool = False) -> list[Any]:
    """Values that CSV and JSON have a form for: dates, times and durations are ISO 8601 text.

    A time in a zone has the zone's offset; dates after the year 9999 are written with as many
    digits as it takes. Raises UnicodeDecodeError where text is not UTF-8; with `odd`, such text
    is bytes.
    """
    kind = array.type
    if isinstance(kind, pa.BaseExtensionType):
        stored = values(array.storage, odd=odd)
        if kind.extension_name == "arrow.uuid":
            return _each(lambda value: str(UUID(bytes=value)), stored)
        return _each(bool, stored) if kind.extension_name == "arrow.bool8" else stored
    if pa.types.is_dictionary(kind):
        return values(array.dictionary_decode(), odd=odd)
    if pa.types.is_run_end_encoded(kind):
        return values(pc.run_end_decode(array), odd=odd)
    if pa.types.is_struct(kind):
        names = [field.name for field in kind]
        children = [values(each, odd=odd) for each in array.flatten()]
        rows = zip(array.is_valid().to_pylist(), *children, strict=True)
        return [dict(zip(names, row, strict=True)) if there else None for there, *row in rows]
    if pa.types.is_nested(kind):
        lists = _each(partial(values, odd=odd), [each.values for each in array])
        if pa.types.is_map(kind):
            return _each(lambda pairs: [list(pair.values()) for pair in pairs], lists)
        return lists
    if pa.types.is_temporal(kind):
        numbers = array.view(pa.int32() if kind.bit_width == 32 else pa.int64())
        return _each(_written(kind), numbers.to_pylist())
    try:
        found: list[Any] = array.to_pylist()
        return found
    except UnicodeDecodeError:
        if not odd:
            raise
        return list(array.cast(pa.binary()).to_pylist())


def _each(change: Callable[[Any], Any], found: list[Any]) -> list[Any]:
    return [None if value is None else change(value) for value in found]


def _written(kind: Any) -> Callable[[int], str]:
    """How a number of a temporal type is written."""
    if pa.types.is_date(kind):
        return _day if kind.bit_width == 32 else lambda number: _day(number // (_DAY * 1000))
    per_second = _PER_SECOND[kind.unit]
    is_duration, is_time = pa.types.is_duration(kind), pa.types.is_time(kind)
    zone = None if is_duration or is_time or kind.tz is None else _zone(kind.tz)

    def written(number: int) -> str:
        seconds, part = divmod(abs(number) if is_duration else number, per_second)
        fraction = _fraction(part * 10**9 // per_second)
        if is_duration:
            return f"{'-' * (number < 0)}PT{seconds}{fraction.rstrip('0')}S"
        if is_time:
            return _clock(seconds) + fraction
        ahead, offset = _offset(seconds, zone) if zone else (0, "")
        days, rest = divmod(seconds + ahead, _DAY)
        return f"{_day(days)}T{_clock(rest)}{fraction}{offset}"

    return written


def _day(days: int) -> str:
    text = str(np.datetime64(days, "D"))
    return "-" + text[1:].zfill(len("0043-03-15")) if text.startswith("-") else text


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _fraction(nanoseconds: int) -> str:
    """Of a second: no digits, six, or nine where it takes them."""
    digits = f".{nanoseconds:09}" if nanoseconds else ""
    return digits[:7] if nanoseconds % 1000 == 0 else digits


def _zone(name: str) -> tzinfo:
    try:
        found: tzinfo = pa.lib.string_to_tzinfo(name)
        return found
    except (pa.ArrowException, KeyError, ValueError):
        return UTC  # what is stored is in UTC; a zone that is not known here says nothing


def _offset(seconds: int, zone: tzinfo) -> tuple[int, str]:
    """How far a zone is ahead of UTC, in seconds, and as it is written."""
    try:
        local = (_EPOCH + timedelta(seconds=seconds)).astimezone(zone)
    except OverflowError:
        return 0, "+00:00"
    ahead = local.utcoffset() or timedelta()
    return round(ahead.total_seconds()), local.isoformat()[len("2025-01-02T03:04:05") :]
