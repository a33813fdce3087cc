"""What the quality page says of rolenlp alone, as its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.metrics import confusion_matrix

from benchmarks.quality.boards import Board
from benchmarks.quality.curve import Point
from benchmarks.quality.measures import Shares, conflicts, kept, named, right, share
from benchmarks.quality.ours import SPOKEN, Judged
from benchmarks.quality.page import cell, table
from benchmarks.quality.views import ROLES, TITLED
from rolenlp.metrics import Figure, bootstrap, calibration_error

__all__ = [
    "boards",
    "conflict",
    "kinds",
    "learning",
    "mistakes",
    "review",
    "themes",
    "trust",
    "within",
]


def trust(sets: Mapping[str, Judged]) -> str:
    """Calibration error by set of ads and view."""
    lines = [
        [name, *(cell(_calibration_error(judged, view), count=True) for view in SPOKEN)]
        for name, judged in sets.items()
    ]
    return table(["calibration error", *SPOKEN], lines)


def _calibration_error(judged: Judged, view: str) -> Figure:
    probabilities = judged.probabilities[view]
    confidence, ok = probabilities.max(axis=1), right(judged.ads, probabilities)
    return bootstrap(lambda i: calibration_error(confidence[i], ok[i]), len(ok))


def review(sets: Mapping[str, Judged]) -> str:
    """What `review` leaves, by set of ads and view."""
    lines = [
        [name, view, *_counted(kept(judged.ads, judged.verdicts[view]))]
        for name, judged in sets.items()
        for view in SPOKEN
    ]
    return table(["", "", "not sent to review", "of these right"], lines)


def conflict(sets: Mapping[str, Judged]) -> str:
    """How right `conflict` is, by set of ads."""
    lines = [
        [name, *_counted(conflicts(judged.ads, judged.verdicts[TITLED]))]
        for name, judged in sets.items()
    ]
    return table(["", "precision", "recall"], lines)


def _counted(figures: Shares) -> list[str]:
    return [cell(figure, count=True) for figure in figures]


def themes(found: Mapping[str, tuple[int, Figure]], mean: Figure) -> str:
    """F1 by theme, and their mean."""
    lines = [
        [f"`{theme}`", figure.n, n_true, cell(figure)] for theme, (n_true, figure) in found.items()
    ]
    lines.append(["mean", mean.n, "", cell(mean)])
    return table(["theme", "ads both agree on", "of them with the theme", "F1"], lines)


def mistakes(judged: Judged) -> str:
    """Confusion of true roles and verdicts, a table a view."""
    tables = []
    for view in SPOKEN:
        said = named(judged.probabilities[view])
        counts = confusion_matrix(judged.ads.roles.astype(str), said, labels=ROLES)
        lines = [[f"truly `{role}`", *row] for role, row in zip(ROLES, counts, strict=True)]
        tables.append(table([view, *(f"judged `{role}`" for role in ROLES)], lines))
    return "\n\n".join(tables)


def kinds(judged: Judged) -> str:
    """The share judged right, by kind of ad."""
    ads, says = judged.ads, judged.ads.title_labels
    misled = np.isin(says.astype(str), ("product", "project")) & (says != ads.roles)
    sure = ads.sure.astype(bool)
    rows = {
        "all": np.ones(len(ads), bool),
        "title says product": says == "product",
        "title says project": says == "project",
        "title leaves it open": says == "ambiguous",
        "title says neither": says == "other",
        "title says a role that the duties are not": misled,
        "annotators sure": sure,
        "annotators not sure": ~sure,
        **{f"from `{source}`": ads.sources == source for source in sorted(set(ads.sources))},
    }
    ok = {view: right(ads, every) for view, every in judged.probabilities.items()}
    lines = [
        [name, int(chosen.sum()), *(cell(share(each[chosen])) for each in ok.values())]
        for name, chosen in rows.items()
    ]
    return table(["share judged right", "ads", *ok], lines)


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
