"""Markdown marks: what a mark encloses stays, the mark goes.

Only marks that plain text does not use the same way: `snake_case`, `2 * 3`, "C#" and "5 - 7" are
left alone, and so are list marks, which read well as they are.
"""

import re
from collections.abc import Iterator

from rolenlp.text.offsets import Rewrite, strip

__all__ = ["blank_tables", "strip_marks"]

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
    # Some writers of tables double each backslash, so it may be a run of them.
    "\\": re.compile(r"\\+([!-/:-@\[-`{-~])"),
}
_TABLE_ROW = re.compile(r"^[ \t]*\|[^\n]*\|[ \t\r]*$", re.MULTILINE)
_TABLE_RULE = re.compile(r"[|:\- \t\r]+")


def strip_marks(text: str, held: str) -> Iterator[Rewrite]:
    """Remove one kind of mark after another; each step rewrites the text the last one gave.

    `held` has all characters of marks that the text has, and is quicker to search.
    """
    for mark, pattern in _MARKS.items():
        if mark[-1] in held and (len(mark) == 1 or mark in text):
            rewrite = strip(pattern, text)
            text = rewrite.text()
            yield rewrite


def blank_tables(text: str) -> str:
    """Spaces for the bars and rules of tables; the text keeps its length."""
    return _TABLE_ROW.sub(_blank_row, text) if "|" in text else text


def _blank_row(row: re.Match[str]) -> str:
    if _TABLE_RULE.fullmatch(row[0]):
        return " " * len(row[0])
    return row[0].replace("|", " ")
