"""The tables of the report, as HTML."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rolenlp.evaluate.phrase_use import PhraseUse
from rolenlp.metrics import Figure
from rolenlp.reading.priors import POLES

if TYPE_CHECKING:
    from rolenlp.evaluate.compare import Comparison
    from rolenlp.evaluate.result import Evaluation

__all__ = [
    "change_table",
    "figure_table",
    "group_table",
    "phrase_table",
    "role_table",
    "threshold_table",
    "title_table",
]

_VIEW = "title and duties"


def role_table(e: Evaluation) -> str:
    """Precision, recall and F1 of each role, with title and duties."""
    figures = e.figures[_VIEW]
    rows = []
    for role, n in e.by_role.items():
        values = (figures.get(f"{name}_{role}") for name in ("precision", "recall", "f1"))
        judged = sum(row[e.verdicts.index(role)] for row in e.confusion)
        rows.append([role, f"{n:,}", f"{judged:,}", *map(_cell, values)])
    return _table(["", "ads", "verdicts", "precision", "recall", "F1"], rows)


def figure_table(e: Evaluation) -> str:
    """The figures of each view."""
    names = dict.fromkeys(name for view in e.figures.values() for name in view)
    rows = [
        [_named(name), *(_cell(view.get(name)) for view in e.figures.values())]
        for name in names
        if not name.startswith(("precision_", "recall_"))  # they have a table of their own
    ]
    return _table(["", *e.figures], rows)


def threshold_table(e: Evaluation) -> str:
    """From which confidence a verdict needs no review."""
    rows = [
        [view, *("never" if value is None else f"{value:.2f}" for value in least.values())]
        for view, least in e.thresholds.items()
    ]
    return _table(["judged by", *e.by_role], rows)


def group_table(e: Evaluation) -> str:
    """The figures of each source, length and kind of title."""
    rows: list[list[str]] = []
    starts = set()
    for groups in e.groups.values():
        starts.add(len(rows))
        rows += [
            [
                html.escape(group.name),
                f"{group.n:,}",
                _cell(group.right),
                _cell(group.right_by_duties),
                _cell(group.macro_f1)
                + (f"<br><small>{', '.join(group.roles)}</small>" if group.macro_f1 else ""),
                f"{group.review.value:.0%}",
            ]
            for group in groups
        ]
    head = ["", "ads", "right", "right by duties alone", "macro F1", "for review"]
    return _table(head, rows, starts)


def title_table(e: Evaluation) -> str:
    """What the title names x the true role x the verdict by duties."""
    rows: list[list[str]] = []
    starts, last = set(), ""
    for row in e.titles:
        if row.title != last:
            starts.add(len(rows))
        found = [(column, row.counts.get(column, 0)) for column in e.verdicts]
        counts = [
            (f"<b>{count:,}</b>" if column == row.true_role else f"{count:,}") if count else "–"
            for column, count in found
        ]
        rows.append([row.title if row.title != last else "", row.true_role, *counts])
        last = row.title
    head = ["the title", "true role", *(verdict or "not judged" for verdict in e.verdicts)]
    return _table(head, rows, starts)


def phrase_table(uses: Iterable[PhraseUse]) -> str:
    """Phrases with how often they fire and how often their ads are of their pole."""
    rows = [
        [
            f"{html.escape(_brief(use.phrase))} <small>{use.theme}</small>",
            f"{use.ads:,}",
            f"{_percent(use.of_its_pole)} <small>{POLES[use.theme]}</small>",
            f"{use.base:.0%}",
            f"{use.conflicts:,}",
        ]
        for use in uses
    ]
    if not rows:
        return "<p>None.</p>"
    return _table(["phrase", "ads", "of its pole", "all ads", "conflicts"], rows)


def change_table(comparison: Comparison) -> str:
    """Macro-F1 of the model before and of this one."""
    rows = [
        [
            view,
            _cell(change.before),
            _cell(change.now),
            f"{change.difference.value:+.3f} <small>{change.difference.low:+.3f}&thinsp;–&thinsp;"
            f"{change.difference.high:+.3f}</small>",
            f"{change.made_right:,}",
            f"{change.made_wrong:,}",
            f"{change.wrong_otherwise:,}",
        ]
        for view, change in comparison.changes.items()
    ]
    head = ["", "macro F1 before", "now", "difference"]
    return _table([*head, "made right", "made wrong", "wrong in another way"], rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], starts: Iterable[int] = ()) -> str:
    """A table of cells of HTML; before the rows that start a part there is a line."""
    first = "".join(f"<th scope=col>{cell}</th>" if cell else "<td></td>" for cell in head)
    body = "".join(
        f"<tr{' class=new' if place in set(starts) and place else ''}>"
        f"<th scope=row>{row[0]}</th>" + "".join(f"<td>{cell}</td>" for cell in row[1:]) + "</tr>"
        for place, row in enumerate(rows)
    )
    return (
        f"<div class=wide><table><thead><tr>{first}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _brief(phrase: str) -> str:
    """A phrase with at most three words to choose from at a place: ``set|own|drive|… ~ vision``."""
    words = (word.split("|") for word in phrase.split())
    return " ".join("|".join(w if len(w) <= 3 else [*w[:3], "…"]) for w in words)


def _named(name: str) -> str:
    """``f1_product`` -> ``F1 product``."""
    return name.replace("_", " ").replace("f1", "F1")


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    return f"{figure.value:.3f} <small>{figure.low:.3f}&thinsp;–&thinsp;{figure.high:.3f}</small>"


def _percent(figure: Figure) -> str:
    return f"{figure.value:.0%} <small>{figure.low:.0%}&thinsp;–&thinsp;{figure.high:.0%}</small>"
