"""Kernels for Markdown and lost line breaks; they take and return what those of `text` do."""

from __future__ import annotations

from rolenlp.reading.compiled import kernel
from rolenlp.reading.kernels.text import (
    DECLINED,
    KNOWN,
    NOTHING,
    SPACE,
    WORD,
    Codes,
    Kinds,
    Out,
    lower,
    replace,
    upper,
)

__all__ = ["find_emphasis", "find_headings", "find_seams"]

_CLOSING = (46, 58, 41, 33, 63, 59)  # .:)!?;
_BULLETS = (0x2022, 0xB7, 0x25CF, 0x25AA, 0x25A0, 0x25E6, 0xF0A7, 0xF0B7)
_DASH = 0x2013


@kernel
def find_emphasis(codes: Codes, kinds: Kinds, mark: int, width: int, out: Out) -> int:
    """Marks around a piece of a line, as the pattern of `markdown` for so many marks finds them.

    Single marks, and "_", must stand outside of words.
    """
    size = len(codes)
    apart = width == 1 or mark == 95
    n = at = 0
    while at + 2 * width < size:
        if codes[at] != mark:
            at += 1
            continue
        start = at
        at += 1
        inner = start + width
        marks = 1
        while marks < width and codes[start + marks] == mark:
            marks += 1
        if marks < width or (start > 0 and codes[start - 1] == 92):
            continue
        code = codes[inner]
        if code == mark or code == 10 or (code < KNOWN and kinds[code] == SPACE):
            continue
        end = inner
        while end < size and codes[end] != mark and codes[end] != 10:
            end += 1
        if end + width > size or codes[end] != mark:
            at = end
            continue
        marks = 1
        while marks < width and codes[end + marks] == mark:
            marks += 1
        last = codes[end - 1]
        if marks < width or (last < KNOWN and kinds[last] == SPACE):
            at = end
            continue
        if width == 1 and last == 92:
            at = end
            continue
        if apart:
            before = codes[start - 1] if start else 32
            after = codes[end + width] if end + width < size else 32
            if before >= KNOWN or after >= KNOWN:
                return DECLINED
            if kinds[before] == WORD or kinds[after] == WORD:
                continue
            if width == 1 and (before == mark or after == mark):
                continue
        n = replace(out, n, start, inner, NOTHING)
        n = replace(out, n, end, end + width, NOTHING)
        at = end + width
    return n


@kernel
def find_headings(codes: Codes, kinds: Kinds, out: Out) -> int:
    """One to six "#" and gaps before the first word of a line."""
    size = len(codes)
    n = at = 0
    while at < size:
        start = at
        at += 1
        if codes[start] != 35 or (start > 0 and codes[start - 1] != 10):
            continue
        end = start + 1
        while end < size and end - start < 6 and codes[end] == 35:
            end += 1
        gap = end
        while end < size and (codes[end] == 32 or codes[end] == 9):
            end += 1
        if end in (gap, size):
            continue
        if codes[end] < KNOWN and kinds[codes[end]] == SPACE:
            continue
        n = replace(out, n, start, end, NOTHING)
        at = end
    return n


@kernel
def find_seams(codes: Codes, kinds: Kinds, longest: int, out: Out) -> int:
    """Where `linebreaks` sees seams: rows 0 to 2 of `out` are the seam and the word around it.

    The word is two words joined; its start and end are 0 where there are not two.
    """
    size = len(codes)
    n = 0
    for at in range(1, size):
        code = codes[at]
        before = codes[at - 1]
        if upper(code):
            seam = False
            close = before in _CLOSING
            if at + 1 < size and lower(codes[at + 1]):
                if lower(before):
                    seam = at >= 3 and lower(codes[at - 2]) and (codes[at - 3] | 32) >= 97
                    seam = seam and (codes[at - 3] | 32) <= 122
                    if before == 115 and at >= 2 and codes[at - 2] == 85:
                        earlier = codes[at - 3] if at >= 3 else 32
                        if earlier >= KNOWN:
                            return DECLINED
                        seam = seam or kinds[earlier] != WORD
                elif (close or before == 37) and at >= 2:
                    earlier = codes[at - 2]
                    seam = not (earlier < KNOWN and kinds[earlier] == SPACE)
            if not seam and close and at >= 4:
                seam = lower(codes[at - 2]) and lower(codes[at - 3]) and lower(codes[at - 4])
                seam = seam and not (at + 1 < size and codes[at + 1] == 46)
        elif code == _DASH:
            seam = before == 46 or before == 58 or before == 41 or before == 59 or lower(before)
            seam = seam and at + 2 < size and upper(codes[at + 2])
            seam = seam and codes[at + 1] < KNOWN and kinds[codes[at + 1]] == SPACE
        elif code in _BULLETS:
            seam = before != 10
        else:
            continue
        if not seam:
            continue
        start = at
        while start > 0 and at - start < longest and lower(codes[start - 1]):
            start -= 1
        end = at + 1
        while end < size and end - at < longest and lower(codes[end]):
            end += 1
        joined = start < at and upper(code) and end > at + 1
        if joined and at - start < longest and start > 0 and upper(codes[start - 1]):
            start -= 1
        out[0, n] = at
        out[1, n] = start if joined else 0
        out[2, n] = end if joined else 0
        n += 1
    return n
