"""Verdicts as columns of a table: the names that users rely on, and their values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self, overload

from rolenlp.schema import ROLE_ORDER, ROLES, THEMES, Evidence, Prediction
from rolenlp.tables import AddedColumn
from rolenlp.verdicts.evidence import Phrases

__all__ = ["Verdicts", "added_columns", "quoted"]

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
_TEXTS = ("role", "title_role")  # "" where an ad was not judged
_COUNTS = ("words", "unknown_words")  # 0 there; the rest None


def added_columns(*, themes: bool = False, prefix: str = "") -> list[AddedColumn]:
    """The columns that `label` adds, in their order."""
    every = _PLAIN + _THEMES if themes else _PLAIN
    return [AddedColumn(prefix + column.name, column.kind) for column in every]


def quoted(evidence: Iterable[Evidence]) -> str:
    """Evidence as one cell: ``theme: "quote"``, parted by ``; ``, the strongest first."""
    return _cell((e.theme, e.quote) for e in evidence)


def _cell(quotes: Iterable[tuple[str, str]]) -> str:
    return "; ".join(f'{theme}: "{quote}"' for theme, quote in quotes)


@dataclass(frozen=True)
class Verdicts(Sequence[Prediction]):
    """Verdicts on some ads, in order: columns, and a `Prediction` for an ad when it is asked for.

    `values` holds the columns that `label` adds, all but the evidence, and ``words`` and
    ``unknown_words``, by their names; each has a value an ad, empty where that was not judged.
    `phrases` are what the evidence is quoted from.
    """

    values: Mapping[str, list[Any]]
    phrases: Sequence[Phrases]

    @classmethod
    def of(cls, values: Mapping[str, list[Any]], phrases: Sequence[Phrases]) -> Self:
        """Verdicts of which those on ads without a role lose all values but their status."""
        if all(values["role"]):
            return cls(values, phrases)
        empty = dict.fromkeys(_TEXTS, "") | dict.fromkeys(_COUNTS, 0)
        judged = list(map(bool, values["role"]))
        return cls(
            {
                name: column
                if name == "status"
                else [
                    value if is_judged else empty.get(name)
                    for value, is_judged in zip(column, judged, strict=True)
                ]
                for name, column in values.items()
            },
            phrases,
        )

    @classmethod
    def joined(cls, parts: Sequence[Verdicts]) -> Self:
        """Several, one after another."""
        return cls(
            {name: list(chain(*(each.values[name] for each in parts))) for name in parts[0].values},
            [phrases for each in parts for phrases in each.phrases],
        )

    def columns(self, *, themes: bool = False) -> list[list[Any]]:
        """The values of `added_columns`, in that order."""
        evidence = [_cell(phrases.quotes()) for phrases in self.phrases]
        return [
            evidence if column.name == "evidence" else self.values[column.name]
            for column in added_columns(themes=themes)
        ]

    def __len__(self) -> int:
        return len(self.phrases)

    @overload
    def __getitem__(self, at: int) -> Prediction: ...

    @overload
    def __getitem__(self, at: slice) -> list[Prediction]: ...

    def __getitem__(self, at: int | slice) -> Prediction | list[Prediction]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        row = {name: column[at] for name, column in self.values.items()}
        if not row["role"]:
            return Prediction(status=row["status"])
        phrases = self.phrases[at]
        return Prediction(
            row["role"],
            row["confidence"],
            row["review"],
            {role: row[f"p_{role}"] for role in ROLES},
            row["orientation"],
            row["title_role"],
            row["conflict"],
            phrases.evidence(),
            phrases.stray_evidence(),
            {theme: row[f"theme_{theme}"] for theme in THEMES},
            row["status"],
            row["words"],
            row["unknown_words"],
        )
