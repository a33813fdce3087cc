"""A browser for the tests of pages: the one of the system, or none, and then they are skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.helpers_cli import read

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The browser that CHROMIUM names, or the first of the usual ones that is there."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="no playwright: pip install '.[browser]'"
    )
    path = chromium()
    if path is None:
        pytest.skip("no Chromium: install it, or name it in CHROMIUM")
    with playwright.sync_playwright() as driver:
        # Where tests run as root there is no sandbox to be had.
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


@dataclass
class Opened:
    """A page, and what the browser saw of it."""

    page: Any
    requests: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # in the console, as errors, as dialogs

    def press(self, keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def status(self) -> str:
        return " ".join(self.text("[role=status]").split())

    def download(self, path: Path) -> list[dict[str, Any]]:
        with self.page.expect_download() as found:
            self.press("d")
        assert found.value.suggested_filename == "corrections.csv"
        found.value.save_as(path)
        return read(path)


@pytest.fixture
def visit(browser: Any) -> Iterator[Any]:
    """Opens a file from disk, in a browser that nothing was opened in before."""
    contexts = []

    def opened(path: Path, **options: Any) -> Opened:
        context = browser.new_context(accept_downloads=True, **options)
        contexts.append(context)
        seen = Opened(context.new_page())
        context.on("request", lambda request: seen.requests.append(request.url))
        seen.page.on("console", lambda message: seen.said.append(message.text))
        seen.page.on("pageerror", lambda error: seen.said.append(str(error)))
        seen.page.on("dialog", lambda dialog: (seen.said.append(dialog.message), dialog.dismiss()))
        seen.page.goto(path.as_uri())
        return seen

    yield opened
    for context in contexts:
        context.close()
