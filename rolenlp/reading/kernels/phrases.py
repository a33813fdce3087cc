"""Phrases in streams of words; `rolenlp.reading.phrases` and `rolenlp.reading.priors` call them."""

from typing import Any

import numpy as np

from rolenlp.reading.compiled import kernel

__all__ = ["choose", "walk"]


@kernel
def walk(
    columns: Any,
    bounds: Any,
    broken: Any,
    followers: Any,
    gap: Any,
    longest_gap: int,
    first_end: Any,
    ends: Any,
    stack: Any,
    found: Any,
) -> int:
    """Every place of every phrase of a tree of words, by start, end and phrase, each once.

    ``columns`` holds the words of the texts as columns of ``followers``, the tree; ``found`` gets
    phrase, start and end a row. Gives how many there are, -1 where ``found`` has no room for them.
    ``stack`` needs room for what a walk leaves to be looked at later.
    """
    n = 0
    for text in range(len(bounds) - 1):
        limit = bounds[text + 1]
        for start in range(bounds[text], limit):
            if not followers[0, columns[start]]:
                continue
            first = n
            stack[0, 0], stack[0, 1] = start, 0
            height = 1
            while height:
                height -= 1
                at, node = stack[height, 0], stack[height, 1]
                if at >= limit:
                    continue
                node = followers[node, columns[at]]
                if not node:
                    continue
                at += 1
                for place in range(first_end[node], first_end[node + 1]):
                    phrase = ends[place]
                    # In its order among those from this start; a second way to it is dropped.
                    where = n
                    while where > first and (
                        found[where - 1, 2] > at
                        or (found[where - 1, 2] == at and found[where - 1, 0] > phrase)
                    ):
                        where -= 1
                    twin = where > first and found[where - 1, 2] == at
                    if twin and found[where - 1, 0] == phrase:
                        continue
                    if n == len(found):
                        return -1
                    for row in range(n, where, -1):
                        found[row] = found[row - 1]
                    found[where, 0], found[where, 1], found[where, 2] = phrase, start, at
                    n += 1
                stack[height, 0], stack[height, 1] = at, node
                height += 1
                beyond = gap[node]
                if beyond:
                    for words in range(longest_gap + 1):
                        stack[height, 0], stack[height, 1] = at + words, beyond
                        height += 1
                        if at + words >= limit or broken[at + words]:
                            break
    return n


@kernel
def choose(order: Any, theme: Any, start: Any, end: Any, taken: Any) -> Any:
    """Which phrases, looked at in an order, share no word with one of their theme before.

    ``taken``, shape (n_themes, n_words), marks the words that are gone, and is filled further.
    """
    kept = np.zeros(len(theme), np.bool_)
    for number in order:
        row = taken[theme[number]]
        free = True
        for place in range(start[number], end[number]):
            if row[place]:
                free = False
                break
        if free:
            row[start[number] : end[number]] = True
            kept[number] = True
    return kept
