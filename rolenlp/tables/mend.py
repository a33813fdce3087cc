"""Text whose bytes are not all in one encoding: what cannot be read is mended, or marked.

A byte that an encoding cannot read comes as a lone surrogate, U+DC00 and the byte. In a file
that is otherwise UTF-8 such bytes are nearly always cp1252, pasted in, and are read so. Of any
other encoding there is no telling: rows that hold such bytes are not to be used.
"""

from __future__ import annotations

import codecs
import re

__all__ = ["MENDABLE", "ODD_BYTES", "is_odd", "mended"]

ODD_BYTES = "rolenlp_odd_bytes"  # the error handler that makes surrogates, in any encoding
MENDABLE = {"utf-8", "utf-8-sig", "cp1252", "ascii"}

_ODD = re.compile("[\udc00-\udcff]")
_AS_CP1252 = {
    0xDC00 + byte: bytes([byte]).decode("latin-1" if byte in b"\x81\x8d\x8f\x90\x9d" else "cp1252")
    for byte in range(0x80, 0x100)
}


def _surrogates(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    odd = error.object[error.start : error.end]
    return "".join(chr(0xDC00 + byte) for byte in odd), error.end


codecs.register_error(ODD_BYTES, _surrogates)


def is_odd(line: str) -> bool:
    """Whether a line has bytes that could not be read."""
    try:
        line.encode()  # quicker than a search
    except UnicodeEncodeError:
        return bool(_ODD.search(line))
    return False


def mended(line: str) -> str:
    """A line whose odd bytes are read as cp1252, or else Latin-1."""
    return line.translate(_AS_CP1252)
