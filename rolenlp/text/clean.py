"""A posting's text as published (plain text, HTML, Markdown) -> plain text, with the way back.

White space is not made uniform: any run of it separates words, and plain text stays what it is.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rolenlp.text.html import decode_entities, html_text
from rolenlp.text.markdown import blank_tables, strip_marks
from rolenlp.text.offsets import Replaced, Rewrite, strip

__all__ = [
    "Cleaned",
    "clean",
    "find_special",
    "has_marks",
    "has_odd",
    "part_glued",
    "remove_odd",
    "restore_line_breaks",
    "straighten",
    "unescape",
]

# Control characters that are not white space, and lone surrogates, which cannot be encoded.
_CONTROL = r"\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff"
# Soft hyphen, zero-width space and non-joiner, direction marks, word joiner, byte order mark.
_INVISIBLE = r"\u00ad\u200b\u200c\u200e\u200f\u2060\ufeff"
_ANY_ODD = re.compile(f"[{_CONTROL}{_INVISIBLE}]")
_EACH_CONTROL = re.compile(f"[{_CONTROL}]")
_EACH_INVISIBLE = re.compile(f"[{_INVISIBLE}]")
# Letters that are dressed up: mathematical ones (with those of the block that are elsewhere),
# circled, squared and full-width ones.
_DRESSED = (
    *range(0x2102, 0x2139),
    *range(0x24B6, 0x24EA),
    *range(0xFF01, 0xFF5F),
    *range(0x1D400, 0x1D800),
    *range(0x1F130, 0x1F14A),
)
# One character for one, so that the text keeps its length.
_PLAIN_CHARACTERS = {
    **{ord(odd): plain for odd, plain in zip("‘’“”„‐‑", '\'\'"""--', strict=True)},
    **{
        code: plain
        for code in _DRESSED
        if len(plain := unicodedata.normalize("NFKC", chr(code))) == 1 and plain.isascii()
    },
}
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


_FEW_DRESSED = 20


def straighten(text: str, special: str) -> str:
    """Plain letters, quotes and hyphens for dressed up ones; `special` has those of the text."""
    found = set() if special.isascii() else set(map(ord, special)) & _PLAIN_CHARACTERS.keys()
    if len(found) > _FEW_DRESSED:
        return text.translate(_PLAIN_CHARACTERS)
    for code in found:  # far quicker than one translation of all
        text = text.replace(chr(code), _PLAIN_CHARACTERS[code])
    return text


# What a program's string or JSON has for a character, spelt out by mistake. A path is none.
_ESCAPE = re.compile(
    r"\b[A-Za-z]:\\[\w\\.-]*"
    r"|(?<!\\)\\++(?:u(d[89ab][0-9a-f]{2})\\++u(d[c-f][0-9a-f]{2})|u([0-9a-f]{4})|((?-i:n|[rt](?![a-z])))"
    r"|([\"/]))",
    re.IGNORECASE | re.ASCII,
)
_WHITE = {"n": "\n", "r": "\r", "t": "\t"}


def unescape(text: str) -> Rewrite:
    r"""Decode ``\u003c``, ``\n``, ``\"`` and their like, where they are spelt out.

    >>> unescape(r"\u003cb\u003eDuties\nOwn the roadmap").text()
    '<b>Duties\nOwn the roadmap'
    """
    return Rewrite.of(text, _unescaped(text))


def _unescaped(text: str) -> Iterator[Replaced]:
    for found in _ESCAPE.finditer(text):
        high, low, code, white, mark = found.groups()
        if high:
            yield (
                *found.span(),
                chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + int(low, 16) - 0xDC00),
            )
        elif code or white or mark:
            yield *found.span(), chr(int(code, 16)) if code else _WHITE.get(white, mark)


# Marks that the tokenizer does not split words at; those it does are not among them. Short words
# stay (R&D, Q&A), and a full stop parts words only before a capital.
_LETTERS = r"[^\W\d_]{3}"
_GLUE = re.compile(  # begins with a set of marks, which is quick to search for
    rf"[;&*()!?\"»+|•·→‣›√‧∙⋅⁃∕、※†‖\uf0a7\uf0b7.](?:"
    rf"(?<={_LETTERS}[;&*()!?\"»+])(?={_LETTERS})"
    rf"|(?<={_LETTERS}[|•·→‣›√‧∙⋅⁃∕、※†‖\uf0a7\uf0b7])(?=\s{{0,9}}{_LETTERS})"
    r"|(?<=[a-z]{3}\.)(?=[A-Z][a-z]{2}))"
)


