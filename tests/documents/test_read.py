from __future__ import annotations

import json
import random
import sys
from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.documents.read import Ad, ad_of, read_ad
from rolenlp.documents.title import title_in
from rolenlp.documents.web import page_ad
from rolenlp.errors import InputError, MissingExtraError
from rolenlp.text.clean import clean
from tests.documents.made import (
    DUTIES,
    RTF,
    SIMILAR,
    archive,
    locked_pdf,
    page,
    pdf,
    word,
    zipped,
)


def plain(ad: Ad) -> str:
    return " ".join(clean(ad.text).text.split())


# Texts


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("café".encode(), "café"),
        ("\ufeffcafé".encode(), "café"),
        ("café “bleu”".encode("cp1252"), "café “bleu”"),
        ("café".encode("utf-16"), "café"),
        (b"", ""),
        (b"PK and MZ are letters", "PK and MZ are letters"),
        (b"a \x1b[2J\x00 steering text is a text", "a \x1b[2J\x00 steering text is a text"),
    ],
)
def test_a_text_is_read_in_its_encoding(tmp_path: Path, data: bytes, text: str) -> None:
    path = tmp_path / "ad"
    path.write_bytes(data)
    assert read_ad(str(path)) == Ad(text)


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    for path, says in ((tmp_path, "is a directory"), (tmp_path / "no", "there is no such file")):
        with pytest.raises(InputError, match=says):
            read_ad(str(path))


# Documents


def test_a_pdf_is_read_and_its_lines_joined() -> None:
    data = pdf(
        "Senior Project Manager\nKeep the risk\nregister, report to the\nSteering Committee.",
        "Work cross-\nfunctional.\nBake bread.",
    )
    lines = [
        "Senior Project Manager",
        "Keep the risk register, report to the Steering Committee.",
        "",
        "Work cross-functional.",
        "Bake bread.",
    ]
    assert [line.strip() for line in ad_of(data, "ad").text.split("\n")] == lines
    assert ad_of(data, "ad").title == "Senior Project Manager"


@pytest.mark.parametrize(
    ("broken", "joined"),
    [
        ("Talk to custo-\nmers.", "Talk to customers."),
        ("Man-  \n  agement", "Management"),
        ("Work cross-\nfunctional, on-\nsite and day-to-\nday.", None),
        ("the state-of-the-\nart, an e-\ncommerce, a PMO-\nled", None),
        ("An on-site stand. The add-on, and the add-\non.", None),
        ("On pay-per-click. The well-being, and well-\nbeing.", None),
        ("well-\nbeing", "wellbeing"),
        ("Lean-\nSix and 3-\n4", "Lean-\nSix and 3-\n4"),
    ],
)
def test_words_broken_at_a_lines_end_are_joined(broken: str, joined: str | None) -> None:
    kept = broken.replace("-\n", "-") if joined is None else joined
    assert ad_of(pdf(broken), "ad").text.strip() == kept


@pytest.mark.parametrize("cipher", ["RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"])
def test_a_pdf_that_only_its_owner_may_change_is_read(cipher: str) -> None:
    data = pdf("Keep the risk register.")
    assert ad_of(locked_pdf(data, "", cipher), "ad") == ad_of(data, "ad")
    with pytest.raises(InputError, match=r"^ad: is a PDF that needs a password; open it, print"):
        ad_of(locked_pdf(data, "secret", cipher), "ad")


