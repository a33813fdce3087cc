"""Labels of other making: mapped, listed when unknown, and read as annotation tools write them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rolenlp.errors import InputError
from rolenlp.train.labelled import TableOptions, read_labelled
from rolenlp.train.labels import label_of, limits, parse_label_map
from tests.helpers_cli import lines, phrases_model, run, table
from tests.small_ads import PRODUCT, PROJECT

MAP = {"PM": "product", "Produkt": "product", "neither": "other", "1": "project", "unsure": ""}


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        (
            ["PM=product,PO=product,neither=other"],
            {"PM": "product", "PO": "product", "neither": "other"},
        ),
        (["1=product", "2 = Other"], {"1": "product", "2": "other"}),
        (["a, b=project,c=hybrid"], {"a, b": "project", "c": "hybrid"}),
        (["a=b=project"], {"a=b": "project"}),
        (["unsure=,x=other"], {"unsure": "", "x": "other"}),
        ([], {}),
    ],
)
def test_a_map_is_read(texts: list[str], found: dict[str, str]) -> None:
    assert parse_label_map(texts) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("PM", "'PM' is no LABEL=ROLE"),
        ("PM=boss", "'PM=boss' is no LABEL=ROLE"),
        ("a=product,b", "'b' is no LABEL=ROLE"),
        ("=product", "is no LABEL=ROLE"),
        ("a=product,a=project", "'a' is given two roles"),
    ],
)
def test_a_map_that_is_none(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=says):
        parse_label_map([text])
    done = run("train", "a.csv", "-o", tmp_path / "m.joblib", "--label-map", text)
    assert done.returncode == 2
    assert says in done.stderr.decode()


@pytest.mark.parametrize(
    ("cell", "label"),
    [
        ("PM", "PM"),
        (" two\nwords ", "two words"),
        (["PM"], "PM"),
        ([], ""),
        (["a", "b", "a"], "a + b"),
        ('["PM"]', "PM"),
        ("['PM']", "PM"),
        ("['a', 'b']", "a + b"),
        ("[PM]", "[PM]"),
        ('{"choices": ["a", "b"]}', "a + b"),
        ("[sic", "[sic"),
        (3, "3"),
        (3.0, "3"),
        ("3.0", "3"),
        ("03", "03"),
        (True, "true"),
        (None, ""),
        (float("nan"), ""),
    ],
)
def test_a_cell_is_one_label(cell: Any, label: str) -> None:
    assert label_of(cell) == label


def read(path: Path, **options: Any) -> list[str]:
    return read_labelled([path], TableOptions(**options)).roles


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_labels_are_mapped(kind: str, tmp_path: Path) -> None:
    labels = ["pm", "PRODUKT", "neither", "1", "hybrid", "unsure", ""]
    path = table(tmp_path / f"a.{kind}", [{"text": "x", "label": each} for each in labels])
    found = read_labelled([path], TableOptions(label_map=MAP))
    assert found.roles == ["product", "product", "other", "project", "hybrid"]
    assert found.unlabelled == 2


def test_numbers_are_labels(tmp_path: Path) -> None:
    path = table(tmp_path / "a.parquet", [{"text": "x", "label": n} for n in (0.0, 1.0, None)])
    assert read(path, label_map={"0": "other", "1": "product"}) == ["other", "product"]


def test_all_unknown_labels_are_listed_at_once(tmp_path: Path) -> None:
    one = table(tmp_path / "a.csv", [{"text": "x", "label": n} for n in ("PM", "other", "pm", "?")])
    two = table(tmp_path / "b.csv", [{"text": "x", "label": n} for n in ("PM", "a@b.example")])
    with pytest.raises(InputError) as error:
        read_labelled([one, two], TableOptions())
    assert str(error.value) == (
        "5 labels are none of product, project, hybrid, other: "
        f'"PM" 3 (first: {one}: row 1), "?" 1 (first: {one}: row 4), '
        f'"[email]" 1 (first: {two}: row 2); say what they are, like '
        "--label-map 'PM=ROLE,?=ROLE,[email]=ROLE', mend them, or name another --label-column"
    )


def test_a_label_of_the_map_that_does_not_occur_is_named(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", [{"text": "x", "label": "PM"}])
    found = read_labelled([path], TableOptions(label_map={"PM": "product", "PO": "product"}))
    assert found.notes[-1] == '--label-map: no row has the label "PO"'


DOCCANO = [{"id": 1, "text": "a", "label": ["PM"]}, {"id": 2, "text": "b", "label": []}]
OLD_DOCCANO = [{"id": 1, "data": "a", "label": ["PM"]}]
PRODIGY = [
    {"text": "a", "accept": ["PM"], "options": [{"id": "PM"}], "answer": "accept"},
    {"text": "b", "accept": ["PM"], "options": [{"id": "PM"}], "answer": "reject"},
]
PRODIGY_BINARY = [
    {"text": "a", "label": "PM", "answer": "accept"},
    {"text": "b", "label": "PM", "answer": "reject"},
    {"text": "c", "label": "PM", "answer": "ignore"},
]


def task(number: int, *annotators: str, cancelled: bool = False) -> dict[str, Any]:
    """As Label Studio exports a task."""
    return {
        "id": number,
        "data": {"text": "a", "title": "PM"},
        "annotations": [
            {
                "was_cancelled": cancelled,
                "result": [{"type": "choices", "value": {"choices": [each]}}],
            }
            for each in annotators
        ],
    }


@pytest.mark.parametrize(
    ("rows", "roles"),
    [
        (DOCCANO, ["product"]),
        (OLD_DOCCANO, ["product"]),
        (PRODIGY, ["product"]),
        (PRODIGY_BINARY, ["product"]),
        (
            [task(1, "PM"), task(2, "PM", "PM"), task(3), task(4, "PM", cancelled=True)],
            ["product"] * 2,
        ),
        ([{"text": "a", "sentiment": "PM", "annotator": 1}], ["product"]),
        ([{"text": "a", "choice": '{"choices": ["PM"]}'}], ["product"]),
    ],
    ids="doccano,doccano old,prodigy,prodigy binary,label studio,minimal,minimal choices".split(
        ","
    ),
)
@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("a.jsonl", lambda rows: "".join(json.dumps(row) + "\n" for row in rows)),
        ("a.json", lambda rows: "".join(json.dumps(row) + "\n" for row in rows)),
        ("a.json", json.dumps),
        ("a.json", lambda rows: json.dumps(rows, indent=2).replace("\n", "\r\n")),
    ],
    ids=["lines", "lines in .json", "array", "array over lines"],
)
def test_exports_of_annotation_tools(
    rows: list[dict[str, Any]],
    roles: list[str],
    name: str,
    written: Callable[[Any], str],
    tmp_path: Path,
) -> None:
    path = tmp_path / name
    path.write_text(written(rows), "utf-8", newline="")
    found = read_labelled([path], TableOptions(label_map={"PM": "product"}))
    assert found.roles == roles
    assert {ad.text for ad in found.postings} == {"a"}


def test_annotators_that_disagree_are_a_label_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "export.jsonl"
    path.write_text(json.dumps(task(1, "PM", "PjM")) + "\n", "utf-8")
    with pytest.raises(InputError, match=r'"PM \+ PjM" 1 \(first'):
        read(path, label_map={"PM": "product", "PjM": "project"})
    assert read(path, label_map={"PM + PjM": "hybrid"}) == ["hybrid"]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"product": 40, "project": 40, "hybrid": 40, "other": 40}, []),
        ({"product": 9, "project": 1, "hybrid": 1, "other": 1}, ["by 8 points"]),
        ({"product": 40}, ["all ads are product", "over the roles that occur: product"]),
        ({"hybrid": 40}, ["all ads are hybrid", "over the roles that occur: hybrid"]),
        (
            {"product": 40, "project": 40},
            ["no ad is hybrid or other", "over the roles that occur: product, project"],
        ),
        ({"product": 40, "project": 40, "other": 40}, ["no ad is hybrid"]),
    ],
)
def test_what_the_figures_cannot_say(counts: dict[str, int], words: list[str]) -> None:
    said = list(limits(counts))
    assert [word in sentence for word, sentence in zip(words, said, strict=True)] == [True] * len(
        words
    )


def test_a_dozen_ads_of_one_role_train_and_are_evaluated_with_a_word(tmp_path: Path) -> None:
    path = table(
        tmp_path / "a.csv", [{"text": text, "label": "PM"} for text in (*PRODUCT, *PROJECT[:4])]
    )
    to = tmp_path / "m.joblib"
    done = run("train", path, "-o", to, "--label-map", "PM=product,PO=product")
    assert done.returncode == 0, done.stderr
    warned = [line for line in lines(done.stderr) if line.startswith("warning: ")]
    counts = Counter(product=12)
    assert warned == [f"warning: {each}" for each in limits(counts)]
    done = run("evaluate", path, "--model", to, "--label-map", "PM=product")
    assert done.returncode == 0, done.stderr
    said = lines(done.stdout)
    assert set(limits(counts)) <= set(said)
    assert "the model was trained on 12 of these 12 ads: its figures flatter it" in said
    other = phrases_model(tmp_path)
    done = run("evaluate", path, "--model", other, "--compare", to, "--label-map", "PM=product")
    assert "the model was trained on none of these ads" in lines(done.stdout)
    assert "  the model before was trained on 12 of these 12 ads: its figures flatter it" in lines(
        done.stdout
    )


def test_titles_need_no_map() -> None:
    done = run("train", "a.csv", "-o", "m.joblib", "--label-from-title", "--label-map", "a=other")
    assert done.returncode == 2
    assert "leave out --label-map" in done.stderr.decode()