def part_glued(text: str) -> Rewrite:
    """Blanks around a mark that has words on both sides: ``risk•budget``."""
    return Rewrite.of(
        text, ((*m.span(), ". " if m[0] == "." else f" {m[0]} ") for m in _GLUE.finditer(text))
    )


def has_odd(text: str) -> bool:
    """Whether a text has control characters, or characters that nobody sees."""
    return _ANY_ODD.search(text) is not None  # one search for both, as most texts have neither


def remove_odd(text: str) -> Rewrite:
    """Spaces for control characters; what nobody sees goes."""
    return strip(_EACH_INVISIBLE, _EACH_CONTROL.sub(" ", text))


# Shorter texts may well be a single line, and one break in so many characters is as good as none.
_MIN_LENGTH = 400
_CHARACTERS_PER_BREAK = 1000

# Where a line may have started, one case a row: a capitalised word right after a word (two letters
# are too few to tell a word from half a name, but for the heading "About Us") or a closing mark; a
# capital after a word and its full stop ("status.EEO", not "U.S."); a bullet within a line.
_SEAM = re.compile(
    r"[A-Z•·●▪■◦–\uf0a7\uf0b7](?:(?<=[a-z.:)!?;%][A-Z])(?:"  # hardly one capital gets further
    r"(?:(?<=[A-Za-z][a-z][a-z][A-Z])|(?<=\bUs[A-Z])|(?<=\S[.:)!?;%][A-Z]))(?=[a-z])"
    r"|(?<=[a-z][a-z][a-z][.:)!?;][A-Z])(?!\.))"
    r"|(?<=[^\n][•·●▪■◦\uf0a7\uf0b7])"
    r"|(?<=[a-z.:);]–)(?=\s[A-Z]))"
)
_WORD_BEFORE = re.compile(r"[A-Z]?[a-z]++\Z")
_WORD_AFTER = re.compile(r"[A-Z][a-z]+")
_LONGEST_WORD = 30
# Names written as one word. Others are known by being repeated in the text.
_NAMES = frozenset(
    "BigQuery DevOps FinTech GitHub GitLab HubSpot JavaScript LinkedIn MacBook MacDonald "
    "MicroStation NetSuite OneNote OpenRoads PayPal PeopleSoft PowerPoint PowerShell QuickBooks "
    "SalesForce ServiceNow SharePoint SketchUp TensorFlow TikTok TypeScript WhatsApp WordPress "
    "YouTube".split()
)


def restore_line_breaks(text: str) -> Rewrite:
    """Insert a line break where two lines seem to have been run together.

    A text stays that has line breaks, is under 400 characters or has no seams.
    """
    if len(text) < _MIN_LENGTH or _has_line_breaks(text):
        return Rewrite([text], [text])
    seams = [seam.start() for seam in _SEAM.finditer(text)]
    words = [_joined_word(text, seam) for seam in seams]
    times = Counter(words)
    return Rewrite.of(
        text,
        (
            (seam, seam, "\n")
            for seam, word in zip(seams, words, strict=True)
            if not word or (word not in _NAMES and (times[word] == 1 or word[0].islower()))
        ),
    )


def _has_line_breaks(text: str) -> bool:
    at = -1
    for _ in range(0, len(text), _CHARACTERS_PER_BREAK):
        at = text.find("\n", at + 1)
        if at < 0:
            return False
    return True


def _joined_word(text: str, seam: int) -> str:
    """The two words that meet at a seam, as one; empty where it has no words on both sides."""
    before = _WORD_BEFORE.search(text, max(0, seam - _LONGEST_WORD), seam)
    after = _WORD_AFTER.match(text, seam, seam + _LONGEST_WORD)
    return before[0] + after[0] if before and after else ""


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


_MOST_LAYERS = 6  # of HTML and references: some boards escape what is escaped already


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
    if "\\" in special:
        text = done(unescape(text))
    html = False
    for _ in range(_MOST_LAYERS if "<" in special or "&" in special or text is not source else 0):
        if "<" in text and (step := html_text(text)):
            html = True
        elif not ("&" in text and (step := decode_entities(text))):
            break
        text = done(step)
    if text is not source:  # else nothing new has come in
        special = find_special(text)
    if not html and has_marks(special):
        if "|" in special:
            text = blank_tables(text)
        for step in strip_marks(text, special):
            text = done(step)
    if special:
        text = straighten(text, special)
        if has_odd(special):
            text = done(remove_odd(text))
    text = done(restore_line_breaks(text))
    return Cleaned(done(part_glued(text)), tuple(steps))
