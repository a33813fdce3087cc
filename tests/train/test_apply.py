"""A person's verdicts go back into the judged table; all else stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.helpers_cli import ADDED, ADS, ads_table, lines, phrases_model, read, run, table

OTHERWISE = "otherwise than the model"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def judged_table(folder: Path, model: Path, kind: str = "csv", *options: object) -> Path:
    judged = folder / f"judged.{kind}"
    done = run("label", ads_table(folder / f"ads.{kind}"), "-o", judged, "--model", model, *options)
    assert done.returncode == 0, done.stderr
    return judged


def corrections(path: Path, *rows: tuple[int, str], **changes: str) -> Path:
    """What the page gives for some of `ADS`, each with the role that a person chose."""
    return table(
        path,
        [
            {
                "id": ADS[at][0],
                "title": ADS[at][1],
                "salary": "1e3",
                "description": ADS[at][2],
                **changes,
                "role": role,
                "model_role": "other",
                "reviewed_at": "2026-11-25T10:00:00Z",
            }
            for at, role in rows
        ],
    )


@pytest.mark.parametrize("kind", ["csv", "tsv.gz", "jsonl", "parquet"])
@pytest.mark.parametrize("prefix", ["", "m_"])
def test_verdicts_go_back(kind: str, prefix: str, model: Path, tmp_path: Path) -> None:
    judged = judged_table(tmp_path, model, kind, "--prefix", prefix)
    said = corrections(tmp_path / "corrections.csv", (0, "hybrid"), (2, "other"), (1, ""))
    final = tmp_path / f"final.{kind}"
    done = run("apply", said, judged, "-o", final)
    assert done.returncode == 0, done.stderr
    rows = read(final)
    # The first by its id, the third, which has none, by title and text; the second was skipped.
    assert [(row.pop("final_role") or "", row.pop("decided_by") or "") for row in rows] == [
        ("hybrid", "person"),
        ("product", "model"),
        ("other", "person"),
        ("", ""),
        ("", ""),
    ]
    assert rows == read(judged)
    assert lines(done.stderr)[-2:] == [
        f"5 rows: 2 decided by a person ({OTHERWISE}: 1), 1 by the model, 2 by nobody",
        f"{said}: 1 row without a role left out",
    ]


def test_the_table_comes_on_stdout_too(model: Path, tmp_path: Path) -> None:
    judged = judged_table(tmp_path, model)
    done = run("apply", "-q", corrections(tmp_path / "c.csv", (0, "other")), judged)
    assert (done.returncode, done.stderr) == (0, b"")
    assert lines(done.stdout)[0].endswith(",status,final_role,decided_by")


def final_roles(folder: Path, judged: list[dict[str, Any]], said: Path) -> tuple[list[str], str]:
    rows = [dict.fromkeys(ADDED, "") | {"role": "other", "status": "ok"} | row for row in judged]
    done = run("apply", said, table(folder / "j.csv", rows), "-o", folder / "f.csv")
    assert done.returncode == 0, done.stderr
    return [row["final_role"] for row in read(folder / "f.csv")], done.stderr.decode()


AD = {"id": "1", "title": "PM", "text": "Keep the plan."}
SAID = {"model_role": "other", "reviewed_at": "2026"}


@pytest.mark.parametrize(
    ("judged", "said", "roles", "words"),
    [
        pytest.param([AD], [AD | {"role": "project"}], ["project"], "", id="by id"),
        pytest.param(
            [AD], [{"id": "1", "role": "project"}], ["project"], "", id="corrections of ids alone"
        ),
        pytest.param(
            [AD, AD | {"text": "Nurse the sick."}],
            [AD | {"role": "project"}],
            ["project", "other"],
            "1 row has the id of a correction but another text",
            id="one number, two boards' ads",
        ),
        pytest.param(
            [AD, AD | {"id": "2"}],
            [AD | {"role": "project"}],
            ["project", "other"],
            "",
            id="posted again under another id",
        ),
        pytest.param(
            [AD | {"id": ""}, AD | {"id": "", "title": "Nurse"}],
            [AD | {"id": "", "text": "keep THE\nplan", "role": "project"}],
            ["project", "other"],
            "",
            id="by title and text",
        ),
        pytest.param(
            [AD],
            [AD | {"role": "project"}, AD | {"role": "hybrid"}],
            ["hybrid"],
            "1 ad has another role further down: the last counts",
            id="decided twice",
        ),
        pytest.param(
            [AD],
            [AD | {"id": "7", "role": "project"}],
            ["other"],
            "warning: 1 correction is of no ad in the table, the first in row 1",
            id="of no ad",
        ),
        pytest.param(
            [AD | {"id": "007"}, AD | {"id": "1234567890123456789"}, AD | {"id": "x7"}],
            [
                AD | {"id": "7.0", "role": "project"},
                AD | {"id": "1.23457E+18", "role": "hybrid"},
                AD | {"id": "7,000", "role": "product"},
            ],
            ["project", "hybrid", "other"],
            "warning: 1 correction is of no ad in the table, the first in row 3",
            id="ids that a spreadsheet took for numbers",
        ),
        pytest.param(
            [AD | {"id": each} for each in ("3-4", "2024-11", "5/6", "MAR12", "8.9", "1-2")],
            [
                AD | {"id": "2026-04-03", "role": "project"},
                AD | {"id": "Nov-24", "role": "hybrid"},
                AD | {"id": "05.06.2026", "role": "product"},
                AD | {"id": "12-Mar", "role": "project"},
                AD | {"id": "2026-09-08T00:00:00", "role": "hybrid"},
                AD | {"id": "7-Feb", "role": "product"},
            ],
            ["project", "hybrid", "product", "project", "hybrid", "other"],
            "warning: 1 correction is of no ad in the table, the first in row 6",
            id="ids that a spreadsheet took for dates",
        ),
        pytest.param(
            [AD | {"id": "3-4", "text": "Nurse the sick."}, AD | {"id": "ab-3-4"}],
            [AD | {"id": "2026-04-03", "role": "project"}],
            ["other", "other"],
            "warning: 1 correction is of no ad",
            id="another ad's date",
        ),
        pytest.param(
            [AD | {"id": "007", "text": "Nurse the sick."}],
            [AD | {"id": "7", "role": "project"}],
            ["other"],
            "warning: 1 correction is of no ad",
            id="another ad's number",
        ),
        pytest.param(
            [AD],
            [AD | {"id": "", "role": "project"}],
            ["project"],
            "",
            id="corrections without ids",
        ),
        pytest.param([AD, AD], [AD | {"role": "project"}], ["project"] * 2, "", id="twice there"),
    ],
)
def test_whose_verdict(
    judged: list[dict[str, Any]],
    said: list[dict[str, Any]],
    roles: list[str],
    words: str,
    tmp_path: Path,
) -> None:
    path = table(tmp_path / "c.csv", [row | SAID for row in said])
    found, stderr = final_roles(tmp_path, judged, path)
    assert found == roles
    assert words in stderr
    assert ("warning" in stderr) == ("warning" in words)


@pytest.mark.parametrize(
    "heads",
    [
        {"role": "Role", "model_role": "Model Role", "reviewed_at": "REVIEWED AT"},
        {"role": "Label", "model_role": None, "reviewed_at": None},
        {"role": "ROLE", "model_role": None, "reviewed_at": None, "id": "Job ID"},
        {"role": "true role", "title": " Title", "text": "Description"},
    ],
)
def test_corrections_that_are_headed_otherwise(tmp_path: Path, heads: dict[str, str]) -> None:
    rows = [AD | SAID | {"role": "project"}]
    headed = [
        {heads.get(k, k): value for k, value in row.items() if heads.get(k, k)} for row in rows
    ]
    assert final_roles(tmp_path, [AD], table(tmp_path / "c.csv", headed))[0] == ["project"]


@pytest.mark.parametrize(
    ("said", "judged", "words"),
    [
        ("judged", "corrections", 'has no column "model_role"; give corrections.csv first'),
        ("corrections", "corrections", "has no verdicts to correct"),
        ("corrections", "ads", "has no verdicts to correct; judge it first: rolenlp label"),
        ("corrections", "final", 'has a column "final_role" already'),
        ("empty", "judged", "no row has a role: nothing was decided on the page"),
        ("wrong", "judged", '"boss" 1 (first: {}: row 1); mend them'),
        ("nowhere", "judged", "there is no such file"),
    ],
)
def test_what_cannot_be_applied(
    said: str, judged: str, words: str, model: Path, tmp_path: Path
) -> None:
    files = {
        "judged": judged_table(tmp_path, model),
        "ads": tmp_path / "ads.csv",
        "corrections": corrections(tmp_path / "corrections.csv", (0, "other")),
        "empty": corrections(tmp_path / "empty.csv", (0, "")),
        "wrong": corrections(tmp_path / "wrong.csv", (0, "boss")),
        "final": tmp_path / "final.csv",
        "nowhere": tmp_path / "nowhere.csv",
    }
    assert run("apply", files["corrections"], files["judged"], "-o", files["final"]).returncode == 0
    out = tmp_path / "out.csv"
    done = run("apply", files[said], files[judged], "-o", out)
    assert done.returncode == 1
    assert words.format(files[said]) in lines(done.stderr)[-1]
    assert not out.exists()


def test_no_file_that_is_read_is_written(model: Path, tmp_path: Path) -> None:
    judged = judged_table(tmp_path, model)
    said = corrections(tmp_path / "c.csv", (0, "other"))
    for name, path in (("JUDGED", judged), ("CORRECTIONS", said)):
        before = path.read_bytes()
        done = run("apply", said, judged, "-o", path)
        assert lines(done.stderr)[-1] == f"rolenlp: --output: is {name}; name another file"
        assert path.read_bytes() == before


def test_rows_that_cannot_be_parsed_are_set_aside(model: Path, tmp_path: Path) -> None:
    judged = judged_table(tmp_path, model)
    with judged.open("a", encoding="utf-8") as stream:
        stream.write("x," * 40 + "x\n")
    final = tmp_path / "final.csv"
    done = run("apply", corrections(tmp_path / "c.csv", (0, "other")), judged, "-o", final)
    assert done.returncode == 0, done.stderr
    assert len(read(final)) == 5
    assert len(read(Path(f"{final}.rejected").rename(tmp_path / "r.csv"))) == 1
    assert "rejected 1 row that cannot be parsed" in lines(done.stderr)


def test_label_names_the_commands_that_go_on(model: Path, tmp_path: Path) -> None:
    judged = tmp_path / "my ads.csv"
    done = run("label", ads_table(tmp_path / "ads.csv"), "-o", judged, "--model", model)
    assert lines(done.stderr)[-2:] == [
        f"next: rolenlp review '{judged}' --model {model} -o review.html",
        f"next: rolenlp summary '{judged}'",
    ]
    page = tmp_path / "review.html"
    assert run("review", judged, "--model", model, "-o", page).returncode == 0
    text = page.read_text("utf-8")
    assert "rolenlp apply corrections.csv" in text
    assert "rolenlp train base.csv corrections.csv -o new.joblib" in text
