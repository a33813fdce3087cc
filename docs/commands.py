"""Puts what each command says of itself under its name on the page of commands."""

from __future__ import annotations

from typing import Any

import click

from rolenlp.cli.main import cli

MARK = "<!-- commands -->"


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Called by MkDocs for every page; see `hooks` in `mkdocs.yml`."""
    return markdown.replace(MARK, commands()) if MARK in markdown else markdown


def commands() -> str:
    """The help of all commands, in their order, as a terminal shows it."""
    group = click.Context(
        cli, info_name="rolenlp", **{**cli.context_settings, "max_content_width": 78}
    )
    parts = []
    for name in cli.list_commands(group):
        context = click.Context(cli.commands[name], group, info_name=name, terminal_width=78)
        parts.append(f"## rolenlp {name}\n\n```text\n{context.get_help()}\n```")
    return "\n\n".join(parts)
