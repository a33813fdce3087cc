"""Kernels of cleaning. Each finds what one step replaces in a text, given as its code points.

They fill `out`, int32 of shape (5, at least the text's length + 2), one column a replacement: where the new
piece starts and ends, where the old one starts and ends, and the new piece, as a code point or one
of `NOTHING` (removed), `BULLET` and `LINE_BULLET`. They return the number of replacements, or
`DECLINED` for a text that must go the plain way. `kinds` tells what the first 65,536 code points
are: `SPACE`, `WORD` (as in a regular expression) or 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rolenlp.compiled import kernel

__all__ = [
    "BLOCK",
    "BULLET",
    "DECLINED",
    "INLINE",
    "ITEM",
    "KNOWN",
    "LINE_BULLET",
    "NAME_BASE",
    "NAME_LENGTH",
    "NOTHING",
    "NOT_HTML",
    "ODD",
    "REFERENCE_BASE",
    "REFERENCE_LENGTH",
    "SPACE",
    "WORD",
    "find_emphasis",
    "find_headings",
    "find_plain_tags",
    "find_seams",
    "find_special",
    "write",
]

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]
Keys = NDArray[np.int64]
Out = NDArray[np.int32]

DECLINED, NOT_HTML = -1, -2
NOTHING, BULLET, LINE_BULLET = 0, -1, -2
SPACE, WORD = 1, 2
INLINE, BLOCK, ITEM, ODD = 1, 2, 3, 4  # kinds of tags
# Names are written as numbers: of a tag in the digits 0-9a-z, of a reference in 0-9a-zA-Z.
NAME_BASE, NAME_LENGTH = 37, 12
REFERENCE_BASE, REFERENCE_LENGTH = 63, 10

KNOWN = 65_536  # code points that `kinds` knows


@kernel
def _space(code: int) -> bool:
    """White space in ASCII."""
    return code == 32 or 9 <= code <= 13


@kernel
def _lower(code: int) -> bool:
    return 97 <= code <= 122


@kernel
def _upper(code: int) -> bool:
    return 65 <= code <= 90


@kernel
def _digit(code: int) -> bool:
    return 48 <= code <= 57


@kernel
def _in_name(code: int) -> bool:
    """What may stand in an attribute's name: a word's character, ":", ".", "@" or "-"."""
    return (
        (97 <= code <= 122)
        or (64 <= code <= 90)
        or (48 <= code <= 58)
        or code == 95
        or code == 45
        or code == 46
    )


@kernel
def _find(keys: Keys, key: int) -> int:
    """Where a sorted table has a key; -1 if it has not."""
    low, high = 0, len(keys)
    while low < high:
        middle = (low + high) // 2
        if keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < len(keys) and keys[low] == key else -1


@kernel
def _replace(out: Out, n: int, start: int, end: int, new: int) -> int:
    """Add a replacement after n others; how many there are now."""
    at = out[1, n - 1] + start - out[3, n - 1] if n else start
    size = 1 if new > 0 else 0
    if new == BULLET:
        size = 2
    elif new == LINE_BULLET:
        size = 3
    out[0, n] = at
    out[1, n] = at + size
    out[2, n] = start
    out[3, n] = end
    out[4, n] = new
    return n + 1


@kernel
def find_special(codes: Codes, special: NDArray[np.bool_], text: Codes) -> int:
    """Copy what is special among a text's code points; how many there are."""
    size = 0
    for code in codes:
        if code < KNOWN and special[code]:
            text[size] = code
            size += 1
    return size


@kernel
def write(codes: Codes, out: Out, n: int, text: Codes) -> int:
    """Make the replacements: the new text's code points, and how many there are."""
    size = copied = 0
    for place in range(n):
        start = out[2, place]
        if start > copied:
            text[size : size + start - copied] = codes[copied:start]
            size += start - copied
        copied = out[3, place]
        new = out[4, place]
        if new == LINE_BULLET:
            text[size] = 10
            size += 1
        if new == LINE_BULLET or new == BULLET:
            text[size] = 0x2022
            text[size + 1] = 32
            size += 2
        elif new != NOTHING:
            text[size] = new
            size += 1
    rest = len(codes) - copied
    text[size : size + rest] = codes[copied:]
    return size + rest


