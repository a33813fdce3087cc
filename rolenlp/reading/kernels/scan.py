"""Bytes of texts -> chunks by number -> streams; `rolenlp.reading.scan` calls them."""

from typing import Any

import numpy as np

from rolenlp.reading.compiled import kernel
from rolenlp.reading.lexicon import BREAK_ID
from rolenlp.reading.pipeline import LONGEST_CHUNK

__all__ = [
    "LINE",
    "MAY_BE_OWNED",
    "MAY_STOP",
    "PENDING",
    "WORD",
    "compose_all",
    "place_all",
    "scan",
]

# What is known of a chunk: that it is one word, also with marks around it, and that a full stop
# or an 's after it is a token of its own.
WORD, MAY_STOP, MAY_BE_OWNED = 1, 2, 4
PENDING = -1  # the count of words of a chunk that is not read yet
LINE = 0  # the number of the chunk that is a line break

_TEXT_END, _NEW_LINE, _SPACE, _LEAD, _PLAIN = 0, 1, 2, 3, 4
_KIND = np.full(256, _PLAIN, np.uint8)
_KIND[0], _KIND[10] = _TEXT_END, _NEW_LINE
_KIND[[9, 11, 12, 13, 28, 29, 30, 31, 32]] = _SPACE
_KIND[[0xC2, 0xE1, 0xE2, 0xE3]] = _LEAD  # may start white space of two or three bytes

_OPENING = np.zeros(256, np.bool_)
_OPENING[[ord(mark) for mark in '"(']] = True
_CLOSING = np.zeros(256, np.bool_)
_CLOSING[[ord(mark) for mark in ',;:!?)"']] = True
_BREAKING = np.zeros(256, np.bool_)
_BREAKING[[ord(mark) for mark in ";:!?."]] = True

# A chunk is known by two hashes of 64 bits, each like FNV-1a but with a start that is a secret of
# the process: no two chunks of one text in 10^25 share them, nor can any be made that do.
_PRIME, _OTHER = np.uint64(0x100000001B3), np.uint64(0x9FB21C651E98DF25)
_GOLDEN, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)


@kernel
def _white(data: Any, at: int) -> int:
    """How many bytes of white space start at a lead byte: 2, 3, or none."""
    lead = data[at]
    second = data[at + 1]
    if lead == 0xC2:
        return 2 if second == 0x85 or second == 0xA0 else 0
    third = data[at + 2]
    if lead == 0xE1:
        return 3 if second == 0x9A and third == 0x80 else 0
    if lead == 0xE3:
        return 3 if second == 0x80 and third == 0x80 else 0
    if second == 0x80:
        return 3 if third <= 0x8A or third == 0xA8 or third == 0xA9 or third == 0xAF else 0
    return 3 if second == 0x81 and third == 0x9F else 0


@kernel
def _find(one: Any, other: Any, slots: Any, hashes: Any) -> Any:
    """The number of the chunk of two hashes, or -1 less the free slot that it would take."""
    mask = len(slots) - 1
    slot = np.int64((one * _GOLDEN) >> _HALF) & mask
    while slots[slot] >= 0:
        number = slots[slot]
        if hashes[number, 0] == one and hashes[number, 1] == other:
            return number
        slot = (slot + 1) & mask
    return -1 - slot


@kernel
def place_all(slots: Any, hashes: Any, n: int) -> None:
    """Put the first ``n`` chunks into a table of free slots."""
    mask = len(slots) - 1
    for number in range(n):
        slot = np.int64((hashes[number, 0] * _GOLDEN) >> _HALF) & mask
        while slots[slot] >= 0:
            slot = (slot + 1) & mask
        slots[slot] = number


