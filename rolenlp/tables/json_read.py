"""JSON Lines in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from rolenlp.errors import InputError
from rolenlp.tables.base import (
    BATCH_CHARACTERS,
    LONGEST_ROW,
    TOO_LONG,
    Batch,
    LazyColumns,
    refuse_width,
)
from rolenlp.tables.text import TextFile
from rolenlp.tables.text_read import TextReader

_PEEK = 1000  # rows whose keys are known before the first batch
_MOST_DIGITS = 4000  # of a whole number; Python refuses to read some more
_TO_NEXT = re.compile(r"[ \t\r\n,:]*")


@dataclass(frozen=True)
class _JsonRow:
    line: str
    values: dict[str, Any]


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
        self._see(row for row in self._head if row)
        if self._rejects and not any(self._head):
            first = self._rejects[0]
            raise InputError(
                f"{self.source}: none of its first {len(self._head):,} lines can be used: "
                f"line {first.line} {first.reason}; a line holds one JSON object"
            )

    def __iter__(self) -> Iterator[Batch]:
        rows = chain(self._head, self._rest)
        first = 1
        while taken := self._some(rows, self._batch_size):
            batch = [row for row in taken if row]
            self._see(batch)
            columns = LazyColumns(len(self.names), _values(batch, self.names))
            lines = [row.line for row in batch]
            yield Batch(first, len(batch), columns, lines, sum(map(len, lines)))
            first += len(batch)

    def see_all_names(self) -> None:
        """Complete ``names``, by a pass over the whole file."""
        if not self._ended:
            again = TextFile(self.path, self._encoding)
            try:
                self._see(
                    row
                    for _, line in _lines(again)
                    if len(line) < LONGEST_ROW and (row := _parsed(line))
                )
            finally:
                again.close()

    def _rows(self) -> Iterator[_JsonRow | None]:
        """The rows; None for one that cannot be used."""
        for number, line in _lines(self._file):
            odd = self._file.odd_lines and self._odd(number)
            row = _parsed(line) if len(line) < LONGEST_ROW and not odd else None
            if len(line) >= LONGEST_ROW:
                self._reject(number, TOO_LONG, line)
            elif odd:
                self._reject(number, self._odd_reason, line)
            elif row is None:
                self._reject(number, "is not a JSON object", line)
            elif isinstance(row.values, _Twins):
                self._reject(number, "has a key twice", line)
                row = None
            else:
                self.rows_in += 1
            yield row
        self._ended = True

    def _some(self, rows: Iterator[_JsonRow | None], most: int) -> list[_JsonRow | None]:
        """The next rows, fewer than `most` where they are long."""
        taken: list[_JsonRow | None] = []
        characters = 0
        for row in rows:
            taken.append(row)
            characters += len(row.line) if row else 0
            if len(taken) >= most or characters >= BATCH_CHARACTERS or self._held_enough:
                break
        return taken

    def _see(self, rows: Iterator[_JsonRow] | Sequence[_JsonRow]) -> None:
        for row in rows:
            if not self._known.issuperset(row.values):
                fresh = [name for name in row.values if name not in self._known]
                self.names += fresh
                self._known.update(fresh)
                refuse_width(self.source, len(self.names))


def _values(rows: list[_JsonRow], names: Sequence[str]) -> Callable[[int], list[Any]]:
    return lambda at: [row.values.get(names[at]) for row in rows]


def _lines(file: TextFile) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers; the start of one that is too long."""
    goes_on = False
    for number, line in enumerate(file.lines(newline="\n"), start=1):
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
_decode = _json.decode
_as_spelt = json.JSONDecoder(
    strict=False, parse_int=str, parse_float=str, parse_constant=str
).decode
_TRUTH = {True: "true", False: "false"}


def written(line: str) -> dict[str, str | None]:
    """The members of an object, each value as the line spells it; strings without their quotes.

    Null is None. Numbers keep their zeros and digits, nested values their spaces.
    """
    members = _as_spelt(line)
    if not any(isinstance(value, dict | list) for value in members.values()):  # as mostly
        return {key: _TRUTH.get(value, value) for key, value in members.items()}
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


def _parsed(line: str) -> _JsonRow | None:
    try:
        values = _decode(line)
    except (ValueError, RecursionError):
        return None
    return _JsonRow(line, values) if isinstance(values, dict) else None
