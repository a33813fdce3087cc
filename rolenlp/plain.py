"""The plain pipeline's last component: marks the phrases of the themes in one Doc.

It finds what `rolenlp.priors` finds in many texts at once, one text at a time and with spaCy's
own Matcher. It serves notebooks, and as the measure of the quick way:

>>> from rolenlp.tokens import build_nlp, english_lemmas
>>> nlp = build_nlp(english_lemmas())
>>> themes = nlp.add_pipe("rolenlp_themes")
>>> [(span.text, span.label_) for span in nlp("you own the product roadmap").spans["themes"]]
[('product roadmap', 'vision')]
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, SpanGroup
from spacy.vocab import Vocab

from rolenlp.phrases import GAP
from rolenlp.priors import AFFIRMED, NEGATION_REACH, NEGATIONS, Priors
from rolenlp.tokens import BREAK, UNKNOWN, doc_stream

__all__ = ["Themes", "make_themes", "matcher_pattern"]

_LINE = "\n"  # stands for BREAK, as a Doc holds no empty word


def matcher_pattern(phrase: str) -> list[dict[str, Any]]:
    """A phrase as a pattern of spaCy's Matcher over a Doc of a stream's words."""
    gap = {"ORTH": {"NOT_IN": [_LINE]}, "OP": f"{{0,{GAP}}}"}
    return [gap if part == "~" else {"ORTH": {"IN": part.split("|")}} for part in phrase.split()]


class Themes:
    """Sets ``doc.spans["themes"]``: the phrases that count, in reading order.

    A span's label is its theme, its id the phrase as written in the priors. It needs the
    component ``rolenlp_stream`` before it.
    """

    def __init__(self, vocab: Vocab, priors: Priors) -> None:
        self.priors = priors
        self._names = _Finder(vocab, priors.names)
        self._contexts = _Finder(vocab, [context for _, context in priors.exceptions])
        self._phrases = _Finder(vocab, [phrase.text for phrase in priors.phrases])

    def __call__(self, doc: Doc) -> Doc:
        """Mark the phrases of one text."""
        stream = doc_stream(doc)
        spans: list[Any] = []
        for number, start, end in self._count([word.lemma for word in stream]):
            phrase = self.priors.phrases[number]
            at = stream[start].start, stream[end - 1].end
            spans.append(doc.char_span(*at, label=phrase.theme, span_id=phrase.text))
        doc.spans["themes"] = SpanGroup(doc, name="themes", spans=spans)
        return doc

    def _count(self, words: list[str]) -> list[tuple[int, int, int]]:
        """The phrases that count, as (number, start, end) in the stream, in reading order."""
        masked = list(words)
        for _, start, end in self._names.find(words):
            masked[start:end] = [UNKNOWN] * (end - start)
        taken: defaultdict[str, set[int]] = defaultdict(set)  # theme -> places
        for number, start, end in self._contexts.find(masked):
            taken[self.priors.exceptions[number][0]].update(range(start, end))

        def rank(found: tuple[int, int, int]) -> tuple[float, int, int, int]:
            number, start, end = found
            return (-self.priors.phrases[number].weight, end - start, start, number)

        counted = []
        for number, start, end in sorted(self._phrases.find(masked), key=rank):
            places = taken[self.priors.phrases[number].theme]
            if places.isdisjoint(range(start, end)) and not _negated(masked, start):
                places.update(range(start, end))
                counted.append((number, start, end))
        return sorted(counted, key=lambda found: (found[1], found[2], found[0]))


class _Finder:
    """Every place of every phrase in the words of one stream."""

    def __init__(self, vocab: Vocab, phrases: Iterable[str]) -> None:
        self._vocab = vocab
        self._matcher = Matcher(vocab)
        for number, phrase in enumerate(phrases):
            self._matcher.add(str(number), [matcher_pattern(phrase)])

    def find(self, words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        doc = Doc(self._vocab, words=[_LINE if word == BREAK else word for word in words])
        for key, start, end in self._matcher(doc):
            yield int(self._vocab.strings[key]), start, end


def _negated(words: Sequence[str], start: int) -> bool:
    """Whether a negation stands shortly before a place, in the same sentence."""
    for place in range(start - 1, max(-1, start - 1 - NEGATION_REACH), -1):
        if words[place] == BREAK:
            return False
        if words[place] in NEGATIONS and words[place + 1] not in AFFIRMED:
            return True
    return False


@Language.factory("rolenlp_themes")
def make_themes(nlp: Language, name: str) -> Themes:
    """The component ``rolenlp_themes``, with the priors that ship with rolenlp."""
    return Themes(nlp.vocab, Priors.default())
