"""Any text gets a status: none crashes, and none takes long."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import load
from rolenlp.model_file.card import default_model_path
from rolenlp.schema import Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.verdicts.columns import quoted
from rolenlp.verdicts.explain import as_text
from rolenlp.verdicts.judge import judge
from rolenlp.verdicts.page import as_page
from tests.hostile.texts import HOSTILE
from tests.hostile.work_texts import ends

JUDGED = {"ok", "truncated"}
STATUSES = {*JUDGED, "empty", "too_short", "not_english"}
AD = (
    "You will own the product roadmap, talk to customers and set priorities with engineering. "
    "You will also manage the risks and keep the project on time and within budget. "
)
MB = 1_000_000


@pytest.fixture(scope="module")
def model() -> RoleClassifier:
    return load(default_model_path())


def check(model: RoleClassifier, *ads: Posting) -> list[Prediction]:
    """The verdicts, which are well formed."""
    verdicts = list(judge(model, ads))
    for ad, verdict in zip(ads, verdicts, strict=True):
        assert verdict.status in STATUSES
        assert (verdict.role != "") == (verdict.status in JUDGED)
        for found in (*verdict.evidence, *verdict.stray):
            assert 0 <= found.start < found.end <= len(ad.text)
            found.quote.encode()  # no lone surrogate
            assert found.quote.isprintable()
            assert len(found.quote) < 320
    return verdicts


@pytest.mark.parametrize("name", HOSTILE)
def test_alone_in_an_ad_and_in_a_title(model: RoleClassifier, name: str) -> None:
    hostile = HOSTILE[name](5_000)
    texts = [
        hostile,
        AD + hostile,
        hostile + " " + AD,
        f"<p>{AD}</p>{hostile}",
        hostile + "\n" + AD,
    ]
    check(model, *map(Posting, texts), Posting(AD, hostile), Posting(hostile, "Product Manager"))


@pytest.mark.parametrize("name", HOSTILE)
def test_explained(model: RoleClassifier, name: str) -> None:
    text = AD + HOSTILE[name](2_000) + " on time"
    (verdict,) = judge(model, [Posting(text)])
    assert "\x1b" not in as_text(text, verdict)
    as_page(text, "", verdict).encode()


ENDS = (
    "< </ <p <p/ <p| <p|a <p|a= <p|a=' <!-- & &# &#1 &#x &a &amp * ** *** *a **a _ __ _a # #| ` [ "
    "[a]( \\ • –| a– Us UsA abc.A abcA (a a's a' a."
).split(" ")


@pytest.mark.parametrize("last", ["", "\xc2", "\xe2", "\u0142", "\u2003", "\u2028", "\u3000", "🚀"])
def test_ends_of_texts(model: RoleClassifier, last: str) -> None:
    """No look goes further than a text, and what comes after it changes nothing."""
    ends = [end.replace("|", " ") + last for end in ENDS]
    ads = [Posting(text) for end in ends for text in (end, f"{AD}{end}", f"{AD}<p>x</p>{end}")]
    for together, ad in zip(check(model, *ads), ads, strict=True):
        (alone,) = check(model, ad)
        assert (together.status, together.role) == (alone.status, alone.role)
        assert together.probabilities == pytest.approx(alone.probabilities)
        assert together.themes == alone.themes


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "empty"),
        (" \n\t\xa0\u3000" * 50, "empty"),
        ("\0" * 9, "empty"),
        ("\u200b\ufeff", "empty"),
        ("<p></p><!-- risk -->", "empty"),
        ("&nbsp;" * 50, "empty"),
        ("roadmap", "too_short"),
        ("7" * 500, "too_short"),
        (". " * 500, "too_short"),
        ("产品经理负责产品路线图。" * 9, "too_short"),  # few words: there is no white space
        ("产品经理负责产品路线图。" * 90, "not_english"),
        ("产品 经理 负责 产品 路线 " * 90, "not_english"),
        ("مدير المشروع مسؤول عن التخطيط " * 90, "not_english"),
        ("\ud800" + AD + "\udfff", "ok"),
        (AD.replace(" ", "\0"), "ok"),
        (AD.replace(" ", "\r\n"), "ok"),
        (AD + "\u200b" * 500, "ok"),
        ("<div>" * 9_000 + AD, "ok"),
        (AD + "<!--" * 9_000, "ok"),
        (AD + "a" * 50_000, "ok"),
        (AD * (10 * MB // len(AD)), "truncated"),
        (AD + "a" * 10 * MB, "truncated"),
        ("a" * 10 * MB, "not_english"),
        (" " * 10 * MB + AD, "empty"),
        (AD + "<p>" * 4 * MB, "truncated"),
        (AD + "&amp;" * 2 * MB, "truncated"),
        ("<" * MB, "too_short"),
    ],
    ids=lambda value: ascii(value[:20]),
)
def test_status(model: RoleClassifier, text: str, status: str) -> None:
    assert [verdict.status for verdict in check(model, Posting(text))] == [status]


ODD = st.sampled_from([make(60) for make in HOSTILE.values()])
PIECES = ODD | st.sampled_from(AD.split()) | st.text(st.characters(), max_size=20)


@given(
    st.lists(PIECES, max_size=12).map("".join),
    st.lists(st.lists(PIECES, max_size=12).map(" ".join), max_size=4),
)
@example("<p>" + AD, [AD])
def test_any_texts(model: RoleClassifier, title: str, texts: list[str]) -> None:
    check(model, *(Posting(text + AD, title) for text in texts), *map(Posting, texts))


@given(st.lists(PIECES, max_size=12).map("".join))
def test_cleaned_texts_hold_nothing_odd(text: str) -> None:
    cleaned = clean(text)
    cleaned.text.encode()
    assert not {"\0", "\x1b", "\u200b"} & {*cleaned.text}


def test_the_whole_table_at_length_ends(model: RoleClassifier) -> None:
    """What takes the square of its length does not; `test_work_texts.py` counts the steps."""
    texts = {name: make(25_000) for name, make in HOSTILE.items()}
    assert ends(lambda text: judge(model, [Posting(text)]), texts, 20) == ""


PERSONAL = ["jo.doe@example.com", "jo@localhost", "+44 (0)20 7946 0018", "415-555-0132"]


@pytest.mark.parametrize("personal", PERSONAL)
def test_personal_data_is_quoted_nowhere(model: RoleClassifier, personal: str) -> None:
    text = f"You own the product roadmap. Manage {personal} risks with {personal} on time."
    (verdict,) = check(model, Posting(text, f"Project Manager, {personal}"))
    found = [e for e in (*verdict.evidence, *verdict.stray) if "[" in e.quote]
    assert found
    assert all(personal in text[e.start : e.end] for e in found)
    shown = [quoted(verdict.evidence), quoted(verdict.stray), verdict._repr_html_()]
    shown += [as_text(text, verdict), as_text(text, verdict, colour=True)]
    shown += [as_page(text, f"Project Manager, {personal}", verdict)]
    assert not any(personal in each for each in shown)
