"""Which n-grams are kept, and how they are found again."""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.model.features import Grams, choose_grams, count_grams, words_of_keys
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.streams import Stream, Streamer

LEMMAS = english_lemmas()
TEXTS = ["bake the bread of rye", "bake bread of rye. Rye bread", "sell bread", "of rye"]
SOURCES = ["a", "b", "b", "c"]


def chosen(
    *, min_postings: int = 1, min_sources: int = 1, banned: str = "", empty: str = ""
) -> dict[str, float]:
    """The n-grams that are kept, and their IDF."""
    lexicon = Lexicon()
    stream = Streamer(LEMMAS, lexicon).streams(TEXTS)
    grams = choose_grams(
        stream,
        SOURCES,
        min_postings=min_postings,
        min_sources=min_sources,
        banned=np.array([word in banned.split() for word in lexicon.words]),
        empty=np.array([word in empty.split() for word in lexicon.words]),
    )
    names = [
        " ".join(lexicon.words[number] for number in pair if number >= 0)
        for pair in words_of_keys(grams.keys)
    ]
    return dict(zip(names, grams.idf.tolist(), strict=True))


ALL = {"bake", "bread", "of", "rye", "sell"} | {
    *("bake bread", "bread of", "of rye", "rye bread", "sell bread")
}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ALL),
        ({"min_postings": 3}, {"bread", "of", "rye", "of rye"}),
        ({"min_postings": 2}, {"bake", "bread", "of", "rye", "bake bread", "bread of", "of rye"}),
        ({"min_sources": 3}, {"of", "rye", "of rye"}),
        ({"min_postings": 5}, set()),
        ({"banned": "rye"}, ALL - {"rye", "of rye", "rye bread"}),
        ({"empty": "of"}, ALL - {"of"}),
        ({"empty": "of rye"}, ALL - {"of", "rye", "of rye"}),
        ({"banned": "bake", "empty": "sell"}, ALL - {"bake", "bake bread", "sell"}),
    ],
)
def test_n_grams_that_are_kept(options: dict[str, object], expected: set[str]) -> None:
    assert set(chosen(**options)) == expected


def test_idf_by_hand() -> None:
    idf = chosen()  # of four texts: ln(5 / (1 + df)) + 1
    assert idf["bread"] == idf["rye"] == idf["of rye"] == pytest.approx(np.log(5 / 4) + 1)
    assert idf["sell"] == idf["rye bread"] == pytest.approx(np.log(5 / 2) + 1)


STREAMS = st.lists(st.lists(st.integers(0, 12), max_size=60), max_size=6)


@given(STREAMS, st.sets(st.integers(2, 9)), st.sets(st.tuples(*[st.integers(2, 9)] * 2)))
def test_n_grams_are_counted(
    texts: list[list[int]], singles: set[int], pairs: set[tuple[int, int]]
) -> None:
    stream = Stream(
        np.array([i for ids in texts for i in ids], np.int32), np.cumsum([0, *map(len, texts)])
    )
    keys = np.array(sorted(singles) + sorted((a + 1) * 2**32 + b for a, b in pairs), np.int64)
    counts = count_grams(stream, Grams(keys, np.ones(len(keys))))
    grams = [*sorted(singles), *sorted(pairs)]
    held = [Counter([*ids, *pairwise(ids)]) for ids in texts]
    expected = [[count[gram] for gram in grams] for count in held]
    assert counts.shape == (len(texts), len(grams))
    assert counts.toarray().tolist() == expected
    assert all(counts.data > 0)
