"""The spaCy pipeline: text -> a stream of lemmas, and a memory that spares most of its work.

The stream of a text is its words as lemmas in reading order, in lower case and American
spelling, without punctuation, bare numbers and glue words (articles, "and", "our" ...).
Between sentences, clauses and lines it holds one ``BREAK``.

Two ways lead to it and give the same answer:

- the plain way, :func:`build_nlp` and :func:`doc_stream`: spaCy's English tokenizer, its
  look-up lemmatizer, its sentencizer, and our own component, which reads the stream off;
- the quick way, :class:`Streamer`. spaCy's tokenizer works on one whitespace-delimited chunk
  at a time and its look-up lemmatizer on one token at a time, so what a chunk gives depends on
  that chunk alone: each chunk is read once, and the answer is remembered. spaCy reads those
  that hold more than plain words and marks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import spacy
from numpy.typing import NDArray
from spacy.lang.tokenizer_exceptions import emoticons
from spacy.language import Language
from spacy.lookups import Lookups
from spacy.tokens import Doc
from spacy.util import load_language_data, registry

from rolenlp.spelling import american

__all__ = [
    "BREAK",
    "Lexicon",
    "Places",
    "Stream",
    "Streamer",
    "Word",
    "build_nlp",
    "doc_stream",
    "english_lemmas",
    "lower",
]

BREAK = ""  # the word between two sentences, clauses or lines
UNKNOWN = "\ufffd"  # any word that a closed lexicon does not hold
BREAK_ID, UNKNOWN_ID = 0, 1

_BREAKERS = (".", "!", "?", ";", ":", "…", "•", "·", "●", "▪", "‣", "◦", "–", "—", "|")
_GLUE = frozenset(
    "a an the this these those our your their its his her all any each every and or both "
    "either such various etc s 's ’s".split()
)
# Words that name a thing of their own in a job ad: marketing is not the market.
_OWN_LEMMAS = frozenset(
    "ai computing engineering manufacturing marketing meeting offering pricing training "
    "third agenda data media".split()
)
# Where the table errs ("develope", "phasis", "criterium") or lacks a word.
_MORE_LEMMAS = {
    "criteria": "criterion",
    "cutovers": "cutover",
    "developed": "develop",
    "developing": "develop",
    "kpis": "kpi",
    "offs": "off",
    "phases": "phase",
    "rollouts": "rollout",
    "submittals": "submittal",
}
_LINE = "\x00"  # stands for a line break among the chunks; clean text holds no NUL
_SPACED_LINE = f" {_LINE} "
_NEW_LINE = ord("\n")
_SPACES = np.array([chr(code).isspace() for code in range(0x3001)] + [False])  # none are above
# A chunk whose tokens are plain to see: letters, perhaps joined by hyphens or slashes, which the
# tokenizer splits at, between marks that it splits off one by one, whatever the word. Only where
# word and full stop are an abbreviation ("co."), or words a special case ("and/or"), is it asked.
_REGULAR = re.compile(r'(["(]*)([a-z]+(?:[-/][a-z]+)*)((?<=[a-z][a-z])\.)?[,;:!?)"]*')
_JOINTS = re.compile("[-/]")
_JOINED = re.compile("[a-z]+(?:[-/][a-z]+)+")
_AT_ONCE = 20_000  # chunks that spaCy reads as one Doc


def lower(text: str) -> str:
    """Lower case, one character for one, so that offsets stay true."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def english_lemmas() -> dict[str, str]:
    """spaCy's English look-up lemmas, word form -> lemma, from ``spacy-lookups-data``.

    A few words that mean more than their lemma in a job ad are left out and so stay themselves;
    a few lemmas are put right.
    """
    table = dict(load_language_data(registry.lookups.get("en")["lemma_lookup"]))
    kept = {form: lemma for form, lemma in table.items() if form not in _OWN_LEMMAS}
    return {**kept, **_MORE_LEMMAS}


