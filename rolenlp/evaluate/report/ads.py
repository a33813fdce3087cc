"""Single ads in the report: the most confident mistakes, and those whose verdict flipped."""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rolenlp.evaluate.report.headlines import share
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.columns import quoted
from rolenlp.verdicts.explain import Piece

if TYPE_CHECKING:
    from rolenlp.evaluate.compare import Flip
    from rolenlp.evaluate.result import Mistake
    from rolenlp.prediction import Evidence

__all__ = ["flip_list", "mistake_list"]


def mistake_list(mistakes: Iterable[Mistake]) -> str:
    """Wrong verdicts, with the words that they rest on marked."""
    entries = [
        _entry(
            m.title,
            f"true role {m.true_role}, judged {m.verdict}, {share(m.confidence)} sure",
            m.excerpt,
            m.row,
            m.evidence,
        )
        for m in mistakes
    ]
    return _list(entries, "None: no ad was judged wrongly.")


def flip_list(flips: Iterable[Flip]) -> str:
    """Ads that the model before judged otherwise."""
    entries = [
        _entry(f.title, f"true role {f.true_role}; {f.says}", f.excerpt, f.row, f.evidence)
        for f in flips
    ]
    return _list(entries, "None: no verdict changed.")


def _list(entries: list[str], none: str) -> str:
    return f"<ol class=ads>{''.join(entries) or f'<li>{none}</li>'}</ol>"


def _entry(
    title: str, says: str, excerpt: Iterable[Piece], row: int, evidence: Iterable[Evidence]
) -> str:
    quotes = html.escape(mask_personal(quoted(tuple(evidence)))) or "no phrase"
    text = "".join(map(_piece, excerpt))
    return (
        f"<li><b>{html.escape(title) or '(no title)'}</b><br>{says}"
        f"{f'<blockquote>{text}</blockquote>' if text else '<br>'}"
        f"<small>ad {row:,}; {quotes}</small></li>"
    )


def _piece(piece: Piece) -> str:
    text = html.escape(piece.text)
    if not piece.pole:
        return text
    return f'<mark class={piece.pole} title="{", ".join(piece.themes)}">{text}</mark>'
