"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from rolenlp.schema import ROLE_ORDER

Command = Callable[..., Any]
Reading = dict[str, Any]  # how tables are read, as `open_table` takes it


class _Listed(click.types.StringParamType):
    """A text of several; an environment variable has a line for each, as names have blanks."""

    envvar_list_splitter = "\n"


LISTED = _Listed()


def _all_of(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order in which help shows them."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


def _column(option: str, name: str, holds: str) -> Callable[[Command], Command]:
    return click.option(
        option, name, metavar="NAME", help=f"Column of {holds}; else found by its name."
    )


def path(option: str, metavar: str, says: str) -> Callable[[Command], Command]:
    """An option that names a file or a directory."""
    kind = click.Path(path_type=Path)
    return click.option(option, type=kind, metavar=metavar, help=says)


def output(says: str) -> Callable[[Command], Command]:
    """The option that names what is written; stdout unless given."""
    return click.option(
        "--output", "-o", type=click.Path(), metavar="OUTPUT", default="-", help=says
    )


def _not_nan(context: click.Context, option: click.Parameter, value: float) -> float:
    if value != value:  # no range leaves it out
        raise click.BadParameter("is not a number")
    return value


def _processes(context: click.Context, option: click.Parameter, value: str) -> int | str:
    if value == "auto":
        return value
    if not value.isdecimal() or int(value) < 1:
        raise click.BadParameter("is neither auto nor a number from 1 on")
    return int(value)


def _mix(
    context: click.Context, option: click.Parameter, value: str | None
) -> dict[str, float] | str | None:
    if value is None or value == "auto":
        return value
    shares = dict.fromkeys(ROLE_ORDER, 0.0)
    for part in value.split(","):
        role, _, share = part.partition("=")
        try:
            shares[role.strip()] = float(share)
        except ValueError:
            raise click.BadParameter(f"{part!r} is no ROLE=SHARE") from None
    if set(shares) != set(ROLE_ORDER):
        raise click.BadParameter(f"roles are {', '.join(ROLE_ORDER)}")
    total = sum(shares.values())
    if min(shares.values()) < 0:
        raise click.BadParameter("a share is below 0")
    if not abs(total - 1) <= 0.01:
        raise click.BadParameter(
            f"the shares sum to {total:g}, not to 1; a role that is not named has 0"
        )
    return shares


def _labels(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> dict[str, str] | None:
    if context.resilient_parsing or not given:  # a shell asks, and waits
        return None
    from rolenlp.train.labels import parse_label_map

    try:
        return parse_label_map(given) or None
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


text_and_title = _all_of(
    click.option(
        "--text-column",
        "text",
        metavar="NAME",
        multiple=True,
        type=LISTED,
        help="Column of the ads' texts, one or more; else found.",
    ),
    _column("--title-column", "title", "their titles"),
)
identifier = _column("--id-column", "identifier", "their ids")
source = _column("--source-column", "source", "the job boards they are from")
label_and_source = _all_of(_column("--label-column", "label", "their roles"), source)
label_map = click.option(
    "--label-map",
    multiple=True,
    type=LISTED,
    callback=_labels,
    metavar="LABEL=ROLE,...",
    help="What labels of your own mean, like PM=product,neither=other,unsure= (the last leaves "
    "its rows out); may be repeated.",
)
_reading = _all_of(
    click.option("--encoding", metavar="NAME", help="Of what is read, like cp1252; else found."),
    click.option(
        "--delimiter", metavar="C", help="What is between cells; else found, but in .txt."
    ),
    click.option("--sheet", metavar="NAME", help="Sheet of an .xlsx; else its first of ads."),
    click.option("--table", metavar="NAME", help="Table of a database; else its only one."),
    click.option("--query", metavar="SQL", help="What to read of a database, instead of a table."),
)


def reading(command: Command) -> Command:
    """Options that say how tables are read; the command gets them together, as `reading`."""

    @wraps(command)
    def with_reading(**given: Any) -> Any:
        how = {
            name: given.pop(name) for name in ("encoding", "delimiter", "sheet", "table", "query")
        }
        return command(**given, reading=how)

    return _reading(with_reading)


def refuse_idle(paths: Iterable[str], reading: Reading, output: str | None = None) -> None:
    """Refuse options that no table has a use for, and --query beside --table.

    `output` is where tables are written, if any; --table names the one in a database there.
    """
    from rolenlp.tables.formats import input_format, table_format

    if not (given := {name for name in ("sheet", "table", "query") if reading[name] is not None}):
        return
    kinds = {input_format(path).kind for path in paths if not Path(path).is_dir()}
    bases = {"sqlite", "duckdb"}
    out = set() if output is None else kinds
    if output is not None and (output == "-" or Path(output).suffix):
        out = {table_format(output).kind}
    if "sheet" in given and "xlsx" not in kinds:
        raise click.UsageError("--sheet is for an INPUT that is .xlsx")
    if "query" in given and not kinds & bases:
        raise click.UsageError("--query is for an INPUT that is a database")
    if "table" in given and not (kinds | out) & bases:
        raise click.UsageError("--table is for a database")
    if {"table", "query"} <= given and not out & bases:
        raise click.UsageError("--query says what to read: leave out --table")


model = path("--model", "FILE", "Made by `rolenlp train`; else the one within rolenlp.")
min_precision = click.option(
    "--min-precision",
    type=click.FloatRange(0.5, 0.99),
    metavar="P",
    default=0.95,
    show_default=True,
    callback=_not_nan,
    help="How often verdicts not marked for review are to be right.",
)
role_mix = click.option(
    "--role-mix",
    metavar="MIX",
    callback=_mix,
    help="How often roles come, like product=.1,other=.9; auto: estimated from the table.",
)
jobs = click.option(
    "--jobs",
    metavar="N|auto",
    default="auto",
    callback=_processes,
    help="Processes; else auto: all cores for large files.",
)
quiet = click.option("--quiet", "-q", is_flag=True, help="Say nothing but errors.")
