"""The report in a real browser: opened from disk, with ads that attack it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.attacks import ATTACKS
from tests.helpers_cli import SAMPLE, phrases_model, read, run, table

pytest.importorskip("matplotlib", reason="no plots: pip install '.[report]'")
OWNS = "You own the product roadmap, set the product vision and interview customers every week."


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of the sample, and of plain product ads with other labels: its most confident mistakes."""
    folder = tmp_path_factory.mktemp("report")
    rows = [
        {"title": attack, "description": f"{OWNS} {attack} {OWNS}", "role": "project"}
        for attack in ATTACKS.values()
    ]
    rows += [{name: row[name] for name in rows[0]} for row in read(SAMPLE)]
    source, model = table(folder / "labelled.jsonl", rows), phrases_model(folder)
    done = run("evaluate", source, "--report", folder / "out", "--model", model)
    assert done.returncode == 0, done.stderr.decode()
    return folder / "out" / "report.html"


def test_it_opens_from_disk_and_asks_for_nothing(report: Path, visit: Any) -> None:
    seen = visit(report)
    assert seen.page.title() == "rolenlp: how good are the verdicts?"
    for word in ("Roles", "Phrases", "Mistakes"):
        assert seen.page.locator(f"nav >> text={word}").count() == 1
    assert seen.page.locator("svg").count() >= 3
    assert seen.page.evaluate("document.scripts.length") == 0
    assert seen.requests == [report.as_uri()]
    assert seen.said == []


def test_attacks_are_text(report: Path, visit: Any) -> None:
    seen = visit(report)
    shown = seen.text("body")
    assert "<script>alert(1)" in shown  # as it was written, for people to read
    tags = set(seen.page.evaluate("[...new Set([...document.all].map(e => e.tagName))]"))
    assert tags.isdisjoint({"SCRIPT", "IMG", "IFRAME", "FORM", "INPUT", "BASE", "LINK"})
    assert seen.page.evaluate("document.querySelectorAll('a[href^=javascript]').length") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_it_fits_the_screen(report: Path, visit: Any, scheme: str, width: int) -> None:
    seen = visit(report, color_scheme=scheme, viewport={"width": width, "height": 800})
    ground = seen.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
