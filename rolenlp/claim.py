"""An output belongs to one run at a time, which clears away what killed runs left of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rolenlp.errors import InputError, OutputError
from rolenlp.file_use import check_files, label_files
from rolenlp.files import why

__all__ = ["claimed"]


@contextmanager
def claimed(output: str | Path) -> Iterator[None]:
    """Hold an output, so that no other run can; ``-`` is held by nobody.

    The hold is the system's lock on ``.NAME.lock`` beside the file that the path leads to, through
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
