"""Options that several commands share: a sheet, a table, a query, wherever a table is read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pandas as pd
import pytest

from tests.helpers_cli import SAMPLE, lines, phrases_model, run


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labelled ads as the second sheet, and the second of three tables; so also judged ones."""
    folder = tmp_path_factory.mktemp("shared")
    phrases_model(folder)
    ads = pd.read_csv(SAMPLE, dtype=str).head(40)
    ads.to_csv(folder / "ads.csv", index=False)
    source, judged = folder / "ads.csv", folder / "judged.csv"
    done = run("label", source, "-o", judged, "--model", folder / "phrases.joblib", "--prefix", "x")
    assert done.returncode == 0, done.stderr
    own = pd.read_csv(judged, dtype=str).drop(columns=["role"])
    own.columns = [name.removeprefix("x") for name in own.columns]
    corrections = own[["id", "title", "description"]].head(2)
    corrections = corrections.assign(role="hybrid", model_role="other", reviewed_at="2026")
    corrections.to_csv(folder / "corrections.csv", index=False)
    for name, rows in (("labelled", ads), ("judged", own)):
        with pd.ExcelWriter(folder / f"{name}.xlsx") as book:
            pd.DataFrame({"remark": [1]}).to_excel(book, sheet_name="Notes", index=False)
            rows.to_excel(book, sheet_name="Ads", index=False)
        with closing(sqlite3.connect(folder / f"{name}.db")) as base:
            for table in ("notes", "other"):
                base.execute(f"CREATE TABLE {table} (remark TEXT)")
            rows.to_sql("ads", base, index=False)
    return folder


COMMANDS = {
    "train": ["train", "labelled.{}", "-o", "new.joblib"],
    "evaluate": ["evaluate", "labelled.{}", "--model", "phrases.joblib"],
    "review": ["review", "judged.{}", "-o", "new.html", "--model", "phrases.joblib"],
    "apply": ["apply", "corrections.csv", "judged.{}", "-o", "new.csv"],
    "summary": ["summary", "judged.{}"],
}


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("train", "40 labelled ads"),
        ("evaluate", "40 ads"),
        ("review", "40 ads to settle, of 40"),
        ("apply", "40 rows: 2 decided by a person"),
        ("summary", "40 rows"),
    ],
)
@pytest.mark.parametrize(
    ("ending", "words"),
    [
        ("xlsx", ["--sheet", "Ads"]),
        ("db", ["--table", "ads"]),
        ("db", ["--query", "SELECT * FROM ads"]),
    ],
)
def test_every_command_reads_a_sheet_and_a_table(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    says: str,
    ending: str,
    words: list[str],
) -> None:
    monkeypatch.chdir(files)
    done = run(*(word.format(ending) for word in COMMANDS[command]), *words)
    assert done.returncode == 0, done.stderr
    assert says in (done.stdout + done.stderr).decode()


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("ending", "words", "status", "says"),
    [
        ("xlsx", ["--sheet", "Old"], 1, 'has no sheet "Old"; give --sheet one of "Notes", "Ads"'),
        ("db", [], 1, 'has 3 tables; give --table one of "ads", "notes", "other"'),
        ("db", ["--table", "old"], 1, 'has no table "old"'),
        ("db", ["--query", "SELECT old FROM ads"], 1, "--query cannot be run"),
        ("db", ["--query", "SELECT 1", "--table", "ads"], 2, "--query says what to read"),
        ("db", ["--sheet", "Ads"], 2, "--sheet is for an INPUT that is .xlsx"),
        ("xlsx", ["--table", "ads"], 2, "--table is for a database"),
        ("xlsx", ["--query", "SELECT 1"], 2, "--query is for an INPUT that is a database"),
    ],
)
def test_what_is_not_there_is_said_in_a_line(
    files: Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    ending: str,
    words: list[str],
    status: int,
    says: str,
) -> None:
    monkeypatch.chdir(files)
    before = sorted(files.iterdir())
    done = run(*(word.format(ending) for word in COMMANDS[command]), *words)
    assert says in lines(done.stderr)[-1]
    assert done.returncode == status
    assert not done.stdout
    assert sorted(files.iterdir()) == before


def test_applied_corrections_go_to_the_table_that_is_named(
    files: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(files)
    out = tmp_path / "out.db"
    done = run("apply", "corrections.csv", "judged.db", "--table", "ads", "-o", out)
    assert done.returncode == 0, done.stderr
    with closing(sqlite3.connect(out)) as base:
        decided = base.execute("SELECT decided_by, count(*) FROM ads GROUP BY 1").fetchall()
    assert dict(decided)["person"] == 2
