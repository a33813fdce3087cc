"""The phrases that verdicts rest on: weighed, the strongest chosen, found in the ads and quoted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.reader import Reading
from rolenlp.schema import POLES, Evidence
from rolenlp.text.personal import quoted

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

__all__ = ["strongest"]

MOST_EVIDENCE = 5


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
        so_far = found[number]
        if len(so_far) < MOST_EVIDENCE:
            cleaned = reading.cleaned[number // 2]
            quote = quoted(cleaned.text, start, end)
            if (same := quote.lower()) not in so_far:
                first, last = cleaned.source_span(start, end)
                so_far[same] = Evidence(phrases[phrase].theme, quote, first, last, heft)
    every = [tuple(each.values()) for each in found]
    return every[::2], every[1::2]


def _spans(
    reading: Reading, hits: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where some of the hits start and end in their clean texts."""
    places = reading.places
    text, row = np.unique(reading.hits.text[hits], return_inverse=True)
    starts = [places.starts(number) for number in text.tolist()]
    lengths = np.array([len(each) for each in starts], np.int64)
    before = np.cumsum(lengths) - lengths
    chunks = np.concatenate([np.zeros(0, np.int64), *starts])

    def edge(words: NDArray[np.int64], side: int) -> NDArray[np.int64]:
        start = chunks[before[row] + places.chunk[words]]
        return np.asarray(start + places.spans[places.word[words], side], np.int64)

    return edge(reading.hits.start[hits], 0), edge(reading.hits.end[hits] - 1, 1)
