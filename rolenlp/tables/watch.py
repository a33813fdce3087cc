"""Is a file that is read still what it was when it was opened?"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rolenlp.errors import InputError

if TYPE_CHECKING:
    from rolenlp.tables.batches import Batch, TableReader

__all__ = ["Watch", "unchanged"]


class Watch:
    """What a file was when this was made; streams and what is not there are not watched.

    Attributes:
        steady: whether it is a regular file, which can be watched, and read again.
    """

    def __init__(self, path: str | Path) -> None:
        self._path = path
        self._was: tuple[int, ...] | None = None
        if str(path) != "-":
            self._was = _about(path)
        self.steady = self._was is not None

    def check(self) -> None:
        """Raise InputError where the file is another now, or was written to."""
        if self._was is not None and _about(self._path) != self._was:
            raise InputError(
                f"{self._path}: has changed while it was read; "
                "run again when nothing writes to it any more"
            )


def unchanged(reader: TableReader) -> Iterator[Batch]:
    """The batches of a table, as long as its file is what it was.

    Raises as the reader does, and InputError where the file has changed.
    """
    try:
        for batch in reader:
            reader.watch.check()
            yield batch
    except InputError:
        reader.watch.check()  # says more than what is wrong with half a file
        raise
    reader.watch.check()


def _about(path: str | Path) -> tuple[int, ...] | None:
    try:
        about = os.stat(path)  # noqa: PTH116 - quicker, and asked for each batch
    except OSError:
        return None
    if not stat.S_ISREG(about.st_mode):
        return None
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns
