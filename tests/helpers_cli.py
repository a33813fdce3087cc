"""Runs the command line as a user does: its own process, real files, real pipes.

To start Python and to load the libraries takes three seconds, and most tests ask nothing of that:
where a system can fork, `run` and `start` fork this process, which has loaded them. `run_anew` and
`start_anew` begin with nothing.
"""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
import logging
import os
import signal
import subprocess
import sys
import tempfile
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from importlib import import_module
from multiprocessing import resource_tracker
from pathlib import Path
from typing import IO, Any, NoReturn

from rolenlp.cli import main
from rolenlp.model.classifier import RoleClassifier
from rolenlp.model_file.bundle import save
from rolenlp.predict import predict

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "data" / "postings.csv"
PROGRAM = [sys.executable, "-m", "rolenlp"]
ADDED = (
    "role confidence review p_product p_project p_hybrid p_other orientation title_role conflict "
    "evidence status"
).split()
THEMES = [f"theme_{name}" for name in "risk resource scope customer vision crossfunctional".split()]
ADS = [
    ("007", "Project Manager", "Keep the risk register and deliver the works on time and budget."),
    ("NA", "Product Manager", "Own the product roadmap, interview customers, set the vision."),
    ("", "Nurse", 'Care for "patients", on a busy ward;\nkeep their records up to date.'),
    (" 1.0", "", ""),
    ("é", "PM", "Too short."),
]


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, where messages are in English and nothing asks for colour."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if name != "NO_COLOR" and not name.startswith("ROLENLP_")
    }
    return {**plain, "TERM": "xterm", "COLUMNS": "100", **changes}


class Forked:
    """`rolenlp` in a process of its own, which has loaded the libraries already: as Popen is used.

    `streams` are its stdin, stdout and stderr; `before` is called first of all.
    """

    def __init__(
        self,
        words: list[str],
        variables: dict[str, str],
        streams: tuple[int, int, int],
        before: Callable[[], object] = int,
    ) -> None:
        _load_libraries()
        self.returncode: int | None = None
        self.pid = os.fork()
        if not self.pid:
            _become(words, variables, streams, before)

    def poll(self, options: int = os.WNOHANG) -> int | None:
        if self.returncode is None:
            ended, status = os.waitpid(self.pid, options)
            if ended:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        status = self.poll(0)
        assert status is not None
        return status

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


class Piped(Forked):
    """A forked process whose streams are pipes, but for those given; their other ends are here."""

    def __init__(
        self,
        words: list[str],
        variables: dict[str, str],
        before: Callable[[], object] = int,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
    ) -> None:
        (given, give), (out, write_out), (err, write_err) = (os.pipe() for _ in range(3))
        self.stdin = os.fdopen(give, "wb")
        self.stdout, self.stderr = os.fdopen(out, "rb"), os.fdopen(err, "rb")
        streams = (
            stdin.fileno() if stdin else given,
            stdout.fileno() if stdout else write_out,
            write_err,
        )
        super().__init__(words, variables, streams, before)
        for stream in (given, write_out, write_err):
            os.close(stream)

    def communicate(self, stdin: bytes = b"") -> tuple[bytes, bytes]:
        """Write this, close, read to the end and wait."""
        with ThreadPoolExecutor(3) as threads:
            threads.submit(_write, self.stdin, stdin)
            out, err = threads.map(_read, (self.stdout, self.stderr))
        self.wait()
        return out, err


