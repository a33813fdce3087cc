"""Ads in, numbers out: transformers in scikit-learn's sense, each of use alone.

All take a DataFrame with ``text`` and perhaps ``title``, a sequence of ads or `ReadAds`, and give a
sparse matrix with a row an ad. What they learn is which words and n-grams there are; no label.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.pipeline import FeatureUnion
from sklearn.utils.validation import check_is_fitted

from rolenlp.errors import MissingExtraError
from rolenlp.model.ads import AdReader, ReadAds, TakesAds, spread
from rolenlp.reading.lexicon import UNKNOWN_ID
from rolenlp.reading.priors import Hits, Priors
from rolenlp.reading.reader import Reader, Reading
from rolenlp.schema import POLES, THEMES, as_postings

# Words (as lemmas) that carry nothing alone or with one another.
_EMPTY = frozenset(
    "of to in for with be will you we have on as that it not from by at do can who if so than more "
    "other when where what how also up out into over about us i me he she they them may must "
    "should would could then there here only just own same too very".split()
)
SIDES = ("product", "project")  # what priors tell apart, in the order of columns
_THEME_UNIT = 3.0  # brings a theme stated once or twice to where the logarithm bends
# A phrase counts by how far its theme tells its role from all other jobs: nearly every office job
# works with other departments, but few set a product's vision or keep a project's schedule.
THEME_FACTOR = {
    "risk": 1.5,
    "resource": 1.0,
    "scope": 3.0,
    "customer": 1.0,
    "vision": 3.0,
    "crossfunctional": 0.5,
}
_SUM_UNIT = 1.5  # brings the sums of weighted phrases to the range of the other columns
_LONGER = 30  # words, added to every length


class AdFeatures(TakesAds, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """What the transformers have in common: they read ads, unless these were read.

    A subclass says what it learns of ads that were read (`_learn`), what it makes of them
    (`_made`), and the names of its columns.
    """

    reader_: Reader
    field = "text"  # the part of an ad that it looks at, where it is one
    sparse_output = True

    def fit(self, X: Any, y: Any = None, *, sources: Sequence[object] | None = None) -> Self:
        """Learn from the ads `X`; `sources`, one an ad, says where each is from."""
        self._learned(X, sources)
        return self

    def fit_transform(
        self, X: Any, y: Any = None, *, sources: Sequence[object] | None = None
    ) -> Any:
        """Learn from the ads, and give their rows."""
        return self._given(self._learned(X, sources))

    def transform(self, X: Any) -> Any:
        """A row an ad."""
        check_is_fitted(self, "reader_")
        if isinstance(X, ReadAds):
            return self._given(X.known_to(self.reader_))
        return self._given(X if isinstance(X, Reading) else self.reader_.read(self._ads(X)))

    def get_feature_names_out(self, input_features: Any = None) -> NDArray[np.object_]:
        """The names of the columns."""
        check_is_fitted(self, "reader_")
        return np.array(self._names(), object)

    def _learned(self, X: Any, sources: Sequence[object] | None) -> ReadAds:
        """The ads as read, when all is learnt of them."""
        known = isinstance(X, ReadAds) and X.reader.lexicon.closed and sources is None
        read: ReadAds = X if known else self._reader().fit_transform(self._ads(X), sources=sources)
        self.reader_ = read.reader
        self._learn(read)
        return read

    def _ads(self, X: Any) -> Any:
        if isinstance(X, ReadAds):
            return X
        if self.field == "title" and not isinstance(X, str):
            columns = getattr(X, "columns", None)
            if columns is None:
                X = [(ad, "") if isinstance(ad, str) else ad for ad in X]
            elif [*columns] == ["title"]:
                X = [(title, "") for title in X["title"]]
        return list(as_postings(X))

    def _reader(self) -> AdReader:
        settings = AdReader().get_params()
        return AdReader(**{k: v for k, v in self.get_params().items() if k in settings})

    def _learn(self, read: ReadAds) -> None:
        """Nothing, unless a subclass does."""

    def _given(self, read: ReadAds | Reading) -> Any:
        made = self._made(read)
        return made if self.sparse_output else made.toarray()

    def _made(self, read: ReadAds | Reading) -> sparse.csr_matrix:
        raise NotImplementedError

    def _names(self) -> list[str]:
        raise NotImplementedError


class LemmaCounts(AdFeatures):
    """How often each ad holds each lemma, or each two lemmas in a row.

    To scikit-learn's `CountVectorizer` what lemmas are to words, with what ads say beside the job
    passed over; `TfidfTransformer` belongs behind it.

    Parameters
    ----------
    field
        ``"text"`` or ``"title"``: which part of an ad is counted. Where `X` is a sequence of plain
        texts, they are taken for this part. So is a DataFrame of titles alone.
    n
        1 for lemmas, 2 for pairs; none spans two sentences, clauses or lines.
    priors
        As in `AdReader`.
    boilerplate
        As in `AdReader`.
    min_postings
        As in `AdReader`, of n-grams too.
    min_sources
        As in `AdReader`, of n-grams too.
    sparse_output
        False gives an array, which `set_output` can make a DataFrame of.

    Attributes
    ----------
    ngrams_
        Shape (n_ngrams, n): the numbers of their words in the lexicon of `reader_`, sorted.

    Examples
    --------
    >>> counts = LemmaCounts(min_postings=1)
    >>> counts.fit_transform(["Own the roadmap.", "The roadmap, the plan."]).toarray()
    array([[0., 1.],
           [1., 1.]])
    """

    ngrams_: NDArray[np.int64]

    def __init__(
        self,
        field: str = "text",
        n: int = 1,
        *,
        priors: Priors | None = None,
        boilerplate: Mapping[str, float] | None = None,
        min_postings: int = 8,
        min_sources: int = 3,
        sparse_output: bool = True,
    ) -> None:
        self.field = field
        self.n = n
        self.priors = priors
        self.boilerplate = boilerplate
        self.min_postings = min_postings
        self.min_sources = min_sources
        self.sparse_output = sparse_output

    def _learn(self, read: ReadAds) -> None:
        if self.field not in ("text", "title") or self.n not in (1, 2):
            raise ValueError(
                f"field is 'text' or 'title' and n 1 or 2; got {self.field!r} and {self.n!r}"
            )
        words = read.reader.lexicon.words
        base = len(words)
        text, ngrams = self._all(read)
        keys, _ = spread(
            ngrams @ base ** np.arange(self.n)[::-1],
            text,
            read.sources,
            min_postings=self.min_postings,
            min_sources=self.min_sources,
        )
        ngrams = keys[:, None] // base ** np.arange(self.n)[::-1] % base
        empty = np.array([word in _EMPTY for word in words])
        self.ngrams_ = ngrams[~empty[ngrams].all(axis=1)]
        self._table = self._places()

    def _all(self, read: ReadAds | Reading) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Every n-gram of known words and its text: shapes (n_found,) and (n_found, n)."""
        stream = read.body if self.field == "text" else read.titles
        ids, text = stream.ids.astype(np.int64), stream.text_of
        if self.n == 1:
            known = ids > UNKNOWN_ID
            return text[known], ids[known, None]
        known = (ids[:-1] > UNKNOWN_ID) & (ids[1:] > UNKNOWN_ID) & (text[:-1] == text[1:])
        return text[:-1][known], np.column_stack((ids[:-1][known], ids[1:][known]))

    def _made(self, read: ReadAds | Reading) -> sparse.csr_matrix:
        text, ngrams = self._all(read)
        column = self._columns(ngrams)
        found = column >= 0
        # Texts stand in order, which a stable sort turns to account.
        n_columns, n_texts = len(self.ngrams_), len(read.n_words)
        cell = np.sort(text[found] * n_columns + column[found], kind="stable")
        first = np.flatnonzero(np.diff(cell, prepend=-1))
        counts = np.diff(first, append=len(cell)).astype(float)
        starts = np.searchsorted(cell[first], n_columns * np.arange(n_texts + 1))
        shape = (n_texts, n_columns)
        return sparse.csr_matrix((counts, cell[first] % max(1, n_columns), starts), shape=shape)

    def _columns(self, ngrams: NDArray[np.int64]) -> NDArray[np.int64]:
        """The column of each n-gram, -1 for none."""
        if not len(ngrams):
            return np.zeros(0, np.int64)
        table = self.__dict__.get("_table")
        if table is None:  # it was not fitted here, but read from a file
            table = self._table = self._places()
        return np.asarray(table[tuple(ngrams.T)], np.int64) - 1

    def _places(self) -> Any:
        """The column of each n-gram from 1, by the numbers of its words."""
        place = np.arange(1, len(self.ngrams_) + 1, dtype=np.int32)
        size = len(self.reader_.lexicon)
        if self.n == 2:
            return sparse.csr_array((place, self.ngrams_.T), shape=(size, size))
        table = np.zeros(size, np.int32)
        table[self.ngrams_[:, 0]] = place
        return table

    def __getstate__(self) -> Any:
        return {k: v for k, v in super().__getstate__().items() if k != "_table"}

    def _names(self) -> list[str]:
        words = self.reader_.lexicon.words
        return [" ".join(words[i] for i in ngram) for ngram in self.ngrams_.tolist()]


