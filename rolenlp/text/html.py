"""HTML and character references: what is markup goes, the text between the tags stays.

The parser is the standard library's. Some versions of it take quadratic time on, swallow the text
after, or raise on markup that is left open, so it is given a copy in which all markup is well
formed. The copy has the length of the text, and the text itself is what gets kept.
"""

import html
import re
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
_CLOSED_REFERENCE = re.compile(f"{_REFERENCE};")
_ANY_REFERENCE = re.compile(f"{_REFERENCE};?")


def has_tags(text: str) -> bool:
    """Whether a text is HTML, or holds some: at least one tag that job boards use."""
    return "<" in text and _KNOWN_TAG.search(text) is not None


def html_text(text: str) -> Rewrite | None:
    """The text of a text that is HTML; None for any other."""
    return strip_tags(text) if has_tags(text) else None


def decode_entities(text: str) -> Rewrite:
    """Decode the character references that end in a semicolon."""
    rewrite = Rewrite(text)
    if "&" in text:
        _decode(text, 0, len(text), _CLOSED_REFERENCE, rewrite)
    return rewrite


def strip_tags(text: str) -> Rewrite:
    """HTML -> its text.

    Block elements start a new line, list items one that begins with a bullet; inline tags leave
    nothing. Character references are decoded. What is never closed hides nothing.
    """
    return _strip_plain_tags(text) or _strip_with_parser(text)


def _strip_plain_tags(text: str) -> Rewrite | None:
    """The quick way, for markup of plain tags only, each well formed; None for any other."""
    if "<!" in text or "<?" in text:
        return None
    tags = list(_PLAIN_TAG.finditer(text))
    if len(tags) != text.count("<"):
        return None
    words = _Text(text)
    end = 0
    for tag in tags:
        start, after = tag.span()
        if end < start:
            words.data(end, start)
        end = after
        closing, name, alone = tag.groups()
        name = name.lower()
        if name in _ODD_NAMES or (alone and name == "li"):
            return None
        if name in _BLOCKS:  # others break no line
            (words.close if closing else words.open)(name)
    if end < len(text):
        words.data(end, len(text))
    return words.finish()


def _strip_with_parser(text: str) -> Rewrite:
    """The way for all markup, by the parser."""
    parser = _TextParser(text)
    parser.feed(_well_formed(text))
    parser.close()
    return parser.words.finish()


def _decode(text: str, start: int, end: int, reference: re.Pattern[str], rewrite: Rewrite) -> None:
    for match in reference.finditer(text, start, end):
        decoded = html.unescape(match[0])
        if decoded != match[0]:
            rewrite.replace(match.start(), match.end(), decoded)


class _Text:
    """Keeps the data between the tags; a gap between two pieces of data becomes a line break."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._rewrite = Rewrite(text)
        self._end = 0
        self._break = ""
        self._started = False
        self._hidden_by = ""

    def open(self, tag: str) -> None:
        if tag == "li":
            self._break = "\n• "
        elif tag in _BLOCKS:
            self._break = self._break or "\n"
        elif tag in _HIDERS:
            self._hidden_by = self._hidden_by or tag

    def close(self, tag: str) -> None:
        if tag == "li":
            self._break = "\n"
        elif tag in _BLOCKS:
            self._break = self._break or "\n"
        elif tag == self._hidden_by:
            self._hidden_by = ""

    def data(self, start: int, end: int) -> None:
        """What stands in ``text[start:end]``, between two tags."""
        if self._hidden_by:
            return
        if (self._break or not self._started) and self._text[start:end].isspace():
            return
        if start > self._end:
            self._rewrite.replace(self._end, start, "")
        if self._break:
            line = self._break if self._started else self._break.lstrip("\n")
            self._rewrite.replace(start, start, line)
            self._break = ""
        if self._text.find("&", start, end) >= 0:
            _decode(self._text, start, end, _ANY_REFERENCE, self._rewrite)
        self._started = True
        self._end = end

    def finish(self) -> Rewrite:
        if self._end < len(self._text):
            self._rewrite.replace(self._end, len(self._text), "")
        return self._rewrite


class _TextParser(HTMLParser):
    """Tells a `_Text` what it meets."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.words = _Text(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.words.open(tag)

    def handle_endtag(self, tag: str) -> None:
        self.words.close(tag)

    def handle_data(self, data: str) -> None:
        # The copy that is parsed has no line breaks, so the column is the offset.
        start = self.getpos()[1]
        self.words.data(start, start + len(data))


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
