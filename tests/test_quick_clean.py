"""Cleaning by kernels gives what cleaning in plain Python gives, to the character."""

from __future__ import annotations

import html
from html.entities import html5

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from made_html import HTML, SIMPLE
from test_clean import FRAGMENTS

from rolenlp.text.clean import clean, clean_many
from rolenlp.text.html import html_text
from rolenlp.text.linebreaks import find_seams
from rolenlp.text.markdown import strip_mark
from rolenlp.text.offsets import Made, SpanMap
from rolenlp.text.quick_clean import Quick

FILLER = " and so on and so forth" * 20
QUICK = Quick(100_000)
MARKS = ["***", "**", "__", "*", "_", "#", "`", "[", "\\"]


def entries(span_map: SpanMap) -> list[list[int]]:
    return [
        list(row)
        for row in (
            span_map.new_starts,
            span_map.new_ends,
            span_map.old_starts,
            span_map.old_ends,
        )
    ]


def made(one: Made | None) -> tuple[str, list[list[int]]] | None:
    return one and (one[0], entries(one[1]))


def same(*texts: str) -> None:
    """All texts, with and without kernels, have the same text and the same way back."""
    plain = clean_many(texts, compiled=False)
    quick = clean_many(texts, compiled=True)
    for one, other in zip(plain, quick, strict=True):
        assert one.text == other.text
        assert [*map(entries, one.maps)] == [*map(entries, other.maps)]
        for place in range(len(one.text)):
            assert one.source_span(place, place + 1) == other.source_span(place, place + 1)
        assert one.source_span(0, len(one.text)) == other.source_span(0, len(one.text))


def same_lines(text: str) -> None:
    assert QUICK.find_seams(text) == find_seams(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "<p>Own the <b>roadmap</b></p><ul><li>R&amp;D</li></ul>",
        "<li>first<li>second</li>after",
        "<ul>\n <li> <p>One</p> </li>\n</ul>\n",
        "<p>a<br/>b<br />c<li/>d",
        "<td nowrap>x</td>",
        "<x><y>",
        "<p class=>x",
        "<p x.y=1>x",
        "<a x.y=1>",
        "<a x=1 y>b",
        "<a x = '1'\ty\n=\n2/>b",
        "<p>a</p/>b",
        "<averylongname1>a<p>b",
        "<script>a</script><p>b",
        "<p>x<!-- y --></p>",
        "a < b <p>c",
        "<<b>p>text",
        "&lt;p&gt;R&amp;amp;D&lt;/p&gt;&lt;p&gt;x&lt;/p&gt;",
        "<p>&lt;li&gt;x &lt;b&gt;",
        "<p>AT&T R&D M&Ms &nbsp; &NotEqualTilde; &notit; &fjlig; &b.x &; &#; &#x; &#x2019; &#X41",
        "<p>&#39; &#39 &#039; &#0; &#13; &#128; &#55296; &#65535; &#128640; &#1114112; &#00000039;",
        "<p>&#0000039;&#1234567;&#12345678;&frac12;&1a;&there4;&amp",
        "| a | b |\n|---|---|\n| **c** | d |",
        "**a** ***b*** ****c**** *d* _e_ __f__ `g` \\*h\\* # i\n# j\n###### k\n####### l\n#\tm\n# ",
        "a\n#",
        "é*a* *a*é \U0001f680*a* •*a* *a*\U0001f680 _a_• *a\\* \\*a* *a * * a* **a **b**",
        "see [the plan](http://x.org/y) and ![logo](x.png) [EMAIL]\n```sql\nx\n```",
        "we’re “in” ‘on’ cross‑team „x‐",
        "\ufeffroad\u00admap\u200b\u2060 a\x00b\x1bc\x7fd\x80e\x1c lone \ud800 half \udfff",
        "<p>road\u200bmap \ud800 \x00 \U0001f680</p>",
        "Who We AreAt Acme. About UsAt\U0001f680UsAt Acme" + FILLER,
        "the status.EEO U.S. day.A 50%Off x.Ab \xa0.Ab • a•b – c.– D" + FILLER,
        "PowerPoint JavaScriptIs goodAbility goodAbility MacDonald" + FILLER,
        "one\ntwo AreAt" + FILLER * 3 + "\nAreAt\n" + FILLER,
        "x" * 40 + "At " + "A" + "x" * 40 + "Bx" + FILLER,
    ],
    ids=ascii,
)
def test_table(text: str) -> None:
    same(text, text + " ", text + FILLER, text[::-1])


