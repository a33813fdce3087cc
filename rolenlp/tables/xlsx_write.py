"""Excel workbooks out: one sheet, written row by row in little memory, that opens as it should."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, cast

from rolenlp.errors import InputError, MissingExtraError, OutputError, RolenlpError
from rolenlp.tables.base import Batch, TableReader
from rolenlp.tables.values import as_text, harmless, writable
from rolenlp.tables.writer import TableWriter, rows_of
from rolenlp.tables.xlsx_read import MOST_ROWS, NEEDS

MOST_CHARACTERS = 32_767  # of a cell, as UTF-16 counts them
_DIGITS = 10**15  # a longer whole number is shown with zeros for its last digits
_FIRST_DAY = dt.date(1900, 3, 1)  # days before it have other numbers in other programs
_WIDEST, _NARROWEST = 60, 8  # characters
_ESCAPES = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")
_SHEET_NAME = 31  # characters


class XlsxWriter(TableWriter):
    """A sheet with its header frozen; a text that looks like a formula is a text."""

    def _open(self) -> None:
        import xlsxwriter

        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(cast(BinaryIO, self._file.stream), options)
        self._book.use_zip64()
        # So that equal tables are equal files.
        self._book.set_properties({"created": dt.datetime(1980, 1, 1)})
        self._sheet = self._book.add_worksheet(_sheet_name(self._table))
        self._bold = self._book.add_format({"bold": True})
        self._formula = self._book.add_format({"quote_prefix": True})
        self._formats = {
            dt.datetime: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            dt.date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
            dt.time: self._book.add_format({"num_format": "hh:mm:ss"}),
            dt.timedelta: self._book.add_format({"num_format": "[h]:mm:ss"}),
        }
        self._row = 0
        self._all_names = [*self._reader.names, *self._names]
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate(self._all_names):
            self._sheet.write_string(0, at, _checked(name, 0, name, self._file.name), self._bold)
        # Digits of a CSV are text, and meant to be.
        self._sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})

    def _write(self, batch: Batch, added: list[list[Any]]) -> None:
        columns = [*self._reader.values(batch), *added]
        if not self._row and len(batch):
            for at, (name, column) in enumerate(zip(self._all_names, columns, strict=True)):
                self._sheet.set_column(at, at, _width(name, column))
        for row in rows_of(columns, len(batch)):
            self._row += 1
            if self._row >= MOST_ROWS:
                raise OutputError(_too_many(self._file.name))
            for at, value in enumerate(row):
                if value is not None and value != "":
                    self._put(at, _cell(value))

    def _put(self, at: int, value: Any) -> None:
        style = self._formats.get(type(value))
        if isinstance(value, str):
            value = _checked(value, self._row, self._all_names[at], self._file.name)
            style = self._formula if harmless(value) is not value else None
        elif isinstance(value, float):
            value = _Exact(value)
        self._sheet.write(self._row, at, value, style)

    def _close(self, whole: bool) -> None:
        if whole:
            self._book.close()


class _Exact(float):
    """A number written with all its digits, where XlsxWriter writes sixteen."""

    def __format__(self, form: str) -> str:
        return repr(float(self))


def needed() -> None:
    """Raise MissingExtraError where what reads and writes workbooks is not installed."""
    try:
        import xlsxwriter  # noqa: F401
    except ImportError:
        raise MissingExtraError(NEEDS) from None


def check_sheet(path: str | Path, table: TableReader) -> None:
    """Check that a sheet can hold a table, which is read to its end for that.

    Raises InputError, which names the row and the column, where it cannot.
    """
    row = 0
    for batch in table:
        if row + len(batch) >= MOST_ROWS:
            raise InputError(_too_many(path))
        for name, column in zip(table.names, table.values(batch), strict=False):
            for at, value in enumerate(column, start=row + 1):
                _checked(as_text(value), at, name, path, InputError)
        table.take_rejects()
        row += len(batch)


def _too_many(path: object) -> str:
    return f"{path}: a sheet of .xlsx holds {MOST_ROWS - 1:,} rows, and there are more; write CSV"


def _checked(
    text: str, row: int, name: str, path: object, error: type[RolenlpError] = OutputError
) -> str:
    """A text as a cell holds it; raises the error where none does."""
    if _ESCAPES.search(text):
        why = (
            "has escapes that share a line, as in _x0041_x0042_, and would be read as another text"
        )
    elif 2 * len(text) > MOST_CHARACTERS and (
        len(text.encode("utf-16-le", "surrogatepass")) > 2 * MOST_CHARACTERS
    ):
        why = f"a cell of .xlsx holds {MOST_CHARACTERS:,} characters, and there are more"
    else:
        return cast(str, writable(text))
    raise error(f'{path}: row {row:,}, column "{name}": {why}; write CSV, JSON or Parquet')


def _cell(value: Any) -> Any:
    """A value as a cell can hold it: text where a number, or a time, would not be the same."""
    match value:
        case bool():
            same = True
        case int():
            same = abs(value) < _DIGITS
        case float():
            same = math.isfinite(value)
        case Decimal():
            number = float(value)
            same = math.isfinite(number) and Decimal(repr(number)) == value
            return number if same else as_text(value)
        case dt.datetime():
            same = not (value.tzinfo or value.microsecond) and value.date() >= _FIRST_DAY
        case dt.date():
            same = value >= _FIRST_DAY
        case dt.time():
            same = not (value.tzinfo or value.microsecond)
        case dt.timedelta():
            same = not value.microseconds and dt.timedelta() <= value
        case _:
            same = False
    return value if same else as_text(value)


def _width(name: str, column: Iterable[Any]) -> int:
    """Of a column: that of its name, and of the values of the first rows."""
    longest = max(len(as_text(value)) for value in [name, *column])
    return min(max(longest + 1, _NARROWEST), _WIDEST)


def _sheet_name(table: str) -> str:
    allowed = "".join("_" if mark in "[]:*?/\\" else mark for mark in table).strip("'")
    return allowed[:_SHEET_NAME] or "judged"
