"""JSON in: an object a line, or an array of objects."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from itertools import chain
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
from rolenlp.tables.text import TextFile, TextReader

_PEEK = 1000  # rows whose keys are known before the first batch
_MOST_DIGITS = 4000  # of a whole number; Python refuses to read some more
_TO_NEXT = re.compile(r"[ \t\r\n,:]*")
_AFTER_OBJECT = re.compile(r"[ \t\r\n,}]*")

_Row = tuple[str, dict[str, Any]]  # a line, and what is in it


class JsonReader(TextReader):
    """JSON: an object a line, blank lines are no rows; in ``.json`` also objects in an array."""

    def __init__(
        self, file: TextFile, path: str, kind: str, encoding: str | None, batch_size: int
    ) -> None:
        super().__init__(file, path, batch_size)
        self.format = kind
        self._objects = _lines
        within = array_within(file.sample) if kind == "json" else None
        if within is not None:
            self._objects = _objects_within
            self.notes.append("what stands around its array of ads was left out")
        elif kind == "json" and not _starts_with_an_object(file.sample):
            self._objects = _objects
        self._encoding = encoding
        self._ended = False
        self._at = 0  # number of the line that the last row starts in
        self._rest = self._rows()
        self._head: deque[_Row | None] = deque()
        self._head.extend(self._some(self._rest, _PEEK))
        self.names = []
        self._known: set[str] = set()
        self._see(values for _, values in filter(None, self._head))
        if self._rejects and not any(self._head):
            first = self._rejects[0]
            raise InputError(
                f"{self.source}: none of its first {len(self._rejects):,} rows can be used: "
                f"line {first.line} {first.reason}; "
                + (
                    "a line holds one JSON object"
                    if self._objects is _lines
                    else "it holds JSON objects in an array, or one a line"
                )
            )
        within = file.sample.lstrip(_BLANK).startswith("{") and self._ended and self.rows_in == 1
        only = self._head[0][1].values() if kind == "json" and within and self._head[0] else ()
        if only and all(isinstance(value, dict | list) for value in only):
            raise InputError(
                f"{self.source}: holds one object of objects or lists, and not an object for each "
                'ad; pandas writes these with to_json(orient="records")'
            )

    def texts(self, batch: Batch) -> Sequence[list[str | None]]:
        """The columns of a batch as the objects spell them, see `written`."""
        members = [written(line) for line in batch.native]
        return [[each.get(name) for each in members] for name in self.names]

    def values(self, batch: Batch) -> Sequence[list[Any]]:
        """The columns of a batch; numbers that no float holds, like 1e400, as they are spelt."""
        columns = list(batch.columns)
        floats = [at for at, each in enumerate(columns) if any(isinstance(v, float) for v in each)]
        texts = self.texts(batch) if floats else ()
        for at in floats:
            spelt = zip(columns[at], texts[at], strict=True)
            columns[at] = [text if _rounded(value, text) else value for value, text in spelt]
        return columns

    def _portions(self) -> Iterator[Portion]:
        rows = self._all_rows()
        while taken := self._some(rows, self._batch_size):
            lines = [row[0] for row in taken if row]
            objects = [row[1] for row in taken if row]
            self._see(objects)
            if lines or self._rejects:
                yield len(lines), _column(objects, self.names), lines, sum(map(len, lines))

    def see_all_names(self) -> None:
        """Complete ``names``, by a pass over the whole file.

        Raises InputError where it cannot be read twice.
        """
        if self.state is None:
            raise InputError(
                f"{self.source}: is no regular file, so its columns are known at its end only; "
                "save it as a file first, or write JSON lines"
            )
        if not self._ended:
            again = TextFile(self.path, self._encoding)
            try:
                self._see(
                    values
                    for _, line in self._objects(again)
                    if len(line) < LONGEST_ROW and (values := _parsed(line))
                )
            finally:
                again.close()

    def _all_rows(self) -> Iterator[_Row | None]:
        """The rows from the first on."""
        while self._head:
            yield self._head.popleft()
        yield from self._rest

    def _rows(self) -> Iterator[_Row | None]:
        """The rows; None for one that cannot be used, and for a line that is none."""
        for number, line in self._objects(self._file):
            row, self._at = None, number
            if not line:
                pass
            elif len(line) >= LONGEST_ROW:
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
        """The next rows, fewer than `most` where they are long, or no more come for now."""
        taken: list[_Row | None] = []
        characters = 0
        for row in rows:
            taken.append(row)
            characters += len(row[0]) if row else 0
            if len(taken) >= most or characters >= BATCH_CHARACTERS or self._held_enough:
                break
            if not self._head and self._file.silent(self._at):
                break
        return taken

    def _see(self, objects: Iterable[dict[str, Any]]) -> None:
        for each in objects:
            if not self._known.issuperset(each):
                self.names += [name for name in each if name not in self._known]
                self._known.update(each)
                refuse_width(self.source, len(self.names))


def _rounded(value: Any, text: str | None) -> bool:
    """Whether a value is a float that is not the number which its text spells."""
    return isinstance(value, float) and Decimal(repr(value)) != Decimal(text or "")


def _column(objects: list[dict[str, Any]], names: Sequence[str]) -> Callable[[int], list[Any]]:
    return lambda at: [each.get(names[at]) for each in objects]


def _lines(file: TextFile) -> Iterator[tuple[int, str]]:
    """The lines without blanks around them, with their numbers; of one too long its start."""
    goes_on = False
    for number, line in enumerate(chain.from_iterable(file.blocks("\n")), start=1):
        if len(line) >= LONGEST_ROW or goes_on:
            if not goes_on:
                yield number, line
            goes_on = line[-1] != "\n"
        else:
            yield number, line.strip(" \t\r\n")


_BLANK = " \t\r\n"
_MARK = re.compile(r'["{}\[\],]')
_STRING = re.compile(r'(?:[^"\\]+|\\.)*+', re.DOTALL)  # up to its end, or that of the text
_BREAKS = re.compile(r'("(?:[^"\\]+|\\.)*+")|[ \t]*[\r\n][ \t\r\n]*', re.DOTALL)


def _starts_with_an_object(sample: str) -> bool:
    """Whether the first line of a text is a JSON object, or the start of a long one."""
    line, _, more = sample.lstrip("\ufeff" + _BLANK).partition("\n")
    return line.startswith("{") and (not more or _parsed(line) is not None)


def array_within(text: str) -> int | None:
    """Where the first ad starts of an array that stands within an object, as services answer.

    None where there is none: what comes before it names a title or a text of its own.
    """
    at = _after_marks(text, 0)
    try:
        if text[at] != "{":
            return None
        at += 1
        while True:
            at = _AFTER_OBJECT.match(text, at).end()  # type: ignore[union-attr]
            key, at = _json.raw_decode(text, at)
            if not isinstance(key, str) or is_usual(key):
                return None
            at = _after_marks(text, at)
            first = _after_marks(text, at + 1)
            if text[at] == "[" and text[first] == "{":
                ad, _ = _json.raw_decode(text, first)
                if any(map(is_usual, ad)):
                    return first
            if text[at] == "{":  # the array may stand in it
                at += 1
            else:
                _, at = _json.raw_decode(text, at)
    except (ValueError, IndexError, RecursionError):  # it ends, or is cut off
        return None


def _objects_within(file: TextFile) -> Iterator[tuple[int, str]]:
    """The values of an array that stands within an object, which is held in memory."""
    text = "".join(chain.from_iterable(file.blocks("\n")))
    at = array_within(text) or 0
    line = 1 + text.count("\n", 0, at)
    while at < len(text) and text[at] != "]":
        try:
            _, end = _json.raw_decode(text, at)
        except (ValueError, RecursionError):
            end = len(text)
        yield line, _on_one_line([text[at:end]])
        after = _after_marks(text, end)
        line += text.count("\n", at, after)
        at = after
    with suppress(ValueError, RecursionError):  # the object has an end
        _, end = _json.raw_decode(text, _after_marks(text, 0))
        if more := text[end:].strip(_BLANK):  # another page, say, of which nothing is lost
            yield 1 + text.count("\n", 0, end), more


def _objects(file: TextFile) -> Iterator[tuple[int, str]]:
    """The values of an array, or of objects one after another, with the lines they start in.

    Each on one line; the start of one that is too long. One that is damaged ends, at the latest,
    where a line is an object by itself.
    """
    depth, in_string, in_array = 0, False, False
    stray = False  # whether a list is no array of objects, as something stands before it
    parts: list[str] = []  # of a value
    start = held = number = 0
    rest = ""
    for number, line in enumerate(chain.from_iterable(file.blocks("\n")), start=1):
        if parts and line.startswith("{") and _parsed(line.rstrip(_BLANK + ",")):
            yield start, _on_one_line(parts)
            parts, depth, in_string = [], 0, False
        text, rest = rest + line, ""
        at = begin = 0
        while at < len(text):
            if in_string:
                at = next(_STRING.finditer(text, at)).end()
                if at == len(text) - 1 and text[at] == "\\":  # what it escapes is still to come
                    text, rest = text[:at], text[at]
                elif at < len(text):
                    in_string, at = False, at + 1
                continue
            mark = _MARK.search(text, at)
            if mark is None:
                break
            sign, at = mark[0], mark.end()
            end = -1  # of a value, before or with this sign
            if sign == '"':
                in_string = True
            elif sign == "[" and not (
                depth or in_array or parts or stray or text[begin : mark.start()].strip(_BLANK)
            ):
                in_array, begin = True, at
            elif sign in "{[":
                stray |= not depth and sign == "["
                depth += 1
            elif depth and sign in "}]":
                depth -= 1
                if sign == "}" and not depth:
                    end = at
            elif not depth and sign in ",]":
                end = mark.start()
                in_array &= sign == ","
            if end >= 0:
                value, begin, stray = text[begin:end], at, False
                if not parts:
                    start, value = number, value.lstrip(_BLANK)
                if parts or value:
                    yield start, _on_one_line([*parts, value])
                parts, held = [], 0
        last = text[begin:] if parts else text[begin:].lstrip(_BLANK)
        if last and held < LONGEST_ROW:
            start = start if parts else number
            parts.append(last)
        held += len(last)
    if parts:
        yield start, _on_one_line(parts)
    if in_array:
        file.notes.append(f"line {number}: the array has no end; what is there was read")


def _on_one_line(parts: list[str]) -> str:
    """A JSON value without line ends, and all else as it was."""
    text = "".join(parts).rstrip(_BLANK)
    if "\n" not in text and "\r" not in text:
        return text
    return _BREAKS.sub(
        lambda found: found[1].replace("\r", "\\r").replace("\n", "\\n") if found[1] else " ", text
    )


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