def test_every_named_reference() -> None:
    same(*(f"<p>a&{name}b &{name}</p>" for name in html5))


def test_every_numbered_reference_near_a_limit() -> None:
    limits = [0, 9, 32, 127, 160, 0xD800, 0xE000, 0xFDD0, 0xFFFE, 0x10FFFF]
    numbers = {number + step for number in limits for step in range(-3, 4)}
    same(*(f"<p>a&#{number};b &#x{abs(number):x};</p>" for number in numbers))


@pytest.mark.parametrize("mark", MARKS)
def test_every_character_beside_a_mark(mark: str) -> None:
    """And every kind of white space, of bullets and of letters within a line."""
    characters = [chr(code) for code in [*range(0x3100), *range(0xD7F0, 0xE010)]]
    characters += "\uf0a7\uf0b7\ufeff\uffff\U0001f680\U00020000"
    for start in range(0, len(characters), 97):
        text = "\n".join(
            f"{one}{mark}a{mark}{one} {mark}{one}a{one}{mark} b{one}Cd Us{one}At {mark} {one}"
            for one in characters[start : start + 97]
        )
        assert made(QUICK.strip_mark(mark, text)) == made(strip_mark(mark, text))
        same_lines(text)
        same_lines(text.replace(mark, "."))


@given(HTML)
def test_html(text: str) -> None:
    assert made(QUICK.html_text(text)) == made(html_text(text))
    same(text, html.escape(text))


@given(SIMPLE)
def test_simple_html(text: str) -> None:
    assert made(QUICK.html_text(text)) == made(html_text(text))
    same(text, text + FILLER)


@given(
    st.lists(st.sampled_from([*"ab é\n\\.*_#`[]()|•🚀\xa0\t-", "**", "# ", "\n# "]), max_size=30)
)
def test_markdown(parts: list[str]) -> None:
    text = "".join(parts)
    for mark in MARKS:
        assert made(QUICK.strip_mark(mark, text)) == made(strip_mark(mark, text))
    same(text)


@given(st.lists(st.sampled_from([*"abAB.:;%é\n•–\uf0b7 🚀", "Us", "abc", "GitHub"]), max_size=40))
@example(["a"] * 32 + ["Ab"])
@example(["A"] + ["a"] * 29 + ["Ab"])
@example(["A"] + ["a"] * 30 + ["A"] + ["b"] * 31)
def test_line_breaks(parts: list[str]) -> None:
    same_lines("".join(parts))
    same("".join(parts) + FILLER, FILLER + "".join(parts))


@given(st.lists(st.one_of(FRAGMENTS, st.text(), st.text(st.characters())), max_size=4))
def test_any_texts(texts: list[str]) -> None:
    same(*texts)


def test_sample_ads(ads: list[dict[str, str]]) -> None:
    same(*(ad["description"] for ad in ads))


def test_kernels_need_no_plain_way(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ["markup.html_text", "markdown.strip_mark", "linebreaks.find_seams"]:
        monkeypatch.setattr(f"rolenlp.text.quick_clean.{name}", None)
    texts = ["<ul><li class='x'>R&amp;D&nbsp;</li></ul>", "# a\n**b** *c* __d__ _e_ ***f***"]
    cleaned = clean_many([*texts, "AreAt Acme" + FILLER], compiled=True)
    assert [one.text for one in cleaned[:2]] == ["• R&D\xa0", "a\nb c d e f"]
    assert cleaned[2].text == "Are\nAt Acme" + FILLER


def test_text_that_needs_nothing_stays_the_same_object() -> None:
    text = "Own the product roadmap, café and all."
    (cleaned,) = clean_many([text], compiled=True)
    assert cleaned.text is text
    assert cleaned.maps == ()


def test_no_texts() -> None:
    assert clean_many([], compiled=True) == clean_many([], compiled=False) == []


def test_clean_many_is_clean() -> None:
    texts = ["<p>One</p>", "**Two**", ""]
    assert clean_many(texts, compiled=False) == [clean(text) for text in texts]
