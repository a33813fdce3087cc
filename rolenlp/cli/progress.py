"""What a run says while it goes, on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

from rolenlp.text.terminal import shown

if TYPE_CHECKING:
    from rolenlp.tables import TableReader

__all__ = ["let_go", "progress", "say", "say_all"]


def say(line: str) -> None:
    """A line on stderr, whatever it quotes; nobody need be there to read it."""
    try:
        click.echo(shown(line), err=True)
    except OSError:
        let_go(sys.stderr)


def say_all(lines: Iterable[str], quiet: bool) -> None:
    """Lines on stderr, unless all is to be quiet."""
    if not quiet:
        for line in lines:
            say(line)


def let_go(stream: IO[str]) -> None:
    """Send what is still to be written to a stream whose reader has left to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


@contextmanager
def progress(reader: TableReader, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A bar to tell the rows of each batch that is done; only shown where stderr is a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda rows: None
    elif reader.rows_hint is not None:
        with click.progressbar(length=reader.rows_hint, label="ads", file=sys.stderr) as bar:
            yield bar.update
    elif reader.bytes_total is not None:
        with click.progressbar(length=reader.bytes_total, label="ads", file=sys.stderr) as bar:
            yield lambda rows: bar.update(reader.bytes_read - bar.pos)
    else:
        yield from _counting()


def _counting() -> Iterator[Callable[[int], None]]:
    """Only a count, for a table whose size is not known."""
    count = 0

    def tell(rows: int) -> None:
        nonlocal count
        count += rows
        click.echo(f"\r{count:,} ads", nl=False, err=True)

    try:
        yield tell
    finally:
        if count:
            click.echo(err=True)
