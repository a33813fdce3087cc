"""The command line: parses, calls and prints. The work is in functions that other code can call."""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import NoReturn

import click

from rolenlp import __version__
from rolenlp.cli import options as cli_options
from rolenlp.cli import review as cli_review
from rolenlp.cli import training as cli_training
from rolenlp.cli.progress import let_go, progress, say, say_all
from rolenlp.errors import RolenlpError
from rolenlp.files.atomic import why
from rolenlp.files.terminal import shown

__all__ = ["cli", "main"]

_READER_LEFT = 128 + 13  # as if SIGPIPE had ended the program, as it ends others


def main() -> None:
    """The console script: one clear line for what goes wrong, and the exit status."""
    signal.signal(signal.SIGTERM, _end)
    status = 0
    try:
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
        if _debugging():
            say_all("".join(traceback.format_exception(error)).splitlines(), quiet=False)
            sys.exit(1)
        say(_with_notes(f"rolenlp: {_one_line(error)}", error))
        status = 1
    try:
        sys.stdout.flush()
    except OSError:
        let_go(sys.stdout)
    sys.exit(status)


def _debugging() -> bool:
    return "--debug" in sys.argv


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
        return "out of memory; end other programs, or run with fewer --jobs"
    if isinstance(error, ImportError):
        return f"a library cannot be loaded: {error}"
    if isinstance(error, OSError):
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
    """


@cli.command(short_help="Judge every ad of a table.")
@click.argument("input_", metavar="INPUT")
@click.option("--output", "-o", metavar="OUTPUT", default="-", help="File to write; else stdout.")
@cli_options.text_and_title
@cli_options.identifier
@cli_options.min_precision
@click.option("--themes", is_flag=True, help="Add how many phrases of each theme there are.")
@click.option("--prefix", metavar="P", default="", help="Put P before the name of added columns.")
@cli_options.model
@cli_options.jobs
@click.option(
    "--resume",
    is_flag=True,
    help="Go on from where a run to OUTPUT was cut off, with the same INPUT, model and options.",
)
@click.option(
    "--stats",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the run's figures as JSON, and how the table compares with the training ads.",
)
@cli_options.encoding_and_delimiter
@cli_options.quiet
@cli_options.debug
def label(
    input_: str,
    output: str,
    text: str | None,
    title: str | None,
    identifier: str | None,
    min_precision: float,
    themes: bool,
    prefix: str,
    model: Path | None,
    jobs: int,
    resume: bool,
    stats: Path | None,
    encoding: str | None,
    delimiter: str | None,
    quiet: bool,
) -> None:
    """Judge every ad of a table: one row out for every row in, in the same order.

    A row of INPUT that cannot be parsed goes to OUTPUT.rejected, as it was.

    INPUT and OUTPUT are .csv, .tsv, .jsonl, .ndjson or .parquet files, all but the last also
    with .gz or .zst after it; - is stdin or stdout, as CSV. Every value of INPUT is kept, and
    these columns are added: role, confidence, review, p_product, p_project, p_hybrid, p_other,
    orientation, title_role, conflict, evidence, status.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp label jobs.parquet -o judged.parquet --themes --jobs 4
      zcat jobs.csv.gz | rolenlp label - | head
    """
    if resume and "-" in (input_, output):
        raise click.UsageError("--resume needs an INPUT and an OUTPUT that are files, not -")
    from rolenlp.files.use import Read, Written, check_files, label_files
    from rolenlp.model_file.card import model_files
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import find_columns

    check_files(
        [Read("INPUT", input_), *model_files("--model", model)],
        [*label_files(output), *([Written("--stats", stats)] if stats else [])],
    )
    with open_table(input_, encoding=encoding, delimiter=delimiter) as reader:
        found = find_columns(
            reader.names, text=text, title=title, identifier=identifier, source=reader.source
        )
        known = len(reader.notes)
        say_all([*reader.notes, found.describe(reader.names)], quiet)
        from rolenlp.label.journal import before
        from rolenlp.label.run import Options, label_table
        from rolenlp.model_file.card import default_model_path

        say_all(before(output, resume), quiet)

        options = Options(
            model or default_model_path(), min_precision, themes, prefix, _debugging()
        )
        with progress(reader, quiet) as advance:
            summary = label_table(
                reader, output, found, options, jobs=jobs, resume=resume, progress=advance
            )
        say_all([*reader.notes[known:], *summary.lines()], quiet)
        if quiet and output == "-":  # else nothing would tell of these rows
            say_all(summary.where, quiet=False)
        if stats:
            from rolenlp.files.atomic import write_whole

            write_whole(stats, (json.dumps(summary.stats(), indent=1) + "\n").encode())
        summary.check_errors(output)


@cli.command(short_help="Judge one ad and show what the verdict rests on.")
@click.argument("file", default="-")
@click.option("--title", default="", help="The ad's title.")
@click.option("--html", metavar="FILE", help="Write a page for a browser as well.")
@cli_options.model
@cli_options.min_precision
@cli_options.debug
def explain(
    file: str, title: str, html: str | None, model: Path | None, min_precision: float
) -> None:
    """Judge one ad and show the words that the verdict rests on.

    FILE holds the ad's text: plain, HTML or Markdown; - is stdin.

    \b
      rolenlp explain advert.txt --title "Product Manager"
      rolenlp explain advert.html --html verdict.html
    """
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.model_file.card import model_files

    pages = [Written("--html", html)] if html else []
    check_files(
        [Read("FILE", file), *model_files("--model", model)],
        [Written("stdout", "-"), *pages] if html != "-" else pages,
    )
    from rolenlp.predict import load, predict
    from rolenlp.verdicts.explain import as_text, read_ad

    if file == "-" and sys.stdin.isatty():
        say("Paste the ad, then press Ctrl-D on a line of its own.")
    text = read_ad(file)
    loaded = load(model) if model else None
    verdict = predict(text, title, model=loaded, min_precision=min_precision)
    if html:
        from rolenlp.files.atomic import write_whole
        from rolenlp.verdicts.page import as_page

        write_whole(html, as_page(text, title, verdict).encode("utf-8", "replace"))
    if html != "-":
        click.echo(as_text(text, verdict, colour=_colour()))


def _colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


cli.add_command(cli_training.train)
cli.add_command(cli_training.evaluate)


cli.add_command(cli_review.review)


@cli.command(short_help="Show the card of a model.")
@click.argument("model", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole card, as it is.")
@cli_options.debug
def inspect(model: Path | None, as_json: bool) -> None:
    """Show what a model is made of and how good it is, without loading it.

    MODEL is a .joblib or .skops file with its card beside it; the one that comes with rolenlp
    unless given.
    """
    from rolenlp.files.use import Written, check_files
    from rolenlp.model_file.card import card_lines, default_model_path, model_files, read_card

    check_files(model_files("MODEL", model), [Written("stdout", "-")])
    path = model or default_model_path()
    card = read_card(path)
    lines = [json.dumps(card, indent=1)] if as_json else [f"model: {path}", *card_lines(card)]
    click.echo("\n".join(map(shown, lines)) if not as_json else lines[0])
