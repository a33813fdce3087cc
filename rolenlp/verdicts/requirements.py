"""Which words of an ad say what it asks of an applicant, and not what the holder does."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID, Lexicon
from rolenlp.reading.streams import Stream

# Words of sentences that ask for something: "knowledge of ..", "5+ years of ..".
_ASKS = frozenset(
    "ability able certification degree demonstrate equivalent experience familiar familiarity "
    "knowledge minimum prefer preferably proficiency proficient prove qualification skill "
    "year".split()
)
# But what customers experience is no requirement.
_OF_OTHERS = frozenset("customer user client consumer product digital guest buyer".split())
_LONGEST_HEADING = 4  # words
_ASKING = frozenset(
    "background bring competency desirable education essential have must prefer qualification "
    "requirement require skill who".split()
)
_TELLING = frozenset(
    "accountability benefit company do duty function job offer opportunity responsibility role "
    "salary task".split()
)


def is_required(stream: Stream, lexicon: Lexicon) -> NDArray[np.bool_]:
    """For every word whether its sentence asks for something, or stands under such a heading.

    A heading is a line of few words; what stands under one goes as far as the next, or the ad.
    """
    n = len(stream.ids)
    if not n:
        return np.zeros(0, bool)
    breaks = stream.ids == BREAK_ID
    first = np.zeros(n, bool)
    first[stream.bounds[:-1][np.diff(stream.bounds) > 0]] = True
    first[1:] |= breaks[:-1]
    sentence = np.cumsum(first) - 1

    def holds(words: Iterable[str]) -> NDArray[np.bool_]:
        known = sorted({lexicon.id(word) for word in words} - {UNKNOWN_ID})
        return np.isin(stream.ids, known)

    def any_of(words: NDArray[np.bool_]) -> NDArray[np.bool_]:
        return np.bincount(sentence, words) > 0

    asks = holds(_ASKS)
    asks[1:] &= ~(holds(_OF_OTHERS)[:-1] & holds(("experience",))[1:])
    heading = np.bincount(sentence, ~breaks) <= _LONGEST_HEADING
    tells = heading & any_of(holds(_TELLING))
    opens = heading & any_of(holds(_ASKING)) & ~tells
    number = np.arange(len(heading))
    last = np.maximum.accumulate(np.where(opens | tells, number, 0))
    text = np.searchsorted(stream.bounds, np.flatnonzero(first), side="right")
    under = opens[last] & (text[last] == text)
    return np.asarray((any_of(asks) | under)[sentence])
