"""Tasks for Label Studio and Argilla, and the way of the answers back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from rolenlp.schema import POLES, ROLE_ORDER
from rolenlp.tables import open_table
from rolenlp.train.exports import unwrapped
from rolenlp.train.labelled import TableOptions, merged, read_tables
from tests.helpers_cli import ROOT, lines, phrases_model, read, run, table

PLAIN = (
    "🙂 Keep the risk register.\r\nDeliver the works on time and budget, with all that is needed."
)
MARKED = (
    "<p>Own the <b>product roadmap</b> &amp; set the vision.</p><p>Write to a@b.example, interview "
    "customers and learn what they want.</p>"
)
WARD = "Care for patients on a busy ward; keep their records up to date, day and night."
ADS = [
    {"id": "007", "title": "Project Manager", "board": "x.example", "description": PLAIN},
    {"id": "NA", "title": "Product Manager", "board": "y.example", "description": MARKED},
    {"id": "é", "title": "", "board": "", "description": WARD},
]
SAID = {"Project Manager": "hybrid", "Product Manager": "product", "": None}  # None: skipped


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def judged_table(folder: Path, model: Path, ads: list[dict[str, str]]) -> Path:
    out = folder / "judged.jsonl"
    done = run("label", table(folder / "ads.jsonl", ads), "-o", out, "--model", model)
    assert done.returncode == 0, done.stderr
    return out


def tasks_of(tool: str, judged: Path, model: Path) -> list[dict[str, Any]]:
    out = judged.with_name("tasks.json")
    done = run("review", judged, "-o", out, "--for", tool, "--model", model)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))
    return found


def label_studio(tasks: list[dict[str, Any]], out: Path) -> None:
    """As its export to JSON is, once a person has answered."""
    exported = []
    for number, task in enumerate(tasks, 41):
        said = SAID[task["data"]["title"]]
        spans = [r for r in task["predictions"][0]["result"] if r["from_name"] == "evidence"]
        role = {
            "value": {"choices": [said]},
            "id": "Dx_aB91ISN",
            "from_name": "role",
            "to_name": "text",
            "type": "choices",
            "origin": "manual",
        }
        annotation = {
            "id": number,
            "completed_by": 1,
            "result": [*([role] if said else []), *spans],
            "was_cancelled": said is None,
            "ground_truth": False,
            "created_at": "2026-11-27T21:52:49.513742Z",
            "updated_at": "2026-11-27T22:16:08.746926Z",
            "draft_created_at": None,
            "lead_time": 4.288,
            "prediction": {},
            "result_count": 0,
            "task": number,
            "parent_prediction": None,
        }
        exported.append(
            {
                "id": number,
                "annotations": [annotation],
                "file_upload": "1a2b-tasks.json",
                "drafts": [],
                "predictions": [7],
                "data": task["data"],
                "meta": {},
                "created_at": "2026-11-27T21:50:00.000000Z",
                "updated_at": "2026-11-27T22:16:08.746926Z",
                "inner_id": number - 40,
                "total_annotations": 1,
                "cancelled_annotations": 0,
                "project": 3,
                "comment_authors": [],
            }
        )
    out.write_text(json.dumps(exported), "utf-8")


def argilla(tasks: list[dict[str, Any]], out: Path) -> None:
    """As Argilla itself writes the records, once a person has answered."""
    rg = pytest.importorskip("argilla", reason="Argilla is not installed: pip install '.[test]'")
    from argilla.records._io import JsonIO

    records = [rg.Record.from_dict(task) for task in tasks]
    for record in records:
        said = SAID[record.fields["title"]]
        if said:
            record.responses.add(rg.Response("role", said, user_id=uuid4(), status="submitted"))
            record.responses.add(
                rg.Response("evidence", [{"start": 0, "end": 2, "label": "risk"}], user_id=uuid4())
            )
            record._model.status = "completed"  # as the server says it
        else:
            record.responses.add(rg.Response("role", "other", user_id=uuid4(), status="draft"))
    JsonIO.to_json(records, out)


EXPORTS = pytest.mark.parametrize(
    ("tool", "export"), [("label-studio", label_studio), ("argilla", argilla)]
)


@EXPORTS
@pytest.mark.parametrize("with_ids", [True, False])
def test_answers_go_back_into_the_table(
    tool: str, export: Callable[..., None], with_ids: bool, model: Path, tmp_path: Path
) -> None:
    ads = [{k: v for k, v in ad.items() if with_ids or k != "id"} for ad in ADS]
    judged = judged_table(tmp_path, model, ads)
    said, final = tmp_path / "export.json", tmp_path / "final.jsonl"
    export(tasks_of(tool, judged, model), said)
    done = run("apply", said, judged, "-o", final)
    assert done.returncode == 0, done.stderr
    assert [(row["final_role"], row["decided_by"]) for row in read(final)] == [
        ("hybrid", "person"),
        ("product", "person"),
        ("other", "model"),
    ]
    assert f"{said}: 1 row without a role left out" in lines(done.stderr)
    assert b"warning" not in done.stderr


@EXPORTS
def test_answers_are_labels_of_the_same_ads(
    tool: str, export: Callable[..., None], model: Path, tmp_path: Path
) -> None:
    judged = judged_table(tmp_path, model, ADS)
    said = tmp_path / "export.json"
    export(tasks_of(tool, judged, model), said)
    base = table(tmp_path / "base.csv", [{**ad, "role": "other"} for ad in ADS])
    options = TableOptions(source="board")
    before, after = read_tables([base], options)[0], read_tables([said], TableOptions())[0]
    assert dict(zip(after.ids, after.roles, strict=True)) == {"007": "hybrid", "NA": "product"}
    assert dict(zip(after.ids, after.sources, strict=True)) == {
        "007": "x.example",
        "NA": "y.example",
    }
    assert after.reviewed == [True, True]  # not the mix that probabilities are calibrated for
    both = merged([before, after])
    assert both.ids == ["007", "NA", "é"]
    assert both.roles == ["hybrid", "product", "other"]


def test_label_studio_begins_with_the_verdict(model: Path, tmp_path: Path) -> None:
    tasks = tasks_of("label-studio", judged_table(tmp_path, model, ADS), model)
    by_id = {task["data"]["ad_id"]: task for task in tasks}
    text = by_id["007"]["data"]["text"]
    assert text == PLAIN.replace("\r\n", "\n")
    assert "<" not in by_id["NA"]["data"]["text"]
    assert by_id["007"]["data"]["model_role"] == "project"
    assert "source" not in by_id["é"]["data"]
    (prediction,) = by_id["007"]["predictions"]
    role, *evidence = prediction["result"]
    assert role["value"] == {"choices": ["project"]}
    assert 0 <= prediction["score"] <= 1
    assert {"risk register", "on time and budget"} & {each["value"]["text"] for each in evidence}
    for task in tasks:
        for each in task["predictions"][0]["result"][1:]:
            value = each["value"]
            assert task["data"]["text"][value["start"] : value["end"]] == value["text"] != ""


def test_the_configuration_names_what_the_tasks_name(model: Path, tmp_path: Path) -> None:
    tasks = tasks_of("label-studio", judged_table(tmp_path, model, ADS), model)
    config = ElementTree.parse(tmp_path / "tasks.xml")
    controls = {each.get("name"): each for each in config.iter() if each.get("toName")}
    results = [each for task in tasks for each in task["predictions"][0]["result"]]
    assert {each["from_name"] for each in results} == set(controls) == {"role", "evidence"}
    assert {each["to_name"] for each in results} == {"text"}
    assert config.find("Text").get("name") == "text"
    shown = [each.get("value") for tag in ("Header", "Text") for each in config.iter(tag)]
    assert all(value[1:] in task["data"] for value in shown for task in tasks)
    assert [each.get("value") for each in config.iter("Choice")] == list(ROLE_ORDER)
    assert [each.get("value") for each in config.iter("Label")] == list(POLES)


def test_argilla_takes_the_records(
    model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All that it checks without a server: the records, and the settings of the page."""
    rg = pytest.importorskip("argilla", reason="Argilla is not installed: pip install '.[test]'")
    page = (ROOT / "docs" / "label-tools.md").read_text("utf-8")
    code = re.search(r"```python\n(.*?settings = .*?\n\))\n", page, re.DOTALL)[1]
    monkeypatch.setattr(rg.Argilla, "_validate_connection", lambda client: None)  # it logs in
    monkeypatch.setattr(rg.Argilla, "_default_client", None)
    rg.Argilla(api_url="http://127.0.0.1:1", api_key="none")
    known: dict[str, Any] = {}
    exec(code, known)
    settings = known["settings"]
    settings.validate()
    labels = {each.name: list(each.labels) for each in settings.questions}
    assert labels == {"role": list(ROLE_ORDER), "evidence": list(POLES)}
    for task in tasks_of("argilla", judged_table(tmp_path, model, ADS), model):
        record = rg.Record.from_dict(task)
        assert record.api_model().external_id == task["id"] == task["metadata"]["ad_id"]
        assert set(record.fields) == {each.name for each in settings.fields}
        assert {each.question_name for each in record.suggestions} <= set(labels)
        assert record.suggestions["role"].value == task["metadata"]["model_role"]
        for span in task["suggestions"].get("evidence", {"value": []})["value"]:
            assert 0 <= span["start"] < span["end"] <= len(task["fields"]["text"])
            assert span["label"] in POLES


