"""Verdicts as columns of a table: the names that users rely on, and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rolenlp.schema import ROLE_ORDER, THEMES, Evidence, Prediction

__all__ = ["Column", "columns", "measures", "quoted"]

Kind = Literal["string", "number", "integer", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """One added column: its name, the kind of its values, and a value a verdict (None: empty)."""

    name: str
    kind: Kind
    values: list[Any]


def quoted(evidence: Sequence[Evidence]) -> str:
    """Evidence as one cell: ``theme: "quote"``, parted by ``; ``, the strongest first."""
    return "; ".join(f'{e.theme}: "{e.quote}"' for e in evidence)


def columns(
    verdicts: Sequence[Prediction], *, themes: bool = False, prefix: str = ""
) -> list[Column]:
    """The columns that `label` adds, in their order."""

    def column(name: str, kind: Kind, values: list[Any]) -> Column:
        return Column(prefix + name, kind, values)

    def share(role: str) -> list[float | None]:
        return [v.probabilities.get(role) for v in verdicts]

    out = [
        column("role", "string", [v.role for v in verdicts]),
        column("confidence", "number", [v.confidence for v in verdicts]),
        column("review", "boolean", [v.review for v in verdicts]),
        *(column(f"p_{role}", "number", share(role)) for role in ROLE_ORDER),
        column("orientation", "number", [v.orientation for v in verdicts]),
        column("title_role", "string", [v.title_role for v in verdicts]),
        column("conflict", "boolean", [v.conflict for v in verdicts]),
        column("evidence", "string", [quoted(v.evidence) for v in verdicts]),
        column("status", "string", [v.status for v in verdicts]),
    ]
    if themes:
        out += [
            column(f"theme_{theme}", "integer", [v.themes.get(theme) for v in verdicts])
            for theme in THEMES
        ]
    return out


def measures(verdicts: Sequence[Prediction]) -> list[Column]:
    """What is measured of ads beside their verdicts, for `rolenlp.model.drift`; `label` adds
    none."""
    return [
        Column("words", "integer", [v.words for v in verdicts]),
        Column("unknown_words", "number", [v.unknown_words for v in verdicts]),
    ]
