"""A judged table summed up, as a whole and by group: what an analyst asks of it next."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from rolenlp.errors import InputError
from rolenlp.model_file.card import aligned
from rolenlp.schema import ROLE_ORDER, THEMES
from rolenlp.tables import Batch, TableReader
from rolenlp.tables.columns import find_column, texts_of
from rolenlp.text.personal import mask_personal
from rolenlp.verdicts.columns import verdict_columns

MOST_GROUPS = 20  # shown; the small ones of more are one
NO_GROUP = "(none)"
_REST = "all others"
_BINS = 21  # of orientation, the middle one around 0
_QUOTED = re.compile(rf'(?:^|; )({"|".join(THEMES)}): "')


@dataclass
class Group:
    """Rows of a judged table that are alike.

    `roles`, `review`, `conflicts`, `themes` (ads in which a theme is found) and `orientation` (how
    many of each of 21 equal bins from -1 to 1) are of rows that were judged, `person` of those
    that a person decided, which are no more for review.
    """

    name: str
    rows: int = 0
    review: int = 0
    conflicts: int = 0
    person: int = 0
    summed: float = 0.0
    placed: int = 0  # rows with an orientation
    roles: Counter[str] = field(default_factory=Counter)
    themes: Counter[str] = field(default_factory=Counter)
    orientations: NDArray[np.int64] = field(default_factory=lambda: np.zeros(_BINS, np.int64))

    @property
    def judged(self) -> int:
        """How many rows have a role."""
        return self.roles.total()

    @property
    def orientation(self) -> float | None:
        """The mean, -1 to 1; None where no row was judged."""
        return self.summed / self.placed if self.placed else None

    def share(self, count: int) -> float:
        """A count as a share of the rows that were judged."""
        return count / self.judged if self.judged else 0.0

    def add(self, other: Group) -> None:
        """Take the rows of another group in."""
        for name in (each.name for each in fields(Group) if each.name != "name"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class JudgedTable:
    """The sums of a judged table: of all rows, and of groups by the column `by`, if there is one.

    The groups with the most rows come first; from the 20th on they are one, `all others`.
    """

    source: str
    everything: Group
    by: str | None
    groups: Sequence[Group]
    counted: str  # how themes were found

    def lines(self) -> list[str]:
        """It for a person: facts, then a row a group."""
        whole = self.everything
        roles = ", ".join(
            f"{role} {whole.roles[role]:,} ({whole.share(whole.roles[role]):.0%})"
            for role in ROLE_ORDER
        )
        decided = f", {whole.person:,} decided by a person" if whole.person else ""
        themes = ", ".join(f"{theme} {whole.share(whole.themes[theme]):.0%}" for theme in THEMES)
        orientation = "-" if whole.orientation is None else f"{whole.orientation:+.2f}"
        out = [
            f"{self.source}: {whole.rows:,} rows, {whole.judged:,} judged{decided}",
            f"roles: {roles}",
            f"for review: {whole.review:,} of {whole.judged:,} judged; "
            f"title and duties disagree: {whole.conflicts:,}",
            f"orientation: {orientation} (-1 internal, +1 customers and market)",
            f"themes ({self.counted}): {themes}",
        ]
        if self.by is None:
            return out
        head = [self.by, "rows", "judged", *ROLE_ORDER, "review", "conflict", "orientation"]
        return [*out, "", *aligned([[*head, *THEMES], *map(_row, self.groups)], ">")]


def _row(group: Group) -> list[str]:
    counts = (group.rows, group.judged, *(group.roles[role] for role in ROLE_ORDER))
    return [
        group.name,
        *map("{:,}".format, (*counts, group.review, group.conflicts)),
        "-" if group.orientation is None else f"{group.orientation:+.2f}",
        *(f"{group.share(group.themes[theme]):.0%}" for theme in THEMES),
    ]


def sum_up(
    reader: TableReader,
    by: str | None = None,
    *,
    progress: Callable[[int], None] = lambda rows: None,
) -> JudgedTable:
    """Sum up what `rolenlp label` wrote, or `rolenlp apply`: then by its final roles.

    Raises InputError where the table has no verdicts, no rows, or no column `by`.
    """
    reader.see_all_names()
    names = list(reader.names)
    given = verdict_columns(names)
    if not given:
        raise InputError(
            f"{reader.source}: has no verdicts to sum up; judge it first: rolenlp label"
        )
    at_group = None if by is None else find_column(names, by, (), "--by", reader.source)
    final = {name: names.index(name) for name in ("final_role", "decided_by") if name in names}
    roles_at = final.get("final_role", given["role"])
    by_theme = {theme: given.get(f"theme_{theme}") for theme in THEMES}
    everything, groups = Group("all"), dict[str, Group]()
    for batch in reader:
        cells = {name: texts_of(batch, at) for name, at in given.items()}
        themes = _themes(batch, cells["evidence"], by_theme)
        persons = texts_of(batch, final.get("decided_by"))
        keys = [" ".join(key.split()) or NO_GROUP for key in texts_of(batch, at_group)]
        roles = texts_of(batch, roles_at)
        for row, (key, role) in enumerate(zip(keys, roles, strict=True)):
            role = role.strip()
            if role and role not in ROLE_ORDER:
                raise InputError(
                    f"{reader.source}: row {batch.first_row + row}: its role is none; judge the "
                    "table again"
                )
            into = [everything]
            if at_group is not None:
                into.append(groups.setdefault(key, Group(key)))
            for group in into:
                group.rows += 1
                if not role:
                    continue
                group.roles[role] += 1
                group.person += persons[row] == "person"
                group.review += _is_true(cells["review"][row]) and persons[row] != "person"
                group.conflicts += _is_true(cells["conflict"][row])
                group.themes.update(themes[row])
                _place(group, cells["orientation"][row], reader.source, batch.first_row + row)
        progress(len(batch))
    if not everything.rows:
        raise InputError(f"{reader.source}: has no rows")
    return JudgedTable(
        reader.source,
        everything,
        None if at_group is None else names[at_group],
        _largest(groups),
        "ads whose evidence quotes each" if None in by_theme.values() else "ads that state each",
    )


def _is_true(cell: str) -> bool:
    return cell.strip().lower() == "true"


def _place(group: Group, cell: str, source: str, row: int) -> None:
    if not cell.strip():
        return  # a person gave a role to an ad that was not judged
    try:
        value = float(cell)
    except ValueError:
        value = float("nan")
    if not -1 <= value <= 1:
        raise InputError(
            f"{source}: row {row}: its orientation is not as `rolenlp label` wrote it; judge the "
            "table again"
        )
    group.placed += 1
    group.summed += value
    group.orientations[min(int((value + 1) / 2 * _BINS), _BINS - 1)] += 1


def _themes(
    batch: Batch, evidence: Sequence[str], by_theme: Mapping[str, int | None]
) -> list[Iterable[str]]:
    """The themes of each ad: those with phrases where they are counted, else those quoted."""
    if any(at is None for at in by_theme.values()):
        return [set(_QUOTED.findall(cell)) for cell in evidence]
    columns = {theme: texts_of(batch, at) for theme, at in by_theme.items()}
    return [
        [theme for theme, cells in columns.items() if cells[row].strip() not in ("", "0", "0.0")]
        for row in range(len(batch))
    ]


def _largest(groups: Mapping[str, Group]) -> list[Group]:
    order = sorted(groups.values(), key=lambda group: (-group.rows, group.name))
    for group in order[:MOST_GROUPS]:
        group.name = mask_personal(group.name)
    if len(order) <= MOST_GROUPS:
        return order
    kept, small = order[: MOST_GROUPS - 1], order[MOST_GROUPS - 1 :]
    rest = Group(f"{_REST} ({len(small):,})")
    for group in small:
        rest.add(group)
    return [*kept, rest]
