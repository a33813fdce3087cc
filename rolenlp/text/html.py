"""HTML and character references: what is markup goes, the text between the tags stays.

The parser is the standard library's. Some versions of it take quadratic time on, swallow the text
after, or raise on markup that is left open, so it is given a copy in which all markup is well
formed. The copy has the length of the text, and the text itself is what gets kept.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from functools import lru_cache
from html.parser import HTMLParser

from rolenlp.text.offsets import Rewrite

__all__ = [
    "decode_entities",
    "has_tags",
    "html_text",
    "strip_tags",
]

_BLOCK = (
    "address|article|aside|blockquote|body|br|caption|center|dd|details|div|dl|dt|fieldset|"
    "figcaption|figure|footer|form|h1|h2|h3|h4|h5|h6|header|hr|html|legend|li|main|nav|ol|option|p|"
    "pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|cite|code|del|em|font|head|i|img|input|ins|kbd|label|link|mark|meta|q|s|small|"
    "span|strike|strong|sub|sup|tt|u|var|video|wbr"
)
_HIDDEN = "iframe|noscript|script|style|svg|template|textarea|title"  # not the ad's text
_BLOCKS = frozenset(_BLOCK.split("|"))
_HIDERS = frozenset(_HIDDEN.split("|"))

# A tag as a board writes it. Single words in angle brackets after the name do not count: "a <b or".
_KNOWN_TAG = re.compile(
    rf"</?(?:{_BLOCK}|{_INLINE}|{_HIDDEN})(?:\s*/?>|\s+[\w:-]+\s*=[^<>]*>)",
    re.IGNORECASE | re.ASCII,
)
_NAME = r"/?[a-zA-Z][\w:-]*+"
_ATTRIBUTE = r"""\s++[\w:.@-]++(?:\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+'|[^\s"'<>]++))?+"""
# A "<" that starts no well-formed tag. Groups: name and rest, where it starts a malformed one.
_ODD = re.compile(rf"<(?!{_NAME}(?:{_ATTRIBUTE})*+\s*+/?>)(?:({_NAME})([^<>]*+)>)?+", re.ASCII)
_ANY_TAG = re.compile("(<[^<>]*>)")
# A tag that needs no parser: no ">" in its attributes, and no name below.
_PLAIN_TAG = re.compile(
    r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)"
    r"""(?:\s++[\w:.@-]++(?:\s*+=\s*+(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>/]++))?+)*+\s*+(/?)>""",
    re.ASCII,
)
# Those that the parser takes in a way of its own.
_ODD_NAMES = _HIDERS | {"noembed", "noframes", "plaintext", "xmp"}
_DECLARATION = re.compile(r"<(?:!(?!--)|\?)[^<>]*+>")
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
_HIDDEN_OPEN = re.compile(rf"<({_HIDDEN})(?=[\s/>])", re.IGNORECASE | re.ASCII)
_HIDDEN_CLOSE = re.compile(rf"</({_HIDDEN})\s*>", re.IGNORECASE | re.ASCII)

# Without the semicolon only in HTML, where browsers decode it too. Digits are bounded because
# html.unescape raises on thousands of them.
_REFERENCE = (
    r"&(?:#[0-9]{1,7}(?![0-9])|#[xX][0-9a-fA-F]{1,6}(?![0-9a-fA-F])|[a-zA-Z][a-zA-Z0-9]{1,31})"
)
_CLOSED_REFERENCE = re.compile(f"({_REFERENCE};)")
_ANY_REFERENCE = re.compile(f"({_REFERENCE};?)")
# The line break that a tag makes, and the one that it makes where there is none yet.
_Breaks = tuple[str, str]
_NONE: _Breaks = ("", "")


def has_tags(text: str) -> bool:
    """Whether a text is HTML, or holds some: at least one tag that job boards use."""
    return "<" in text and _KNOWN_TAG.search(text) is not None


def html_text(text: str) -> Rewrite | None:
    """The text of a text that is HTML; None for any other."""
    return strip_tags(text) if has_tags(text) else None


def decode_entities(text: str) -> Rewrite:
    """Decode the character references that end in a semicolon."""
    return Rewrite(*_decoded(text, _CLOSED_REFERENCE))


def strip_tags(text: str) -> Rewrite:
    """HTML -> its text.

    Block elements start a new line, list items one that begins with a bullet; inline tags leave
    nothing. Character references are decoded. What is never closed hides nothing.
    """
    return _strip_plain_tags(text) or _strip_with_parser(text)


def _strip_plain_tags(text: str) -> Rewrite | None:
    """The quick way, for markup of plain tags only, each well formed; None for any other."""
    pieces = _ANY_TAG.split(text)  # data, tag, data ...
    breaks = [found for tag in pieces[1::2] if (found := _breaks_of_plain(tag))]
    if len(breaks) != text.count("<"):
        return None
    return _between(zip(pieces[::2], [*pieces[1::2], ""], [*breaks, _NONE], strict=True))


def _strip_with_parser(text: str) -> Rewrite:
    """The way for all markup, by the parser."""
    parser = _Cutter(text)
    parser.feed(_well_formed(text))
    return parser.finish()


@lru_cache(maxsize=512)
def _breaks_of_plain(tag: str) -> _Breaks | None:
    """What a plain tag does to lines; None for any other."""
    plain = _PLAIN_TAG.fullmatch(tag)
    if plain is None:
        return None
    closing, name, alone = plain.groups()
    odd = name.lower() in _ODD_NAMES or (alone and name.lower() == "li")
    return None if odd else _breaks(name.lower(), bool(closing))


def _breaks(name: str, closing: bool) -> _Breaks:
    if name == "li":
        return ("\n", "") if closing else ("\n• ", "")
    return ("", "\n") if name in _BLOCKS else _NONE


def _between(cut: Iterable[tuple[str, str, _Breaks]]) -> Rewrite:
    """Keeps the data of a text that is cut into data, markup, and what that does to lines."""
    old: list[str] = []
    new: list[str] = []
    line, started = "", False
    for data, markup, (surely, perhaps) in cut:
        if not data or ((line or not started) and data.isspace()):
            old.append(data + markup)
            new.append("")
        else:
            was, now = _decoded(data, _ANY_REFERENCE) if "&" in data else ((data,), (data,))
            old += ("", *was, markup)
            new += (line if started else line.lstrip("\n"), *now, "")
            line, started = "", True
        line = surely or line or perhaps
    return Rewrite(old, new)


def _decoded(text: str, reference: re.Pattern[str]) -> tuple[list[str], list[str]]:
    """The pieces of a text, every other one a reference, and what they become."""
    old = reference.split(text)
    new = old.copy()
    new[1::2] = map(html.unescape, old[1::2])
    return old, new


class _Cutter(HTMLParser):
    """Cuts a text where the parser finds data in its copy."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self._text = text
        self._cut: list[tuple[str, str, _Breaks]] = []
        self._end = 0
        self._hidden_by = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDERS:
            self._hidden_by = self._hidden_by or tag
        self._cut.append(("", "", _breaks(tag, closing=False)))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden_by:
            self._hidden_by = ""
        self._cut.append(("", "", _breaks(tag, closing=True)))

    def handle_data(self, data: str) -> None:
        if not self._hidden_by:
            # The copy that is parsed has no line breaks, so the column is the offset.
            start = self.getpos()[1]
            end = start + len(data)
            self._cut.append(("", self._text[self._end : start], _NONE))
            self._cut.append((self._text[start:end], "", _NONE))
            self._end = end

    def finish(self) -> Rewrite:
        """The text of the data."""
        self.close()
        return _between([*self._cut, ("", self._text[self._end :], _NONE)])


