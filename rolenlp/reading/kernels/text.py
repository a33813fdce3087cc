"""Kernels of cleaning. Each finds what one step replaces in a text, given as its code points.

They fill `out`, int32 of shape (5, at least the text's length + 2), one column a replacement: where
the new piece starts and ends, where the old one starts and ends, and the new piece, as a code point
or one of `NOTHING` (removed), `BULLET` and `LINE_BULLET`. They return the number of replacements,
or `DECLINED` for a text that must go the plain way. `kinds` tells what the first `KNOWN` code
points are: `SPACE`, `WORD` (as in a regular expression) or 0.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.compiled import kernel

__all__ = [
    "BULLET",
    "DECLINED",
    "KNOWN",
    "LINE_BULLET",
    "NOTHING",
    "SPACE",
    "WORD",
    "Codes",
    "Keys",
    "Kinds",
    "Out",
    "blank",
    "digit",
    "find",
    "find_special",
    "lower",
    "replace",
    "upper",
    "write",
]

Codes = NDArray[np.uint32]
Kinds = NDArray[np.uint8]
Keys = NDArray[np.int64]
Out = NDArray[np.int32]

DECLINED = -1
NOTHING, BULLET, LINE_BULLET = 0, -1, -2
SPACE, WORD = 1, 2
KNOWN = 65_536


@kernel
def lower(code: int) -> bool:
    """a-z"""
    return 97 <= code <= 122


@kernel
def upper(code: int) -> bool:
    """A-Z"""
    return 65 <= code <= 90


@kernel
def blank(code: int) -> bool:
    """White space in ASCII."""
    return code == 32 or 9 <= code <= 13


@kernel
def digit(code: int) -> bool:
    """0-9"""
    return 48 <= code <= 57


@kernel
def find(keys: Keys, key: int) -> int:
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
def replace(out: Out, n: int, start: int, end: int, new: int) -> int:
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
        if new in (LINE_BULLET, BULLET):
            text[size] = 0x2022
            text[size + 1] = 32
            size += 2
        elif new != NOTHING:
            text[size] = new
            size += 1
    rest = len(codes) - copied
    text[size : size + rest] = codes[copied:]
    return size + rest
