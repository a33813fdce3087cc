"""metrics.json is as docs/metrics.schema.json and docs/metrics.md say."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rolenlp.evaluate.gates import FIGURES as NAMES
from rolenlp.evaluate.result import Evaluation
from rolenlp.evaluate.run import evaluate, write_report
from rolenlp.model.classifier import RoleClassifier
from tests.evaluate.helpers import made_up
from tests.evaluate.test_run import ADS, labelled
from tests.small_ads import fitted

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "metrics.schema.json").read_text("utf-8"))


def plain(evaluation: Evaluation) -> Any:
    return json.loads(json.dumps(evaluation.as_json(), allow_nan=False))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("before", [False, True])
def test_what_is_written_is_as_the_schema_says(
    phrase_model: RoleClassifier, before: bool, tmp_path: Path
) -> None:
    result = evaluate(phrase_model, labelled(ADS), before=fitted() if before else None)
    assert (result.compared is not None) == before
    write_report(result, tmp_path)
    Draft202012Validator(SCHEMA).validate(json.loads((tmp_path / "metrics.json").read_text()))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.pop("n"),
        lambda data: data.update(more=1),
        lambda data: data["mistakes"][0].update(excerpt=[]),
        lambda data: data["figures"]["duties"]["accuracy"].pop("low"),
        lambda data: data["verdicts"].append("both"),
    ],
)
def test_the_schema_refuses_other_data(spoil: Any) -> None:
    data = plain(made_up())
    assert Draft202012Validator(SCHEMA).is_valid(data)
    spoil(data)
    assert not Draft202012Validator(SCHEMA).is_valid(data)


def test_every_field_is_documented() -> None:
    text = (DOCS / "metrics.md").read_text("utf-8").split("<!-- fields -->\n", 1)[1]
    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert documented == [field.name for field in fields(Evaluation)] == list(SCHEMA["properties"])


def test_gates_are_documented() -> None:
    text = (DOCS / "how-to" / "shell.md").read_text("utf-8")
    stems = {
        name if name in ("macro_f1", "accuracy", "kappa") else name.rsplit("_", 1)[0] + "_"
        for name in NAMES
    }
    assert {f"`{stem}`" for stem in stems} <= set(re.findall(r"`[\w.]+`", text))
