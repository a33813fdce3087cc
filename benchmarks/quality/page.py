"""Tables in Markdown, and their places in a page whose prose stays as it was written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from rolenlp.metrics import Figure

__all__ = ["cell", "fill", "table"]


def cell(figure: Figure | None, *, count: bool = False) -> str:
    """A figure with its interval, and its number of ads if asked for; "-" where there is none."""
    if figure is None:
        return "-"
    return f"{figure} (n = {figure.n:,})" if count else str(figure)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(str, line)) + " |" for line in lines)


def fill(page: str, parts: Mapping[str, str]) -> str:
    """The page with each part between its marks, ``<!-- begin NAME -->`` and ``<!-- end NAME -->``.

    Parts that the page has no marks for are left out. Raises ValueError where marks have no part.
    """
    marked = re.findall(r"<!-- begin (\S+) -->", page)
    if odd := set(marked) - set(parts):
        raise ValueError(f"no such parts: {', '.join(sorted(odd))}")
    for name in marked:
        part = parts[name]
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        before, rest = page.split(begin)
        _, after = rest.split(end)
        page = f"{before}{begin}\n{part}\n\n{end}{after}"
    return page
