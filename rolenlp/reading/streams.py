"""Streams of lemmas of many texts at once.

What a whitespace-delimited chunk of a text gives depends on that chunk alone (see
`rolenlp.reading.chunks`), so each chunk is read once and what it gave is remembered. Arrow splits
the texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, repeat
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from rolenlp.guard import Guard
from rolenlp.reading.chunks import ChunkReader, Words
from rolenlp.reading.lexicon import BREAK_ID, Lexicon
from rolenlp.reading.pipeline import lower

__all__ = ["MOST_CHARACTERS", "ChunkMemory", "Places", "Stream", "Streamer", "ranges"]

MOST_CHARACTERS = 64_000_000  # of remembered chunks; a chunk can be as long as an ad
_AT_ONCE = 1 << 21  # characters read before it is looked whether too much is remembered
_USUAL = 1 << 15  # chunks that are looked up at once
_NEW_AT_ONCE = 1 << 14  # chunks read by spaCy's objects, which are far larger than what is kept

_LINE = "\x00"  # stands for a line break among the chunks; clean text holds no NUL
_SPACED_LINE = f" {_LINE} ".encode()
_ASCII = bytes(range(128))
_WIDE_SPACE = re.compile(r"[^\S\x00-\x7f]")
_KINDS = bytes(1 if code == ord("\n") else 2 * (not chr(code).isspace()) for code in range(256))


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

    Word ``w`` of the stream was word ``kept[w]`` of all that were read. Of those, ``before_chunk``
    counts the words before each chunk, as ``before_text`` counts the chunks before each text;
    ``spans[word[kept[w]]]`` is where it stands within its chunk.
    """

    texts: Sequence[str]
    kept: NDArray[np.int64]
    before_chunk: NDArray[np.int64]
    before_text: NDArray[np.int64]
    word: NDArray[np.int64]
    spans: NDArray[np.int32]

    def of(self, text: int | NDArray[np.int64], words: NDArray[np.int64]) -> NDArray[np.int64]:
        """Start and end of some words of the stream, by their texts and places in it: (n, 2)."""
        texts, row = np.unique(text, return_inverse=True)
        starts = [_chunk_starts(self.texts[number]) for number in texts.tolist()]
        first = np.cumsum([0, *map(len, starts)])[row]
        read = self.kept[words]
        chunk = np.searchsorted(self.before_chunk, read, side="right") - 1
        start = np.concatenate([[0], *starts])[1 + first + chunk - self.before_text[text]]
        return np.asarray(start[:, None] + self.spans[self.word[read]], np.int64)


@dataclass(frozen=True)
class _Rows:
    """The first rows of an array, with room behind them.

    Room is doubled when it is full, so that adding costs what is added. What stands behind the
    rows is nobody's: of two that were made of one by `then`, the later one counts.
    """

    room: NDArray[Any]
    size: int = 0

    @property
    def array(self) -> NDArray[Any]:
        """What is there, a view."""
        return self.room[: self.size]

    def then(self, rows: NDArray[Any] | Sequence[int]) -> _Rows:
        """These rows and others after them."""
        if not len(rows):
            return self
        room, end = self.room, self.size + len(rows)
        if end > len(room):
            room = np.zeros((max(2 * self.size, end), *room.shape[1:]), room.dtype)
            room[: self.size] = self.array
        room[self.size : end] = rows
        return _Rows(room, end)