class LemmaTfidf(LemmaCounts):
    """TF-IDF of what `LemmaCounts` counts, as `TfidfTransformer` works it out; parameters are its.

    TF-IDF is sublinear, ``(1 + ln tf) * idf``, and rows have length 1 (Manning et al., 2008,
    "Introduction to information retrieval", 6.4.1).

    Attributes
    ----------
    tfidf_
        The fitted `TfidfTransformer`; None where no n-gram was frequent enough, which it refuses.

    Examples
    --------
    >>> LemmaTfidf(min_postings=1).fit_transform(["Roadmap.", "Plan."]).toarray()
    array([[0., 1.],
           [1., 0.]])
    """

    tfidf_: TfidfTransformer | None

    def _learn(self, read: ReadAds) -> None:
        super()._learn(read)
        counts = super()._made(read)
        self.tfidf_ = TfidfTransformer(sublinear_tf=True).fit(counts) if counts.size else None

    def _made(self, read: ReadAds | Reading) -> sparse.csr_matrix:
        counts = super()._made(read)
        if self.tfidf_ is None or not counts.shape[0]:
            return counts
        return self.tfidf_.transform(counts, copy=False)


class PriorFeatures(AdFeatures):
    """How densely an ad states each phrase of the priors, each theme, and each role.

    The columns are, in order: the density of each phrase; that of each phrase of neighbouring
    jobs; for each theme the logarithm of one and its weighted phrases; the weighted phrases of
    product, of project and of neighbours.

    Density is mentions over the root of the text's length in words. Long ads repeat themselves, so
    mentions per word would favour short ones and bare counts long ones; the root lies between, and
    30 words are added so that a mention in a snippet does not weigh like a list of them.

    Parameters
    ----------
    priors
        As in `AdReader`.
    boilerplate
        As in `AdReader`.
    sparse_output
        False gives an array, which `set_output` can make a DataFrame of.

    Examples
    --------
    >>> PriorFeatures().fit_transform(["You own the product roadmap."]).shape[0]
    1
    """

    def __init__(
        self,
        *,
        priors: Priors | None = None,
        boilerplate: Mapping[str, float] | None = None,
        sparse_output: bool = True,
    ) -> None:
        self.priors = priors
        self.boilerplate = boilerplate
        self.sparse_output = sparse_output

    def _made(self, read: ReadAds | Reading) -> sparse.csr_matrix:
        priors = self.reader_.priors
        phrases, neighbours = densities(read, priors)
        by_theme, by_pole, against = prior_weights(priors)
        return sparse.hstack(
            (
                phrases,
                neighbours,
                np.log1p(_THEME_UNIT * (phrases @ by_theme)),
                _SUM_UNIT * (phrases @ by_pole),
                _SUM_UNIT * (neighbours @ against)[:, None],
            )
        ).tocsr()

    def _names(self) -> list[str]:
        priors = self.reader_.priors
        return [
            *(f"{phrase.theme}: {phrase.text}" for phrase in priors.phrases),
            *(f"neighbour: {phrase.text}" for phrase in priors.neighbours),
            *(f"theme: {theme}" for theme in THEMES),
            *(f"phrases: {side}" for side in (*SIDES, "neighbours")),
        ]