def test_ids_that_repeat_are_none_of_argilla(model: Path, tmp_path: Path) -> None:
    ads = [{**ad, "id": "1"} for ad in ADS]
    tasks = tasks_of("argilla", judged_table(tmp_path, model, ads), model)
    assert sorted(task["id"] for task in tasks) == ["row 1", "row 2", "row 3"]
    assert {task["metadata"]["ad_id"] for task in tasks} == {"1"}


@pytest.mark.parametrize(
    ("row", "names", "cells"),
    [  # what other projects export keeps the tool's own ids
        (
            {
                "id": 5,
                "data": {"body": "a", "id": "x"},
                "annotations": [{"result": [{"value": {"choices": ["PM"]}}]}],
            },
            ["body", "id", "label"],
            ["a", 5, "PM"],
        ),
        (
            {
                "id": "r1",
                "fields": {"body": "a"},
                "metadata": {"place": "b"},
                "responses": {"kind": [{"value": "PM", "user_id": "u"}]},
                "status": "completed",
            },
            ["place", "body", "id", "label"],
            ["b", "a", "r1", "PM"],
        ),
        (
            {
                "id": "r1",
                "fields": {"body": "a"},
                "responses": {"kind": [{"value": "PM", "user_id": "u"}]},
                "status": "pending",
            },
            ["body", "id", "label"],
            ["a", "r1", ""],
        ),
    ],
)
def test_exports_of_other_projects(
    row: dict[str, Any], names: list[str], cells: list[Any], tmp_path: Path
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps([row]), "utf-8")
    with open_table(path) as reader:
        found, batches = unwrapped(reader)
        assert found == names
        assert [column[0] for column in next(batches).columns] == cells


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["-o", "tasks.json"], 2, "say which tool the tasks are for: --for label-studio, or"),
        (["-o", "ads.xml", "--for", "label-studio"], 1, "the configuration beside --output: is"),
        (["-o", "mine.json", "--for", "label-studio"], 1, "mine.xml: is in the way"),
    ],
)
def test_what_is_refused(
    words: list[str], code: int, said: str, model: Path, tmp_path: Path
) -> None:
    source = table(tmp_path / "ads.csv", ADS)
    (tmp_path / "mine.xml").write_text("<View>mine</View>")
    output = tmp_path / words[1]
    done = run("review", source, "-o", output, *words[2:], "--model", model)
    assert done.returncode == code
    assert said in done.stderr.decode()
    assert (tmp_path / "mine.xml").read_text() == "<View>mine</View>"
    assert not output.exists()
