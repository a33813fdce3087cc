"""Files out: written beside their place, put there when whole, by one run at a time."""

from __future__ import annotations

import codecs
import errno
import gzip
import os
import re
import secrets
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from rolenlp.errors import InputError, OutputError
from rolenlp.files.terminal import shown
from rolenlp.files.use import check_files, check_place, label_files, target_of

_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_ACL = "system.posix_acl_access"  # an attribute of files on Linux


def why(error: OSError) -> str:
    """What the system says is wrong, in words that say what to do about it."""
    reason = error.strerror or str(error)
    return f"the disk is full ({reason})" if error.errno in _FULL else reason


@contextmanager
def writing(name: str | Path) -> Iterator[None]:
    """Turn what goes wrong while writing into an OutputError, but for a reader that left."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{name}: cannot be written: {why(error)}") from error


class OutputFile(AbstractContextManager["OutputFile"]):
    """A file that is written beside its place and moved there when whole; ``-`` is stdout.

    Write to ``stream``, then call :meth:`commit` or :meth:`discard`, as a ``with`` statement does
    at its end. A file that was there before stays as it was until :meth:`commit`, and hands its
    permissions and owner on; those of the file `like` count instead where it is given and there.
    What is in a ``.zip`` has a name with `ending`. Until then nobody else may read what is written.

    Raises:
        InputError: the place cannot be written to.
    """

    def __init__(
        self,
        path: str | Path,
        compressed: str = "",
        *,
        like: str | Path | None = None,
        ending: str = "",
    ) -> None:
        self.name = "stdout" if str(path) == "-" else str(path)
        self._temporary: Path | None = None
        self._packing = ExitStack()  # what compresses on the way to the file
        if str(path) == "-":
            out = sys.stdout
            self._file: IO[bytes] = cast(IO[bytes], _Terminal(out)) if out.isatty() else out.buffer
        else:
            check_place(path)
            self._target = target_of(path)
            self._like = self._target if like is None else target_of(like)
            temporary = self._target.with_name(f".{self._target.name}.{secrets.token_hex(4)}.part")
            with writing(self.name):
                self._usual_mode = _usual_mode(temporary)
                self._file = os.fdopen(os.open(temporary, _NEW, 0o600), "wb")
            self._temporary = temporary
        self.stream: IO[bytes] = self._compress(compressed, ending)

    @property
    def place(self) -> Path:
        """Where it is written until it is whole, for a library that opens files by itself."""
        assert self._temporary, "stdout and a file that is in its place have none"
        return self._temporary

    @contextmanager
    def lines(self) -> Iterator[None]:
        """Write whole lines: who reads stdout has them at once, and none is cut by a signal."""
        if self._temporary:
            yield
            return
        with _undisturbed():
            yield
            self.stream.flush()

    def finish(self) -> None:
        """Bring what was written to the disk; :meth:`commit` then needs no more room."""
        with writing(self.name):
            self._packing.close()
            self._file.flush()
            if self._temporary:
                os.fsync(self._file.fileno())

    def commit(self) -> None:
        """Move what was written to its place, once it is safely on the disk."""
        self.finish()
        with writing(self.name):
            if self._temporary:
                self._file.close()
                self._hand_on(self._temporary)
                self._temporary.replace(self._target)
                self._temporary = None

    def discard(self) -> None:
        """Remove what was written; does nothing after :meth:`commit`."""
        if self._temporary:
            for stream in (self._packing, self._file):
                with suppress(OSError, ValueError):  # a full disk is why we are here
                    stream.close()
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        try:
            if kind is None:
                self.commit()
        finally:
            self.discard()

    def _hand_on(self, file: Path) -> None:
        """Give a file the owner and the permissions that it is to have."""
        if not self._like.exists():
            file.chmod(self._usual_mode)
            return
        about = self._like.stat()
        if hasattr(os, "chown"):
            now = file.stat()
            if (now.st_uid, now.st_gid) != (about.st_uid, about.st_gid):
                os.chown(file, about.st_uid, about.st_gid)  # first, as it may change the mode
        file.chmod(stat.S_IMODE(about.st_mode) & 0o777)
        if acl := _acl(self._like):
            # Without it, the mode would let the group do what the list does not.
            os.setxattr(file, _ACL, acl)

    def _compress(self, compressed: str, ending: str) -> IO[bytes]:
        if not compressed:
            return self._file
        stream: Any
        if compressed == ".gz":
            # No name and no time inside, so that equal tables are equal files.
            stream = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._file, mtime=0)
        elif compressed == ".zst":
            import pyarrow

            copy = os.fdopen(os.dup(self._file.fileno()), "wb")  # to be closed at its end
            stream = pyarrow.CompressedOutputStream(copy, "zstd")
        else:
            about = ZipInfo(Path(self.name).stem.removesuffix(ending) + ending)
            about.compress_type = ZIP_DEFLATED
            about.external_attr = 0o644 << 16  # else nobody may read what is unpacked
            archive = self._packing.enter_context(ZipFile(self._file, "w", ZIP_DEFLATED))
            stream = archive.open(about, "w", force_zip64=True)
        opened: IO[bytes] = self._packing.enter_context(stream)
        return opened


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C, and what ends a program, wait till then; whoever asks again does not wait."""
    asked: list[int] = []
    answers = {
        int(number): answer
        for number in (signal.SIGINT, signal.SIGTERM)
        if callable(answer := signal.getsignal(number))
        and threading.current_thread() is threading.main_thread()
    }

    def wait(number: int, frame: FrameType | None) -> None:
        if number in asked:
            answers[number](number, frame)
        asked.append(number)

    for number in answers:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number, answer in answers.items():
            signal.signal(number, answer)
    for number in asked:
        answers[number](number, None)