class TitleClaims(AdFeatures):
    """Whether an ad's title names a product role, and whether it names a project role.

    Where `X` is a sequence of plain texts, they are titles; so is a DataFrame of titles alone.

    Parameters
    ----------
    priors
        As in `AdReader`.
    boilerplate
        As in `AdReader`.
    sparse_output
        False gives an array, which `set_output` can make a DataFrame of.

    Examples
    --------
    >>> TitleClaims().fit_transform(["Product Manager"]).toarray()
    array([[1., 0.]])
    """

    field = "title"

    def __init__(
        self,
        *,
        priors: Priors | None = None,
        boilerplate: Mapping[str, float] | None = None,
        sparse_output: bool = True,
    ) -> None:
        self.priors = priors
        self.boilerplate = boilerplate
        self.sparse_output = sparse_output

    def _made(self, read: ReadAds | Reading) -> sparse.csr_matrix:
        return sparse.csr_matrix(read.title_hits.astype(float))

    def _names(self) -> list[str]:
        return [f"title names {side}" for side in SIDES]


def role_features(
    *,
    priors: Priors | None = None,
    boilerplate: Mapping[str, float] | None = None,
    min_postings: int = 8,
    min_sources: int = 3,
) -> FeatureUnion:
    """The features of `RoleClassifier`: TF-IDF of words and pairs, priors, and titles.

    Words and pairs have a length of 1 each: a text of unseen pairs keeps the weight of the words
    that are known. Titles are short and many, and count by half, so that words of one board do not
    decide.
    """
    reading: dict[str, Any] = {"priors": priors, "boilerplate": boilerplate}
    how = {**reading, "min_postings": min_postings, "min_sources": min_sources}
    return FeatureUnion(
        [
            ("words", LemmaTfidf("text", 1, **how)),
            ("pairs", LemmaTfidf("text", 2, **how)),
            ("priors", PriorFeatures(**reading)),
            ("title_words", LemmaTfidf("title", 1, **how)),
            ("title_pairs", LemmaTfidf("title", 2, **how)),
            ("title_claims", TitleClaims(**reading)),
        ],
        transformer_weights={"title_words": 0.5, "title_pairs": 0.5},
    )


