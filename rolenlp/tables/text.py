"""Bytes to lines of text."""

from __future__ import annotations

import codecs
import io
import re
import stat
import sys
from collections import deque
from collections.abc import Iterator
from itertools import chain
from os import fstat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rolenlp.errors import InputError
from rolenlp.tables.base import LONGEST_ROW
from rolenlp.tables.dialect import find_encoding
from rolenlp.tables.formats import decompressed, open_input, reading, table_format

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

ODD_BYTES = "rolenlp_odd_bytes"  # the error handler that makes surrogates, in any encoding
MENDABLE = {"utf-8", "utf-8-sig", "cp1252", "ascii"}

_ODD = re.compile("[\udc00-\udcff]")
_AS_CP1252 = {
    0xDC00 + byte: bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
    for byte in range(0x80, 0x100)
}


def _surrogates(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in odd), error.end


codecs.register_error(ODD_BYTES, _surrogates)


def is_odd(line: str) -> bool:
    """Whether a line has bytes that could not be read."""
    try:
        line.encode()  # quicker than a search
    except UnicodeEncodeError:
        return bool(_ODD.search(line))
    return False


def mended(line: str) -> str:
    """A line whose odd bytes are read as cp1252, or else Latin-1."""
    return line.translate(_AS_CP1252)


_SAMPLE = 1 << 20  # bytes at the start that the encoding and the delimiter are found in
_AT_ONCE = 1 << 16  # characters read at a time, and the rest of a line


class TextFile:
    """A file, or stdin for ``-``, read as text once from its start; nothing is ever sought.

    Attributes:
        source: the name to use in messages.
        sample: the text of about the first million bytes.
        whole: whether ``sample`` is all there is.
        encoding: what it is read as.
        notes: what was found out, one line each; grows while reading.
        odd_lines: numbers, from 1, of lines with bytes that ``encoding`` cannot read, and that
            could not be mended; grows while reading, ahead of the lines given out.
        parts: numbers of what is given out as a line and is more of the one before, see `blocks`.

    Raises:
        InputError: the file cannot be opened, is empty, or the encoding is not known.
    """

    def __init__(self, path: str | Path, encoding: str | None = None) -> None:
        standard = str(path) == "-"
        self.source = "stdin" if standard else str(path)
        self.notes: list[str] = []
        self.odd_lines: deque[int] = deque()
        self.parts: list[int] = []
        self._raw = sys.stdin.buffer if standard else open_input(Path(path))
        self._closes = not standard
        self.bytes_total = None if standard else _size(self._raw)
        try:
            stream = decompressed(self._raw, table_format(path).compressed)
            with reading(self.source):
                head = stream.read(_SAMPLE)
            self.whole = len(head) < _SAMPLE
            self.encoding = self._settle_encoding(head, encoding)
            self._mixed = encoding is None and self.encoding == "cp1252"
            with reading(self.source):
                self.sample = head.decode(self.encoding, "replace")
        except InputError:
            self.close()
            raise
        self._bytes = io.BufferedReader(_Rejoined(head, stream))

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``; compressed bytes where the file is."""
        if self.bytes_total is None:
            return 0
        return self.bytes_total if self._raw.closed else self._raw.tell()

    def lines(self, newline: str) -> Iterator[str]:
        """The lines with their ends; ``newline`` as for :func:`open`.

        Raises:
            InputError: the file is damaged.
        """
        return chain.from_iterable(self.blocks(newline))

    def blocks(self, newline: str) -> Iterator[list[str]]:
        """The lines, many at a time: of most files there is nothing to look at in each.

        A line of `LONGEST_ROW` characters or more comes in parts, all but the last that long, and
        each a block of its own.
        """
        text = io.TextIOWrapper(self._bytes, self._as, ODD_BYTES, newline)
        before, told = 0, False
        mends = self.encoding in MENDABLE
        with reading(self.source):
            for block in _blocks(text):
                for at, line in enumerate(block):
                    if line.isascii():
                        continue
                    if not is_odd(line):
                        if self._mixed and not told:
                            self.notes.append(
                                f"encoding: lines that are UTF-8 (the first is {before + at + 1}) "
                                "were read so"
                            )
                            told = True
                        continue
                    if not mends:
                        self.odd_lines.append(before + at + 1)
                        continue
                    block[at] = mended(line)
                    if not self._mixed and not told:
                        self.notes.append(
                            f"encoding: bytes that are not {self.encoding.removesuffix('-sig')} "
                            f"(the first in line {before + at + 1}) were read as cp1252, "
                            "or else Latin-1"
                        )
                        told = True
                yield block
                before += len(block)
                if len(block[-1]) >= LONGEST_ROW and block[-1][-1] not in "\r\n":
                    self.parts.append(before + 1)

    @property
    def _as(self) -> str:
        """What to decode as: where cp1252 was found, lines of UTF-8 may stand between."""
        return "utf-8-sig" if self._mixed else self.encoding

    def close(self) -> None:
        """Close the file; stdin stays open."""
        if self._closes:
            self._raw.close()

    def _settle_encoding(self, head: bytes, given: str | None) -> str:
        if not head.removeprefix(codecs.BOM_UTF8).strip():
            raise InputError(f"{self.source}: is empty")
        if given is None:
            found = find_encoding(head, self.whole)
            if found != "utf-8-sig":
                self.notes.append(f"encoding: {found}")
            return found
        try:
            b" ".decode(given, "replace")
        except LookupError:
            raise InputError(
                f"{self.source}: there is no encoding {given!r}; "
                "give --encoding one such as utf-8, cp1252 or utf-16"
            ) from None
        name = codecs.lookup(given).name
        return "utf-8-sig" if name == "utf-8" else name


def _blocks(text: io.TextIOWrapper) -> Iterator[list[str]]:
    """Some lines at a time; one longer than `_AT_ONCE` comes alone."""
    while True:
        block: list[str] = []
        size = 0
        while size < _AT_ONCE and (line := text.readline(LONGEST_ROW)):
            block.append(line)
            size += len(line)
        if len(block) > 1 and len(block[-1]) > _AT_ONCE:
            yield block[:-1]
            del block[:-1]
        if not block:
            return
        yield block


class _Rejoined(io.RawIOBase):
    """The bytes already taken from the start of a stream, then the rest of it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        chunk = self._head.read(len(target)) or self._rest.read(len(target))
        target[: len(chunk)] = chunk
        return len(chunk)


def _size(raw: BinaryIO) -> int | None:
    about = fstat(raw.fileno())
    return about.st_size if stat.S_ISREG(about.st_mode) else None
