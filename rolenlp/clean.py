"""A posting's text as published (plain text, HTML, Markdown) -> plain text, with the way back.

White space is not made uniform: any run of it separates words, and plain text stays what it is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rolenlp.linebreaks import Seams, find_seams, restore_line_breaks
from rolenlp.markdown import blank_tables, strip_mark, strip_marks
from rolenlp.markup import decode_entities, html_text
from rolenlp.spans import Made, SpanMap, strip

__all__ = ["Cleaned", "clean", "clean_many"]

# Control characters that are not white space, and lone surrogates, which cannot be encoded.
_CONTROL = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
# Soft hyphen, zero-width space and non-joiner, direction marks, word joiner, byte order mark.
_INVISIBLE = r"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
_ANY_ODD = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_EACH_CONTROL = re.compile(f"[{_CONTROL}]")
_EACH_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
# What gives a step nothing to do: ASCII without control characters and marks.
_MARKS = b"<&|#*_`[\\"
_USUAL = bytes({*range(0x09, 0x0E), *range(0x20, 0x7F)} - {*_MARKS})
_ANY_MARK = re.compile(rb"[|#*_`\[\\]")
_NO_MARK = re.compile(rb"[^<&|#*_`\[\\]")
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
    return _clean(text, html_text, strip_mark, find_seams)


def clean_many(texts: Sequence[str], compiled: bool) -> list[Cleaned]:
    """`clean` each text; with `compiled`, by kernels, which give the same answers."""
    if not compiled:
        return [clean(text) for text in texts]
    from rolenlp.quick_clean import Quick

    quick = Quick(max(map(len, texts), default=0))
    return [_clean(text, quick.html_text, quick.strip_mark, quick.find_seams) for text in texts]


def _clean(
    text: str,
    html_text: Callable[[str], Made | None],
    strip_mark: Callable[[str, str], Made],
    find_seams: Callable[[str], Seams],
) -> Cleaned:
    maps: list[SpanMap] = []

    def done(made: Made) -> str:
        new, span_map = made
        if span_map.new_starts:
            maps.append(span_map)
        return new

    special = _special(text)
    html = html_text(text) if b"<" in special else None
    if html:
        text = done(html)
    if html or b"&" in special:
        text = done(decode_entities(text).result())
        escaped = html_text(text)
        if escaped:
            html = escaped
            text = done(escaped)
    if special and not html and _ANY_MARK.search(special):
        text = blank_tables(text)
        for made in strip_marks(text, strip_mark):
            text = done(made)
    if maps:
        special = _special(text)
    if special and _NO_MARK.search(special):
        rest = special.decode("utf-8", "surrogatepass")
        for character, plain in _PLAIN_CHARACTERS.items():
            if character in rest:
                text = text.replace(character, plain)
        if _ANY_ODD.search(rest):  # one search for both, as most texts have neither
            text = _EACH_CONTROL.sub(" ", text)
            text = done(strip(_EACH_INVISIBLE, text).result())
    broken = restore_line_breaks(text, find_seams)
    return Cleaned(done(broken) if broken else text, tuple(maps))


def _special(text: str) -> bytes:
    """The characters, in UTF-8, that a step may be for; few, and so quick to search."""
    return text.encode("utf-8", "surrogatepass").translate(None, _USUAL)
