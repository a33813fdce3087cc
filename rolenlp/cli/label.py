"""Judge every ad of a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import progress, say_all

if TYPE_CHECKING:
    from rolenlp.engines.run import Engine
    from rolenlp.label.run import Jobs
    from rolenlp.label.summary import Summary
    from rolenlp.tables.formats import Kind


@click.command(cls=Command)
@click.argument("inputs", type=click.Path(), metavar="INPUT...", nargs=-1, required=True)
@options.output("File, or folder with one for each INPUT; else stdout.")
@click.option(
    "--format",
    "piped",
    type=click.Choice(["csv", "tsv", "jsonl", "json"], case_sensitive=False),
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
    type=click.Choice(["esco", "soc", "isco"], case_sensitive=False),
    help="Add the role's occupation by esco, soc or isco.",
)
@click.option("--prefix", metavar="P", default="", help="Put P before the names of added columns.")
@options.model
@options.jobs
@click.option("--resume", is_flag=True, help="Go on where the same run to OUTPUT was cut off.")
@options.path("--stats", "FILE", "Write the run's figures as JSON.")
@options.reading
@click.option(
    "--engine",
    metavar="NAME",
    type=click.Choice(["dask", "spark"], case_sensitive=False),
    help="dask or spark: Parquet in, a folder of it out.",
)
@click.option("--scheduler", metavar="ADDRESS", help="Dask's, like tcp://host:8786; else here.")
@click.option("--master", metavar="ADDRESS", help="Spark's, like spark://host:7077; else here.")
@options.quiet
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
    reading: options.Reading,
    engine: Engine | None,
    scheduler: str | None,
    master: str | None,
    quiet: bool,
    text: tuple[str, ...],
    title: str | None,
    identifier: str | None,
) -> None:
    """Judge every ad of a table: one row out for every row in, in the same order.

    INPUT and OUTPUT: .csv .tsv .txt .jsonl .ndjson .json, also with .gz, .zst or .zip after it;
    .parquet .xlsx .db .sqlite .sqlite3; only INPUT: .duckdb, a folder of Parquet files, a .zip of
    any one table; - is stdin or stdout. Several INPUTs go into one OUTPUT, with a column file, or
    into a new folder. Rows that cannot be parsed go to OUTPUT.rejected. Every value is kept; the
    verdict comes after them.

    \b
      rolenlp label jobs.csv -o judged.csv
      rolenlp label a.csv b.csv 'more/*.parquet' -o all.parquet
      rolenlp label 's3://boards/*.parquet' -o s3://judged/ --engine dask
      tail -f ads.jsonl | rolenlp label - --format jsonl
    """
    _check_engine(engine)
    if piped and "-" not in (*inputs, output):
        raise click.UsageError("--format is for stdin and stdout, -; a file is what its name says")
    if resume and "-" in (*inputs, output):
        raise click.UsageError("--resume needs an INPUT and an OUTPUT that are files, not -")
    from rolenlp.files.use import Read, Written, check_files, label_files, refuse_missing
    from rolenlp.model_file.card import default_model_path, model_files
    from rolenlp.tables.several import expanded

    paths, read = [*inputs], model_files("--model", model)
    if not engine:  # which looks for its inputs by itself
        paths = expanded(inputs)
        options.refuse_idle(paths, reading, output)
        refuse_missing(paths)
        read = [*(Read("INPUT", path) for path in paths), *read]
    # From here on libraries are loaded, which takes a while.
    from rolenlp.label.workers import Options

    how = Options(
        model or default_model_path(),
        min_precision,
        themes,
        prefix,
        "--debug" in sys.argv,
        None if isinstance(role_mix, str) else role_mix,
        taxonomy,
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
    from rolenlp.label.files import is_folder, label_tables, runs_to
    from rolenlp.tables import open_table

    in_folder = is_folder(output)
    written = [] if in_folder else label_files(output)
    check_files(
        read,
        [*written, *([Written("--stats", stats)] if stats else [])],
    )
    if in_folder and resume:
        raise click.UsageError("--resume goes on with one OUTPUT file, not with a folder")
    runs = runs_to(
        output,
        paths,
        lambda path: open_table(path, piped=piped, **reading),
        together=paths != list(inputs) or len(paths) > 1,
        prefix=prefix,
    )
    judged = label_tables(
        runs,
        how,
        columns={"text": text, "title": title, "identifier": identifier},
        jobs=jobs,
        resume=resume,
        own_mix=role_mix == "auto",
        name=reading["table"] or "judged",
        say=lambda said: say_all(said, quiet),
        bar=lambda reader: progress(reader, quiet),
    )
    summaries: dict[str, Summary] = {}
    for to, summary in judged:
        say_all([] if in_folder else summary.next_steps(to, model), quiet)
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
_NOT_ON_ENGINES = {
    *("resume", "stats", "taxonomy", "identifier", "piped"),
    *("encoding", "delimiter", "sheet", "table", "query"),
}
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
