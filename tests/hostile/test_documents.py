"""Documents and pages that are made to harm: read, or refused in a line, with bounded work."""

from __future__ import annotations

import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from rolenlp.documents import web
from rolenlp.documents.read import ad_of
from rolenlp.errors import InputError
from tests.documents.made import DUTIES, pdf_of, zipped
from tests.hostile.work import counted

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> "
    b"/XObject << /X 6 0 R >> >> /Contents 5 0 R >>"
)
SHOWN = b"BT /F1 12 Tf 14 TL 50 800 Td (Keep the plan) Tj ET"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ARCHIVE = (
    b"From: <Saved by a browser>\r\nMIME-Version: 1.0\r\n"
    b'Content-Type: multipart/related; boundary="x0"\r\n\r\n'
)


def stream(data: bytes, about: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), about, data)


def pdf(kids: bytes, content: bytes, *more: bytes) -> bytes:
    pages = b"<< /Type /Pages /Kids [%s] /Count 1 >>" % kids
    return pdf_of(b"<< /Type /Catalog /Pages 2 0 R >>", pages, FONT, PAGE, content, *more)


def word(body: str, before: str = "") -> bytes:
    text = f'<?xml version="1.0"?>{before}<w:document {WORD}><w:body>{body}</w:body></w:document>'
    kinds = "http://schemas.openxmlformats.org/package/2006/content-types"
    links = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{kinds}"><Override PartName="/word/document.xml"'
            f' ContentType="{main}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{links}"><Relationship Id="a" Type="{office}" '
            'Target="word/document.xml"/></Relationships>',
            "word/document.xml": text,
        }
    )


def again_itself() -> bytes:
    """A drawing that draws itself."""
    about = b"/Type /XObject /Subtype /Form /Resources << /XObject << /X 6 0 R >> >>"
    return pdf(b"4 0 R", stream(SHOWN + b" /X Do"), stream(b"/X Do", about))


def laughs() -> str:
    """Entities of entities, a thousand million characters when they are put in."""
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    more = "".join(f'<!ENTITY {name} "{f"&{of};" * 10}">' for of, name in pairs)
    return f'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">{more}]>'


def packed(data: bytes) -> bytes:
    return stream(zlib.compress(data), b"/Filter /FlateDecode")


def nested(n: int) -> bytes:
    """An archive in an archive in an archive."""
    part = b'--x%d\r\nContent-Type: multipart/related; boundary="x%d"\r\n\r\n'
    return ARCHIVE + b"".join(part % (at, at + 1) for at in range(n))


FLOODS: dict[str, tuple[Callable[[], bytes], str]] = {
    "pages that hold themselves": (lambda: pdf(b"2 0 R 4 0 R", stream(SHOWN)), "damaged PDF"),
    "a drawing that draws itself": (again_itself, "Keep the plan"),
    "a page of 200 MB": (lambda: pdf(b"4 0 R", packed(bytes(200 << 20))), "damaged PDF"),
    "a page that comes 100,000 times": (
        lambda: pdf(b"4 0 R " * 100_000, stream(b"BT ET")),
        "PDF without text",
    ),
    "lists in lists": (lambda: pdf(b"[" * 9**5 + b"]" * 9**5, stream(SHOWN)), "damaged PDF"),
    "a PDF that goes back to itself": (
        lambda: (made := pdf(b"4 0 R", stream(SHOWN))).replace(
            b"/Root", b"/Prev %d /Root" % made.rindex(b"xref\n0")
        ),
        "Keep the plan",
    ),
    "a .docx of 120 MB": (lambda: word("<w:p/>" * (20 << 20)), "more than any ad holds"),
    "paragraphs in paragraphs": (
        lambda: word("<w:p>" * 50_000 + "</w:p>" * 50_000),
        "damaged .docx",
    ),
    "entities of entities": (
        lambda: word("<w:p><w:r><w:t>&i;</w:t></w:r></w:p>", laughs()),
        "damaged .docx",
    ),
    "groups in groups": (lambda: rb"{\rtf1 " + b"{" * 9**6 + b"a" + b"}" * 9**6 + b"}", "a"),
    "control words": (lambda: rb"{\rtf1 " + rb"\b" * 9**6 + b" a}", "a"),
    "archives in archives": (lambda: nested(3_000), "damaged web archive"),
    "an archive of many parts": (
        lambda: ARCHIVE + b"--x0\r\nContent-Type: text/plain\r\n\r\na\r\n" * 20_000,
        "more parts than any page",
    ),
    "a long page": (
        lambda: f"<html><main>{'<p>Keep the plan.</p>' * 200_000}</main>".encode(),
        "<p>Keep the plan.</p>",
    ),
    "tags within tags": (lambda: b"<html><body>" + b"<div>" * 200_000 + DUTIES.encode(), DUTIES),
}


