r"""Backslashes of tables that write ``\"`` for a quote.

There a backslash also stands before a backslash, a delimiter and the end of a line. The csv
module drops each backslash, whatever follows; that of ``C:\new`` is to stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

__all__ = ["doubled"]


def doubled(lines: Iterable[str], delimiter: str) -> Iterator[str]:
    """The lines, with a backslash that escapes nothing spelt as the csv module wants it."""
    pair = re.compile(rf'(\\["\\\r\n{re.escape(delimiter)}])|\\').sub
    for line in lines:
        yield pair(lambda found: found[1] or "\\\\", line) if "\\" in line else line
