"""A judged table summed up, as a whole and by group, by hand-worked tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from rolenlp.errors import InputError
from rolenlp.evaluate.judged import MOST_GROUPS, JudgedTable, sum_up
from rolenlp.evaluate.report.judged_page import as_judged_page
from rolenlp.tables import open_table
from tests.helpers_cli import ADDED, ads_table, lines, phrases_model, run, table

EMPTY = dict.fromkeys(ADDED, "")


def row(role: str = "", where: str = "Bonn", **changes: Any) -> dict[str, Any]:
    """A judged ad, or without a role one that was not judged."""
    verdict = {"role": role, "review": "false", "conflict": "false", "status": "ok"}
    if not role:
        verdict = {"review": "true", "status": "too_short"}
    return {"text": "x", "where": where, **EMPTY, **verdict, **changes}


ROWS = [
    row("product", orientation="0.5", evidence='vision: "own it"; customer: "ask; risk: "it"'),
    row("project", "Graz", orientation="-0.3", review="true", evidence='scope: "on time"'),
    row("project", orientation="-1", review="true", conflict="true"),
    row("", "Graz"),
    row("other", "", orientation="0"),
]


def summed(tmp_path: Path, rows: list[dict[str, Any]], by: str | None = None) -> JudgedTable:
    with open_table(table(tmp_path / "judged.csv", rows)) as reader:
        return sum_up(reader, by)


def test_as_a_whole_and_by_group(tmp_path: Path) -> None:
    found = summed(tmp_path, ROWS, "Where")
    whole = found.everything
    assert (whole.rows, whole.judged, whole.review, whole.conflicts) == (5, 4, 2, 1)
    assert whole.roles == {"product": 1, "project": 2, "other": 1}
    assert whole.orientation == pytest.approx((0.5 - 0.3 - 1 + 0) / 4)
    assert whole.orientations.sum() == 4
    assert whole.orientations[[0, 7, 10, 15]].tolist() == [1, 1, 1, 1]
    assert {"vision", "customer", "scope"} <= set(whole.themes)
    assert [(g.name, g.rows, g.judged, g.review) for g in found.groups] == [
        ("Bonn", 2, 2, 1),
        ("Graz", 2, 1, 1),
        ("(none)", 1, 1, 0),
    ]


def test_counted_themes_go_before_quoted_ones(tmp_path: Path) -> None:
    names = "risk resource scope customer vision crossfunctional".split()
    counted = dict.fromkeys((f"theme_{name}" for name in names), "0")
    rows = [each | counted | {"theme_risk": "2"} for each in ROWS[:2]]
    assert summed(tmp_path, rows).everything.themes == {"risk": 2}


def test_a_persons_roles_are_the_final_ones(tmp_path: Path) -> None:
    rows = [
        ROWS[1] | {"final_role": "hybrid", "decided_by": "person"},
        ROWS[2] | {"final_role": "project", "decided_by": "model"},
        ROWS[3] | {"final_role": "", "decided_by": ""},
    ]
    whole = summed(tmp_path, rows).everything
    assert (whole.roles, whole.person) == ({"hybrid": 1, "project": 1}, 1)
    assert whole.review == 1  # what a person decided needs none any more


def test_the_small_groups_of_many_are_one(tmp_path: Path) -> None:
    rows = [row("other", f"town {n}", orientation="0") for n in range(MOST_GROUPS + 5)]
    found = summed(tmp_path, [*rows, row("other", "jo@firm.example", orientation="0")] * 2, "where")
    assert len(found.groups) == MOST_GROUPS
    assert found.groups[0].name == "[email]"
    assert (found.groups[-1].name, found.groups[-1].rows) == ("all others (7)", 14)
    assert sum(group.rows for group in found.groups) == found.everything.rows == 52


@pytest.mark.parametrize(
    ("rows", "by", "says"),
    [
        ([{"text": "x"}], None, "has no verdicts to sum up; judge it first: rolenlp label"),
        (ROWS, "town", 'no column is named "town"; give --by one of'),
        ([row("boss")], None, "row 1: its role is none"),
        ([row("other"), row("other", orientation="9")], None, "row 2: its orientation is not as"),
    ],
)
def test_what_cannot_be_summed_up(
    rows: list[dict[str, Any]], by: str | None, says: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=says):
        summed(tmp_path, rows, by)


def test_a_page_shows_names_as_text(tmp_path: Path) -> None:
    rows = [row("product", "<script>$x_1$", orientation="0.5"), row("", "nowhere")]
    page = as_judged_page(summed(tmp_path, rows, "where"))
    assert "<script" not in page
    assert "&lt;script&gt;$x_1$" in page
    assert page.count("<svg") == 4
    assert not re.search(r"#0[1-7]0[1-7]0[1-7]\b", page)  # colours are the page's own
    assert not re.search(r"https?://(?!www\.w3\.org)", page)


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_the_command(kind: str, tmp_path: Path) -> None:
    judged, page = tmp_path / f"judged.{kind}", tmp_path / "page.html"
    model = phrases_model(tmp_path)
    source = ads_table(tmp_path / f"ads.{kind}")
    assert run("label", source, "-o", judged, "--model", model).returncode == 0
    done = run("summary", judged, "--by", "salary", "--html", page)
    assert done.returncode == 0, done.stderr
    assert lines(done.stdout)[0] == f"{judged}: 5 rows, 3 judged"
    assert lines(done.stdout)[2] == "for review: 3 of 3 judged; title and duties disagree: 0"
    assert lines(done.stdout)[-1].split()[:7] == ["1e3", "5", "3", "1", "1", "0", "1"]
    assert "3 ads judged" in page.read_text("utf-8")
    done = run("summary", judged, "--html", judged)
    assert lines(done.stderr)[-1] == "rolenlp: --html: is JUDGED; name another file"
    done = run("summary", source)
    assert done.returncode == 1
    assert "has no verdicts to sum up" in lines(done.stderr)[-1]
