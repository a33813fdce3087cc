"""The reference: the phrases of the themes in one Doc, by spaCy's own pipeline and Matcher.

It finds what `rolenlp.reading.priors` finds in many texts at once, and tests hold that to it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from rolenlp.reading.lexicon import BREAK, UNKNOWN
from rolenlp.reading.masks import (
    AFFIRMED,
    CUT,
    ENDS,
    MOST_MASKED,
    NEGATION_WINDOW,
    NEGATIONS,
    TIE,
    WINDOW,
)
from rolenlp.reading.phrases import GAP
from rolenlp.reading.pipeline import doc_stream
from rolenlp.reading.priors import Priors

__all__ = ["ReferenceFinder", "Themes", "matcher_patterns"]

_LINE = "\n"  # stands for BREAK, as a Doc holds no empty word


def matcher_patterns(phrase: str) -> list[list[dict[str, Any]]]:
    """A phrase as patterns of spaCy's Matcher over a Doc of a stream's words.

    There is one for each form of the first word: at every word of a text the Matcher asks how each
    pattern starts, and compares with one word many times quicker than with a list.
    """
    first, *rest = phrase.split()
    return [[{"ORTH": form}, *map(_matched, rest)] for form in first.split("|")]


def _matched(part: str) -> dict[str, Any]:
    if part == "~":
        return {"ORTH": {"NOT_IN": [_LINE]}, "OP": f"{{0,{GAP}}}"}
    return {"ORTH": {"IN": part.split("|")}} if "|" in part else {"ORTH": part}


class Themes:
    """The phrases that count in a Doc that the plain pipeline has read."""

    def __init__(self, vocab: Vocab, priors: Priors, boilerplate: Mapping[str, float]) -> None:
        self.priors = priors
        self._boilerplate = boilerplate
        self._names = ReferenceFinder(vocab, priors.names)
        self._contexts = ReferenceFinder(vocab, [context for _, context in priors.exceptions])
        self._sought = (*priors.phrases, *priors.neighbours)
        self._phrases = ReferenceFinder(vocab, [phrase.text for phrase in self._sought])

    def __call__(self, doc: Doc) -> list[tuple[str, str, int, int]]:
        """Theme, phrase as the priors have it, start and end in the text, in reading order."""
        stream = doc_stream(doc)
        return [
            (phrase.theme, phrase.text, stream[start].start, stream[end - 1].end)
            for number, start, end in self.count(self.mask([word.lemma for word in stream]))
            if (phrase := self._sought[number]).theme
        ]

    def mask(self, words: Sequence[str]) -> list[str]:
        """The words of a stream, unknown where they are not to be read."""
        hidden = _denied(words) | _is_boilerplate(words, self._boilerplate)
        for _, start, end in self._names.find(words):
            hidden.update(range(start, end))
        return [
            UNKNOWN if place in hidden and word != BREAK else word
            for place, word in enumerate(words)
        ]

    def count(self, masked: Sequence[str]) -> list[tuple[int, int, int]]:
        """The phrases that count, as (number, start, end) in the stream, in reading order.

        The numbers of the neighbours follow those of the themes' phrases.
        """
        taken: defaultdict[str, set[int]] = defaultdict(set)  # theme -> places
        for number, start, end in self._contexts.find(masked):
            taken[self.priors.exceptions[number][0]].update(range(start, end))

        def rank(found: tuple[int, int, int]) -> tuple[float, int, int, int]:
            number, start, end = found
            return (-self._sought[number].weight, end - start, start, number)

        counted = []
        for number, start, end in sorted(self._phrases.find(masked), key=rank):
            places = taken[self._sought[number].theme]
            if places.isdisjoint(range(start, end)):
                places.update(range(start, end))
                counted.append((number, start, end))
        return sorted(counted, key=lambda found: (found[1], found[2], found[0]))


class ReferenceFinder:
    """Every place of every phrase in the words of one stream, by spaCy's Matcher."""

    def __init__(self, vocab: Vocab, phrases: Iterable[str]) -> None:
        self._vocab = vocab
        self._matcher = Matcher(vocab)
        for number, phrase in enumerate(phrases):
            self._matcher.add(str(number), matcher_patterns(phrase))

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Each as (number of the phrase, start, end)."""
        doc = Doc(self._vocab, words=[_LINE if word == BREAK else word for word in words])
        for key, start, end in self._matcher(doc):
            yield int(self._vocab.strings[key]), start, end


def _denied(words: Sequence[str]) -> set[int]:
    """The places that a negation shortly before them, in the same sentence, denies."""
    denied: set[int] = set()
    for place, word in enumerate(words):
        if word in NEGATIONS and (place + 1 == len(words) or words[place + 1] not in AFFIRMED):
            for at in range(place + 1, min(place + 1 + NEGATION_WINDOW, len(words))):
                if words[at] == BREAK or words[at] in ENDS:
                    break
                denied.add(at)
    return denied


def _is_boilerplate(words: Sequence[str], weights: Mapping[str, float]) -> set[int]:
    """The places whose surroundings speak for boilerplate; none where nearly all would be."""
    found = set()
    for place in range(len(words)):
        window = words[max(0, place - WINDOW) : place + WINDOW + 1]
        if sum(weights.get(word, 0.0) for word in window) > CUT * len(window) ** 0.5 + TIE:
            found.add(place)
    return found if len(found) <= MOST_MASKED * len(words) else set()
