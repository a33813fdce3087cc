"""The phrases that verdicts rest on: weighed, the strongest chosen, found in the ads and quoted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

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
    text, edges = hits.text[chosen], np.concatenate((hits.start[chosen], hits.end[chosen] - 1))
    spans = reading.places.of(np.tile(text, 2), edges)
    found: list[dict[str, Evidence]] = [{} for _ in range(2 * len(reading))]
    for number, phrase, start, end, heft in zip(
        line[order].tolist(),
        hits.phrase[chosen].tolist(),
        spans[: len(chosen), 0].tolist(),
        spans[len(chosen) :, 1].tolist(),
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
