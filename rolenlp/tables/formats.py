"""Files that hold tables: their formats, and opening their bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast
from zipfile import BadZipFile, ZipFile

from rolenlp.errors import InputError

Kind = Literal["csv", "tsv", "txt", "jsonl", "json", "parquet", "xlsx", "sqlite", "duckdb"]

_TEXT: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".txt": "txt",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
}
_BINARY: dict[str, Kind] = {
    ".parquet": "parquet",
    ".xlsx": "xlsx",
    ".db": "sqlite",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".duckdb": "duckdb",
}
_KINDS = {**_TEXT, **_BINARY}
_COMPRESSED = (".gz", ".zst", ".zip")
_NAMED = 10  # tables of an archive, in an error


@dataclass(frozen=True)
class TableFormat:
    """What a file holds; ``compressed`` is ``""``, ``".gz"``, ``".zst"`` or ``".zip"``."""

    kind: Kind
    compressed: str = ""

    @property
    def binary(self) -> bool:
        """Whether its bytes are not read as text from start to end."""
        return self.kind in _BINARY.values()


def table_format(path: str | Path) -> TableFormat:
    """Read the format off a file's name; ``-``, the standard streams, is CSV.

    Raises:
        InputError: the name ends in nothing known.
    """
    if str(path) == "-":
        return TableFormat("csv")
    name = Path(path).name.lower()
    compressed = next((ending for ending in _COMPRESSED if name.endswith(ending)), "")
    ending = Path(name.removesuffix(compressed)).suffix
    kind = _KINDS.get(ending)
    if kind is None and compressed == ".zip":
        kind = "csv"  # to be written; what is read says for itself what it is
    if ending in _BINARY and compressed:
        raise InputError(
            f"{path}: {ending} files are compressed inside, or need to be read at any place, so "
            f"{compressed} after it is not read or written; name it {ending}"
        )
    if kind is None:
        raise InputError(
            f"{path}: not a known kind of table; the name must end in {', '.join(_KINDS)} "
            f"({', '.join(_TEXT)} also with {', '.join(_COMPRESSED)} after it)"
        )
    return TableFormat(kind, compressed)


def input_format(path: str | Path) -> TableFormat:
    """The format of a table to read: as `table_format`, but a ``.zip`` is what it holds.

    Raises InputError as that does, and where a ``.zip`` does not hold one table.
    """
    if not str(path).lower().endswith(".zip"):
        return table_format(path)
    with open_input(Path(path)) as raw:
        return TableFormat(table_format(table_in(unzipped(raw, path), path)).kind, ".zip")


def unzipped(raw: BinaryIO, source: str | Path) -> ZipFile:
    """An archive to read from. Raises InputError where it is none."""
    with reading(str(source)):
        return ZipFile(raw)


def table_in(archive: ZipFile, source: str | Path) -> str:
    """The member of an archive that is its one table.

    Raises InputError where there is none, there are several, or it has a password.
    """
    shown = [
        each
        for each in archive.infolist()
        if not each.is_dir()
        and not each.filename.startswith("__MACOSX/")
        and not Path(each.filename).name.startswith(".")
    ]
    found = [each for each in shown if Path(each.filename).suffix.lower() in _KINDS]
    # A note beside a table is no table.
    found = [each for each in found if not each.filename.lower().endswith(".txt")] or found
    if len(found) != 1:
        holds = f"{len(found):,} tables" if found else "no table"
        names = ", ".join(each.filename for each in (found or shown)[:_NAMED])
        raise InputError(
            f"{source}: holds {holds} ({names or 'nothing at all'}), and one is needed; "
            "unpack it and name the table"
        )
    if found[0].flag_bits & 1:
        raise InputError(
            f"{source}: is protected by a password; unpack it and name {found[0].filename}"
        )
    return found[0].filename


def open_input(path: Path) -> BinaryIO:
    """Open a file to read its bytes.

    Raises:
        InputError: it is not there, is a directory, or may not be read.
    """
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise InputError(f"{path}: is a directory; name the table in it") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def decompressed(raw: BinaryIO, compressed: str) -> BinaryIO:
    """The bytes of ``raw`` after undoing the compression that the format names."""
    if compressed == ".gz":
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw, mode="rb"))
    if compressed == ".zip":
        archive = unzipped(raw, raw.name)
        with reading(raw.name):
            return cast(BinaryIO, archive.open(table_in(archive, raw.name)))
    if compressed == ".zst":
        import pyarrow

        # zstandard's own reader ends quietly where a file was cut short; Arrow's says so.
        packed = pyarrow.CompressedInputStream(pyarrow.PythonFile(raw, mode="r"), "zstd")
        return cast(BinaryIO, packed)
    return raw


@contextmanager
def reading(source: str) -> Iterator[None]:
    """Turn what goes wrong while a file is read into an InputError."""
    try:
        yield
    except UnicodeError:
        raise InputError(
            f"{source}: is not in the encoding it was read in; give another --encoding"
        ) from None
    except NotImplementedError as error:  # a way to compress that zipfile does not know
        raise InputError(f"{source}: cannot be unpacked: {error}; unpack it first") from error
    except (OSError, EOFError, zlib.error, BadZipFile) as error:
        raise InputError(
            f"{source}: cannot be read to its end, the file is damaged or cut short ({error})"
        ) from error
