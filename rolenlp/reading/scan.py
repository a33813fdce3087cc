"""Streams of lemmas by kernels: what `rolenlp.reading.streams` gives, for whoever reads many
texts."""

from __future__ import annotations

from collections.abc import Sequence
from secrets import token_bytes
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.chunks import ChunkReader, ReadChunk
from rolenlp.reading.kernels.scan import (
    LINE,
    MAY_BE_OWNED,
    MAY_STOP,
    PENDING,
    WORD,
    compose_all,
    place_all,
    scan,
)
from rolenlp.reading.kernels.streams import emit
from rolenlp.reading.lexicon import BREAK_ID
from rolenlp.reading.pipeline import lower
from rolenlp.reading.streams import MOST_CHARACTERS, Places, Stream

__all__ = ["Scanner"]

_ASCII = bytes(range(128))
_CHUNKS, _BYTES, _WORDS = 1 << 12, 1 << 16, 1 << 13  # room at the start; doubled when it is full


class Scanner:
    """Reads streams as a `Streamer` does. It remembers ``most`` chunks and what one batch holds."""

    def __init__(self, chunks: ChunkReader, most: int) -> None:
        self._reader = chunks
        self._most = most
        self._seeds = np.frombuffer(token_bytes(16), np.uint64)
        self._forget()

    def _forget(self) -> None:
        self._sizes = np.zeros(3, np.int64)  # chunks, bytes and words remembered
        self._hashes = np.zeros((_CHUNKS, 2), np.uint64)
        self._pool = np.zeros(_BYTES, np.uint8)  # the chunks, end to end
        self._pool_at = np.zeros(_CHUNKS + 1, np.int64)
        self._flags = np.zeros(_CHUNKS, np.uint8)
        self._first = np.zeros(_CHUNKS, np.int64)
        self._count = np.zeros(_CHUNKS, np.int64)
        self._ids = np.zeros(_WORDS, np.int32)
        self._spans = np.zeros((_WORDS, 2), np.int32)
        self._hash_again()
        # The chunk of a line break; no text holds it, as texts end at a NUL.
        self._sizes[:] = 1, 1, 1
        self._pool_at[1] = 1
        self._count[LINE] = 1
        self._ids[0] = BREAK_ID

    def read(self, texts: Sequence[str]) -> tuple[Stream, Places]:
        """The streams of clean texts, in order, and where their words stand."""
        if self._sizes[0] > self._most or self._sizes[1] > MOST_CHARACTERS:
            self._forget()
        numbers, starts, bounds = self._scan(texts)
        self._learn()
        most = int(self._count[numbers].sum())
        ids, word = np.empty(most, np.int32), np.empty(most, np.int64)
        chunk, ends = np.empty(most, np.int64), np.zeros(len(texts) + 1, np.int64)
        n = emit(numbers, bounds, self._first, self._count, self._ids, ids, word, chunk, ends)

        def chunk_starts(text: int) -> NDArray[np.int64]:
            return starts[bounds[text] : bounds[text + 1]]

        places = Places(chunk_starts, chunk[:n], word[:n], self._spans)
        return Stream(ids[:n], ends), places

    def _scan(
        self, texts: Sequence[str]
    ) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int64]]:
        """Chunk numbers, where each starts in its text, and the bounds of the texts among them."""
        data = np.frombuffer(b"\0".join([*map(_lower, texts), b""]), np.uint8)
        numbers, starts = np.empty(len(data), np.int32), np.empty(len(data), np.int64)
        bounds, state = np.zeros(len(texts) + 1, np.int64), np.zeros(4, np.int64)
        while not scan(
            data, state, numbers, starts, bounds, self._seeds, self._slots, self._hashes,
            self._pool, self._pool_at, self._flags, self._first, self._count, self._ids,
            self._spans, self._sizes,
        ):  # fmt: skip
            self._make_room(data, int(state[0]))
        return numbers[: state[3]], starts[: state[3]], bounds

    def _make_room(self, data: NDArray[np.uint8], at: int) -> None:
        chunks, used, _ = self._sizes.tolist()
        longest = len(data) - at  # of the next chunk
        if chunks + 1 >= len(self._first):
            self._hashes, self._flags = _doubled(self._hashes), _doubled(self._flags)
            self._first, self._count = _doubled(self._first), _doubled(self._count)
            self._pool_at = _doubled(self._pool_at)
            self._hash_again()
        if used + longest > len(self._pool):
            self._pool = _doubled(self._pool, used + longest)
        self._make_room_for_words(longest + 1)

    def _make_room_for_words(self, more: int) -> None:
        needed = int(self._sizes[2]) + more
        if needed > len(self._ids):
            self._ids, self._spans = _doubled(self._ids, needed), _doubled(self._spans, needed)

    def _hash_again(self) -> None:
        self._slots = np.full(2 * len(self._hashes), -1, np.int32)
        place_all(self._slots, self._hashes, int(self._sizes[0]))

    def _learn(self) -> None:
        """Have the chunks read that the kernel could not: the words, what is a word with marks
        around it, and the rest."""
        new = self._pending(0)
        if not new:
            return
        inner = {word for chunk in new.values() if (word := self._reader.word_in(chunk))}
        known = int(self._sizes[0])
        self._scan(sorted(inner.difference(new.values())))
        is_word = self._reader.is_word
        words = {n: chunk for n, chunk in new.items() if is_word(chunk)} | self._pending(known)
        for number, word in words.items():
            stop, owned = (self._reader.may_end(word, ending) for ending in (".", "'s"))
            self._flags[number] = WORD | (MAY_STOP if stop else 0) | (MAY_BE_OWNED if owned else 0)
        self._keep(list(words), [self._reader.read_word(word) for word in words.values()])
        marked = np.array([number for number in new if number not in words], np.int64)
        self._make_room_for_words(int((self._pool_at[marked + 1] - self._pool_at[marked]).sum()))
        compose_all(
            marked, self._seeds, self._slots, self._hashes, self._pool, self._pool_at, self._flags,
            self._first, self._count, self._ids, self._spans, self._sizes,
        )  # fmt: skip
        rest = marked[self._count[marked] == PENDING].tolist()
        self._keep(rest, self._reader.read([new[number] for number in rest]))

    def _pending(self, start: int) -> dict[int, str]:
        """The chunks that were not read yet, by number, from one on."""
        numbers = start + np.flatnonzero(self._count[start : self._sizes[0]] == PENDING)
        starts, ends = self._pool_at[numbers], self._pool_at[numbers + 1]
        pool = self._pool[: self._sizes[1]].data
        return {
            number: str(pool[first:end], "utf-8")
            for number, first, end in zip(
                numbers.tolist(), starts.tolist(), ends.tolist(), strict=True
            )
        }

    def _keep(self, numbers: Sequence[int], read: Sequence[ReadChunk]) -> None:
        if not numbers:
            return
        counts = np.array([len(chunk.ids) for chunk in read])
        start = int(self._sizes[2])
        end = start + int(counts.sum())
        self._make_room_for_words(end - start)
        self._ids[start:end] = [number for chunk in read for number in chunk.ids]
        spans = [span for chunk in read for span in chunk.spans]
        self._spans[start:end] = np.array(spans, np.int32).reshape(-1, 2)
        self._first[numbers] = start + np.cumsum(counts) - counts
        self._count[numbers] = counts
        self._sizes[2] = end


def _lower(text: str) -> bytes:
    """A text in lower case, see `lower`, in UTF-8."""
    data = text.encode()
    other = data.translate(None, _ASCII).decode()
    # Bytes are quicker to put in lower case than characters are, where all capitals are ASCII.
    return data.lower() if other == other.lower() else lower(text).encode()


def _doubled(array: NDArray[Any], least: int = 0) -> NDArray[Any]:
    """The same with room for twice as much, or for `least`; what is not used takes no memory."""
    more = np.zeros((max(2 * len(array), least), *array.shape[1:]), array.dtype)
    more[: len(array)] = array
    return more
