"""How much work something takes, counted and not timed.

The same on every machine and under every load, so a test may double its input and compare. Counted
are

- every line of Python that is run, and every turn of a loop (`sys.settrace`),
- every call into C (`sys.setprofile`), and for methods of a text that go over all of it, such as
  ``count`` and ``replace``, each of its characters,
- the characters that patterns and the csv parser are given. A `match` counts all that it is given,
  from where it starts to the end of the text (or to ``endpos``): it may have looked at all of that,
  whatever it then found. So who matches again and again along one text must say how far it may
  look, or use `finditer`, which counts what it goes over. A `search` counts up to what it finds.

Not seen is what one call of a pattern does within: a `finditer` whose every attempt looks ahead to
the text's end counts as one pass.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from types import BuiltinFunctionType, FrameType, ModuleType, SimpleNamespace
from typing import Any
from unittest.mock import patch

__all__ = ["Work", "counted"]

_OVER_ALL = frozenset(
    "count encode decode isspace isalnum lower upper casefold replace rsplit split splitlines "
    "strip lstrip rstrip translate title swapcase".split()
)


class Work:
    """A counter.

    Attributes:
        steps: lines of Python run, turns of loops, calls into C.
        characters: gone over, or perhaps gone over, by what is written in C.
    """

    def __init__(self) -> None:
        self.steps = 0
        self.characters = 0

    @property
    def all(self) -> int:
        """Both together."""
        return self.steps + self.characters


@contextmanager
def counted(*modules: ModuleType) -> Iterator[Work]:
    """Count the work done in a ``with`` statement.

    The patterns and csv parsers of `modules` are counted: those that the modules hold, and those
    that they make meanwhile. All else is counted wherever it is.
    """
    work = Work()

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        work.steps += 1
        return trace

    def profile(frame: FrameType, event: str, arg: Any) -> None:
        if event == "c_call":
            work.steps += 1
            if isinstance(of := getattr(arg, "__self__", None), str | bytes):
                work.characters += len(of) if arg.__name__ in _OVER_ALL else 0

    with ExitStack() as stack:
        for module in modules:
            for name, value in _stand_ins(module, work):
                stack.enter_context(patch.object(module, name, value))
        before = sys.gettrace(), sys.getprofile()
        sys.settrace(trace)
        sys.setprofile(profile)
        try:
            yield work
        finally:
            sys.setprofile(before[1])
            sys.settrace(before[0])


def _stand_ins(module: ModuleType, work: Work) -> Iterator[tuple[str, Any]]:
    for name, value in list(vars(module).items()):
        if isinstance(value, re.Pattern):
            yield name, _Pattern(value, work)
        elif isinstance(value, BuiltinFunctionType) and isinstance(value.__self__, re.Pattern):
            yield name, getattr(_Pattern(value.__self__, work), value.__name__)
        elif value is re:

            def compiled(*args: Any) -> _Pattern:
                return _Pattern(re.compile(*args), work)

            yield name, SimpleNamespace(**{**vars(re), "compile": compiled})
        elif value is csv:

            def reader(lines: Iterable[str], **options: Any) -> Any:
                return csv.reader(_lines(lines, work), **options)

            yield name, SimpleNamespace(**{**vars(csv), "reader": reader})


def _lines(lines: Iterable[str], work: Work) -> Iterator[str]:
    for line in lines:
        work.characters += len(line)
        yield line


class _Pattern:
    """A pattern whose work is counted."""

    def __init__(self, pattern: re.Pattern[str], work: Work) -> None:
        self._pattern = pattern
        self._work = work

    def __getattr__(self, name: str) -> Any:
        return getattr(self._pattern, name)

    def _given(self, text: str, pos: int = 0, endpos: int = sys.maxsize) -> None:
        self._work.characters += max(0, min(endpos, len(text)) - pos)

    def match(self, text: str, *where: int) -> re.Match[str] | None:
        self._given(text, *where)
        return self._pattern.match(text, *where)

    def fullmatch(self, text: str, *where: int) -> re.Match[str] | None:
        self._given(text, *where)
        return self._pattern.fullmatch(text, *where)

    def search(self, text: str, pos: int = 0, *end: int) -> re.Match[str] | None:
        found = self._pattern.search(text, pos, *end)
        self._given(text, pos, *([found.end()] if found else end))
        return found

    def finditer(self, text: str, pos: int = 0, *end: int) -> Iterator[re.Match[str]]:
        for found in self._pattern.finditer(text, pos, *end):
            self._given(text, pos, found.end())
            pos = found.end()
            yield found
        self._given(text, pos, *end)

    def findall(self, text: str, *where: int) -> list[Any]:
        self._given(text, *where)
        return self._pattern.findall(text, *where)

    def sub(self, new: str | Callable[[re.Match[str]], str], text: str, count: int = 0) -> str:
        self._given(text)
        return self._pattern.sub(new, text, count)

    def split(self, text: str, maxsplit: int = 0) -> list[Any]:
        self._given(text)
        return self._pattern.split(text, maxsplit)
