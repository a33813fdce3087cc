"""What the quality page says of rolenlp alone, as its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from boards import Board
from curve import Point
from data import Ads
from drawings import Certainty
from measures import Shares, named, right, share
from ours import SPOKEN
from page import cell, table
from rolenlp.metrics import Figure, bootstrap, calibration_error, confusion
from views import ROLES, from_title

__all__ = [
    "boards",
    "certainty",
    "conflict",
    "kinds",
    "learning",
    "mistakes",
    "review",
    "themes",
    "trust",
    "within",
]


def certainty(ads: Ads, probabilities: np.ndarray) -> Certainty:
    """How sure the verdicts are, and which are right."""
    return probabilities.max(axis=1), right(ads, probabilities)


def trust(panels: Mapping[str, Mapping[str, Certainty]]) -> str:
    """Calibration error by set of ads and view."""
    lines = [
        [name, *(cell(_calibration_error(*views[view]), count=True) for view in SPOKEN)]
        for name, views in panels.items()
    ]
    return table(["calibration error", *SPOKEN], lines)


def _calibration_error(confidence: np.ndarray, ok: np.ndarray) -> Figure:
    return bootstrap(lambda i: calibration_error(confidence[i], ok[i]), len(ok))


def review(kept: Mapping[str, Shares]) -> str:
    """What `review` leaves, by view."""
    lines = [[view, *(cell(figure, count=True) for figure in kept[view])] for view in SPOKEN]
    return table(["", "not sent to review", "of these right"], lines)


def conflict(by_view: Mapping[str, Shares]) -> str:
    """How right `conflict` is."""
    lines = [[view, *(cell(figure, count=True) for figure in by_view[view])] for view in by_view]
    return table(["", "precision", "recall"], lines)


def themes(found: Mapping[str, tuple[int, Figure]], mean: Figure) -> str:
    """F1 by theme, and their mean."""
    lines = [
        [f"`{theme}`", figure.n, n_true, cell(figure)] for theme, (n_true, figure) in found.items()
    ]
    lines.append(["mean", mean.n, "", cell(mean)])
    return table(["theme", "ads both agree on", "of them with the theme", "F1"], lines)


def mistakes(gold: Ads, by_view: Mapping[str, np.ndarray]) -> str:
    """Confusion of true roles and verdicts, a table a view."""
    tables = []
    for view, probabilities in by_view.items():
        counts = confusion(gold.roles.astype(str), named(probabilities), ROLES)
        lines = [[f"truly `{role}`", *row] for role, row in zip(ROLES, counts, strict=True)]
        tables.append(table([view, *(f"judged `{role}`" for role in ROLES)], lines))
    return "\n\n".join(tables)


def kinds(gold: Ads, by_view: Mapping[str, np.ndarray]) -> str:
    """The share judged right, by kind of ad."""
    says = gold.title_labels
    misled = np.isin(says.astype(str), ("product", "project")) & (from_title(gold) != gold.roles)
    sure = gold.sure.astype(bool)
    rows = {
        "all": np.ones(len(gold), bool),
        "title says product": says == "product",
        "title says project": says == "project",
        "title leaves it open": says == "ambiguous",
        "title says neither": says == "other",
        "title names a role that the duties are not": misled,
        "annotators sure": sure,
        "annotators not sure": ~sure,
        **{f"from `{source}`": gold.sources == source for source in sorted(set(gold.sources))},
    }
    ok = {view: right(gold, probabilities) for view, probabilities in by_view.items()}
    lines = [
        [name, int(chosen.sum()), *(cell(share(ok[view][chosen])) for view in by_view)]
        for name, chosen in rows.items()
    ]
    return table(["share judged right", "ads", *by_view], lines)


def boards(rows: Sequence[Board]) -> str:
    """Every source held out, a row each."""
    lines = [
        [
            board.name if board.name.startswith("all") else f"`{board.name}`",
            *(f"{board.counts[role]:,}" for role in ROLES),
            *(cell(board.macro_f1[view]) for view in SPOKEN),
            *(cell(board.accuracy[view]) for view in SPOKEN),
        ]
        for board in rows
    ]
    measured = [f"{measure}, {view}" for measure in ("macro-F1", "accuracy") for view in SPOKEN]
    return table(["source held out", *ROLES, *measured], lines)


def within(figures: Mapping[str, Mapping[str, Figure]]) -> str:
    """One source judged from outside and from within."""
    names = list(next(iter(figures.values())))
    lines = [[view, *(cell(row[name]) for name in names)] for view, row in figures.items()]
    n = next(iter(next(iter(figures.values())).values())).n
    return table([f"macro-F1 (n = {n:,})", *names], lines)


def learning(curves: Mapping[str, Sequence[Point]]) -> str:
    """Macro-F1 by number of labels."""
    first = next(iter(curves.values()))
    lines = [
        [f"{first[k].n_labels:,}", *(cell(points[k].mean) for points in curves.values())]
        for k in range(len(first))
    ]
    return table([f"labelled ads (judged: n = {first[0].mean.n})", *curves], lines)
