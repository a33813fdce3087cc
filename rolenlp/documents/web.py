"""A saved web page: the job posting in its data (schema.org), else its main text.

The main text is what trafilatura takes for it, where the extra ``documents`` is installed; else
what stands in the page's main part, without its menus, forms and asides.
"""

from __future__ import annotations

import email
import email.policy
import html
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from rolenlp.documents.office import quiet, undamaged
from rolenlp.errors import InputError
from rolenlp.schema import FEW_WORDS
from rolenlp.text.clean import clean

_TOP = 10_000  # characters in which a page says that it is one
_PAGE = re.compile(r"<!doctype\s+html|<(?:html|head|body)(?=[\s>])", re.I)
_HEADER = re.compile(rb"\s*[\w-]+:")
_DATA = re.compile(
    r"<script(?=\s)[^<>]*?application/ld\+json[^<>]*>(.*?)(?:</script|\Z)", re.I | re.S
)
# Some put the JSON in a comment.
_OPENS = re.compile(r"\{|(?<!CDATA)\[(?!CDATA)")
_CLOSES = re.compile(r"[}\]](?!\]?>)")
_LAST_COMMA = re.compile(r'("(?:[^"\\]|\\.)*+(?:"|\Z))|,(?=\s*+[}\]])', re.S)
_MORE = ("responsibilities", "qualifications", "skills", "experienceRequirements")
_HEADING = re.compile(r"<h1(?=[\s>])[^<>]*>(.{1,1000}?)</h1", re.I | re.S)
_FRAME = re.compile(
    r"""<iframe(?=\s)[^<>]*?\ssrcdoc\s*=\s*(?:"([^"]*)"|'([^']*)')[^<>]*>""", re.IGNORECASE
)
_MOST_FRAMES = 5  # within one another
_NAME = re.compile(r"<title(?=[\s>])[^<>]*>([^<]{1,1000})", re.I)
_TAG = re.compile(
    r"<(/?)(main|article|nav|aside|header|footer|form|section|div|ul|ol|script|style|noscript|"
    r"template|svg|button|select)(?=[\s/>])([^<>]*)>",
    re.I,
)
_ASIDE = frozenset("nav aside header footer form script style noscript template svg button".split())
_SAID = re.compile(r"""(?:class|id|role|aria-label)\s*=\s*(?:"([^"]*)"|'([^']*)'|(\S+))""", re.I)
_MOST_PARTS = 10_000  # of a page in a single file: pictures, styles
_MOST_TAGS = 50_000  # of a page whose main text trafilatura looks for, in seconds
_DEEPEST = 100  # tags within tags, among which an end looks for its start
_BESIDE = re.compile(
    r"similar|related|recommend|sidebar|side-bar|other-?jobs|more-?jobs|breadcrumb|cookie|consent|"
    r"newsletter|navigation|navbar|\bnav\b|\bmenu\b|footer|modal|popup|share|social",
    re.I,
)


def is_page(text: str) -> bool:
    """Whether a text is a whole page, not an ad that holds some HTML."""
    return _PAGE.search(text, 0, _TOP) is not None


def is_archive(data: bytes) -> bool:
    """Whether some bytes are a page as a browser saves it in a single file (MHTML)."""
    top = data[:_TOP].lower()
    return bool(_HEADER.match(top)) and b"mime-version:" in top and b"multipart/related" in top


def archived_page(data: bytes, source: str) -> str:
    """The HTML of a page saved in a single file. Raises InputError where there is none."""
    if data.count(b"\nContent-Type:") > _MOST_PARTS:
        raise InputError(f"{source}: has more parts than any page; save the page as HTML")
    with undamaged(source, "web archive"):
        message = email.message_from_bytes(data, policy=email.policy.default)
        pages = [
            str(part.get_content(errors="replace"))
            for part in message.walk()
            if part.get_content_type() == "text/html"
        ]
    if pages:
        return "\n".join(pages)  # those in its frames too
    raise InputError(f"{source}: is a web archive without a page; save the page as HTML")


def page_ad(page: str) -> tuple[str, str, str]:
    """The ad on a page as HTML, its title, and where that was found; empty where it was not."""
    for _ in range(_MOST_FRAMES):  # a page that stands in a frame, markup and all
        page, frames = _FRAME.subn(lambda frame: html.unescape(frame[1] or frame[2] or ""), page)
        if not frames:
            break
    name = _plain(found[1]) if (found := _NAME.search(page)) else ""
    postings = list(_postings(page))
    # A page may hold the data of similar jobs too: its own is the one that it is named by.
    named = [each for each in postings if each[0] and each[0].lower() in name.lower()]
    for title, text in (named or postings)[:1]:
        whole = text if _words(text) >= FEW_WORDS else _main_text(page)  # not a teaser
        return whole, title, "the page's data (JobPosting)" if title else ""
    heading = _plain(found[1]) if (found := _HEADING.search(page)) else ""
    return _main_text(page), heading, "the page's heading" if heading else ""


