"""Excel workbooks in: a sheet, row by row, with the types of its cells."""

from __future__ import annotations

import datetime as dt
import math
import re
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from rolenlp.errors import InputError, MissingExtraError
from rolenlp.tables.base import LONGEST_ROW
from rolenlp.tables.column_names import is_usual
from rolenlp.tables.dialect import ABOVE, only_notes
from rolenlp.tables.formats import open_input
from rolenlp.tables.names import all_quoted, named
from rolenlp.tables.rows import Row, RowsReader
from rolenlp.tables.values import as_text

NEEDS = '.xlsx files need openpyxl and XlsxWriter: pip install "rolenlp[excel]"'
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how .xls starts, and what has a password
_LOCKED = "EncryptedPackage".encode("utf-16-le")
MOST_ROWS = 1_048_576  # of a sheet
_MOST_COLUMNS = 16_384
_INFINITE = (math.inf, -math.inf)
_MOST_BLANK = 10_000_000  # cells of blank rows between others
# A small file can unpack to any length. In bytes: the texts that cells share, which are held; other
# parts that hold no cells. A sheet is read row by row.
_ALL_TEXTS = 1 << 29
_LONGEST_PART = 1 << 26
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_SURE = 3  # that a sheet is the table: it is shown, and has names of columns that are usual
# What openpyxl raises for files that are no workbook, or a damaged one.
_DAMAGED = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    NotImplementedError,
    OSError,
    ParseError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)