@kernel
def _compose(
    data: Any,
    begin: int,
    end: int,
    number: int,
    seeds: Any,
    slots: Any,
    hashes: Any,
    flags: Any,
    first: Any,
    count: Any,
    ids: Any,
    spans: Any,
    sizes: Any,
) -> None:
    """Read a new chunk that is a word with marks around it, if the word is known; see `_WORDS`."""
    if end - begin > LONGEST_CHUNK:
        return
    word = begin
    while word < end and _OPENING[data[word]]:
        word += 1
    after = word
    while after < end and 97 <= data[after] <= 122:
        after += 1
    if after == word or after - word == end - begin:
        return
    needed = WORD
    marks = after
    if after + 1 < end and data[after] == 39 and data[after + 1] == 115:  # 's
        needed |= MAY_BE_OWNED
        marks += 2
    if marks < end and data[marks] == 46:
        if marks == after:
            needed |= MAY_STOP
        elif marks - word < 3:
            return
        marks += 1
    while marks < end and _CLOSING[data[marks]]:
        marks += 1
    if marks < end:
        return
    one, other = seeds[0], seeds[1]
    for at in range(word, after):
        byte = np.uint64(data[at])
        one, other = (one ^ byte) * _PRIME, (other ^ byte) * _OTHER
    core = _find(one, other, slots, hashes)
    if core < 0 or core == number or flags[core] & needed != needed or count[core] == PENDING:
        return
    n = sizes[2]
    first[number] = n
    for place in range(first[core], first[core] + count[core]):
        ids[n] = ids[place]
        spans[n, 0], spans[n, 1] = word - begin, after - begin
        n += 1
    for at in range(after, end):
        if _BREAKING[data[at]]:
            ids[n] = BREAK_ID
            spans[n, 0], spans[n, 1] = at - begin, at - begin
            n += 1
    count[number] = n - sizes[2]
    sizes[2] = n


@kernel
def compose_all(
    numbers: Any,
    seeds: Any,
    slots: Any,
    hashes: Any,
    pool: Any,
    pool_at: Any,
    flags: Any,
    first: Any,
    count: Any,
    ids: Any,
    spans: Any,
    sizes: Any,
) -> None:
    """Read those of the remembered chunks that are words with marks around them."""
    for number in numbers:
        _compose(
            pool, pool_at[number], pool_at[number + 1], number, seeds, slots, hashes,
            flags, first, count, ids, spans, sizes,
        )  # fmt: skip


@kernel
def scan(
    data: Any,
    state: Any,
    numbers: Any,
    starts: Any,
    bounds: Any,
    seeds: Any,
    slots: Any,
    hashes: Any,
    pool: Any,
    pool_at: Any,
    flags: Any,
    first: Any,
    count: Any,
    ids: Any,
    spans: Any,
    sizes: Any,
) -> bool:
    """Number the chunks of texts, each of which ends in a NUL; False where room must be made.

    ``state`` is where it stands: byte, text, character in the text, chunks so far; called again
    it goes on from there. ``sizes`` is how many chunks, bytes and words are remembered. Chunks
    that are new and that it cannot read get the count `PENDING`.
    """
    at, text, character, n = state
    while at < len(data):
        kind = _KIND[data[at]]
        if kind == _TEXT_END:
            text += 1
            bounds[text] = n
            character = 0
            at += 1
            continue
        if kind == _NEW_LINE:
            numbers[n], starts[n] = LINE, character
            n += 1
            character += 1
            at += 1
            continue
        if kind == _SPACE:
            character += 1
            at += 1
            continue
        if kind == _LEAD:
            width = _white(data, at)
            if width:
                character += 1
                at += width
                continue
        begin, first_character = at, character
        one, other = seeds[0], seeds[1]
        while True:
            byte = data[at]
            kind = _KIND[byte]
            if kind < _LEAD or (kind == _LEAD and _white(data, at)):
                break
            one, other = (one ^ np.uint64(byte)) * _PRIME, (other ^ np.uint64(byte)) * _OTHER
            character += byte & 0xC0 != 0x80
            at += 1
        number = _find(one, other, slots, hashes)
        if number < 0:
            slot = -1 - number
            number = sizes[0]
            length = at - begin
            if (
                number + 1 >= len(first)
                or sizes[1] + length > len(pool)
                or sizes[2] + length + 1 > len(ids)
            ):
                state[0], state[1], state[2], state[3] = begin, text, first_character, n
                return False
            slots[slot] = number
            hashes[number, 0], hashes[number, 1] = one, other
            pool[sizes[1] : sizes[1] + length] = data[begin:at]
            sizes[0] += 1
            sizes[1] += length
            pool_at[number + 1] = sizes[1]
            first[number], count[number], flags[number] = 0, PENDING, 0
            _compose(
                data, begin, at, number, seeds, slots, hashes,
                flags, first, count, ids, spans, sizes,
            )  # fmt: skip
        numbers[n], starts[n] = number, first_character
        n += 1
    state[0], state[1], state[2], state[3] = at, text, character, n
    return True
