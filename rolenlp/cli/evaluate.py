"""Say how good a model is."""

from __future__ import annotations

from pathlib import Path

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import say, say_all
from rolenlp.files.terminal import shown


def _gates(
    context: click.Context, option: click.Parameter, given: tuple[str, ...]
) -> list[tuple[str, float]]:
    if context.resilient_parsing or not given:  # a shell asks, and waits
        return []
    from rolenlp.evaluate.gates import parse

    try:
        return [parse(text) for text in given]
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command(cls=Command)
@click.argument("labelled", type=click.Path())
@options.text_and_title
@options.label_and_source
@options.label_map
@options.model
@options.path("--report", "DIR", "Write figures and a page with plots there.")
@options.path("--compare", "MODEL", "Say what changed from this model.")
@click.option(
    "--fail-under",
    "gates",
    multiple=True,
    type=options.LISTED,
    callback=_gates,
    metavar="NAME=VALUE",
    help="End with status 1 where a figure, like macro_f1=0.8, is lower; may be repeated.",
)
@options.min_precision
@options.role_mix
@options.reading
@options.quiet
def evaluate(
    labelled: str,
    model: Path | None,
    report: Path | None,
    compare: Path | None,
    gates: list[tuple[str, float]],
    min_precision: float,
    role_mix: dict[str, float] | str | None,
    quiet: bool,
    label_map: dict[str, str] | None,
    reading: options.Reading,
    **columns: str | None,
) -> None:
    """Judge a labelled table and say how good the verdicts are, with 95% intervals.

    \b
      rolenlp evaluate labelled.csv --report report
      rolenlp evaluate labelled.csv --model new.joblib --compare old.joblib
      rolenlp evaluate labelled.csv --fail-under macro_f1=0.8
    """
    from rolenlp.files.use import Read, Written, check_files, report_files
    from rolenlp.model_file.card import default_model_path, model_files, read_card

    options.refuse_idle([labelled], reading)
    check_files(
        [
            Read("LABELLED", labelled),
            *model_files("--model", model),
            *(model_files("--compare", compare) if compare else []),
        ],
        [Written("stdout", "-"), *(report_files(report) if report else [])],
    )
    from rolenlp.evaluate.gates import check
    from rolenlp.evaluate.run import evaluate as judge_labelled
    from rolenlp.evaluate.run import write_report
    from rolenlp.predict import load
    from rolenlp.schema import mix_text
    from rolenlp.train.labelled import TableOptions, counted, read_labelled

    ads = read_labelled([labelled], TableOptions(**columns, reading=reading, label_map=label_map))
    left_out = f"{counted(ads.unlabelled, 'row', 'rows')} without a label left out"
    say_all([*ads.notes, *([left_out] if ads.unlabelled else [])], quiet)
    loaded = load(model)
    before = load(compare) if compare else None
    if isinstance(role_mix, str):
        role_mix = loaded.estimate_role_mix(ads.postings)
        say(f"the ads' mix of roles seems to be {mix_text(role_mix)}")
    result = judge_labelled(
        loaded,
        ads,
        min_precision=min_precision,
        before=before,
        role_mix=role_mix,
        about={
            "table": Path(labelled).name,
            "model": Path(model).name if model else "default",
            "model_sha256": read_card(model or default_model_path())["sha256"],
        },
    )
    click.echo("\n".join(map(shown, result.lines())))
    if report:
        write_report(result, report)
        say(f"report: {report / 'report.html'}")
    check(gates, result.figures)
