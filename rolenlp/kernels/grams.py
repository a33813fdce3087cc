"""1-grams and 2-grams of streams of words as TF-IDF; `rolenlp.features` calls them."""

from typing import Any

import numpy as np

from rolenlp.compiled import kernel

__all__ = ["weigh_grams"]

_GOLDEN, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_PAIR = 2**32


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
    n = 0
    for text in range(len(bounds) - 1):
        begin = n
        for place in range(bounds[text], bounds[text + 1]):
            word = ids[place]
            if word <= last_unknown:
                continue
            column = single[word] if word < len(single) else -1
            if column >= 0:
                if counts[column] == 0:
                    indices[n] = column
                    n += 1
                counts[column] += 1
            if place + 1 == bounds[text + 1] or ids[place + 1] <= last_unknown:
                continue
            key = (np.int64(word) + 1) * _PAIR + ids[place + 1]
            slot = np.int64((np.uint64(key) * _GOLDEN) >> _HALF) & mask
            while slots[slot] >= 0:
                column = slots[slot]
                if keys[column] == key:
                    if counts[column] == 0:
                        indices[n] = column
                        n += 1
                    counts[column] += 1
                    break
                slot = (slot + 1) & mask
        indices[begin:n].sort()
        lengths = np.zeros(2)
        for at in range(begin, n):
            column = indices[at]
            value = frequency[counts[column]] * idf[column]
            counts[column] = 0
            data[at] = value
            lengths[1 if column >= n_single else 0] += value * value
        for at in range(begin, n):
            data[at] /= np.sqrt(lengths[1 if indices[at] >= n_single else 0])
        indptr[text + 1] = n
    return n
