"""The command line: parses, calls and prints. The work is in functions that other code can call."""

from __future__ import annotations

import io
import os
import signal
import sys
import warnings
from typing import NoReturn

import click

from rolenlp import __version__
from rolenlp.cli.apply import apply
from rolenlp.cli.evaluate import evaluate
from rolenlp.cli.explain import explain
from rolenlp.cli.inspect import inspect
from rolenlp.cli.label import label
from rolenlp.cli.options import debugging
from rolenlp.cli.progress import let_go, say, say_all
from rolenlp.cli.review import review
from rolenlp.cli.summary import summary
from rolenlp.cli.train import train
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
        if debugging():
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


class _InOrderOfUse(click.Group):
    def list_commands(self, context: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_InOrderOfUse,
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


for _command in (label, explain, summary, review, apply, train, evaluate, inspect):
    cli.add_command(_command)
