"""Figures that must not be too low: ``--fail-under macro_f1=0.8``, for pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rolenlp.errors import RolenlpError
from rolenlp.schema import DUTIES_VIEW, MAIN_VIEW, ROLE_ORDER

if TYPE_CHECKING:
    from rolenlp.metrics import Figure

_OF_DUTIES = "duties."


@dataclass(frozen=True)
class Gate:
    """A figure of a view and the least that it may be."""

    view: str
    name: str
    least: float

    def __str__(self) -> str:
        return f"{_OF_DUTIES if self.view == DUTIES_VIEW else ''}{self.name}"


def figure_names() -> list[str]:
    """The names that can be given; with ``duties.`` before them they are of duties alone."""
    by_role = [
        f"{figure}_{role}" for figure in ("f1", "precision", "recall") for role in ROLE_ORDER
    ]
    return ["macro_f1", "accuracy", "kappa", *by_role]


def parse(text: str) -> Gate:
    """A gate from ``NAME=VALUE``; ValueError says what is wrong."""
    given, found, value = text.partition("=")
    name = given.strip().removeprefix(_OF_DUTIES)
    if not found or name not in figure_names():
        raise ValueError(
            f"{text!r} is not NAME=VALUE with one of {', '.join(figure_names())}; "
            f"{_OF_DUTIES}NAME is the figure of duties alone"
        )
    try:
        least = float(value)
    except ValueError:
        least = float("nan")
    if not -1 <= least <= 1:
        raise ValueError(f"{text!r}: {value!r} is not a number from 0 to 1")
    view = DUTIES_VIEW if given.strip().startswith(_OF_DUTIES) else MAIN_VIEW
    return Gate(view, name, least)


def check(gates: Iterable[Gate], figures: Mapping[str, Mapping[str, Figure]]) -> None:
    """Raise RolenlpError, in one line, where figures are below their gates or are not there."""
    missed = []
    for gate in gates:
        figure = figures[gate.view].get(gate.name)
        if figure is None:
            missed.append(f"{gate} cannot be told from these ads")
        elif figure.value < gate.least:
            missed.append(f"{gate} is {figure}, below {gate.least:g}")
    if missed:
        raise RolenlpError("not good enough: " + "; ".join(missed))