def as_input(features: Any, read: ReadAds | Reading) -> Any:
    """Ads as these features take them: read, or a DataFrame where none of them is of our kind.

    It has the columns ``title`` and ``text``.
    """
    parts = [features, *features.get_params(deep=True).values()]
    if any(isinstance(part, AdFeatures | AdReader) for part in parts):
        return read
    try:
        import pandas as pd
    except ImportError:
        raise MissingExtraError(
            'these features take a DataFrame: pip install "rolenlp[train]"'
        ) from None

    ads = [(ad.title, ad.text) for ad in read.postings]
    return pd.DataFrame(ads, columns=["title", "text"], dtype="str")


def transformed(features: Any, X: Any) -> Any:
    """What ``features.transform(X)`` gives as an array or a matrix, in any number of threads.

    A `FeatureUnion` sets the warnings filters of the whole process while it works, even in one
    thread; where all its parts are of our kind they are asked one after the other instead.
    """
    parts = features.transformer_list if type(features) is FeatureUnion else []
    if not parts or not all(isinstance(part, AdFeatures) for _, part in parts):
        made = features.transform(X)
        if made.shape[0] != len(X):  # a vectorizer goes over a DataFrame's names
            raise ValueError(
                f"the features gave {made.shape[0]} rows for {len(X)} ads: they get a DataFrame "
                "with title and text; what takes one column goes into a ColumnTransformer"
            )
        return made if sparse.issparse(made) else np.asarray(made)  # it may be a DataFrame
    weights = features.transformer_weights or {}
    made = [part.transform(X) * weights.get(name, 1) for name, part in parts]
    return sparse.hstack(made, format="csr")


def density(n_words: NDArray[np.int64]) -> NDArray[np.float64]:
    """What one mention of a phrase counts in ads of so many words."""
    return np.asarray(1 / np.sqrt(n_words + _LONGER))


def densities(
    read: ReadAds | Reading, priors: Priors
) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """Of the phrases, and of those of neighbours: shapes (n_ads, n_phrases), (n_ads, n_neighbours).

    The mentions of each, over the root of the text's length in words.
    """
    scale = density(read.n_words)

    def of(hits: Hits, n: int) -> sparse.csr_matrix:
        cells = (scale[hits.text], (hits.text, hits.phrase))
        return sparse.coo_matrix(cells, shape=(len(scale), n)).tocsr()

    return of(read.hits, len(priors.phrases)), of(read.neighbours, len(priors.neighbours))


def prior_weights(
    priors: Priors,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Each phrase's weight for its theme, that for its pole, and each neighbour's weight.

    Shapes (n_phrases, 6), (n_phrases, 2) and (n_neighbours,); poles are product and project.
    """
    by_theme = np.zeros((len(priors.phrases), len(THEMES)))
    for number, phrase in enumerate(priors.phrases):
        by_theme[number, THEMES.index(phrase.theme)] = phrase.weight
    to_pole = [[THEME_FACTOR[t] * (POLES[t] == side) for side in SIDES] for t in THEMES]
    against = np.array([phrase.weight for phrase in priors.neighbours], float)
    return by_theme, by_theme @ np.array(to_pole), against