@kernel
def _tag_end(codes: Codes, at: int) -> tuple[int, bool]:
    """Where a plain tag ends whose name ends at `at`, and whether it is one that boards write.

    The end is -1 where the tag is not plain.
    """
    size = len(codes)
    first = True
    common = False
    while True:
        space = at
        while at < size and _space(codes[at]):
            at += 1
        name = at
        dotted = False
        if at > space:
            while at < size and _in_name(codes[at]):
                dotted = dotted or codes[at] == 46 or codes[at] == 64
                at += 1
        if at == name:  # no attribute
            if at < size and codes[at] == 47:
                at += 1
            if at < size and codes[at] == 62:
                return at + 1, common or first
            return -1, False
        value = at
        while value < size and _space(codes[value]):
            value += 1
        if value < size and codes[value] == 61:
            common = common or (first and not dotted)
            at = value + 1
            while at < size and _space(codes[at]):
                at += 1
            if at == size:
                return -1, False
            quote = codes[at]
            if quote == 34 or quote == 39:
                at += 1
                while at < size and codes[at] != quote and codes[at] != 60 and codes[at] != 62:
                    at += 1
                if at == size or codes[at] != quote:
                    return -1, False
                at += 1
            else:
                value = at
                while at < size and not (
                    _space(codes[at])
                    or codes[at] == 34
                    or codes[at] == 39
                    or codes[at] == 60
                    or codes[at] == 62
                    or codes[at] == 47
                ):
                    at += 1
                if at == value:
                    return -1, False
        first = False


@kernel
def _reference(
    codes: Codes, at: int, end: int, references: Keys, meanings: Out
) -> tuple[int, int]:
    """Where the character reference at `at` ends, and the code point it stands for.

    The end is `at` if there is none there, and -1 where it is not a common one.
    """
    start = at
    at += 1
    if at < end and codes[at] == 35:
        at += 1
        if at < end and not _digit(codes[at]):
            return (-1 if codes[at] | 32 == 120 else start), 0
        number = 0
        digits = at
        while at < end and _digit(codes[at]) and at - digits < 8:
            number = number * 10 + codes[at] - 48
            at += 1
        if at == digits or at - digits == 8:
            return start, 0
        common = 32 <= number < 127 or 160 <= number < 0xD800
        return (at + 1 if common and at < end and codes[at] == 59 else -1), number
    key = 0
    name = at
    while at < end and at - name <= REFERENCE_LENGTH:
        code = codes[at]
        if _lower(code):
            key = key * REFERENCE_BASE + code - 86  # 11 to 36
        elif _upper(code):
            key = key * REFERENCE_BASE + code - 28  # 37 to 62
        elif _digit(code) and at > name:
            key = key * REFERENCE_BASE + code - 47  # 1 to 10
        else:
            break
        at += 1
    if at - name < 2:
        return start, 0
    if at - name > REFERENCE_LENGTH or at == end or codes[at] != 59:
        return -1, 0
    place = _find(references, key)
    return (at + 1, meanings[place]) if place >= 0 else (-1, 0)


