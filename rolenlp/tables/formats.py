"""Files that hold tables: their formats, and opening their bytes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

from rolenlp.errors import InputError

Kind = Literal["csv", "tsv", "jsonl", "parquet"]

_KINDS: dict[str, Kind] = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
_COMPRESSED = (".gz", ".zst")


@dataclass(frozen=True)
class TableFormat:
    """What a file's name says it holds; ``compressed`` is ``""``, ``".gz"`` or ``".zst"``."""

    kind: Kind
    compressed: str = ""


def table_format(path: str | Path) -> TableFormat:
    """Read the format off a file's name; ``-``, the standard streams, is CSV.

    Raises:
        InputError: the name ends in nothing known.
    """
    if str(path) == "-":
        return TableFormat("csv")
    name = Path(path).name.lower()
    compressed = next((ending for ending in _COMPRESSED if name.endswith(ending)), "")
    kind = _KINDS.get(Path(name.removesuffix(compressed)).suffix)
    if kind == "parquet" and compressed:
        raise InputError(
            f"{path}: Parquet is compressed inside, so {compressed} after it is not read or "
            "written; name it .parquet"
        )
    if kind is None:
        raise InputError(
            f"{path}: not a known kind of table; the name must end in {', '.join(_KINDS)} "
            f"(all but the last also with {' or '.join(_COMPRESSED)} after it)"
        )
    return TableFormat(kind, compressed)


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
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(
            f"{source}: cannot be read to its end, the file is damaged or cut short ({error})"
        ) from error
