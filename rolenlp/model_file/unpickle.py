"""Reads a pickle that can only be plain data: texts, numbers, bytes, lists and dictionaries.

Before anything is unpickled every instruction is looked at. Only those that build plain data are
allowed, so there is nothing that names, calls, changes or fetches, and no tuple or set whose hash
could be made to recurse; lengths and memo numbers must fit the data, so no few bytes claim
gigabytes.
"""

from __future__ import annotations

import io
import pickle
from typing import Any, NoReturn

__all__ = ["MOST_INSTRUCTIONS", "NotPlainError", "unpickle"]

MOST_INSTRUCTIONS = 4_000_000  # the model that ships with rolenlp has 50,000

# Instructions by the bytes that follow them: so many, or a length of so many and what it says.
# Whole numbers beyond 32 bits are not among them: as keys they can be made to collide.
_FIXED = {
    pickle.PROTO: 1,
    pickle.FRAME: 8,
    pickle.NONE: 0,
    pickle.NEWTRUE: 0,
    pickle.NEWFALSE: 0,
    pickle.BININT: 4,
    pickle.BININT1: 1,
    pickle.BININT2: 2,
    pickle.BINFLOAT: 8,
    pickle.EMPTY_LIST: 0,
    pickle.EMPTY_DICT: 0,
    pickle.MARK: 0,
    pickle.APPEND: 0,
    pickle.APPENDS: 0,
    pickle.SETITEM: 0,
    pickle.SETITEMS: 0,
    pickle.MEMOIZE: 0,
    pickle.BINGET: 1,
    pickle.LONG_BINGET: 4,
    pickle.BINPUT: 1,
    pickle.LONG_BINPUT: 4,
}
_SIZED = {
    pickle.SHORT_BINUNICODE: 1,
    pickle.BINUNICODE: 4,
    pickle.BINUNICODE8: 8,
    pickle.SHORT_BINBYTES: 1,
    pickle.BINBYTES: 4,
    pickle.BINBYTES8: 8,
}
_STOP, _NUMBERED_PUT = pickle.STOP[0], pickle.LONG_BINPUT[0]
_FIXED_OF = {code[0]: size for code, size in _FIXED.items()}
_SIZED_OF = {code[0]: size for code, size in _SIZED.items()}


class NotPlainError(Exception):
    """A file holds more than plain data; the text says what."""


def unpickle(data: bytes) -> Any:
    """The plain data of a pickle.

    Raises `NotPlainError` where it holds anything else; where it is damaged, ValueError, EOFError
    or whatever unpickling raises.
    """
    _check(data)
    return _PlainUnpickler(io.BytesIO(data)).load()


def _check(data: bytes) -> None:
    at = count = 0
    while at < len(data):
        code = data[at]
        at += 1
        count += 1
        if count > MOST_INSTRUCTIONS:
            raise NotPlainError(f"it has more than {MOST_INSTRUCTIONS:,} parts")
        size = _FIXED_OF.get(code)
        if size is None:
            if code == _STOP:
                if at < len(data):
                    raise NotPlainError("something follows its end")
                return
            width = _SIZED_OF.get(code)
            if width is None:
                raise NotPlainError(_named(code))
            size = int.from_bytes(data[at : at + width], "little")
            at += width
        elif code == _NUMBERED_PUT and int.from_bytes(data[at : at + 4], "little") > count:
            raise ValueError("a memo number beyond what was read")  # it would make room for all
        at += size
    raise EOFError("cut short")


def _named(code: int) -> str:
    from pickletools import opcodes

    names = [known.name for known in opcodes if known.code == chr(code)]
    if not names:
        raise ValueError(f"no pickle has the byte {code} there")
    return f"it has the pickle instruction {names[0]}"


class _PlainUnpickler(pickle.Unpickler):
    """A second wall: no class, no function and nothing from outside, whatever is asked for."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise NotPlainError("it names " + ascii(f"{module}.{name}"[:80]))

    def persistent_load(self, pid: Any) -> NoReturn:
        raise NotPlainError("it refers to things outside itself")
