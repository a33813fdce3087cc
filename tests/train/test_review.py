"""From a judged table to the page: verdicts found, columns kept, nothing to run."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest

from rolenlp.train.review import correction_names
from rolenlp.train.review_page import _blocks
from rolenlp.verdicts.columns import verdict_columns
from rolenlp.verdicts.explain import Piece
from tests.helpers_cli import (
    ADDED,
    ADS,
    ROOT,
    ads_table,
    lines,
    phrases_model,
    run,
    run_anew,
    table,
)
from tests.small_ads import PRODUCT, PROJECT

NEAR = "; left out as near-duplicates: 6"
MARKED = "3 ads to settle, of 5 (3 judged, 3 of them marked for review)"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


def data(page: Path) -> dict[str, Any]:
    text = page.read_text("utf-8")
    found: dict[str, Any] = json.loads(text.split('id="data">')[1].split("</script>")[0])
    return found


@pytest.mark.parametrize(
    ("names", "prefix", "first"),
    [
        (["id", *ADDED], "", 1),
        (["role", "status", *(f"m_{name}" for name in ADDED)], "m_", 2),
        ([*(f"a_{name}" for name in ADDED), *(f"b_{name}" for name in ADDED)], "b_", 12),
    ],
)
def test_verdicts_are_found_by_their_prefix(names: list[str], prefix: str, first: int) -> None:
    found = verdict_columns(names)
    assert {name: prefix + name for name in ADDED} == {n: names[at] for n, at in found.items()}
    assert found["role"] == first


@pytest.mark.parametrize(
    "names", [[], ["id", "status"], [name for name in ADDED if name != "p_other"]]
)
def test_a_table_without_verdicts(names: list[str]) -> None:
    assert verdict_columns(names) == {}


@pytest.mark.parametrize(
    ("names", "new"),
    [
        (["id", "text"], ["id", "text"]),
        (["role", "Model Role"], ["original_role", "original_Model Role"]),
        (["role", "original_role"], ["original_original_role", "original_role"]),
        (["Role", "reviewedAt"], ["original_Role", "original_reviewedAt"]),
        (["a", "a"], ["a", "a"]),
    ],
)
def test_no_column_is_taken_for_the_reviewers(names: list[str], new: list[str]) -> None:
    assert correction_names(names) == new


@pytest.mark.parametrize(
    ("pieces", "blocks"),
    [
        ([Piece("one\n\ntwo")], [["p", "one"], ["p", "two"]]),
        ([Piece("• one\n- two\n* three")], [["li", "one"], ["li", "two"], ["li", "three"]]),
        ([Piece("-one - two")], [["p", "-one - two"]]),
        (
            [Piece("• keep "), Piece("the plan", ("scope",), "project"), Piece("\nlast")],
            [["li", "keep ", ["the plan", "project", "scope"]], ["p", "last"]],
        ),
        ([Piece(" \n ")], []),
    ],
)
def test_lines_are_paragraphs_or_bullets(pieces: list[Piece], blocks: list[Any]) -> None:
    assert list(_blocks(pieces)) == blocks


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "tsv.gz"])
def test_the_tables_verdicts_and_values_are_kept(kind: str, model: Path, tmp_path: Path) -> None:
    source, judged = ads_table(tmp_path / f"ads.{kind}"), tmp_path / f"judged.{kind}"
    assert run("label", source, "-o", judged, "--model", model, "--prefix", "m_").returncode == 0
    done = run("review", judged, "-o", tmp_path / "page.html", "--model", model)
    assert done.returncode == 0, done.stderr.decode()
    assert lines(done.stderr)[-2:] == ["verdicts: the table's", MARKED]
    found = data(tmp_path / "page.html")
    columns = ["id", "title", "salary", "description", "role", "model_role", "reviewed_at"]
    assert found["columns"] == columns
    kept = {cells[0]: cells for cells in (ad["cells"] for ad in found["ads"])}
    assert kept == {name: [name, title, "1e3", text] for name, title, text in ADS[:3]}
    assert {ad["title"]: ad["role"] for ad in found["ads"]}["Project Manager"] == "project"


@pytest.mark.parametrize(("limit", "shown", "more"), [(2, 2, ""), (4, 3, NEAR)])
def test_a_table_without_verdicts_is_judged(
    model: Path, tmp_path: Path, limit: int, shown: int, more: str
) -> None:
    source = ads_table(tmp_path / "ads.csv", times=3)
    done = run("review", source, "-o", tmp_path / "page.html", "--model", model, "--limit", limit)
    assert lines(done.stderr)[-2:] == [
        "verdicts: the model's, as the table has none",
        f"{shown} ads to settle, of 15 (9 judged, 9 of them marked for review){more}",
    ]
    assert len(data(tmp_path / "page.html")["ads"]) == shown


def test_equal_tables_give_equal_pages(model: Path, tmp_path: Path) -> None:
    source = ads_table(tmp_path / "ads.csv")
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    for page in pages:
        assert run("review", source, "-q", "-o", page, "--model", model).returncode == 0
    assert pages[0].read_bytes() == pages[1].read_bytes()
    anew = run_anew("review", source, "-q", "-o", "-", "--model", model)  # another order of sets
    assert anew.stdout == pages[0].read_bytes()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"p_other": "much"}, "row 1: its verdict is not as `rolenlp label` wrote it"),
        ({"p_other": "nan"}, "row 1: its verdict is not as `rolenlp label` wrote it"),
        ({"role": "boss"}, "row 1: its verdict is not as `rolenlp label` wrote it"),
        ({"status": "empty"}, "no ad to settle: none of its 1 could be judged"),
    ],
)
def test_what_cannot_be_used(
    change: dict[str, str], line: str, model: Path, tmp_path: Path
) -> None:
    row = {"text": PRODUCT[0], **dict.fromkeys(ADDED, "0.25"), "role": "product", "status": "ok"}
    done = run(
        "review", table(tmp_path / "a.csv", [row | change]), "-o", tmp_path / "p", "--model", model
    )
    assert done.returncode == 1
    assert line in lines(done.stderr)[-1]
    assert not (tmp_path / "p").exists()


def test_the_policy_allows_the_one_script_and_the_one_style(model: Path, tmp_path: Path) -> None:
    ads = [
        {"title": "</title><script>alert(1)</script>", "text": f"{PROJECT[0]} </script>\u2028&<b>"}
    ]
    page = tmp_path / "page.html"
    assert (
        run("review", table(tmp_path / "a.jsonl", ads), "-o", page, "--model", model).returncode
        == 0
    )
    text = page.read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text).group(1)  # type: ignore[union-attr]
    for name, inline in (("script", script), ("style", style)):
        digest = base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()
        assert f"{name}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert text.count("<script") == text.count("</script") == 2
    inside = text.split('id="data">')[1].split("</script>")[0]
    assert not set(inside) & set("<>&\u2028\u2029")
    assert "innerHTML" not in script


def test_the_docs_name_the_keys(model: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert (
        run("review", ads_table(tmp_path / "a.csv"), "-o", page, "--model", model).returncode == 0
    )
    keys = set(re.findall(r'data-key="(.)"', page.read_text("utf-8")))
    table = (ROOT / "docs" / "review.md").read_text("utf-8").split("<!-- keys -->")[1]
    assert set(re.findall(r"^\| `(.)` \|", table, re.MULTILINE)) == keys
