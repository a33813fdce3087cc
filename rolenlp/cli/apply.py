"""Put a person's verdicts into the judged table."""

from __future__ import annotations

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import progress, say_all


@click.command(cls=Command)
@click.argument("corrections", type=click.Path())
@click.argument("judged", type=click.Path())
@options.output("File to write; else stdout.")
@options.text_and_title
@options.identifier
@options.reading
@options.quiet
def apply(
    corrections: str,
    judged: str,
    output: str,
    reading: options.Reading,
    quiet: bool,
    **columns: str | None,
) -> None:
    """Put a person's verdicts into the judged table: columns final_role and decided_by.

    CORRECTIONS is what the page of `rolenlp review` downloads, JUDGED the table that the page was
    made of. All its rows and values are kept. An ad is known by its id where it has one, else by
    its title and text. --encoding, --delimiter, --sheet, --table and --query are for JUDGED.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp review judged.csv -o review.html
      rolenlp apply corrections.csv judged.csv -o final.csv
    """
    from rolenlp.files.use import Read, check_files, table_files
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import columns_of

    options.refuse_idle([judged], reading, output)
    check_files(
        [Read("CORRECTIONS", corrections), Read("JUDGED", judged)],
        table_files(output),
    )
    from rolenlp.train.apply import apply_corrections, read_corrections

    with open_table(corrections) as reader:
        said = read_corrections(reader, **columns)
        notes = reader.notes
    with open_table(judged, **reading) as reader:
        found = columns_of(
            reader,
            text=columns.get("text"),
            title=columns.get("title"),
            identifier=columns.get("identifier"),
        )
        say_all([*notes, *reader.notes, found.describe(reader.names)], quiet)
        known = len(reader.notes)
        with progress(reader, quiet) as advance:
            done = apply_corrections(
                reader, output, found, said, progress=advance, name=reading["table"] or "judged"
            )
        say_all([*reader.notes[known:], *done.lines()], quiet)
