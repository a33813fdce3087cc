"""Judge every ad of a table."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolenlp.cli import options
from rolenlp.cli.progress import progress, say_all

if TYPE_CHECKING:
    from rolenlp.label.run import Jobs


@click.command(short_help="Judge every ad of a table.")
@click.argument("input_", metavar="INPUT")
@click.option("--output", "-o", metavar="OUTPUT", default="-", help="File to write; else stdout.")
@options.text_and_title
@options.identifier
@options.min_precision
@options.role_mix
@click.option("--themes", is_flag=True, help="Add how many phrases of each theme there are.")
@click.option("--prefix", metavar="P", default="", help="Put P before the name of added columns.")
@options.model
@options.jobs
@click.option(
    "--resume",
    is_flag=True,
    help="Go on from where a run to OUTPUT was cut off, with the same INPUT, model and options.",
)
@options.path(
    "--stats",
    "FILE",
    "Write the run's figures as JSON, and how the table compares with the training ads.",
)
@options.encoding_and_delimiter
@options.quiet
@options.debug
def label(
    input_: str,
    output: str,
    min_precision: float,
    role_mix: dict[str, float] | str | None,
    themes: bool,
    prefix: str,
    model: Path | None,
    jobs: Jobs,
    resume: bool,
    stats: Path | None,
    encoding: str | None,
    delimiter: str | None,
    quiet: bool,
    text: tuple[str, ...],
    title: str | None,
    identifier: str | None,
) -> None:
    """Judge every ad of a table: one row out for every row in, in the same order.

    A row of INPUT that cannot be parsed goes to OUTPUT.rejected, as it was.

    INPUT and OUTPUT are .csv, .tsv, .jsonl, .ndjson or .parquet files, all but the last also
    with .gz or .zst after it; - is stdin or stdout, as CSV. Every value of INPUT is kept, and
    these columns are added: role, confidence, review, p_product, p_project, p_hybrid, p_other,
    orientation, title_role, conflict, evidence, status.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp label jobs.parquet -o judged.parquet --themes
      zcat jobs.csv.gz | rolenlp label - | head
    """
    if resume and "-" in (input_, output):
        raise click.UsageError("--resume needs an INPUT and an OUTPUT that are files, not -")
    from rolenlp.files.use import Read, Written, check_files, label_files
    from rolenlp.model_file.card import model_files
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import columns_of

    check_files(
        [Read("INPUT", input_), *model_files("--model", model)],
        [*label_files(output), *([Written("--stats", stats)] if stats else [])],
    )
    opened = partial(open_table, input_, encoding=encoding, delimiter=delimiter)
    with opened() as reader:
        found = columns_of(reader, text=text, title=title, identifier=identifier)
        known = len(reader.notes)
        say_all([*reader.notes, found.describe(reader.names)], quiet)
        from rolenlp.label.journal import before
        from rolenlp.label.run import label_table
        from rolenlp.label.workers import Options, with_own_mix
        from rolenlp.model_file.card import default_model_path

        say_all(before(output, resume), quiet)
        how = Options(
            model or default_model_path(),
            min_precision,
            themes,
            prefix,
            options.debugging(),
            None if isinstance(role_mix, str) else role_mix,
        )
        if role_mix == "auto":
            how = with_own_mix(how, reader, opened, found)
            found_mix = options.mix_text(how.role_mix or {})
            say_all([f"{reader.source}: its mix of roles seems to be {found_mix}"], quiet)
        with progress(reader, quiet) as advance:
            summary = label_table(
                reader, output, found, how, jobs=jobs, resume=resume, progress=advance
            )
        say_all([*reader.notes[known:], *summary.lines()], quiet)
        if quiet and output == "-":  # else nothing would tell of these rows
            say_all(summary.where, quiet=False)
        if stats:
            import json

            from rolenlp.files.atomic import write_whole

            write_whole(stats, (json.dumps(summary.stats(), indent=1) + "\n").encode())
        summary.check_errors(output)
