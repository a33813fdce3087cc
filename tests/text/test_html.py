import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.text.html import decode_entities, has_tags, strip_tags


@pytest.mark.parametrize(
    "text",
    [
        "<p>",
        "one</li>two",
        "x<br/>",
        "x<BR />",
        '<a href="x">',
        "<div\nclass='a'>",
        "<h2>",
        '<img alt="a > b">',
        "</p\n>",
    ],
)
def test_is_html(text: str) -> None:
    assert has_tags(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "plain",
        "a < b",
        "<10 people",
        "C++ <vector>",
        "List<String>",
        "a <b or c> d",
        "<name@example.org>",
        "<https://example.org>",
        "&lt;p&gt;",
        "< p >",
        "<p",
        "<!-- p -->",
        "<your name here>",
    ],
)
def test_is_not_html(text: str) -> None:
    assert not has_tags(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        # inline and block elements
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("man<b>age</b> it", "manage it"),
        ("<b>Own</b> <i>it</i>", "Own it"),
        ("a<br>b<br/>c<br /><br />d", "a\nb\nc\nd"),
        ("<h1>Role</h1>\n<p>Lead</p>", "Role\nLead"),
        ("\n <div>\n <p>Lead</p></div>", "Lead"),
        ("<table><tr><td>Pay</td><td>10</td></tr></table>", "Pay\n10"),
        ("<P CLASS=x>One</P>two", "One\ntwo"),
        # lists
        ("<ul><li>One</li><li>Two</li></ul>After", "• One\n• Two\nAfter"),
        ("<p>You:</p><ul>\n<li><p>One</p><p>more</p></li></ul>", "You:\n• One\nmore"),
        ("<li>One<li>Two", "• One\n• Two"),
        ("<li></li><p>Not a point</p>", "Not a point"),
        ("<ul><li>One<ul><li>Sub</li></ul></li></ul>", "• One\n• Sub"),
        # entities
        ("<p>R&amp;D &#8217; &#x2019; &eacute;</p>", "R&D ’ ’ é"),
        ("<p>R&ampD and R&D, AT&T, Q&A</p>", "R&D and R&D, AT&T, Q&A"),
        ("<p>a&nbsp;b</p>", "a\xa0b"),
        ("<p>&#1; &#xd800; &#99999999999; &;</p>", " \ufffd &#99999999999; &;"),
        ("<p>under &lt;10 people</p>", "under <10 people"),
        # what is not the ad's text
        ("a<!-- <p>no</p> -->b", "ab"),
        ("<!DOCTYPE html><html><title>T</title><body>x</body></html>", "x"),
        ("<?xml version='1.0'?><p>x</p>", "x"),
        ("<p>x<![if !supportLists]>y<![endif]></p>", "xy"),
        ("<p>x<!--[if mso]><p>z</p><![endif]-->y</p>", "xy"),
        ("a<!-->b<!--->c", "abc"),
        ("<script>if (a<b && c) { '<p>' }</script><p>x</p>", "x"),
        ("<style>p { color: red }</style>x<br>", "x"),
        ("x<svg><title>no</title><path d='M0'/></svg>y<br>", "xy"),
        ("<iframe src='x'>no</iframe><noscript>no</noscript>x<br>", "x"),
        ("<iframe src='x' />x<br>", "x"),
        # attributes
        ('<a title="a > b" href=x?a=1&b=2>link</a>', "link"),
        ("<p style='x'class=\"y\">One</p>", "One"),
        ("<td nowrap>One<br>", "One"),
        ("<p class=>One</p>", "One"),
        ('<p class="x>One</p>', "One"),
        ("<p\xa0class=x>One</p>", "One"),
        # what is never closed hides nothing
        ("<p>a<!-- b</p>c", "a b\nc"),
        ("<script>a<p>b", "a\nb"),
        ("<p>x</p><style>a</p>b", "x\na\nb"),
        ("<p>x</p></script>y", "x\ny"),
        ("<p>x</p><a href=", "x\n<a href="),
        ("<p>a &# b</p><p>c</p>", "a &# b\nc"),
        ("<p>1 < 2 <3 <</p>", "1 < 2 <3 <"),
        ("<p>x <![CDATA[y]]> z</p>", "x  z"),
    ],
)
def test_strip_tags(source: str, text: str) -> None:
    assert strip_tags(source).text() == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("R&amp;D &lt;5 &#39;", "R&D <5 '"),
        ("R&amp D&copy", "R&amp D&copy"),
        ("&unknown; &; & &#;", "&unknown; &; & &#;"),
        ("R&D; P&L", "R&D; P&L"),
        ("&#" + "9" * 5000 + ";", "&#" + "9" * 5000 + ";"),
        ("&amp;amp;", "&amp;"),
    ],
)
def test_decode_entities(source: str, text: str) -> None:
    assert decode_entities(source).text() == text


@given(st.text())
def test_escaped_text_comes_back(text: str) -> None:
    assert decode_entities(html.escape(text)).text() == text


WORD = st.text("abcé<&\"' ", min_size=1, max_size=12).map(str.strip).filter(bool)


@given(st.lists(st.tuples(st.sampled_from(["p", "li", "h2", "div"]), WORD), min_size=1))
def test_blocks_become_lines(blocks: list[tuple[str, str]]) -> None:
    source = "".join(f"<{tag} class='x'>{html.escape(word)}</{tag}>" for tag, word in blocks)
    lines = [("• " if tag == "li" else "") + word for tag, word in blocks]
    assert strip_tags(source).text() == "\n".join(lines)
