"""Manual pages, made from the commands themselves.

    python -m benchmarks.shipped.man_pages

writes `man/`, which the wheel carries as `share/man/man1`.
"""

from __future__ import annotations

import inspect
from pathlib import Path

import click

from rolenlp import __version__
from rolenlp.cli.command import Command
from rolenlp.cli.main import cli

FOLDER = Path(__file__).parents[2] / "man"
STATUS = [
    ("0", "Done."),
    ("1", "Something failed; a line says what, and what to do."),
    ("2", "The command line is wrong."),
    ("130, 141, 143", "Ended by Ctrl-C, by the reader of its output, by the system."),
]


def pages() -> dict[str, str]:
    """The pages by their files' names."""
    top = click.Context(cli, info_name="rolenlp", **cli.context_settings)
    names = ["rolenlp", *(f"rolenlp-{name}" for name in cli.commands)]
    contexts = [top, *(click.Context(c, top, name) for name, c in cli.commands.items())]
    return {
        f"{name}.1": _page(name, context, [each for each in names if each != name])
        for name, context in zip(names, contexts, strict=True)
    }


def _page(name: str, context: click.Context, others: list[str]) -> str:
    command = context.command
    summary, _, more = inspect.cleandoc(command.help or "").partition("\n\n")
    lines = [
        f'.TH {name.upper()} 1 "" "rolenlp {__version__}"',
        ".SH NAME",
        f"{name} \\- {_text(command.get_short_help_str(100))}",
        ".SH SYNOPSIS",
        f".B {context.command_path}",
        _text(" ".join(command.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        _text(summary),
    ]
    for paragraph in more.split("\n\n"):
        as_it_is = paragraph.startswith("\b\n")
        text = _text(paragraph.removeprefix("\b\n"))
        lines += [".PP", *([".nf", text, ".fi"] if as_it_is else [text])]
    if isinstance(command, Command):
        lines.append(".SH OPTIONS")
        for section, records in command.sections(context).items():
            lines += [f".SS {section}", *_listed(records)]
        variables = [
            (str(option.envvar), max(option.opts, key=len))
            for option in command.params
            if isinstance(option, click.Option) and option.envvar
        ]
        lines += [".SH ENVIRONMENT", "Options that are not given are taken from here."]
        lines += _listed(variables)
    else:
        lines += [".SH COMMANDS"]
        lines += _listed([(each, c.get_short_help_str(100)) for each, c in cli.commands.items()])
    lines += [".SH EXIT STATUS", *_listed(STATUS)]
    lines += [".SH SEE ALSO", ", ".join(f"\\fB{_text(each)}\\fR(1)" for each in others)]
    return "\n".join(lines) + "\n"


def _listed(records: list[tuple[str, str]]) -> list[str]:
    return [line for term, text in records for line in (".TP", f".B {_text(term)}", _text(text))]


def _text(text: str) -> str:
    """A text as roff has it; no line of it is taken for a request."""
    lines = text.replace("\\", "\\e").replace("-", "\\-").splitlines()
    return "\n".join(f"\\&{line}" if line[:1] in (".", "'") else line for line in lines)


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
