"""Locks and things made once, for what threads share.

What several threads read is a value, and changes by one step under a lock: an interruption
anywhere leaves the value of before.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import update_wrapper
from threading import Lock
from typing import Any, Generic, TypeVar
from weakref import WeakSet

_Made = TypeVar("_Made")
_guards: WeakSet[Guard] = WeakSet()


class Guard:
    """Holds a lock; a copy, an unpickled guard and that of a forked process hold one of their own.

    Say ``with guard.lock:``, as a lock taken by C code has no place for an interruption between
    the taking and the block. In a forked process nobody would ever open a lock that another
    thread had closed.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        _guards.add(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return Guard, ()


def _renew() -> None:
    for guard in _guards:
        guard.lock = Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


class Once(Generic[_Made]):
    """A function without arguments that is called once; who asks meanwhile waits."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        update_wrapper(self, make)
        self._make = make
        self._guard = Guard()
        self._made: tuple[_Made, ...] = ()

    def __call__(self) -> _Made:
        """What the function gave."""
        with self._guard.lock:
            made = self._made = self._made or (self._make(),)
            return made[0]

    def cache_clear(self) -> None:
        """Forget what was made."""
        self._made = ()