def run(*args: object, stdin: bytes = b"", **changes: str) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own, which has loaded the libraries already."""
    if sys.platform != "linux":
        return run_anew(*args, stdin=stdin, **changes)
    process = Piped([*map(str, args)], environment(**changes))
    out, err = process.communicate(stdin)
    return subprocess.CompletedProcess(args, process.wait(), out, err)


def start(
    *args: object,
    alone: bool = False,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> Piped | subprocess.Popen[bytes]:
    """Begin such a run, `alone` in a process group, with open files for its streams or pipes."""
    if sys.platform != "linux":
        return start_anew(
            *args,
            start_new_session=alone,
            stdin=stdin or subprocess.PIPE,
            stdout=stdout or subprocess.PIPE,
        )
    before = os.setsid if alone else int
    return Piped([*map(str, args)], environment(), before, stdin, stdout)


def on_terminal(*args: object, stream: str, **changes: str) -> tuple[str, bytes]:
    """What a run writes to a terminal on one stream, and to a file on the other."""
    import pty

    master, slave = pty.openpty()
    nothing = os.open(os.devnull, os.O_RDONLY)
    with tempfile.TemporaryFile() as other:
        streams = (slave, other.fileno()) if stream == "stdout" else (other.fileno(), slave)
        process = Forked([*map(str, args)], environment(**changes), (nothing, *streams))
        os.close(slave)
        os.close(nothing)
        seen = b""
        try:
            while chunk := os.read(master, 1024):
                seen += chunk
        except OSError:  # Linux says so when the other side has closed
            pass
        os.close(master)
        assert process.wait() == 0
        other.seek(0)
        return seen.decode().replace("\r\n", "\n"), other.read()


@cache
def _load_libraries() -> None:
    """Load what commands load, so that forked processes find it."""
    for name in ("label.run", "train.run", "train.review", "evaluate.run", "evaluate.report.page"):
        import_module(f"rolenlp.{name}")
    for name in ("filelock", "matplotlib.figure", "pyarrow.parquet", "pandas", "skops.io"):
        import_module(name)
    predict("")  # loads what spaCy leaves until then
    gc.collect()
    gc.freeze()  # or each fork copies it all when it looks for garbage


def _become(
    words: list[str],
    variables: dict[str, str],
    streams: tuple[int, int, int],
    before: Callable[[], object],
) -> NoReturn:
    """Turn this forked process into `rolenlp`, and end it: nothing of pytest goes on in it."""
    status = 1
    try:
        before()
        for wanted, stream in enumerate(streams):
            os.dup2(stream, wanted)
        os.closerange(3, 1 << 16)
        # Of pytest's process, if that has started others: asked through what was closed here.
        resource_tracker._resource_tracker.__init__()
        sys.stdin, sys.stdout = open(0), open(1, "w")  # noqa: SIM115
        sys.stderr = open(2, "w", buffering=1, errors="backslashreplace")  # noqa: SIM115
        os.environ.clear()
        os.environ.update(variables)
        sys.argv = ["rolenlp", *words]
        logging.root.handlers.clear()
        warnings.resetwarnings()
        for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
            warnings.simplefilter("ignore", kind)
        warnings.showwarning = _show_warning
        main()
    except SystemExit as done:
        status = done.code if isinstance(done.code, int) else int(done.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(status)


def _show_warning(message: Any, kind: Any, file: str, line: int, *_: Any) -> None:
    sys.stderr.write(warnings.formatwarning(message, kind, file, line))


def _write(stream: IO[bytes], data: bytes) -> None:
    """Who does not read it to its end need not."""
    if not stream.closed:
        with suppress(BrokenPipeError), stream:
            stream.write(data)


def _read(stream: IO[bytes]) -> bytes:
    with stream:
        return stream.read()


def run_anew(
    *args: object, stdin: bytes = b"", **changes: str
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a Python of its own."""
    return subprocess.run(
        [*PROGRAM, *map(str, args)],
        input=stdin,
        capture_output=True,
        env=environment(**changes),
        check=False,
    )


def start_anew(*args: object, **options: Any) -> subprocess.Popen[bytes]:
    """Begin a command in a Python of its own."""
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    return subprocess.Popen([*PROGRAM, *map(str, args)], **{**pipes, **options}, env=environment())


def lines(stream: bytes) -> list[str]:
    return stream.decode().splitlines()


@cache
def _phrases_files() -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "phrases.joblib")
        save(RoleClassifier().fit([], []), path, {})
        return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def phrases_model(folder: Path) -> Path:
    """A model that knows the phrases alone, saved."""
    for name, data in _phrases_files().items():
        (folder / name).write_bytes(data)
    return folder / "phrases.joblib"


def table(path: Path, rows: list[dict[str, Any]]) -> Path:
    """Write a table of the format that the name of `path` says."""
    kind = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if kind == "parquet":
        import pyarrow
        import pyarrow.parquet

        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)
        return path
    if kind in ("jsonl", "ndjson"):
        text = "".join(json.dumps(row) + "\n" for row in rows)
    else:
        stream = io.StringIO(newline="")
        delimiter = "\t" if kind == "tsv" else ","
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
        text = stream.getvalue()
    path.write_bytes(_compressed(path, text.encode()))
    return path


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a table of any format."""
    kind = path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[2]
    if kind == "parquet":
        import pyarrow.parquet

        rows: list[dict[str, Any]] = pyarrow.parquet.read_table(path).to_pylist()
        return rows
    text = _decompressed(path).decode()
    if kind in ("jsonl", "ndjson"):
        return [json.loads(line) for line in text.splitlines()]
    delimiter = "\t" if kind == "tsv" else ","
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def ads_table(path: Path, times: int = 1) -> Path:
    """A table of `ADS`, with a column that means nothing between the others."""
    rows = [
        {"id": name, "title": title, "salary": "1e3", "description": text}
        for name, title, text in ADS * times
    ]
    return table(path, rows)


def _compressed(path: Path, data: bytes) -> bytes:
    if path.suffix == ".gz":
        return gzip.compress(data)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.compress(data)
    return data


def _decompressed(path: Path) -> bytes:
    data = path.read_bytes()
    if path.suffix == ".gz":
        return gzip.decompress(data)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.ZstdDecompressor().decompressobj().decompress(data)
    return data
