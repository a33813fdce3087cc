"""Ads that were read are indexed as ads are, and a reader learns which words there are."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.model.ads import AdReader, ReadAds, has_title, read_ads
from rolenlp.model.features import role_features
from rolenlp.reading.lexicon import UNKNOWN_ID
from rolenlp.schema import Posting, as_postings
from tests.small_ads import ADS, small_priors

SMALL: dict[str, Any] = {"priors": small_priors(), "boilerplate": {}}


def words_of(stream: Any, read: ReadAds) -> list[list[str]]:
    words = [read.reader.lexicon.words[i] for i in stream.ids]
    return [words[a:b] for a, b in zip(stream.bounds, stream.bounds[1:], strict=False)]


def held(read: ReadAds) -> dict[str, Any]:
    """All that was read, in words and lists."""
    hits = {
        name: [part.tolist() for part in (h.phrase, h.text, h.start, h.end)]
        for name, h in (("hits", read.hits), ("neighbours", read.neighbours))
    }
    return {
        "postings": list(read.postings),
        "texts": list(read.texts),
        "body": words_of(read.body, read),
        "titles": words_of(read.titles, read),
        "n_words": read.n_words.tolist(),
        "title_hits": read.title_hits.tolist(),
        **hits,
    }


CHOSEN: list[Any] = [
    slice(0, 0),
    slice(3, 20, 4),
    slice(None, None, -1),
    [5, 0, 31, 5],
    np.array([-1, 2]),
    np.arange(32) % 3 == 0,
    np.zeros(0, int),
    7,
]


@pytest.mark.parametrize("chosen", CHOSEN, ids=str)
def test_some_of_what_was_read_is_what_would_be_read_of_these_ads(
    read: ReadAds, chosen: Any
) -> None:
    rows = np.atleast_1d(np.arange(32)[chosen])
    some = read[chosen]
    assert some.shape == (len(some),) == (len(rows),)
    assert held(some) == held(read_ads([ADS[i] for i in rows], **SMALL))


@given(st.lists(st.integers(0, 31), max_size=8), st.data())
def test_some_of_some_are_the_same_ads(read: ReadAds, rows: list[int], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.integers(0, max(0, len(rows) - 1)), max_size=5 if rows else 0))
    two_steps = read[np.array(rows, int)][np.array(again, int)]
    assert held(two_steps) == held(read[np.array([rows[i] for i in again], int)])


def test_sources_go_with_their_ads(read: ReadAds) -> None:
    told = AdReader(min_postings=2, **SMALL).fit_transform(read, sources=range(32))
    assert list(told[[3, 1]].sources or ()) == ["3", "1"]
    assert read.sources is None and read[:2].sources is None


def test_ads_without_titles_or_texts(read: ReadAds) -> None:
    some = read[[0, 8]]
    assert has_title(some).tolist() == [True, True]
    assert held(some.without_titles()) == held(read_ads([ADS[0][1], ADS[8][1]], **SMALL))
    assert held(some.without_texts()) == held(read_ads([(ADS[0][0], ""), (ADS[8][0], "")], **SMALL))


def test_in_the_words_of_another_reader_new_ones_are_unknown(read: ReadAds) -> None:
    reader = AdReader(min_postings=2, **SMALL).fit(ADS[:8]).reader_
    ads = read.known_to(reader)
    fresh = reader.read(list(as_postings(ADS)))
    assert ads.body.ids.tolist() == fresh.body.ids.tolist()
    assert ads.titles.ids.tolist() == fresh.titles.ids.tolist()
    assert (ads.body.ids == UNKNOWN_ID).sum() > (read.body.ids == UNKNOWN_ID).sum()
    assert ads.known_to(reader) is ads


def test_ads_that_were_read_otherwise_are_refused(read: ReadAds) -> None:
    other = AdReader(priors=small_priors(), boilerplate={"salary": 5.0}).fit(ADS)
    with pytest.raises(ValueError, match="read with other priors or boilerplate"):
        other.transform(read)


def known(ads: list[str], sources: list[str] | None = None, **settings: Any) -> set[str]:
    reader = AdReader(**{**SMALL, "min_postings": 1, **settings}).fit(ads, sources=sources)
    return set(reader.reader_.lexicon.words) - set(AdReader(**SMALL).fit([]).reader_.lexicon.words)


RYE = ["Bake bread with rye."] * 3 + ["Bake bread with wheat."] * 3 + ["Bake it."] * 2
BOARDS = ["a", "b", "a", "b", "b", "b", "a", "a"]
ALL = {"bake", "bread", "with", "rye", "wheat", "it"}


@pytest.mark.parametrize(
    ("settings", "sources", "expected"),
    [
        ({}, None, ALL),
        ({"min_postings": 3}, None, ALL - {"it"}),
        ({"min_postings": 7}, None, {"bake"}),
        ({"min_postings": 9}, None, set()),
        ({"min_sources": 2}, BOARDS, ALL - {"wheat", "it"}),
        ({"min_sources": 3}, BOARDS, set()),
        ({"min_sources": 3}, None, ALL),
    ],
)
def test_words_that_are_known(settings: Any, sources: Any, expected: set[str]) -> None:
    assert known(RYE, sources, **settings) == expected


def test_names_and_addresses_are_not_known() -> None:
    ads = ["You will join Quirble, and the team of Quirble in Borchester bakes bread."]
    assert "bread" in known(ads)
    assert not known(ads) & {"quirble", "borchester"}


def test_a_reader_pickles() -> None:
    reader = AdReader(min_postings=1, **SMALL).fit(RYE)
    again = pickle.loads(pickle.dumps(reader))
    assert held(again.transform(RYE[:2])) == held(reader.transform(RYE[:2]))


def test_features_of_read_ads_are_those_of_the_texts(read: ReadAds) -> None:
    how: dict[str, Any] = {**SMALL, "min_postings": 2}
    one = role_features(**how).fit_transform(AdReader(**how).fit_transform(read))
    other = role_features(**how).fit_transform(ADS)
    np.testing.assert_array_equal(one.toarray(), other.toarray())


def test_ads_of_many_kinds_are_read_alike() -> None:
    assert held(read_ads([Posting("Bake.", "Baker")], **SMALL)) == held(
        read_ads([{"title": "Baker", "text": "Bake."}], **SMALL)
    )
