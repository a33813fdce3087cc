"""Show what a model is."""

from __future__ import annotations

from pathlib import Path

import click

from rolenlp.cli.command import Command
from rolenlp.files.terminal import shown


@click.command(cls=Command)
@click.argument("model", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="The whole card, as it is.")
def inspect(model: Path | None, as_json: bool) -> None:
    """Show what a model is made of and how good it is, without loading it.

    MODEL is a .joblib or .skops file with its card beside it; the one that comes with rolenlp
    unless given.
    """
    import json

    from rolenlp.files.use import Written, check_files
    from rolenlp.model_file.card import card_lines, default_model_path, model_files, read_card

    check_files(model_files("MODEL", model), [Written("stdout", "-")])
    path = model or default_model_path()
    card = read_card(path)
    lines = [json.dumps(card, indent=1)] if as_json else [f"model: {path}", *card_lines(card)]
    click.echo("\n".join(map(shown, lines)) if not as_json else lines[0])