@kernel
def find_plain_tags(
    codes: Codes,
    kinds: Kinds,
    names: Keys,
    name_kinds: Kinds,
    references: Keys,
    meanings: Out,
    out: Out,
) -> int:
    """HTML -> its text, as `markup.strip_tags` does it, if it is of plain tags; or `NOT_HTML`."""
    size = len(codes)
    n = at = kept = line = 0
    started = False
    html = False
    while True:
        data = at
        while at < size and codes[at] < KNOWN and kinds[codes[at]] == SPACE:
            at += 1
        blank = at == size or codes[at] == 60
        ampersand = False
        while at < size and codes[at] != 60:
            ampersand = ampersand or codes[at] == 38
            at += 1
        if at > data and not (blank and (line or not started)):
            if data > kept:
                n = _replace(out, n, kept, data, NOTHING)
            if line == BULLET:
                n = _replace(out, n, data, data, LINE_BULLET if started else BULLET)
            elif line:
                # Without a line before it, the break is an empty piece, which is kept as well.
                n = _replace(out, n, data, data, 10 if started else NOTHING)
            line = 0
            place = data if ampersand else at
            while place < at:
                if codes[place] == 38:
                    end, code = _reference(codes, place, at, references, meanings)
                    if end < 0:
                        return DECLINED
                    if end > place:
                        n = _replace(out, n, place, end, code)
                        place = end - 1
                place += 1
            started = True
            kept = at
        if at == size:
            break
        at += 1
        closing = at < size and codes[at] == 47
        if closing:
            at += 1
        name = at
        key = 0
        while at < size:
            code = codes[at]
            if _upper(code):
                code += 32
            if _lower(code):
                value = code - 86
            elif _digit(code) and at > name:
                value = code - 47
            else:
                break
            if at - name < NAME_LENGTH:
                key = key * NAME_BASE + value
            at += 1
        if at == name:
            return DECLINED
        place = _find(names, key) if at - name <= NAME_LENGTH else -1
        kind = name_kinds[place] if place >= 0 else 0
        at, common = _tag_end(codes, at)
        if at < 0 or kind == ODD or (kind == ITEM and codes[at - 2] == 47):
            return DECLINED
        html = html or (common and kind > 0)
        if kind == ITEM:
            line = 1 if closing else BULLET
        elif kind == BLOCK and not line:
            line = 1
    if not html:
        return NOT_HTML
    return _replace(out, n, kept, size, NOTHING) if kept < size else n


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
        n = _replace(out, n, start, inner, NOTHING)
        n = _replace(out, n, end, end + width, NOTHING)
        at = end + width
    return n


@kernel
def find_headings(codes: Codes, kinds: Kinds, out: Out) -> int:
    """One to six "#" and blanks before the first word of a line."""
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
        blank = end
        while end < size and (codes[end] == 32 or codes[end] == 9):
            end += 1
        if end == blank or end == size:
            continue
        if codes[end] < KNOWN and kinds[codes[end]] == SPACE:
            continue
        n = _replace(out, n, start, end, NOTHING)
        at = end
    return n


@kernel
def _closing(code: int) -> bool:
    """A mark that ends a sentence, a clause or what is in brackets: .:)!?;"""
    return (
        code == 46 or code == 58 or code == 41 or code == 33 or code == 63 or code == 59
    )


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
        if _upper(code):
            seam = False
            close = _closing(before)
            if at + 1 < size and _lower(codes[at + 1]):
                if _lower(before):
                    seam = at >= 3 and _lower(codes[at - 2]) and (codes[at - 3] | 32) >= 97
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
                seam = _lower(codes[at - 2]) and _lower(codes[at - 3]) and _lower(codes[at - 4])
                seam = seam and not (at + 1 < size and codes[at + 1] == 46)
        elif code == 0x2013:
            seam = before == 46 or before == 58 or before == 41 or before == 59 or _lower(before)
            seam = seam and at + 2 < size and _upper(codes[at + 2])
            seam = seam and codes[at + 1] < KNOWN and kinds[codes[at + 1]] == SPACE
        elif code == 0x2022 or code == 0xB7 or code == 0x25CF or code == 0x25AA:
            seam = before != 10
        elif code == 0x25A0 or code == 0x25E6 or code == 0xF0A7 or code == 0xF0B7:
            seam = before != 10
        else:
            continue
        if not seam:
            continue
        start = at
        while start > 0 and at - start < longest and _lower(codes[start - 1]):
            start -= 1
        end = at + 1
        while end < size and end - at < longest and _lower(codes[end]):
            end += 1
        joined = start < at and _upper(code) and end > at + 1
        if joined and at - start < longest and start > 0 and _upper(codes[start - 1]):
            start -= 1
        out[0, n] = at
        out[1, n] = start if joined else 0
        out[2, n] = end if joined else 0
        n += 1
    return n
