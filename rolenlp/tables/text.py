"""Bytes to lines of text: finds the encoding and, for CSV, the delimiter and line end."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
import stat
import sys
from collections.abc import Iterator
from itertools import chain, islice
from os import fstat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rolenlp.errors import InputError
from rolenlp.tables.files import decompressed, open_input, reading, table_format

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["TextFile", "find_delimiter", "find_encoding", "given_delimiter"]

_SAMPLE = 1 << 20  # bytes at the start that the encoding and the delimiter are found in
_AT_ONCE = 1 << 16  # characters read at a time, and the rest of a line
_ROWS = 50  # rows at the start that the delimiter is found in
_DELIMITERS = ",;\t|"
_FOREIGN = 0.25  # share of bytes beyond ASCII, above which a text is hardly in Latin letters
_TELLING = 100  # fewer bytes beyond ASCII than this tell nothing
_GUESSED_FROM = 1 << 16  # bytes given to charset_normalizer, which is slow

# Bytes that the encoding cannot read come as lone surrogates, which nothing downstream can
# write. In a file that is otherwise UTF-8 they are nearly always cp1252, pasted in: read so.
_ESCAPED = re.compile("[\udc80-\udcff]")
_MENDED = {
    0xDC00 + byte: bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
    for byte in range(0x80, 0x100)
}
_MENDABLE = {"utf-8", "utf-8-sig", "cp1252", "ascii"}


class TextFile:
    """A file, or stdin for ``-``, read as text once from its start; nothing is ever sought.

    Attributes:
        source: the name to use in messages.
        sample: the text of about the first million bytes.
        whole: whether ``sample`` is all there is.
        notes: what was found out, one line each; grows while reading.

    Raises:
        InputError: the file cannot be opened, is empty, or the encoding is not known.
    """

    def __init__(self, path: str | Path, encoding: str | None = None) -> None:
        standard = str(path) == "-"
        self.source = "stdin" if standard else str(path)
        self.notes: list[str] = []
        self._raw = sys.stdin.buffer if standard else open_input(Path(path))
        self._closes = not standard
        self.bytes_total = None if standard else _size(self._raw)
        try:
            stream = decompressed(self._raw, table_format(path).compressed)
            with reading(self.source):
                head = stream.read(_SAMPLE)
            self.whole = len(head) < _SAMPLE
            self._encoding = self._settle_encoding(head, encoding)
            with reading(self.source):
                self.sample = head.decode(self._encoding, "replace")
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
        return chain.from_iterable(self._blocks(newline))

    def _blocks(self, newline: str) -> Iterator[list[str]]:
        """The lines, many at a time: of most files there is nothing to look at in each."""
        errors = "surrogateescape" if self._encoding in _MENDABLE else "replace"
        text = io.TextIOWrapper(self._bytes, self._encoding, errors, newline)
        before, mended = 0, False
        with reading(self.source):
            while block := text.readlines(_AT_ONCE):
                for at, line in enumerate(block):
                    if line.isascii() or not _is_escaped(line):
                        continue
                    block[at] = line.translate(_MENDED)
                    if not mended:
                        self.notes.append(
                            f"encoding: bytes that are not {self._encoding.removesuffix('-sig')} "
                            f"(the first in line {before + at + 1}) were read as cp1252, "
                            "or else Latin-1"
                        )
                        mended = True
                yield block
                before += len(block)

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


def find_encoding(head: bytes, whole: bool = True) -> str:
    """The encoding of a text that starts with ``head``; ``whole`` if there is no more of it.

    UTF-8 unless more bytes speak against it than for it; UTF-16 where it says so by its mark;
    cp1252 for text mostly in Latin letters; otherwise what charset_normalizer takes it for.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.isascii():
        return "utf-8-sig"
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    text = decoder.decode(head, final=whole)
    wrong = len(_ESCAPED.findall(text))
    right = len(text) - len(text.encode("ascii", "ignore")) - wrong
    # One damaged byte in a file full of good UTF-8 must not garble all the rest.
    if wrong < max(right, 1):
        return "utf-8-sig"
    telling = b"\n".join(line for line in head.split(b"\n") if not line.isascii())[:_GUESSED_FROM]
    if sum(byte > 0x7F for byte in telling) < max(_FOREIGN * len(telling), _TELLING):
        # Asked about English with a few accents, charset_normalizer answers cp1250 or Big5.
        return "cp1252"
    from charset_normalizer import from_bytes

    guess = from_bytes(telling).best()
    return guess.encoding if guess else "cp1252"


def find_delimiter(sample: str, whole: bool = True) -> str:
    r"""The delimiter among ``, ; \t |`` that splits most rows just as it splits the header."""
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        parsed = csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter)
        rows = [row for row in islice(parsed, _ROWS) if row]
        if not whole and len(rows) < _ROWS:
            rows = rows[:1] + rows[1:-1]  # the last may be cut short
        width = len(rows[0]) if rows else 1
        if width > 1:
            score = (sum(len(row) == width for row in rows) / len(rows), width)
            if score > best_score:
                best, best_score = delimiter, score
    return best


def given_delimiter(delimiter: str, source: str) -> str:
    r"""Check a delimiter that was given; ``\t`` may be spelt out.

    Raises:
        InputError: it is not one character that can divide cells.
    """
    character = "\t" if delimiter == "\\t" else delimiter
    if len(character) != 1 or character in '"\r\n':
        raise InputError(
            f"{source}: {json.dumps(delimiter)} cannot divide cells; "
            'give --delimiter one character, such as ";"'
        )
    return character


def _is_escaped(line: str) -> bool:
    try:
        line.encode()  # quicker than a search
    except UnicodeEncodeError:
        return bool(_ESCAPED.search(line))
    return False


def _size(raw: BinaryIO) -> int | None:
    about = fstat(raw.fileno())
    return about.st_size if stat.S_ISREG(about.st_mode) else None
