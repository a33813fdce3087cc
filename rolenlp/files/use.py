"""The files of a command, all known before the first is opened: none is another, none a stranger's.

A file that the user names as an output is replaced, whatever it is. One that goes beside it, under
a name that the user did not give, is only touched where its start shows that rolenlp wrote it.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from rolenlp.errors import InputError

_LONGEST_MARK = 1024  # bytes

# How the files begin that no user named, as this version and all before it write them.
REJECTED = re.compile(rb"line,reason,raw\r?\n")
JOURNAL = re.compile(rb'\Z|[0-9a-f]{8} \{"journal":')  # empty where the power went
LOCK = re.compile(rb"\Z")
CARD = re.compile(rb'\{\s*"format_version": \d+,\s*"rolenlp": ')
METRICS = re.compile(rb'\{\s*"n": \d+,\s*"with_title": ')
LABEL_STUDIO = re.compile(rb'<View>\s*<Header value="\$title"/>')
REPORT = re.compile(rb"(?s).*<title>rolenlp: how good are the verdicts\?</title>")


@dataclass(frozen=True)
class Read:
    """A file that a command reads; `name` is what its help calls it, ``-`` is stdin."""

    name: str
    path: str | Path


@dataclass(frozen=True)
class Written(Read):
    """A file that a command writes; ``-`` is stdout. `mark` is for one that no user named."""

    mark: re.Pattern[bytes] | None = None


def target_of(path: str | Path) -> Path:
    """Where a path leads, through links."""
    # A link keeps pointing where it did: what it points to is replaced.
    try:
        return Path(path).resolve()
    except (OSError, RuntimeError):
        raise InputError(f"{path}: is a link that leads nowhere; name another file") from None


def check_place(path: str | Path) -> None:
    """Check that a file can be put there, before the work that it is to hold.

    Raises:
        InputError: the place is a directory, is in none or in one that may not be written to, or
            is no regular file; or the file there is read-only, or would get another owner.
    """
    target = target_of(path)
    if target.is_dir():
        raise InputError(f"{path}: is a directory; name a file in it")
    if not target.parent.is_dir():
        raise InputError(f"{path}: there is no directory {target.parent}; make it")
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise InputError(f"{path}: the directory {target.parent} may not be written to")
    if not target.exists():
        return
    about = target.stat()
    if not stat.S_ISREG(about.st_mode):
        raise InputError(f"{path}: is not a regular file; name another, or - for stdout")
    # Root may write to what nobody is to write to.
    if not about.st_mode & 0o222 or not os.access(target, os.W_OK):
        raise InputError(f"{path}: is read-only; name another file, or let it be written to")
    if not _can_own(about):
        raise InputError(
            f"{path}: belongs to another user or group, and would not any more; "
            "name another file, or remove it first"
        )


def check_files(read: Iterable[Read], written: Iterable[Written]) -> None:
    """Check that a command may write what it is to write.

    Two names are of one file through links, hard links and ``..`` too, and names of files that are
    not there yet also where they differ in case alone: there are disks on which that is no
    difference.

    Raises:
        InputError: a file to write is one that is read, or another to write; it cannot be put in
            its place; or it goes beside another and is not rolenlp's. The line names the option.
            Or a file to read is not there.

    Example:
        >>> check_files([Read("INPUT", "a.csv")], [Written("--output", "./A.csv")])
        Traceback (most recent call last):
        rolenlp.errors.InputError: --output: is INPUT; name another file
    """
    read, written = list(read), list(written)
    known = {_identity(each.path, sys.stdin): each.name for each in read}
    folders = {Path(each.path).resolve(): each.name for each in read if Path(each.path).is_dir()}
    for each in written:
        within = folders.keys() & set(Path(os.path.realpath(each.path)).parents)
        if str(each.path) != "-" and within:
            raise InputError(
                f"{each.name}: lies in the folder {folders[within.pop()]}; name a file elsewhere"
            )
        key = _identity(each.path, sys.stdout)
        if key in known:
            raise InputError(f"{each.name}: is {known[key]}; name another file")
        known[key] = each.name
    for each in written:
        if each.mark is not None:
            refuse_stranger(Path(each.path), each.mark)
            if not Path(each.path).exists():
                continue  # nor need its directory be, yet
        if str(each.path) != "-":
            check_place(each.path)
    refuse_missing(each.path for each in read)


def refuse_missing(paths: Iterable[str | Path]) -> None:
    """Raise InputError for the first file that is not there, or may not be looked at."""
    for path in paths:
        try:
            if str(path) != "-":
                os.stat(path)  # noqa: PTH116 - also of names that are none
        except FileNotFoundError:
            raise InputError(f"{path}: there is no such file") from None
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def refuse_stranger(path: Path, mark: re.Pattern[bytes]) -> None:
    """Raise InputError where what is in the place of a side file is not rolenlp's."""
    if (path.exists() or path.is_symlink()) and not is_ours(path, mark):
        raise InputError(
            f"{path}: is in the way, and not as rolenlp writes it; move it, or name another output"
        )


