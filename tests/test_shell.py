"""rolenlp in a shell: completion, pipes that are answered as they are written to, manual pages."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks.shipped.man_pages import FOLDER, pages
from rolenlp.cli.main import cli
from tests.helpers_cli import Piped, environment, lines, phrases_model, run, start

AD = "Keep the risk register, then deliver the works on time and within budget for client {}."
HEAVY = {"jinja2", "numpy", "pandas", "pyarrow", "scipy", "sklearn", "spacy", "tqdm"}
SHELLS = ("bash", "zsh", "fish")
linux = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


# Completion


def asked(shell: str, line: str) -> dict[str, str]:
    """What a shell asks with, as its script does it, when Tab is pressed at the end of a line."""
    words = line.split(" ")
    # Bash and zsh count words, fish says which one is under the cursor.
    cursor = words[-1] if shell == "fish" else str(len(words) - 1)
    return {
        "_ROLENLP_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": cursor,
    }


def answers(shell: str, line: str) -> list[tuple[str, str]]:
    """The kinds and values of the answers."""
    done = run(**asked(shell, line))
    assert (done.returncode, done.stderr) == (0, b"")
    said = [each for each in lines(done.stdout) if each]
    if shell == "zsh":  # a line each: kind, value, help
        return list(zip(said[::3], said[1::3], strict=False))
    return [(kind, rest.split("\t")[0]) for kind, _, rest in (each.partition(",") for each in said)]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rolenlp ", "label explain summary review apply train evaluate inspect"),
        ("rolenlp ex", "explain"),
        ("rolenlp label --te", "--text-column"),
        ("rolenlp label ads.csv --the", "--themes"),
        ("rolenlp label --format ", "csv tsv jsonl json"),
        ("rolenlp label ads.csv --format js", "jsonl json"),
        ("rolenlp evaluate ads.csv --fail-under macro_f1=0.8 --fail-under x --rep", "--report"),
        ("rolenlp train --label-map PM=product --label-m", "--label-map"),
        ("rolenlp label --prefix ", ""),
        ("rolenlp label --jobs none --themes --res", "--resume"),
    ],
)
def test_words_are_completed(shell: str, line: str, expected: str) -> None:
    assert answers(shell, line) == [("plain", word) for word in expected.split()]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "line",
    [
        "rolenlp label a",
        "rolenlp label a.csv b",
        "rolenlp label -o a",
        "rolenlp label --model a",
        "rolenlp label --stats a",
        "rolenlp explain a",
        "rolenlp explain --html a",
        "rolenlp summary a",
        "rolenlp summary --html a",
        "rolenlp review a",
        "rolenlp review -o a",
        "rolenlp apply a",
        "rolenlp apply a b",
        "rolenlp apply -o a",
        "rolenlp train a",
        "rolenlp train -o a",
        "rolenlp train --base a",
        "rolenlp train --doubts a",
        "rolenlp evaluate a",
        "rolenlp evaluate --compare a",
        "rolenlp evaluate --report a",
        "rolenlp inspect a",
    ],
)
def test_files_are_completed_by_the_shell(shell: str, line: str) -> None:
    assert [kind for kind, _ in answers(shell, line)] == ["file"]


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_gets_its_script(shell: str) -> None:
    done = run(_ROLENLP_COMPLETE=f"{shell}_source")
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"_ROLENLP_COMPLETE={shell}_complete" in done.stdout.decode()


def test_what_no_shell_asks_is_an_error_without_an_answer() -> None:
    done = run(_ROLENLP_COMPLETE="tcsh_source")
    assert (done.returncode, done.stdout) == (1, b"")


@pytest.mark.parametrize(
    "line",
    ["rolenlp label --", "rolenlp train --label-map a=b --", "rolenlp evaluate --fail-under x --"],
)
def test_an_answer_loads_nothing_heavy(line: str) -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "rolenlp"],
        capture_output=True,
        check=True,
        env=environment(**asked("bash", line)),
    )
    assert b"--quiet" in done.stdout
    imported = {line.rpartition("|")[2].strip() for line in lines(done.stderr)}
    assert "rolenlp.cli.main" in imported
    assert imported & HEAVY == set()


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
def test_bash_completes(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    program = tmp_path / "bin" / "rolenlp"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m rolenlp "$@"\n')
    program.chmod(0o755)
    (tmp_path / "advert one.txt").write_text("")
    variables = environment(
        PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        PYTHONPATH=str(Path(__file__).parent.parent),
        PS1="$ ",
        TERM="dumb",
    )
    bash = pexpect.spawn(
        "bash", ["--norc", "--noprofile"], cwd=tmp_path, env=variables, encoding="utf-8", timeout=60
    )
    bash.sendline('eval "$(_ROLENLP_COMPLETE=bash_source rolenlp)"; echo rea""dy')
    bash.expect_exact("ready\r\n")
    for typed, shown in [
        ("rolenlp summ\t", "rolenlp summary "),
        ("rolenlp label --min-p\t", "rolenlp label --min-precision "),
        ("rolenlp label --format c\t", "rolenlp label --format csv "),
        ("rolenlp explain adv\t", r"rolenlp explain advert\ one.txt "),
        ("rolenlp label -o bi\t", "rolenlp label -o bin/"),
    ]:
        bash.send(typed)
        bash.expect_exact(shown)
        bash.sendcontrol("u")
    bash.sendline("exit")
    bash.expect(pexpect.EOF)
    bash.close()


# Pipes


@contextmanager
def running(*args: object) -> Iterator[Piped | subprocess.Popen[bytes]]:
    """A run of `label` on stdin, which is ended if it hangs."""
    process = start("label", "-", "--quiet", *args, alone=True)
    ended = threading.Timer(120, process.kill)
    ended.start()
    try:
        yield process
    finally:
        ended.cancel()
        if process.poll() is None:
            process.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if not stream.closed:
                stream.close()
        process.wait()


def put(process: Piped | subprocess.Popen[bytes], text: str) -> None:
    with suppress(BrokenPipeError):  # it may have ended
        process.stdin.write(text.encode())
        process.stdin.flush()


def json_line(number: int) -> str:
    return json.dumps({"id": number, "description": AD.format(number)}) + "\n"


@linux
@pytest.mark.parametrize("args", [[], ["--format", "jsonl"], ["--jobs", 2]])
def test_json_lines_are_answered_one_by_one(model: Path, args: list[object]) -> None:
    with running("--model", model, *args) as process:
        for number in range(3):
            put(process, json_line(number))
            answer = json.loads(process.stdout.readline())
            assert (answer["id"], answer["role"]) == (number, "project")
        put(process, json_line(3) + json_line(4))
        assert [json.loads(process.stdout.readline())["id"] for _ in range(2)] == [3, 4]
        assert process.communicate() == (b"", b"")
        assert process.wait() == 0


@linux
@pytest.mark.parametrize(("kind", "between"), [("csv", ","), ("tsv", "\t")])
def test_rows_are_answered_one_by_one(model: Path, kind: str, between: str) -> None:
    with running("--model", model, "--format", kind) as process:
        put(process, f"id{between}description\n")
        for number in range(3):
            put(process, f'{number}{between}"{AD.format(number)}"\n')
            if not number:
                assert process.stdout.readline().decode().startswith(f"id{between}description")
            answer = process.stdout.readline().decode()
            assert answer.startswith(f"{number}{between}")
            assert f"{between}project{between}" in answer
        assert process.communicate() == (b"", b"")
        assert process.wait() == 0


@linux
def test_a_key_that_comes_late_is_passed_on(model: Path) -> None:
    """The columns that are judged are those of the first lines."""
    with running("--model", model) as process:
        put(process, json_line(1))
        process.stdout.readline()
        put(process, json.dumps({"id": 2, "job_description": AD, "description": ""}) + "\n")
        answer = json.loads(process.stdout.readline())
        assert (answer["job_description"], answer["status"]) == (AD, "empty")


@linux
@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [(signal.SIGINT, 130, ["", "interrupted"]), (signal.SIGTERM, 143, ["ended"])],
)
def test_a_run_that_is_ended_while_it_waits_has_answered(
    model: Path, sent: signal.Signals, status: int, says: list[str]
) -> None:
    with running("--model", model) as process:
        put(process, json_line(1))
        answer = process.stdout.readline()
        os.killpg(process.pid, sent)
        out, err = process.communicate()
        assert process.wait() == status
        assert (answer[-1:], out, lines(err)) == (b"\n", b"", says)


@linux
@pytest.mark.parametrize(("sent", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_lines_are_whole_where_a_run_is_ended_amid_them(
    model: Path, sent: signal.Signals, status: int
) -> None:
    import fcntl
    import termios

    row = json.dumps({"description": AD, "more": "x" * 40_000}) + "\n"
    with running("--model", model) as process:
        writer = threading.Thread(target=put, args=(process, row * 100), daemon=True)
        writer.start()
        there = b"\0" * 4
        while int.from_bytes(there, sys.byteorder) < 60_000:  # it waits for a reader
            time.sleep(0.05)
            there = fcntl.ioctl(process.stdout.fileno(), termios.FIONREAD, there)
        os.kill(process.pid, sent)
        first = process.stdout.read(100_000)
        out = first + process.stdout.read()
        process.wait()
        writer.join()
        assert process.wait() == status
        assert out[-1:] == b"\n"
        assert {json.loads(line)["role"] for line in lines(out)} == {"project"}


@linux
def test_a_reader_that_leaves_ends_it_quietly(model: Path) -> None:
    with running("--model", model) as process:
        put(process, json_line(1))
        assert process.stdout.readline()
        process.stdout.close()
        put(process, json_line(2))
        assert process.wait() == 128 + signal.SIGPIPE
        assert process.stderr.read() == b""


# Manual pages


def test_manual_pages_are_those_of_the_commands() -> None:
    kept = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir()}
    assert kept == pages(), "write them again: python -m benchmarks.shipped.man_pages"
    assert set(kept) == {"rolenlp.1", *(f"rolenlp-{name}.1" for name in cli.commands)}


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
@pytest.mark.parametrize("name", ["rolenlp", *(f"rolenlp-{name}" for name in cli.commands)])
def test_manual_pages_show_all_that_the_help_shows(name: str) -> None:
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", "-P-cbou", "-rLL=400n", FOLDER / f"{name}.1"],
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""
    shown = " ".join(done.stdout.decode().split())
    _, *command = name.split("-")
    if command:
        options = [param for param in cli.commands[command[0]].params if param.opts[0][0] == "-"]
        assert [each.opts for each in options if f" {max(each.opts, key=len)} " not in shown] == []
        assert [each.envvar for each in options if each.envvar and each.envvar not in shown] == []
    summary = run(*command, "--help", COLUMNS="400").stdout.decode().split("\n\n")[1:3]
    assert [each for each in summary if " ".join(each.split()) not in shown] == []
