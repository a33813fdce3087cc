"""Reads a pickle that can only be plain data: texts, numbers, bytes, lists and dictionaries.

Before anything is unpickled every instruction is looked at. Only those that build plain data are
allowed, so there is nothing that names, calls, changes or fetches, and no tuple or set whose hash
could be made to recurse; lengths and memo numbers must fit the data, so no few bytes claim
gigabytes.
"""

from __future__ import annotations

import io
import pickle
import pickletools
from typing import Any, NoReturn

MOST_INSTRUCTIONS = 4_000_000  # the model that ships with rolenlp has 50,000

# Whole numbers beyond 32 bits are not among them: as keys they can be made to collide.
_PLAIN = frozenset(
    "PROTO FRAME STOP MARK NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 BINFLOAT "
    "SHORT_BINUNICODE BINUNICODE BINUNICODE8 SHORT_BINBYTES BINBYTES BINBYTES8 "
    "EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS "
    "MEMOIZE BINPUT LONG_BINPUT BINGET LONG_BINGET".split()
)
# By the code of each: how many bytes follow it, or below 0 how wide the length of them is.
_SIZES = {
    ord(known.code): known.arg.n if known.arg else 0
    for known in pickletools.opcodes
    if known.name in _PLAIN
}
_LENGTHS = {
    pickletools.TAKEN_FROM_ARGUMENT1: 1,
    pickletools.TAKEN_FROM_ARGUMENT4U: 4,
    pickletools.TAKEN_FROM_ARGUMENT8U: 8,
}
_NAMES = {ord(known.code): known.name for known in pickletools.opcodes}
_STOP, _NUMBERED_PUT = pickle.STOP[0], pickle.LONG_BINPUT[0]


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
        if code not in _SIZES:  # looked at before what follows it is read
            if code not in _NAMES:
                raise ValueError(f"no pickle has the byte {code} there")
            raise NotPlainError(f"it has the pickle instruction {_NAMES[code]}")
        if code == _STOP:
            if at < len(data):
                raise NotPlainError("something follows its end")
            return
        size = _SIZES[code]
        if size < 0:
            width = _LENGTHS[size]
            size = int.from_bytes(data[at : at + width], "little")
            at += width
        elif code == _NUMBERED_PUT and int.from_bytes(data[at : at + 4], "little") > count:
            raise ValueError("a memo number beyond what was read")  # it would make room for all
        at += size
    raise EOFError("cut short")


class _PlainUnpickler(pickle.Unpickler):
    """A second wall: no class, no function and nothing from outside, whatever is asked for."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise NotPlainError("it names " + ascii(f"{module}.{name}"[:80]))

    def persistent_load(self, pid: Any) -> NoReturn:
        raise NotPlainError("it refers to things outside itself")