def _well_formed(text: str) -> str:
    """A text of the same length, on one line, in which every "<" starts a well-formed tag."""
    copy = text.replace("\n", " ").replace("&", ".")
    if "<!" in copy or "<?" in copy:
        # Only up to the last closing mark, or each open comment would be searched for to the end.
        closed = copy.rfind("-->") + len("-->") if "-->" in copy else 0
        copy = _COMMENT.sub(_blank, copy[:closed]) + copy[closed:]
        copy = _DECLARATION.sub(_blank, copy).replace("<!--", "<c >")
    copy = _ODD.sub(_mend, copy)
    if _HIDDEN_OPEN.search(copy):
        last = {close[1].lower(): close.start() for close in _HIDDEN_CLOSE.finditer(copy)}
        copy = _HIDDEN_OPEN.sub(
            lambda tag: tag[0] if tag.start() < last.get(tag[1].lower(), 0) else _rename(tag), copy
        )
    return copy


def _blank(markup: re.Match[str]) -> str:
    """A tag of no meaning, as long as the markup."""
    return "<c" + " " * (len(markup[0]) - 3) + ">"


def _mend(odd: re.Match[str]) -> str:
    return " " if odd[1] is None else f"<{odd[1]}{' ' * len(odd[2])}>"


def _rename(tag: re.Match[str]) -> str:
    return "<" + "c" * len(tag[1])
