"""What a run says while it goes, on stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import click

from rolenlp.files.terminal import shown

if TYPE_CHECKING:
    from rolenlp.tables import TableReader


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
    """A bar to tell the rows of each batch that is done; only shown where stderr is a terminal.

    It runs up to the rows of the table, or to its bytes where they are not counted beforehand;
    where neither is known it only counts rows. It has no colour.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda rows: None
        return
    from tqdm import tqdm

    by_bytes = reader.rows_hint is None and reader.bytes_total is not None
    total, unit = (reader.bytes_total, "B") if by_bytes else (reader.rows_hint, " ads")
    size = os.get_terminal_size(sys.stderr.fileno())
    with tqdm(
        desc="ads",
        total=total,
        unit=unit,
        unit_scale=by_bytes,
        ncols=size.columns or 80,  # a terminal that does not know its size says 0
        nrows=size.lines or 24,
    ) as bar:
        yield lambda rows: bar.update(reader.bytes_read - bar.n if by_bytes else rows)
