"""The loop as a user goes through it: train, evaluate, correct, train again, compare."""

import csv
import json
from pathlib import Path

import pytest

from tests.helpers_cli import SAMPLE, lines, run


@pytest.fixture(scope="module")
def split(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample as a small table with wrong labels, corrections of them, and ads to judge."""
    folder = tmp_path_factory.mktemp("loop")
    with SAMPLE.open(newline="", encoding="utf-8") as stream:
        ads = list(csv.DictReader(stream))
    base, rest = ads[:110], ads[110:]
    wrong = [dict(ad) for ad in base]
    changed = []
    for ad in wrong:
        if ad["role"] in ("product", "project") and len(changed) < 30:
            right = dict(ad)
            ad["role"] = "other"
            changed.append({**right, "model_role": "other", "reviewed_at": "2026-11-25T10:00:00Z"})
    for name, rows in (("base", wrong), ("corrections", changed), ("rest", rest)):
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def test_the_loop(split: Path) -> None:
    base, corrections, rest = (split / f"{name}.csv" for name in ("base", "corrections", "rest"))
    old, new, doubts = split / "old.joblib", split / "new.joblib", split / "doubts.csv"
    assert run("train", base, "-o", old).returncode == 0
    done = run("train", base, corrections, "-o", new, "--doubts", doubts)
    assert done.returncode == 0, done.stderr
    assert "30 ads are in an earlier table too; 30 labels changed" in lines(done.stderr)
    assert "110 labelled ads" in lines(done.stderr)
    assert f"labels in doubt: {doubts}" in lines(done.stderr)
    with doubts.open(newline="", encoding="utf-8") as stream:
        listed = list(csv.DictReader(stream))
    assert json.loads(new.with_suffix(".json").read_text())["labels_in_doubt"] == len(listed)
    known = {row["id"]: row for row in csv.DictReader(base.open(newline="", encoding="utf-8"))}
    assert all(row["description"] == known[row["id"]]["description"] for row in listed)

    report = split / "report"
    done = run("evaluate", rest, "--model", new, "--compare", old, "--report", report)
    assert done.returncode == 0, done.stderr
    assert any(
        line.startswith("compared with the model before, on the same 58")
        for line in lines(done.stdout)
    )
    change = json.loads((report / "metrics.json").read_text())["compared"]["changes"]
    assert change["title and duties"]["difference"]["value"] > 0
    assert "What changed" in (report / "report.html").read_text("utf-8")

    going_on = split / "going-on.joblib"
    done = run("train", corrections, "--base", old, "-o", going_on)
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("goes on from a model of 110 ads") for line in lines(done.stderr))
    assert run("evaluate", rest, "--model", going_on, "-q").returncode == 0
    done = run("train", corrections, "--base", "default", "-o", going_on)
    assert any("goes on from a model of 7,181 ads" in line for line in lines(done.stderr))


@pytest.mark.parametrize(
    ("gate", "status", "says"),
    [
        ("macro_f1=0.1", 0, ""),
        ("duties.macro_f1=0.999", 1, "rolenlp: not good enough: duties.macro_f1 is 0."),
        ("f1=0.8", 2, "is not NAME=VALUE with one of"),
    ],
)
def test_fail_under(gate: str, status: int, says: str) -> None:
    done = run("evaluate", SAMPLE, "-q", "--fail-under", "accuracy=0.1", "--fail-under", gate)
    assert done.returncode == status
    assert says in " ".join(lines(done.stderr))
    if status == 1:
        assert len(lines(done.stderr)) == 1
        assert lines(done.stdout)[0].startswith("168 ads")


@pytest.mark.parametrize("option", ["--base", "--compare"])
def test_a_model_that_is_not_there(option: str, tmp_path: Path) -> None:
    missing = tmp_path / "missing.joblib"
    command = (
        ["train", SAMPLE, "-o", tmp_path / "new.joblib"]
        if option == "--base"
        else ["evaluate", SAMPLE]
    )
    done = run(*command, option, missing, "-q")
    assert done.returncode == 1
    assert lines(done.stderr) == [
        f"rolenlp: {missing}: no such model; train one with `rolenlp train`"
    ]


def test_doubts_must_have_a_place(tmp_path: Path) -> None:
    done = run(
        "train", SAMPLE, "-o", tmp_path / "a.joblib", "--doubts", tmp_path / "no" / "d.csv", "-q"
    )
    assert done.returncode == 1
    assert "there is no directory" in lines(done.stderr)[0]
    assert not (tmp_path / "a.joblib").exists()