def limited(code: str, path: Path, mb: int) -> subprocess.CompletedProcess[str]:
    """Run Python in so much memory, and a minute of work."""

    def limit() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (mb << 20,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    return subprocess.run(
        [sys.executable, "-c", code, path],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limit,
    )


READ = """
import sys
from rolenlp.documents.read import read_ad
from rolenlp.errors import InputError
try:
    print(read_ad(sys.argv[1]).text[:2_000_000])
except InputError as error:
    print("refused", error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
@pytest.mark.parametrize("name", FLOODS)
def test_a_flood_is_read_or_refused_in_a_line(tmp_path: Path, name: str) -> None:
    make, says = FLOODS[name]
    path = tmp_path / "ad"
    path.write_bytes(make())
    done = limited(READ, path, 1_500)
    assert done.returncode == 0, done.stderr[-500:]
    assert says in done.stdout
    if done.stdout.startswith("refused"):
        assert done.stdout.count("\n") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
def test_what_is_longer_than_any_ad_is_not_read_on(tmp_path: Path) -> None:
    with (tmp_path / "ad").open("wb") as file:
        file.truncate(4 << 30)  # of which nothing is on the disk
    done = limited(READ, tmp_path / "ad", 1_500)
    assert "is longer than any ad; rolenlp label takes tables" in done.stdout, done.stderr[-500:]


DATA = '<script type="application/ld+json">'
PAGES: dict[str, Callable[[int], str]] = {
    "open objects": lambda n: DATA + "{" * n,
    "open lists": lambda n: DATA + "[" * n + "</script>",
    "data never closed": lambda n: f"{DATA}{{" * n,
    "data of other kinds": lambda n: f'{DATA}{{"a": 1}}</script>' * n,
    "postings": lambda n: f'{DATA}{{"@type": "JobPosting", "description": "a"}}</script>' * n,
    "headings never closed": lambda n: "<h1>" * n,
    "tags never closed": lambda n: "<div class='" * n,
    "attributes": lambda n: "<div " + 'class="a" ' * n + ">",
    "asides": lambda n: "<aside>" * n + "</section>" * n,
    "ends without a start": lambda n: "</div>" * n,
}


@pytest.mark.parametrize("name", PAGES)
def test_twice_the_page_is_twice_the_work(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    nothing = ModuleType("trafilatura")
    monkeypatch.setitem(sys.modules, "trafilatura", nothing)  # its work is not ours to count
    amounts = []
    for n in (100, 1_000, 4_000):
        page = f"<html><body>{PAGES[name](n)}"
        with counted(web) as work:
            web.page_ad(page)
        amounts.append(work.all)
    assert amounts[2] <= 2.2**2 * amounts[1]


@pytest.mark.parametrize("charset", ["nonsense", "utf-7", "utf-16"])
def test_an_archive_in_any_encoding_is_read_or_refused(charset: str) -> None:
    data = ARCHIVE + b"--x0\r\nContent-Type: text/html; charset=%s\r\n\r\n<html>a\xff\r\n--x0--\r\n"
    try:
        assert ad_of(data % charset.encode(), "ad").text
    except InputError as error:
        assert "damaged web archive" in str(error)
