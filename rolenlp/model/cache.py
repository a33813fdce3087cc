"""What a fit goes by of ads that were read, and a memory that spares reading them again.

A search of settings fits and judges the same ads over and over, where only reading is slow. So a
process can keep what was read, with one lexicon that takes in every word; a model that knows
fewer takes the others for unknown, as if it had read the ads itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from rolenlp.guard import Guard
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import Hits, Priors
from rolenlp.reading.reader import Reader, Reading
from rolenlp.reading.streams import Stream
from rolenlp.schema import Posting

__all__ = ["ReadAds", "ReadingCache"]

_MEMORIES = 4  # so many sets of priors and boilerplate are remembered at a time


@dataclass(frozen=True)
class ReadAds:
    """The part of a `Reading` that features are made of, and the lexicon that numbers its words."""

    lexicon: Lexicon
    texts: Sequence[str]
    body: Stream
    n_words: NDArray[np.int64]
    hits: Hits
    neighbours: Hits
    titles: Stream
    title_hits: NDArray[np.bool_]

    @classmethod
    def of(cls, reading: Reading, lexicon: Lexicon) -> Self:
        """What is kept of ads that were read with a lexicon."""
        return cls(
            lexicon,
            [cleaned.text for cleaned in reading.cleaned],
            reading.body,
            reading.n_words,
            reading.hits,
            reading.neighbours,
            reading.titles,
            reading.title_hits,
        )

    def __len__(self) -> int:
        return len(self.texts)

    def rows(self, chosen: NDArray[np.int64]) -> ReadAds:
        """Some of the ads, in the order chosen."""
        body = _rows_of_stream(self.body, chosen)
        moved = body.bounds[:-1] - self.body.bounds[chosen]
        return ReadAds(
            self.lexicon,
            [self.texts[i] for i in chosen],
            body,
            self.n_words[chosen],
            _rows_of_hits(self.hits, len(self), chosen, moved),
            _rows_of_hits(self.neighbours, len(self), chosen, moved),
            _rows_of_stream(self.titles, chosen),
            self.title_hits[chosen],
        )

    def then(self, other: ReadAds) -> ReadAds:
        """These ads and others, read with the same lexicon."""
        n, n_ids = len(self), len(self.body.ids)
        return ReadAds(
            self.lexicon,
            [*self.texts, *other.texts],
            _end_to_end(self.body, other.body),
            np.concatenate((self.n_words, other.n_words)),
            _both(self.hits, _moved(other.hits, n, n_ids)),
            _both(self.neighbours, _moved(other.neighbours, n, n_ids)),
            _end_to_end(self.titles, other.titles),
            np.concatenate((self.title_hits, other.title_hits)),
        )

    def known_to(self, lexicon: Lexicon) -> ReadAds:
        """The same in the numbers of another lexicon."""
        number = np.array([lexicon.id(word) for word in self.lexicon.words], np.int32)
        body, titles = (Stream(number[s.ids], s.bounds) for s in (self.body, self.titles))
        return replace(self, lexicon=lexicon, body=body, titles=titles)


@dataclass(frozen=True)
class _Known:
    """A reader, and what it has read: the row of each ad among all."""

    reader: Reader
    row: Mapping[Posting, int]
    read_ads: ReadAds


class ReadingCache:
    """Reads ads with one set of priors and boilerplate, and remembers some."""

    def __init__(self, priors: Priors, boilerplate: Mapping[str, float]) -> None:
        self.priors, self.boilerplate = priors, boilerplate
        self._guard = Guard()
        self._known: _Known | None = None

    @staticmethod
    def of_process(priors: Priors, boilerplate: Mapping[str, float]) -> ReadingCache:
        """The memory that this process has for these priors and this boilerplate."""
        with _GUARD.lock:
            for memory in _of_process:
                if memory.priors == priors and memory.boilerplate == boilerplate:
                    return memory
            _of_process[: 1 - _MEMORIES] = []
            _of_process.append(ReadingCache(priors, dict(boilerplate)))
            return _of_process[-1]

    def read(self, postings: Sequence[Posting], most: int = 0) -> ReadAds:
        """The ads as read; those that are remembered are not read. Afterwards at most `most` are.

        Where there are more, all are forgotten.
        """
        with self._guard.lock:
            known = self._known
            new = [p for p in dict.fromkeys(postings) if known is None or p not in known.row]
            if known is not None and len(known.row) + len(new) > most:
                known, new = None, list(dict.fromkeys(postings))
            known = self._read(known, new)
            self._known = known if len(known.row) <= most else None
        return known.read_ads.rows(np.array([known.row[p] for p in postings], np.int64))

    def _read(self, known: _Known | None, new: Sequence[Posting]) -> _Known:
        """What is known once some more ads are read."""
        if known is None:
            lexicon = Lexicon(self.priors.words())
            reader = Reader(self.priors, lexicon, english_lemmas(), self.boilerplate)
            read_ads = ReadAds.of(reader.read(new), lexicon)
            return _Known(reader, {posting: i for i, posting in enumerate(new)}, read_ads)
        if not new:
            return known
        read_ads = known.read_ads.then(ReadAds.of(known.reader.read(new), known.reader.lexicon))
        row = {posting: len(known.row) + i for i, posting in enumerate(new)}
        return _Known(known.reader, {**known.row, **row}, read_ads)


_GUARD = Guard()
_of_process: list[ReadingCache] = []


def _places(bounds: NDArray[np.int64], chosen: NDArray[np.int64]) -> NDArray[np.int64]:
    """Where the items of some texts stand, where text i has ``bounds[i]:bounds[i + 1]``."""
    runs = zip(bounds[chosen].tolist(), bounds[chosen + 1].tolist(), strict=True)
    return np.concatenate([np.zeros(0, np.int64), *(np.arange(*run) for run in runs)])


def _rows_of_stream(stream: Stream, chosen: NDArray[np.int64]) -> Stream:
    sizes = np.diff(stream.bounds)[chosen]
    return Stream(
        stream.ids[_places(stream.bounds, chosen)], np.concatenate(([0], np.cumsum(sizes)))
    )


def _rows_of_hits(hits: Hits, n: int, chosen: NDArray[np.int64], moved: NDArray[np.int64]) -> Hits:
    bounds = np.searchsorted(hits.text, np.arange(n + 1))
    places = _places(bounds, chosen)
    text = np.repeat(np.arange(len(chosen)), np.diff(bounds)[chosen])
    return Hits(
        hits.phrase[places],
        text,
        hits.start[places] + moved[text],
        hits.end[places] + moved[text],
    )


def _end_to_end(one: Stream, other: Stream) -> Stream:
    return Stream(
        np.concatenate((one.ids, other.ids)),
        np.concatenate((one.bounds, len(one.ids) + other.bounds[1:])),
    )


def _moved(hits: Hits, texts: int, ids: int) -> Hits:
    return Hits(hits.phrase, hits.text + texts, hits.start + ids, hits.end + ids)


def _both(one: Hits, other: Hits) -> Hits:
    return Hits(
        *(np.concatenate((getattr(one, f.name), getattr(other, f.name))) for f in fields(Hits))
    )
