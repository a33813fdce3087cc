"""The command line: parses, calls and prints. The work is in functions that other code can call."""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings
from collections import UserDict
from importlib import import_module
from typing import Any, NoReturn

import click

from rolenlp import __version__
from rolenlp.cli.progress import let_go, say, say_all
from rolenlp.errors import RolenlpError

_COMPLETE = "_ROLENLP_COMPLETE"  # what a shell asks with, see click's `shell_complete`
_READER_LEFT = 128 + 13  # as if SIGPIPE had ended the program, as it ends others


def main() -> None:
    """The console script: one clear line for what goes wrong, and the exit status."""
    signal.signal(signal.SIGTERM, _end)
    # Of a workbook's features that hold no cells.
    warnings.filterwarnings("ignore", module=r"openpyxl\.")
    status = 0
    try:
        if instruction := os.environ.get(_COMPLETE):
            from click.shell_completion import shell_complete

            status = shell_complete(cli, {}, "rolenlp", _COMPLETE, instruction)
        else:
            with cli.make_context("rolenlp", sys.argv[1:]) as context:
                cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:  # --help, --version
        status = done.exit_code
    except click.ClickException as error:
        said = io.StringIO()  # may quote names of files that a shell filled in
        error.show(said)
        say_all(said.getvalue().splitlines(), quiet=False)
        status = error.exit_code
    except KeyboardInterrupt as error:
        say("")
        say(_with_notes("interrupted", error))
        status = 130
    except _EndedError as error:
        say(_with_notes("ended", error))
        status = 128 + signal.SIGTERM
    except BrokenPipeError:
        let_go(sys.stdout)  # `| head` has what it wants
        status = _READER_LEFT
    except Exception as error:
        if "--debug" in sys.argv:  # wherever it comes from
            import traceback

            say_all("".join(traceback.format_exception(error)).splitlines(), quiet=False)
            sys.exit(1)
        say(_with_notes(f"rolenlp: {_one_line(error)}", error))
        status = 1
    try:
        sys.stdout.flush()
    except OSError:
        let_go(sys.stdout)
    sys.exit(status)


class _EndedError(BaseException):
    """The system asks the program to end."""


def _end(signal_number: int, frame: object) -> NoReturn:
    """Leave as after an error, so that nothing is left half-written."""
    raise _EndedError


def _with_notes(line: str, error: BaseException) -> str:
    return "; ".join([line, *getattr(error, "__notes__", [])])


def _one_line(error: Exception) -> str:
    if isinstance(error, RolenlpError):
        return str(error)
    if isinstance(error, MemoryError):
        return "out of memory; end other programs, or run with fewer processes, like --jobs 1"
    if isinstance(error, ImportError):
        return f"a library cannot be loaded: {error}"
    if isinstance(error, OSError):
        from rolenlp.files.atomic import why

        return f"{error.filename}: {why(error)}" if error.filename else why(error)
    # Another's error may quote an ad.
    return f"unexpected {type(error).__name__}; run again with --debug for the details"


# In the order of use. Each is loaded when it is called, so that --help comes at once.
_COMMANDS = {
    "label": "Judge every ad of a table.",
    "explain": "Judge one ad and show what the verdict rests on.",
    "summary": "Sum up a judged table: roles, reviews, conflicts, themes.",
    "review": "Make a page on which a person settles the doubtful ads.",
    "apply": "Put a person's verdicts into the judged table.",
    "train": "Fit a model on labelled ads.",
    "evaluate": "Say how good the verdicts on labelled ads are.",
    "inspect": "Show the card of a model.",
}


class _Loaded(UserDict[str, Any]):
    """The commands by their names."""

    def __getitem__(self, name: str) -> click.Command:
        if name not in self.data:
            raise KeyError(name)
        command: click.Command = getattr(import_module(f"rolenlp.cli.{name}"), name)
        return command


class _InOrderOfUse(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(_COMMANDS)

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_InOrderOfUse,
    commands=_Loaded(_COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="rolenlp")
def cli() -> None:
    """Product manager or project manager? Judges job ads by their duties and shows the evidence.

    \b
    Type this first:
      rolenlp label jobs.csv -o judged.csv   judge every ad of a table
      rolenlp explain advert.txt             judge one ad, see the words it rests on
      rolenlp label --help                   all options of a command

    Options can also come from the environment: ROLENLP_LABEL_MIN_PRECISION=0.9 is --min-precision
    of label.
    """
