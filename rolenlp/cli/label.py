"""Judge every ad of a table."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import progress, say_all

if TYPE_CHECKING:
    from rolenlp.label.run import Jobs
    from rolenlp.label.summary import Summary
    from rolenlp.tables import TableReader
    from rolenlp.tables.formats import Kind


@click.command(cls=Command, short_help="Judge every ad of a table.")
@click.argument("inputs", type=click.Path(), metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(),
    metavar="OUTPUT",
    default="-",
    help="File, or folder with one for each INPUT; else stdout.",
)
@click.option(
    "--format",
    "piped",
    type=click.Choice(["csv", "tsv", "jsonl", "json"]),
    metavar="KIND",
    help="csv, tsv, jsonl or json, for -; else found, or csv.",
)
@options.text_and_title
@options.identifier
@options.min_precision
@options.role_mix
@click.option("--themes", is_flag=True, help="Add how many phrases of each theme there are.")
@click.option(
    "--taxonomy",
    metavar="NAME",
    type=click.Choice(["esco", "soc", "isco"]),
    help="Add the role's occupation by esco, soc or isco.",
)
@click.option("--prefix", metavar="P", default="", help="Put P before the names of added columns.")
@options.model
@options.jobs
@click.option("--resume", is_flag=True, help="Go on where the same run to OUTPUT was cut off.")
@options.path("--stats", "FILE", "Write the run's figures as JSON.")
@options.encoding_and_delimiter
@options.sheet_and_table
@options.quiet
@options.debug
def label(
    inputs: tuple[str, ...],
    output: str,
    piped: Kind | None,
    min_precision: float,
    role_mix: dict[str, float] | str | None,
    themes: bool,
    taxonomy: str | None,
    prefix: str,
    model: Path | None,
    jobs: Jobs,
    resume: bool,
    stats: Path | None,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    table: str | None,
    query: str | None,
    quiet: bool,
    text: tuple[str, ...],
    title: str | None,
    identifier: str | None,
) -> None:
    """Judge every ad of a table: one row out for every row in, in the same order.

    INPUT and OUTPUT: .csv .tsv .txt .jsonl .ndjson .json, also with .gz, .zst or .zip after it;
    .parquet .xlsx .db .sqlite .sqlite3; only INPUT: .duckdb, a folder of Parquet files, a .zip of
    any one table; - is stdin or stdout. Several INPUTs go into one OUTPUT, with a column file, or
    into a new folder. Rows that cannot be parsed go to OUTPUT.rejected. Every value is kept, and
    added are role, confidence, review, p_product, p_project, p_hybrid, p_other, orientation,
    title_role, conflict, evidence and status.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp label a.csv b.csv 'more/*.parquet' -o all.parquet
      rolenlp label jobs.xlsx 'boards/*.csv' -o judged/
      tail -f ads.jsonl | rolenlp label - --format jsonl
    """
    if piped and "-" not in (*inputs, output):
        raise click.UsageError("--format is for stdin and stdout, -; a file is what its name says")
    if resume and "-" in (*inputs, output):
        raise click.UsageError("--resume needs an INPUT and an OUTPUT that are files, not -")
    from rolenlp.files.use import Read, Written, check_files, label_files
    from rolenlp.label.workers import Options
    from rolenlp.model_file.card import default_model_path, model_files
    from rolenlp.schema import BATCH
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import columns_of
    from rolenlp.tables.several import expanded, open_together, outputs_in

    opened = partial(
        open_table,
        piped=piped,
        encoding=encoding,
        delimiter=delimiter,
        sheet=sheet,
        table=table,
        query=query,
    )
    paths = expanded(inputs)
    _refuse_idle(paths, output, sheet, table, query)
    in_folder = output != "-" and (output.endswith(("/", os.sep)) or Path(output).is_dir())
    written = [Written("--stats", stats)] if stats else []
    if not in_folder:
        written = [*label_files(output), *written]
    check_files([*(Read("INPUT", path) for path in paths), *model_files("--model", model)], written)
    runs: list[tuple[Callable[[], TableReader], str]]
    if in_folder:
        if resume:
            raise click.UsageError("--resume goes on with one OUTPUT file, not with a folder")
        outputs = outputs_in(output, paths)
        runs = [(partial(opened, path), str(to)) for path, to in zip(paths, outputs, strict=True)]
    elif paths != list(inputs) or len(paths) > 1:
        runs = [(partial(open_together, paths, opened, prefix + "file", BATCH), output)]
    else:
        runs = [(partial(opened, paths[0]), output)]
    if len(runs) > 1:  # so that none is found to be wrong when others are done
        from rolenlp.tables.write import check_output
        from rolenlp.verdicts.columns import added_columns

        added = added_columns(themes=themes, occupations=bool(taxonomy), prefix=prefix)
        for again, to in runs:
            with again() as reader:
                columns_of(reader, text=text, title=title, identifier=identifier)
                check_output(to, reader, added)
    how = Options(
        model or default_model_path(),
        min_precision,
        themes,
        prefix,
        options.debugging(),
        None if isinstance(role_mix, str) else role_mix,
        taxonomy,
    )
    summaries: dict[str, Summary] = {}
    for again, to in runs:
        with again() as reader:
            found = columns_of(reader, text=text, title=title, identifier=identifier)
            known = len(reader.notes)
            about = [*reader.notes, found.describe(reader.names)]
            say_all([f"{reader.source}:"] * (len(runs) > 1) + about, quiet)
            from rolenlp.label.journal import before
            from rolenlp.label.run import label_table
            from rolenlp.label.workers import with_own_mix

            if in_folder:
                Path(output).mkdir(exist_ok=True)
            if to.lower().endswith(".xlsx") and reader.state:
                from rolenlp.tables.xlsx_write import check_sheet

                with again() as table_again:
                    check_sheet(to, table_again)
            say_all(before(to, resume), quiet)
            how_here = how
            if role_mix == "auto":
                how_here = with_own_mix(how, reader, again, found)
                found_mix = options.mix_text(how_here.role_mix or {})
                say_all([f"{reader.source}: its mix of roles seems to be {found_mix}"], quiet)
            with progress(reader, quiet) as advance:
                summary = label_table(
                    reader,
                    to,
                    found,
                    how_here,
                    jobs=jobs,
                    resume=resume,
                    progress=advance,
                    name=table or "judged",
                )
            after = [] if in_folder else summary.next_steps(to, model)
            say_all([*reader.notes[known:], *summary.lines(), *after], quiet)
            if quiet and to == "-":  # else nothing would tell of these rows
                say_all(summary.where, quiet=False)
            summaries[to] = summary
    if stats:
        import json

        from rolenlp.files.atomic import write_whole

        figures = {to: summary.stats() for to, summary in summaries.items()}
        data = figures if in_folder else figures[output]
        write_whole(stats, (json.dumps(data, indent=1) + "\n").encode())
    for to, summary in summaries.items():
        summary.check_errors(to)


def _refuse_idle(
    paths: list[str], output: str, sheet: str | None, table: str | None, query: str | None
) -> None:
    """Refuse options that no input has a use for, and --query beside --table."""
    from rolenlp.tables.formats import input_format, table_format

    kinds = {input_format(path).kind for path in paths if not Path(path).is_dir()}
    bases = {"sqlite", "duckdb"}
    out = {table_format(output).kind} if Path(output).suffix else kinds
    if sheet is not None and "xlsx" not in kinds:
        raise click.UsageError("--sheet is for an INPUT that is .xlsx")
    if query is not None and not kinds & bases:
        raise click.UsageError("--query is for an INPUT that is a database")
    if table is not None and not (kinds | out) & bases:
        raise click.UsageError("--table is for a database")
    if table is not None and query is not None and not out & bases:
        raise click.UsageError("--query says what to read: leave out --table")
