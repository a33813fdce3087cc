"""A text pasted into a terminal, lines of any length whole."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

_END = 0x04  # Ctrl-D
_ERASE = (0x7F, 0x08)
_AT_ONCE = 1 << 16


def read_paste(ready: Callable[[], object]) -> bytes:
    """What is typed or pasted on the terminal of stdin, up to Ctrl-D; `ready` is called before.

    A terminal hands over line by line, and cuts a line at 4,095 bytes (elsewhere at 1,024): it is
    told to hand over each character, and put back as it was.
    """
    with _by_character() as fd:
        ready()
        if fd is None:
            return sys.stdin.buffer.read()
        typed = bytearray()
        while data := _arrived(fd):
            for byte in data:
                if byte == _END:
                    return bytes(typed)
                if byte in _ERASE:
                    _erase(typed, fd)
                else:
                    typed.append(byte)
        return bytes(typed)


@contextmanager
def _by_character() -> Iterator[int | None]:
    """The terminal of stdin without a limit to its lines; None where it has none."""
    try:
        import termios
    except ImportError:  # Windows
        yield None
        return
    fd = sys.stdin.fileno()
    before = termios.tcgetattr(fd)
    changed = termios.tcgetattr(fd)
    changed[3] &= ~(termios.ICANON | getattr(termios, "ECHOCTL", 0))
    changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
    try:
        termios.tcsetattr(fd, termios.TCSADRAIN, changed)  # what was typed before stays
        yield fd
    finally:
        with suppress(termios.error):  # the terminal may be gone
            termios.tcsetattr(fd, termios.TCSADRAIN, before)


def _arrived(fd: int) -> bytes:
    try:
        return os.read(fd, _AT_ONCE)
    except OSError:  # as Linux says that a terminal was closed
        return b""


def _erase(typed: bytearray, fd: int) -> None:
    """Take back the last character of the line, all its bytes of UTF-8."""
    if not typed or typed.endswith(b"\n"):
        return
    while len(typed) > 1 and typed[-1] & 0xC0 == 0x80:
        del typed[-1]
    del typed[-1]
    with suppress(OSError):
        os.write(fd, b"\b \b")
