"""Judge one ad."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from rolenlp.cli import options
from rolenlp.cli.progress import say


@click.command(short_help="Judge one ad and show what the verdict rests on.")
@click.argument("file", default="-")
@click.option("--title", default="", help="The ad's title.")
@click.option("--html", metavar="FILE", help="Write a page for a browser as well.")
@options.model
@options.min_precision
@options.debug
def explain(
    file: str, title: str, html: str | None, model: Path | None, min_precision: float
) -> None:
    """Judge one ad and show the words that the verdict rests on.

    FILE holds the ad's text: plain, HTML or Markdown; - is stdin.

    \b
      rolenlp explain advert.txt --title "Product Manager"
      rolenlp explain advert.html --html verdict.html
    """
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.model_file.card import model_files

    pages = [Written("--html", html)] if html else []
    check_files(
        [Read("FILE", file), *model_files("--model", model)],
        [Written("stdout", "-"), *pages] if html != "-" else pages,
    )
    from rolenlp.predict import load, predict
    from rolenlp.verdicts.explain import as_text, read_ad

    if file == "-" and sys.stdin.isatty():
        say("Paste the ad, then press Ctrl-D on a line of its own.")
    text = read_ad(file)
    loaded = load(model) if model else None
    verdict = predict(text, title, model=loaded, min_precision=min_precision)
    if html:
        from rolenlp.files.atomic import write_whole
        from rolenlp.verdicts.page import as_page

        write_whole(html, as_page(text, title, verdict).encode("utf-8", "replace"))
    if html != "-":
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(as_text(text, verdict, colour=colour))
