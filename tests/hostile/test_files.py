"""Files that are one and the same, strangers' files, modes, memory, a full disk, escape codes."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rolenlp.errors import InputError, RolenlpError
from rolenlp.files.atomic import OutputFile, write_whole
from rolenlp.files.terminal import shown
from rolenlp.files.use import Read, Written, check_files, check_place
from rolenlp.label.journal import journal_path
from rolenlp.label.summary import Summary
from rolenlp.label.workers import Options, judge_all
from rolenlp.schema import Posting
from tests.helpers_cli import (
    ADS,
    ads_table,
    lines,
    on_terminal,
    phrases_model,
    read,
    start,
    start_anew,
    table,
)
from tests.helpers_cli import run as run_anywhere
from tests.hostile.test_runs import KEPT, ROWS, begin, end, judging
from tests.small_ads import ADS as LABELLED
from tests.small_ads import ROLES

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and limits of POSIX")

AD = "Keep the risk register, then deliver the works on time and within budget for the client."
NOBODY = 65_534


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


# One file under two names


@pytest.fixture
def folder(tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table, an ad, a model, and the table under other names; we are in it."""
    ads_table(tmp_path / "in.csv")
    (tmp_path / "ad.txt").write_text(AD)
    for suffix in (".joblib", ".json"):
        shutil.copy(model.with_suffix(suffix), tmp_path / f"m{suffix}")
        shutil.copy(model.with_suffix(suffix), tmp_path / f"metrics{suffix}")
    (tmp_path / "link.csv").symlink_to("in.csv")
    (tmp_path / "to-come.csv").symlink_to("out.csv")
    os.link(tmp_path / "in.csv", tmp_path / "hard.csv")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


SAME = [
    ("label in.csv -o in.csv", "--output: is INPUT"),
    ("label in.csv -o link.csv", "--output: is INPUT"),
    ("label in.csv -o hard.csv", "--output: is INPUT"),
    ("label in.csv -o sub/../in.csv", "--output: is INPUT"),
    ("label in.csv -o out.csv --stats in.csv", "--stats: is INPUT"),
    ("label in.csv -o out.csv --stats out.csv", "--stats: is --output"),
    ("label in.csv -o out.csv --stats OUT.csv", "--stats: is --output"),
    ("label in.csv -o out.csv --stats to-come.csv", "--stats: is --output"),
    ("label in.csv -o out.csv --stats out.csv.rejected", "--stats: is OUTPUT.rejected"),
    ("label in.csv -o out.csv --stats .out.csv.journal", "--stats: is the journal of --output"),
    ("label in.csv -o out.csv --stats .out.csv.lock", "--stats: is the lock of --output"),
    ("label in.csv --stats -", "--stats: is --output"),
    ("label in.csv --model m.joblib --stats m.json", "--stats: is the card of --model"),
    ("label in.csv --model m.joblib --stats m.joblib", "--stats: is --model"),
    ("explain ad.txt --html ad.txt", "--html: is FILE"),
    ("explain ad.txt --model m.joblib --html m.json", "--html: is the card of --model"),
    ("train in.csv -o new.joblib --doubts in.csv", "--doubts: is LABELLED"),
    ("train ad.csv in.csv -o new.joblib --doubts in.csv", "--doubts: is LABELLED"),
    ("train in.csv -o new.joblib --doubts new.joblib", "--doubts: is --output"),
    ("train in.csv -o new.joblib --doubts new.json", "--doubts: is the card of --output"),
    ("train in.csv -o m.joblib --base m.joblib", "--output: is --base"),
    ("evaluate in.csv --model metrics.joblib --report .", "metrics.json of --report: is the card"),
    ("evaluate in.csv --compare metrics.joblib --report .", "metrics.json of --report: is the"),
    ("review in.csv -o in.csv", "--output: is LABELLED"),
    ("review in.csv -o link.csv", "--output: is LABELLED"),
    ("review in.csv --model m.joblib -o m.joblib", "--output: is --model"),
]


