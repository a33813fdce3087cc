import re

import pytest

from rolenlp.text.offsets import Rewrite, strip

# Source, its replacements, the text they make, and then spans of that text with their sources.
CASES = [
    ("abc", [], "abc", [((0, 3), (0, 3)), ((1, 2), (1, 2))]),
    ("a&amp;b", [(1, 6, "&")], "a&b", [((1, 2), (1, 6)), ((0, 1), (0, 1)), ((2, 3), (6, 7))]),
    ("<b>hi</b>", [(0, 3, ""), (5, 9, "")], "hi", [((0, 2), (3, 5)), ((1, 2), (4, 5))]),
    ("man<b>age", [(3, 6, "")], "manage", [((0, 6), (0, 9)), ((0, 3), (0, 3)), ((3, 6), (6, 9))]),
    ("ab", [(1, 1, "\n")], "a\nb", [((1, 2), (1, 1)), ((0, 2), (0, 1)), ((1, 3), (1, 2))]),
    ("<li>x", [(0, 4, ""), (4, 4, "• ")], "• x", [((0, 2), (4, 4)), ((2, 3), (4, 5))]),
    ("x<br>", [(1, 5, ""), (5, 5, "\n")], "x\n", [((0, 1), (0, 1)), ((1, 2), (5, 5))]),
    ("&#x1f1;", [(0, 7, "dz")], "dz", [((0, 1), (0, 7)), ((1, 2), (0, 7)), ((0, 2), (0, 7))]),
]


@pytest.mark.parametrize(("source", "replacements", "text", "spans"), CASES)
def test_rewrite(
    source: str,
    replacements: list[tuple[int, int, str]],
    text: str,
    spans: list[tuple[tuple[int, int], tuple[int, int]]],
) -> None:
    rewrite = Rewrite.of(source, replacements)
    assert bool(rewrite) == bool(replacements)
    assert rewrite.text() == text
    for span, expected in spans:
        assert rewrite.source_span(*span) == expected


def test_an_empty_span_stays_empty() -> None:
    rewrite = Rewrite.of("<p>one", [(0, 3, "")])
    assert rewrite.source_span(2, 2) == (5, 5)


def test_nothing_replaced_gives_the_same_object() -> None:
    text = "as it " + str(1)
    assert Rewrite.of(text, []).text() is text


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        (r"\*\*(\w+)\*\*", "a **b** c", "a b c"),
        (r"\\(\W)", r"x \- y", "x - y"),
        (r"-", "a-b-", "ab"),
        (r"z", "abc", "abc"),
    ],
)
def test_strip(pattern: str, text: str, expected: str) -> None:
    assert strip(re.compile(pattern), text).text() == expected