def _usual_mode(path: Path) -> int:
    """The permissions that a new file gets there, by umask and directory: those of an empty one."""
    # Asking for the umask means setting it, for all threads.
    number = os.open(path, _NEW, 0o666)
    try:
        return stat.S_IMODE(os.fstat(number).st_mode)
    finally:
        os.close(number)
        path.unlink()


def _acl(path: Path) -> bytes | None:
    """The access control list of a file, where there are such lists."""
    with suppress(OSError, AttributeError):
        return os.getxattr(path, _ACL)
    return None


class _Terminal:
    """A terminal as a binary stream; nothing of a table moves its cursor or turns its text."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def write(self, data: bytes) -> int:
        self._out.write(shown(self._decoder.decode(data), lines=True))
        return len(data)

    def flush(self) -> None:
        self._out.flush()


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file beside its place and move it there when whole; ``-`` is stdout.

    Raises:
        InputError: the place cannot be written to.
    """
    with OutputFile(path) as file, writing(file.name):
        file.stream.write(data)


@contextmanager
def locked(output: str | Path) -> Iterator[None]:
    """Lock an output, so that no other run writes it; ``-`` is never locked.

    It is the system's lock on ``.NAME.lock`` beside the file that the path leads to, through
    links too. It ends with the process, however that ends, and the file is removed with it where
    there is time for that.

    Raises:
        InputError: another run holds it, no file can be put there, or one that rolenlp did not
            write is in the place of one that goes beside it.
    """
    if str(output) == "-":
        yield
        return
    from filelock import FileLock, Timeout

    check_files([], label_files(output))
    target = Path(output).resolve()
    place = target.with_name(f".{target.name}.lock")
    lock = FileLock(place)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{output}: another run is writing it; wait for its end, or name another output"
        ) from None
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {why(error)}") from error
    try:
        _clear(target)
        yield
    finally:
        # While it is held: who opened it before sees that it is gone, and opens it anew.
        with suppress(OSError):
            place.unlink()
        lock.release()


def _clear(target: Path) -> None:
    """Remove what runs that were killed had written; no run that lives can have written it."""
    part = re.compile(rf"\.{re.escape(target.name)}(\.rejected)?\.[0-9a-f]{{8}}\.part")
    with suppress(OSError):  # it only takes room
        for path in target.parent.iterdir():
            if part.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                path.unlink()
