"""The recipes of the docs run as they say."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from rolenlp.predict import predict
from rolenlp.schema import Prediction
from tests.helpers_cli import ADS, SAMPLE, read

DOCS = Path(__file__).parents[1] / "docs"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The server as its page starts it, on a port that is held for it: none else can take it."""
    with closing(socket.create_server(("127.0.0.1", 0))) as port:
        command = ["uvicorn", "--app-dir", str(DOCS / "recipes"), "serve:app"]
        held = ["--fd", str(port.fileno()), "--log-level", "warning"]
        process = subprocess.Popen(
            [sys.executable, "-m", *command, *held], pass_fds=[port.fileno()]
        )
        try:
            yield f"http://127.0.0.1:{port.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait()


def asked(server: str, ad: dict[str, str]) -> dict[str, object]:
    answer = httpx.post(f"{server}/predict", json=ad, timeout=120)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def plain(verdict: Prediction) -> dict[str, object]:
    return dict(json.loads(json.dumps(verdict.to_dict())))


def test_eight_clients_at_once_get_what_predict_gives(server: str) -> None:
    ads = [{"title": title, "text": text} for _, title, text in ADS]
    ads += [{"title": row["title"], "text": row["description"]} for row in read(SAMPLE)[:60]]
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda ad: asked(server, ad), ads))
    assert answers == [plain(predict(ad["text"], ad["title"])) for ad in ads]
    assert {answer["status"] for answer in answers} >= {"ok", "empty", "too_short"}


def test_what_is_no_ad_is_refused(server: str) -> None:
    assert httpx.post(f"{server}/predict", json={"title": "PM"}, timeout=120).status_code == 422


def test_the_page_shows_the_recipe() -> None:
    code = (DOCS / "recipes" / "serve.py").read_text("utf-8").split("\n\n", 1)[1]
    assert f"```python\n{code}```\n" in (DOCS / "serve.md").read_text("utf-8")
