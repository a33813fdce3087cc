"""The phrases that verdicts rest on: weighed, the strongest chosen, found in the ads and quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rolenlp.model.features import density
from rolenlp.reading.reader import Reading
from rolenlp.schema import POLES, Evidence
from rolenlp.text.personal import quoted

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.text.clean import Cleaned

MOST_EVIDENCE = 5


class Phrase(NamedTuple):
    """A phrase of a theme: where its clean text holds it, and how far it moved the log-odds."""

    theme: str
    start: int
    end: int
    weight: float


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one ad, the heaviest first, that are quoted and placed when that is asked for."""

    cleaned: Cleaned
    found: Sequence[Phrase]

    def quoted(self) -> Iterator[tuple[Phrase, str]]:
        """At most five, each with its quote; none that is quoted already."""
        seen: set[str] = set()
        for phrase in self.found:
            quote = quoted(self.cleaned.text, phrase.start, phrase.end)
            if (same := quote.lower()) not in seen:
                seen.add(same)
                yield phrase, quote
            if len(seen) == MOST_EVIDENCE:
                return

    def evidence(self) -> tuple[Evidence, ...]:
        """The same with their places in the text that was passed in."""
        source = self.cleaned.source_span
        return tuple(
            Evidence(phrase.theme, quote, *source(phrase.start, phrase.end), phrase.weight)
            for phrase, quote in self.quoted()
        )


def strongest(
    model: RoleClassifier, reading: Reading, roles: Sequence[str]
) -> tuple[list[Phrases], list[Phrases]]:
    """For each ad the phrases that moved its verdict most: those for its role, then the stray.

    `roles` are those of the verdicts, empty where there is none.
    """
    hits, phrases = reading.hits, model.reader_.priors.phrases
    outward = np.array([POLES[phrase.theme] == "product" for phrase in phrases])
    pull = np.where(outward, 1, -1) * model.phrase_effects_
    weight = pull[hits.phrase] * density(reading.n_words)[hits.text]
    of = np.array(roles, np.str_)[hits.text]
    counts = np.flatnonzero((weight > 0) & (of != ""))
    outward, of = outward[hits.phrase[counts]], of[counts]
    line = 2 * hits.text[counts] + np.where(outward, of == "project", of == "product")
    # Phrases of one weight stay in the order of their places.
    order = np.lexsort((-weight[counts], line))
    chosen = counts[order]
    text, edges = hits.text[chosen], np.concatenate((hits.start[chosen], hits.end[chosen] - 1))
    spans = reading.places.of(np.tile(text, 2), edges)
    every = list(
        map(
            Phrase,
            [phrases[number].theme for number in hits.phrase[chosen].tolist()],
            spans[: len(chosen), 0].tolist(),
            spans[len(chosen) :, 1].tolist(),
            weight[chosen].tolist(),
        )
    )
    bounds = np.searchsorted(line[order], np.arange(2 * len(reading) + 1)).tolist()
    lines = [every[start:end] for start, end in pairwise(bounds)]
    own, stray = (list(map(Phrases, reading.cleaned, lines[pole::2])) for pole in (0, 1))
    return own, stray
