"""Markdown marks: what a mark encloses stays, the mark goes.

Only marks that plain text does not use the same way: `snake_case`, `2 * 3`, "C#" and "5 - 7" are
left alone, and so are list marks, which read well as they are.
"""

import re
from collections.abc import Callable, Iterator

from rolenlp.text.offsets import NO_CHANGE, Made
from rolenlp.text.offsets import strip as strip_matches

__all__ = ["blank_tables", "strip_mark", "strip_marks"]

_URL = r"(?=[^()\s]*[/.:#@])[^()\s]*(?:\([^()\s]*\)[^()\s]*)?(?:\s+\"[^\"\n]*\")?"

# Taken in this order. Of each match group 1 is what stays. The literal comes before the look-behind
# because such a search is fast.
_MARKS = {
    "```": re.compile(r"```(?<![^\n]```)[\w+-]*[ \t\r]*$", re.MULTILINE),
    "![": re.compile(rf"!\[[^\[\]\n]*\]\({_URL}\)"),
    "[": re.compile(rf"\[(?<!\\\[)([^\[\]\n]+)\]\({_URL}\)"),
    "#": re.compile(r"#(?<![^\n]#)#{0,5}[ \t]+(?=\S)"),
    "***": re.compile(r"\*\*\*(?<!\\\*\*\*)(?![\s*])([^*\n]+)(?<!\s)\*\*\*"),
    "**": re.compile(r"\*\*(?<!\\\*\*)(?![\s*])([^*\n]+)(?<!\s)\*\*"),
    "__": re.compile(r"__(?<![\\\w]__)(?![\s_])([^_\n]+)(?<!\s)__(?!\w)"),
    "*": re.compile(r"\*(?<![\\\w*]\*)(?![\s*])([^*\n]+)(?<![\s\\])\*(?![\w*])"),
    "_": re.compile(r"_(?<![\\\w]_)(?![\s_])([^_\n]+)(?<![\s\\])_(?!\w)"),
    "`": re.compile(r"`(?<![\\`]`)([^`\n]+)`(?!`)"),
    "\\": re.compile(r"\\([!-/:-@\[-`{-~])"),
}
_TABLE_ROW = re.compile(r"^[ \t]*\|[^\n]*\|[ \t\r]*$", re.MULTILINE)
_TABLE_RULE = re.compile(r"[|:\- \t\r]+")


def strip_mark(mark: str, text: str) -> Made:
    """Remove one kind of mark."""
    if len(mark) > 1 and mark not in text:
        return text, NO_CHANGE
    return strip_matches(_MARKS[mark], text).result()


def strip_marks(
    text: str, held: str, strip: Callable[[str, str], Made] = strip_mark
) -> Iterator[Made]:
    """Remove one kind of mark after another; each step rewrites the text the last one gave.

    `held` has all characters of marks that the text has, and is quicker to search. `strip` removes
    one kind, as `strip_mark` does.
    """
    for mark in _MARKS:
        if mark[-1] in held:
            made = strip(mark, text)
            text = made[0]
            yield made


def blank_tables(text: str) -> str:
    """Spaces for the bars and rules of tables; the text keeps its length."""
    return _TABLE_ROW.sub(_blank_row, text) if "|" in text else text


def _blank_row(row: re.Match[str]) -> str:
    if _TABLE_RULE.fullmatch(row[0]):
        return " " * len(row[0])
    return row[0].replace("|", " ")
