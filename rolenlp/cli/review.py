"""Ask a person."""

from __future__ import annotations

from pathlib import Path

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import progress, say_all


@click.command(cls=Command)
@click.argument("labelled", type=click.Path())
@click.option(
    "--output",
    "-o",
    type=click.Path(),
    required=True,
    metavar="OUTPUT",
    help="File to write, .html; --for: .json.",
)
@click.option(
    "--for",
    "tool",
    type=click.Choice(["label-studio", "argilla"], case_sensitive=False),
    help="Write tasks for another tool instead, which begin with the verdicts.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    default=200,
    show_default=True,
    help="Most ads on the page.",
)
@options.text_and_title
@options.source
@options.model
@options.reading
@options.quiet
def review(
    labelled: str,
    output: str,
    tool: str | None,
    limit: int,
    source: str | None,
    model: Path | None,
    reading: options.Reading,
    quiet: bool,
    text: tuple[str, ...],
    title: str | None,
) -> None:
    """Make a page on which a person settles the ads that most need one.

    LABELLED is what `rolenlp label` wrote; a table without verdicts is judged first. The page is
    one file that needs no network. Its download, corrections.csv, is for `rolenlp train`, and so
    is what Label Studio or Argilla export; the configuration of Label Studio lies beside its tasks.

    \b
      rolenlp review judged.csv -o review.html
      rolenlp review judged.csv -o tasks.json --for label-studio
      rolenlp train base.csv corrections.csv -o new.joblib
    """
    from rolenlp.files.use import Read, check_files, review_files
    from rolenlp.model_file.card import model_files
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import columns_of

    if tool is None and output.lower().endswith(".json"):
        raise click.UsageError("say which tool the tasks are for: --for label-studio, or argilla")
    options.refuse_idle([labelled], reading)
    check_files(
        [Read("LABELLED", labelled), *model_files("--model", model)],
        review_files(output, tool),
    )
    from rolenlp.predict import load
    from rolenlp.train.review import review_table

    with open_table(labelled, **reading) as reader:
        found = columns_of(reader, text=text, title=title)
        known = len(reader.notes)
        say_all([*reader.notes, found.describe(reader.names)], quiet)
        loaded = load(model)
        with progress(reader, quiet) as advance:
            done = review_table(
                reader,
                output,
                found,
                loaded,
                tool=tool,
                source=source,
                limit=limit,
                progress=advance,
            )
        say_all([*reader.notes[known:], *done.lines()], quiet)
