"""Make a model."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import say_all


@click.command(cls=Command)
@click.argument("labelled", type=click.Path(), nargs=-1, required=True)
@click.option(
    "--output",
    "-o",
    required=True,
    type=click.Path(path_type=Path),
    metavar="MODEL",
    help="File to write, .joblib or .skops; its card goes beside it.",
)
@options.text_and_title
@options.label_and_source
@options.label_map
@options.identifier
@click.option("--label-from-title", is_flag=True, help="Take the role that each title names.")
@options.path("--base", "MODEL", "Go on from this model, or default: the tables hold new ads only.")
@options.path("--doubts", "FILE", "Write the ads whose labels are in doubt there, as CSV.")
@options.reading
@options.quiet
def train(
    labelled: tuple[str, ...],
    output: Path,
    label_from_title: bool,
    base: Path | None,
    doubts: Path | None,
    quiet: bool,
    label_map: dict[str, str] | None,
    reading: options.Reading,
    **columns: str | None,
) -> None:
    """Fit a model on labelled tables and write it with its card.

    Labels are product, project, hybrid or other; --label-map says what others mean. Exports of
    doccano, Prodigy and Label Studio are read as they are. A column of sources (job boards) makes
    the figures honest: each source is judged by a fit that has not seen it. An ad that stands in
    several tables, or twice in one, counts once, with its last label: give corrections last.

    \b
      rolenlp train labelled.csv -o mine.joblib
      rolenlp train base.csv corrections.csv -o mine.joblib --doubts doubts.csv
      rolenlp train corrections.csv --base default -o mine.joblib
      rolenlp label jobs.csv --model mine.joblib -o judged.csv
    """
    if label_from_title and label_map:
        raise click.UsageError("--label-from-title takes no label: leave out --label-map")
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.model_file.bundle import check_output
    from rolenlp.model_file.card import card_lines, default_model_path, model_files, saved_files

    options.refuse_idle(labelled, reading)
    check_output(output)
    if base == Path("default") and not base.exists():
        base = default_model_path()
    check_files(
        [
            *(Read("LABELLED", table) for table in labelled),
            *(model_files("--base", base) if base else []),
        ],
        [*saved_files(output), *([Written("--doubts", doubts)] if doubts else [])],
    )
    from rolenlp.train.labelled import TableOptions, merged, read_tables
    from rolenlp.train.labels import limits
    from rolenlp.train.run import train as fit_and_save

    how = TableOptions(**columns, reading=reading, label_map=label_map)
    ads = merged(read_tables(labelled, how, from_title=label_from_title))
    left_out = f"; {ads.unlabelled:,} without a label left out" if ads.unlabelled else ""
    say_all([*ads.notes, f"{len(ads.roles):,} labelled ads{left_out}"], quiet)
    say_all((f"warning: {each}" for each in limits(Counter(ads.roles))), quiet)
    card = fit_and_save(ads, output, base=base, doubts=doubts)
    say_all([f"model: {output}", *card_lines(card)], quiet)
    if doubts:
        say_all([f"labels in doubt: {doubts}"], quiet)
