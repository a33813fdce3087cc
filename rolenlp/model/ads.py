"""Ads that were read, and the step of a pipeline that reads them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from rolenlp.model.proper_nouns import proper_nouns_in
from rolenlp.reading.lexicon import UNKNOWN_ID, Lexicon
from rolenlp.reading.masks import boilerplate_words, mask_words
from rolenlp.reading.pipeline import american, english_lemmas
from rolenlp.reading.priors import Hits, Priors
from rolenlp.reading.reader import Reader, Reading
from rolenlp.reading.streams import Stream, ranges
from rolenlp.schema import Posting, as_postings
from rolenlp.text.personal import is_address

_BATCH = 1024  # ads read at a time
_LONGEST_SHOWN = 60  # characters of a parameter


@dataclass(frozen=True)
class ReadAds:
    """What features are made of, of ads that were read, and the reader whose words they hold.

    It stands in for the ads wherever this package takes some, so that a search of settings reads
    texts once. It is indexed by rows, so scikit-learn's cross-validation can split it. See
    `rolenlp.reading.reader.Reading` for the other parts. `sources`, one an ad, are where they are
    from, or None.
    """

    reader: Reader
    postings: Sequence[Posting]
    texts: Sequence[str]
    body: Stream
    n_words: NDArray[np.int64]
    hits: Hits
    neighbours: Hits
    titles: Stream
    title_hits: NDArray[np.bool_]
    sources: Sequence[str] | None = None

    @classmethod
    def of(cls, reading: Reading, reader: Reader) -> Self:
        """What is kept of a batch."""
        return cls(
            reader,
            reading.postings,
            [cleaned.text for cleaned in reading.cleaned],
            reading.body,
            reading.n_words,
            reading.hits,
            reading.neighbours,
            reading.titles,
            reading.title_hits,
        )

    def __len__(self) -> int:
        return len(self.postings)

    @property
    def shape(self) -> tuple[int]:
        """(n_ads,); scikit-learn asks for it."""
        return (len(self),)

    def __getitem__(self, rows: Any) -> ReadAds:
        """Some of the ads: by a slice, numbers or a mask."""
        rows = rows[0] if isinstance(rows, tuple) else rows  # scikit-learn adds an Ellipsis
        chosen = np.atleast_1d(np.arange(len(self))[rows])
        body, moved = _rows_of_stream(self.body, chosen)
        return replace(
            self,
            postings=[self.postings[i] for i in chosen],
            texts=[self.texts[i] for i in chosen],
            body=body,
            n_words=self.n_words[chosen],
            hits=_rows_of_hits(self.hits, len(self), chosen, moved),
            neighbours=_rows_of_hits(self.neighbours, len(self), chosen, moved),
            titles=_rows_of_stream(self.titles, chosen)[0],
            title_hits=self.title_hits[chosen],
            sources=None if self.sources is None else [self.sources[i] for i in chosen],
        )

    def known_to(self, reader: Reader) -> ReadAds:
        """The same in the words of another reader; those that it does not know are unknown.

        Raises ValueError where that one looks for other phrases or passes other words over.
        """
        if reader is self.reader:
            return self
        if (reader.priors, reader.boilerplate) != (self.reader.priors, self.reader.boilerplate):
            raise ValueError("the ads were read with other priors or boilerplate: read them again")
        number = np.array([reader.lexicon.id(word) for word in self.reader.lexicon.words], np.int32)
        body, titles = (Stream(number[s.ids], s.bounds) for s in (self.body, self.titles))
        return replace(self, reader=reader, body=body, titles=titles)

    def without_titles(self) -> ReadAds:
        """The same ads, as if none had a title."""
        return replace(
            self,
            postings=[Posting(ad.text) for ad in self.postings],
            titles=_nothing(len(self)),
            title_hits=np.zeros_like(self.title_hits),
        )

    def without_texts(self) -> ReadAds:
        """The same ads, as if none had a text."""
        return replace(
            self,
            postings=[Posting("", ad.title) for ad in self.postings],
            texts=[""] * len(self),
            body=_nothing(len(self)),
            n_words=np.zeros_like(self.n_words),
            hits=NO_HITS,
            neighbours=NO_HITS,
        )


def has_title(read: ReadAds | Reading) -> NDArray[np.bool_]:
    """Which ads have a title."""
    return np.asarray(np.diff(read.titles.bounds) > 0)


NO_HITS = Hits(*(np.zeros(0, np.int64) for _ in range(4)))


def made_up(reader: Reader, hits: Hits, neighbours: Hits, n_words: NDArray[np.int64]) -> ReadAds:
    """Ads that consist of phrases alone; `n_words` says how long each is, with all other words."""
    n = len(n_words)
    nothing = _nothing(n)
    ads, claims = [Posting("")] * n, np.zeros((n, 2), bool)
    return ReadAds(reader, ads, [""] * n, nothing, n_words, hits, neighbours, nothing, claims)


def read_ads(
    ads: Any, priors: Priors | None = None, boilerplate: Mapping[str, float] | None = None
) -> ReadAds:
    """Ads read with every word kept, for any number of fits.

    `ads` is a DataFrame with ``text`` and perhaps ``title``, or any sequence of ads; `priors` and
    `boilerplate` are those of `AdReader`.

    Example:
        >>> ads = read_ads(["You own the product roadmap.", "You keep the project plan."])
        >>> ads.shape
        (2,)
    """
    priors = priors or Priors.default()
    boilerplate = boilerplate_words() if boilerplate is None else boilerplate
    reader = Reader(priors, Lexicon(priors.words()), english_lemmas(), boilerplate)
    postings = list(as_postings(ads))
    return ReadAds.of(reader.read(postings), reader)


class TakesAds:
    """An estimator that takes texts, and no table of numbers; it is shown on a line."""

    def __repr__(self, N_CHAR_MAX: int = 700) -> str:  # as scikit-learn names it
        usual = type(self)().get_params(deep=False)  # type: ignore[attr-defined]
        given = self.get_params(deep=False).items()  # type: ignore[attr-defined]
        changed = [
            f"{name}={_brief(value)}" for name, value in given if repr(value) != repr(usual[name])
        ]
        return f"{type(self).__name__}({', '.join(changed)})"

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        return tags


def _brief(value: Any) -> str:
    """A value on part of a line: what would be long is said by its kind."""
    return text if len(text := repr(value)) <= _LONGEST_SHOWN else f"<{type(value).__name__}>"


class AdReader(TakesAds, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Ads in, `ReadAds` out: the first step before the transformers of `rolenlp.model.features`.

    Fitting learns which words are known: those that enough ads of enough sources hold, and that
    are no names of persons, places or firms.

    Parameters
    ----------
    priors
        Phrases of the themes; None for those that ship with rolenlp.
    boilerplate
        Word -> how far it speaks for what ads say beside the job, which is not read (see
        `rolenlp.reading.masks`); None for the table that ships with rolenlp, {} to read all.
    min_postings
        How many ads must hold a word for it to be known.
    min_sources
        Of how many sources these must be, where `fit` is told sources.

    Attributes
    ----------
    reader_
        The `rolenlp.reading.reader.Reader` with these words.
    """

    reader_: Reader

    def __init__(
        self,
        *,
        priors: Priors | None = None,
        boilerplate: Mapping[str, float] | None = None,
        min_postings: int = 8,
        min_sources: int = 3,
    ) -> None:
        self.priors = priors
        self.boilerplate = boilerplate
        self.min_postings = min_postings
        self.min_sources = min_sources

    def fit(self, X: Any, y: Any = None, *, sources: Sequence[object] | None = None) -> Self:
        """Learn the words of the ads `X`; `sources` says where each is from."""
        self.fit_transform(X, y, sources=sources)
        return self

    def fit_transform(
        self, X: Any, y: Any = None, *, sources: Sequence[object] | None = None
    ) -> ReadAds:
        """Learn the words of the ads, and give them as read."""
        read = X if isinstance(X, ReadAds) else read_ads(X, self.priors, self.boilerplate)
        told = read.sources if sources is None else [str(source) for source in sources]
        old, priors = read.reader, self.priors or read.reader.priors
        boilerplate = old.boilerplate if self.boilerplate is None else self.boilerplate
        banned = _banned(old.lexicon, read.texts, priors)
        known: set[str] = set()
        for stream in (read.body, read.titles):
            word = stream.ids > UNKNOWN_ID
            ids, _ = spread(
                stream.ids[word],
                stream.text_of[word],
                told,
                min_postings=self.min_postings,
                min_sources=self.min_sources,
            )
            known.update(old.lexicon.words[i] for i in ids.tolist() if not banned[i])
        lexicon = Lexicon(
            [*priors.words(), *mask_words(), *boilerplate, *sorted(known)], closed=True
        )
        known.update(lexicon.words)
        lemmas = {
            form: lemma
            for form, lemma in english_lemmas().items()
            if american(lemma) in known or american(form) in known
        }
        self.reader_ = Reader(priors, lexicon, lemmas, boilerplate)
        return replace(read.known_to(self.reader_), sources=told)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Nothing changes: ads as read are no array, and a pipeline asks all of its steps."""
        return self

    def transform(self, X: Any) -> ReadAds:
        """The ads as read, with the words that are known."""
        check_is_fitted(self, "reader_")
        if isinstance(X, ReadAds):
            return X.known_to(self.reader_)
        return ReadAds.of(self.reader_.read(list(as_postings(X))), self.reader_)


def spread(
    keys: NDArray[Any],
    texts: NDArray[np.int64],
    sources: Sequence[str] | None,
    *,
    min_postings: int,
    min_sources: int,
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """The keys that enough texts of enough sources hold, in order, and how many texts hold each.

    ``keys[i]`` stands in text ``texts[i]``. Without sources only texts count.
    """
    order = np.lexsort((texts, keys))
    keys, texts = keys[order], texts[order]
    starts = np.diff(keys, prepend=-1) != 0
    first = starts | (np.diff(texts, prepend=-1) != 0)
    number = (np.cumsum(starts) - 1)[first]
    found, n_texts = keys[starts], np.bincount(number, minlength=int(starts.sum()))
    kept = n_texts >= min_postings
    if sources is not None:
        _, source = np.unique(np.array([str(s) for s in sources]), return_inverse=True)
        n = len(sources)
        pairs = np.unique(number * n + source[texts[first]])
        kept &= np.bincount(pairs // n, minlength=len(found)) >= min_sources
    return found[kept], n_texts[kept]


def _banned(lexicon: Lexicon, texts: Sequence[str], priors: Priors) -> NDArray[np.bool_]:
    """Which words of the lexicon are names of persons, places and firms, addresses or numbers."""
    kept, lemmas = set(priors.words()), english_lemmas()
    names = {american(lemmas.get(name, name)) for name in proper_nouns_in(texts)} - kept
    return np.array([word in names or is_address(word) for word in lexicon.words])


def _nothing(n: int) -> Stream:
    return Stream(np.zeros(0, np.int32), np.zeros(n + 1, np.int64))


def _rows_of_stream(stream: Stream, chosen: NDArray[np.int64]) -> tuple[Stream, NDArray[np.int64]]:
    """The streams of some texts, and how far each text's words moved."""
    sizes = np.diff(stream.bounds)[chosen]
    bounds = np.concatenate(([0], np.cumsum(sizes)))
    return Stream(stream.ids[ranges(stream.bounds[chosen], sizes)], bounds), (
        bounds[:-1] - stream.bounds[chosen]
    )


def _rows_of_hits(hits: Hits, n: int, chosen: NDArray[np.int64], moved: NDArray[np.int64]) -> Hits:
    bounds = np.searchsorted(hits.text, np.arange(n + 1))
    sizes = np.diff(bounds)[chosen]
    places = ranges(bounds[chosen], sizes)
    text = np.repeat(np.arange(len(chosen)), sizes)
    return Hits(
        hits.phrase[places],
        text,
        hits.start[places] + moved[text],
        hits.end[places] + moved[text],
    )
