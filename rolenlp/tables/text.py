"""Bytes to lines of text, and what the readers of tables that are text have in common."""

from __future__ import annotations

import codecs
import io
import os
import re
import select
import stat
import sys
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rolenlp.errors import InputError
from rolenlp.tables.base import LONGEST_ROW, TOO_LONG, Reject, TableReader
from rolenlp.tables.dialect import find_encoding
from rolenlp.tables.formats import decompressed, open_input, reading, table_format

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_ODD_BYTES = "rolenlp_odd_bytes"  # the error handler that makes surrogates, in any encoding
_MENDABLE = {"utf-8", "utf-8-sig", "cp1252", "ascii"}

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


codecs.register_error(_ODD_BYTES, _surrogates)


def is_odd(line: str) -> bool:
    """Whether a line has bytes that could not be read."""
    try:
        line.encode()  # quicker than a search
    except UnicodeEncodeError:
        return bool(_ODD.search(line))
    return False


_SAMPLE = 1 << 20  # bytes at the start that the encoding and the delimiter are found in
_AT_ONCE = 1 << 16  # characters read at a time, and the rest of a line
_PATIENCE = 0.1  # seconds without a byte, after which a pipe is taken to have no more for now
# How files begin that are no text, and what to do with them.
_NO_TEXT = {
    b"PK\x03\x04": "a zip or an Excel workbook; name it .zip or .xlsx",
    b"\x1f\x8b": "packed with gzip; put .gz after its name",
    b"\x28\xb5\x2f\xfd": "packed with zstd; put .zst after its name",
    b"PAR1": "a Parquet table; name it .parquet",
    b"SQLite format 3\0": "a SQLite database; name it .db",
    b"\xd0\xcf\x11\xe0": "an old .xls workbook; save it as .xlsx in a spreadsheet program",
    b"%PDF-": "a PDF; rolenlp explain reads one ad from it",
}
_MOST_HELD = 1 << 24  # characters of rejected rows, before a batch is given out so that they go
MOST_RAW = 1 << 16  # characters of a rejected row that is too long