@pytest.mark.parametrize(("command", "says"), SAME)
def test_no_command_writes_over_what_it_reads_or_writes(
    folder: Path, command: str, says: str
) -> None:
    before = contents(folder)
    done = run_anywhere(*command.split())
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert said.startswith(f"rolenlp: {says}")
    assert said.endswith("; name another file")
    assert contents(folder) == before


@pytest.mark.parametrize(
    ("command", "redirected", "says"),
    [
        ("label - -o in.csv", "< in.csv", "--output: is INPUT"),
        ("label in.csv --model m.joblib", ">> in.csv", "--output: is INPUT"),
        ("label in.csv --model m.joblib --stats x", "> x", "--stats: is --output"),
        ("explain ad.txt", ">> ad.txt", "stdout: is FILE"),
        ("inspect m.joblib", ">> m.json", "stdout: is the card of MODEL"),
    ],
)
def test_nor_through_a_stream(folder: Path, command: str, redirected: str, says: str) -> None:
    before = contents(folder)
    sign, _, name = redirected.partition(" ")
    with Path(name).open({"<": "rb", ">": "wb", ">>": "ab"}[sign]) as file:
        process = start(*command.split(), **{"stdin" if sign == "<" else "stdout": file})
    _, stderr = process.communicate()
    assert process.returncode == 1
    assert lines(stderr) == [f"rolenlp: {says}; name another file"]
    assert {name: data for name, data in contents(folder).items() if data} == before


@pytest.mark.parametrize(
    ("read", "written"),
    [
        (["a"], ["b"]),
        (["a", "a"], ["b"]),  # what is read may be read twice
        (["a"], ["A"]),  # `a` is there, and here `A` is another
        (["-"], ["-"]),
        (["sub/a"], ["a2"]),
    ],
)
def test_other_files_are_let_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: list[str], written: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("a", "sub/a"):
        (tmp_path / name).touch()
    if (tmp_path / "A").exists():
        pytest.skip("this disk knows no case")
    check_files([Read("in", each) for each in read], [Written("out", each) for each in written])


def test_what_is_read_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match="a: there is no such file"):
        check_files([Read("in", "-"), Read("in", "a")], [])


# Strangers


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("out.csv.rejected", "label in.csv -o out.csv"),
        (".out.csv.journal", "label in.csv -o out.csv"),
        (".out.csv.journal", "label in.csv -o out.csv --resume"),
        (".out.csv.lock", "label in.csv -o out.csv"),
        ("new.json", "train in.csv -o new.joblib"),
        ("report/metrics.json", "evaluate in.csv --report report"),
        ("report/report.html", "evaluate in.csv --report report"),
    ],
)
@pytest.mark.parametrize("kind", ["file", "directory", "link"])
def test_a_file_of_a_stranger_is_not_touched(
    folder: Path, name: str, command: str, kind: str
) -> None:
    (folder / "report").mkdir()
    path = folder / name
    if kind == "file":
        path.write_text("mine")
    elif kind == "link":
        path.symlink_to("nowhere")
    else:
        path.mkdir()
        (path / "a").write_text("mine")
    before = contents(folder)
    done = run_anywhere(*command.split(), "--quiet")
    assert (done.returncode, done.stdout) == (1, b"")
    (said,) = lines(done.stderr)
    assert f"{name}: is in the way, and not as rolenlp writes it" in said
    assert contents(folder) == before
    assert path.is_symlink() == (kind == "link")