def build_nlp(lemmas: Mapping[str, str]) -> Language:
    """The plain pipeline over a lemma table; it expects text that went through `lower`."""
    nlp = spacy.blank("en")
    # Emoticons swallow marks ("(B2B):" ends in one), and one broken by a space would undo its
    # neighbours, so that chunks would depend on each other.
    tokenizer: Any = nlp.tokenizer
    rules = tokenizer.rules
    tokenizer.rules = {form: rules[form] for form in rules if form not in emoticons}
    # No component asks a word for its shape, prefix, likeness to a number ...
    vocab: Any = nlp.vocab
    vocab.lex_attr_getters = {}
    lookups = Lookups()
    lookups.add_table("lemma_lookup", dict(lemmas))
    lemmatizer = nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
    lemmatizer.initialize(lookups=lookups)  # type: ignore[attr-defined]
    nlp.add_pipe("sentencizer", config={"punct_chars": list(_BREAKERS)})
    nlp.add_pipe("rolenlp_stream")
    return nlp


class Word(NamedTuple):
    """One word of a stream and where it stands: ``text[start:end]``; a BREAK has no length."""

    lemma: str
    start: int
    end: int


def doc_stream(doc: Doc) -> list[Word]:
    """The stream of a text that the plain pipeline has read."""
    stream: list[Word] = doc.user_data["rolenlp_stream"]
    return stream


def _kept(form: str) -> bool:
    return form not in _GLUE and any(map(str.isalpha, form))


@Language.component("rolenlp_stream")
def read_stream(doc: Doc) -> Doc:
    """The component ``rolenlp_stream``: keeps the words that count, with their offsets."""
    words: list[Word] = []
    broken = False
    for token in doc:
        broken = broken or bool(token.is_sent_start) or "\n" in token.text
        if not _kept(token.text):
            continue
        if broken and words:
            words.append(Word(BREAK, token.idx, token.idx))
        words.append(Word(american(token.lemma_ or token.text), token.idx, token.idx + len(token)))
        broken = False
    doc.user_data["rolenlp_stream"] = words
    return doc


class Lexicon:
    """Words and their numbers. Open, it numbers every new word; closed, new words are unknown."""

    def __init__(self, words: Iterable[str] = (), *, closed: bool = False) -> None:
        self.words = [BREAK, UNKNOWN]
        self._ids = {BREAK: BREAK_ID, UNKNOWN: UNKNOWN_ID}
        self.closed = False
        for word in words:
            self.id(word)
        self.closed = closed

    def __len__(self) -> int:
        return len(self.words)

    def id(self, word: str) -> int:
        """The number of a word."""
        found = self._ids.get(word)
        if found is not None:
            return found
        if self.closed:
            return UNKNOWN_ID
        self.words.append(word)
        return self._ids.setdefault(word, len(self.words) - 1)


@dataclass(frozen=True)
class Stream:
    """Streams of many texts end to end; text ``i`` holds ``ids[bounds[i]:bounds[i + 1]]``."""

    ids: NDArray[np.int32]
    bounds: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.bounds) - 1

    @property
    def text_of(self) -> NDArray[np.int64]:
        """For every word, the number of its text."""
        return np.repeat(np.arange(len(self)), np.diff(self.bounds))


