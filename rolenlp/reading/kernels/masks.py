"""What is not to be read in streams of words; `rolenlp.reading.masks` calls it."""

from typing import Any

import numpy as np

from rolenlp.reading.compiled import kernel
from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID

__all__ = ["AFFIRMS", "CLOSES", "NEGATES", "mask"]

NEGATES, AFFIRMS, CLOSES = 1, 2, 4  # what a word does to a denial


@kernel
def mask(
    ids: Any,
    bounds: Any,
    name_starts: Any,
    name_ends: Any,
    does: Any,
    reach: int,
    sums: Any,
    window: int,
    cut: float,
    tie: float,
    most: float,
    left: Any,
) -> Any:
    """The words with what is not to be read unknown; ``left`` gets how many a text has left.

    ``does`` says of every word number what the word does; ``sums``, one longer than ``ids``, sums
    up the weights of boilerplate, and is empty where there is no such table.
    """
    out = ids.copy()
    hidden = np.zeros(len(ids), np.bool_)
    for number in range(len(name_starts)):
        hidden[name_starts[number] : name_ends[number]] = True
    found = np.zeros(len(ids), np.bool_)
    for text in range(len(bounds) - 1):
        begin, end = bounds[text], bounds[text + 1]
        denied = 0
        n_found = 0
        for place in range(begin, end):
            word = ids[place]
            what = does[word] if word < len(does) else 0
            if word == BREAK_ID or what & CLOSES:
                denied = 0
            elif denied:
                hidden[place] = True
                denied -= 1
            if what & NEGATES:
                following = ids[place + 1] if place + 1 < len(ids) else BREAK_ID
                if following >= len(does) or not does[following] & AFFIRMS:
                    denied = reach
            if len(sums):
                first, after = max(begin, place - window), min(end, place + window + 1)
                if sums[after] - sums[first] > cut * np.sqrt(np.float64(after - first)) + tie:
                    found[place] = True
                    n_found += 1
        if n_found / max(1, end - begin) > most:
            found[begin:end] = False
        n_left = 0
        for place in range(begin, end):
            if ids[place] != BREAK_ID:
                if hidden[place] or found[place]:
                    out[place] = UNKNOWN_ID
                else:
                    n_left += 1
        left[text] = n_left
    return out
