"""An ad taken apart into headings, list items and paragraphs, and laid out anew."""

from __future__ import annotations

import html
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Line", "as_html", "as_markdown", "as_plain", "is_html", "lines_of", "shuffled"]

_TAG = re.compile(r"<[^<>]+>")
_BLOCK = re.compile(r"</?(?:p|div|ul|ol|br|li|tr|table|section|h[1-6])\b[^<>]*>", re.IGNORECASE)
_ITEM = re.compile(r"^(?:[-*+•·●▪◦–]|o(?= [A-Z]))\s+")
_HEADING = re.compile(r"^#{1,6}\s+")
_LINK = re.compile(r"\[([^\[\]\n]+)\]\([^()\s]+\)")
_LONGEST_HEADING = 60
_WRAPPED = 60  # a line at least so long may go on in the next


@dataclass(frozen=True)
class Line:
    """One heading, list item or paragraph, without its marks."""

    kind: str  # heading, item, paragraph
    text: str


def is_html(text: str) -> bool:
    """Whether an ad is HTML rather than plain text or Markdown."""
    return re.search(r"</\w|<br", text) is not None


def lines_of(text: str) -> list[Line]:
    """The lines of an ad in any of the three layouts, empty ones left out."""
    if is_html(text):
        text = re.sub(r"[ \t\r\n\f]+", " ", text)
        text = re.sub(r"<li\b[^<>]*>", "\n- ", text, flags=re.IGNORECASE)
        text = re.sub(r"<h[1-6]\b[^<>]*>", "\n# ", text, flags=re.IGNORECASE)
        text = html.unescape(_TAG.sub("", _BLOCK.sub("\n", text)))
    raw = [line.strip() for line in text.splitlines()]
    lines: list[Line] = []
    for place, line in enumerate(raw):
        bare = _LINK.sub(r"\1", line.replace("**", "").replace("__", "").replace("`", ""))
        if _HEADING.match(line):
            lines.append(Line("heading", _HEADING.sub("", bare)))
        elif _ITEM.match(line):
            lines.append(Line("item", _ITEM.sub("", bare)))
        elif _goes_on(raw[place - 1] if place else "", line):
            lines[-1] = Line(lines[-1].kind, f"{lines[-1].text} {bare}")
        elif bare:
            lines.append(Line("heading" if _is_heading(line) else "paragraph", bare))
    return [line for line in lines if line.text.strip()]


def _goes_on(before: str, line: str) -> bool:
    """Whether a line is the rest of the sentence that the line before it broke off."""
    return len(before) >= _WRAPPED and before[-1] not in ".:;!?" and line[:1].islower()


def _is_heading(line: str) -> bool:
    bold = line.startswith("**") and line.endswith("**")
    return len(line) <= _LONGEST_HEADING and (bold or line.endswith(":"))


def as_plain(lines: Sequence[Line]) -> str:
    """Lines with a bullet before each item and an empty line around all else."""
    out = []
    for line in lines:
        item = line.kind == "item"
        out.append(("- " if item else "\n") + line.text + ("" if item else "\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(out)).strip()


def as_markdown(lines: Sequence[Line]) -> str:
    """The plain layout with marked headings, starred items and bold first words."""
    marked = []
    for line in lines:
        if line.kind == "heading":
            marked.append(Line("paragraph", f"## {line.text}"))
        elif line.kind == "item":
            first, _, rest = line.text.partition(" ")
            marked.append(Line("item", f"**{first}** {rest}" if rest else first))
        else:
            marked.append(line)
    return re.sub(r"^- ", "* ", as_plain(marked), flags=re.MULTILINE)


def as_html(lines: Sequence[Line], *, entities: bool = False) -> str:
    """Lines in tags. With `entities`, quotes, dashes and some spaces are references too."""
    out: list[str] = []
    for place, line in enumerate(lines):
        text = html.escape(line.text, quote=entities)
        if entities:
            text = text.replace("&#x27;", "&rsquo;").replace("–", "&ndash;")
            text = re.sub(r"(\S+ \S+ \S+) ", r"\1&nbsp;", text)
        if line.kind == "item":
            first = place == 0 or lines[place - 1].kind != "item"
            last = place == len(lines) - 1 or lines[place + 1].kind != "item"
            out.append("<ul>" * first + f"<li>{text}</li>" + "</ul>" * last)
        elif line.kind == "heading":
            out.append(f"<h3><strong>{text}</strong></h3>")
        else:
            out.append(f"<p>{text}</p>")
    return "\n".join(out)


def shuffled(lines: Sequence[Line], rng: random.Random) -> list[Line]:
    """The sections in another order; the same lines where there are fewer than two.

    A section is a heading with what follows it; where there are no headings, a paragraph with the
    items that follow it.
    """
    opener = "heading" if any(line.kind == "heading" for line in lines) else "paragraph"
    sections: list[list[Line]] = []
    for line in lines:
        if line.kind == opener or not sections:
            sections.append([])
        sections[-1].append(line)
    order = list(range(len(sections)))
    while len(order) > 1 and order == sorted(order):
        rng.shuffle(order)
    return [line for number in order for line in sections[number]]
