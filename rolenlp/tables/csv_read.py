"""CSV and TSV in: every row comes back, or is set aside as it was."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.base import (
    BATCH_CHARACTERS,
    LONGEST_ROW,
    TOO_LONG,
    Batch,
    Portion,
    refuse_width,
)
from rolenlp.tables.column_names import is_usual
from rolenlp.tables.dialect import (
    DELIMITERS,
    Dialect,
    find_dialect,
    given_delimiter,
    lines_above,
    separator_line,
)
from rolenlp.tables.recover import KeptLines, RowTooLongError, Shape, line_count
from rolenlp.tables.text import MOST_RAW, TextFile, TextReader, is_odd
from rolenlp.tables.values import EMPTY

_LONGEST_CELL = 2**31 - 1  # characters; the csv module's own limit is 131,072
_NO_DELIMITER = "\ud800"  # for a table that has one column; no decoded text holds it
_REACH = 1 << 10  # characters looked at, beyond a line, for the end of a row; then ever more
_MOST_LOOKED_AT = 1 << 26  # characters, of all rows that turn out to be none: seconds
_PER_LINE = 32  # characters that take as long as a line
_MOST_LINES = 10_000  # of one rejected row
_MOST_TOGETHER = 1 << 20  # characters of them
_QUOTES_AMISS = "has quotes that do not match"


class CsvReader(TextReader):
    """CSV and TSV. ``delimiter``, ``line_end`` and ``mark`` are for a writer to do likewise."""

    def __init__(
        self, file: TextFile, path: str, kind: str, delimiter: str | None, batch_size: int
    ) -> None:
        super().__init__(file, path, batch_size)
        csv.field_size_limit(_LONGEST_CELL)
        self.format = kind
        delimiters = self._delimiters(kind, delimiter)
        above, sample = self._without_notes(delimiters)
        self._dialect = self._settle_dialect(delimiters, sample)
        self.mark = file.mark
        self.line_end = "\r\n" if file.sample.partition("\n")[0].endswith("\r") else "\n"
        self._lines = KeptLines(file.blocks(newline=""))
        self._said: set[str] = set()
        self._look_at = _MOST_LOOKED_AT
        # A row within quotes where a line starts, up to this one, cannot be read: such a row was
        # tried, and all of them go on alike. For the dialect, and for the other way of escaping.
        self._amiss = [0, 0]
        self._start(above + 1)
        self.names = self._header()
        if len(delimiters) > 1 and len(self.names) == 1:
            self._dialect = replace(self._dialect, delimiter=_NO_DELIMITER)
        width = len(self.names)
        refuse_width(self.source, width)
        self._shapes = [
            Shape(replace(self._dialect, backslash=backslash), width)
            for backslash in (self._dialect.backslash, not self._dialect.backslash)
        ]
        self._start(self._lines.mark)

    def _delimiters(self, kind: str, given: str | None) -> str:
        """The delimiter that is given, or that a line or the format names; else all it may be."""
        if given is not None:
            return given_delimiter(given, self.source)
        named = separator_line(self._file.sample)
        if named and named not in '"\\\r':
            return named
        return "\t" if kind == "tsv" else DELIMITERS

    def _without_notes(self, delimiters: str) -> tuple[int, str]:
        """How many lines stand above the header, and the sample without them."""
        sample = self._file.sample
        named = separator_line(sample)
        lines = io.StringIO(sample, newline="")
        above = len([lines.readline()]) if named else 0
        above += lines_above(sample[lines.tell() :], delimiters, is_usual)
        lines.seek(0)
        for _ in range(above):
            lines.readline()
        if above > bool(named):
            self.notes.append(f"lines above the header, left out: {above}")
        return above, lines.read()

    def _settle_dialect(self, delimiters: str, sample: str) -> Dialect:
        dialect = find_dialect(sample, delimiters, self._file.whole)
        self.delimiter = dialect.delimiter
        if len(delimiters) > 1 and self.delimiter != ",":
            self.notes.append(f"delimiter: {json.dumps(self.delimiter)}")
        if dialect.backslash:
            self.notes.append('quotes within quotes: written \\"')
        if dialect.spaced:
            self.notes.append("blanks after a delimiter, and around quotes: left out")
        return dialect

    def _start(self, number: int) -> None:
        """Parse from a line on."""
        self._lines.mark = number
        self._before = number - 1
        lines = self._lines.lines(number)
        if number < self._amiss[0]:
            lines = self._unless_amiss(number, lines)
        self._rows = self._dialect.rows(lines)

    def _unless_amiss(self, number: int, lines: Iterator[str]) -> Iterator[str]:
        """Lines from a number on, up to where a row that is known to go amiss asks for more."""
        for at, line in enumerate(lines, start=number):
            if self._lines.mark < at <= self._amiss[0]:
                raise csv.Error(_QUOTES_AMISS)
            yield line
            if at >= self._amiss[0]:
                break
        yield from lines

    @property
    def _line(self) -> int:
        """Number of the last line that the parser has taken."""
        return self._before + self._rows.line_num

    def _header(self) -> list[str]:
        names: list[str] = []
        amiss = ""
        try:
            names = next(filter(None, self._rows), [])
        except RowTooLongError:
            amiss = f"{TOO_LONG}; mend it"
        except csv.Error:
            amiss = f"{_QUOTES_AMISS}; mend it"
        self._lines.mark = self._line + 1
        if self._is_odd(names):
            amiss = f"{self._odd_reason}; give another --encoding"
        if amiss:
            raise InputError(f"{self.source}: the first row, which names the columns, {amiss}")
        return names

    def texts(self, batch: Batch) -> Sequence[list[str | None]]:
        """The columns of a batch as text; None for cells without quotes or anything in them."""
        rows = [[cell if cell or cell is EMPTY else None for cell in row] for row in batch.native]
        return list(map(list, zip(*rows, strict=True))) or [[] for _ in self.names]

    def values(self, batch: Batch) -> Sequence[list[Any]]:
        """As `texts`: cells are text."""
        return self.texts(batch)

    def _portions(self) -> Iterator[Portion]:
        width, characters = len(self.names), 0
        batch: list[list[str]] = []
        for row in self._all_rows(width):
            if row is not None:
                self.rows_in += 1
                batch.append(row)
                characters += width + sum(map(len, row))
                if (
                    len(batch) < self._batch_size
                    and characters < BATCH_CHARACTERS
                    and not self._file.silent(self._line)
                ):
                    continue
            if batch or self._rejects:
                yield len(batch), _column(batch), batch, characters
            batch, characters = [], 0
        if batch:
            yield len(batch), _column(batch), batch, characters

    def _all_rows(self, width: int) -> Iterator[list[str] | None]:
        """The rows; None where rejected ones have piled up."""
        lines, mends = self._lines, self._file.mends
        going = True
        while going:
            rows, after = self._rows, self._before + 1
            try:
                for row in rows:
                    if len(row) == width and (mends or not self._is_odd(row)):  # as nearly always
                        if "" in row:
                            row = self._told_apart(row)
                        lines.mark = after + rows.line_num
                        yield row
                    elif row:
                        fitted = self._fitted(row, width)
                        if fitted is not None or self._many_rejects:
                            yield fitted
                        if rows is not self._rows:
                            break
                    else:  # a blank line is no row: an empty row of one column is written ""
                        lines.mark = after + rows.line_num
                        if self._file.silent(self._line):
                            yield None
                else:
                    going = False
            except RowTooLongError:
                yield from self._reject_long()
            except csv.Error:
                if self._line > lines.mark:
                    self._amiss[0] = max(self._amiss[0], self._line)
                if (mended := self._mended()) is not None:
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
        if self._is_odd(row):
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
        try:
            line = self._lines.between(number, number)
        except RowTooLongError:
            return True
        return (
            not line
            or self._shapes[0].loose_row(line) is not None
            or self._row_at(number, 0) is not None
        )

    def _other_way(self) -> list[str] | None:
        r"""The row under way in the other way of escaping quotes, if only that fits it."""
        start = self._lines.mark
        if '\\"' not in self._lines.between(start, max(start, self._line)):
            return None
        found = self._row_at(start, 1)
        if found is None or any(map(is_odd, found[0])):
            return None
        way = "doubled" if self._dialect.backslash else 'written \\"'
        self._say(f"row {self.rows_in + 1} has quotes {way}; such rows were read so")
        self._start(start + found[1])
        return found[0]

    def _row_at(self, number: int, way: int) -> tuple[list[str], int] | None:
        """The row that starts at a line, and how many lines it takes, if nothing is amiss.

        `way` is the place of the way of escaping in ``_shapes``.
        """
        shape, reach, looked_at = self._shapes[way], 1, 0
        while True:
            try:
                text = self._lines.text(number, reach)
            except RowTooLongError:
                return None
            found = shape.row(text)
            if found is not None:
                return found
            if looked_at:
                self._look_at -= len(text) + _PER_LINE * text.count("\n")
            open_to = shape.open_to(text)
            if open_to < len(text) or len(text) == looked_at:  # amiss, or the end of the file
                amiss = number + line_count(text[:open_to]) - 1
                self._amiss[way] = max(self._amiss[way], amiss)
                return None
            if self._look_at < 0 or number < self._amiss[way]:
                return None
            looked_at = len(text)
            reach = max(_REACH, 2 * looked_at)

    def _reject_to_next(self) -> Iterator[None]:
        """Reject all lines up to the next row with which nothing is amiss, one at the least."""
        start = first = self._lines.mark
        raw: list[str] = []
        held = 0
        for line in self._lines.lines(start, None):
            if len(line) >= LONGEST_ROW or (
                self._lines.mark > start
                and (self._row_at(self._lines.mark, 0) or self._row_at(self._lines.mark, 1))
            ):
                break
            self._lines.mark += 1
            raw.append(line)
            held += len(line)
            if len(raw) == _MOST_LINES or held > _MOST_TOGETHER:  # memory stays that of a batch
                self._reject(first, _QUOTES_AMISS, "".join(raw))
                first, raw, held = self._lines.mark, [], 0
                yield None
        if raw:
            self._reject(first, _QUOTES_AMISS, "".join(raw))
        self._start(self._lines.mark)
        if self._many_rejects:
            yield None

    def _reject_long(self) -> Iterator[None]:
        """Reject the row under way, which is too long, up to its end; no row is looked for in it.

        Where its quotes turn out to be amiss, it ends before that line.
        """
        start, taken = self._lines.mark, self._line
        raw = ""
        within = taken >= start  # quotes; a row goes on over the end of a line for nothing else
        long = False  # whether this is part of a line that is too long: its quotes are counted
        cut = ""
        for at, line in enumerate(self._lines.lines(start, None), start):
            ended = line[-1] in "\r\n"
            if long or len(line) >= LONGEST_ROW:
                quotes, cut = self._shapes[0].quotes(cut + line)
                within ^= quotes % 2 == 1
                long = not ended
            elif at > taken and (ends := self._shapes[0].ends(line)) is not False:
                if ends is None:
                    break
                within = False
            self._lines.mark += 1
            raw += line if len(raw) < MOST_RAW else ""
            if at > taken and not (within or long):
                break
        self._reject(start, TOO_LONG, raw)
        self._start(self._lines.mark)
        yield None

    @property
    def _many_rejects(self) -> bool:
        return (
            len(self._rejects) >= self._batch_size
            or self._held_enough
            or self._file.silent(self._line)
        )

    def _say(self, note: str) -> None:
        """A note, unless one of its kind was said: they differ in the numbers before ``;``."""
        kind = note.partition(";")[2]
        if kind not in self._said:
            self._said.add(kind)
            self.notes.append(note)


def _column(rows: list[list[str]]) -> Callable[[int], list[Any]]:
    return lambda at: [row[at] for row in rows]