def test_what_rolenlp_wrote_is_replaced_or_removed(tmp_path: Path, model: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    for content in ("id,text\n1,a\n2,b,c\n", "id,text\n1,a\n2,b,d\n", "id,text\n1,a\n"):
        source.write_text(content)
        assert run_anywhere("label", source, "-o", out, "--model", model).returncode == 0
        away = tmp_path / "out.csv.rejected"
        assert away.exists() == ("2," in content)
        if away.exists():
            assert away.read_text().splitlines()[-1].endswith(content.splitlines()[-1] + '"')
    labelled = zip(LABELLED, ROLES, strict=True)
    few = table(
        tmp_path / "few.csv", [{"text": text, "role": role} for (_, text), role in labelled]
    )
    for name in ("m.joblib", "m.joblib", "m.skops", "m.skops"):
        assert run_anywhere("train", few, "-o", tmp_path / name, "-q").returncode == 0


def test_parts_of_a_killed_run_are_cleared_away_but_no_directory(
    tmp_path: Path, model: Path
) -> None:
    for name in (".out.csv.0123abcd.part", ".out.csv.rejected.0123abcd.part"):
        (tmp_path / name).write_text("half")
    (tmp_path / ".out.csv.fedcba98.part").mkdir()
    source = ads_table(tmp_path / "in.csv")
    assert (
        run_anywhere("label", source, "-o", tmp_path / "out.csv", "--model", model).returncode == 0
    )
    assert {path.name for path in tmp_path.iterdir()} == {
        "in.csv",
        "out.csv",
        ".out.csv.fedcba98.part",
    }


# Modes and owners


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("umask", "old", "new"),
    [
        (0o022, None, 0o644),
        (0o077, None, 0o600),
        (0o007, None, 0o660),
        (0o022, 0o600, 0o600),
        (0o077, 0o664, 0o664),
        (0o022, 0o755, 0o755),
    ],
)
def test_a_file_is_private_until_it_is_in_place(
    tmp_path: Path, umask: int, old: int | None, new: int
) -> None:
    path = tmp_path / "out"
    if old is not None:
        path.write_bytes(b"old")
        path.chmod(old)
    before = os.umask(umask)
    try:
        file = OutputFile(path)
        (part,) = tmp_path.glob(".out.*.part")
        assert mode(part) == 0o600
        file.stream.write(b"new")
        file.commit()
    finally:
        os.umask(before)
    assert (mode(path), path.read_bytes()) == (new, b"new")
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("old", [0o600, 0o640])
def test_rejected_rows_are_for_the_eyes_of_who_reads_the_output(
    tmp_path: Path, model: Path, old: int
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text("id,text\n1,a\n2,b,c\n")
    out.touch()
    out.chmod(old)
    for _ in range(2):  # also where there is one already
        assert run_anywhere("label", source, "-o", out, "--model", model).returncode == 0
        assert mode(out) == mode(tmp_path / "out.csv.rejected") == old


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_a_file_keeps_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"old")
    os.chown(path, NOBODY, NOBODY)
    path.chmod(0o640)
    write_whole(path, b"new")
    about = path.stat()
    assert (about.st_uid, about.st_gid, mode(path)) == (NOBODY, NOBODY, 0o640)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root")
def test_who_cannot_keep_the_owner_does_not_replace_the_file() -> None:
    with tempfile.TemporaryDirectory() as folder:  # that of the test is for its user alone
        Path(folder).chmod(0o777)
        path = Path(folder, "out")
        path.write_bytes(b"old")
        path.chmod(0o666)
        os.seteuid(NOBODY)
        try:
            with pytest.raises(InputError, match="belongs to another user or group"):
                check_place(path)
        finally:
            os.seteuid(0)
        assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    "command",
    [
        "label in.csv -o old",
        "label in.csv -o out.csv --stats old",
        "explain ad.txt --html old",
        "review in.csv -o old",
        "train in.csv -o new.joblib --doubts old",
    ],
)
def test_what_is_read_only_is_not_replaced(folder: Path, command: str) -> None:
    old = folder / ("old.csv" if "-o old" in command else "old")
    old.write_text("precious")
    old.chmod(0o444)
    done = run_anywhere(*command.replace("-o old", "-o old.csv").split())
    assert (done.returncode, done.stdout) == (1, b"")
    assert lines(done.stderr) == [
        f"rolenlp: {old.name}: is read-only; name another file, or let it be written to"
    ]
    assert old.read_text() == "precious"


# What reaches a terminal


