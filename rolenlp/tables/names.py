"""The column, table or sheet that a user names, and those there are, as an error lists them."""

from __future__ import annotations

from collections.abc import Sequence

from rolenlp.errors import InputError

_LISTED = 12


def place_of(wanted: str, names: Sequence[str]) -> int | None:
    """Where a name stands, or else the only one that differs from it in case alone."""
    if wanted in names:
        return names.index(wanted)
    alike = [at for at, name in enumerate(names) if name.casefold() == wanted.casefold()]
    return alike[0] if len(alike) == 1 else None


def listed(names: Sequence[str]) -> str:
    """The first of some names, each in quotes already, and how many more there are."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return ", ".join(names[:_LISTED]) + more


def all_quoted(names: Sequence[str]) -> str:
    """Tables or sheets, listed in quotes."""
    return listed([f'"{name}"' for name in names])


def named(names: Sequence[str], wanted: str, path: str, what: str) -> str:
    """The table or sheet (`what`) that is wanted. Raises InputError, which names those there."""
    at = place_of(wanted, names)
    if at is None:
        there = all_quoted(names) or "none"
        raise InputError(f'{path}: has no {what} "{wanted}"; give --{what} one of {there}')
    return names[at]


def one_of(names: Sequence[str], table: str | None, path: str) -> str:
    """The table that is named, or the only one. Raises InputError, which names those there."""
    if table is not None:
        return named(names, table, path, "table")
    if not names:
        raise InputError(f"{path}: has no table")
    if len(names) > 1:
        raise InputError(
            f"{path}: has {len(names)} tables; give --table one of {all_quoted(names)}, "
            "or give --query"
        )
    return names[0]
