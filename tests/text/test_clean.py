"""None"""

import html
import re

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from rolenlp.text.clean import _GLUE, _PLAIN_CHARACTERS, clean, restore_line_breaks

FILLER = " and so on and so forth" * 20


def restored(text: str) -> str:
    rewrite = restore_line_breaks(text + FILLER)
    return rewrite.text().removesuffix(FILLER)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Who We AreAt Acme", "Who We Are\nAt Acme"),
        ("the scope.Manage risks", "the scope.\nManage risks"),
        ("Responsibilities:Lead teams", "Responsibilities:\nLead teams"),
        ("(PMO)Lead teams!Own it?Do it;Say it", "(PMO)\nLead teams!\nOwn it?\nDo it;\nSay it"),
        ("About UsAt Acme", "About Us\nAt Acme"),
        ("any status.EEO employer", "any status.\nEEO employer"),
        ("the day.A team", "the day.\nA team"),
        ("Top skills: • SQL• Excel ● Word", "Top skills: \n• SQL\n• Excel \n● Word"),
        ("we plan.– Lead", "we plan.\n– Lead"),
        ("with PowerPointManage it", "with PowerPoint\nManage it"),
        ("good skillsAbility; hard skillsAbility", "good skills\nAbility; hard skills\nAbility"),
    ],
)
def test_lost_breaks_come_back(source: str, text: str) -> None:
    assert restored(source) == text


@pytest.mark.parametrize(
    "text",
    [
        "JavaScript, LinkedIn, PowerPoint, GitHub, YouTube, DevOps, SharePoint",
        "PostgreSQL, iOS, eCommerce, McDonald, O'Brien, PhD, SaaS, KPIs",
        "at BlackRock. The BlackRock way",
        "the U.S. and B.S. or ASP.NET, .Net",
        "Monday–Friday, 2019–2020",
        "One. Two: Three",
    ],
)
def test_names_stay_whole(text: str) -> None:
    assert restored(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Who We AreAt Acme",
        "x" * 380 + " AreAt Acme",
        "Who We AreAt Acme\n" + FILLER,
        ("AreAt Acme" + FILLER + "\n") * 3,
    ],
    ids=["short", "just short", "one break", "several breaks"],
)
def test_other_texts_stay(text: str) -> None:
    assert not restore_line_breaks(text)


@given(st.text("abAB.: •–\n", max_size=60))
def test_only_line_breaks_are_added(text: str) -> None:
    assert restored(text).replace("\n", "") == text.replace("\n", "")
    assert restored(restored(text)) == restored(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("", ""),
        ("<p>Own the <b>roadmap</b></p><ul><li>R&amp;D</li></ul>", "Own the roadmap\n• R&D"),
        ("&lt;p&gt;R&amp;amp;D&lt;/p&gt;&lt;p&gt;x&lt;/p&gt;", "R&D\nx"),
        ("<div>&lt;p&gt;R&amp;amp;D&lt;/p&gt;x</div>", "R&D\nx"),
        ("<div>&lt;p&gt;x&lt;/p&gt;y</div>", "x\ny"),
        ("<p>**Note** the snake_case</p>", "**Note** the snake_case"),
        ("plain <br>text\nline<li>point", "plain \ntext\nline\n• point"),
        ("# Role\n**Lead** R\\&D &amp; IT", "Role\nLead R&D & IT"),
        ("a < b, C++ &lt;vector&gt; and <10", "a < b, C++ <vector> and <10"),
        ("we’re “in” ‘on’ cross‑team", "we're \"in\" 'on' cross-team"),
        ("<p>we&rsquo;re&#8203;</p>", "we're"),
        ("\ufeffroad\u00admap\u200b", "roadmap"),
        ("a\x00b\x1bc\x7fd\x80e", "a b c d e"),
        ("lone \ud800 half", "lone   half"),
        ("a\tb\r\nc\x0b\x85\xa0\u3000d  e", "a\tb\r\nc\x0b\x85\xa0\u3000d  e"),
        ("Who We AreAt Acme" + FILLER, "Who We Are\nAt Acme" + FILLER),
        ("<p>Who We AreAt Acme" + FILLER, "Who We Are\nAt Acme" + FILLER),
        ("&lt;Who We AreAt Acme" + FILLER, "<Who We Are\nAt Acme" + FILLER),
    ],
)
def test_clean(source: str, text: str) -> None:
    assert clean(source).text == text


@pytest.mark.parametrize(
    ("source", "quote", "original"),
    [
        ("Own the roadmap", "the", "the"),
        ("<p>R&amp;D plans</p>", "R&D", "R&amp;D"),
        ("<p>man<b>age</b> risks</p>", "manage risks", "man<b>age</b> risks"),
        ("<ul><li>One</li><li>Two</li></ul>", "Two", "Two"),
        ("<ul><li>One</li><li>Two</li></ul>", "One\n• Two", "One</li><li>Two"),
        ("&lt;p&gt;R&amp;amp;D&lt;/p&gt;", "R&D", "R&amp;amp;D"),
        ("the **road**map", "roadmap", "road**map"),
        ("see [the plan](http://x.org/y) now", "the plan now", "the plan](http://x.org/y) now"),
        (r"R\&D **plans**", "R&D plans", r"R\&D **plans"),
        ("we’re on", "we're", "we’re"),
        ("road\u00admap", "roadmap", "road\u00admap"),
        ("Who We AreAt Acme" + FILLER, "Are\nAt", "AreAt"),
        ("<b>x</b>who\u200b We Ar&eacute;s.At &amp;" + FILLER, "s.\nAt &", "s.At &amp;"),
    ],
)
def test_source_span(source: str, quote: str, original: str) -> None:
    cleaned = clean(source)
    start = cleaned.text.index(quote)
    first, last = cleaned.source_span(start, start + len(quote))
    assert source[first:last] == original


