"""Which words of an ad say what it asks of an applicant, and not what the holder does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, UNKNOWN_ID, Lexicon
from rolenlp.reading.streams import Stream

# Words of sentences that ask for something, as "experience" does: "knowledge of ..".
_ASKS = frozenset(
    "ability able certification degree demonstrate equivalent familiar familiarity "
    "knowledge minimum prefer preferably proficiency proficient prove qualification skill "
    "year".split()
)
# But what these experience is no requirement.
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


_ASK, _EXPERIENCE, _OTHER, _OPEN, _TELL = (np.uint8(1 << bit) for bit in range(5))


def is_required(stream: Stream, lexicon: Lexicon, places: NDArray[np.int64]) -> NDArray[np.bool_]:
    """For words at some places, whether their sentence asks for something.

    It does too where it stands under a heading that does. A heading is a sentence of few words;
    what stands under one goes as far as the next, or the ad.
    """
    ids, bounds = stream.ids, stream.bounds
    if not len(places):
        return np.zeros(0, bool)
    breaks = ids == BREAK_ID
    first = np.zeros(len(ids), bool)
    first[1:] = breaks[:-1]
    first[bounds[:-1][np.diff(bounds) > 0]] = True
    starts = np.flatnonzero(first)
    flags = _flags(lexicon)[ids]
    experience = np.flatnonzero(flags & _EXPERIENCE)
    before = np.where(experience > 0, flags[experience - 1], 0)
    flags[experience[before & _OTHER == 0]] |= _ASK
    said = np.bitwise_or.reduceat(flags, starts)
    ends = np.append(starts[1:], len(ids))
    short = ends - starts - breaks[ends - 1] <= _LONGEST_HEADING
    tells = short & (said & _TELL > 0)
    opens = short & (said & _OPEN > 0) & ~tells
    heading = np.maximum.accumulate(np.where(opens | tells, np.arange(len(starts)), 0))
    sentence = np.searchsorted(starts, places, side="right") - 1
    last = heading[sentence]
    same_text = starts[last] >= bounds[np.searchsorted(bounds, places, side="right") - 1]
    return np.asarray((said[sentence] & _ASK > 0) | (opens[last] & same_text))


def _flags(lexicon: Lexicon) -> NDArray[np.uint8]:
    """By the number of each word, what it can tell."""
    said = (
        (_ASKS, _ASK),
        (("experience",), _EXPERIENCE),
        (_OF_OTHERS, _OTHER),
        (_ASKING, _OPEN),
        (_TELLING, _TELL),
    )
    told = [(lexicon.id(word), flag) for words, flag in said for word in words]
    flags = np.zeros(len(lexicon), np.uint8)
    for number, flag in told:
        flags[number] |= flag
    flags[UNKNOWN_ID] = 0
    return flags
