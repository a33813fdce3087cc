"""What the model is not to read in an ad: names of roles, what is denied, and boilerplate.

Each mask makes words of a stream unknown and leaves all places where they are. Boilerplate is
what ads say about employer, pay and applying: by its words and those around it a place is told
from duties and requirements. Which words speak for it is a table (``boilerplate.json``), learned
from ads that name their sections in headings; see ``benchmarks/shipped/boilerplate.py``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID, Lexicon
from rolenlp.reading.phrases import PhraseFinder
from rolenlp.reading.streams import Stream, ranges

__all__ = [
    "AFFIRMED",
    "CUT",
    "ENDS",
    "MOST_MASKED",
    "NEGATIONS",
    "NEGATION_WINDOW",
    "TIE",
    "WINDOW",
    "Masks",
    "boilerplate_words",
    "mask_words",
]

NEGATIONS = frozenset(("not", "no", "never", "without", "neither", "nor"))
# "Not only", "not limited to", "no less", "no later" deny nothing.
AFFIRMED = frozenset(("only", "just", "limit", "little", "late"))
ENDS = frozenset(("but", "however", "instead"))  # what follows is not denied any more
NEGATION_WINDOW = 8  # so many words after a negation, in its sentence, are denied

WINDOW = 20  # words on either side that tell what a place is about
CUT = 0.3  # a place is boilerplate where the window's weights over the root of its length exceed it
TIE = 1e-9  # sums differ by less with the texts beside; a place at the cut is no boilerplate
MOST_MASKED = 0.85  # of an ad: where more would go, its duties were not recognised, and all stays


def boilerplate_words() -> dict[str, float]:
    """The words that speak for boilerplate (above 0) or against it, as shipped."""
    table = files("rolenlp.reading").joinpath("boilerplate.json").read_text("utf-8")
    words: dict[str, float] = json.loads(table)
    return words


def mask_words() -> list[str]:
    """The words that negation is told by."""
    return sorted(NEGATIONS | AFFIRMED | ENDS)


class Masks:
    """Makes unknown what is not to be read. ``boilerplate`` maps words to their weights."""

    def __init__(
        self, names: Sequence[str], boilerplate: Mapping[str, float], lexicon: Lexicon
    ) -> None:
        self._names = PhraseFinder(names, lexicon)
        self._lexicon = lexicon
        self._boilerplate = boilerplate
        self._weights = np.zeros(0)
        self._negations = _known(NEGATIONS, lexicon)
        self._affirmed = _known(AFFIRMED, lexicon)
        self._ends = np.append(_known(ENDS, lexicon), np.int32(BREAK_ID))

    def __call__(self, stream: Stream) -> tuple[Stream, NDArray[np.int64]]:
        """The stream with what is not to be read unknown, and how many words each text has left."""
        hidden = self._named(stream) | self._denied(stream) | self._is_boilerplate(stream)
        word = stream.ids != BREAK_ID
        hidden &= word
        left = np.concatenate(([0], np.cumsum(word & ~hidden)))
        ids = np.where(hidden, np.int32(UNKNOWN_ID), stream.ids)
        return Stream(ids, stream.bounds), np.diff(left[stream.bounds])

    def _named(self, stream: Stream) -> NDArray[np.bool_]:
        found = self._names.find(stream)
        named = np.zeros(len(stream.ids), bool)
        named[ranges(found.start, found.end - found.start)] = True
        return named

    def _denied(self, stream: Stream) -> NDArray[np.bool_]:
        denied = np.zeros(len(stream.ids), bool)
        following = np.append(stream.ids[1:], np.int32(BREAK_ID))
        following[stream.bounds[1:-1][stream.bounds[1:-1] > 0] - 1] = BREAK_ID
        at = np.flatnonzero(np.isin(stream.ids, self._negations))
        at = at[~np.isin(following[at], self._affirmed)]
        for _ in range(NEGATION_WINDOW):
            at = at[~np.isin(following[at], self._ends)] + 1
            denied[at] = True
        return denied

    def _is_boilerplate(self, stream: Stream) -> NDArray[np.bool_]:
        n = len(stream.ids)
        if not n or not self._boilerplate:
            return np.zeros(n, bool)
        sums = np.zeros(n + 1)
        np.cumsum(self._weights_of(stream.ids), out=sums[1:])
        sizes = np.diff(stream.bounds)
        first, end = np.arange(n) - WINDOW, np.arange(n) + WINDOW + 1
        np.maximum(first, np.repeat(stream.bounds[:-1], sizes), out=first)
        np.minimum(end, np.repeat(stream.bounds[1:], sizes), out=end)
        most = CUT * np.sqrt(np.arange(2 * WINDOW + 2)) + TIE
        found = sums[end] - sums[first] > most[end - first]
        before = np.concatenate(([0], np.cumsum(found)))[stream.bounds]
        share = np.diff(before) / np.maximum(1, sizes)
        return np.asarray(found & np.repeat(share <= MOST_MASKED, sizes))

    def _weights_of(self, ids: NDArray[np.int32]) -> NDArray[np.float64]:
        weights, words = self._weights, self._lexicon.words
        if len(weights) < len(words):
            more = [self._boilerplate.get(word, 0.0) for word in words[len(weights) :]]
            weights = self._weights = np.concatenate((weights, np.array(more)))
        return weights[ids]


def _known(words: Iterable[str], lexicon: Lexicon) -> NDArray[np.int32]:
    """The numbers of the words that a lexicon holds."""
    return np.array(sorted({lexicon.id(word) for word in words} - {UNKNOWN_ID}), np.int32)
