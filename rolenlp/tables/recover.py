"""What is left of a CSV row that the csv module cannot parse, and where the next row starts."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from rolenlp.tables.base import LONGEST_ROW
from rolenlp.tables.dialect import Dialect

_ENDS = re.compile(r"\r\n|\r|\n")
_ESCAPED = re.compile(r"\\.", re.DOTALL)


class RowTooLongError(Exception):
    """A row goes on for more than `LONGEST_ROW` characters, but for a block or two."""


class KeptLines:
    """The lines of a text, kept from the one numbered ``mark`` on, so as to be read again.

    Parts of a line that is too long for a row are given out by :meth:`lines` without `most` alone.
    """

    def __init__(self, blocks: Iterator[list[str]]) -> None:
        self.mark = 1
        self._blocks = blocks
        self._kept: deque[tuple[int, list[str], int]] = deque()  # with the characters of each
        self._next = 1

    def lines(self, number: int, most: int | None = LONGEST_ROW) -> Iterator[str]:
        """The lines from a number on.

        Raises RowTooLongError where more is asked for than a row from ``mark`` on can have; where
        there is no `most`, move ``mark`` along.
        """
        return chain.from_iterable(self._blocks_from(number, most))

    def between(self, first: int, last: int) -> str:
        """The lines from one number to another, both included."""
        return "".join(islice(self.lines(first), last + 1 - first))

    def text(self, number: int, reach: int) -> str:
        """The lines from a number on, as many whole ones as it takes to have ``reach`` characters.

        Empty at the end of the file.
        """
        out: list[str] = []
        for line in self.lines(number):
            out.append(line)
            reach -= len(line)
            if reach <= 0:
                break
        return "".join(out)

    def _blocks_from(self, number: int, most: int | None) -> Iterator[Iterable[str]]:
        at = number
        while True:
            for first, block, size in self._kept:  # noqa: B007
                if first <= at < first + len(block):
                    break
            else:
                first, block = self._next, next(self._blocks, [])
                if not block:
                    return
                size = sum(map(len, block))
                needed = min(self.mark, at)
                while self._kept and self._kept[0][0] + len(self._kept[0][1]) <= needed:
                    self._kept.popleft()
                self._kept.append((first, block, size))
                self._next += len(block)
                # A row from the first to the last block kept takes those between them whole.
                between = islice(self._kept, 1, len(self._kept) - 1)
                if most and sum(size for _, _, size in between) >= most:
                    raise RowTooLongError
            if most and size >= most:  # a block that long is a single line
                raise RowTooLongError
            # Not a slice: often only a line or two of a block are wanted.
            yield map(block.__getitem__, range(at - first, len(block))) if at > first else block
            at = first + len(block)


class Shape:
    """What a row of ``width`` cells looks like in a dialect, when nothing is amiss with it."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._dialect = dialect
        self._width = width
        mark = re.escape(dialect.delimiter)
        # A quote within a cell without quotes: a 6" pipe, and not the end of a cell cut off.
        slash, pair = (r"\\", r"\\.|") if dialect.backslash else ("", "")
        within = rf'[^"{slash}]*+(?:(?:{pair}"")[^"{slash}]*+)*+'
        plain = rf'[^"{slash}\r\n{mark}]*+(?:(?:{pair}(?<=\d)")[^"{slash}\r\n{mark}]*+)*+'
        end = r"(?:\r\n|\r|\n|\Z)"
        blanks = dialect.blanks
        cell = f'(?:{blanks}"{within}"{blanks}|{plain})(?={mark}|{end})'
        # Never more cells than the header has: what comes after them is looked at once, by the
        # row that it is in, and not by each row before.
        self._row = re.compile(f"{cell}(?:{mark}{cell}){{0,{width - 1}}}+{end}", re.DOTALL)
        self._open = re.compile(rf'(?:{cell}{mark}){{0,{width - 1}}}+{blanks}"{within}', re.DOTALL)
        self._written = re.compile(rf'(?:\A|{mark}){blanks}("{within}"|[^\r\n{mark}]*+)', re.DOTALL)
        self._end = re.compile(f"{blanks}(?:{mark}|{end})")
        # Lines on which a row ends, or goes on, that was within quotes before; one is put in front.
        self._rest = re.compile(
            f'"{within}"{blanks}(?:{mark}{cell}){{0,{width - 1}}}+{end}\\Z', re.DOTALL
        )
        # Quotes within quotes that are not doubled: the cell ends at one with a delimiter after.
        self._closing = re.compile(rf'"(?={blanks}(?:{mark}|\Z))')
        self._blank = (" ",) if dialect.delimiter == "\t" else (" ", "\t")

    def cells(self, text: str) -> list[str]:
        """The cells of a row with which nothing is amiss, as they are written."""
        return self._written.findall(text)

    def row(self, text: str) -> tuple[list[str], int] | None:
        """The row that a text starts with, and how many lines it takes, if nothing is amiss."""
        found = self._row.match(text)
        if found is None:
            return None
        try:
            row = next(self._dialect.rows(io.StringIO(found[0], newline="")), [])
        except csv.Error:
            return None
        return (row, line_count(found[0])) if len(row) == self._width else None

    def open_to(self, text: str) -> int:
        """How far into a text its first row stays open, to end amiss there; 0 if it does not.

        All of the text, if the row goes on after it.
        """
        found = self._open.match(text)
        if found is None:
            return 0
        end = found.end()
        well = end < len(text) and text[end] == '"' and self._end.match(text, end + 1)
        return 0 if well else end

    def quotes(self, part: str) -> tuple[int, str]:
        """How many quotes part of a line has that no backslash escapes, and what the next lacks.

        That is a backslash whose character comes next.
        """
        plain = _ESCAPED.sub("", part) if self._dialect.backslash else part
        return plain.count('"'), "\\" if self._dialect.backslash and plain[-1:] == "\\" else ""

    def ends(self, line: str) -> bool | None:
        """Whether a row that is within quotes ends with a line; None if the line is amiss."""
        if '"' not in line:
            return False
        if self._rest.match('"' + line):
            return True
        return False if self.open_to('"' + line) > len(line) else None

    def loose_row(self, line: str) -> list[str] | None:
        """The cells of one line with quotes amiss, all other characters kept; None if unclear."""
        row: list[str] = []
        body = line.rstrip("\r\n")
        closings = (found.start() for found in self._closing.finditer(body))
        at, closing = 0, -1
        while len(row) < self._width:
            at = self._past_blanks(body, at)
            quoted = body.startswith('"', at)
            while quoted and closing <= at:  # each is looked for once, whichever cell it ends
                closing = next(closings, len(body))
            if quoted and closing < len(body):
                row.append(body[at + 1 : closing].replace('""', '"'))
                at = self._past_blanks(body, closing + 1)
            else:
                start, at = at, body.find(self._dialect.delimiter, at)
                at = len(body) if at < 0 else at
                row.append(body[start:at])
                quotes = row[-1].count('"')
                if quotes and not (quoted and quotes == 2):
                    return None
            if at == len(body):
                return row if len(row) == self._width else None
            at += 1
        return None

    def _past_blanks(self, body: str, at: int) -> int:
        while self._dialect.spaced and body.startswith(self._blank, at):
            at += 1
        return at


def line_count(raw: str) -> int:
    """How many lines a text has; an end at its end starts no other."""
    return len(_ENDS.findall(raw)) + (bool(raw) and raw[-1] not in "\r\n")
