"""Text of others on a terminal: what is read there, and nothing that steers it."""

from __future__ import annotations

# Of no width, and common in ads from the web: who reads the ad misses nothing.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


def shown(text: object, *, lines: bool = False) -> str:
    """A text without what steers a terminal: controls, escapes, marks that turn its direction.

    Blanks of all kinds become spaces, and so do line ends unless `lines` are wanted, which keeps
    tabs too. What else cannot be printed is replaced by U+FFFD. Every text of a table, a file's
    name or a model's card passes here on its way to a terminal.

    Example:
        >>> shown("pay\\x1b[2J\\nnow")
        'pay\ufffd[2J now'
    """
    whole = str(text)
    if whole.isprintable():
        return whole
    kept = "\n\t" if lines else ""
    if lines:
        whole = whole.replace("\r\n", "\n")
    return "".join(
        c if c.isprintable() or c in kept else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}"
        for c in whole.translate(_UNSEEN)
    )