class XlsxReader(RowsReader):
    """A sheet of an Excel workbook: the one named, or the first that looks like a table of ads.

    The first row that is neither blank nor a note names the columns. Numbers, truth, dates and
    times keep their types; a formula is what it last came to. Blank rows are rows, but for those at
    the end. Its bytes are in `file`, its name is `path`.
    """

    format = "xlsx"

    def __init__(self, path: str, batch_size: int, file: Path, sheet: str | None = None) -> None:
        super().__init__(path, batch_size)
        self._uncalculated, self._first_uncalculated = 0, ""
        with open_input(file) as raw:
            _refuse_others(raw.read(len(_OLD)), file, path)
        with self._damage():
            self._book = _opened(file)
            sheets = {each.title: each for each in self._book.worksheets}
        try:
            if sheet is not None:
                among = [sheets[named([*sheets], sheet, path, "sheet")]]
            elif sheets:
                among = [*sheets.values()]
            else:
                raise InputError(f"{path}: has no sheet with cells")
            found: list[tuple[tuple[int, int, list[str]], Any]] = []
            for each in among:  # a cover, or what is hidden, may come before the table
                found.append((self._survey(each), each))
                if found[-1][0][0] == _SURE:
                    break
            (_, self._above, self.names), self._sheet = max(found, key=lambda one: one[0][0])
            if not self.names:
                raise InputError(f'{path}: its sheet "{self._sheet.title}" is empty')
        except InputError:
            self._book.close()
            raise
        if len(among) > 1:
            self.notes.append(f'sheet: "{self._sheet.title}" of {all_quoted([*sheets])} (--sheet)')
        if self._above:
            self.notes.append(f"rows above the header, left out: {self._above}")

    def _survey(self, sheet: Any) -> tuple[int, int, list[str]]:
        """How surely a sheet is the table, how many rows stand above its header, and the header."""
        self._sheet = sheet
        rows = [list(map(as_text, row)) for _, row in islice(self._cells(), ABOVE)]
        width = max(map(len, rows), default=0)
        padded = [row + [""] * (width - len(row)) for row in rows]
        shown = int(sheet.sheet_state == "visible" and width > 0)
        for above, row in enumerate(rows):
            if sum(map(bool, row)) > 1 and any(map(is_usual, row)):
                if only_notes(padded[:above], padded[above]):
                    return 2 + shown, above, row
                break
        return shown, 0, rows[0] if rows else []

    def _rows(self) -> Iterator[Row]:
        width = len(self.names)
        self._uncalculated, self._first_uncalculated = 0, ""  # but for the search of a header
        blank: list[int] = []  # numbers of rows without cells, which are rows if others follow
        for number, row in islice(self._cells(), self._above + 1, None):
            if not row:
                blank.append(number)
                continue
            if len(blank) * width > _MOST_BLANK:
                raise InputError(
                    f"{self.path}: its rows {blank[0]:,} to {blank[-1]:,} are blank, and rows "
                    "follow; delete the blank ones, or what stands below them"
                )
            for each in blank:
                yield each, (None,) * width
            blank.clear()
            yield number, [*row, *[None] * (width - len(row))]
        if self._uncalculated:
            self.notes.append(
                f"formulas never calculated, read as empty: {self._uncalculated:,}, the first in "
                f"{self._first_uncalculated}; save the workbook in a spreadsheet program"
            )

    def _cells(self) -> Iterator[Row]:
        """Rows from the header on, up to their last cell that is not blank."""
        started, last = False, 0
        for number, cells in self._rows_with_cells():
            values: list[Any] = [None] * max((cell["column"] for cell in cells), default=0)
            for cell in cells:
                values[cell["column"] - 1] = _plain(cell["value"])
            while values and values[-1] is None:
                values.pop()
            if started:
                yield from ((between, ()) for between in range(last + 1, number))
            started, last = started or bool(values), number
            if started:
                yield number, values

    def _rows_with_cells(self) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        """The rows that are in the file, as they stand there.

        openpyxl's own way makes all rows and cells between those that are there, and leaves out
        what stands in another order.
        """
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

        def note_uncalculated(element: Any, cell: dict[str, Any]) -> None:
            # One that came to no characters is a text of them.
            if element.get("t") != "str" and element.find(FORMULA_TAG) is not None:
                at = f"{get_column_letter(cell['column'])}{cell['row']}"
                self._first_uncalculated = self._first_uncalculated or at
                self._uncalculated += 1

        class Parser(WorkSheetParser):  # type: ignore[misc]
            def parse_cell(self, element: Any) -> dict[str, Any]:
                cell: dict[str, Any] = super().parse_cell(element)
                if cell["value"] is None:
                    note_uncalculated(element, cell)
                return cell

        book = self._book
        with self._damage(), self._sheet._get_source() as source:
            part = _Limited(source)
            parser = Parser(
                part,
                self._sheet._shared_strings,
                data_only=book.data_only,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            last = 0
            for number, cells in parser.parse():
                if not last < number <= MOST_ROWS:
                    raise ValueError("rows in another order, or more than a sheet has")
                if any(cell["column"] > _MOST_COLUMNS for cell in cells):
                    raise ValueError("more columns than a sheet has")
                if any(cell["value"] in _INFINITE for cell in cells):
                    raise ValueError("numbers that no cell holds")
                yield number, cells
                parser.row_dimensions.clear()
                last, part.read_since = number, 0

    @contextmanager
    def _damage(self) -> Iterator[None]:
        try:
            yield
        except _DAMAGED as error:
            raise InputError(
                f"{self.path}: is not an .xlsx workbook, or is damaged; open it in a spreadsheet "
                "program and save it as .xlsx"
            ) from error

    def close(self) -> None:
        """Close the file."""
        self._book.close()


class _Limited:
    """A sheet's bytes, of which a row's worth is read at the most until `read_since` is reset."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.read_since = 0

    def read(self, size: int) -> bytes:
        """Some bytes. Raises ValueError where there are too many."""
        data: bytes = self._source.read(size)
        self.read_since += len(data)
        if self.read_since > LONGEST_ROW:
            raise ValueError("unpacks to more than a row may have")
        return data


def _opened(file: Path) -> Any:
    """The workbook, its texts as they are."""
    try:
        from openpyxl.cell.text import Text
        from openpyxl.reader import excel
        from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS
        from openpyxl.xml.functions import iterparse
    except ImportError:
        raise MissingExtraError(NEEDS) from None

    class Reader(excel.ExcelReader):  # type: ignore[misc]
        def read_chartsheet(self, sheet: Any, rel: Any) -> None:
            """Pass over it: it has no cells."""

        def read_strings(self) -> None:
            # Its own way leaves escapes of escapes in doubt.
            about = self.package.find(SHARED_STRINGS)
            if about is None:
                return
            with self.archive.open(about.PartName[1:]) as source:
                for _, node in iterparse(source):
                    if node.tag == f"{{{SHEET_MAIN_NS}}}si":
                        self.shared_strings.append(Text.from_tree(node).content)
                        node.clear()

    reader = Reader(file, read_only=True, data_only=True, keep_links=False)
    if any(
        about.file_size
        > (_ALL_TEXTS if about.filename == "xl/sharedStrings.xml" else _LONGEST_PART)
        for about in reader.archive.infolist()
        if about.filename.endswith((".xml", ".rels"))
        and not about.filename.startswith("xl/worksheets/")
    ):
        raise ValueError("unpacks to more than a workbook's parts have that hold no cells")
    reader.read()
    return reader.wb


def _refuse_others(start: bytes, file: Path, path: str) -> None:
    if start != _OLD:
        return
    if _LOCKED in file.read_bytes():
        raise InputError(
            f"{path}: is protected by a password; open it in a spreadsheet program and save it "
            "without one"
        )
    raise InputError(
        f"{path}: is an old .xls workbook; open it in a spreadsheet program and save it as .xlsx"
    )


def _plain(value: Any) -> Any:
    """A cell as Python's own value: texts without escapes, a day without a time as a date."""
    if isinstance(value, str):
        if "_x" in value:
            value = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
        return value or None  # no cell holds a text of no characters, to who looks at it
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    return value
