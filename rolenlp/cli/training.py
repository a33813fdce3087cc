"""The commands that make a model and say how good it is."""

from __future__ import annotations

from pathlib import Path

import click

from rolenlp.cli import options as cli_options
from rolenlp.cli.progress import say, say_all
from rolenlp.evaluate.gates import Gate, check, parse
from rolenlp.files.terminal import shown

__all__ = ["evaluate", "train"]


@click.command(short_help="Fit a model on labelled ads.")
@click.argument("labelled", nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    metavar="MODEL",
    help="File to write, .joblib or .skops; its card goes beside it.",
)
@cli_options.text_and_title
@cli_options.label_and_source
@cli_options.identifier
@click.option("--label-from-title", is_flag=True, help="Take the role that each title names.")
@click.option(
    "--base",
    type=click.Path(path_type=Path),
    metavar="MODEL",
    help="Go on from this model: the tables hold new ads only.",
)
@click.option(
    "--doubts",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the ads whose labels are in doubt there, as CSV.",
)
@cli_options.encoding_and_delimiter
@cli_options.quiet
@cli_options.debug
def train(
    labelled: tuple[str, ...],
    output: Path,
    label_from_title: bool,
    base: Path | None,
    doubts: Path | None,
    quiet: bool,
    **columns: str | None,
) -> None:
    """Fit a model on labelled tables and write it with its card.

    Labels are product, project, hybrid or other. A column of sources (job boards) makes the
    figures honest: each source is judged by a fit that has not seen it. An ad that stands in
    several tables, or twice in one, counts once, with its last label: give corrections last.

    \b
      rolenlp train labelled.csv -o mine.joblib
      rolenlp train labelled.csv corrections.csv -o mine.joblib --doubts doubts.csv
      rolenlp label jobs.csv --model mine.joblib -o judged.csv
    """
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.model_file.bundle import check_output
    from rolenlp.model_file.card import card_lines, model_files, saved_files
    from rolenlp.train.labelled import TableOptions, read_tables
    from rolenlp.train.merge import merged
    from rolenlp.train.run import train as fit_and_save

    check_output(output)
    check_files(
        [
            *(Read("LABELLED", table) for table in labelled),
            *(model_files("--base", base) if base else []),
        ],
        [*saved_files(output), *([Written("--doubts", doubts)] if doubts else [])],
    )
    ads = merged(read_tables(labelled, TableOptions(**columns), from_title=label_from_title))
    left_out = f"; {ads.unlabelled:,} without a label left out" if ads.unlabelled else ""
    say_all([*ads.notes, f"{len(ads.roles):,} labelled ads{left_out}"], quiet)
    card = fit_and_save(ads, output, base=base, doubts=doubts)
    say_all([f"model: {output}", *card_lines(card)], quiet)
    if doubts:
        say_all([f"labels in doubt: {doubts}"], quiet)


def _gates(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> list[Gate]:
    try:
        return [parse(text) for text in given]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(short_help="Say how good the verdicts on labelled ads are.")
@click.argument("labelled")
@cli_options.text_and_title
@cli_options.label_and_source
@cli_options.model
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write figures and a page with plots there.",
)
@click.option(
    "--compare",
    type=click.Path(path_type=Path),
    metavar="MODEL",
    help="Say what changed from this model.",
)
@click.option(
    "--fail-under",
    "gates",
    multiple=True,
    callback=_gates,
    metavar="NAME=VALUE",
    help="End with status 1 where a figure, like macro_f1=0.8, is lower; may be repeated.",
)
@cli_options.min_precision
@cli_options.encoding_and_delimiter
@cli_options.quiet
@cli_options.debug
def evaluate(
    labelled: str,
    model: Path | None,
    report: Path | None,
    compare: Path | None,
    gates: list[Gate],
    min_precision: float,
    quiet: bool,
    **columns: str | None,
) -> None:
    """Judge a labelled table and say how good the verdicts are, with 95% intervals.

    \b
      rolenlp evaluate labelled.csv --report report
      rolenlp evaluate labelled.csv --model new.joblib --compare old.joblib
      rolenlp evaluate labelled.csv --fail-under macro_f1=0.8 --fail-under duties.macro_f1=0.75
    """
    from rolenlp.evaluate.run import evaluate as judge_labelled
    from rolenlp.evaluate.run import write_report
    from rolenlp.files.use import Read, Written, check_files, report_files
    from rolenlp.model_file.card import model_files
    from rolenlp.predict import default_model, load
    from rolenlp.train.labelled import TableOptions, read_labelled

    check_files(
        [
            Read("LABELLED", labelled),
            *model_files("--model", model),
            *(model_files("--compare", compare) if compare else []),
        ],
        [Written("stdout", "-"), *(report_files(report) if report else [])],
    )
    ads = read_labelled([labelled], TableOptions(**columns))
    say_all(ads.notes, quiet)
    loaded = load(model) if model else default_model()
    before = load(compare) if compare else None
    result = judge_labelled(loaded, ads, min_precision=min_precision, before=before)
    click.echo("\n".join(map(shown, result.lines())))
    if report:
        write_report(result, report)
        say(f"report: {report / 'report.html'}")
    check(gates, result.figures)
