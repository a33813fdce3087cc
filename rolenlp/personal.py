"""E-mail addresses and telephone numbers hidden in what is shown of an ad."""

from __future__ import annotations

import re

__all__ = ["masked"]

_EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
_NUMBER = re.compile(r"(?<![\w.,£$€])\+?\(?\d[\d\s().\-–/]{6,22}\d(?![\w%]|[.,]\d)")
_YEARS = re.compile(r"\s*(?:19|20)\d\d\D+(?:19|20)\d\d\s*")
_DIGITS = range(8, 16)  # of a telephone number; shorter ones are prices, codes, years


def masked(text: str) -> str:
    """The text with ``[e-mail]`` and ``[phone]`` where such things stand."""
    return _NUMBER.sub(_phone, _EMAIL.sub("[e-mail]", text))


def _phone(found: re.Match[str]) -> str:
    number = found.group()
    digits = sum(character.isdigit() for character in number)
    if digits not in _DIGITS or _YEARS.fullmatch(number):
        return number
    return "[phone]"
