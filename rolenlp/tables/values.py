"""A value of one format as another writes it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any

DECIMALS = 6  # of numbers added
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what may start one


class _Empty(str):
    __slots__ = ()


EMPTY = _Empty()  # a cell that holds a text of no characters, where others that are empty hold none


def as_text(value: Any) -> str:
    """A value of any format as a CSV cell: null is empty, dates are ISO, nested values JSON.

    Bytes are read as UTF-8. Those that are none are ``\\x`` and their hexadecimal digits, and so
    are those that would look like these: no two values come to the same text.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, dict | list | tuple):
        return as_json(value)
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bytes):
        text = value.decode(errors="replace")
        return text if text.encode() == value and text[:2] != "\\x" else "\\x" + value.hex()
    return str(value)


def of_kind(values: Iterable[Any], kind: str) -> list[Any]:
    """Values to add as Python's own type of their kind, whatever NumPy made of them."""
    made = _MADE[kind]
    return [None if value is None else made(value) for value in values]


def harmless(text: str) -> str:
    """Text that no spreadsheet runs as a formula: an apostrophe goes before what would be one."""
    return "'" + text if text.startswith(_FORMULA) else text


def _rounded(number: Any) -> float | None:
    return round(float(number), DECIMALS) if math.isfinite(number) else None


_MADE: dict[str, Callable[[Any], Any]] = {
    "string": lambda value: harmless(str(value)),
    "number": _rounded,
    "integer": int,
    "boolean": bool,
}


def spliced(line: str, tail: str) -> str:
    """A JSON object's text with members added at its end and all else left as it was.

    `tail` is the text of an object that holds them.
    """
    if tail == "{}":
        return line
    body = line[:-1].rstrip(" \t\r")
    return body + ("" if body == "{" else ", ") + tail[1:]


def as_json(value: Any) -> str:
    """A value as JSON; what JSON has no form for is text, NaN and infinities among them."""
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, default=as_text)
    except ValueError:
        return json.dumps(_finite(value), ensure_ascii=False, default=as_text)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else as_text(value)
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value


def writable(value: Any) -> Any:
    """A value as it can be stored in UTF-8; only text with lone surrogates changes."""
    return encoded([value]).decode() if isinstance(value, str) else value


def encoded(texts: Iterable[str]) -> bytes:
    """The texts one after another, in UTF-8.

    A lone surrogate, which UTF-8 has no bytes for, is spelt out as in JSON: ``\\ud83d``.
    """
    # Each on its own: to join them first would widen them all for one bullet in one of them.
    return b"".join([text.encode("utf-8", "backslashreplace") for text in texts])
