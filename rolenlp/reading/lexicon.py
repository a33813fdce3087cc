"""Words and their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

__all__ = ["BREAK", "BREAK_ID", "UNKNOWN", "UNKNOWN_ID", "Lexicon"]

BREAK = ""  # the word between two sentences, clauses or lines
UNKNOWN = "\ufffd"  # any word that a closed lexicon does not hold
BREAK_ID, UNKNOWN_ID = 0, 1


class Lexicon:
    """Words and their numbers. Open, it numbers every new word; closed, new words are unknown.

    Closed, it serves any number of threads; open, one at a time.
    """

    def __init__(self, words: Iterable[str] = (), *, closed: bool = False) -> None:
        self._ids = {BREAK: BREAK_ID, UNKNOWN: UNKNOWN_ID}
        self._words = list(self._ids)
        self.closed = False
        for word in words:
            self.id(word)
        self.closed = closed

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def words(self) -> Sequence[str]:
        """The words by their numbers."""
        words = self._words
        if len(words) < len(self._ids):
            words = self._words = list(self._ids)
        return words

    def id(self, word: str) -> int:
        """The number of a word."""
        found = self._ids.get(word)
        if found is not None:
            return found
        if self.closed:
            return UNKNOWN_ID
        return self._ids.setdefault(word, len(self._ids))
