"""Finds phrases in streams of lemmas, many texts at once.

A phrase is words parted by spaces; ``a|b`` stands for either word, ``~`` for up to ``GAP`` words
of any kind that do not cross a BREAK. All phrases are laid into one tree of words (a trie), and
all positions of all texts walk it together, one word a step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from rolenlp.reading.lexicon import BREAK_ID, Lexicon
from rolenlp.reading.streams import Stream, ranges

__all__ = ["GAP", "Found", "PhraseFinder", "Tree", "words_of"]

GAP = 3  # the most words that a ``~`` stands for


@dataclass(frozen=True)
class Found:
    """Phrases found, in the order of their places: arrays of one length.

    ``phrase`` is the number of the phrase; it covers ``stream.ids[start:end]``.
    """

    phrase: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


def words_of(phrase: str) -> list[str]:
    """All words that a phrase names."""
    return [word for part in phrase.split() if part != "~" for word in part.split("|")]


class Tree:
    """Phrases laid into one tree of words, of which node 0 is the root.

    ``edges[node]`` leads from a word to the next node, ``gaps[node]`` is the node reached by a
    ``~``, and ``ends[node]`` are the numbers of the phrases that end there.
    """

    def __init__(self, phrases: Sequence[str]) -> None:
        self.edges: list[dict[str, int]] = [{}]
        self.gaps: dict[int, int] = {}
        self.ends: list[list[int]] = [[]]
        for number, phrase in enumerate(phrases):
            for parts in product(*(part.split("|") for part in phrase.split())):
                node = 0
                for part in parts:
                    node = self._step(node, part)
                self.ends[node].append(number)

    def _step(self, node: int, part: str) -> int:
        found = self.gaps.get(node) if part == "~" else self.edges[node].get(part)
        if found is None:
            found = len(self.edges)
            self.edges.append({})
            self.ends.append([])
            if part == "~":
                self.gaps[node] = found
            else:
                self.edges[node][part] = found
        return found

    def most_work(self) -> int:
        """The most that can be done for one place of a text: nodes walked and phrases found.

        From a node the next word leads to one other, and a ``~`` to one for each word that it may
        stand for.
        """
        work = [1 + len(numbers) for numbers in self.ends]
        for node in reversed(range(len(work))):  # those that follow have higher numbers
            work[node] += max((work[after] for after in self.edges[node].values()), default=0)
            if node in self.gaps:
                work[node] += (GAP + 1) * work[self.gaps[node]]
        return work[0]


class PhraseFinder:
    """Finds every place of every phrase. Words are looked up by the numbers of a lexicon."""

    def __init__(self, phrases: Sequence[str], lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        words = dict.fromkeys(word for phrase in phrases for word in words_of(phrase))
        self._column = {word: number for number, word in enumerate(words, start=1)}
        tree = Tree(phrases)
        self._next = np.zeros((len(tree.edges), len(words) + 1), np.int32)
        for node, followers in enumerate(tree.edges):
            columns = [self._column[word] for word in followers]
            self._next[node, columns] = list(followers.values())
        self._gap = np.zeros(len(tree.edges), np.int32)
        self._gap[list(tree.gaps)] = list(tree.gaps.values())
        counts = [len(numbers) for numbers in tree.ends]
        self._first_end = np.concatenate(([0], np.cumsum(counts)))
        self._ends = np.array([number for numbers in tree.ends for number in numbers], np.int64)
        self._columns = np.zeros(0, np.int32)

    def _columns_by_id(self) -> NDArray[np.int32]:
        columns, words = self._columns, self.lexicon.words
        if len(columns) < len(words):
            more = [self._column.get(word, 0) for word in words[len(columns) :]]
            columns = self._columns = np.concatenate((columns, np.array(more, np.int32)))
        return columns

    def find(self, stream: Stream) -> Found:
        """All places of all phrases; a phrase never reaches from one text into the next."""
        columns = self._columns_by_id()
        ids = np.append(stream.ids, np.int32(BREAK_ID))  # no phrase holds it, no ~ crosses it
        node = self._next[0][columns][stream.ids]
        start = np.flatnonzero(node)
        at, node = start + 1, node[start]
        phrases, starts, stops = [], [], []
        while len(start):
            counts = self._first_end[node + 1] - self._first_end[node]
            hit = np.repeat(np.arange(len(node)), counts)
            phrases.append(self._ends[ranges(self._first_end[node], counts)])
            starts.append(start[hit])
            stops.append(at[hit])
            start, at, node = self._skip(start, at, node, ids)
            node = self._next[node, columns[ids[at]]]
            alive = np.flatnonzero(node)
            start, at, node = start[alive], at[alive] + 1, node[alive]
        phrase, begin, end = (
            np.concatenate(part) if part else np.zeros(0, np.int64)
            for part in (phrases, starts, stops)
        )
        text_end = stream.bounds[np.searchsorted(stream.bounds, begin, side="right")]
        order = np.lexsort((phrase, end, begin))
        order = order[(end <= text_end)[order]]
        phrase, begin, end = phrase[order], begin[order], end[order]
        # Two ways through the tree can end in the same match.
        new = np.ones(len(order), bool)
        new[1:] = (np.diff(phrase) != 0) | (np.diff(begin) != 0) | (np.diff(end) != 0)
        return Found(phrase[new], begin[new], end[new])

    def _skip(
        self,
        start: NDArray[np.int64],
        at: NDArray[np.int64],
        node: NDArray[np.int32],
        ids: NDArray[np.int32],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int32]]:
        """Where a ``~`` may follow, walk on from each place that it may lead to as well."""
        gap = self._gap[node]
        some = np.flatnonzero(gap)
        walks = [(start, at, node)]
        start, at, node = start[some], at[some], gap[some]
        for _ in range(GAP + 1):
            walks.append((start, at, node))
            within = np.flatnonzero(ids[at] != BREAK_ID)
            start, at, node = start[within], at[within] + 1, node[within]
        starts, ats, nodes = zip(*walks, strict=True)
        return np.concatenate(starts), np.concatenate(ats), np.concatenate(nodes)
