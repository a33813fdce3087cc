"""Single characters that cleaning looks for, and those that it replaces or removes."""

import re

from rolenlp.text.offsets import Rewrite, strip

__all__ = ["find_special", "has_marks", "has_odd", "remove_odd", "straighten"]

# Control characters that are not white space, and lone surrogates, which cannot be encoded.
_CONTROL = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
# Soft hyphen, zero-width space and non-joiner, direction marks, word joiner, byte order mark.
_INVISIBLE = r"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
_ANY_ODD = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_EACH_CONTROL = re.compile(f"[{_CONTROL}]")
_EACH_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_PLAIN_CHARACTERS = {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-"}
# HTML, character references, tables and Markdown hold one of these.
_MARKS = b"<&|#*_`[\\"
_ANY_MARK = re.compile(r"[|#*_`\[\\]")
_USUAL = bytes({*range(0x09, 0x0E), *range(0x20, 0x7F)} - {*_MARKS})


def find_special(text: str) -> str:
    """The characters of a text that a step of cleaning may be for; few, and so quick to search.

    All marks and all characters that are replaced or removed are among them.
    """
    some = text.encode("utf-8", "surrogatepass").translate(None, _USUAL)
    return some.decode("utf-8", "surrogatepass")


def has_marks(text: str) -> bool:
    """Whether a text may hold tables or Markdown."""
    return _ANY_MARK.search(text) is not None


def straighten(text: str, special: str) -> str:
    """Plain quotes and hyphens for curly and odd ones; `special` has those of the text."""
    if not special.isascii():
        for character, plain in _PLAIN_CHARACTERS.items():
            if character in special:
                text = text.replace(character, plain)
    return text


def has_odd(text: str) -> bool:
    """Whether a text has control characters, or characters that nobody sees."""
    return _ANY_ODD.search(text) is not None  # one search for both, as most texts have neither


def remove_odd(text: str) -> Rewrite:
    """Spaces for control characters; what nobody sees goes."""
    return strip(_EACH_INVISIBLE, _EACH_CONTROL.sub(" ", text))
