"""A posting's text as published (plain text, HTML, Markdown) -> plain text, with the way back.

White space is not made uniform: any run of it separates words, and plain text stays what it is.
"""

from dataclasses import dataclass

from rolenlp.text.characters import find_special, has_marks, has_odd, remove_odd, straighten
from rolenlp.text.html import decode_entities, html_text
from rolenlp.text.linebreaks import restore_line_breaks
from rolenlp.text.markdown import blank_tables, strip_marks
from rolenlp.text.offsets import Rewrite

__all__ = ["Cleaned", "clean"]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A cleaned text, and the steps that made it, first step first."""

    text: str
    steps: tuple[Rewrite, ...] = ()

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Offsets in `text` (start < end, in characters) -> offsets in the text passed to `clean`.

        What was inserted (a bullet, a line break) came from nowhere: its span is empty. What was
        decoded came from all of its entity.
        """
        for step in reversed(self.steps):
            start, end = step.source_span(start, end)
        return start, end


def clean(text: str) -> Cleaned:
    """Remove markup, decode entities, put lost line breaks back and straighten quotes.

    Takes any text, never raises. Text that needs none of it is returned as the same object.
    """
    steps: list[Rewrite] = []

    def done(step: Rewrite) -> str:
        if step:
            steps.append(step)
        return step.text()

    source = text
    special = find_special(text)
    html = html_text(text) if "<" in special else None
    if html is not None:
        text = done(html)
    if "&" in special:
        text = done(decode_entities(text))
    if "<" in text and text is not source:
        escaped = html_text(text)
        if escaped is not None:
            html = escaped
            text = done(escaped)
    if "&" in special and text is not source:  # else nothing new has come in
        special = find_special(text)
    if html is None and has_marks(special):
        if "|" in special:
            text = blank_tables(text)
        for step in strip_marks(text, special):
            text = done(step)
    if special:
        text = straighten(text, special)
        if has_odd(special):
            text = done(remove_odd(text))
    return Cleaned(done(restore_line_breaks(text)), tuple(steps))