def is_ours(path: Path, mark: re.Pattern[bytes]) -> bool:
    """Whether a file is there, no link, and begins as rolenlp writes it."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
            regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            return regular and mark.match(file.read(_LONGEST_MARK)) is not None
    except OSError:
        return False


def table_files(output: str | Path) -> list[Written]:
    """What is written with a table: the table, and beside it rows that cannot be parsed."""
    if str(output) == "-":
        return [Written("--output", "-")]
    return [
        Written("--output", output),
        Written("OUTPUT.rejected", Path(f"{output}.rejected"), REJECTED),
    ]


def label_files(output: str | Path) -> list[Written]:
    """What a run to `output` writes: the table and what goes beside it."""
    if str(output) == "-":
        return table_files(output)
    target = Path(os.path.realpath(output))
    return [
        *table_files(output),
        Written("the journal of --output", target.with_name(f".{target.name}.journal"), JOURNAL),
        Written("the lock of --output", target.with_name(f".{target.name}.lock"), LOCK),
    ]


def review_files(output: str | Path, tool: str | None) -> list[Written]:
    """What a review writes: a page, or a tool's tasks, Label Studio's with their configuration."""
    written = [Written("--output", output)]
    if tool == "label-studio":
        config = Path(output).with_suffix(".xml")
        written.append(Written("the configuration beside --output", config, LABEL_STUDIO))
    return written


def report_files(directory: str | Path) -> list[Written]:
    """What a report writes. Raises InputError where `directory` is there and is none."""
    directory = Path(directory)
    if directory.exists() and not directory.is_dir():
        raise InputError(f"{directory}: is no directory; name another for --report")
    return [
        Written("metrics.json of --report", directory / "metrics.json", METRICS),
        Written("report.html of --report", directory / "report.html", REPORT),
    ]


def _identity(path: str | Path, stream: IO[str]) -> tuple[object, ...]:
    """Equal for names of one file: device and number of what is there, names of the rest."""
    if str(path) == "-":
        with suppress(OSError, ValueError, AttributeError):  # one in memory, or none, has no number
            about = os.fstat(stream.fileno())
            if stat.S_ISREG(about.st_mode):
                return about.st_dev, about.st_ino
        return ("-", id(stream))
    there = Path(os.path.realpath(path))
    rest: list[str] = []
    for each in (there, *there.parents):
        with suppress(OSError):
            about = each.stat()
            return about.st_dev, about.st_ino, *rest
        rest.append(unicodedata.normalize("NFC", each.name.casefold()))
    return tuple(rest)


def _can_own(about: os.stat_result) -> bool:
    """Whether this process can make files of the owner and group of another."""
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        return True
    groups = {os.getegid(), *os.getgroups()}
    return about.st_uid == os.geteuid() and about.st_gid in groups
