import csv
from pathlib import Path

import numpy as np

from rolenlp.model.fitted import HeldOut
from rolenlp.schema import Posting
from rolenlp.train.label_issues import find_label_issues, write_label_issues
from rolenlp.train.labelled import Labelled

# hybrid, other, product, project
SHARES = np.array(
    [
        [0.0, 0.9, 0.0, 0.1],  # row 3, other: right
        [0.0, 0.1, 0.0, 0.9],  # row 0, other: in doubt, margin -0.8
        [0.0, 0.3, 0.0, 0.7],  # row 1, other: 0.7 is as sure as projects are: margin -0.4
        [0.0, 0.3, 0.0, 0.7],  # row 4, project
        [0.0, 0.3, 0.0, 0.7],  # row 5, project
        [0.0, 0.35, 0.0, 0.65],  # row 2, other: project, but less sure than projects are
        [0.0, 0.2, 0.8, 0.0],  # row 6, other: no ad is labelled product, so none is the measure
    ]
)
ROWS = np.array([3, 0, 1, 4, 5, 2, 6])
ROLES = ["other", "other", "other", "other", "project", "project", "other"]


def test_find_doubts() -> None:
    doubts = find_label_issues(HeldOut(ROWS, SHARES, SHARES), ROLES)
    assert [(d.row, d.role, d.model_role) for d in doubts] == [
        (0, "other", "project"),
        (1, "other", "project"),
    ]
    assert (doubts[0].p_role, doubts[0].p_model_role) == (0.1, 0.9)


def test_no_ad_was_held_out() -> None:
    nothing = HeldOut(np.zeros(0, int), np.zeros((0, 4)), np.zeros((0, 4)))
    assert find_label_issues(nothing, ["other"]) == []


def test_write_doubts(tmp_path: Path) -> None:
    labelled = Labelled(
        [Posting(f"text\n{i}", f"title {i}") for i in range(7)],
        ROLES,
        ["board"] * 7,
        [f"id{i}" for i in range(7)],
    )
    path = tmp_path / "doubts.csv"
    write_label_issues(find_label_issues(HeldOut(ROWS, SHARES, SHARES), ROLES), labelled, path)
    with path.open(newline="") as stream:
        first, second = csv.DictReader(stream)
    assert first == {
        "id": "id0",
        "source": "board",
        "title": "title 0",
        "description": "text\n0",
        "role": "other",
        "model_role": "project",
        "p_role": "0.100000",
        "p_model_role": "0.900000",
    }
    assert second["id"] == "id1"
