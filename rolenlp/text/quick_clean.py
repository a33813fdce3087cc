"""The steps of cleaning by kernels, for whoever reads many ads; the answers are the same.

What a kernel declines goes the plain way.
"""

from __future__ import annotations

from array import array
from codecs import utf_32_le_decode
from functools import cache
from html.entities import html5

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.kernels import lines as line_kernels
from rolenlp.reading.kernels import markup as markup_kernels
from rolenlp.reading.kernels import text as text_kernels
from rolenlp.text import html as markup
from rolenlp.text import linebreaks, markdown
from rolenlp.text.characters import is_special
from rolenlp.text.linebreaks import LONGEST_WORD, Seams
from rolenlp.text.offsets import NO_CHANGE, Made, SpanMap

__all__ = ["Quick"]

_BY_KERNEL = frozenset(["#", "***", "**", "__", "*", "_"])
_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class Quick:
    """The steps for texts of up to `longest` characters; not for two threads at once."""

    def __init__(self, longest: int) -> None:
        self._kinds = _kinds()
        self._special = _special()
        self._names = _names()
        self._references = _references()
        self._out = np.empty((5, longest + 2), np.int32)
        self._new, self._old = np.empty((2, longest + 2), np.uint32)
        self._text = ""
        self._text_codes = _codes("")

    def find_special(self, text: str) -> str:
        """As `characters.find_special`, without what no step is for."""
        size = text_kernels.find_special(self._codes(text), self._special, self._new)
        return _text(self._new[:size]) if size else ""

    def html_text(self, text: str) -> Made | None:
        """As `markup.html_text`."""
        if "<" not in text:
            return None
        n = markup_kernels.find_plain_tags(
            self._codes(text), self._kinds, *self._names, *self._references, self._out
        )
        if n == markup_kernels.NOT_HTML:
            return None
        return self._made(text, n) if n >= 0 else markup.html_text(text)

    def strip_mark(self, mark: str, text: str) -> Made:
        """As `markdown.strip_mark`."""
        if mark not in _BY_KERNEL:
            return markdown.strip_mark(mark, text)
        codes = self._codes(text)
        if mark == "#":
            n = line_kernels.find_headings(codes, self._kinds, self._out)
        else:
            n = line_kernels.find_emphasis(codes, self._kinds, ord(mark[0]), len(mark), self._out)
        return self._made(text, n) if n >= 0 else markdown.strip_mark(mark, text)

    def find_seams(self, text: str) -> Seams:
        """As `linebreaks.find_seams`."""
        n = line_kernels.find_seams(self._codes(text), self._kinds, LONGEST_WORD, self._out)
        if n < 0:
            return linebreaks.find_seams(text)
        seams, starts, ends = self._out[:3, :n].tolist()
        return seams, [text[start:end] for start, end in zip(starts, ends, strict=True)]

    def _codes(self, text: str) -> NDArray[np.uint32]:
        if text is not self._text:
            self._text = text
            self._text_codes = _codes(text)
        return self._text_codes

    def _made(self, text: str, n: int) -> Made:
        """The text and map that the first replacements in `out` make."""
        if not n:
            return text, NO_CHANGE
        size = text_kernels.write(self._codes(text), self._out, n, self._new)
        codes = self._new[:size]
        codes.flags.writeable = False  # as are those of strings; else kernels are compiled twice
        self._new, self._old = self._old, self._new  # which may hold the codes just read
        self._text = _text(codes)
        self._text_codes = codes
        offsets = array("i", self._out[:4, :n].tobytes())
        rows = [offsets[start : start + n] for start in range(0, 4 * n, n)]
        return self._text, SpanMap(*rows)


def _text(codes: NDArray[np.uint32]) -> str:
    return utf_32_le_decode(codes.data, "surrogatepass", True)[0]


def _codes(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


@cache
def _special() -> NDArray[np.bool_]:
    """Which of the first code points steps of cleaning are for."""
    return np.array([is_special(chr(code)) for code in range(text_kernels.KNOWN)])


@cache
def _kinds() -> NDArray[np.uint8]:
    """What the first code points are: white space, a word's character, or neither."""
    characters = map(chr, range(text_kernels.KNOWN))
    return np.array(
        [
            text_kernels.SPACE if character.isspace() else text_kernels.WORD * _in_word(character)
            for character in characters
        ],
        np.uint8,
    )


def _in_word(character: str) -> bool:
    return character.isalnum() or character == "_"


@cache
def _names() -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Names of tags as sorted numbers, and their kinds."""
    kinds = dict.fromkeys(markup.INLINES, markup_kernels.INLINE)
    kinds |= dict.fromkeys(markup.BLOCKS, markup_kernels.BLOCK) | {"li": markup_kernels.ITEM}
    kinds |= dict.fromkeys(markup.ODD_NAMES, markup_kernels.ODD)
    numbers = {_number(name, _DIGITS + _LETTERS): kind for name, kind in kinds.items()}
    keys = sorted(numbers)
    return np.array(keys), np.array([numbers[key] for key in keys], np.uint8)


@cache
def _references() -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Short names of character references as sorted numbers, and what they stand for."""
    digits = _DIGITS + _LETTERS + _LETTERS.upper()
    numbers = {
        _number(name[:-1], digits): ord(meaning)
        for name, meaning in html5.items()
        if name.endswith(";")
        and len(name) <= markup_kernels.REFERENCE_LENGTH + 1
        and len(meaning) == 1
    }
    keys = sorted(numbers)
    return np.array(keys), np.array([numbers[key] for key in keys], np.int32)


def _number(name: str, digits: str) -> int:
    number = 0
    for character in name:
        number = number * (len(digits) + 1) + digits.index(character) + 1
    return number
