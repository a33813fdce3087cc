"""Pages from the templates of a room: whatever a template puts in is text, never markup."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(room: str, name: str, **values: Any) -> str:
    """The page ``templates/NAME`` of the package `room`, with `values` put in.

    In a template ``inline("page.css")`` is a file that stands beside it, as it is; ``|number`` is
    ``1,234`` and ``|percent`` ``12%``. Every room has ``base.html``, the frame of a page without a
    script, whose `style` is such a file.
    """
    return _templates(room).get_template(name).render(values)


@lru_cache
def _templates(room: str) -> Environment:
    loader = ChoiceLoader([PackageLoader(room), PackageLoader("rolenlp.verdicts")])
    templates = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    templates.globals["inline"] = lambda name: Markup(loader.get_source(templates, name)[0])
    templates.filters["number"] = "{:,}".format
    templates.filters["percent"] = "{:.0%}".format
    return templates
