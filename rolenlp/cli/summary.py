"""Sum up a judged table."""

from __future__ import annotations

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import progress, say_all
from rolenlp.files.terminal import shown


@click.command(cls=Command)
@click.argument("judged", type=click.Path())
@click.option("--by", metavar="COLUMN", help="Also for each value of this column.")
@click.option("--html", type=click.Path(), metavar="PAGE", help="Write a page with plots as well.")
@options.reading
@options.quiet
def summary(
    judged: str,
    by: str | None,
    html: str | None,
    reading: options.Reading,
    quiet: bool,
) -> None:
    """Say what is in a judged table: roles, reviews, conflicts, orientation and themes.

    JUDGED is what `rolenlp label` wrote, or `rolenlp apply`: then roles are the final ones. Ads
    that were not judged count as rows and nowhere else.

    \b
      rolenlp summary judged.csv
      rolenlp summary judged.csv --by location --html summary.html
    """
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.tables import open_table

    options.refuse_idle([judged], reading)
    pages = [Written("--html", html)] if html else []
    check_files(
        [Read("JUDGED", judged)], [Written("stdout", "-"), *pages] if html != "-" else pages
    )
    from rolenlp.evaluate.judged import sum_up

    if html:
        from rolenlp.evaluate.report.plots import check_matplotlib

        check_matplotlib()
    with open_table(judged, **reading) as reader:
        with progress(reader, quiet) as advance:
            table = sum_up(reader, by, progress=advance)
        rejected = len(reader.take_rejects())
        left_out = [f"{rejected:,} rows that cannot be parsed left out"] if rejected else []
        say_all([*reader.notes, *left_out], quiet)
    if html:
        from rolenlp.evaluate.report.judged_page import as_judged_page
        from rolenlp.files.atomic import write_whole

        write_whole(html, as_judged_page(table).encode("utf-8", "replace"))
    if html != "-":
        click.echo("\n".join(map(shown, table.lines())))