@dataclass(frozen=True)
class Places:
    """Where the words of a `Stream` stand in their texts; worked out for those asked about only.

    ``chunk`` is the number of each word's chunk in its text, and ``spans[word]`` where it stands
    within that chunk.
    """

    texts: Sequence[str]
    chunk: NDArray[np.int64]
    word: NDArray[np.int64]
    spans: NDArray[np.int32]

    def of(self, text: int, words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Start and end of some words of one text, by their places in the stream: (n, 2)."""
        start = _chunk_starts(self.texts[text])[self.chunk[words]]
        return np.asarray(start[:, None] + self.spans[self.word[words]], np.int64)


class Streamer:
    """Streams of texts by way of remembered chunks; the same answer as the plain pipeline.

    At most ``memory`` chunks are remembered, and what one batch holds; when they are reached, all
    are forgotten and numbering of words goes on, so answers do not change.
    """

    def __init__(
        self, lemmas: Mapping[str, str], lexicon: Lexicon, *, memory: int = 300_000
    ) -> None:
        self.lexicon = lexicon
        self.nlp = build_nlp(lemmas)
        tokenizer: Any = self.nlp.tokenizer
        self._rules = frozenset(tokenizer.rules)
        self._joined = [rule for rule in self._rules if _JOINED.fullmatch(rule)]
        self._lemmas = lemmas
        self._memory = memory
        self._forget()

    def _forget(self) -> None:
        self._number = {_LINE: 0, "": 1}  # chunk -> its number; an empty text is one empty chunk
        self._ids = _Rows(np.array([BREAK_ID], np.int32))  # the words of all chunks, end to end
        self._spans = _Rows(np.zeros((1, 2), np.int32))  # where each stands in its chunk
        # Chunk number -> where its words start; the next one's: where they end.
        self._ends = _Rows(np.array([0, 1, 1], np.int64))

    def _learn(self, new: Sequence[str]) -> None:
        """Read chunks that were never seen, each once: the irregular ones by spaCy."""
        regular: list[tuple[str, re.Match[str]]] = []
        irregular: list[str] = []
        for chunk in new:
            parts = _REGULAR.fullmatch(chunk)
            if parts is None or self._is_special(parts[2], parts[3] or ""):
                irregular.append(chunk)
            else:
                regular.append((chunk, parts))
        with self.nlp.memory_zone():  # spaCy forgets these words afterwards
            for i in range(0, len(irregular), _AT_ONCE):
                chunks = irregular[i : i + _AT_ONCE]
                self._remember(chunks, self._tag(chunks))
        self._compose(regular)

    def _is_special(self, core: str, stop: str) -> bool:
        """Whether a chunk's words may be a special case, alone, joined, or with a full stop."""
        return (
            core in self._rules
            or any(rule in core for rule in self._joined)
            or (stop != "" and _JOINTS.split(core)[-1] + stop in self._rules)
        )

    def _compose(self, regular: Sequence[tuple[str, re.Match[str]]]) -> None:
        """Keep chunks whose tokens are plain to see, see `_REGULAR`."""
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        ends: list[int] = []
        known = len(self._ids.array)
        for chunk, parts in regular:
            at = parts.start(2)
            for form in _JOINTS.split(parts[2]):
                if form not in _GLUE:
                    ids.append(self.lexicon.id(american(self._lemmas.get(form, form))))
                    spans.append((at, at + len(form)))
                at += len(form) + 1
            for at in range(parts.end(2), len(chunk)):
                if chunk[at] in _BREAKERS:
                    ids.append(BREAK_ID)
                    spans.append((at, at))
            self._number[chunk] = len(self._number)
            ends.append(known + len(ids))
        self._ids.extend(ids)
        self._spans.extend(spans)
        self._ends.extend(ends)

    def _remember(self, new: Sequence[str], doc: Doc) -> None:
        """Keep the words of chunks that spaCy has read, joined by spaces, as one Doc."""
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        ends: list[int] = []
        known = len(self._ids.array)
        token = 0
        at = 0
        for chunk in new:
            end = at + len(chunk)
            while token < len(doc) and doc[token].idx < end:
                form = doc[token].text
                start = doc[token].idx - at
                if form in _BREAKERS:
                    ids.append(BREAK_ID)
                    spans.append((start, start))
                elif _kept(form):
                    ids.append(self.lexicon.id(american(doc[token].lemma_)))
                    spans.append((start, start + len(form)))
                token += 1
            self._number[chunk] = len(self._number)
            ends.append(known + len(ids))
            at = end + 1
        self._ids.extend(ids)
        self._spans.extend(spans)
        self._ends.extend(ends)

    def _tag(self, chunks: Sequence[str]) -> Doc:
        doc = self.nlp.tokenizer(" ".join(chunks))
        return self.nlp.get_pipe("lemmatizer")(doc)

    def _numbers(self, distinct: Sequence[str]) -> NDArray[np.int64]:
        """The numbers of chunks that differ from one another."""
        if len(self._number) > self._memory:
            self._forget()
        new = [chunk for chunk in distinct if chunk not in self._number]
        if new:
            self._learn(new)
        return np.fromiter(map(self._number.__getitem__, distinct), np.int64, len(distinct))

    def streams(self, texts: Sequence[str]) -> Stream:
        """The streams of clean texts, in order."""
        return self._read(texts)[0]

    def read(self, texts: Sequence[str]) -> tuple[Stream, Places]:
        """The streams of clean texts, in order, and where their words stand."""
        stream, picked, chunk = self._read(texts)
        return stream, Places(texts, chunk, picked, self._spans.array)

    def _read(self, texts: Sequence[str]) -> tuple[Stream, NDArray[np.int64], NDArray[np.int64]]:
        """The streams; for each word its place in memory and the number of its chunk."""
        # Arrow splits and counts the chunks: on white space just as Python does, several times
        # faster, and only chunks that differ become Python's own.
        lines = [lower(text).replace("\n", _SPACED_LINE).strip() for text in texts]
        split = pc.utf8_split_whitespace(pa.array(lines, pa.large_string()))
        coded = split.values.dictionary_encode()
        sizes = pc.list_value_length(split).to_numpy()
        numbers = self._numbers(coded.dictionary.to_pylist())[coded.indices.to_numpy()]
        ends = self._ends.array
        starts = ends[numbers]
        counts = ends[numbers + 1] - starts
        picked = _ranges(starts, counts)
        ids = self._ids.array[picked]
        words_before = np.concatenate(([0], np.cumsum(counts)))
        first_chunk = np.concatenate(([0], np.cumsum(sizes)))
        bounds = words_before[first_chunk]
        keep = _worth_keeping(ids, bounds)
        kept_before = np.concatenate(([0], np.cumsum(keep)))
        in_text = np.arange(len(numbers)) - np.repeat(first_chunk[:-1], sizes)
        chunk = np.repeat(in_text, counts)[keep]
        return Stream(ids[keep], kept_before[bounds]), picked[keep], chunk


class _Rows:
    """An array that rows are added to; room is doubled, so that adding costs what is added."""

    def __init__(self, rows: NDArray[Any]) -> None:
        self._room = rows
        self.array = rows  # what is there, a view

    def extend(self, rows: Sequence[Any]) -> None:
        if not rows:
            return
        size = len(self.array)
        if size + len(rows) > len(self._room):
            more = np.zeros((max(size, len(rows)), *self._room.shape[1:]), self._room.dtype)
            self._room = np.concatenate((self.array, more))
        self._room[size : size + len(rows)] = rows
        self.array = self._room[: size + len(rows)]


def _chunk_starts(text: str) -> NDArray[np.int64]:
    """Where the chunks of a text start; a line break is one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    space = _SPACES[np.minimum(codes, len(_SPACES) - 1)]
    first = ~space
    first[1:] &= space[:-1]
    return np.flatnonzero(first | (codes == _NEW_LINE))


def _ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``starts[0], starts[0] + 1, ...`` (``counts[0]`` of them), then those of ``starts[1]`` ..."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum())


def _worth_keeping(ids: NDArray[np.int32], bounds: NDArray[np.int64]) -> NDArray[np.bool_]:
    """All words, and of each run of BREAKs the last, unless the text starts or ends there."""
    word = ids != BREAK_ID
    keep = word.copy()
    keep[:-1] |= word[1:]
    inner = bounds[(bounds > 0) & (bounds < len(ids))]
    # A BREAK that ends one text must not be kept for the word that starts the next.
    keep[inner - 1] &= word[inner - 1]
    words_before = np.concatenate(([0], np.cumsum(word)))
    first = words_before[:-1] == np.repeat(words_before[bounds[:-1]], np.diff(bounds))
    return np.asarray(keep & (word | ~first))
