"""What a whitespace-delimited chunk of text gives: the numbers of its words, and their places.

spaCy's tokenizer works on one chunk at a time and its look-up lemmatizer on one token at a time,
so what a chunk gives depends on that chunk alone. Chunks whose tokens are plain to see are read by
rule, all others by spaCy; the answer is the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from rolenlp.reading.lexicon import BREAK_ID, Lexicon
from rolenlp.reading.pipeline import (
    BREAKERS,
    GLUE,
    LONGEST_CHUNK,
    american,
    build_tokenizer,
    is_kept,
    special_cases,
    with_hyphens,
)

__all__ = ["ChunkReader", "Words"]

# Letters, perhaps joined by hyphens, slashes or dashes, which the tokenizer splits at, or a word
# like "b2" or "node.js", between marks that it splits off one by one, whatever the word. Only where
# word and full stop are an abbreviation ("co."), or words a special case ("and/or", "it's"), is it
# asked.
_CLOSING = r"""[,;:!?)"]*(?:(?<=[)"])\.)?"""
_WORDS = re.compile(
    r"""(["(]*)([a-z]+(?:(?:[-/–—][a-z]+)*|[0-9]+|(?:\.[a-z]+)+))('s)?((?<=[a-z'][a-z])\.)?"""
    + _CLOSING,
    re.ASCII,
)
# A number or an amount; it leaves no word, whatever it is split into.
_NUMBER = re.compile(
    r"""["(]*[$£€]?([0-9](?:[0-9,/-]*[0-9])?(?:\.[0-9]+)?%?)\.?""" + _CLOSING, re.ASCII
)
_JOINTS = re.compile("[-/–—]")
_DASHES = ("–", "—")
_JOINED = re.compile("[a-z]+(?:[-/][a-z]+)+")
_MOST_FORMS = 1 << 16
_AT_ONCE = 20_000  # chunks that spaCy reads as one Doc


# The number, start and end of each of a chunk's words, one after another; a BREAK has no length.
# A single list, as Python's garbage collector looks at every object of many that are made at once.
Words = list[int]


class ChunkReader:
    """Reads chunks of clean text in lower case; its numbers are those of a lexicon.

    Not for two threads at once.
    """

    def __init__(self, lemmas: Mapping[str, str], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.nlp: Language | None = None  # made when it is asked
        self._rules = frozenset(special_cases())
        self._joined = [rule for rule in self._rules if _JOINED.fullmatch(rule)]
        self._ids = _Ids(with_hyphens(lemmas), lexicon)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "nlp": None}

    def read(self, chunks: Sequence[str]) -> list[Words]:
        """What each chunk gives, in order."""
        out: list[Words | None] = [self._by_rule(chunk) for chunk in chunks]
        rest = [place for place, read in enumerate(out) if read is None]
        for i in range(0, len(rest), _AT_ONCE):
            places = rest[i : i + _AT_ONCE]
            by_spacy = self._by_spacy([chunks[place] for place in places])
            for place, read in zip(places, by_spacy, strict=True):
                out[place] = read
        return [read for read in out if read is not None]

    def _by_rule(self, chunk: str) -> Words | None:
        if len(chunk) > LONGEST_CHUNK:
            return None
        if chunk.isascii() and chunk.isalpha():
            if chunk in self._rules:
                return None
            return [] if chunk in GLUE else [self._ids[chunk], 0, len(chunk)]
        parts = _WORDS.fullmatch(chunk)
        if parts is None:
            number = _NUMBER.fullmatch(chunk)
            return None if number is None else _breaks([], chunk, number.end(1))
        opening, core, possessive, stop = parts.groups()
        forms = [core] if core.isalpha() else _JOINTS.split(core)
        ending = possessive or stop  # a token of its own, unless it makes a special case
        if (
            core in self._rules
            or (ending and (len(forms[-1]) == 1 or forms[-1] + ending in self._rules))
            or (len(forms) > 1 and any(rule in core for rule in self._joined))
        ):
            return None
        words: Words = []
        at = len(opening)
        for form in forms:
            end = at + len(form)
            if form not in GLUE:
                words += (self._ids[form], at, end)
            if chunk[end : end + 1] in _DASHES:
                words += (BREAK_ID, end, end)
            at = end + 1
        return _breaks(words, chunk, parts.end(2))

    def _by_spacy(self, chunks: Sequence[str]) -> list[Words]:
        """Chunks read as one Doc, joined by spaces."""
        # spaCy changes as it reads: where it is stopped halfway, another is made next time.
        nlp, self.nlp = self.nlp or build_tokenizer(), None
        with nlp.memory_zone():  # spaCy forgets these words afterwards
            # Its look-up lemmatizer does no more than look up, so there is no need to ask it.
            out = self._read_doc(nlp.tokenizer(" ".join(chunks)), chunks)
        self.nlp = nlp
        return out

    def _read_doc(self, doc: Doc, chunks: Sequence[str]) -> list[Words]:
        out: list[Words] = []
        at, end = 0, -1
        following = iter(chunks)
        for token in doc:
            start = token.idx
            while start >= end:
                at = end + 1
                end = at + len(next(following))
                out.append([])
            form = token.text
            if form in BREAKERS:
                out[-1] += (BREAK_ID, start - at, start - at)
            elif is_kept(form):
                out[-1] += (self._ids[form], start - at, start - at + len(form))
        return out


class _Ids(dict[str, int]):
    """The numbers of words by the forms in which texts have them."""

    def __init__(self, lemmas: Mapping[str, str], lexicon: Lexicon) -> None:
        self._lemmas, self._lexicon = lemmas, lexicon

    def __missing__(self, form: str) -> int:
        if len(self) >= _MOST_FORMS:
            self.clear()
        number = self[form] = self._lexicon.id(american(self._lemmas.get(form, form)))
        return number

    def __reduce__(self) -> tuple[Any, ...]:
        return _Ids, (self._lemmas, self._lexicon)


def _breaks(words: Words, chunk: str, start: int) -> Words:
    """Add the BREAKs among the marks that follow ``chunk[:start]``."""
    for at in range(start, len(chunk)):
        if chunk[at] in BREAKERS:
            words += (BREAK_ID, at, at)
    return words
