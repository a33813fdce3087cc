"""Reading one ad: its bytes tell what kind of file it is, whatever its name says."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from rolenlp.documents.office import docx_html, pdf_text, rtf_text, undamaged
from rolenlp.documents.paste import read_paste
from rolenlp.documents.title import title_in
from rolenlp.documents.web import archived_page, is_archive, is_page, page_ad
from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.tables.base import Batch
from rolenlp.tables.columns import find_columns
from rolenlp.tables.dialect import find_encoding
from rolenlp.tables.formats import open_input, reading

_WITHIN = 1024  # bytes before the mark of a PDF that its readers put up with
_LONGEST = 200_000_000  # bytes: no ad is that long
_XML = 20_000_000  # bytes of the texts of a .docx, which a small file can unpack to any length
_ODD, _MOST_ODD = 4, 0.08  # characters of a text: so many, or such a share of all
_LOOKED_AT = 100_000  # of them
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# How files begin that hold no text to read, what they are, and what to do.
_TABLE = "rolenlp label takes tables"
_UNPACK = "unpack it first"
_SAVE_AS = "save it as PDF, .docx or text"
_STARTS = (
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF.{4}WEBP", "a picture", "give the text in it"),
    (rb"\x1f\x8b|\x28\xb5\x2f\xfd|BZh|\xfd7zXZ|7z\xbc\xaf|Rar!", "a compressed file", _UNPACK),
    (rb"PAR1", "a Parquet table", _TABLE),
    (rb"SQLite format 3\0", "an SQLite database", _TABLE),
    (rb"bplist00", "a web archive or property list", "save the page as HTML"),
    (rb"", "a binary file", _SAVE_AS),
)
# Files in a zip, what it is then, and what to do.
_ZIPPED = (
    ("xl/", "an Excel workbook", _TABLE),
    ("ppt/", "a presentation", _SAVE_AS),
    ("content.xml", "an OpenDocument file", _SAVE_AS),
    ("", "a zip", _UNPACK),
)


@dataclass(frozen=True)
class Ad:
    """An ad that was read: `title` is empty where none was found, `title_place` says where it was.

    `text` may be HTML where the file was a document or a page, so that its headings are kept.
    """

    text: str
    title: str = ""
    title_place: str = ""


def read_ad(path: str, ready: Callable[[], object] = int) -> Ad:
    """The ad in a file, or on stdin for ``-``: text, HTML, Markdown, PDF, DOCX, RTF, a saved page.

    A text is decoded by the encoding that it seems to be in. `ready` is called before a person is
    waited for, where stdin is a terminal.

    Raises:
        InputError: it cannot be read, or holds no text; the line says what it is.
        MissingExtraError: a library that reads its kind is not installed.
    """
    source = "stdin" if path == "-" else path
    with reading(source):
        if path == "-":
            piped = not sys.stdin.isatty()
            data = sys.stdin.buffer.read(_LONGEST + 1) if piped else read_paste(ready)
        else:
            with open_input(Path(path)) as file:
                data = file.read(_LONGEST + 1)
    if len(data) > _LONGEST:
        raise InputError(f"{source}: is longer than any ad; {_TABLE}")
    return ad_of(data, source)


def ad_of(data: bytes, source: str) -> Ad:
    """The ad in some bytes; raises as `read_ad` does, and names `source`."""
    text, header = _text_of(data, source)
    title, place = "", ""
    if is_page(text):
        text, title, place = page_ad(text)
    elif fields := _fields(text, source):
        text, title, place = fields.text, fields.title, "the JSON"
    for part, name in ((text, "the first lines"), (header, "the pages' header")):
        if not title:
            title, place = title_in(part), name
    return Ad(text, title, place if title else "")


def _fields(text: str, source: str) -> Posting | None:
    """The ad that an object of JSON is, by the names of its fields; None for any other text."""
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        data = json.loads(text, strict=False)
        [row] = data if isinstance(data, list) else [data]
        columns = [[value] for value in row.values()]
        found = find_columns(list(row), source=source, values=columns.__getitem__)
        [ad] = found.postings(Batch(1, 1, columns, None))
    except (ValueError, AttributeError, RecursionError, InputError):
        return None
    return ad


def _text_of(data: bytes, source: str) -> tuple[str, str]:
    """The text of a file, whatever it is, and what heads its pages."""
    if b"%PDF-" in data[:_WITHIN]:
        return pdf_text(data, source), ""
    if data.startswith(rb"{\rtf"):
        return rtf_text(data, source), ""
    if data.startswith(b"PK\x03\x04"):
        _check_zip(data, source)
        return docx_html(data, source)
    if data.startswith(_CONTAINER):
        if _PASSWORD in data:
            raise InputError(f"{source}: is protected by a password; save it without one")
        raise InputError(f"{source}: is an old Word or Excel file; {_SAVE_AS}")
    if is_archive(data):
        return archived_page(data, source), ""
    text = data.decode(find_encoding(data), "replace")
    if _is_binary(text) or data.startswith((b"PAR1", b"\x1f\x8b", b"SQLite format 3\0")):
        starts = (each for each in _STARTS if re.match(each[0], data, re.DOTALL))
        _, kind, do = next(starts)
        raise InputError(f"{source}: is {kind} and no text; {do}")
    return text, ""


def _check_zip(data: bytes, source: str) -> None:
    """Raise InputError for a zip that is no DOCX."""
    with undamaged(source, ".docx or zip"), zipfile.ZipFile(BytesIO(data)) as packed:
        files = packed.infolist()
    names = [each.filename for each in files]
    if "word/document.xml" not in names:
        among = (each for each in _ZIPPED if any(name.startswith(each[0]) for name in [*names, ""]))
        _, kind, do = next(among)
        raise InputError(f"{source}: is {kind} and no text; {do}")
    xml = sum(each.file_size for each in files if each.filename.endswith((".xml", ".rels")))
    if xml > _XML or sum(each.file_size for each in files) - xml > _LONGEST:
        raise InputError(f"{source}: unpacks to more than any ad holds; {_SAVE_AS}")


def _is_binary(text: str) -> bool:
    """Whether what was decoded was no text: too much of it is characters that no text has."""
    seen = text[:_LOOKED_AT]
    odd = sum(
        (c == "\ufffd" or unicodedata.category(c) in ("Cc", "Cn", "Cs")) and not c.isspace()
        for c in seen
    )
    return odd > max(_ODD, _MOST_ODD * len(seen))
