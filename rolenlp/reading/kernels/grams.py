"""1-grams and 2-grams of streams of words as TF-IDF; `rolenlp.model.features` calls them."""

from typing import Any

import numpy as np

from rolenlp.reading.compiled import kernel

__all__ = ["weigh_grams"]

_GOLDEN, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_PAIR = 2**32
# The place of the one bit that is set, by a de Bruijn sequence (Leiserson et al., 1998).
_SEQUENCE = 0x03F79D71B4CB0A89
_DE_BRUIJN, _TOP = np.uint64(_SEQUENCE), np.uint64(58)
_PLACE = np.zeros(64, np.int32)
_PLACE[[(_SEQUENCE << place) % 2**64 >> 58 for place in range(64)]] = range(64)
_ONE, _ALL = np.uint64(1), np.uint64(2**64 - 1)


@kernel
def weigh_grams(
    ids: Any,
    bounds: Any,
    last_unknown: int,
    single: Any,
    keys: Any,
    slots: Any,
    n_single: int,
    idf: Any,
    frequency: Any,
    indptr: Any,
    indices: Any,
    data: Any,
) -> int:
    """The rows of a sparse matrix, one a text, and how many entries it has.

    ``single`` gives the column of a word's 1-gram, or -1; ``keys`` and ``slots`` are the table of
    `Grams`; ``frequency[tf]`` is what the term frequency tf counts.
    """
    mask = len(slots) - 1
    counts = np.zeros(len(keys), np.int64)
    seen = np.zeros(len(keys) // 64 + 1, np.uint64)  # a bit a column
    n = 0
    for text in range(len(bounds) - 1):
        begin = n
        for place in range(bounds[text], bounds[text + 1]):
            word = ids[place]
            if word <= last_unknown:
                continue
            column = single[word] if word < len(single) else -1
            if column >= 0:
                seen[column >> 6] |= _ONE << np.uint64(column & 63)
                counts[column] += 1
            if place + 1 == bounds[text + 1] or ids[place + 1] <= last_unknown:
                continue
            key = (np.int64(word) + 1) * _PAIR + ids[place + 1]
            slot = np.int64((np.uint64(key) * _GOLDEN) >> _HALF) & mask
            while slots[slot] >= 0:
                column = slots[slot]
                if keys[column] == key:
                    seen[column >> 6] |= _ONE << np.uint64(column & 63)
                    counts[column] += 1
                    break
                slot = (slot + 1) & mask
        lengths = np.zeros(2)
        for part in range(len(seen)):
            bits = seen[part]
            seen[part] = 0
            while bits:
                lowest = bits & ((bits ^ _ALL) + _ONE)
                bits ^= lowest
                column = part * 64 + _PLACE[(lowest * _DE_BRUIJN) >> _TOP]
                value = frequency[counts[column]] * idf[column]
                counts[column] = 0
                indices[n] = column
                data[n] = value
                n += 1
                lengths[1 if column >= n_single else 0] += value * value
        for at in range(begin, n):
            data[at] /= np.sqrt(lengths[1 if indices[at] >= n_single else 0])
        indptr[text + 1] = n
    return n
