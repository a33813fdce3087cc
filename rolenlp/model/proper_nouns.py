"""Which words of the postings are names? A model must not learn persons, places or firms."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

__all__ = ["proper_nouns_in"]

_WORD = re.compile(r"(?<=[a-z,] )[A-Za-z][a-z]+\b")  # inside a sentence, not at its start
_SHARE = 0.8


def proper_nouns_in(texts: Sequence[str]) -> dict[str, None]:
    """Words, in lower case, that nearly always have a capital inside sentences.

    A word counts as a name where at least four in five of its mentions after a lower-case letter
    or a comma are capitalised. Acronyms are not looked at.
    """
    mentions: Counter[str] = Counter()
    for text in texts:
        mentions.update(_WORD.findall(text))
    capital: Counter[str] = Counter()
    small: Counter[str] = Counter()
    for word, n in mentions.items():
        (capital if word[0].isupper() else small)[word.lower()] += n
    return {word: None for word, n in capital.items() if n >= _SHARE * (n + small[word])}
