"""The phrases that verdicts rest on: weighed, the strongest chosen, found in the ads and quoted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.features import density
from rolenlp.reading.lexicon import BREAK_ID
from rolenlp.reading.reader import Reading
from rolenlp.schema import POLES, THEMES, Evidence, Posting
from rolenlp.text.personal import quoted
from rolenlp.verdicts.requirements import is_required

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier
    from rolenlp.text.clean import Cleaned

MOST_EVIDENCE = 5
CROWDED = 0.5  # times its weight is what a phrase counts beside another of its sentence


class Phrase(NamedTuple):
    """A phrase of a theme: where its clean text holds it, and how far it moved the log-odds.

    `required` where the ad asks for it in an applicant.
    """

    theme: str
    start: int
    end: int
    weight: float
    required: bool = False


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of one ad, the most telling first, quoted and placed when that is asked for."""

    cleaned: Cleaned
    found: Sequence[Phrase]

    def quoted(self) -> Iterator[tuple[Phrase, str]]:
        """At most five, each with its quote: what is required last, else the heaviest first.

        None shares words with a more telling one, and no quote stands twice.
        """
        chosen: dict[str, tuple[Phrase, str]] = {}
        for phrase in self.found:
            if any(p.start < phrase.end and phrase.start < p.end for p, _ in chosen.values()):
                continue
            quote = quoted(self.cleaned.text, phrase.start, phrase.end)
            chosen.setdefault(quote.lower(), (phrase, quote))
            if len(chosen) == MOST_EVIDENCE:
                break
        yield from sorted(chosen.values(), key=lambda each: (each[0].required, -each[0].weight))

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

    What the holder does comes before what the ad requires; of phrases of one theme that end in the
    same word, or have the same words, only the heaviest is there. `roles` are those of the
    verdicts, empty where there is none.
    """
    hits, phrases, body = reading.hits, model.reader_.priors.phrases, reading.body
    outward, weight = _weights(model, reading)
    of = np.array(roles, np.str_)[hits.text]
    counts = np.flatnonzero((weight > 0) & (of != ""))
    outward, of = outward[hits.phrase[counts]], of[counts]
    line = 2 * hits.text[counts] + np.where(outward, of == "project", of == "product")
    required = is_required(body, model.reader_.lexicon, hits.start[counts])
    # Phrases of one weight stay in the order of their places.
    order = np.lexsort((-weight[counts], required, line))
    chosen, line, required = counts[order], line[order], required[order]
    theme = model.reader_.finder.themes[hits.phrase[chosen]]
    of_theme = line * len(THEMES) + theme
    last_word = body.ids[hits.end[chosen] - 1]
    first = _nth(of_theme * len(model.reader_.lexicon) + last_word) == 0
    bag = _bags(body.ids, hits.start[chosen], hits.end[chosen])
    first &= _nth(of_theme * (1 + len(bag)) + bag) == 0
    chosen, line, required, of_theme = (each[first] for each in (chosen, line, required, of_theme))
    sentence = np.cumsum(body.ids == BREAK_ID)[hits.start[chosen]]
    crowd = _nth(line * (1 + len(body.ids)) + sentence) + _nth(of_theme) // 2
    order = np.lexsort((-weight[chosen] * CROWDED**crowd, required, line))
    chosen, line, required = chosen[order], line[order], required[order]
    text, edges = hits.text[chosen], np.concatenate((hits.start[chosen], hits.end[chosen] - 1))
    spans = reading.places.of(np.tile(text, 2), edges)
    every = list(
        map(
            Phrase,
            [phrases[number].theme for number in hits.phrase[chosen].tolist()],
            spans[: len(chosen), 0].tolist(),
            spans[len(chosen) :, 1].tolist(),
            weight[chosen].tolist(),
            required.tolist(),
        )
    )
    bounds = np.searchsorted(line, np.arange(2 * len(reading) + 1)).tolist()
    lines = [every[start:end] for start, end in pairwise(bounds)]
    own, stray = (list(map(Phrases, reading.cleaned, lines[pole::2])) for pole in (0, 1))
    return own, stray


def every_phrase(model: RoleClassifier, ad: Posting) -> tuple[Evidence, ...]:
    """All phrases of an ad that moved its verdict towards their pole, in the order of the text.

    `strongest` picks from these.
    """
    reading = model.reader_.read([ad])
    hits, phrases = reading.hits, model.reader_.priors.phrases
    weight = _weights(model, reading)[1]
    counts = np.flatnonzero(weight > 0)
    edges = np.concatenate((hits.start[counts], hits.end[counts] - 1))
    spans = reading.places.of(np.zeros(len(edges), np.intp), edges)
    starts, ends = spans[: len(counts), 0].tolist(), spans[len(counts) :, 1].tolist()
    cleaned = reading.cleaned[0]
    found = [
        Evidence(
            phrases[number].theme,
            quoted(cleaned.text, start, end),
            *cleaned.source_span(start, end),
            each,
        )
        for number, start, end, each in zip(
            hits.phrase[counts].tolist(), starts, ends, weight[counts].tolist(), strict=True
        )
    ]
    return tuple(sorted(found, key=lambda e: (e.start, e.end)))


def _weights(
    model: RoleClassifier, reading: Reading
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Of each phrase whether its pole is product, of each hit how far it moved the log-odds."""
    hits, phrases = reading.hits, model.reader_.priors.phrases
    outward = np.array([POLES[phrase.theme] == "product" for phrase in phrases])
    pull = np.where(outward, 1, -1) * model.phrase_effects_
    return outward, pull[hits.phrase] * density(reading.n_words)[hits.text]


def _nth(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many times each key stood before."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    nth = np.empty(len(keys), np.int64)
    nth[order] = np.arange(len(keys)) - np.searchsorted(ordered, ordered)
    return nth


def _bags(
    ids: NDArray[np.int32], start: NDArray[np.int64], end: NDArray[np.int64]
) -> NDArray[np.int64]:
    """A number for the words of each span, whatever their order."""
    mixed = (ids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(24)
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(mixed)))
    return np.unique(sums[end] - sums[start], return_inverse=True)[1]