@pytest.mark.parametrize(
    ("text", "line", "several"),
    [
        ("plain text, é, 職, 👩", "plain text, é, 職, 👩", "plain text, é, 職, 👩"),
        ("a\x1b[2Jb", "a\ufffd[2Jb", "a\ufffd[2Jb"),
        ("a\x9b2Jb\x00\x7f", "a\ufffd2Jb\ufffd\ufffd", "a\ufffd2Jb\ufffd\ufffd"),
        ("a\u202eb\u2066c", "a\ufffdb\ufffdc", "a\ufffdb\ufffdc"),
        ("a\nb\tc", "a b c", "a\nb\tc"),
        ("a\r\nb\rc", "a  b c", "a\nb c"),
        ("a\u2028b\x85c\xa0d", "a b c d", "a b c d"),
        ("soft\u00adly zero\u200bwidth", "softly zerowidth", "softly zerowidth"),
        ("\ud800", "\ufffd", "\ufffd"),
    ],
)
def test_what_is_shown_steers_no_terminal(text: str, line: str, several: str) -> None:
    assert shown(text) == line
    assert shown(text, lines=True) == several


EVIL = "\x1b]0;owned\x07\x9b2J\u202e"


def unsteered(data: bytes) -> bool:
    text = data.decode()
    return not any(c in text for c in "\x1b\x07\x9b\u202e\x00\r")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["label", "in.csv", "-o", "out.csv"], 0),
        (["label", "in.csv", "-o", "out.csv", "--id-column", "nothing"], 1),
        (["label", "in.csv", "-o", "out.csv", "--id-column", "nothing", "--debug"], 1),
        (["label", f"{EVIL}.csv"], 1),
        (["label", "in.csv", f"{EVIL}.csv"], 1),
        (["explain", "ad.txt"], 0),
        (["evaluate", "judged.csv"], 0),
        (["train", "judged.csv", "-o", "new.pkl" + EVIL], 1),
    ],
)
def test_nothing_of_the_data_steers_the_terminal(
    folder: Path, model: Path, arguments: list[str], status: int
) -> None:
    table(folder / "in.csv", [{f"{EVIL}\nid": "x" + EVIL, "title": EVIL, "description": AD + EVIL}])
    table(
        folder / "judged.csv", [{"source": EVIL, "description": AD + EVIL, "role": "project"}] * 20
    )
    (folder / "ad.txt").write_text(f"{AD}\n{EVIL} {AD.replace('risk', 'risk' + EVIL)}")
    if arguments[0] != "train":
        arguments = [*arguments, "--model", str(model)]
    done = run_anywhere(*arguments)
    assert done.returncode == status
    assert unsteered(done.stderr), done.stderr
    assert unsteered(done.stdout), done.stdout
    assert done.stderr + done.stdout


def test_a_table_on_a_terminal_is_text_and_in_a_pipe_as_it_is(folder: Path, model: Path) -> None:
    table(folder / "in.csv", [{"id": EVIL, "description": AD}])
    command = ("label", "in.csv", "--quiet", "--model", model)
    assert EVIL.encode() in run_anywhere(*command).stdout
    seen, _ = on_terminal(*command, stream="stdout")
    assert "owned" in seen
    assert unsteered(seen.encode())


# The machine's trouble


def test_a_model_that_fails_on_all_is_no_status_of_an_ad() -> None:
    from rolenlp.model.classifier import RoleClassifier

    unfitted = RoleClassifier()
    with pytest.raises(AttributeError):
        judge_all(unfitted, [Posting(text, title) for _, title, text in ADS], Options())