@dataclass(frozen=True)
class ChunkMemory:
    """What chunks gave. Chunk ``n`` has the words ``ids[first[n]:first[n] + count[n]]``."""

    ids: _Rows = _Rows(np.zeros(0, np.int32))
    spans: _Rows = _Rows(np.zeros((0, 2), np.int32))
    first: _Rows = _Rows(np.zeros(0, np.int64))
    count: _Rows = _Rows(np.zeros(0, np.int64))

    def __len__(self) -> int:
        return self.first.size

    def then(self, chunks: Sequence[Words]) -> ChunkMemory:
        """This and what some more chunks gave; they get the next numbers, in order."""
        counts = [len(chunk) // 3 for chunk in chunks]
        ends = self.ids.size + np.cumsum(counts, dtype=np.int64)
        words = np.fromiter(chain.from_iterable(chunks), np.int32).reshape(-1, 3)
        return ChunkMemory(
            self.ids.then(words[:, 0]),
            self.spans.then(words[:, 1:]),
            self.first.then((ends - counts).tolist()),
            self.count.then(counts),
        )


class _Table:
    """Chunks by number, and what they gave; one thread at a time adds to it."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.usual = pa.array([], pa.string())  # the chunks of the first numbers
        self.memory = ChunkMemory()
        self.characters = 0
        self.add([_LINE, ""], [[BREAK_ID, 0, 0], []])

    def add(self, chunks: Sequence[str], read: Sequence[Words]) -> None:
        """Keep what some chunks gave, or nothing of it where an interruption comes."""
        start = len(self.memory)
        self.memory = self.memory.then(read)
        self.characters += sum(map(len, chunks))
        # Each step from here stands alone: what no chunk has the number of is never looked at.
        if len(self.usual) == start < _USUAL:
            usual = pa.array(chunks[: _USUAL - start], pa.string())
            self.usual = pa.concat_arrays([self.usual, usual])
        self.number.update(dict(zip(chunks, range(start, len(self.memory)), strict=True)))


class Streamer:
    """Streams of texts by way of remembered chunks; the same answer as the reference.

    At most ``memory`` chunks are remembered, and what one batch holds; when they are reached, all
    are forgotten and numbering of words goes on, so answers do not change. It serves any number of
    threads, one of which reads new chunks at a time. A copy remembers nothing.
    """

    def __init__(
        self, lemmas: Mapping[str, str], lexicon: Lexicon, *, memory: int = 300_000
    ) -> None:
        self.chunks = ChunkReader(lemmas, lexicon)
        self._most = memory
        self._guard = Guard()  # of chunks and table
        self._table = _Table()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_table": _Table()}

    def streams(self, texts: Sequence[str]) -> Stream:
        """The streams of clean texts, in order."""
        return self.read(texts)[0]

    def read(self, texts: Sequence[str]) -> tuple[Stream, Places]:
        """The streams of clean texts, in order, and where their words stand."""
        read = [self._read(some) for some in _portions(texts)]
        return read[0] if len(read) == 1 else _joined(read, texts)

    def _read(self, texts: Sequence[str]) -> tuple[Stream, Places]:
        # Arrow splits and counts the chunks: on white space just as Python does, several times
        # faster, and only chunks that differ become Python's own.
        lines = pa.array(map(_plain_spaces, texts), pa.string())
        split = pc.ascii_split_whitespace(pc.ascii_trim_whitespace(pc.ascii_lower(lines)))
        numbers, memory = self._numbers(split.values)
        counts = memory.count.array[numbers]
        before_chunk = np.zeros(len(counts) + 1, np.int64)
        np.cumsum(counts, out=before_chunk[1:])
        picked = np.repeat(memory.first.array[numbers] - before_chunk[:-1], counts)
        picked += np.arange(len(picked))
        ids = memory.ids.array[picked]
        before_text = split.offsets.to_numpy().astype(np.int64)
        bounds = before_chunk[before_text]
        kept = _worth_keeping(ids, bounds)
        places = Places(texts, kept, before_chunk, before_text, picked, memory.spans.array)
        return Stream(ids[kept], np.searchsorted(kept, bounds)), places

    def _numbers(self, chunks: pa.StringArray) -> tuple[NDArray[np.int32], ChunkMemory]:
        """The numbers of chunks, and what they number."""
        with self._guard.lock:
            table = self._table
            if len(table.number) > self._most or table.characters > MOST_CHARACTERS:
                table = self._table = _Table()
            # Most are among those that came first, which Arrow finds many times faster.
            numbers = pc.fill_null(pc.index_in(chunks, table.usual), -1).to_numpy().copy()
            others = numbers < 0
            coded = chunks.filter(pa.array(others)).dictionary_encode()
            distinct = coded.dictionary.to_pylist()
            known = map(table.number.get, distinct, repeat(-1))
            of_distinct = np.fromiter(known, np.int32, len(distinct))
            places = np.flatnonzero(of_distinct < 0)
            of_distinct[places] = np.arange(len(table.memory), len(table.memory) + len(places))
            new = [distinct[place] for place in places.tolist()]
            for at in range(0, len(new), _NEW_AT_ONCE):
                some = new[at : at + _NEW_AT_ONCE]
                table.add(some, self.chunks.read(some))
            numbers[others] = of_distinct[coded.indices.to_numpy()]
            return numbers, table.memory


def _portions(texts: Sequence[str]) -> list[Sequence[str]]:
    """The texts in order, in portions of about `_AT_ONCE` characters; one at the least."""
    ends = [0]
    characters = 0
    for number, text in enumerate(texts):
        if characters + len(text) > _AT_ONCE and number > ends[-1]:
            ends.append(number)
            characters = 0
        characters += len(text)
    return [texts[start:end] for start, end in pairwise([*ends, len(texts)])]


def _joined(read: Sequence[tuple[Stream, Places]], texts: Sequence[str]) -> tuple[Stream, Places]:
    """What was read of portions of texts as of all of them."""
    streams, places = zip(*read, strict=True)
    words = [each.word for each in places]
    place = Places(
        texts,
        _end_to_end([each.kept for each in places], words),
        _bounds([each.before_chunk for each in places]),
        _bounds([each.before_text for each in places]),
        np.arange(sum(map(len, words))),
        np.concatenate([each.spans[each.word] for each in places]),
    )
    ids = np.concatenate([stream.ids for stream in streams])
    return Stream(ids, _bounds([stream.bounds for stream in streams])), place


def _bounds(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Bounds of parts that each start at 0, as bounds of all."""
    before = np.cumsum([0, *(part[-1] for part in parts)])
    moved = [start + part[:-1] for start, part in zip(before[:-1], parts, strict=True)]
    return np.concatenate([*moved, before[-1:]])


def _end_to_end(
    places: Sequence[NDArray[np.int64]], within: Sequence[NDArray[Any]]
) -> NDArray[np.int64]:
    """Places in each of some arrays, as places in all of them end to end."""
    before = np.cumsum([0, *map(len, within)])
    return np.concatenate([start + part for start, part in zip(before, places, strict=False)])


def _plain_spaces(text: str) -> bytes:
    """A text in UTF-8, spaces that are not ASCII made so and a chunk for each line break.

    Capitals are in lower case, see `lower`, all or only those that are not ASCII.
    """
    data = text.encode()
    if len(data) != len(text):
        other = _not_ascii(data)
        if _WIDE_SPACE.search(other):
            return _plain_spaces(_WIDE_SPACE.sub(" ", text))
        if other != other.lower():
            data = lower(text).encode()
    return data.replace(b"\n", _SPACED_LINE)


def _not_ascii(data: bytes) -> str:
    """The characters of a text in UTF-8 that are not ASCII; few, and so quick to search."""
    return data.translate(None, _ASCII).decode()


def _chunk_starts(text: str) -> NDArray[np.int64]:
    """Where the chunks of a text start; a line break is one."""
    if not text.isascii() and _WIDE_SPACE.search(_not_ascii(text.encode())):
        text = _WIDE_SPACE.sub(" ", text)
    # A byte a character: 0 for a space, 1 for a line break, 2 for others, also those of many bytes.
    kinds = np.frombuffer(text.encode("latin-1", "replace").translate(_KINDS), np.uint8)
    first = kinds > 0
    first[1:] &= kinds[:-1] < 2
    return np.flatnonzero(first | (kinds == 1))


def ranges(starts: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """``starts[0], starts[0] + 1, ...`` (``counts[0]`` of them), then those of ``starts[1]`` ..."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(counts.sum())


def _worth_keeping(ids: NDArray[np.int32], bounds: NDArray[np.int64]) -> NDArray[np.int64]:
    """All words, and of each run of BREAKs the last, unless the text starts or ends there."""
    word = ids != BREAK_ID
    keep = word.copy()
    keep[:-1] |= word[1:]
    words = np.append(np.flatnonzero(word), 0)
    first = words[np.searchsorted(words[:-1], bounds[:-1])]
    before = first[first > 0] - 1  # a BREAK there starts this text or ends another
    keep[before] = word[before]
    return np.flatnonzero(keep)
