"""What a table cannot be: each function raises InputError that says why, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rolenlp.errors import InputError
from rolenlp.tables.batches import TableReader
from rolenlp.tables.files import table_format

__all__ = ["refuse_clash", "refuse_input", "refuse_lost", "refuse_twins", "refuse_width"]

_MOST_COLUMNS = 100_000


def refuse_input(path: Path, reader: TableReader) -> None:
    """Refuse to write over the table that is read."""
    if reader.path != "-" and path.exists() and path.samefile(reader.path):
        raise InputError(f"{path}: is the input itself; name another file for the output")


def refuse_clash(reader: TableReader, added: Sequence[str]) -> None:
    """Refuse to add columns of names that are there."""
    there = set(reader.names)
    clash = [f'"{name}"' for name in added if name in there]
    if clash:
        raise InputError(
            f"{reader.source}: already has the column{'s' * (len(clash) > 1)} {', '.join(clash)}; "
            "put something before the names of those added, with --prefix"
        )


def refuse_twins(path: str | Path, reader: TableReader) -> None:
    """Refuse columns of one name."""
    twins = len(reader.names) - len(set(reader.names))
    if twins:
        raise InputError(
            f"{path}: cannot hold columns of one name, and {reader.source} has {twins + 1} or more "
            "such; rename them, or write CSV"
        )


def refuse_lost(path: str | Path, reader: TableReader) -> None:
    """Refuse columns that the output cannot keep as they are."""
    lost = reader.lost(table_format(path).kind)
    if lost:
        raise InputError(
            f"{path}: cannot keep all that {reader.source} has in the "
            f"column{'s' * (len(lost) > 1)} {', '.join(lost)}; leave out such a column, or change "
            "its type"
        )


def refuse_width(source: str, columns: int) -> None:
    """Refuse more columns than any table has."""
    if columns > _MOST_COLUMNS:
        raise InputError(
            f"{source}: has {columns:,} columns or more, and {_MOST_COLUMNS:,} are the most; "
            "check what divides its cells and lines (--delimiter)"
        )
