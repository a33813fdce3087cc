"""The documentation site builds without a warning, and its pages load nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from rolenlp.cli.main import cli

pytest.importorskip("mkdocs", reason="the site is not built: pip install '.[docs]'")

ROOT = Path(__file__).parents[2]
# What a browser fetches by itself; it follows the `href` of a link only when it is told to.
LOADING = {"src", "srcset", "data", "poster"}
NOT_FETCHED = {"canonical", "next", "prev", "alternate"}
OUTSIDE = re.compile(r"(?:https?:)?//", re.IGNORECASE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    # Not --quiet: what is not said is not counted, and nothing is strict.
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(folder)]
    alone = {f"{kind}_proxy": "http://127.0.0.1:9" for kind in ("http", "https", "all")}
    given = {**os.environ, **alone, **{name.upper(): url for name, url in alone.items()}}
    done = subprocess.run(command, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


class Loads(HTMLParser):
    """The addresses that a page loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.found += [given[name] for name in LOADING & set(given)]
        if tag == "link" and given.get("rel") not in NOT_FETCHED:
            self.found.append(given.get("href", ""))
        self.found += loads_of_style(given.get("style", ""))


def loads_of_style(style: str) -> list[str]:
    return re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')\s;]+)", style)


def loaded(site: Path) -> Iterator[tuple[str, str]]:
    """Each file that loads something, and what."""
    for page in site.rglob("*.html"):
        yield from ((page.name, address) for address in Loads(page.read_text("utf-8")).found)
    for style in site.rglob("*.css"):
        yield from ((style.name, address) for address in loads_of_style(style.read_text("utf-8")))


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ('<script src="https://a/b.js"></script>', ["https://a/b.js"]),
        ('<link rel="stylesheet" href="//a/b.css">', ["//a/b.css"]),
        ('<link rel="canonical" href="https://a"><a href="https://a">a</a>', []),
        ('<p style="background: url(https://a/b.png)">', ["https://a/b.png"]),
    ],
)
def test_what_a_page_loads(text: str, addresses: list[str]) -> None:
    assert Loads(text).found == addresses


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    found = list(loaded(site))
    assert {"index.html", "commands.html", "python.html"} <= {name for name, _ in found}
    assert [(name, address) for name, address in found if OUTSIDE.match(address)] == []


def test_commands_and_docstrings_are_in_it(site: Path) -> None:
    commands, python = (
        (site / name).read_text("utf-8") for name in ("commands.html", "python.html")
    )
    assert all(f"Usage: rolenlp {name} " in commands for name in cli.commands)
    assert "calibration_weight" in python
    assert "<blockquote>" not in python, "examples belong under a heading `Examples`"


@pytest.mark.parametrize("page", ["index", "tutorial", "commands", "python"])
def test_a_browser_asks_for_nothing_from_elsewhere(site: Path, visit: Any, page: str) -> None:
    seen = visit(site / f"{page}.html")
    seen.page.wait_for_load_state("networkidle")
    assert len(seen.requests) > 2  # styles and scripts
    assert [url for url in seen.requests if not url.startswith(site.as_uri())] == []
