"""Judge every ad of a table."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from rolenlp.cli import options
from rolenlp.cli.progress import progress, say_all

if TYPE_CHECKING:
    from rolenlp.engines.run import Engine
    from rolenlp.label.run import Jobs
    from rolenlp.label.summary import Summary
    from rolenlp.tables import TableReader


@click.command(short_help="Judge every ad of a table.")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    metavar="OUTPUT",
    default="-",
    help="File to write, or folder: a file for each INPUT; else stdout.",
)
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
@options.sheet_and_table
@click.option(
    "--engine",
    type=click.Choice(["dask", "spark"]),
    help="Judge on workers of Dask or Spark: Parquet files in, a folder of them out.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask's, like tcp://host:8786; else here.")
@click.option("--master", metavar="ADDRESS", help="Spark's, like spark://host:7077; else here.")
@options.quiet
@options.debug
def label(
    inputs: tuple[str, ...],
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
    sheet: str | None,
    table: str | None,
    query: str | None,
    engine: Engine | None,
    scheduler: str | None,
    master: str | None,
    quiet: bool,
    text: tuple[str, ...],
    title: str | None,
    identifier: str | None,
) -> None:
    """Judge every ad of a table: one row out for every row in, in the same order.

    A row of INPUT that cannot be parsed goes to OUTPUT.rejected, as it was.

    INPUT and OUTPUT are .csv, .tsv, .txt, .jsonl, .ndjson or .json files, all also with .gz, .zst
    or .zip after it; or .parquet, .xlsx, .db, .sqlite and .sqlite3. Only INPUT: .duckdb, a folder
    of Parquet files, and a .zip of one table of any kind. - is stdin or stdout, as CSV. Every
    value of INPUT is kept, and these columns are added: role, confidence, review, p_product,
    p_project, p_hybrid, p_other, orientation, title_role, conflict, evidence, status.

    Several INPUTs, and patterns in quotes, go into one OUTPUT, where the column file says which
    they are from, or each into a file of its name in a folder, which is empty or new.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp label jobs.xlsx --sheet Ads -o judged.xlsx --themes
      rolenlp label a.csv b.csv 'more/*.parquet' -o all.parquet
      rolenlp label 'boards/*.csv' -o judged/
      zcat jobs.csv.gz | rolenlp label - | head
      rolenlp label 's3://boards/*.parquet' -o s3://judged/ --engine dask
    """
    _check_engine(engine)
    if resume and "-" in (*inputs, output):
        raise click.UsageError("--resume needs an INPUT and an OUTPUT that are files, not -")
    from rolenlp.label.workers import Options
    from rolenlp.model_file.card import default_model_path, model_files

    how = Options(
        model or default_model_path(),
        min_precision,
        themes,
        prefix,
        options.debugging(),
        None if isinstance(role_mix, str) else role_mix,
    )
    if engine:
        from rolenlp.engines.run import label_folder

        summary = label_folder(
            inputs,
            output,
            how,
            engine=engine,
            address=scheduler or master,
            jobs=jobs,
            text=text,
            title=title,
            say=lambda line: say_all([line], quiet),
        )
        say_all(summary.lines(), quiet)
        summary.check_errors(output)
        return
    from rolenlp.files.use import Read, Written, check_files, label_files
    from rolenlp.schema import BATCH
    from rolenlp.tables import open_table
    from rolenlp.tables.columns import columns_of
    from rolenlp.tables.several import expanded, open_together, outputs_in

    opened = partial(
        open_table, encoding=encoding, delimiter=delimiter, sheet=sheet, table=table, query=query
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

        for again, to in runs:
            with again() as reader:
                columns_of(reader, text=text, title=title, identifier=identifier)
                check_output(to, reader, added_columns(themes=themes, prefix=prefix))
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


# What one machine alone does.
_NOT_ON_ENGINES = "resume stats encoding delimiter sheet table query identifier".split()
_ADDRESSES = {"scheduler": "dask", "master": "spark"}


def _check_engine(engine: Engine | None) -> None:
    """Refuse options that do not go with an engine, or not without."""
    context = click.get_current_context()
    given = {
        option.name: option.opts[0]
        for option in context.command.params
        if context.get_parameter_source(option.name or "") is not ParameterSource.DEFAULT
    }
    for name, needs in _ADDRESSES.items():
        if name in given and engine != needs:
            raise click.UsageError(f"--{name} goes with --engine {needs}")
    if not engine:
        return
    if context.params["role_mix"] == "auto":
        raise click.UsageError("--role-mix auto does not go with --engine: name the shares")
    if "jobs" in given and given.keys() & _ADDRESSES.keys():
        raise click.UsageError("--jobs are processes of this machine: leave it out with an address")
    for name in _NOT_ON_ENGINES:
        if name in given:
            raise click.UsageError(f"{given[name]} does not go with --engine")
    if context.params["output"] == "-" or "-" in context.params["inputs"]:
        raise click.UsageError("--engine reads files and writes a folder, not -: name it with -o")


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
