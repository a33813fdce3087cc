"""Runs that are killed, stopped, starved and fooled: through real processes and real files."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from rolenlp.label.journal import journal_path
from tests.helpers_cli import (
    Forked,
    environment,
    lines,
    phrases_model,
    read,
    run,
    start,
    table,
)

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks")

# "+AGE-" is "a" to who reads UTF-7.
AD = (
    "Keep the risk register of site +AGE- {0} and deliver its works on time and budget. Report to "
    "the board every month, manage contractors and hold the plan of phase {0} together."
)
ROWS = [{"id": n, "title": f"Manager {n % 97}", "description": AD.format(n)} for n in range(6_000)]
MANY = ROWS * 3  # so many that processes are started for them, and no more to judge
KEPT = "what was judged is kept: the same command with --resume goes on from there"
CHANGED = "has changed while it was read; run again when nothing writes to it any more"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return phrases_model(tmp_path_factory.mktemp("model"))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table(tmp_path_factory.mktemp("source") / "ads.csv", ROWS)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return table(tmp_path_factory.mktemp("many") / "ads.csv", MANY)


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory, source: Path, many: Path, model: Path
) -> Callable[..., bytes]:
    """The bytes of a run that nothing disturbs, by the ending of its output and its processes."""
    folder, known = tmp_path_factory.mktemp("whole"), {}

    def bytes_of(ending: str, jobs: int = 1) -> bytes:
        if (ending, jobs) not in known:
            out = folder / f"{jobs}.{ending}"
            rows = source if jobs == 1 else many
            done = run("label", rows, "-o", out, "--model", model, "--jobs", 1)
            assert done.returncode == 0
            known[ending, jobs] = out.read_bytes()
        return known[ending, jobs]

    return bytes_of


class Run:
    """A run that has begun, and what it says on stderr."""

    def __init__(self, *args: object, before: Callable[[], object]) -> None:
        self._said = tempfile.TemporaryFile()  # noqa: SIM115
        nothing = os.open(os.devnull, os.O_RDWR)
        streams = (nothing, nothing, self._said.fileno())
        self.process = Forked([*map(str, args)], environment(), streams, before)
        os.close(nothing)
        self.pid, self.poll = self.process.pid, self.process.poll
        self.kill, self.wait = self.process.kill, self.process.wait

    def said(self) -> list[str]:
        with self._said:
            self._said.seek(0)
            return lines(self._said.read())


def begin(
    source: Path, out: Path, model: Path, *more: object, before: Callable[[], object] = int
) -> Run:
    """Start a run in a process group of its own; `before` is called in it first."""

    def alone() -> None:
        os.setsid()
        before()

    return Run("label", source, "-o", out, "--quiet", "--model", model, *more, before=alone)


def workers(process: Run) -> int:
    """How many processes a run has started."""
    return len(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


def judging(process: Run, out: Path, batches: int = 1) -> None:
    """Wait until so many batches are in the journal, and the run is far from its end."""
    journal = journal_path(out)
    while not journal.exists() or journal.read_bytes().count(b"\n") <= batches:
        assert process.poll() is None, process.said()
        time.sleep(0.005)


def end(process: Run) -> tuple[int, list[str]]:
    return process.wait(), process.said()


def resume(source: Path, out: Path, model: Path, *more: object) -> list[str]:
    done = run("label", source, "-o", out, "--model", model, "--resume", *more)
    assert done.returncode == 0, done.stderr
    return lines(done.stderr)


ENDS: dict[signal.Signals, tuple[int, list[str]]] = {
    signal.SIGKILL: (-signal.SIGKILL, []),
    signal.SIGINT: (130, ["", f"interrupted; {KEPT}"]),
    signal.SIGTERM: (143, [f"ended; {KEPT}"]),
}


@pytest.mark.parametrize(
    ("sent", "ending", "jobs", "jobs_then"),
    [
        (signal.SIGKILL, "csv", 1, 1),
        (signal.SIGKILL, "csv.gz", 2, 2),
        (signal.SIGKILL, "parquet", 1, 1),
        (signal.SIGINT, "jsonl.zst", 1, 1),
        (signal.SIGINT, "csv", 2, 1),
        (signal.SIGTERM, "csv", 1, 1),
    ],
)
def test_a_run_that_is_cut_off_goes_on_to_the_same_bytes(
    tmp_path: Path,
    source: Path,
    many: Path,
    model: Path,
    whole: Callable[..., bytes],
    sent: signal.Signals,
    ending: str,
    jobs: int,
    jobs_then: int,
) -> None:
    out = tmp_path / f"out.{ending}"
    rows = source if jobs == 1 else many
    process = begin(rows, out, model, "--jobs", jobs)
    judging(process, out)
    assert (workers(process) >= jobs) == (jobs > 1)
    os.killpg(process.pid, sent)
    assert end(process) == ENDS[sent]
    assert not out.exists()
    said = resume(rows, out, model, "--jobs", jobs_then)
    assert any("ads had been judged before the run was cut off" in line for line in said)
    assert out.read_bytes() == whole(ending, jobs)
    assert list(tmp_path.iterdir()) == [out]


def test_a_run_may_be_killed_again_and_again(
    tmp_path: Path, source: Path, model: Path, whole: Callable[..., bytes]
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("precious")
    for batches in (1, 4, 8):
        process = begin(source, out, model, "--resume")
        judging(process, out, batches)
        os.killpg(process.pid, signal.SIGKILL)
        assert end(process) == (-signal.SIGKILL, [])
        assert out.read_text() == "precious"
        assert len(list(tmp_path.glob(".out.csv.*.part"))) == 1  # and not those of runs before it
    resume(source, out, model)
    assert out.read_bytes() == whole("csv")
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_full_disk_is_one_line_and_leaves_what_was_judged(
    tmp_path: Path, source: Path, model: Path, whole: Callable[..., bytes], ending: str
) -> None:
    out = tmp_path / f"out.{ending}"
    # As good as a full disk: no file may grow beyond so many bytes.
    limit = min(len(whole(ending)) * 2 // 3, 300_000)
    process = begin(
        source,
        out,
        model,
        before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    status, said = end(process)
    assert status == 1
    (line,) = said
    assert ": cannot be written: File too large" in line
    assert line.endswith(KEPT)
    assert list(tmp_path.iterdir()) == [journal_path(out)]
    resume(source, out, model)
    assert out.read_bytes() == whole(ending)
    assert list(tmp_path.iterdir()) == [out]


def test_a_reader_that_leaves_ends_the_run_as_it_ends_others(source: Path, model: Path) -> None:
    head = subprocess.Popen(["head", "-n", "1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    process = start("label", source, "--quiet", "--model", model, stdout=head.stdin)
    first, _ = head.communicate()  # closes this side of the pipe
    _, stderr = process.communicate()
    assert (process.returncode, stderr) == (128 + signal.SIGPIPE, b"")
    assert first.startswith(b"id,title,description,role,")


# Two runs


@pytest.mark.parametrize("link", [False, True])
def test_of_two_runs_to_one_output_the_second_is_refused(
    tmp_path: Path, source: Path, model: Path, whole: Callable[..., bytes], link: bool
) -> None:
    (tmp_path / "there").mkdir()
    out = name = tmp_path / "there" / "out.csv"
    if link:
        name = tmp_path / "link.csv"
        name.symlink_to("there/out.csv")
    first = begin(source, out, model)
    judging(first, out)
    for more in ([], ["--resume"]):
        assert end(begin(source, name, model, *more)) == (
            1,
            [
                f"rolenlp: {name}: another run is writing it; "
                "wait for its end, or name another output"
            ],
        )
    assert end(first) == (0, [])
    assert out.read_bytes() == whole("csv")
    assert list((tmp_path / "there").iterdir()) == [out]


def test_what_other_runs_left_or_are_writing_is_let_be(
    tmp_path: Path, source: Path, model: Path
) -> None:
    left = [".out.csv.0123abcd.part", ".out.csv.fedcba98.part"]
    others = [".other.csv.0123abcd.part", ".out.csv.part", ".out.csv.0123abcd.part.csv", "out.part"]
    for name in [*left, *others]:
        (tmp_path / name).write_text("half")
    small = table(tmp_path / "ads.csv", ROWS[:3])
    assert run("label", small, "-o", tmp_path / "out.csv", "--model", model).returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {*others, "ads.csv", "out.csv"}


def test_the_workers_of_a_run_that_was_killed_end(tmp_path: Path, many: Path, model: Path) -> None:
    out = tmp_path / "out.csv"
    process = begin(many, out, model, "--jobs", 2)
    judging(process, out)
    assert workers(process) >= 2
    process.kill()  # and none of its workers
    process.wait()
    for _ in range(600):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    pytest.fail("there are workers left")


# An input that changes


def _append(path: Path) -> None:
    with path.open("a") as file:
        file.write("9001,Manager,Keep the plan.\r\n")


def _rewrite(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(-10, os.SEEK_END)
        file.write(b"Z")


def _cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def _replace(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes())
    about = path.stat()
    os.utime(other, ns=(about.st_atime_ns, about.st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize(
    ("ending", "change"),
    [
        ("csv", _append),
        ("csv", _rewrite),
        ("csv", _cut),
        ("csv", _replace),
        ("csv.gz", _cut),
        ("parquet", Path.unlink),
    ],
)
def test_an_input_that_changes_gives_no_output(
    tmp_path: Path, model: Path, ending: str, change: Callable[[Path], None]
) -> None:
    source, out = table(tmp_path / f"ads.{ending}", ROWS), tmp_path / "out.csv"
    # Where processes might pay, a table of this size is read before any of it is judged.
    process = begin(source, out, model, "--jobs", 1)
    judging(process, out)
    change(source)
    assert end(process) == (1, [f"rolenlp: {source}: {CHANGED}"])
    assert not out.exists()


# What cannot be resumed


def test_an_input_that_cannot_be_read_twice_is_not_resumed(tmp_path: Path, model: Path) -> None:
    pipe, out = tmp_path / "ads.csv", tmp_path / "out.csv"
    os.mkfifo(pipe)
    ads = table(tmp_path / "file.csv", ROWS[:20]).read_bytes()
    for more, status in ((["--resume"], 1), ([], 0)):
        process = begin(pipe, out, model, *more)
        pipe.write_bytes(ads)
        done, said = end(process)
        assert done == status
        if more:
            (line,) = said
            assert "is no regular file, so a run on it cannot be resumed" in line
            assert not out.exists()
    assert len(read(out)) == 20


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, source: Path, model: Path) -> bytes:
    """The journal of a run that was killed."""
    out = tmp_path_factory.mktemp("left") / "out.csv"
    process = begin(source, out, model)
    judging(process, out)
    os.killpg(process.pid, signal.SIGKILL)
    end(process)
    return journal_path(out).read_bytes()


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--min-precision", "0.8"], "--min-precision is not that of the run that was cut off"),
        (["--title-column", "id"], "the column of titles is not that of the run"),
        (["--encoding", "utf-7"], "the ads are not those of the run that was cut off"),
    ],
)
def test_another_run_cannot_take_up_the_journal(
    tmp_path: Path, source: Path, model: Path, left: bytes, more: list[str], says: str
) -> None:
    out = tmp_path / "out.csv"
    journal_path(out).write_bytes(left)
    status, said = end(begin(source, out, model, "--resume", *more))
    assert status == 1
    (line,) = said
    assert says in line
    assert line.endswith("; run without --resume to start over")
    assert journal_path(out).read_bytes() == left
    assert not out.exists()
