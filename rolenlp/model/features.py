"""Numbers for the model: TF-IDF of lemma 1-2-grams, and how densely an ad states each phrase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from rolenlp.reading.lexicon import UNKNOWN_ID
from rolenlp.reading.priors import Hits
from rolenlp.reading.streams import Stream

__all__ = [
    "Grams",
    "choose_grams",
    "count_grams",
    "gram_keys",
    "phrase_density",
    "tfidf",
    "theme_density",
    "words_of_keys",
]

# An n-gram's key: the id of its first word, and for two words (first + 1) * 2**32 + second.
_PAIR = 2**32
_THEME_UNIT = 3.0  # brings a theme stated once or twice to where the logarithm bends


@dataclass(frozen=True)
class Grams:
    """The n-grams of one block, by ascending key, and the inverse document frequency of each."""

    keys: NDArray[np.int64]
    idf: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def n_single(self) -> int:
        """How many are 1-grams; they come first."""
        return int(np.searchsorted(self.keys, _PAIR))

    @cached_property
    def columns(self) -> tuple[NDArray[np.int32], sparse.csr_array]:
        """1 + the place of each 1-gram by its word, and of each 2-gram by both; 0 for none.

        The last word number of either stands for all words that no n-gram holds.
        """
        words, n = words_of_keys(self.keys), self.n_single
        place = np.arange(1, len(self) + 1, dtype=np.int32)
        size = int(words.max(initial=0)) + 2
        single = np.zeros(size, np.int32)
        single[self.keys[:n]] = place[:n]
        return single, sparse.csr_array((place[n:], words[n:].T), shape=(size, size))

    def renumbered(self, new_id: NDArray[np.int64]) -> tuple[Grams, NDArray[np.int64]]:
        """The same n-grams under other word ids, and the order that they then have."""
        words = words_of_keys(self.keys)
        first, second = new_id[words[:, 0]], new_id[words[:, 1]]
        keys = np.where(words[:, 1] >= 0, (first + 1) * _PAIR + second, first)
        order = np.argsort(keys)
        return Grams(keys[order], self.idf[order]), order


def gram_keys(stream: Stream) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The text and the key of every 1-gram and 2-gram; none spans a BREAK or an unknown word."""
    ids = stream.ids.astype(np.int64)
    text = stream.text_of
    known = ids > UNKNOWN_ID
    pair = known[:-1] & known[1:] & (text[:-1] == text[1:])
    return (
        np.concatenate((text[known], text[:-1][pair])),
        np.concatenate((ids[known], (ids[:-1][pair] + 1) * _PAIR + ids[1:][pair])),
    )


def words_of_keys(keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """The word ids of n-gram keys: shape (n, 2), -1 where there is no second word."""
    pair = keys >= _PAIR
    return np.column_stack(
        (np.where(pair, keys // _PAIR - 1, keys), np.where(pair, keys % _PAIR, -1))
    )


def choose_grams(
    stream: Stream,
    sources: Sequence[object],
    *,
    min_postings: int,
    min_sources: int,
    banned: NDArray[np.bool_],
    empty: NDArray[np.bool_],
) -> Grams:
    """The n-grams that enough postings of enough sources hold, and their IDF.

    IDF is smoothed as in scikit-learn's TfidfTransformer: ``ln((1 + n) / (1 + df)) + 1``.
    `banned` marks the word ids (shape (n_words_of_lexicon,)) that no n-gram may hold, `empty`
    those that none may consist of.
    """
    text, key = gram_keys(stream)
    n = len(stream)
    _, source = np.unique(np.array([str(s) for s in sources]), return_inverse=True)
    # Sorted by key, and by text within each; so each key's first mention in a text is plain to see.
    order = np.argsort(key, kind="stable")
    key, text = key[order], text[order]
    starts = np.diff(key, prepend=-1) != 0
    first = starts | (np.diff(text, prepend=-1) != 0)
    keys, number, text = key[starts], (np.cumsum(starts) - 1)[first], text[first]
    postings = np.bincount(number, minlength=len(keys))
    n_all = source.max(initial=0) + 1
    pairs = np.sort(number * n_all + source[text])
    n_sources = np.bincount(pairs[np.diff(pairs, prepend=-1) != 0] // n_all, minlength=len(keys))
    words = words_of_keys(keys)
    allowed = ~banned[words[:, 0]] & ~np.where(words[:, 1] >= 0, banned[words[:, 1]], False)
    allowed &= ~(empty[words[:, 0]] & np.where(words[:, 1] >= 0, empty[words[:, 1]], True))
    keep = (postings >= min_postings) & (n_sources >= min_sources) & allowed
    return Grams(keys[keep], np.log((1 + n) / (1 + postings[keep])) + 1)


def count_grams(stream: Stream, grams: Grams) -> sparse.csr_matrix:
    """How often each text holds each n-gram: shape (n_texts, n_grams)."""
    single, pair = grams.columns
    none, n = len(single) - 1, max(1, len(grams))
    ids = np.append(np.minimum(stream.ids, none), none)
    row = n * np.append(stream.text_of, len(stream)) - 1
    follows = np.append(row[:-1] == row[1:], False)
    places = single[ids], pair[ids, np.append(ids[1:], none)] * follows
    # Texts stand in order, which a stable sort turns to account.
    cell = np.concatenate([(row + place)[place > 0] for place in places])
    cell.sort(kind="stable")
    first = np.flatnonzero(np.diff(cell, prepend=-1))
    counts = np.diff(first, append=len(cell)).astype(float)
    starts = np.searchsorted(cell[first], n * np.arange(len(stream) + 1))
    shape = (len(stream), len(grams))
    return sparse.csr_matrix((counts, cell[first] % n, starts), shape=shape)


def tfidf(counts: sparse.csr_matrix, grams: Grams) -> sparse.csr_matrix:
    """Sublinear TF-IDF, ``(1 + ln tf) * idf`` (Manning et al., 2008, 6.4.1).

    In each row the 1-grams together have length 1, and so have the 2-grams: a text of unseen
    phrases keeps the weight of the words that are known.
    """
    weighted = counts.copy()
    weighted.data = (1 + np.log(weighted.data)) * grams.idf[weighted.indices]
    row = np.repeat(np.arange(weighted.shape[0]), np.diff(weighted.indptr))
    part = 2 * row + (weighted.indices >= grams.n_single)
    length = np.sqrt(np.bincount(part, weighted.data**2, minlength=2 * weighted.shape[0]))
    weighted.data /= length[part]
    return weighted


def phrase_density(hits: Hits, n_words: NDArray[np.int64], n_phrases: int) -> sparse.csr_matrix:
    """Mentions of each prior phrase over the root of the text's length in words.

    `n_words` has shape (n_postings,), the density (n_postings, n_phrases). Long ads repeat
    themselves, so mentions per word would favour short ones and bare counts long ones; the root
    lies between, and 30 words are added so that a single mention in a snippet does not weigh like
    a list of them.
    """
    scale = 1 / np.sqrt(n_words + 30)
    density = sparse.coo_matrix(
        (scale[hits.text], (hits.text, hits.phrase)), shape=(len(n_words), n_phrases)
    )
    return density.tocsr()


def theme_density(density: sparse.csr_matrix, theme_weights: NDArray[np.float64]) -> Any:
    """How densely each text states each theme: shape (n_postings, n_themes), logarithmic.

    `theme_weights`, shape (n_phrases, n_themes), holds each phrase's weight in its theme's column.
    """
    return np.log1p(_THEME_UNIT * (density @ theme_weights))
