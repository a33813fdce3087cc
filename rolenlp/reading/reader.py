"""Postings read: cleaned, turned into streams of lemmas, their prior phrases found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID, Lexicon
from rolenlp.reading.masks import Masks
from rolenlp.reading.priors import Hits, PriorFinder, Priors
from rolenlp.reading.streams import Places, Stream, Streamer
from rolenlp.reading.titles import TitleClaims, parted
from rolenlp.schema import Posting
from rolenlp.text.clean import Cleaned, clean

__all__ = ["MAX_CHARACTERS", "Reader", "Reading"]

MAX_CHARACTERS = 100_000  # an ad is judged on so much of its text


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
        self._claims = TitleClaims(priors, lexicon)

    def read(self, postings: Sequence[Posting]) -> Reading:
        """Read a batch of postings."""
        cleaned = [clean(posting.text[:MAX_CHARACTERS]) for posting in postings]
        read, places = self._streamer.read([c.text for c in cleaned])
        body, n_words = self._masks(read)
        title_texts = [clean(posting.title[:500]) for posting in postings]
        titles = self._streamer.streams([title.text for title in title_texts])
        hits, neighbours = self.finder.find(body)
        title_hits = self._claims(self._streamer.streams([parted(t.text) for t in title_texts]))
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


def _known_share(stream: Stream) -> NDArray[np.float64]:
    words = np.concatenate(([0], np.cumsum(stream.ids != BREAK_ID)))[stream.bounds]
    known = np.concatenate(([0], np.cumsum(stream.ids > UNKNOWN_ID)))[stream.bounds]
    return np.asarray(np.diff(known) / np.maximum(1, np.diff(words)))
