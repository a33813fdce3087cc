"""From ads to probabilities as a fitted model goes, but the plain way, as a measure of the quick.

spaCy's pipeline reads one text at a time, its Matcher finds the phrases, scikit-learn's vectorizer
makes TF-IDF. Only the cleaning and the last steps, from counts to probabilities, are the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from rolenlp import Posting, RoleClassifier
from rolenlp.model import ReadAds
from rolenlp.model.features import LemmaTfidf
from rolenlp.reading.lexicon import BREAK, UNKNOWN
from rolenlp.reading.pipeline import Word, build_nlp, doc_stream, english_lemmas, lower
from rolenlp.reading.priors import Hits
from rolenlp.reading.reader import MAX_CHARACTERS, Reading
from rolenlp.reading.reference import Themes
from rolenlp.reading.streams import Stream
from rolenlp.reading.titles import TitleClaims, parted
from rolenlp.text.clean import clean

__all__ = ["Hit", "PlainReading", "PlainWay", "tfidf"]

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
        self._vectorizers = [_vectorizer(part, n) for part, n in _parts(model)]

    def words(self, text: str) -> list[Word]:
        """The stream of a clean text."""
        return doc_stream(self._nlp(lower(text)))

    def read(self, postings: Sequence[Posting]) -> PlainReading:
        """Streams, phrases and probabilities of some ads."""
        model = self.model
        cleaned = [clean(posting.text[:MAX_CHARACTERS]).text for posting in postings]
        streams = [self.words(text) for text in cleaned]
        masked = [self._themes.mask([word.lemma for word in stream]) for stream in streams]
        counted = [self._themes.count(words) for words in masked]
        shown = [clean(posting.title[:_MAX_TITLE]).text for posting in postings]
        titles = [[word.lemma for word in self.words(title)] for title in shown]
        n_phrases = len(self.priors.phrases)
        read = ReadAds(
            model.reader_,
            postings,
            cleaned,
            self._stream(masked),
            np.array([sum(w not in (BREAK, UNKNOWN) for w in words) for words in masked]),
            _hits(counted, 0, n_phrases),
            _hits(counted, n_phrases, n_phrases + len(self.priors.neighbours)),
            self._stream(titles),
            np.array([self._claim(title) for title in shown]).reshape(-1, 2),
        )
        hits = [
            [
                (number, stream[start].start, stream[end - 1].end)
                for number, start, end in found
                if number < n_phrases
            ]
            for stream, found in zip(streams, counted, strict=True)
        ]
        tfidf = sparse.hstack([vectorizer.transform(masked) for vectorizer in self._vectorizers])
        return PlainReading(streams, tfidf.tocsr(), hits, model.predict_proba(read))

    def _stream(self, texts: Sequence[Sequence[str]]) -> Stream:
        ids = [self.model.reader_.lexicon.id(word) for text in texts for word in text]
        return Stream(np.array(ids, np.int32), np.cumsum([0, *map(len, texts)]))

    def _claim(self, title: str) -> NDArray[np.bool_]:
        """Whether a title names a product and whether it names a project role."""
        words = [word.lemma for word in self.words(parted(title))]
        return self._claims(self._stream([words]))[0]


def tfidf(model: RoleClassifier, reading: Reading) -> sparse.csr_matrix:
    """TF-IDF of words and of pairs, as the model makes it."""
    return sparse.hstack([part.transform(reading) for part, _ in _parts(model)]).tocsr()


def _parts(model: RoleClassifier) -> list[tuple[LemmaTfidf, int]]:
    parts = dict(model.features_.transformer_list)
    return [(parts["words"], 1), (parts["pairs"], 2)]


def _hits(counted: Sequence[Sequence[Hit]], first: int, last: int) -> Hits:
    rows = [
        (number - first, text, 0, 0)
        for text, found in enumerate(counted)
        for number, _, _ in found
        if first <= number < last
    ]
    return Hits(*np.array(rows, np.int64).reshape(-1, 4).T)


def _vectorizer(part: LemmaTfidf, n: int) -> TfidfVectorizer:
    terms = part.get_feature_names_out().tolist()
    vectorizer = TfidfVectorizer(
        analyzer=_words if n == 1 else _pairs,
        vocabulary={term: column for column, term in enumerate(terms)},
        sublinear_tf=True,
    )
    vectorizer.idf_ = part.tfidf_.idf_
    return vectorizer


def _words(words: Sequence[str]) -> Iterator[str]:
    return (word for word in words if word != BREAK)


def _pairs(words: Sequence[str]) -> Iterator[str]:
    return (f"{a} {b}" for a, b in pairwise(words) if BREAK not in (a, b))
