"""Judge one ad."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

from rolenlp.cli import options
from rolenlp.cli.command import Command
from rolenlp.cli.progress import say


@click.command(cls=Command)
@click.argument("file", type=click.Path(), default="-")
@click.option("--title", help="The ad's title; else read off its first lines or its page.")
@click.option(
    "--html", type=click.Path(), metavar="FILE", help="Write a page for a browser as well."
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
@options.model
@options.min_precision
def explain(
    file: str,
    title: str | None,
    html: str | None,
    as_json: bool,
    model: Path | None,
    min_precision: float,
) -> None:
    """Judge one ad and show the words that the verdict rests on.

    FILE holds the ad: text, HTML or Markdown, a saved web page, PDF, .docx or RTF (these three
    need rolenlp[documents]); - is stdin, where an ad can also be pasted.

    \b
      rolenlp explain advert.txt --title "Product Manager"
      rolenlp explain advert.pdf --html verdict.html
      rolenlp explain --json < advert.html
    """
    from rolenlp.files.use import Read, Written, check_files
    from rolenlp.model_file.card import model_files

    if as_json and html == "-":
        raise click.UsageError("--json and --html - are both for stdout; name a file for --html")
    pages = [Written("--html", html)] if html else []
    check_files(
        [Read("FILE", file), *model_files("--model", model)],
        [Written("stdout", "-"), *pages] if html != "-" else pages,
    )
    from rolenlp.documents.read import read_ad

    ad = read_ad(file, lambda: say("Paste the ad, then press Ctrl-D."))
    from rolenlp.predict import load, predict
    from rolenlp.schema import Posting
    from rolenlp.verdicts.evidence import every_phrase
    from rolenlp.verdicts.explain import as_text

    loaded = load(model)
    if title is None:
        title = ad.title
        say(_about_title(title, ad.title_place))
    verdict = predict(ad.text, title, model=loaded, min_precision=min_precision)
    phrases = every_phrase(loaded, Posting(ad.text, title)) if verdict.role else ()
    if html:
        from rolenlp.files.atomic import write_whole
        from rolenlp.verdicts.page import as_page

        page = as_page(ad.text, title, verdict, phrases)
        write_whole(html, page.encode("utf-8", "replace"))
    if as_json:
        click.echo(json.dumps(verdict.to_dict(), ensure_ascii=False, indent=2))
    elif html != "-":
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        click.echo(as_text(ad.text, verdict, phrases, colour=colour))


def _about_title(title: str, place: str) -> str:
    if not title:
        return 'no title found; it counts: give it with --title "..."'
    from rolenlp.text.personal import mask_personal

    return f'title, from {place}: "{mask_personal(title)}"; give another with --title "..."'
