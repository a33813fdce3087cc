"""What a text sets in bold, headings too: where it stands, in HTML and in Markdown."""

from __future__ import annotations

import re

# Some boards escape the tags.
_TAG = re.compile(r"(?:<|&lt;)(/?)(?:b|strong|h[1-6])(?:\s[^<>&]*+)?(?:>|&gt;)", re.IGNORECASE)
_MARKS = re.compile(
    r"\*\*(?![\s*])[^*\n]+\*\*|(?<!\w)__(?![\s_])[^_\n]+__(?!\w)|^#{1,6}[ \t][^\n]+", re.MULTILINE
)


def find_bold(text: str) -> list[tuple[int, int]]:
    """Start and end of each bold part of a text as published, in order, its marks included.

    What is opened and never closed is not bold.

    Example:
        >>> find_bold("<b>Duties</b> Keep the plan.")
        [(0, 13)]
        >>> find_bold("Keep the **plan**.")
        [(9, 17)]
    """
    found: list[tuple[int, int]] = []
    deep = start = 0
    for tag in _TAG.finditer(text):
        if not tag[1]:
            start = start if deep else tag.start()
            deep += 1
        elif deep:
            deep -= 1
            if not deep:
                found.append((start, tag.end()))
    return found or [mark.span() for mark in _MARKS.finditer(text)]
