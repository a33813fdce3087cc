"""What is left of a CSV row that the csv module cannot parse, and where the next row starts."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain, islice

from rolenlp.tables.found import Dialect

__all__ = ["KeptLines", "RowTooLongError", "Shape", "line_count"]

_MOST_BLOCKS = 1024  # of 64 KB and more: a row that takes them all has lost its closing quote
_ENDS = re.compile(r"\r\n|\r|\n")


class RowTooLongError(Exception):
    """A row goes on for so long that its quotes must be wrong."""


class KeptLines:
    """The lines of a text, kept from the one numbered ``mark`` on, so as to be read again."""

    def __init__(self, blocks: Iterator[list[str]]) -> None:
        self.mark = 1
        self._blocks = blocks
        self._kept: deque[tuple[int, list[str]]] = deque()
        self._next = 1

    def starting(self, number: int) -> Iterator[str]:
        """The lines from a number on.

        Raises RowTooLongError where far more lines are asked for than one row can have.
        """
        return chain.from_iterable(self._blocks_from(number))

    def between(self, first: int, last: int) -> str:
        """The lines from one number to another, both included."""
        return "".join(islice(self.starting(first), last + 1 - first))

    def text(self, number: int, reach: int) -> str:
        """The lines from a number on, as many whole ones as it takes to have ``reach`` characters.

        Empty at the end of the file.
        """
        out: list[str] = []
        for line in self.starting(number):
            out.append(line)
            reach -= len(line)
            if reach <= 0:
                break
        return "".join(out)

    def _blocks_from(self, number: int) -> Iterator[Iterable[str]]:
        at = number
        while True:
            for first, block in self._kept:
                if first <= at < first + len(block):
                    break
            else:
                first, block = self._next, next(self._blocks, [])
                if not block:
                    return
                self._forget(min(self.mark, at))
                self._kept.append((first, block))
                self._next += len(block)
                if len(self._kept) > _MOST_BLOCKS:
                    raise RowTooLongError
            # Not a slice: often only a line or two of a block are wanted.
            yield map(block.__getitem__, range(at - first, len(block))) if at > first else block
            at = first + len(block)

    def _forget(self, number: int) -> None:
        """Let go of blocks that end before a line."""
        while self._kept and self._kept[0][0] + len(self._kept[0][1]) <= number:
            self._kept.popleft()


class Shape:
    """What a row of ``width`` cells looks like in a dialect, when nothing is amiss with it."""

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._dialect = dialect
        self._width = width
        mark = re.escape(dialect.delimiter)
        # A quote within a cell without quotes: a 6" pipe, and not the end of a cell cut off.
        if dialect.backslash:
            within = r'[^"\\]*+(?:(?:\\.|"")[^"\\]*+)*+'
            plain = rf'[^"\\\r\n{mark}]*+(?:(?:\\.|(?<=\d)")[^"\\\r\n{mark}]*+)*+'
        else:
            within = '[^"]*+(?:""[^"]*+)*+'
            plain = rf'[^"\r\n{mark}]*+(?:(?<=\d)"[^"\r\n{mark}]*+)*+'
        end = r"(?:\r\n|\r|\n|\Z)"
        cell = f'(?:"{within}"|{plain})(?={mark}|{end})'
        self._row = re.compile(f"{cell}(?:{mark}{cell})*+{end}", re.DOTALL)
        self._open = re.compile(rf'(?:{cell}{mark})*+"{within}\Z', re.DOTALL)
        self._written = re.compile(rf'(?:\A|{mark})("{within}"|[^\r\n{mark}]*+)', re.DOTALL)
        # Quotes within quotes that are not doubled: the cell ends at one with a delimiter after.
        loose = rf'"(?:[^"\r\n]|"(?!{mark}|{end}))*+"|"[^"\r\n{mark}]*+"[^"\r\n{mark}]*+'
        self._cell = re.compile(rf'({loose}|[^"\r\n{mark}]*+)({mark}|{end})')

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

    def is_open(self, text: str) -> bool:
        """Whether the row that a text starts with goes on after it."""
        return self._open.match(text) is not None

    def loose_row(self, line: str) -> list[str] | None:
        """The cells of one line with quotes amiss, all other characters kept; None if unclear."""
        row, at = [], 0
        while found := self._cell.match(line, at):
            cell = found[1]
            quoted = len(cell) > 1 and cell[0] == cell[-1] == '"'
            row.append(cell[1:-1].replace('""', '"') if quoted else cell)
            at = found.end()
            if not found[2].startswith(self._dialect.delimiter):
                return row if len(row) == self._width and at == len(line) else None
        return None


def line_count(raw: str) -> int:
    """How many lines a text has; an end at its end starts no other."""
    return len(_ENDS.findall(raw)) + (bool(raw) and raw[-1] not in "\r\n")