@pytest.mark.parametrize(
    "error", [MemoryError, OSError, ImportError, EOFError, SystemError, KeyboardInterrupt]
)
def test_what_no_text_can_cause_ends_the_run(model: Path, error: type[BaseException]) -> None:
    from rolenlp.model_file.bundle import load

    class Ad:
        title = ""

        @property
        def text(self) -> str:
            raise error

    with pytest.raises(error):
        judge_all(load(model), [Posting(AD), Ad()], Options())  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("errors", "rows", "fails"), [(0, 0, False), (1, 100, False), (2, 100, True), (1, 1, True)]
)
def test_many_errors_fail_a_run(errors: int, rows: int, fails: bool) -> None:
    summary = Summary(rows=rows)
    summary.statuses.update(error=errors, ok=rows - errors)
    if not fails:
        summary.check_errors("out.csv")
        return
    with pytest.raises(RolenlpError, match=f"{errors} of {rows} rows have the status error") as e:
        summary.check_errors("out.csv")
    assert "out.csv is whole all the same" in str(e.value)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table(tmp_path_factory.mktemp("source") / "ads.csv", ROWS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, source: Path, model: Path) -> bytes:
    out = tmp_path_factory.mktemp("whole") / "out.csv"
    assert run_anywhere("label", source, "-o", out, "--model", model).returncode == 0
    return out.read_bytes()


def test_a_run_with_many_errors_is_whole_and_ends_with_1(
    tmp_path: Path, source: Path, model: Path
) -> None:
    """The errors stand in the journal of a run that was cut off, as if it had made them."""
    out = tmp_path / "out.csv"
    process = begin(source, out, model)
    judging(process, out)
    process.kill()
    end(process)
    head, *records = journal_path(out).read_bytes().splitlines()
    changed = [head]
    for record in records[:1]:
        digest, values = json.loads(record[9:])
        at = next(n for n, column in enumerate(values) if set(column) <= {"ok"})
        values[at] = ["error"] * len(values[at])
        text = json.dumps([digest, values], ensure_ascii=False, separators=(",", ":")).encode()
        changed.append(b"%08x %s" % (zlib.crc32(text), text))
    journal_path(out).write_bytes(b"\n".join(changed) + b"\n")
    done = run_anywhere("label", source, "-o", out, "--model", model, "--resume")
    assert done.returncode == 1
    assert "status: ok 5,488, error 512" in lines(done.stderr)
    assert lines(done.stderr)[-1].startswith("rolenlp: 512 of 6,000 rows have the status error")
    assert len(read(out)) == len(ROWS)


def limited(room: int) -> Any:
    """Let a process have so much address space."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (room, room))


def test_out_of_memory_is_no_status(
    tmp_path: Path, source: Path, model: Path, whole: bytes
) -> None:
    """From too little to start to nearly enough: done, or one line; what is done is right."""
    out, ended = tmp_path / "out.csv", 0
    for room in (500, 700, 900, 1_100):
        command = ("label", source, "-o", out, "--quiet", "--model", model, "--resume")
        process = start_anew(
            *command, preexec_fn=limited(room << 20)
        )  # a forked one has more already
        _, stderr = process.communicate(timeout=120)
        status, said = process.returncode, lines(stderr)
        if status == 0:
            break
        ended += 1
        assert not out.exists()
        if status == 1 and journal_path(out).exists():
            assert said[-1].endswith(KEPT)
    assert ended
    done = run_anywhere("label", source, "-o", out, "--model", model, "--resume")
    assert done.returncode == 0
    assert out.read_bytes() == whole


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", place],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    if done.returncode:
        pytest.skip("a disk can only be mounted by root")
    yield place
    subprocess.run(["umount", place], check=True)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_is_no_status(
    small_disk: Path, source: Path, model: Path, whole: bytes, ending: str
) -> None:
    out = small_disk / f"out.{ending}"
    out.write_text("precious")
    status, said = end(begin(source, out, model))
    assert status == 1
    (line,) = said
    assert ": cannot be written: the disk is full (No space left on device)" in line
    assert line.endswith(KEPT)
    assert out.read_text() == "precious"
    assert {path.name for path in small_disk.iterdir()} == {out.name, journal_path(out).name}
    subprocess.run(["mount", "-o", "remount,size=20m", small_disk], check=True)
    done = run_anywhere("label", source, "-o", out, "--model", model, "--resume")
    assert done.returncode == 0
    assert any("ads had been judged before the run was cut off" in x for x in lines(done.stderr))
    assert len(read(out)) == len(ROWS)
    assert {row["status"] for row in read(out)} == {"ok"}
    assert ending != "csv" or out.read_bytes() == whole