def _postings(page: str) -> Iterator[tuple[str, str]]:
    """Title and text of each JobPosting that a page holds as JSON-LD."""
    for block in _data_blocks(page):
        for each in _objects(block):
            kinds = each.get("@type")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).rpartition("/")[2] == "JobPosting" for kind in kinds):
                parts = [_text(each.get("description"))]
                for more in map(_text, map(each.get, _MORE)):
                    if more and not any(more in part for part in parts):
                        parts.append(more)
                if any(part.strip() for part in parts):
                    yield (
                        _plain(_text(each.get("title") or each.get("name"))),
                        "\n\n".join(filter(None, parts)),
                    )


def _data_blocks(page: str) -> Iterator[Any]:
    for block in _DATA.findall(page):
        first = _OPENS.search(block)
        last = deque(_CLOSES.finditer(block), maxlen=1)
        data = block[first.start() : last[0].end()] if first and last else ""
        unescaped = html.unescape(data)
        for text in (data, unescaped, _LAST_COMMA.sub(r"\1", unescaped)) if data else ():
            try:
                yield json.loads(text, strict=False)
            except (ValueError, RecursionError):
                continue
            break


def _objects(data: Any) -> Iterator[dict[str, Any]]:
    """The objects within some JSON, outer ones first."""
    held = deque([data])
    while held:
        each = held.popleft()
        if isinstance(each, dict):
            yield each
            held += each.values()
        elif isinstance(each, list):
            held += each


def _text(value: Any) -> str:
    """A value of a JobPosting as text; a list as lines."""
    if isinstance(value, list):
        return "\n".join(filter(None, map(_text, value)))
    return value if isinstance(value, str) else ""


def _plain(markup: str) -> str:
    """A piece of HTML on one line."""
    return html.unescape(" ".join(clean(markup).text.split()))


def _words(text: str) -> int:
    return len(clean(text).text.split())


def _main_text(page: str) -> str:
    extracted = _extracted(page)
    return extracted if _words(extracted) >= FEW_WORDS else _main_part(page)


def _extracted(page: str) -> str:
    """What trafilatura takes for the main text, as HTML; empty where there is none, or no such."""
    if page.count("<") > _MOST_TAGS:
        return ""
    try:
        from trafilatura import extract
    except ImportError:
        return ""
    with quiet("trafilatura"):
        try:
            found = extract(
                page, output_format="html", include_formatting=True, include_comments=False
            )
        except Exception:  # whatever it trips over, there is the plain way
            return ""
    return found or ""


def _main_part(page: str) -> str:
    """The main part of a page by its tags: without what is hidden, menus, forms and asides.

    All of the page where hardly a word is left.
    """
    mains = ("main",) if "<main" in page.lower() else ("article",)
    pieces: list[tuple[str, int, int]] = []  # each with the asides and mains that it is in
    opened: list[tuple[str, bool, bool]] = []  # name, whether it is an aside, whether it is main
    beside = within = at = 0
    for tag in _TAG.finditer(page):
        pieces.append((page[at : tag.start()], beside, within))
        was_beside, was_within, at = beside, within, tag.end()
        name, attributes = tag[2].lower(), tag[3]
        if not tag[1] and not attributes.endswith("/"):
            each = (name, _is_aside(name, attributes), name in mains)
            opened.append(each)
            beside, within = beside + each[1], within + each[2]
        elif tag[1] and any(name == each[0] for each in opened[-_DEEPEST:]):
            last = ""
            while last != name:
                last, aside, is_main = opened.pop()
                beside, within = beside - aside, within - is_main
        pieces.append((tag[0], beside + was_beside, was_within))
    pieces.append((page[at:], beside, within))
    body = [(piece, main) for piece, aside, main in pieces if not aside]
    parts = ("".join(p for p, main in body if main), "".join(p for p, _ in body))
    return next((part for part in parts if _words(part) >= FEW_WORDS), page)


def _is_aside(name: str, attributes: str) -> bool:
    if name in _ASIDE:
        return True
    said = " ".join(part for found in _SAID.findall(attributes) for part in found)
    return name not in ("main", "article") and _BESIDE.search(said) is not None
