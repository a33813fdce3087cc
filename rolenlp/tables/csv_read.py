"""CSV and TSV in: every row comes back, or is set aside as it was."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.batches import Batch, LazyColumns
from rolenlp.tables.checks import refuse_width
from rolenlp.tables.found import DELIMITERS, Dialect, find_dialect, given_delimiter
from rolenlp.tables.mend import is_odd
from rolenlp.tables.recover import KeptLines, RowTooLongError, Shape
from rolenlp.tables.text import TextFile
from rolenlp.tables.text_read import TextReader
from rolenlp.tables.values import EMPTY

__all__ = ["CsvReader"]

_LONGEST_CELL = 2**31 - 1  # characters; the csv module's own limit is 131,072
_NO_DELIMITER = "\x1f"  # between the cells of a table that has one column
_REACHES = (1, 1 << 12, 1 << 16, 1 << 20, 1 << 24)  # characters looked at for the end of a row
_MOST_LOOKED_AT = 1 << 26  # characters, of all rows that turn out to be none: seconds
_PER_LINE = 32  # characters that take as long as a line
_MOST_LINES = 10_000  # of one rejected row
_QUOTES_AMISS = "has quotes that do not match"


class CsvReader(TextReader):
    """CSV and TSV. ``delimiter`` and ``line_end`` are what a writer needs to do likewise."""

    def __init__(
        self, file: TextFile, path: str, kind: str, delimiter: str | None, batch_size: int
    ) -> None:
        super().__init__(file, path, batch_size)
        csv.field_size_limit(_LONGEST_CELL)
        self.format = kind
        self._dialect = self._settle_dialect(kind, delimiter)
        self.line_end = "\r\n" if file.sample.partition("\n")[0].endswith("\r") else "\n"
        self._lines = KeptLines(file.blocks(newline=""))
        self._said: set[str] = set()
        self._look_at = _MOST_LOOKED_AT
        self._start(1)
        self.names = self._header()
        if kind == "csv" and delimiter is None and len(self.names) == 1:
            self._dialect = Dialect(_NO_DELIMITER, self._dialect.backslash)
        width = len(self.names)
        refuse_width(self.source, width)
        self._shapes = [
            Shape(Dialect(self._dialect.delimiter, backslash), width)
            for backslash in (self._dialect.backslash, not self._dialect.backslash)
        ]
        self._start(self._lines.mark)

    def _settle_dialect(self, kind: str, given: str | None) -> Dialect:
        file, usual = self._file, "\t" if kind == "tsv" else ","
        if given is not None:
            self.delimiter = given_delimiter(given, self.source)
            dialect = find_dialect(file.sample, self.delimiter, file.whole)
        else:
            among = usual if kind == "tsv" else DELIMITERS
            dialect = find_dialect(file.sample, among, file.whole)
            self.delimiter = dialect.delimiter
        if given is None and self.delimiter != usual:
            self.notes.append(f"delimiter: {json.dumps(self.delimiter)}")
        if dialect.backslash:
            self.notes.append('quotes within quotes: written \\"')
        return dialect

    def _start(self, number: int) -> None:
        """Parse from a line on."""
        self._lines.mark = number
        self._before = number - 1
        self._rows = self._dialect.rows(self._lines.starting(number))

    @property
    def _line(self) -> int:
        """Number of the last line that the parser has taken."""
        return self._before + self._rows.line_num

    def _header(self) -> list[str]:
        try:
            names = next(filter(None, self._rows), [])
        except (csv.Error, RowTooLongError):
            raise InputError(
                f"{self.source}: the first row, which names the columns, {_QUOTES_AMISS}; mend it"
            ) from None
        self._lines.mark = self._line + 1
        if self._file.odd_lines and self._odd(self._line):
            raise InputError(
                f"{self.source}: the first row, which names the columns, {self._odd_reason}; "
                "give another --encoding"
            )
        return names

    def __iter__(self) -> Iterator[Batch]:
        width, first = len(self.names), 1
        batch: list[list[str]] = []
        for row in self._all_rows(width):
            if row is not None:
                batch.append(row)
                if len(batch) < self._batch_size:
                    continue
            yield Batch(first, len(batch), LazyColumns(width, _cells(batch)), batch)
            first += len(batch)
            batch = []
        if batch:
            yield Batch(first, len(batch), LazyColumns(width, _cells(batch)), batch)

    def _all_rows(self, width: int) -> Iterator[list[str] | None]:
        """The rows; None where rejected ones have piled up."""
        lines, odd = self._lines, self._file.odd_lines
        going = True
        while going:
            rows, after = self._rows, self._before + 1
            try:
                for row in rows:
                    if len(row) == width and not odd:  # as nearly always
                        if "" in row:
                            row = self._told_apart(row)
                        lines.mark = after + rows.line_num
                        self.rows_in += 1
                        yield row
                    elif row:
                        if (fitted := self._fitted(row, width)) is not None:
                            self.rows_in += 1
                            yield fitted
                        elif self._many_rejects:
                            yield None
                        if rows is not self._rows:
                            break
                    else:  # a blank line is no row: an empty row of one column is written ""
                        lines.mark = after + rows.line_num
                else:
                    going = False
            except (csv.Error, RowTooLongError):
                if (mended := self._mended()) is not None:
                    self.rows_in += 1
                    yield mended
                else:
                    yield from self._reject_to_next()

    def _told_apart(self, row: list[str]) -> list[str]:
        """The row under way, with ``EMPTY`` for cells that have quotes and nothing in them."""
        raw = self._lines.between(self._lines.mark, self._line)
        if self._dialect.delimiter + '""' not in raw and not raw.startswith('""'):
            return row
        cells = self._shapes[0].cells(raw)
        if len(cells) != len(row):
            return row
        return [EMPTY if cell == '""' else text for cell, text in zip(cells, row, strict=True)]

    def _fitted(self, row: list[str], width: int) -> list[str] | None:
        """A row of another width than the header's, or with odd bytes, if it can be used."""
        start, end = self._lines.mark, self._line
        if self._file.odd_lines and self._odd(end):
            reason = self._odd_reason
        elif len(row) > width and any(row[width:]):
            if (mended := self._other_way()) is not None:
                return mended
            reason = f"has {len(row)} cells, the header {width}"
        else:
            self._lines.mark = end + 1
            number, cells = self.rows_in + 1, len(row)
            if cells < width:
                self._say(
                    f"row {number} has {cells} cells of {width}; "
                    "short rows were filled up with empty cells"
                )
            elif cells > width:
                self._say(
                    f"row {number} has {cells} cells, the header {width}; "
                    "empty cells beyond it were left out"
                )
            return row[:width] + [""] * (width - cells)
        self._reject(start, reason, self._lines.between(start, end))
        self._lines.mark = end + 1
        return None

    def _mended(self) -> list[str] | None:
        """The row under way, which the parser cannot read, read another way, if there is one."""
        row = self._other_way()
        if row is None:
            start = self._lines.mark
            row = self._shapes[0].loose_row(self._lines.between(start, start))
            if row is None or any(map(is_odd, row)) or not self._looks_like_rows(start + 1):
                return None
            self._say(
                f"row {self.rows_in + 1} has quotes within quotes that are not doubled; "
                "such quotes were kept where it is plain which cell they are in"
            )
            self._start(start + 1)
        return row

    def _looks_like_rows(self, number: int) -> bool:
        """Whether what comes next may be a row, rather than more of the one before."""
        line = self._lines.between(number, number)
        shape = self._shapes[0]
        return (
            not line or shape.loose_row(line) is not None or self._row_at(number, shape) is not None
        )

    def _other_way(self) -> list[str] | None:
        r"""The row under way in the other way of escaping quotes, if only that fits it."""
        start = self._lines.mark
        if '\\"' not in self._lines.between(start, max(start, self._line)):
            return None
        found = self._row_at(start, self._shapes[1])
        if found is None or any(map(is_odd, found[0])):
            return None
        way = "doubled" if self._dialect.backslash else 'written \\"'
        self._say(f"row {self.rows_in + 1} has quotes {way}; such rows were read so")
        self._start(start + found[1])
        return found[0]

    def _row_at(self, number: int, shape: Shape) -> tuple[list[str], int] | None:
        """The row that starts at a line, and how many lines it takes, if nothing is amiss."""
        for reach in _REACHES:
            text = self._lines.text(number, reach)
            found = shape.row(text)
            if found is not None:
                return found
            if reach > 1:
                self._look_at -= len(text) + _PER_LINE * text.count("\n")
            if self._look_at < 0 or not shape.is_open(text):
                return None
        return None

    def _reject_to_next(self) -> Iterator[None]:
        """Reject all lines up to the next row with which nothing is amiss."""
        start = first = self._lines.mark
        raw: list[str] = []
        for line in self._lines.starting(start):
            if self._lines.mark > start and any(
                self._row_at(self._lines.mark, shape) for shape in self._shapes
            ):
                break
            self._lines.mark += 1
            raw.append(line)
            if len(raw) == _MOST_LINES:  # memory stays that of a batch
                self._reject(first, _QUOTES_AMISS, "".join(raw))
                first, raw = self._lines.mark, []
                yield None
        if raw:
            self._reject(first, _QUOTES_AMISS, "".join(raw))
        self._odd(self._lines.mark - 1)
        self._start(self._lines.mark)
        if self._many_rejects:
            yield None

    def _say(self, note: str) -> None:
        """A note, unless one of its kind was said: they differ in the numbers before ``;``."""
        kind = note.partition(";")[2]
        if kind not in self._said:
            self._said.add(kind)
            self.notes.append(note)


def _cells(rows: list[list[str]]) -> Callable[[int], list[Any]]:
    return lambda at: [row[at] for row in rows]
