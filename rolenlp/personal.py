"""E-mail addresses and telephone numbers: found in clean text, and masked where it is quoted.

A number that may be a telephone's is masked in doubt; amounts, dates, years, times and ranges are
not. How far a look goes is bounded, so that time grows with the length of a text alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["find_personal", "mask_personal", "masked", "quoted"]

EMAIL, PHONE = "[email]", "[phone]"
LONGEST_QUOTE = 300  # numbers and marks leave no word, so that a phrase can have any length
_REACH = 80  # characters around a quote that may belong to an address or a number in it
_NEAR = 24  # so near it is what tells that it does: an @, a digit, an "at"

# Addresses, also those written so that a robot does not know them: "jo (at) example [dot] com",
# and without brackets where both are words, or the name is no plain word: "jo.doe at example.com".
_NAME = r"(?<![\w.+%-])[\w+%-](?:[\w.+%'-]{0,63}[\w+%-])?"
_AT = r"(?:[@＠]|\s{0,2}[(\[{<]\s?(?:at|@)\s?[)\]}>]\s{0,2})"
_DOT = r"(?:[.．]|\s{0,2}[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s{0,2}|\s{1,2}dot\s{1,2})"
_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_EMAIL = re.compile(
    rf"{_NAME}\s{{1,2}}[@＠]\s{{0,2}}(?:{_LABEL}\.){{1,5}}[^\W\d_]{{2,}}|"
    rf"{_NAME}{_AT}{_LABEL}(?:{_DOT}{_LABEL}){{0,5}}"
    rf"|(?<![\w.])[\w.+-]{{1,64}}\s{{1,2}}at\s{{1,2}}{_LABEL}(?:\s{{1,2}}dot\s{{1,2}}{_LABEL}){{1,5}}"
    rf"|(?<![\w.])[\w+-]{{1,40}}[.\d_][\w+-]{{1,40}}\s{{1,2}}at\s{{1,2}}{_LABEL}(?:\.{_LABEL}){{1,5}}",
    re.IGNORECASE,
)

_GAP = r"[-‐-–./\s()]{0,3}"  # between the digits of a number
_FREE = r"(?<![\d$£€¥₹])(?<![\d$£€¥₹][.,\s])(?<!\d\d[,.])"  # where an amount does not go on
_END = r"(?![\d%])(?![.,]\d)"
_EXTENSION = r"(?:[,;\s]{0,3}(?:x|ext\.?|extension|#)[:.\s]{0,2}\d{1,6}\b)?"
_SPOKEN = r"(?:tel|tele|telephone|phone|mobile|mob|cell|fax|call|ring|dial|text|sms|whatsapp)"
_PHONE = re.compile(
    "|".join(
        f"(?:{pattern})"
        for pattern in (
            # +44 (0)20 7946 0018, 0044 ..., also with no country
            rf"(?:\+|(?<!\d)00)\s?\(?\d(?:{_GAP}\d){{7,14}}(?!\d){_EXTENSION}",
            # (415) 555-0132, 1-415-555-0132, 4155550132
            rf"{_FREE}(?:1[-.\s]?)?\(?[2-9]\d\d\)?[-‐-–.\s/]{{0,2}}\d{{3}}[-‐-–.\s]{{0,2}}\d{{4}}{_END}{_EXTENSION}",
            # 020 7946 0018, 07700 900123, 01 23 45 67 89
            rf"{_FREE}\(?0\d(?:{_GAP}\d){{7,11}}{_END}{_EXTENSION}",
            # 98765 43210, 98765432101, 1300 555 013, 1-800-FLOWERS
            rf"{_FREE}\d{{5}}[-\s]?\d{{5,6}}{_END}{_EXTENSION}",
            rf"{_FREE}1[38]00[-.\s]\d{{3}}[-.\s]\d{{3}}{_END}",
            r"(?<!\d)1[-.\s]8\d\d[-.\s](?-i:(?=[A-Z0-9-]{0,9}[A-Z]{3})[A-Z0-9](?:-?[A-Z0-9]){5,9})\b",
            # 91 123 45 67, 22-33-44-55-66
            rf"{_FREE}\d\d{{1,2}}(?:[-.\s]\d{{2,3}}){{3,4}}{_END}{_EXTENSION}",
            # 555-0132, unless it seems a range
            rf"{_FREE}[2-9]\d\d[-‐‑.](?!\d\d00)\d{{4}}{_END}{_EXTENSION}",
            # extension 4471
            r"\b(?:ext\.?|extension)[:\s]{0,2}\d{2,6}\b",
        )
    ),
    re.IGNORECASE,
)
_SPOKEN_PHONE = re.compile(
    rf"\b{_SPOKEN}\b[^\w\n]{{0,3}}"
    r"(?:(?:us|me|him|her|no|number|on|at|or text)\b[^\w\n]{0,3}){0,3}"
    rf"(\(?\+?\d(?:{_GAP}\d){{4,14}}(?!\d){_EXTENSION})",
    re.IGNORECASE,
)
# What looks like a number and is none: dates, times and years in a row, one or two of them.
_DAY = r"(?:\d{1,2}[-./\s]\d{1,2}[-./\s](?:19|20)\d\d|(?:19|20)\d\d[-./\s]\d{1,2}[-./\s]\d{1,2})"
_TIME = r"\d{1,2}[.:]\d\d\s?[-‐-–]\s?\d{1,2}[.:]\d\d"
_YEARS = r"(?:19|20)\d\d(?:[-‐-–/\s.]{1,3}(?:19|20)?\d\d)+"
_NO_PHONE = re.compile(rf"\(?(?:{_DAY}|{_TIME}|{_YEARS})(?!\d)")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(?:([.\s])000)(?:\1\d{3})*")
_HINT = re.compile(r"[@＠\d]|\bat\b", re.IGNORECASE)  # there is none without one of these

Span = tuple[int, int, str]  # where it starts and ends, and its mask


def find_personal(text: str) -> list[Span]:
    """Addresses and numbers in a text, in order; none overlap."""
    found = [(*match.span(), EMAIL) for match in _EMAIL.finditer(text)]
    found += [
        (*match.span(1), PHONE) for match in _SPOKEN_PHONE.finditer(text) if _is_phone(match[1])
    ]
    found += [(*match.span(), PHONE) for match in _PHONE.finditer(text) if _is_phone(match[0])]
    apart: list[Span] = []
    for start, end, mask in sorted(found):
        if apart and start < apart[-1][1]:
            first, last, mask = apart.pop()
            start, end = first, max(last, end)
        apart.append((start, end, mask))
    return apart


def masked(text: str, start: int, end: int, found: Iterable[Span]) -> str:
    """``text[start:end]`` with a mask for all that belongs to what was found."""
    pieces = []
    for first, last, mask in found:
        if first < end and last > start:
            pieces += [text[start : max(start, first)], mask]
            start = last
    return "".join([*pieces, text[start:end]])


def mask_personal(text: str) -> str:
    """A text with masks for the addresses and numbers in it."""
    return masked(text, 0, len(text), find_personal(text))


def quoted(text: str, start: int, end: int) -> str:
    """``text[start:end]`` as it may be quoted: masked, white space single, and not too long."""
    before, after = max(0, start - _REACH), end + _REACH
    if _HINT.search(text, max(0, start - _NEAR), end + _NEAR):
        around = text[before:after]
        quote = masked(around, start - before, end - before, find_personal(around))
    else:
        quote = text[start:end]
    quote = " ".join(quote.split())
    if len(quote) > LONGEST_QUOTE:
        half = LONGEST_QUOTE // 2
        quote = f"{quote[:half]} ... {quote[-half:]}"
    return quote


def _is_phone(number: str) -> bool:
    return not (_NO_PHONE.match(number) or _THOUSANDS.fullmatch(number))
