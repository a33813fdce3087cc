"""Files out: written beside their place, and put there when whole."""

from __future__ import annotations

import gzip
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, cast

from rolenlp.errors import InputError, OutputError

__all__ = ["OutputFile", "check_place", "write_whole"]


def check_place(path: str | Path) -> None:
    """Check that a file can be put there, before the work that it is to hold.

    Raises:
        InputError: the place is a directory, is in none, or is no regular file.
    """
    target = Path(path).resolve()
    if target.is_dir():
        raise InputError(f"{path}: is a directory; name a file in it")
    if not target.parent.is_dir():
        raise InputError(f"{path}: there is no directory {target.parent}; make it")
    if target.exists() and not target.is_file():
        raise InputError(f"{path}: is not a regular file; name another, or - for stdout")


class OutputFile:
    """A file that is written beside its place and moved there when whole; ``-`` is stdout.

    Write to ``stream``, then call :meth:`commit` or :meth:`discard`. A file that was there
    before stays as it was until :meth:`commit`, and hands its permissions on.

    Raises:
        InputError: the place cannot be written to.
    """

    def __init__(self, path: str | Path, compressed: str = "") -> None:
        self.name = "stdout" if str(path) == "-" else str(path)
        self._temporary: Path | None = None
        if str(path) == "-":
            self._file: IO[bytes] = sys.stdout.buffer
        else:
            # A link keeps pointing where it did: what it points to is replaced.
            check_place(path)
            self._target = Path(path).resolve()
            temporary = self._target.with_name(f".{self._target.name}.{secrets.token_hex(4)}.part")
            with self.writing():
                self._file = temporary.open("xb")
            self._temporary = temporary
        self.stream: IO[bytes] = self._compress(compressed)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Turn what goes wrong while writing into an OutputError, but for a reader that left."""
        try:
            yield
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = error.strerror or error
            raise OutputError(f"{self.name}: cannot be written: {reason}") from error

    def commit(self) -> None:
        """Move what was written to its place, once it is safely on the disk."""
        with self.writing():
            if self.stream is not self._file:
                self.stream.close()
            self._file.flush()
            if self._temporary:
                os.fsync(self._file.fileno())
                self._file.close()
                if self._target.exists():
                    shutil.copymode(self._target, self._temporary)
                self._temporary.replace(self._target)
                self._temporary = None

    def discard(self) -> None:
        """Remove what was written; does nothing after :meth:`commit`."""
        if self._temporary:
            for stream in (self.stream, self._file):
                with suppress(OSError, ValueError):  # a full disk is why we are here
                    stream.close()
            self._temporary.unlink(missing_ok=True)
            self._temporary = None

    def _compress(self, compressed: str) -> IO[bytes]:
        if compressed == ".gz":
            # No name and no time inside, so that equal tables are equal files.
            stream = gzip.GzipFile("", "wb", compresslevel=6, fileobj=self._file, mtime=0)
            return cast(IO[bytes], stream)
        if compressed == ".zst":
            import zstandard

            writer = zstandard.ZstdCompressor().stream_writer(self._file, closefd=False)
            return cast(IO[bytes], writer)
        return self._file


def write_whole(path: str | Path, data: bytes) -> None:
    """Write a file beside its place and move it there when whole; ``-`` is stdout.

    Raises:
        InputError: the place cannot be written to.
    """
    file = OutputFile(path)
    try:
        with file.writing():
            file.stream.write(data)
        file.commit()
    finally:
        file.discard()
