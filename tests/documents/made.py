"""Documents made here: real files of their kinds, small enough to be read by eye."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from io import BytesIO

import docx
from pypdf import PdfReader, PdfWriter


def pdf(*pages: str) -> bytes:
    """A PDF of pages of lines; a page of no line is blank."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b""]
    objects.append(b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    kids = []
    for page in pages:
        shown = "".join(f"({line}) Tj T* " for line in page.split("\n") if page)
        stream = f"BT /F1 12 Tf 14 TL 50 800 Td {shown}ET".encode()
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font "
            b"<< /F1 3 0 R >> >> /Contents %d 0 R >>" % (len(objects) + 2)
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return pdf_of(*objects)


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, of which the first is its catalogue."""
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def locked_pdf(data: bytes, password: str, cipher: str = "RC4-128") -> bytes:
    """The same, encrypted; with an empty password everybody may read it."""
    writer, out = PdfWriter(PdfReader(BytesIO(data))), BytesIO()
    writer.encrypt(password, "owner", algorithm=cipher)
    writer.write(out)
    return out.getvalue()


def word(**changes: bool) -> bytes:
    """A DOCX with a heading, a list, bold words and a table; or, with `empty`, nothing.

    With `headed`, the title stands in the header of its pages.
    """
    document, out = docx.Document(), BytesIO()
    if not changes.get("empty"):
        if changes.get("headed"):
            document.sections[0].header.paragraphs[0].text = "Senior Project Manager"
        else:
            document.add_heading("Senior Project Manager", 0)
        line = document.add_paragraph("You keep the ")
        line.add_run("risk").bold = True
        line.add_run(" register & plan.")
        document.add_paragraph("Report on <budget>", style="List Bullet")
        cells = document.add_table(1, 2).rows[0].cells
        cells[0].text, cells[1].text = "Team", "Allocate resources"
    document.save(out)
    return out.getvalue()


def zipped(files: Mapping[str, str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            packed.writestr(name, text)
    return out.getvalue()


RTF = (
    rb"{\rtf1\ansi\ansicpg1252{\fonttbl\f0\fswiss Helvetica;}\f0 {\b Project Manager}\par "
    rb"Keep the \'93risk register\'94.\par}"
)
DUTIES = (
    "You will keep the risk register, plan the schedule and the budget, and deliver the works on "
    "time and within budget for our clients in the north. Allocate resources to the team, and "
    "report to the steering committee every week on cost and progress."
)
SIMILAR = "Own the product roadmap. Interview customers and set the vision for the product."


def page(head: str = "", name: str = "Jobs at Acme", h1: str = "Senior Project Manager") -> str:
    """A saved web page: a menu, an ad, a sidebar of similar jobs, a footer."""
    return f"""<!-- saved from url=(0020)https://example.test -->
<!DOCTYPE html>
<html><head><title>{name}</title>{head}<style>.x {{ color: red }}</style></head>
<body><nav><a href="/">Home</a> <a href="/jobs">All jobs</a></nav>
<h1>{h1}</h1>
<div class="content"><h2>About the role</h2><p>{DUTIES}</p>
<p><strong>What we offer</strong></p><ul><li>A pension &amp; a bicycle.</li></ul></div>
<div class="sidebar"><h3>Similar jobs</h3><ul><li><a href="/1">Product Manager</a> {SIMILAR}</li>
<li><a href="/2">Product Owner</a> {SIMILAR}</li></ul></div>
<script>var x = "<div class='content'>";</script>
<footer>All rights reserved, Acme Ltd. Contact the press office.</footer></body></html>"""


def archive(html: str) -> bytes:
    """The page in a single file (MHTML), as browsers save it."""
    return (
        "From: <Saved by a browser>\r\nSubject: Job\r\n ad\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html"; boundary="--x"\r\n\r\n'
        "----x\r\nContent-Type: text/html; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\n{html}\r\n"
        "----x\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
        "----x--\r\n"
    ).encode()
