"""A text in its plainest characters, as whoever looks for addresses and numbers wants it.

Full-width letters, digits of other scripts and characters that nobody sees are how a number gets
past a search, by chance or on purpose. Each character is taken for itself, so that time grows with
the length of a text alone, and each place has its way back.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from rolenlp.text.offsets import Replaced, Rewrite

__all__ = ["Plain", "is_unseen"]

_DASHES = frozenset("\u2043\u207b\u208b\u02d7\u2212\u2500\u2501\u2796\u30fc\uff70")
_SLASHES = frozenset("\u2044\u2215\u29f8")
_POINTS = frozenset("\u2027\u2219\u22c5\u30fb\uff65")
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters by their class, but nothing to see
_FULL_STOPS = frozenset("\u3002\ufe52\uff61")
_CHINESE = dict(zip("〇一二三四五六七八九", "0123456789", strict=True))
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Me", "Mn"))
_ASCII = bytes(range(128))
_CONTROL = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r"})
_ANY_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")

# Character references, also without their semicolon and those of an ampersand that is itself one.
_REFERENCE = re.compile(
    r"&(?:amp;){0,3}(?:#0{0,8}[0-9]{1,7}|#[xX]0{0,8}[0-9a-fA-F]{1,6}|[a-zA-Z]{2,10});?"
    r"|(?<![0-9])%(?:40|2[bBdDeE])"
)


class Plain:
    """The plain form of a text: `text`, and offsets in it taken back to those of the source.

    >>> plain = Plain("tel ６１\u200b２")
    >>> plain.text, plain.source_span(4, 7)
    ('tel 612', (4, 8))
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._steps: list[Rewrite] = []
        self.text = source
        if "&" in source or "%" in source:
            self.rewrite((*m.span(), _decoded(m[0])) for m in _REFERENCE.finditer(source))
        data = self.text.encode("utf-8", "surrogatepass")
        if not self.text.isascii():
            odd = data.translate(None, _ASCII).decode("utf-8", "surrogatepass")
            self._take_plain_characters({*odd})
        if len(data) != len(data.translate(None, _CONTROL)):
            self.rewrite((*m.span(), "") for m in _ANY_CONTROL.finditer(self.text))

    def rewrite(self, replaced: Iterable[Replaced]) -> None:
        """Replace pieces ``text[start:end]``, in order, by others."""
        rewrite = Rewrite.of(self.text, replaced)
        if rewrite:
            self._steps.append(rewrite)
            self.text = rewrite.text()

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `text` (start < end) -> offsets in the source, with the unseen characters
        around it."""
        for step in reversed(self._steps):
            start, end = step.source_span(start, end)
        while end < len(self._source) and is_unseen(self._source[end]):
            end += 1
        while start > 0 and is_unseen(self._source[start - 1]):
            start -= 1
        return start, end

    def _take_plain_characters(self, characters: Iterable[str]) -> None:
        odd = {c: plain for c in characters if (plain := _plain(c)) != c}
        same_length = {ord(c): plain for c, plain in odd.items() if len(plain) == 1}
        if same_length:
            self.text = self.text.translate(same_length)
        others = {c: plain for c, plain in odd.items() if len(plain) != 1}
        if others:
            pattern = re.compile(f"[{re.escape(''.join(others))}]")
            self.rewrite((*m.span(), others[m[0]]) for m in pattern.finditer(self.text))


def is_unseen(character: str) -> bool:
    """Whether nobody sees a character, or only on the one before it."""
    return unicodedata.category(character) in _UNSEEN and not character.isspace()


def _decoded(reference: str) -> str:
    if reference.startswith("%"):
        return chr(int(reference[1:], 16))
    decoded = html.unescape("&" + reference[1:].replace("amp;", ""))
    # What is no reference, and whole words that only start with the name of one, stay.
    return decoded if len(decoded) <= 2 else reference


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """What a character outside ASCII is at its plainest; nothing where it is not seen."""
    for among, plain in _SAME:
        if among(character):
            return plain
    if unicodedata.category(character) in _UNSEEN:
        return ""
    if (digit := unicodedata.digit(character, None)) is not None:
        return str(digit)
    if character in _CHINESE:
        return _CHINESE[character]
    normal = unicodedata.normalize("NFKC", character)
    if normal == character or "\u2044" in normal:  # a fraction is no two numbers
        return character
    return "".join(c if c.isascii() or c == character else _plain(c) for c in normal)


_SAME: tuple[tuple[Callable[[str], bool], str], ...] = (
    (lambda c: c.isspace() or c in _BLANKS, " "),
    (lambda c: c in _DASHES or unicodedata.category(c) == "Pd", "-"),
    (_SLASHES.__contains__, "/"),
    (_POINTS.__contains__, "·"),
    (_FULL_STOPS.__contains__, "."),
)
