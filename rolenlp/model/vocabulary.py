"""The n-grams that a model learns from its ads, of bodies and of titles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.cache import ReadAds
from rolenlp.model.features import Grams, choose_grams
from rolenlp.model.proper_nouns import proper_nouns_in
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import american
from rolenlp.reading.priors import Priors
from rolenlp.text.personal import is_address

__all__ = ["vocabulary"]

# Words (as lemmas) that carry nothing alone or with one another.
_EMPTY = frozenset(
    "of to in for with be will you we have on as that it not from by at do can who if so than more "
    "other when where what how also up out into over about us i me he she they them may must "
    "should would could then there here only just own same too very".split()
)


def vocabulary(
    read_ads: ReadAds,
    sources: Sequence[str] | None,
    priors: Priors,
    lemmas: Mapping[str, str],
    *,
    min_postings: int,
    min_sources: int,
) -> tuple[Grams, Grams]:
    """The n-grams of bodies and of titles that enough ads, of enough sources if told, hold."""
    banned = _banned(read_ads.lexicon, proper_nouns_in(read_ads.texts), lemmas, priors)
    empty = np.array([word in _EMPTY for word in read_ads.lexicon.words])
    body, titles = (
        choose_grams(
            stream,
            sources or [""] * len(read_ads),
            min_postings=min_postings,
            min_sources=1 if sources is None else min_sources,
            banned=banned,
            empty=empty,
        )
        for stream in (read_ads.body, read_ads.titles)
    )
    return body, titles


def _banned(
    lexicon: Lexicon, names: Iterable[str], lemmas: Mapping[str, str], priors: Priors
) -> NDArray[np.bool_]:
    """Which words of the lexicon are names of persons, places and firms, addresses or numbers."""
    kept = set(priors.words())
    words = {american(lemmas.get(name, name)) for name in names} - kept
    return np.array([word in words or is_address(word) for word in lexicon.words])
