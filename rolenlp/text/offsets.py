"""Rewriting a text piece by piece while keeping the way back to where each character came from."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import accumulate
from re import Pattern
from typing import Self

__all__ = ["Replaced", "Rewrite", "strip"]

Replaced = tuple[int, int, str]  # text[start:end], and what stands in its place


class Rewrite:
    """A text cut into pieces, and what became of each: the new text, and the way back from it.

    A piece that stayed the same runs in step with what it was. All offsets count characters. The
    way back is worked out when it is first asked for.
    """

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self._old, self._new = old, new

    @classmethod
    def of(cls, source: str, replaced: Iterable[Replaced]) -> Self:
        """A text in which some pieces, in order, are replaced; an empty one inserts."""
        old: list[str] = []
        new: list[str] = []
        copied = 0
        for start, end, instead in replaced:
            kept = source[copied:start]
            old += (kept, source[start:end])
            new += (kept, instead)
            copied = end
        rest = source[copied:]
        return cls([*old, rest], [*new, rest])

    def __bool__(self) -> bool:
        """Whether anything was replaced."""
        return self._old != self._new

    def text(self) -> str:
        """The rewritten text; the source itself if nothing was replaced."""
        return "".join(self._new)

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets of a piece of the rewritten text -> offsets of what it was made from.

        The span is empty where the piece is one that was only inserted, and a span that starts or
        ends within a replacement takes in all that was replaced.
        """
        first = self._locate(start)[0]
        return first, max(first, self._locate(end - 1)[1]) if start < end else first

    def _locate(self, position: int) -> tuple[int, int]:
        """Source span of one character of the rewritten text."""
        old_starts, new_starts = self._starts
        piece = bisect_right(new_starts, position) - 1
        start = old_starts[piece]
        if self._old[piece] != self._new[piece]:
            return start, start + len(self._old[piece])
        start += position - new_starts[piece]
        return start, start + 1

    @cached_property
    def _starts(self) -> tuple[list[int], list[int]]:
        """Where the pieces start in the source and in the rewritten text."""
        old, new = (
            list(accumulate(map(len, pieces[:-1]), initial=0)) for pieces in (self._old, self._new)
        )
        return old, new


def strip(pattern: Pattern[str], text: str) -> Rewrite:
    """Remove every match of a pattern, apart from its group 1 if it has one."""
    return Rewrite.of(text, _stripped(pattern, text))


def _stripped(pattern: Pattern[str], text: str) -> Iterator[Replaced]:
    for match in pattern.finditer(text):
        start, end = match.span()
        kept_start, kept_end = match.span(1) if pattern.groups else (end, end)
        if start < kept_start:
            yield start, kept_start, ""
        if kept_end < end:
            yield kept_end, end, ""
