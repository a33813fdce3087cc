"""Postings read: cleaned, turned into streams of lemmas, their prior phrases found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID, Lexicon
from rolenlp.reading.masks import Masks
from rolenlp.reading.phrases import PhraseFinder
from rolenlp.reading.priors import Hits, PriorFinder, Priors
from rolenlp.reading.streams import Places, Stream, Streamer
from rolenlp.schema import Posting
from rolenlp.text.clean import Cleaned, clean

__all__ = ["MAX_CHARACTERS", "Reader", "Reading"]

MAX_CHARACTERS = 100_000  # an ad is judged on so much of its text

_TITLE_ROLES = ("product", "project")


@dataclass(frozen=True)
class Reading:
    """What was read in a batch of postings; every list and array has one entry a posting.

    `body` is masked (see `rolenlp.reading.masks`) and has `n_words` left; `places` tells where its
    words stand. `titles` is not masked. `hits` are phrases of the themes, `neighbours` those of
    neighbouring jobs. `title_hits`, shape (n_postings, 2), says whether a title names a product
    and whether it names a project role. `known_share` is how many of all words of a text the model
    knows.
    """

    postings: Sequence[Posting]
    cleaned: Sequence[Cleaned]
    body: Stream
    places: Places
    n_words: NDArray[np.int64]
    hits: Hits
    neighbours: Hits
    titles: Stream
    title_hits: NDArray[np.bool_]
    known_share: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.postings)


class Reader:
    """Reads postings with one lexicon, one lemma table, one set of priors, one of boilerplate."""

    def __init__(
        self,
        priors: Priors,
        lexicon: Lexicon,
        lemmas: Mapping[str, str],
        boilerplate: Mapping[str, float],
    ) -> None:
        self.priors = priors
        self.lexicon = lexicon
        self.boilerplate = boilerplate
        self.lemmas = lemmas
        self.finder = PriorFinder(priors, lexicon)
        self._masks = Masks(priors.names, boilerplate, lexicon)
        self._streamer = Streamer(lemmas, lexicon)
        in_title = [priors.titles[role] for role in _TITLE_ROLES]
        self._title_role = np.repeat([0, 1, 2], [*map(len, in_title), len(priors.title_exceptions)])
        self._titles = PhraseFinder([*in_title[0], *in_title[1], *priors.title_exceptions], lexicon)

    def read(self, postings: Sequence[Posting]) -> Reading:
        """Read a batch of postings."""
        cleaned = [clean(posting.text[:MAX_CHARACTERS]) for posting in postings]
        read, places = self._streamer.read([c.text for c in cleaned])
        body, n_words = self._masks(read)
        title_texts = [clean(posting.title[:500]) for posting in postings]
        titles = self._streamer.streams([title.text for title in title_texts])
        hits, neighbours = self.finder.find(body)
        title_hits = self._read_titles(titles)
        return Reading(
            postings,
            cleaned,
            body,
            places,
            n_words,
            hits,
            neighbours,
            titles,
            title_hits,
            _known_share(read),
        )

    def _read_titles(self, titles: Stream) -> NDArray[np.bool_]:
        found = self._titles.find(titles)
        role = self._title_role[found.phrase]
        excepted = np.zeros(len(titles.ids) + 1, bool)
        for start, end in zip(found.start[role == 2], found.end[role == 2], strict=True):
            excepted[start:end] = True
        counts = (role < 2) & ~excepted[found.start]
        text = np.searchsorted(titles.bounds, found.start[counts], side="right") - 1
        hits = np.zeros((len(titles), 2), bool)
        hits[text, role[counts]] = True
        return hits


def _known_share(stream: Stream) -> NDArray[np.float64]:
    words = np.concatenate(([0], np.cumsum(stream.ids != BREAK_ID)))[stream.bounds]
    known = np.concatenate(([0], np.cumsum(stream.ids > UNKNOWN_ID)))[stream.bounds]
    return np.asarray(np.diff(known) / np.maximum(1, np.diff(words)))
