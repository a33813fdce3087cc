"""A posting's text as published (plain text, HTML, Markdown) -> plain text, with the way back.

White space is not made uniform: any run of it separates words, and plain text stays what it is.
"""

import re
from dataclasses import dataclass

from rolenlp.linebreaks import restore_line_breaks
from rolenlp.markdown import blank_tables, strip_marks
from rolenlp.markup import decode_entities, has_tags, strip_tags
from rolenlp.spans import Rewrite, SpanMap, strip

__all__ = ["Cleaned", "clean"]

# Control characters that are not white space, and lone surrogates, which cannot be encoded.
_CONTROL = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
# Soft hyphen, zero-width space and non-joiner, direction marks, word joiner, byte order mark.
_INVISIBLE = r"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
_ANY_ODD = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_EACH_CONTROL = re.compile(f"[{_CONTROL}]")
_EACH_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
_PLAIN_CHARACTERS = {"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-"}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and the maps of the steps that made it, first step first."""

    text: str
    maps: tuple[SpanMap, ...] = ()

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `text` (start < end, in characters) -> offsets in the text passed to `clean`.

        What was inserted (a bullet, a line break) came from nowhere: its span is empty. What was
        decoded came from all of its entity.
        """
        for span_map in reversed(self.maps):
            start, end = span_map.source_span(start, end)
        return start, end


def clean(text: str) -> Cleaned:
    """Remove markup, decode entities, put lost line breaks back and straighten quotes.

    Takes any text, never raises. Text that needs none of it is returned as the same object.
    """
    maps: list[SpanMap] = []

    def done(rewrite: Rewrite) -> str:
        new, span_map = rewrite.result()
        if rewrite:
            maps.append(span_map)
        return new

    is_html = has_tags(text)
    if is_html:
        text = done(strip_tags(text))
    text = done(decode_entities(text))
    if has_tags(text):  # HTML that was escaped
        is_html = True
        text = done(strip_tags(text))
    if not is_html:
        text = blank_tables(text)
        for rewrite in strip_marks(text):
            text = done(rewrite)
    if not text.isascii():
        for character, plain in _PLAIN_CHARACTERS.items():
            text = text.replace(character, plain)
    if _ANY_ODD.search(text):  # one search for both, as most texts have neither
        text = _EACH_CONTROL.sub(" ", text)
        text = done(strip(_EACH_INVISIBLE, text))
    text = done(restore_line_breaks(text))
    return Cleaned(text, tuple(maps))
