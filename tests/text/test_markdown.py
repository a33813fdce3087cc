import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolenlp.text.markdown import blank_tables, strip_marks


def stripped(text: str) -> str:
    for step in strip_marks(text, text):
        text = step.text()
    return text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("**About us**\n\n**Role:** lead", "About us\n\nRole: lead"),
        ("the**Role**is", "theRoleis"),
        ("***Own*** it", "Own it"),
        ("**Skills****:** SQL", "Skills: SQL"),
        ("* **Plan** the work", "* Plan the work"),
        ("*remote*, _hybrid_ and __on site__", "remote, hybrid and on site"),
        ("**_Own_ it**", "Own it"),
        ("# Role\n\n### Duties\ntext", "Role\n\nDuties\ntext"),
        ("see [our page](https://example.org/a_(b)) now", "see our page now"),
        ('[page](/jobs "Our jobs")', "page"),
        ("![logo](logo.png)Lead", "Lead"),
        (r"5\-7 years, R\&D\. \*not bold\*", "5-7 years, R&D. *not bold*"),
        ("use `git` daily", "use git daily"),
        ("```sql\nselect 1\n```\r\nend", "\nselect 1\n\nend"),
    ],
)
def test_marks_go(source: str, text: str) -> None:
    assert stripped(source) == text


@pytest.mark.parametrize(
    "text",
    [
        "snake_case and _private and __init",
        "2 * 3 * 4 and 2 ** 3",
        "C# and F#, #1 in the market, #LI-Remote",
        "5 - 7 years",
        "* one\n- two\n+ three\n1. four",
        "salary **** plus **** per annum",
        "*see note",
        "manage it* and that*",
        "[note] (see below)",
        "[a](b)",
        "`quote'",
        "C:\\work\\docs",
        "either | or",
        "_____",
    ],
)
def test_plain_text_stays(text: str) -> None:
    assert stripped(blank_tables(text)) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("| Pay | 10 |", "  Pay   10  "),
        ("| a | b |\n|---|:-:|\n| 1 | 2 |\n", "  a   b  \n         \n  1   2  \n"),
        ("x\n|1|2|\r\ny", "x\n 1 2 \r\ny"),
        ("a | b", "a | b"),
    ],
)
def test_tables(source: str, text: str) -> None:
    assert blank_tables(source) == text


@given(st.text("ab *_#`[]()!|\\\n.-"))
def test_only_marks_are_removed(text: str) -> None:
    assert len(blank_tables(text)) == len(text)
    left = iter(text)
    assert all(character in left for character in stripped(text))
