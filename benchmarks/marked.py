"""Tables written into a document, between the marks that say which script makes them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["markdown_table", "write_between"]


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; all columns but the first are numbers, and so to the right."""
    rule = ["---"] + ["--:"] * (len(head) - 1)
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def write_between(path: Path, mark: str, text: str) -> None:
    """Put a text between ``<!-- mark -->`` and ``<!-- end of mark -->`` of a document.

    Raises ValueError where the document has not both marks, each once.
    """
    start, end = f"<!-- {mark} -->\n", f"<!-- end of {mark} -->"
    old = path.read_text(encoding="utf-8")
    if old.count(start) != 1 or old.count(end) != 1:
        raise ValueError(f"{path}: no {start.strip()} ... {end}")
    before, rest = old.split(start)
    path.write_text(f"{before}{start}{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")