def test_what_undoes_a_cipher_may_not_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    data = locked_pdf(pdf("x"), "", "AES-256")
    for name in [name for name in sys.modules if name.partition(".")[0] == "pypdf"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("cryptography", "Crypto"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingExtraError, match=r"^ad: is an encrypted PDF, which needs crypto"):
        ad_of(data, "ad")


def test_a_docx_keeps_headings_bold_and_tables() -> None:
    ad = ad_of(word(), "ad")
    assert ad.text.split("\n") == [
        "<h2>Senior Project Manager</h2>",
        "<p>You keep the <b>risk</b> register &amp; plan.</p>",
        "<li>Report on &lt;budget&gt;</li>",
        "<p>Team</p>",
        "<p>Allocate resources</p>",
    ]
    assert (ad.title, ad.title_place) == ("Senior Project Manager", "the first lines")


def test_the_header_of_pages_may_tell_the_title() -> None:
    ad = ad_of(word(headed=True), "ad")
    assert (ad.title, ad.title_place) == ("Senior Project Manager", "the pages' header")
    assert "Senior" not in ad.text


@pytest.mark.parametrize(
    ("data", "ad"),
    [
        ({"title": "PM", "description": DUTIES, "id": 3}, Ad(DUTIES, "PM", "the JSON")),
        ([{"Job Title": "PM", "body": DUTIES}], Ad(DUTIES, "PM", "the JSON")),
        ({"job": {"title": "PM", "text": DUTIES}}, Ad(f"PM\n{DUTIES}", "PM", "the JSON")),
        ({"text": f"Cook\n{DUTIES}"}, Ad(f"Cook\n{DUTIES}", "Cook", "the first lines")),
        ({"id": 3}, None),
        ([{"title": "PM", "text": DUTIES}] * 2, None),
        ([], None),
        ([1], None),
    ],
)
def test_json_may_hold_an_ad(data: object, ad: Ad | None) -> None:
    text = json.dumps(data, indent=1)
    assert ad_of(text.encode(), "ad") == (ad or Ad(text))


def test_an_rtf_is_read() -> None:
    ad = ad_of(RTF, "ad")
    assert plain(ad) == 'Project Manager Keep the "risk register".'
    assert ad.title == "Project Manager"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (pdf("", ""), "ad: is a PDF without text, such as scanned pages; let a program for OCR"),
        (pdf("x")[:60], "ad: is a damaged PDF; get the file again"),
        (word(empty=True), "ad: is a .docx without text; paste"),
        (word()[:900], "ad: is a damaged .docx or zip; get"),
        (zipped({"word/document.xml": "<"}), "ad: is a damaged .docx; get"),
        (rb"{\rtf1 }", "ad: is an RTF without text; paste"),
        (zipped({"xl/workbook.xml": ""}), "ad: is an Excel workbook and no text; rolenlp label"),
        (zipped({"mimetype": "", "content.xml": ""}), "ad: is an OpenDocument file and no text;"),
        (zipped({"a.txt": ""}), "ad: is a zip and no text; unpack it first"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "ad: is an old Word or Excel file; save"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "ad: is protected by a password; save it without one",
        ),
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "ad: is a picture and no text; give the text in it"),
        (b"\x1f\x8b\x08" + bytes(99), "ad: is a compressed file and no text; unpack"),
        (b"PAR1 short PAR1", "ad: is a Parquet table and no text; rolenlp label takes tables"),
        (b"SQLite format 3\0" + bytes(99), "ad: is an SQLite database and no text; rolenlp"),
        (bytes(range(256)) * 9, "ad: is a binary file and no text; save it as PDF"),
        (random.Random(0).randbytes(5000), "ad: is a binary file and no text; save it as PDF"),
        (bytes(500), "ad: is a binary file and no text"),
    ],
)
def test_what_holds_no_text_is_named(data: bytes, says: str) -> None:
    with pytest.raises(InputError) as error:
        ad_of(data, "ad")
    assert str(error.value).startswith(says)
    assert "\n" not in str(error.value)


@given(st.binary(max_size=300), st.sampled_from([b"", b"%PDF-1.4", b"PK\x03\x04", rb"{\rtf1 "]))
def test_any_bytes_are_read_or_refused(data: bytes, start: bytes) -> None:
    try:
        assert isinstance(ad_of(start + data, "ad").text, str)
    except InputError as error:
        assert str(error).startswith("ad: ")


@pytest.mark.parametrize(
    ("library", "data", "says"),
    [
        ("pypdf", pdf("x"), "ad: is a PDF, which needs pypdf"),
        ("docx", word(), "ad: is a .docx, which needs python-docx"),
        ("striprtf", RTF, "ad: is RTF, which needs striprtf"),
    ],
)
def test_without_its_library_a_line_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, library: str, data: bytes, says: str
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtraError) as error:
        ad_of(data, "ad")
    assert str(error.value) == f'{says}: pip install "rolenlp[documents]"'


# Saved pages


@pytest.mark.parametrize("extractor", [True, False])
def test_the_main_text_is_read_and_not_the_sidebar(
    monkeypatch: pytest.MonkeyPatch, extractor: bool
) -> None:
    if not extractor:
        monkeypatch.setitem(sys.modules, "trafilatura", None)
    for data in (page().encode(), archive(page())):
        ad = ad_of(data, "ad")
        assert (ad.title, ad.title_place) == ("Senior Project Manager", "the page's heading")
        assert DUTIES in plain(ad)
        assert "What we offer" in plain(ad)
        assert "<strong>What we offer</strong>" in ad.text
        for beside in (SIMILAR, "Product Owner", "All jobs", "rights reserved", "color"):
            assert beside not in plain(ad)


def data_of(posting: object, before: str = "") -> str:
    return f'<script type="application/ld+json">{before}{json.dumps(posting)}</script>'


POSTING = {
    "@type": "JobPosting",
    "title": "Project Manager &amp; Planner",
    "description": f"<p>{DUTIES}</p>",
}
OTHER = {"@type": "JobPosting", "title": "Baker", "description": SIMILAR * 3}


