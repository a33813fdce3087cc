"""`rolenlp explain` as it is used: files of all kinds, pipes, and a terminal."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import Any

import pytest

from rolenlp.model_file.bundle import load
from rolenlp.predict import predict
from tests.documents.made import DUTIES, RTF, SIMILAR, locked_pdf, page, pdf, word
from tests.helpers_cli import PROGRAM, environment, lines, phrases_model, run

HEADED = f"Senior Project Manager\nAcme, London\n\n{DUTIES}"
# Longer than the line that a terminal hands over.
LONG = DUTIES + " The team bakes bread and cakes for the people of the town." * 150


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        (
            "ad.pdf",
            pdf("Senior Project Manager\n" + DUTIES.replace(", ", ",\n")),
            "the first lines",
        ),
        ("ad.docx", word(), "the first lines"),
        ("ad.rtf", RTF.replace(rb".\par}", rb". " + DUTIES.encode() + b"}"), "the first lines"),
        ("ad.html", page().encode(), "the page's heading"),
        ("ad.txt", HEADED.encode(), "the first lines"),
        ("no ending", pdf(HEADED), "the first lines"),
    ],
)
def test_one_ad_of_any_kind(
    tmp_path: Path, model: Path, name: str, data: bytes, place: str
) -> None:
    (tmp_path / name).write_bytes(data)
    done = run("explain", tmp_path / name, "--model", model)
    assert done.returncode == 0
    (said,) = lines(done.stderr)
    assert said.startswith(f"title, from {place}: ")
    assert "Project Manager" in said
    assert "--title" in said
    text = done.stdout.decode()
    assert text.startswith("role           project, ")
    assert "title          says project; " in text
    assert SIMILAR not in text
    assert run("explain", "--model", model, stdin=data).stdout.decode() == text


def test_every_phrase_is_marked_though_five_are_quoted(tmp_path: Path, model: Path) -> None:
    (tmp_path / "ad.txt").write_text(HEADED)
    done = run("explain", tmp_path / "ad.txt", "--model", model, "--html", tmp_path / "page.html")
    facts, _, ad = done.stdout.decode().partition("\nthe ad, every phrase that counts")
    assert facts.count('"') == 10
    assert ad.count(": ") > 5
    html = (tmp_path / "page.html").read_text()
    assert html.count('<mark class="project" title=') == ad.count("]") - 1  # one is in the legend


@pytest.mark.parametrize(
    ("args", "text", "said", "title_role"),
    [
        (
            (),
            HEADED,
            ['title, from the first lines: "Senior Project Manager"; give another'],
            "project",
        ),
        ((), DUTIES, ["no title found; it counts: give it with --title"], ""),
        (("--title", "Product Manager"), HEADED, [], "product"),
        (("--title", ""), HEADED, [], ""),
    ],
)
def test_the_title(
    model: Path, args: tuple[str, ...], text: str, said: list[str], title_role: str
) -> None:
    done = run("explain", "--json", "--model", model, *args, stdin=text.encode())
    assert [
        line.startswith(start) for line, start in zip(lines(done.stderr), said, strict=True)
    ] in (
        [],
        [True],
    )
    assert json.loads(done.stdout)["title_role"] == title_role


def test_json_is_the_verdict_with_offsets(model: Path) -> None:
    done = run("explain", "--json", "--title", "PM", "--model", model, stdin=HEADED.encode())
    verdict = predict(HEADED, "PM", model=load(model)).to_dict()
    assert json.loads(done.stdout) == json.loads(json.dumps(verdict))
    assert verdict["evidence"]
    for found in json.loads(done.stdout)["evidence"]:
        assert HEADED[found["start"] : found["end"]] == found["quote"]
    unjudged = run("explain", "--json", "--model", model, stdin=b"")
    assert (unjudged.returncode, json.loads(unjudged.stdout)["status"]) == (0, "empty")


def test_two_things_for_stdout_are_refused(model: Path) -> None:
    done = run("explain", "--json", "--html", "-", "--model", model, stdin=b"x")
    assert (done.returncode, done.stdout) == (2, b"")
    assert "--json and --html - are both for stdout" in lines(done.stderr)[-1]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(99), "ad: is a picture and no text; give the text in it"),
        (bytes(range(256)) * 9, "ad: is a binary file and no text; save it as PDF, .docx or text"),
        (
            pdf(""),
            "ad: is a PDF without text, such as scanned pages; let a program for OCR read it "
            "first, or paste its text",
        ),
        (
            locked_pdf(pdf("x"), "secret"),
            "ad: is a PDF that needs a password; open it, print it to a new PDF, or paste its text",
        ),
    ],
)
def test_a_file_without_text_is_one_line_before_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, says: str
) -> None:
    (tmp_path / "ad").write_bytes(data)
    (tmp_path / "no.joblib").write_bytes(b"no model")
    (tmp_path / "no.json").write_bytes(b"no card")
    monkeypatch.chdir(tmp_path)
    done = run("explain", "ad", "--model", "no.joblib")
    assert (done.returncode, done.stdout) == (1, b"")
    assert lines(done.stderr) == [f"rolenlp: {says}"]


# A terminal


class Pasted:
    """`rolenlp explain` whose stdin is a terminal; what it shows is read all the while."""

    def __init__(self, *args: object) -> None:
        self.terminal, given = pty.openpty()
        self.given = given  # kept open, to ask afterwards how the terminal was left
        self.before = termios.tcgetattr(given)
        self.process = subprocess.Popen(
            [*PROGRAM, "explain", *map(str, args)],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
        )
        self.shown = bytearray()
        threading.Thread(target=self._read, daemon=True).start()
        assert self.process.stderr is not None
        self.prompt = self.process.stderr.readline().decode()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self.terminal, 4096):
                self.shown += data

    def paste(self, text: str) -> None:
        data = text.encode()
        for at in range(0, len(data), 1000):
            os.write(self.terminal, data[at : at + 1000])

    def mode(self) -> list[Any]:
        return termios.tcgetattr(self.given)

    def end(self) -> tuple[bytes, bytes]:
        return self.process.communicate(timeout=120)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.given)
        os.close(self.terminal)


@pytest.mark.skipif(sys.platform == "win32", reason="its terminal has no line limit")
def test_a_paste_of_any_length_is_whole(model: Path) -> None:
    assert len(LONG) > 2 * 4096
    pasted = Pasted("--json", "--title", "", "--model", model)
    try:
        assert pasted.prompt == "Paste the ad, then press Ctrl-D.\n"
        assert not pasted.mode()[3] & termios.ICANON
        pasted.paste(LONG + " Own the roadmaé\x7fp.\x04")
        out, err = pasted.end()
        assert (pasted.process.returncode, err) == (0, b"")
        verdict = predict(LONG + " Own the roadmap.", "", model=load(model)).to_dict()
        assert json.loads(out) == json.loads(json.dumps(verdict))
        assert pasted.mode() == pasted.before
        assert LONG[:60].encode() in pasted.shown  # it is echoed
    finally:
        pasted.close()


@pytest.mark.skipif(sys.platform == "win32", reason="its terminal has no line limit")
def test_a_paste_broken_off_leaves_the_terminal_as_it_was(model: Path) -> None:
    pasted = Pasted("--model", model)
    try:
        pasted.paste("Keep the plan")
        pasted.process.send_signal(signal.SIGINT)  # as Ctrl-C has it sent
        _, err = pasted.end()
        assert lines(err)[-1] == "interrupted"
        assert pasted.process.returncode == 130
        assert pasted.mode() == pasted.before
    finally:
        pasted.close()
