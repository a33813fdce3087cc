"""Several inputs, folders and formats from the command line."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from tests.helpers_cli import ADDED, ADS, ads_table, lines, phrases_model, read, run

NAMES = ["id", "title", "salary", "description"]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def base_of(path: Path, *tables: str) -> Path:
    with closing(sqlite3.connect(path)) as base:
        for name in tables:
            base.execute(f"CREATE TABLE {name} (title TEXT, description TEXT)")
            base.executemany(f"INSERT INTO {name} VALUES (?, ?)", [ad[1:] for ad in ADS])
        base.commit()
    return path


def test_several_inputs_are_one_table(tmp_path: Path, model: Path) -> None:
    one = ads_table(tmp_path / "a.csv")
    (tmp_path / "more").mkdir()
    two = ads_table(tmp_path / "more" / "b.parquet")
    out = tmp_path / "all.jsonl"
    done = run("label", one, tmp_path / "more" / "*.parquet", "-o", out, "--model", model)
    assert done.returncode == 0, done.stderr
    rows = read(out)
    assert list(rows[0]) == [*NAMES, "file", *ADDED]
    assert [row["file"] for row in rows] == [str(one)] * 5 + [str(two)] * 5
    assert [row["role"] for row in rows[:5]] == [row["role"] for row in rows[5:]]
    assert "read: 10, of them judged 6, rejected 0, not judged 4" in lines(done.stderr)


def test_each_input_has_its_file_in_a_folder(tmp_path: Path, model: Path) -> None:
    inputs = [ads_table(tmp_path / name) for name in ("a.csv", "b.jsonl", "c.parquet")]
    out, stats = tmp_path / "out", tmp_path / "stats.json"
    done = run("label", *inputs, "-o", f"{out}/", "--model", model, "--stats", stats)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in out.iterdir()) == ["a.csv", "b.jsonl", "c.parquet"]
    roles = [[row["role"] or None for row in read(out / path.name)] for path in inputs]
    assert roles == [["project", "product", "other", None, None]] * 3
    figures = json.loads(stats.read_text())
    assert [each["rows"] for each in figures.values()] == [5, 5, 5]
    assert list(figures) == [str(out / path.name) for path in inputs]


def test_a_table_of_a_database_becomes_a_workbook(tmp_path: Path, model: Path) -> None:
    source = base_of(tmp_path / "a.db", "ads", "old")
    out = tmp_path / "out.xlsx"
    done = run("label", source, "--table", "ads", "-o", out, "--model", model)
    assert done.returncode == 0, done.stderr
    header, *rows = openpyxl.load_workbook(out).worksheets[0].iter_rows(values_only=True)
    assert list(header) == ["title", "description", *ADDED]
    assert [row[2] for row in rows] == ["project", "product", "other", None, None]
    assert [type(row[3]) for row in rows[:3]] == [float] * 3
    assert {type(row[4]) for row in rows[:3]} == {bool}


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["a.csv", "b.csv", "-o", "full/"], "full/: is a folder that is not empty"),
        (["a.csv", "b.csv", "-o", "a.csv"], "--output: is INPUT; name another file"),
        (["*.csv", "-o", "b.csv"], "--output: is INPUT; name another file"),
        (["a.csv", "x*.csv", "-o", "out.csv"], "x*.csv: fits no file"),
        (["a.csv", "-", "-o", "out.csv"], "stdin cannot be one of several inputs"),
        (["a.csv", "-", "-o", "out/"], "stdin has no name"),
        (["a.csv", "sub/a.csv", "-o", "out/"], "would be one file there, a.csv"),
        (["a.csv", "none.csv", "-o", "out/"], "no column of text found"),
        (["a.csv", "twice.csv", "-o", "out.csv"], 'twice.csv: has the column "a" twice'),
        (["twice.csv", "-o", "out.json"], "cannot hold columns of one name"),
        (["parts", "-o", "parts/all.parquet"], "--output: lies in the folder INPUT"),
        (["two.zip", "-o", "out.csv"], "holds 2 tables (a.csv, b.csv)"),
        (["three.db", "-o", "out.csv"], 'has 3 tables; give --table one of "a", "b", "c"'),
        (["long.csv", "-o", "out.xlsx"], 'row 1, column "description": a cell of .xlsx holds'),
        (["a.csv", "--sheet", "x", "-o", "out.csv"], "--sheet is for"),
        (["a.csv", "--query", "x", "-o", "out.csv"], "--query is for"),
        (["a.csv", "--table", "x", "-o", "out.csv"], "--table is for"),
        (["a.csv", "--resume", "-o", "out/"], "--resume goes on with one OUTPUT file"),
    ],
)
def test_what_is_wrong_is_said_in_a_line_before_the_model_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("full", "sub", "parts"):
        Path(name).mkdir()
    for name in ("a.csv", "b.csv", "full/a.csv", "sub/a.csv", "parts/a.parquet"):
        ads_table(Path(name))
    Path("none.csv").write_text("x,y\n1,2\n")
    Path("twice.csv").write_text("text,a,a\n1,2,3\n")
    Path("long.csv").write_text(f"description\n{'x' * 40_000}\n")
    with zipfile.ZipFile("two.zip", "w") as made:
        made.write("a.csv")
        made.write("b.csv")
    base_of(Path("three.db"), "a", "b", "c")
    before = sorted(Path().rglob("*"))
    # A model that is none: to load it would be another error.
    Path("model.json").write_text(Path(phrases_model(Path("sub"))).with_suffix(".json").read_text())
    Path("model.joblib").write_bytes(b"")
    for path in (Path("sub/phrases.joblib"), Path("sub/phrases.json")):
        path.unlink()
    done = run("label", *words, "--quiet", "--model", "model.joblib")
    assert done.returncode in (1, 2)
    assert says in lines(done.stderr)[-1]
    for path in (Path("model.joblib"), Path("model.json")):
        path.unlink()
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize("names", [("a.xlsx",), ("a.json",), ("a.db",), ("a.csv", "b.parquet")])
def test_a_run_that_was_cut_off_goes_on(
    tmp_path: Path, model: Path, names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rolenlp.label import journal

    inputs = [tmp_path / name for name in names]
    for path in inputs:
        if path.suffix in (".csv", ".parquet"):
            ads_table(path)
        else:
            made = run("label", ads_table(tmp_path / "first.csv"), "-o", path, "--model", model)
            assert made.returncode == 0, made.stderr
    out = tmp_path / "out.csv"
    words = ["label", *inputs, "-o", out, "--model", model, "--prefix", "again_"]
    whole = run(*words)
    assert whole.returncode == 0, whole.stderr
    expected = out.read_bytes()
    out.unlink()
    # What ends the run is a disk that is full when the rejected rows are looked for at its end.
    monkeypatch.setattr("rolenlp.tables.rejects.RejectsFile.finish", _full)
    cut = run(*words)
    assert cut.returncode == 1
    monkeypatch.undo()
    assert journal.journal_path(out).exists()
    done = run(*words, "--resume")
    assert done.returncode == 0, done.stderr
    assert any("had been judged before" in line for line in lines(done.stderr))
    assert out.read_bytes() == expected


def _full(*given: object) -> None:
    raise OSError(28, "No space left on device")
