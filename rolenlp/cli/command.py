"""What all commands have in common: --debug, options from the environment, help in sections."""

from __future__ import annotations

from typing import Any

import click
from click.core import ParameterSource

# What is in none of these is of how a command runs.
_SECTIONS = {
    "Files": "output for format html report base doubts stats encoding delimiter sheet table query",
    "Columns": "text-column title-column id-column label-column source-column label-map "
    "label-from-title by themes taxonomy prefix",
    "Judging": "title model compare min-precision role-mix limit fail-under",
    "Running": "",
}
_SECTION_OF = {name: section for section, names in _SECTIONS.items() for name in names.split()}
_FEW = 8  # options that need no sections


class Command(click.Command):
    """A command with --debug, whose options can come from the environment; many are in sections.

    ``--min-precision`` of ``label`` is ``ROLENLP_LABEL_MIN_PRECISION``.
    """

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **settings)
        says = "Show the traceback of an error."  # `main` looks for it
        self.params.append(click.Option(["--debug"], is_flag=True, expose_value=False, help=says))
        for param in self.params:
            if isinstance(param, click.Option) and param.expose_value:
                param.envvar = f"ROLENLP_{name}_{_long(param)}".replace("-", "_").upper()

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse; an error names the variable where a wrong value comes from the environment."""
        try:
            return super().parse_args(ctx, args)
        except click.BadParameter as error:
            param = error.param
            if param and ctx.get_parameter_source(str(param.name)) is ParameterSource.ENVIRONMENT:
                error.param_hint = f"{param.envvar}, in the environment"
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, under headings where there are many."""
        sections = self.sections(ctx)
        if sum(map(len, sections.values())) <= _FEW:
            super().format_options(ctx, formatter)
            return
        for section, records in sections.items():
            with formatter.section(section):
                formatter.write_dl(records)

    def sections(self, ctx: click.Context) -> dict[str, list[tuple[str, str]]]:
        """How each option is written, and what it does, by section."""
        found: dict[str, list[tuple[str, str]]] = {section: [] for section in _SECTIONS}
        for param in self.get_params(ctx):
            if isinstance(param, click.Option) and (record := param.get_help_record(ctx)):
                found[_SECTION_OF.get(_long(param), "Running")].append(record)
        return {section: records for section, records in found.items() if records}


def _long(option: click.Option) -> str:
    return max(option.opts, key=len).lstrip("-")
