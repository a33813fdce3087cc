"""JSON Lines in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.base import BATCH_CHARACTERS, LONGEST_ROW, TOO_LONG, Portion, refuse_width
from rolenlp.tables.text import TextFile, TextReader

_PEEK = 1000  # rows whose keys are known before the first batch
_MOST_DIGITS = 4000  # of a whole number; Python refuses to read some more
_TO_NEXT = re.compile(r"[ \t\r\n,:]*")

_Row = tuple[str, dict[str, Any]]  # a line, and what is in it


class JsonReader(TextReader):
    """JSON Lines: an object a line; blank lines are no rows."""

    format = "jsonl"

    def __init__(self, file: TextFile, path: str, encoding: str | None, batch_size: int) -> None:
        super().__init__(file, path, batch_size)
        self._encoding = encoding
        self._ended = False
        self._rest = self._rows()
        self._head = self._some(self._rest, _PEEK)
        self.names = []
        self._known: set[str] = set()
        self._see(values for _, values in filter(None, self._head))
        if self._rejects and not any(self._head):
            first = self._rejects[0]
            raise InputError(
                f"{self.source}: none of its first {len(self._head):,} lines can be used: "
                f"line {first.line} {first.reason}; a line holds one JSON object"
            )

    def _portions(self) -> Iterator[Portion]:
        rows = chain(self._head, self._rest)
        while taken := self._some(rows, self._batch_size):
            lines = [row[0] for row in taken if row]
            objects = [row[1] for row in taken if row]
            self._see(objects)
            yield len(lines), _column(objects, self.names), lines, sum(map(len, lines))

    def see_all_names(self) -> None:
        """Complete ``names``, by a pass over the whole file."""
        if not self._ended:
            again = TextFile(self.path, self._encoding)
            try:
                self._see(
                    values
                    for _, line in _lines(again)
                    if len(line) < LONGEST_ROW and (values := _parsed(line))
                )
            finally:
                again.close()

    def _rows(self) -> Iterator[_Row | None]:
        """The rows; None for one that cannot be used."""
        for number, line in _lines(self._file):
            row = None
            if len(line) >= LONGEST_ROW:
                self._reject(number, TOO_LONG, line)
            elif self._is_odd([line]):
                self._reject(number, self._odd_reason, line)
            elif (values := _parsed(line)) is None:
                self._reject(number, "is not a JSON object", line)
            elif isinstance(values, _Twins):
                self._reject(number, "has a key twice", line)
            else:
                self.rows_in += 1
                row = line, values
            yield row
        self._ended = True

    def _some(self, rows: Iterator[_Row | None], most: int) -> list[_Row | None]:
        """The next rows, fewer than `most` where they are long."""
        taken: list[_Row | None] = []
        characters = 0
        for row in rows:
            taken.append(row)
            characters += len(row[0]) if row else 0
            if len(taken) >= most or characters >= BATCH_CHARACTERS or self._held_enough:
                break
        return taken

    def _see(self, objects: Iterable[dict[str, Any]]) -> None:
        for each in objects:
            if not self._known.issuperset(each):
                self.names += [name for name in each if name not in self._known]
                self._known.update(each)
                refuse_width(self.source, len(self.names))


def _column(objects: list[dict[str, Any]], names: Sequence[str]) -> Callable[[int], list[Any]]:
    return lambda at: [each.get(names[at]) for each in objects]


def _lines(file: TextFile) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers; the start of one that is too long."""
    goes_on = False
    for number, line in enumerate(chain.from_iterable(file.blocks("\n")), start=1):
        if len(line) >= LONGEST_ROW or goes_on:
            if not goes_on:
                yield number, line
            goes_on = line[-1] != "\n"
        elif stripped := line.strip(" \t\r\n"):
            yield number, stripped


class _Twins(dict[str, Any]):
    """The members of an object that has a key twice."""


def _object(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    return found if len(found) == len(members) else _Twins(found)


def _whole(digits: str) -> float:
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


# Not strict: a line break within a string does no harm.
_json = json.JSONDecoder(strict=False, object_pairs_hook=_object, parse_int=_whole)


def written(line: str) -> dict[str, str | None]:
    """The members of an object, each value as the line spells it; strings without their quotes.

    Null is None. Numbers keep their zeros and digits, nested values their spaces.
    """
    found: dict[str, str | None] = {}
    at = _after_marks(line, 1)
    while line[at] != "}":
        key, at = _json.raw_decode(line, at)
        at = _after_marks(line, at)
        value, end = _json.raw_decode(line, at)
        if isinstance(value, str):
            found[key] = value
        else:
            found[key] = None if value is None else line[at:end]
        at = _after_marks(line, end)
    return found


def _after_marks(line: str, at: int) -> int:
    """Where the next key or value starts, or the object ends."""
    found = _TO_NEXT.match(line, at)
    return found.end() if found else at


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        values = _json.decode(line)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None
