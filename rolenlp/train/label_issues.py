"""Labels of the training set that are in doubt: judged otherwise by fits that had not seen the ad.

Confident learning (Northcutt, Jiang and Chuang, 2021, "Confident learning: estimating uncertainty
in dataset labels", JAIR 70): a role is confidently another's where its probability reaches the mean
that ads with that label get. Doubts are ranked by the normalised margin of the paper: probability
of the label given less that of the role judged, the lowest first.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rolenlp.files.atomic import write_whole
from rolenlp.model.fitted import HeldOut
from rolenlp.schema import ROLES
from rolenlp.train.labelled import Labelled

_COLUMNS = ("id", "source", "title", "description", "role", "model_role", "p_role", "p_model_role")


@dataclass(frozen=True)
class LabelIssue:
    """A label in doubt: `row` numbers the labelled ads from 0."""

    row: int
    role: str
    model_role: str
    p_role: float
    p_model_role: float


def find_label_issues(
    held_out: HeldOut, roles: Sequence[str], classes: Sequence[str] = ROLES
) -> list[LabelIssue]:
    """Labels that a fit without the ad confidently contradicts, the surest contradiction first.

    `classes` are those of the columns of `held_out`.
    """
    if not len(held_out.rows):
        return []
    shares = held_out.both
    given = np.array([classes.index(roles[row]) for row in held_out.rows])
    judged = shares.argmax(axis=1)
    usual = np.array(
        [
            shares[given == number, number].mean() if np.any(given == number) else np.inf
            for number in range(len(classes))
        ]
    )
    every = np.arange(len(given))
    p_given, p_judged = shares[every, given], shares[every, judged]
    doubted = np.flatnonzero((judged != given) & (p_judged >= usual[judged]))
    order = doubted[np.lexsort((held_out.rows[doubted], (p_given - p_judged)[doubted]))]
    names = np.array(classes)
    columns = (held_out.rows, names[given], names[judged], p_given, p_judged)
    return list(map(LabelIssue, *(column[order].tolist() for column in columns)))


def write_label_issues(doubts: Sequence[LabelIssue], labelled: Labelled, path: str | Path) -> None:
    """Write them as CSV, a table that ``rolenlp review`` and, once mended, ``train`` can read."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(_COLUMNS)
    for doubt in doubts:
        ad = labelled.postings[doubt.row]
        shares = (f"{share:.6f}" for share in (doubt.p_role, doubt.p_model_role))
        place = (labelled.ids[doubt.row], labelled.sources[doubt.row], ad.title, ad.text)
        writer.writerow([*place, doubt.role, doubt.model_role, *shares])
    write_whole(path, stream.getvalue().encode("utf-8", "replace"))
