"""Rewriting a text piece by piece while keeping the way back to where each character came from."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from re import Pattern

__all__ = ["Made", "Rewrite", "SpanMap", "strip"]


@dataclass(frozen=True, slots=True)
class SpanMap:
    """Where the characters of a rewritten text came from.

    One entry for each replaced piece, in order: where the new piece starts and ends in the
    rewritten text, and where the old one starts and ends in the source. Between the pieces the two
    texts run in step. All offsets count characters.
    """

    new_starts: Sequence[int]
    new_ends: Sequence[int]
    old_starts: Sequence[int]
    old_ends: Sequence[int]

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of a piece of the rewritten text -> offsets of what it was made from.

        The span is empty where the piece is one that was only inserted, and a span that starts or
        ends within a replacement takes in all that was replaced.
        """
        first = self._locate(start)[0]
        return first, max(first, self._locate(end - 1)[1]) if start < end else first

    def _locate(self, position: int) -> tuple[int, int]:
        """Source span of one character of the rewritten text."""
        entry = bisect_right(self.new_starts, position) - 1
        if entry < 0:
            return position, position + 1
        past = position - self.new_ends[entry]
        if past < 0:
            return self.old_starts[entry], self.old_ends[entry]
        return self.old_ends[entry] + past, self.old_ends[entry] + past + 1


Made = tuple[str, SpanMap]  # what a step made of a text


class Rewrite:
    """Collects replacements in a text, in order, and then gives the new text and the map back."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._pieces: list[str] = []
        self._copied = 0
        self._length = 0
        self._new_starts: list[int] = []
        self._new_ends: list[int] = []
        self._old_starts: list[int] = []
        self._old_ends: list[int] = []

    def __bool__(self) -> bool:
        """Whether anything was replaced."""
        return bool(self._new_starts)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in the place of source[start:end], which lies after all replaced before.

        An empty `new` removes, and start == end inserts.
        """
        if start > self._copied:
            self._pieces.append(self._source[self._copied : start])
            self._length += start - self._copied
        self._new_starts.append(self._length)
        self._old_starts.append(start)
        self._old_ends.append(end)
        if new:
            self._pieces.append(new)
            self._length += len(new)
        self._new_ends.append(self._length)
        self._copied = end

    def result(self) -> tuple[str, SpanMap]:
        """The rewritten text (the source itself if nothing was replaced) and its map."""
        span_map = SpanMap(self._new_starts, self._new_ends, self._old_starts, self._old_ends)
        if not self:
            return self._source, span_map
        return "".join([*self._pieces, self._source[self._copied :]]), span_map


def strip(pattern: Pattern[str], text: str) -> Rewrite:
    """Remove every match of a pattern, apart from its group 1 if it has one."""
    rewrite = Rewrite(text)
    for match in pattern.finditer(text):
        start, end = match.span()
        kept_start, kept_end = match.span(1) if pattern.groups else (end, end)
        if start < kept_start:
            rewrite.replace(start, kept_start, "")
        if kept_end < end:
            rewrite.replace(kept_end, end, "")
    return rewrite
