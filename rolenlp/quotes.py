"""The phrases that verdicts rest on: weighed, the strongest chosen, found in the ads and quoted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.prediction import Evidence
from rolenlp.priors import POLES
from rolenlp.reading import Reading

if TYPE_CHECKING:
    from rolenlp.model import RoleClassifier

__all__ = ["strongest"]

MOST_EVIDENCE = 5

# What a character is for finding the chunks of a text: a part of one, white space, or a line break,
# which is white space and a chunk as well.
_PART, _SPACE, _BREAK = 0, 1, 2
_KINDS = bytes(
    _BREAK if code == ord("\n") else _SPACE if chr(code).isspace() else _PART for code in range(256)
)
_WIDE_SPACES = [chr(code) for code in range(256, 0x3001) if chr(code).isspace()]  # none are above


def strongest(
    model: RoleClassifier, reading: Reading, roles: Sequence[str]
) -> tuple[list[tuple[Evidence, ...]], list[tuple[Evidence, ...]]]:
    """For each ad the phrases that moved its verdict most: those for its role, then the stray.

    The heaviest come first, at most five; a phrase that is quoted already is not quoted again.
    `roles` are those of the verdicts, empty where there is none.
    """
    hits, phrases = reading.hits, model.reader_.priors.phrases
    product, project = model.phrase_coefficients()
    outward = np.array([POLES[phrase.theme] == "product" for phrase in phrases])
    pull = np.where(outward, product - project, project - product)
    weight = pull[hits.phrase] * (1 / np.sqrt(reading.n_words + 30))[hits.text]
    of = np.array(roles, np.str_)[hits.text]
    counts = np.flatnonzero((weight > 0) & (of != ""))
    outward, of = outward[hits.phrase[counts]], of[counts]
    stray = np.where(outward, of == "project", of == "product")
    line = 2 * hits.text[counts] + stray
    # Phrases of one weight stay in the order of their places.
    order = np.lexsort((-weight[counts], line))
    chosen = counts[order]
    starts, ends = _spans(reading, chosen)
    found: list[dict[str, Evidence]] = [{} for _ in range(2 * len(reading))]
    for number, phrase, start, end, heft in zip(
        line[order].tolist(),
        hits.phrase[chosen].tolist(),
        starts.tolist(),
        ends.tolist(),
        weight[chosen].tolist(),
        strict=True,
    ):
        quoted = found[number]
        if len(quoted) < MOST_EVIDENCE:
            cleaned = reading.cleaned[number // 2]
            quote = " ".join(cleaned.text[start:end].split())
            if (same := quote.lower()) not in quoted:
                first, last = cleaned.source_span(start, end)
                quoted[same] = Evidence(phrases[phrase].theme, quote, first, last, heft)
    every = [tuple(quoted.values()) for quoted in found]
    return every[::2], every[1::2]


def _spans(
    reading: Reading, hits: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where some of the hits start and end in their clean texts."""
    places = reading.places
    text, row = np.unique(reading.hits.text[hits], return_inverse=True)
    kinds = [_kinds(places.texts[number]) for number in text.tolist()]
    all_kinds = np.frombuffer(b"\1".join([b"", *kinds]), np.uint8)  # a space before each
    part = all_kinds == _PART
    begins = part[1:] & ~part[:-1]
    begins |= all_kinds[1:] == _BREAK
    chunks = np.flatnonzero(begins)
    lengths = np.array([len(each) + 1 for each in kinds], np.int64)
    before = np.cumsum(lengths) - lengths
    first_chunk = np.searchsorted(chunks, before)

    def edge(words: NDArray[np.int64], side: int) -> NDArray[np.int64]:
        start = chunks[first_chunk[row] + places.chunk[words]] - before[row]
        return np.asarray(start + places.spans[places.word[words], side], np.int64)

    return edge(reading.hits.start[hits], 0), edge(reading.hits.end[hits] - 1, 1)


def _kinds(text: str) -> bytes:
    """The kind of each character."""
    if not text.isascii():
        for space in _WIDE_SPACES:
            text = text.replace(space, " ")
    return text.encode("latin-1", "replace").translate(_KINDS)
