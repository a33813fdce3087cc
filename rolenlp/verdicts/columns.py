"""Verdicts as columns of a table: the names that users rely on, and their values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from rolenlp.schema import ROLE_ORDER, ROLES, THEMES, Evidence, Prediction
from rolenlp.tables import AddedColumn
from rolenlp.verdicts.evidence import Phrases

_PLAIN = (
    AddedColumn("role", "string"),
    AddedColumn("confidence", "number"),
    AddedColumn("review", "boolean"),
    *(AddedColumn(f"p_{role}", "number") for role in ROLE_ORDER),
    AddedColumn("orientation", "number"),
    AddedColumn("title_role", "string"),
    AddedColumn("conflict", "boolean"),
    AddedColumn("evidence", "string"),
    AddedColumn("status", "string"),
)
_THEMES = tuple(AddedColumn(f"theme_{theme}", "integer") for theme in THEMES)
OCCUPATION_NAMES = ("occupation_code", "occupation_title", "occupation_candidates")
_OCCUPATIONS = tuple(AddedColumn(name, "string") for name in OCCUPATION_NAMES)
# Of an ad that was not judged, which asks for a person too; the rest is None.
_EMPTY = {"role": "", "review": True, "title_role": "", "words": 0, "unknown_words": 0.0}


def added_columns(
    *, themes: bool = False, occupations: bool = False, prefix: str = ""
) -> list[AddedColumn]:
    """The columns that `label` adds, in their order."""
    every = _PLAIN + _THEMES * themes + _OCCUPATIONS * occupations
    return [AddedColumn(prefix + column.name, column.kind) for column in every]


def verdict_columns(names: Sequence[str]) -> dict[str, int]:
    """Where the columns of `rolenlp label` stand, by their names without prefix.

    The last such columns where a table has several; none where it has none.
    """
    plain = [column.name for column in added_columns()]
    for status in reversed(names):
        prefix = status.removesuffix("status")
        if prefix != status and all(prefix + name in names for name in plain):
            every = [column.name for column in added_columns(themes=True, occupations=True)]
            return {name: names.index(prefix + name) for name in every if prefix + name in names}
    return {}


def quoted(evidence: Iterable[Evidence]) -> str:
    """Evidence as one cell: ``theme: "quote"``, parted by ``; ``, in their order."""
    return _cell((e.theme, e.quote) for e in evidence)


def _cell(quotes: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f'{theme}: "{quote}"' for theme, quote in quotes)


@dataclass(frozen=True)
class Verdicts:
    """Verdicts on some ads, in order: columns, and a `Prediction` for an ad when it is asked for.

    `values` holds the columns that `label` adds, all but the evidence, and ``words`` and
    ``unknown_words``, by their names; each has a value an ad, empty where that was not judged.
    `evidence` and `stray` are the phrases that are quoted, `cells` the evidence as text once it is.
    """

    values: Mapping[str, list[Any]]
    evidence: list[Phrases]
    stray: list[Phrases]
    cells: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls, values: Mapping[str, list[Any]], evidence: list[Phrases], stray: list[Phrases]
    ) -> Self:
        """Verdicts of which those on ads without a role lose all values but their status."""
        emptied = {
            name: [
                value if role else _EMPTY.get(name)
                for value, role in zip(column, values["role"], strict=True)
            ]
            for name, column in values.items()
        }
        return cls({**emptied, "status": values["status"]}, evidence, stray)

    @classmethod
    def joined(cls, parts: Sequence[Verdicts]) -> Self:
        """Several, one after another."""
        return cls(
            {name: [v for each in parts for v in each.values[name]] for name in parts[0].values},
            [phrases for each in parts for phrases in each.evidence],
            [phrases for each in parts for phrases in each.stray],
            [cell for each in parts for cell in each.cells],
        )

    def quoted(self) -> Self:
        """The same, with the evidence quoted."""
        cells = [_cell((p.theme, quote) for p, quote in each.quoted()) for each in self.evidence]
        return replace(self, cells=cells)

    def columns(self, *, themes: bool = False, occupations: bool = False) -> list[list[Any]]:
        """The values of `added_columns`, in that order."""
        cells = self.cells or self.quoted().cells
        return [
            cells if column.name == "evidence" else self.values[column.name]
            for column in added_columns(themes=themes, occupations=occupations)
        ]

    def __len__(self) -> int:
        return len(self.evidence)

    def __iter__(self) -> Iterator[Prediction]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, at: int) -> Prediction:
        row = {name: column[at] for name, column in self.values.items()}
        if not row["role"]:
            return Prediction(status=row["status"])
        return Prediction(
            row["role"],
            row["confidence"],
            row["review"],
            {role: row[f"p_{role}"] for role in ROLES},
            row["orientation"],
            row["title_role"],
            row["conflict"],
            self.evidence[at].evidence(),
            self.stray[at].evidence(),
            {theme: row[f"theme_{theme}"] for theme in THEMES},
            row["status"],
            row["words"],
            row["unknown_words"],
        )
