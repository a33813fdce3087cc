"""The kernel for HTML of plain tags; it takes and returns what those of `text` do."""

from __future__ import annotations

from rolenlp.reading.compiled import kernel
from rolenlp.reading.kernels.text import (
    BULLET,
    DECLINED,
    KNOWN,
    LINE_BULLET,
    NOTHING,
    SPACE,
    Codes,
    Keys,
    Kinds,
    Out,
    blank,
    digit,
    find,
    lower,
    replace,
    upper,
)

__all__ = [
    "BLOCK",
    "INLINE",
    "ITEM",
    "NAME_LENGTH",
    "NOT_HTML",
    "ODD",
    "REFERENCE_LENGTH",
    "find_plain_tags",
]

NOT_HTML = -2
INLINE, BLOCK, ITEM, ODD = 1, 2, 3, 4  # kinds of tags
# A name of so many characters is a number: of a tag with the digits 0-9a-z, of a reference with
# 0-9a-zA-Z, each counted from 1.
NAME_LENGTH = 12
REFERENCE_LENGTH = 10

_NAME_BASE = 37
_REFERENCE_BASE = 63


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
def _tag_end(codes: Codes, at: int) -> tuple[int, bool]:
    """Where a plain tag ends whose name ends at `at`, and whether it is one that boards write.

    The end is -1 where the tag is not plain.
    """
    size = len(codes)
    first = True
    common = False
    while True:
        space = at
        while at < size and blank(codes[at]):
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
        while value < size and blank(codes[value]):
            value += 1
        if value < size and codes[value] == 61:
            common = common or (first and not dotted)
            at = value + 1
            while at < size and blank(codes[at]):
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
                    blank(codes[at])
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
def _reference(codes: Codes, at: int, end: int, references: Keys, meanings: Out) -> tuple[int, int]:
    """Where the character reference at `at` ends, and the code point it stands for.

    The end is `at` if there is none there, and -1 where it is not a common one.
    """
    start = at
    at += 1
    if at < end and codes[at] == 35:
        at += 1
        if at < end and not digit(codes[at]):
            return (-1 if codes[at] | 32 == 120 else start), 0
        number = 0
        digits = at
        while at < end and digit(codes[at]) and at - digits < 8:
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
        if lower(code):
            key = key * _REFERENCE_BASE + code - 86  # 11 to 36
        elif upper(code):
            key = key * _REFERENCE_BASE + code - 28  # 37 to 62
        elif digit(code) and at > name:
            key = key * _REFERENCE_BASE + code - 47  # 1 to 10
        else:
            break
        at += 1
    if at - name < 2:
        return start, 0
    if at - name > REFERENCE_LENGTH or at == end or codes[at] != 59:
        return -1, 0
    place = find(references, key)
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
                n = replace(out, n, kept, data, NOTHING)
            if line == BULLET:
                n = replace(out, n, data, data, LINE_BULLET if started else BULLET)
            elif line:
                # Without a line before it, the break is an empty piece, which is kept as well.
                n = replace(out, n, data, data, 10 if started else NOTHING)
            line = 0
            place = data if ampersand else at
            while place < at:
                if codes[place] == 38:
                    end, code = _reference(codes, place, at, references, meanings)
                    if end < 0:
                        return DECLINED
                    if end > place:
                        n = replace(out, n, place, end, code)
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
            if upper(code):
                code += 32
            if lower(code):
                value = code - 86
            elif digit(code) and at > name:
                value = code - 47
            else:
                break
            if at - name < NAME_LENGTH:
                key = key * _NAME_BASE + value
            at += 1
        if at == name:
            return DECLINED
        place = find(names, key) if at - name <= NAME_LENGTH else -1
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
    return replace(out, n, kept, size, NOTHING) if kept < size else n
