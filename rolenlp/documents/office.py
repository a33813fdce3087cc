"""The text of documents: PDF, DOCX and RTF, by libraries that the extra ``documents`` installs."""

from __future__ import annotations

import html
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import Any

from rolenlp.errors import InputError, MissingExtraError, RolenlpError

_INSTALL = 'pip install "rolenlp[documents]"'
_LONGEST = 1_000_000  # characters of a PDF that are read; what is judged is far less
_MOST_PAGES = 500
# A line that goes on in the next: that one starts small, or this one ends in a small word.
_HYPHEN = re.compile(r"(?:(?<![\w-])(\w+[a-z])|(?<=[a-zA-Z]))-[ \t]*\n[ \t]*(?=([a-z]+))")
# What ends words that have a hyphen on one line too.
_COMPOUND = frozenset(
    "and based border class cultural day depth disciplinary driven driving edge effective end "
    "facing focused friendly functional going growing house impact known led level making minded "
    "motivated moving of on organised organized oriented paced party person quality ready related "
    "scale selling site solving specific stack standing starter tech term the time to up "
    "wide".split()
)
_WRAPPED = re.compile(
    r"(?<![\s.:;!?])[ \t]*\n[ \t]*(?=[a-z(&])"
    r"|(\b(?:to|of|in|by|or|on|a|the|and|for|with|our|your|you|as|at|from)|,)[ \t]*\n[ \t]*(?=\w)"
)
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OFF = ("0", "false", "off", "none")


def pdf_text(data: bytes, source: str) -> str:
    """The text of a PDF, the lines of its paragraphs joined.

    Raises:
        InputError: it needs a password, is damaged, or holds pictures of pages alone.
        MissingExtraError: pypdf, or what undoes its encryption, is not installed.
    """
    try:
        from pypdf import PdfReader
        from pypdf.errors import DependencyError
    except ImportError:
        raise MissingExtraError(f"{source}: is a PDF, which needs pypdf: {_INSTALL}") from None
    pages: list[str] = []
    with quiet("pypdf"), undamaged(source, "PDF"):
        try:
            pdf = PdfReader(BytesIO(data))
            locked = pdf.is_encrypted and not pdf.decrypt("")
        except DependencyError:
            raise MissingExtraError(
                f"{source}: is an encrypted PDF, which needs cryptography: {_INSTALL}"
            ) from None
        if locked:
            raise InputError(
                f"{source}: is a PDF that needs a password; open it, print it to a new PDF, or "
                "paste its text"
            )
        for page in islice(pdf.pages, _MOST_PAGES):
            pages.append(page.extract_text().strip())
            if sum(map(len, pages)) > _LONGEST:
                break
    text = "\n\n".join(pages)
    if not text.strip():
        raise InputError(
            f"{source}: is a PDF without text, such as scanned pages; "
            "let a program for OCR read it first, or paste its text"
        )
    return _WRAPPED.sub(r"\1 ", _without_hyphens(text))


def _without_hyphens(text: str) -> str:
    """A text without line ends within words, nor the hyphens that parted these words."""
    known = set(re.findall(r"\b\w++-\w++", text.lower()))

    def joined(found: re.Match[str]) -> str:
        start, rest = found[1] or "", found[2]
        whole = f"{start}-{rest}"
        kept = not start or rest in _COMPOUND or whole.lower() in known
        return f"{start}-" if kept else start

    return _HYPHEN.sub(joined, text)


def docx_html(data: bytes, source: str) -> tuple[str, str]:
    """The paragraphs of a DOCX as HTML, those of tables, boxes and forms too, bold kept.

    And those of the headers of its pages.

    Raises:
        InputError: it is damaged, or holds no text.
        MissingExtraError: python-docx is not installed.
    """
    try:
        import docx
    except ImportError:
        raise MissingExtraError(
            f"{source}: is a .docx, which needs python-docx: {_INSTALL}"
        ) from None
    with undamaged(source, ".docx"):
        document = docx.Document(BytesIO(data))
        lines = _paragraphs(document.element.body)
        headers = [
            line
            for each in document.part.rels.values()
            if each.reltype.endswith("/header") and not each.is_external
            for line in _paragraphs(each.target_part.element)
        ]
    if not lines:
        raise InputError(f"{source}: is a .docx without text; paste the ad's text")
    return "\n".join(lines), "\n".join(headers)


def rtf_text(data: bytes, source: str) -> str:
    """The text of an RTF.

    Raises:
        InputError: it is damaged, or holds no text.
        MissingExtraError: striprtf is not installed.
    """
    try:
        from striprtf import striprtf
    except ImportError:
        raise MissingExtraError(f"{source}: is RTF, which needs striprtf: {_INSTALL}") from None
    with undamaged(source, "RTF"):
        text = str(striprtf.rtf_to_text(data.decode("latin-1"), errors="replace"))  # type: ignore[no-untyped-call]
    if not text.strip():
        raise InputError(f"{source}: is an RTF without text; paste the ad's text")
    return text


def _paragraphs(part: Any) -> list[str]:
    return [line for each in part.iter(f"{_WORD}p") if (line := _paragraph(each))]


def _paragraph(paragraph: Any) -> str:
    """A paragraph of a DOCX as a block of HTML; empty where it has no text of its own."""
    if any(each.tag == _FALLBACK for each in paragraph.iterancestors()):
        return ""  # says again what stands beside it
    pieces: list[str] = []
    for run in paragraph.iter(f"{_WORD}r"):
        if next(run.iterancestors(f"{_WORD}p")) is not paragraph:
            continue  # of a box within
        text = html.escape("".join(map(_characters, run)), quote=False).replace("\n", "<br>")
        bold = run.find(f"{_WORD}rPr/{_WORD}b")
        on = bold is not None and bold.get(f"{_WORD}val", "1") not in _OFF
        pieces.append(f"<b>{text}</b>" if on and text.strip() else text)
    text = "".join(pieces).replace("</b><b>", "")
    if not text.strip():
        return ""
    style = paragraph.find(f"{_WORD}pPr/{_WORD}pStyle")
    name = "" if style is None else style.get(f"{_WORD}val", "").lower()
    listed = paragraph.find(f"{_WORD}pPr/{_WORD}numPr") is not None or name.startswith("list")
    tag = "h2" if name.startswith(("heading", "title")) else "li" if listed else "p"
    return f"<{tag}>{text}</{tag}>"


def _characters(part: Any) -> str:
    """What a part of a run stands for."""
    if part.tag == f"{_WORD}t":
        return part.text or ""
    if part.tag in (f"{_WORD}br", f"{_WORD}cr"):
        return "\n"
    return {f"{_WORD}tab": "\t", f"{_WORD}noBreakHyphen": "-"}.get(part.tag, "")


@contextmanager
def undamaged(source: str, kind: str) -> Iterator[None]:
    """Whatever a library raises on a file that it cannot make sense of, as one clear line."""
    try:
        yield
    except (RolenlpError, MemoryError):
        raise
    except Exception as error:
        raise InputError(
            f"{source}: is a damaged {kind}; get the file again, or paste its text"
        ) from error


@contextmanager
def quiet(name: str) -> Iterator[None]:
    """Without what a library logs about small faults of a file that it gets over."""
    log = logging.getLogger(name)
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(level)