@pytest.mark.parametrize(
    "head",
    [
        data_of(POSTING),
        data_of([{"@type": "Organization"}, POSTING]),
        data_of({"@context": "https://schema.org", "@graph": [POSTING]}),
        data_of({**POSTING, "@type": ["Thing", "https://schema.org/JobPosting"]}),
        data_of({**POSTING, "description": f"&lt;p&gt;{DUTIES}&lt;/p&gt;"}),
        data_of(POSTING, before="//<![CDATA["),
        data_of({**POSTING, "skills": "x,}"}).replace("}</", ",\n}</").replace('"x,}"', '["",]'),
        data_of(POSTING).replace('\\"', "&quot;").replace('"@', "&quot;@").replace('":', '":'),
        data_of("{broken") + '<script type="application/ld+json">{</script>' + data_of(POSTING),
        data_of(OTHER) + data_of(POSTING),
        data_of({key if key != "title" else "name": POSTING[key] for key in POSTING}),
    ],
)
def test_the_data_of_a_page_come_first(head: str) -> None:
    ad = ad_of(page(head, name="Project Manager & Planner | Acme").encode(), "ad")
    assert ad.title == "Project Manager & Planner"
    assert ad.title_place == "the page's data (JobPosting)"
    assert plain(ad) == DUTIES


def test_what_a_posting_says_beside_its_description_is_read_too() -> None:
    posting = {**POSTING, "responsibilities": ["Plan.", "Report."], "skills": DUTIES[:40]}
    assert plain(Ad(page_ad(page(data_of(posting)))[0])) == f"{DUTIES} Plan. Report."


def test_a_teaser_in_the_data_gives_way_to_the_page() -> None:
    posting = {**POSTING, "description": "Keep the plan."}
    text, title, _ = page_ad(page(data_of(posting)))
    assert title == "Project Manager & Planner"
    assert DUTIES in plain(Ad(text))


@pytest.mark.parametrize("deep", [1, 2])
@pytest.mark.parametrize("mark", ['"', "'"])
def test_a_page_in_a_frame_is_read(deep: int, mark: str) -> None:
    framed = f"<html><body><main><h1>Project Manager</h1><p>{DUTIES}</p></main></body></html>"
    for _ in range(deep):
        framed = f"<html><nav>{SIMILAR}</nav><iframe srcdoc={mark}{escape(framed)}{mark}></iframe>"
    ad = ad_of(framed.encode(), "ad")
    assert ad.title == "Project Manager"
    assert DUTIES in plain(ad)
    assert SIMILAR not in plain(ad)


def test_a_frame_of_an_archived_page_is_read() -> None:
    shell = f"<!doctype html><html><body><nav>{SIMILAR}</nav>We make clocks.</body></html>"
    frame = f"<!doctype html><html><main><h1>Project Manager</h1><p>{DUTIES}</p></main></html>"
    between = "\r\n----x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    ad = ad_of(archive(f"{shell}{between}{frame}"), "ad")
    assert ad.title == "Project Manager"
    assert DUTIES in plain(ad)
    assert SIMILAR not in plain(ad)


def test_an_ad_that_holds_html_is_no_page() -> None:
    text = "<p>Keep the plan.</p><aside>Own the roadmap.</aside>"
    assert ad_of(text.encode(), "ad").text == text


@given(st.text("<>/=\"'- abc", max_size=80))
def test_any_page_is_read(text: str) -> None:
    assert isinstance(page_ad(f"<html>{text}<main>{text}")[0], str)


# Titles


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Senior Product Manager\nAcme, London\nOwn the roadmap.", "Senior Product Manager"),
        ("Acme Ltd\n\nJob Title: Nurse, Night Shift\nCare.", "Nurse, Night Shift"),
        ("Position - Project Coordinator (Rail)", "Project Coordinator (Rail)"),
        ("**Job description: PMO Analyst**\n\nKeep the plan.", "PMO Analyst"),
        ("<h1>Head of Product</h1><p>Own the vision.</p>", "Head of Product"),
        ("We are hiring a Senior Product Owner to join us.", "Senior Product Owner"),
        (
            "Acme is looking for an experienced project manager in Rome.",
            "experienced project manager",
        ),
        ("Keep the risk register and report to the project manager.", ""),
        ("Reports to: Head of Product\nOwn the roadmap.", ""),
        ("Are you a product manager?\nJoin us!", ""),
        ("Contact: Jo, hiring manager", ""),
        ("Acme\nLondon\n" + "Line.\n" * 9 + "Project Manager", ""),
        ("", ""),
    ],
)
def test_a_title_is_read_off_the_first_lines(text: str, title: str) -> None:
    assert title_in(text) == title


@given(st.text(max_size=200))
def test_any_text_has_a_title_or_none(text: str) -> None:
    assert len(title_in(text)) <= 200
