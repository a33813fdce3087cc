"""A run's journal: the verdicts given so far, so that a run that was cut off can go on.

It lies beside the output, ``.NAME.journal``, while the run lasts, and stays only if that does not
end well. It holds the run's key and then a line for each batch of new ads: a digest of the ads
and the values of the added columns, exactly as they were given. Of the ads' texts it holds no more
than the quoted evidence. Reading and writing are cheap: a resumed run does both again from the
start, and only takes the verdicts from here.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
import zlib
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from rolenlp import __version__
from rolenlp.errors import InputError, OutputError
from rolenlp.files.atomic import writing
from rolenlp.files.use import JOURNAL, is_ours, refuse_stranger
from rolenlp.label.workers import Columns, Options
from rolenlp.schema import Posting
from rolenlp.tables import TableReader
from rolenlp.tables.columns import Columns as Found

_VERSION = 2  # raise it when a journal written now could not be read as it was meant
_SYNCED = 1.0  # seconds between two times that the disk itself is waited for
_END = 1 << 20  # bytes of the input's start and end that are looked at
_LIBRARIES = ("numpy", "py3langid", "scipy", "spacy")
_AGAIN = "run without --resume to start over"


def journal_path(output: str | Path) -> Path:
    """Where the journal of a run to this output lies."""
    target = Path(output).resolve()
    return target.with_name(f".{target.name}.journal")


def before(output: str | Path, resume: bool) -> list[str]:
    """What a user should know of an earlier run before one to this output starts."""
    there = str(output) != "-" and is_ours(journal_path(output), JOURNAL)
    if there and not resume:
        return [f"{output}: an earlier run was cut off; starting over, not going on (--resume)"]
    if resume and not there:
        return [f"{output}: no run to it was cut off; starting from the beginning"]
    return []


class Journal(AbstractContextManager["Journal"]):
    """The journal of a run, in a ``with`` statement: removed when that ends well.

    Batches of ads are asked for (`known`), and those that are not are noted, in one order.

    Args:
        output: the file that the run writes.
        key: what the verdicts depend on, by names for a user; one who resumes must have the same.
        resume: go on from the journal that is there, if any; else one that is there is replaced
            when the first ads are judged.

    Attributes:
        taken: how many ads needed no judging.

    Raises:
        InputError: the journal that is there is of another run, or no journal at all.
    """

    def __init__(
        self,
        output: str | Path,
        key: Mapping[str, Any],
        *,
        resume: bool = False,
    ) -> None:
        self.taken = 0
        self._output = output
        self._path = journal_path(output)
        refuse_stranger(self._path, JOURNAL)
        self._key = {"journal": _VERSION, **key}
        self._file: IO[bytes] | None = None
        self._reading = False
        self._synced = time.monotonic()
        if resume:
            self._open()

    def known(self, digest: str, count: int) -> Columns | None:
        """The verdicts on the next batch, of so many ads, if they are here.

        Raises InputError where those of other ads are.
        """
        if not (self._reading and self._file):
            return None
        place = self._file.tell()
        record = _parsed(self._file.readline())
        if record is None:
            # The end, or what was being written at the end: from here on this run writes.
            self._reading = False
            with writing(self._path):
                self._file.seek(place)
                self._file.truncate()
            return None
        then, verdicts = record
        if then != digest:
            raise InputError(
                f"{self._output}: cannot be resumed, the ads are not those of the run that was cut "
                f"off: the input, its encoding or its delimiter is another; {_AGAIN}"
            )
        self.taken += count
        columns: Columns = verdicts
        return columns

    def note(self, digest: str, verdicts: Columns) -> None:
        """Write down the verdicts on the next batch. Raises OutputError where the disk is full."""
        with writing(self._path):
            file = self._file or self._start()
            file.write(_line([digest, verdicts]))
            file.flush()  # to the system, which outlives this process
            now = time.monotonic()
            if now - self._synced > _SYNCED:
                os.fsync(file.fileno())
                self._synced = now

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        started = self._file is not None
        if self._file:
            with suppress(OSError):
                self._file.close()
        if error is None:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        elif started and (isinstance(error, OutputError) or not isinstance(error, InputError)):
            error.add_note(
                "what was judged is kept: the same command with --resume goes on from there"
            )

    def _open(self) -> None:
        """Read the head of the journal that is there."""
        if not self._path.exists():
            return
        try:
            self._file = self._path.open("r+b")
            head = _parsed(self._file.readline())
        except OSError as error:
            raise InputError(f"{self._path}: cannot be read: {error.strerror}; {_AGAIN}") from error
        if not isinstance(head, dict):
            self._file.close()
            raise InputError(f"{self._path}: is not a journal, or is damaged; {_AGAIN}")
        self._reading = True
        for name in [*self._key, *head]:
            if head.get(name) != self._key.get(name):
                self._file.close()
                raise InputError(self._differs(name, head.get(name), self._key.get(name)))

    def _differs(self, name: str, then: Any, now: Any) -> str:
        plain = isinstance(then, str | float | bool) and isinstance(now, str | float | bool)
        values = f" ({then!r} then, {now!r} now)" if plain else ""
        return (
            f"{self._output}: cannot be resumed, {name} is not that of the run that was cut off"
            f"{values}; {_AGAIN}"
        )

    def _start(self) -> IO[bytes]:
        """Begin a new journal, for this user's eyes only, in place of one that may be there."""
        self._path.unlink(missing_ok=True)
        number = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._file = os.fdopen(number, "wb")
        self._file.write(_line(self._key))
        return self._file


def run_key(reader: TableReader, found: Found, options: Options) -> dict[str, Any]:
    """What the verdicts depend on, each by the name that a user is told where it differs.

    The input is known by its size, start and end, wherever it lies and however old it is; whether
    the ads between are the same, the journal tells for itself.
    """
    names = reader.names
    return {
        "rolenlp": __version__,
        "Python or a library": {"python": platform.python_version(), **library_versions()},
        "the input": [_ends(Path(path)) for path in reader.paths],
        "the column of texts": "; ".join(names[at] for at in found.texts),
        "the column of titles": "" if found.title is None else names[found.title],
        "the model": hashlib.sha256(options.model.read_bytes()).hexdigest(),
        "--min-precision": options.min_precision,
        "--role-mix": None if options.role_mix is None else dict(options.role_mix),
        "--themes": options.themes,
        "--taxonomy": options.taxonomy,
        "--prefix": options.prefix,
    }


def _ends(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        start = file.read(_END)
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _END))
        ends = hashlib.sha256(start + file.read())
    return {"bytes": size, "ends": ends.hexdigest()}


def library_versions() -> dict[str, str]:
    """The versions of the libraries that verdicts depend on."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # put there without its papers
            found[name] = ""
    return found


def digest_of(ads: Sequence[Posting]) -> str:
    """Tells these ads, in this order, from all others."""
    whole = hashlib.sha256()
    for ad in ads:
        for part in (ad.title, ad.text):
            data = part.encode("utf-8", "surrogatepass")
            whole.update(b"%d " % len(data))
            whole.update(data)
    return whole.hexdigest()


def _line(value: Any) -> bytes:
    # Not in ASCII: escapes of two lone surrogates would be read as one character.
    data = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    text = data.encode("utf-8", "surrogatepass")
    return b"%08x %s\n" % (zlib.crc32(text), text)


def _parsed(line: bytes) -> Any:
    """The value of a line; None if it is not as it was written."""
    text = line[9:-1]
    if not line.endswith(b"\n") or line[:9] != b"%08x " % zlib.crc32(text):
        return None
    return json.loads(text.decode("utf-8", "surrogatepass"))