class TextFile:
    """A file, or stdin for ``-``, read as text once from its start; nothing is ever sought.

    What comes from a pipe, or is typed, is given out as it comes: see `silent`.

    Attributes:
        source: the name to use in messages.
        sample: the text of about the first million bytes; of what a pipe has at first.
        whole: whether ``sample`` is all there is.
        encoding: what it is read as.
        mark: whether it starts with UTF-8's byte order mark, as spreadsheets write CSV.
        notes: what was found out, one line each; grows while reading.
        mends: whether bytes that ``encoding`` cannot read are read otherwise; else a line may
            be odd, as `is_odd` tells.
        parts: numbers of what is given out as a line and is more of the one before, see `blocks`.

    Raises:
        InputError: the file cannot be opened, is empty, or the encoding is not known.
    """

    def __init__(self, path: str | Path, encoding: str | None = None) -> None:
        standard = str(path) == "-"
        self.source = "stdin" if standard else str(path)
        self.notes: list[str] = []
        self.parts: list[int] = []
        self._raw = sys.stdin.buffer if standard else open_input(Path(path))
        self._closes = not standard
        self.bytes_total = None if standard else _size(self._raw)
        try:
            compressed = table_format(path).compressed
            stream = decompressed(self._raw, compressed)
            with reading(self.source):
                self._source = _Source(stream, None if compressed else _waited_for(self._raw))
            head, self.whole = self._source.head, self._source.whole
            for start, what in _NO_TEXT.items():
                if head.startswith(start):
                    raise InputError(f"{self.source}: is no text but {what}")
            self.mark = head.startswith(codecs.BOM_UTF8)
            self.encoding = self._settle_encoding(head, encoding)
            self.mends = self.encoding in _MENDABLE
            self._mixed = encoding is None and self.encoding == "cp1252"
            with reading(self.source):
                self.sample = head.decode(self.encoding, "replace")
        except InputError:
            self.close()
            raise
        self._given = self._ends = 0  # lines, and those of them that end

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``; compressed bytes where the file is."""
        if self.bytes_total is None:
            return 0
        return self.bytes_total if self._raw.closed else self._raw.tell()

    def silent(self, line: int) -> bool:
        """Whether the line of this number is the last that has come, and no more come for now.

        Never of a regular file: reading on does not wait there.
        """
        return line == self._given and self._is_given_out() and self._source.is_silent()

    def _is_given_out(self) -> bool:
        """Whether more lines can only be had by waiting."""
        return self._source.waits and self._ends == self._source.ends

    def blocks(self, newline: str) -> Iterator[list[str]]:
        """The lines with their ends, many at a time; ``newline`` as for :func:`open`.

        A line of `LONGEST_ROW` characters or more comes in parts, all but the last that long, and
        each a block of its own.

        Raises:
            InputError: the file is damaged.
        """
        # Where cp1252 was found, lines of UTF-8 may stand between.
        encoding = "utf-8-sig" if self._mixed else self.encoding
        text = io.TextIOWrapper(io.BufferedReader(self._source), encoding, _ODD_BYTES, newline)
        before, told = 0, False
        with reading(self.source):
            for block in self._blocks(text):
                for at, line in enumerate(block if self.mends else ()):
                    if line.isascii():
                        continue
                    odd = is_odd(line)
                    if odd:
                        block[at] = line.translate(_AS_CP1252)
                    if odd != self._mixed and not told:
                        self._tell(before + at + 1)
                        told = True
                yield block
                before += len(block)
                if len(block[-1]) >= LONGEST_ROW and block[-1][-1] not in "\r\n":
                    self.parts.append(before + 1)

    def _blocks(self, text: io.TextIOWrapper) -> Iterator[list[str]]:
        """Some lines at a time; one longer than `_AT_ONCE` comes alone."""
        waits = self._source.waits
        while True:
            block: list[str] = []
            size = 0
            while size < _AT_ONCE and (line := text.readline(LONGEST_ROW)):
                block.append(line)
                size += len(line)
                if waits:
                    self._ends += line[-1] == "\n"
                    if self._is_given_out():
                        break
            self._given += len(block)
            if len(block) > 1 and len(block[-1]) > _AT_ONCE:
                yield block[:-1]
                del block[:-1]
            if not block:
                return
            yield block

    def _tell(self, line: int) -> None:
        """Note that a line, and others after it, are in another encoding."""
        if self._mixed:
            self.notes.append(f"encoding: lines that are UTF-8 (the first is {line}) were read so")
        else:
            self.notes.append(
                f"encoding: bytes that are not {self.encoding.removesuffix('-sig')} "
                f"(the first in line {line}) were read as cp1252, or else Latin-1"
            )

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


class _Source(io.RawIOBase):
    """The bytes of a stream, once their start was looked at.

    Attributes:
        head: about the first million; of a pipe what it has at first, a line at the least.
        whole: whether that is all.
        waits: whether reading may wait for what is still to come.
        ends: of lines, in what was given out.
    """

    def __init__(self, stream: BinaryIO, waited_for: int | None) -> None:
        self._waited_for = waited_for
        self.waits = waited_for is not None
        self.ends = 0
        # A pipe's `read` would wait until there is as much as it is asked for.
        self._read: Callable[[int], bytes] = stream.read1 if self.waits else stream.read  # type: ignore[attr-defined]
        self.head, self.whole = b"", False
        while not self.whole and len(self.head) < _SAMPLE:
            if b"\n" in self.head.lstrip() and self._is_dry():
                break
            chunk = self._read(_SAMPLE - len(self.head))
            self.head += chunk
            self.whole = not chunk
        self._left = io.BytesIO(self.head)

    def is_silent(self) -> bool:
        """Whether there is nothing to be read, and nothing comes for a while."""
        return self._left.tell() == len(self.head) and self._is_dry()

    def _is_dry(self) -> bool:
        waited_for = self._waited_for
        return waited_for is not None and not select.select([waited_for], [], [], _PATIENCE)[0]

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        target = memoryview(buffer)
        chunk = self._left.read(len(target)) or self._read(len(target))
        self.ends += chunk.count(b"\n")
        target[: len(chunk)] = chunk
        return len(chunk)


def _waited_for(raw: BinaryIO) -> int | None:
    """The number of a stream that can be asked whether there is more: a pipe, a terminal."""
    if os.name == "nt":  # where only sockets can
        return None
    try:
        return None if stat.S_ISREG(os.fstat(raw.fileno()).st_mode) else raw.fileno()
    except OSError:  # it is in memory
        return None


def _size(raw: BinaryIO) -> int | None:
    about = os.fstat(raw.fileno())
    return about.st_size if stat.S_ISREG(about.st_mode) else None


class TextReader(TableReader):
    """A table that is text; rows that cannot be parsed are set aside."""

    def __init__(self, file: TextFile, path: str, batch_size: int) -> None:
        super().__init__(path, batch_size)
        self.notes = file.notes
        self.bytes_total = file.bytes_total
        self._file = file
        self._held = 0

    @property
    def bytes_read(self) -> int:
        """Bytes read so far, of ``bytes_total``."""
        return self._file.bytes_read

    def take_rejects(self) -> list[Reject]:
        """The rows that could not be parsed since this was last asked."""
        self._held = 0
        return super().take_rejects()

    def close(self) -> None:
        """Close the file; stdin stays open."""
        self._file.close()

    def _reject(self, line: int, reason: str, raw: str) -> None:
        """Set aside a row; `line` counts parts of long lines, as `TextFile.blocks` gives them."""
        if reason == TOO_LONG:
            raw = raw[:MOST_RAW]
        line -= bisect_right(self._file.parts, line)
        self.rows_in += 1
        self._rejects.append(Reject(line, reason, raw.removesuffix("\n").removesuffix("\r")))
        self._held += len(raw)

    @property
    def _held_enough(self) -> bool:
        return self._held > _MOST_HELD

    def _is_odd(self, cells: Iterable[str]) -> bool:
        return not self._file.mends and any(map(is_odd, cells))

    @property
    def _odd_reason(self) -> str:
        return f"has bytes that are not {self._file.encoding}"
