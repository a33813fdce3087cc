"""From ads to probabilities as a fitted model goes, but the plain way, as a measure of the quick.

spaCy's pipeline reads one text at a time, its Matcher finds the phrases, scikit-learn's vectorizer
makes the numbers. Only the cleaning and the last steps, from numbers on, are the model's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from rolenlp import Posting, RoleClassifier
from rolenlp.model.features import Grams, theme_density, words_of_keys
from rolenlp.model.heads import LogOdds, theme_weights
from rolenlp.reading.lexicon import BREAK, UNKNOWN
from rolenlp.reading.pipeline import Word, build_nlp, doc_stream, english_lemmas, lower
from rolenlp.reading.reader import MAX_CHARACTERS
from rolenlp.reading.reference import Themes
from rolenlp.reading.streams import Stream
from rolenlp.reading.titles import TitleClaims, parted
from rolenlp.text.clean import clean

__all__ = ["Hit", "PlainReading", "PlainWay"]

_MAX_TITLE = 500  # characters of a title that are read

Hit = tuple[int, int, int]  # the phrase's number, and where it stands in the clean text


@dataclass(frozen=True)
class PlainReading:
    """What the plain way found in some ads."""

    streams: list[list[Word]]
    tfidf: sparse.csr_matrix
    hits: list[list[Hit]]
    probabilities: NDArray[np.float64]


class PlainWay:
    """From ads to probabilities as a fitted model goes, but the plain way."""

    def __init__(self, model: RoleClassifier) -> None:
        self.model = model
        self.priors = model.reader_.priors
        self._nlp = build_nlp(english_lemmas())
        vocab = self._nlp.vocab
        self._themes = Themes(vocab, self.priors, model.reader_.boilerplate)
        self._claims = TitleClaims(self.priors, model.reader_.lexicon)
        words = model.reader_.lexicon.words
        self._body, self._titles = (
            _vectorizer(grams, words) for grams in (model.body_grams_, model.title_grams_)
        )

    def words(self, text: str) -> list[Word]:
        """The stream of a clean text."""
        return doc_stream(self._nlp(lower(text)))

    def _tfidf(self, streams: Sequence[Sequence[str]], grams: Grams) -> sparse.csr_matrix:
        """scikit-learn's TF-IDF; each of its two parts then gets length 1."""
        body = grams is self.model.body_grams_
        matrix = (self._body if body else self._titles).transform(streams)
        parts = matrix[:, : grams.n_single], matrix[:, grams.n_single :]
        return sparse.hstack([normalize(part) for part in parts]).tocsr()

    def read(self, postings: Sequence[Posting]) -> PlainReading:
        """Streams, phrases and probabilities of some ads."""
        model = self.model
        cleaned = [clean(posting.text[:MAX_CHARACTERS]).text for posting in postings]
        streams = [self.words(text) for text in cleaned]
        masked = [self._themes.mask([word.lemma for word in stream]) for stream in streams]
        counted = [self._themes.count(words) for words in masked]
        shown = [clean(posting.title[:_MAX_TITLE]).text for posting in postings]
        titles = [[word.lemma for word in self.words(title)] for title in shown]
        body = self._tfidf(masked, model.body_grams_)
        density = self._density(masked, counted)
        one = np.ones((len(postings), 1))
        n_phrases = len(self.priors.phrases)
        themed = theme_density(density[:, :n_phrases], theme_weights(self.priors))
        duties = sparse.hstack([body, density, themed, one]).tocsr()
        claims = np.array([self._claim(title) for title in shown]).reshape(-1, 2)
        title = sparse.hstack([self._tfidf(titles, model.title_grams_), claims, one]).tocsr()
        answers = LogOdds(
            duties @ model.heads_.duties.T,
            title @ model.heads_.title.T,
            np.array([bool(words) for words in titles], bool),
            np.array([any(w not in (BREAK, UNKNOWN) for w in words) for words in masked], bool),
        )
        hits = [
            [
                (number, stream[start].start, stream[end - 1].end)
                for number, start, end in found
                if number < n_phrases
            ]
            for stream, found in zip(streams, counted, strict=True)
        ]
        return PlainReading(streams, body, hits, model.probabilities(answers))

    def _density(
        self, masked: Sequence[Sequence[str]], counted: Sequence[Sequence[Hit]]
    ) -> NDArray[np.float64]:
        """Mentions of phrases and neighbours over the root of the words that are left, and 30."""
        density = np.zeros((len(masked), len(self.priors.phrases) + len(self.priors.neighbours)))
        for row, (words, found) in enumerate(zip(masked, counted, strict=True)):
            for number, _, _ in found:
                density[row, number] += 1
            density[row] /= np.sqrt(30 + sum(w not in (BREAK, UNKNOWN) for w in words))
        return density

    def _claim(self, title: str) -> NDArray[np.bool_]:
        """Whether a title names a product and whether it names a project role."""
        lexicon = self.model.reader_.lexicon
        ids = [lexicon.id(word.lemma) for word in self.words(parted(title))]
        return self._claims(Stream(np.array(ids, np.int32), np.array([0, len(ids)])))[0]


def _vectorizer(grams: Grams, words: Sequence[str]) -> TfidfVectorizer:
    terms = [" ".join(words[i] for i in pair if i >= 0) for pair in words_of_keys(grams.keys)]
    vectorizer = TfidfVectorizer(
        analyzer=_analyze,
        vocabulary={term: column for column, term in enumerate(terms)},
        sublinear_tf=True,
        norm=None,
    )
    vectorizer.idf_ = grams.idf
    return vectorizer


def _analyze(words: Sequence[str]) -> Iterator[str]:
    """The 1-grams and 2-grams of a stream."""
    for first, second in pairwise([*words, BREAK]):
        if first != BREAK:
            yield first
            if second != BREAK:
                yield f"{first} {second}"
