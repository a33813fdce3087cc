"""The code of the docs runs: blocks of pages, and examples of docstrings.

`python`, `sh` and `console` blocks run page by page, from top to bottom. Each page has a directory
of its own, with what its reader is supposed to have.
"""

from __future__ import annotations

import doctest
import re
import shlex
import shutil
import subprocess
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.helpers_cli import SAMPLE, environment, read, run, table

ROOT = Path(__file__).parent.parent
BLOCK = re.compile(
    r"(?:<!-- not run: (?P<why>[^\n]+) -->\n+)?^```(?P<language>\w+)[^\n]*\n(?P<code>.*?)^```",
    re.DOTALL | re.MULTILINE,
)
RUN = ("python", "sh", "console")
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
WITH_EXAMPLES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in sorted((ROOT / "rolenlp").rglob("*.py"))
    if ">>> " in path.read_text("utf-8")
]
ROUNDED = 0.0051  # half a unit of what two decimals can show


class Block(NamedTuple):
    language: str
    code: str
    why: str | None  # it is not run


def blocks(text: str) -> list[Block]:
    found = [Block(each["language"], each["code"], each["why"]) for each in BLOCK.finditer(text)]
    return [block for block in found if block.language in RUN]


def has_code(page: Path) -> bool:
    return any(block.why is None for block in blocks(page.read_text("utf-8")))


@pytest.fixture(scope="module")
def supposed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What readers are supposed to have: tables, labels, corrections, an ad, models."""
    folder = tmp_path_factory.mktemp("supposed")
    for name in ("data", "models"):
        shutil.copytree(ROOT / name, folder / name)
    ads = read(SAMPLE)
    unlabelled = [{k: v for k, v in ad.items() if k != "role"} for ad in ads]
    for name in ("jobs.csv", "jobs.parquet"):
        table(folder / name, unlabelled[:30])
    (folder / "more").mkdir()
    table(folder / "more" / "board.parquet", unlabelled[30:40])
    for name in ("labelled", "base"):
        table(folder / f"{name}.csv", ads[::2])
    names = {"product": "PM", "project": "PJ", "other": "neither", "hybrid": "unsure"}
    mine = [{**ad, "role": names[ad["role"]]} for ad in ads[::2]]
    table(folder / "mine.csv", [{**mine[0], "role": "PO"}, *mine[1:]])
    decided = {"model_role": "other", "reviewed_at": "2026-01-02T03:04:05Z"}
    table(folder / "corrections.csv", [{**ad, **decided} for ad in ads[:12]])
    (folder / "advert.txt").write_text("You keep the risk register and the project plan.\n")
    trained = run("train", folder / "labelled.csv", "-o", folder / "old.joblib")
    assert trained.returncode == 0, trained.stderr.decode()
    for ending in ("joblib", "json"):
        shutil.copy(folder / f"old.{ending}", folder / f"new.{ending}")
    return folder


@pytest.mark.parametrize(
    "page", [*filter(has_code, PAGES)], ids=lambda page: page.relative_to(ROOT).as_posix()
)
def test_code_runs(
    page: Path, supposed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(supposed, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    known: dict[str, Any] = {"__name__": page.stem}
    for block in blocks(page.read_text("utf-8")):
        if block.why is not None:
            continue
        if block.language == "python":
            run_python(block.code, known)
        elif block.language == "sh":
            run_shell(block.code)
        else:
            for call, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block.code, re.M):
                compare(expected, run_shell(call))


@pytest.mark.parametrize("module", WITH_EXAMPLES)
def test_examples_of_docstrings_give_what_they_say(module: str) -> None:
    failed, tried = doctest.testmod(import_module(module))
    assert tried
    assert not failed


def run_python(code: str, known: dict[str, Any]) -> None:
    """Run a block, and what stands before `# ->` once more, to compare it."""
    exec(compile(code, "docs", "exec"), known)
    for expression, value in re.findall(r"^(\S.*?)  # -> (.+)$", code, re.MULTILINE):
        assert repr(eval(expression, known)) == value, expression


def run_shell(code: str) -> str:
    """What calls say, stdout first. Those of rolenlp run in a forked process, which is quick."""
    said = ""
    for line in re.findall(r"^[^\n]*<<'END'\n.*?^END$|^[^\n]+$", code, re.MULTILINE | re.DOTALL):
        said += run_line(line)
    return said


def run_line(line: str) -> str:
    """One call, or several with pipes between them; the last must end well."""
    given = errors = b""
    done = None
    for call in [line] if "<<'END'" in line else line.split(" | "):
        words = shlex.split(call) if call.startswith("rolenlp ") else []
        if words:
            done = run(*words[1:], stdin=given)
        else:
            done = subprocess.run(
                ["bash", "-c", call],
                input=given,
                capture_output=True,
                env=environment(),
                check=False,
            )
        given, errors = done.stdout, errors + done.stderr
    assert done is not None and done.returncode == 0, (line, errors.decode())
    return given.decode() + errors.decode()


def compare(expected: str, said: str) -> None:
    """Each line that is expected comes, in order; numbers may differ by what rounding hides."""
    lines = iter(said.splitlines())
    for wanted in expected.splitlines():
        if wanted.strip() and wanted != "...":
            assert any(same(wanted, line) for line in lines), f"{wanted!r} is not in\n{said}"


def same(wanted: str, line: str) -> bool:
    number = r"-?\d+(?:\.\d+)?"
    if re.sub(number, "#", wanted).split() != re.sub(number, "#", line).split():
        return False
    given, found = (list(map(float, re.findall(number, each))) for each in (wanted, line))
    return found == pytest.approx(given, abs=ROUNDED)


# The runner itself


def test_blocks_are_found() -> None:
    text = (
        "```python\na = 1\n```\n\n<!-- not run: no network -->\n```sh\npip install x\n```\n"
        "```toml\nb = 2\n```\n"
    )
    assert blocks(text) == [
        Block("python", "a = 1\n", None),
        Block("sh", "pip install x\n", "no network"),
    ]


@pytest.mark.parametrize(
    ("expected", "said", "holds"),
    [
        ("a 1.50\n...\nc\n", "a 1.504\nb\nc\n", True),
        ("a 1.50\n", "a 1.51\n", False),
        ("c\na\n", "a\nb\nc\n", False),
        ("a b\n", "a\nb\n", False),
    ],
)
def test_output_is_compared(expected: str, said: str, holds: bool) -> None:
    if holds:
        compare(expected, said)
    else:
        with pytest.raises(AssertionError):
            compare(expected, said)


def test_a_wrong_value_and_a_failing_call_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AssertionError):
        run_python("1 + 1  # -> 3\n", {})
    with pytest.raises(AssertionError):
        run_shell("rolenlp label missing.csv -o out.csv\n")
    assert run_shell("printf 'b\\na\\n' | sort\n") == "a\nb\n"
