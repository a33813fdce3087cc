"""Chunks by number -> streams of words; `rolenlp.reading.scan` calls it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.compiled import kernel
from rolenlp.reading.lexicon import BREAK_ID

__all__ = ["emit"]


@kernel
def emit(
    numbers: NDArray[np.int32],
    bounds: Any,
    first: Any,
    count: Any,
    ids: Any,
    out_ids: Any,
    out_word: Any,
    out_chunk: Any,
    out_bounds: Any,
) -> int:
    """The words of chunks: all words, and between two of them the last of a run of BREAKs."""
    n = 0
    for text in range(len(bounds) - 1):
        begin = n
        held = False
        held_word = held_chunk = 0
        for place in range(bounds[text], bounds[text + 1]):
            number = numbers[place]
            for word in range(first[number], first[number] + count[number]):
                if ids[word] == BREAK_ID:
                    held, held_word, held_chunk = True, word, place - bounds[text]
                    continue
                if held and n > begin:
                    out_ids[n], out_word[n], out_chunk[n] = BREAK_ID, held_word, held_chunk
                    n += 1
                held = False
                out_ids[n], out_word[n], out_chunk[n] = ids[word], word, place - bounds[text]
                n += 1
        out_bounds[text + 1] = n
    return n
