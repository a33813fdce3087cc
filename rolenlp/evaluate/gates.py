"""Figures that must not be too low: ``--fail-under macro_f1=0.8``, for pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from rolenlp.errors import RolenlpError
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, ROLE_ORDER

if TYPE_CHECKING:
    from rolenlp.metrics import Figure

# With ``duties.`` before them they are of duties alone.
FIGURES = (
    *("macro_f1", "accuracy", "kappa"),
    *(f"{figure}_{role}" for figure in ("f1", "precision", "recall") for role in ROLE_ORDER),
)
_OF_DUTIES = "duties."


def parse(text: str) -> tuple[str, float]:
    """A figure and the least that it may be, from ``NAME=VALUE``; ValueError says what is wrong."""
    name, found, value = text.partition("=")
    name = name.strip()
    if not found or name.removeprefix(_OF_DUTIES) not in FIGURES:
        raise ValueError(
            f"{text!r} is not NAME=VALUE with one of {', '.join(FIGURES)}; "
            f"{_OF_DUTIES}NAME is the figure of duties alone"
        )
    try:
        least = float(value)
    except ValueError:
        least = float("nan")
    if not -1 <= least <= 1:
        raise ValueError(f"{text!r}: {value!r} is not a number from 0 to 1")
    return name, least


def check(gates: Iterable[tuple[str, float]], figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """Raise RolenlpError, in one line, where figures are below their gates or are not there."""
    missed = []
    for name, least in gates:
        view = DUTIES_VIEW if name.startswith(_OF_DUTIES) else MAIN_VIEW
        figure = figures[view].get(name.removeprefix(_OF_DUTIES))
        if figure is None:
            missed.append(f"{name} cannot be told from these ads")
        elif figure.value < least:
            missed.append(f"{name} is {figure}, below {least:g}")
    if missed:
        raise RolenlpError("not good enough: " + "; ".join(missed))