PLAIN = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Cf"], exclude_characters="&<*_`[#\\|")
)
FRAGMENTS = st.lists(
    st.sampled_from(
        [
            *["<p>", "</p>", "<li>", "<b>", "</b>", "<br/>", "<script>", "</script>", "<svg>"],
            *["<title>", "<a href='", "'>", '<p x="', '">', "<", ">", "</", "<!--", "-->", "<!"],
            *["<?", "<![", "&amp;", "&lt;", "&gt;", "&", "&#", "&#39;", ";", "**", "*", "_", "`"],
            *["[", "](", ")", "http://x.y", "|", "\\", "# ", "\n", " ", "• ", "Are", "At", "."],
            *["lead", "the", "\u200b", "\x00", "\ud800", "’", "é", FILLER],
        ]
    ),
    max_size=40,
).map("".join)


@given(PLAIN)
def test_plain_text_stays_the_same_object(text: str) -> None:
    text = text.translate(_PLAIN_CHARACTERS)[:399]  # curly quotes and dressed letters are not plain
    assume(not _GLUE.search(text))  # glued words are parted
    cleaned = clean(text)
    assert cleaned.text is text
    assert cleaned.steps == ()


@given(st.one_of(FRAGMENTS, st.text(), st.text(st.characters())))
@example("<" * 50)
@example("&#" * 50 + ";")
def test_any_text_has_spans_in_order_and_in_bounds(source: str) -> None:
    cleaned = clean(source)
    low = high = 0
    for position, character in enumerate(cleaned.text):
        start, end = cleaned.source_span(position, position + 1)
        assert low <= start <= end <= len(source)
        assert high <= end
        if character not in "\n• ":  # which may have been inserted
            assert start < end
        low, high = start, end
    if cleaned.text:
        assert cleaned.source_span(0, len(cleaned.text)) == (cleaned.source_span(0, 1)[0], high)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"], exclude_characters="&>")))
def test_a_word_of_html_comes_from_itself(text: str) -> None:
    source = f"<p class='x'>{html.escape(text)}</p><p>end</p>"
    cleaned = clean(source)
    for word in re.finditer(r"\S+", cleaned.text):
        start, end = cleaned.source_span(*word.span())
        assert html.unescape(source[start:end]).translate(_PLAIN_CHARACTERS) == word[0]


@given(PLAIN)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text + FILLER).text
    assert clean(once).text == once


@pytest.mark.parametrize(
    "unit",
    [
        *["<", "&", "&#", "<a ", '<a x="', "<a b='>' ", "<!--", "<!", "<?", "<p", "</", "<div>"],
        *["<script>", "<svg>", "*", "**a", "_a ", "[", "[a](", "`a", "\\", "| ", "#", "a", "Ab"],
        *["aB", "•", "\x00", "\u200b", "&lt;p&gt;", "<p>&amp", "<li>•"],
    ],
)
@pytest.mark.parametrize("frame", ["{}", "<p>{}", "<p>{}>", '<p>{} x="'])
def test_long_and_odd_text_is_cleaned(unit: str, frame: str) -> None:
    """Hangs where a step is quadratic."""
    source = frame.format(unit * (100_000 // len(unit)))
    cleaned = clean(source)
    assert len(cleaned.text) <= 2 * len(source)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\u003cp\u003eOwn\u003c/p\u003e\u003cli\u003eRisk\u003c\/li\u003e", "Own\n• Risk"),
        (r"Duties:\nOwn\r\nRisk", "Duties:\nOwn\r\nRisk"),
        (r"kept in C:\new\notes", r"kept in C:\new\notes"),
        (r"\ud83d\ude00 and\/or \"it\"", '\U0001f600 and/or "it"'),
        ("&amp;lt;p&amp;gt;Own &amp;amp;amp; go&amp;lt;/p&amp;gt;", "Own & go"),
        (r"cross\\-functional \\& C\\#", "cross-functional & C#"),
        ("𝗣𝗿𝗼𝗱𝘂𝗰𝘁 Ｍａｎａｇｅｒ ℎ", "Product Manager h"),
        ("risk•budget, sales&legal", "risk • budget, sales & legal"),
        ("R&D, Q&A, C++, snake_case, booking.com", "R&D, Q&A, C++, snake_case, booking.com"),
        ("the plan.Own it", "the plan. Own it"),
    ],
)
def test_texts_as_they_come(source: str, text: str) -> None:
    assert clean(source).text == text


def test_offsets_lead_back_through_what_was_escaped() -> None:
    source = r"a\u003cb\u003e risk•budget \u003c/b\u003e"
    cleaned = clean(source)
    start = cleaned.text.index("budget")
    first, last = cleaned.source_span(start, start + len("budget"))
    assert source[first:last] == "budget"
