"""Rewriting a text piece by piece while keeping the way back to where each character came from."""

from bisect import bisect_right
from functools import cached_property
from re import Pattern

__all__ = ["Rewrite", "strip"]


class Rewrite:
    """A text with some pieces replaced, in order: the new text, and the way back from it.

    Between the pieces the two texts run in step. All offsets count characters. The way back is
    worked out when it is first asked for.
    """

    def __init__(self, source: str) -> None:
        self._source = source
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._new: list[str] = []

    def __bool__(self) -> bool:
        """Whether anything was replaced."""
        return bool(self._starts)

    def replace(self, start: int, end: int, new: str) -> None:
        """Put `new` in the place of source[start:end], which lies after all replaced before.

        An empty `new` removes, and start == end inserts.
        """
        self._starts.append(start)
        self._ends.append(end)
        self._new.append(new)

    def text(self) -> str:
        """The rewritten text; the source itself if nothing was replaced."""
        if not self:
            return self._source
        pieces: list[str] = []
        copied = 0
        for start, end, new in zip(self._starts, self._ends, self._new, strict=True):
            pieces += (self._source[copied:start], new)
            copied = end
        return "".join([*pieces, self._source[copied:]])

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of a piece of the rewritten text -> offsets of what it was made from.

        The span is empty where the piece is one that was only inserted, and a span that starts or
        ends within a replacement takes in all that was replaced.
        """
        first = self._locate(start)[0]
        return first, max(first, self._locate(end - 1)[1]) if start < end else first

    def _locate(self, position: int) -> tuple[int, int]:
        """Source span of one character of the rewritten text."""
        entry = bisect_right(self._new_starts, position) - 1
        if entry < 0:
            return position, position + 1
        past = position - self._new_starts[entry] - len(self._new[entry])
        if past < 0:
            return self._starts[entry], self._ends[entry]
        return self._ends[entry] + past, self._ends[entry] + past + 1

    @cached_property
    def _new_starts(self) -> list[int]:
        """Where the new pieces start in the rewritten text."""
        found, shift = [], 0
        for start, end, new in zip(self._starts, self._ends, self._new, strict=True):
            found.append(start + shift)
            shift += len(new) - (end - start)
        return found


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
