"""How good are the verdicts on ads of one source, one length, one kind of title?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rolenlp.evaluate.predictions import TITLES, Trial
from rolenlp.metrics import JUDGED, Figure, interval, proportion, resampled_confusion
from rolenlp.schema import ROLE_ORDER
from rolenlp.text.personal import mask_personal

_LENGTHS = (
    ("under 100 words", 100),
    ("100 to 299 words", 300),
    ("300 to 599 words", 600),
    ("600 words or more", 0),
)
_MOST_SOURCES = 12
_REST = "all others"
_FEWEST = 5  # ads of a role in a group, for the role to count in the group's macro-F1


@dataclass(frozen=True)
class Group:
    """Ads that are alike: the shares right with title and by duties, and what is for review.

    `macro_f1` is over `roles`, those of product, project and other with five ads or more here;
    None where they are fewer than two.
    """

    name: str
    n: int
    right: Figure
    right_by_duties: Figure
    review: Figure
    roles: tuple[str, ...]
    macro_f1: Figure | None


@dataclass(frozen=True)
class TitleRow:
    """Ads with one kind of title and one true role: verdict by duties -> how many there are."""

    title: str
    true_role: str
    counts: Mapping[str, int]


def groups(trial: Trial) -> dict[str, tuple[Group, ...]]:
    """Groups by ``source``, ``length`` and ``title``; a division that leaves one group is none."""
    divided = {
        "source": _by_source(trial.sources),
        "length": _by_length(trial.words),
        "title": _in_order(trial.titles, list(TITLES.values())),
    }
    return {
        kind: tuple(_group(trial, name, rows) for name, rows in parts.items())
        for kind, parts in divided.items()
        if len(parts) > 1
    }


def title_rows(trial: Trial, columns: Sequence[str]) -> tuple[TitleRow, ...]:
    """What the title names x true role x verdict by duties, where there are such ads."""
    titles = trial.titles
    out = []
    for title in TITLES.values():
        for role in ROLE_ORDER:
            verdicts = trial.by_duties[(titles == title) & (trial.truth == role)]
            if len(verdicts):
                counts = {column: int(np.sum(verdicts == column)) for column in columns}
                out.append(TitleRow(title, role, counts))
    return tuple(out)


def _by_source(sources: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    """The sources with the most ads first, the small ones of many together."""
    shown = {source: mask_personal(source) for source in set(sources)}
    sources = [shown[source] for source in sources]
    names, counts = np.unique(np.array(sources), return_counts=True)
    order = names[np.lexsort((names, -counts))].tolist()
    if len(order) > _MOST_SOURCES:
        kept = set(order[: _MOST_SOURCES - 1])
        sources = [source if source in kept else _REST for source in sources]
        order = [*order[: _MOST_SOURCES - 1], _REST]
    return _in_order(np.array(sources), order)


def _by_length(words: NDArray[np.int64]) -> dict[str, NDArray[np.int64]]:
    names = [name for name, _ in _LENGTHS]
    place = np.searchsorted([below for _, below in _LENGTHS[:-1]], words, side="right")
    return _in_order(np.array(names)[place], names)


def _in_order(kinds: NDArray[np.str_], order: Sequence[str]) -> dict[str, NDArray[np.int64]]:
    rows = {kind: np.flatnonzero(kinds == kind) for kind in order}
    return {kind: found for kind, found in rows.items() if len(found)}


def _group(trial: Trial, name: str, rows: NDArray[np.int64]) -> Group:
    truth, role = trial.truth[rows], trial.role[rows]
    roles = tuple(r for r in JUDGED if np.sum(truth == r) >= _FEWEST)
    macro_f1 = None
    if len(roles) > 1:
        macro_f1 = interval(resampled_confusion(truth, role).macro_f1(roles), len(rows))
    return Group(
        name,
        len(rows),
        proportion(int(np.sum(truth == role)), len(rows)),
        proportion(int(np.sum(truth == trial.by_duties[rows])), len(rows)),
        proportion(int(trial.review[rows].sum()), len(rows)),
        roles,
        macro_f1,
    )
