"""A person's verdicts, from the review page or another tool, put into the judged table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.tables import AddedColumn, Batch, TableReader, open_output, unchanged
from rolenlp.tables.column_names import ID_NAMES, plain_name
from rolenlp.tables.columns import Columns, find_column, find_columns, texts_of
from rolenlp.tables.rejects import RejectsFile
from rolenlp.train.exports import unwrapped
from rolenlp.train.labelled import CORRECTIONS, LABEL_NAMES, ad_keys, are_corrections, counted
from rolenlp.train.labels import Labels
from rolenlp.verdicts.columns import verdict_columns

FINAL = (AddedColumn("final_role", "string"), AddedColumn("decided_by", "string"))


@dataclass
class Correction:
    """What a person said of an ad; `row` is its number in the corrections, `rows` count those of
    the table that it was put into."""

    role: str
    row: int
    head: str
    rows: int = 0


@dataclass
class Corrections:
    """Verdicts of a person, by the ad's id where they have one, else by its title and text."""

    source: str
    by_id: dict[str, list[Correction]] = field(default_factory=dict)
    by_text: dict[tuple[str, str], Correction] = field(default_factory=dict)
    by_number: dict[str, dict[tuple[str, str], Correction]] = field(default_factory=dict)
    by_date: dict[tuple[str, str], list[tuple[set[int], Correction]]] = field(default_factory=dict)
    skipped: int = 0  # rows without a role
    changed: int = 0  # verdicts that a later row replaced

    def add(self, role: str, row: int, ad: Posting, name: str) -> None:
        """Take a verdict in; of several on one ad the last counts."""
        (_, head), whole = ad_keys(ad, name)
        new = Correction(role, row, head)
        old = self._find(name, head) if name else self.by_text.get(whole)
        if old is not None:
            self.changed += old.role != role
            old.role, old.row = role, row
        elif name:
            self.by_id.setdefault(name, []).append(new)
            if (number := _number(name)) and whole[1]:
                self.by_number.setdefault(number, {})[whole] = new
            if (date := _date(name)) and whole[1]:
                self.by_date.setdefault(whole, []).append((date, new))
        elif whole[1]:
            self.by_text[whole] = new

    def of(self, ad: Posting, name: str) -> Correction | None:
        """The verdict on an ad, if there is one.

        An id is of the same ad where the texts begin alike too: boards number their ads alike. One
        that a spreadsheet took for a number or a date is, where all of the texts is alike.
        """
        number, date = _number(name), _date(name) if self.by_date else set()
        known = name in self.by_id or number in self.by_number
        if not (self.by_text or known or date):
            return None  # most rows: their texts need not be gone through
        (_, head), whole = ad_keys(ad, name)
        found = self._find(name, head) if name else None
        found = found or self.by_number.get(number, {}).get(whole)
        if date and not found:
            dated = self.by_date.get(whole, ())
            found = next((each for given, each in dated if date <= given or given <= date), None)
        return found or self.by_text.get(whole)

    def _find(self, name: str, head: str) -> Correction | None:
        found = self.by_id.get(name, [])
        return next((each for each in found if not each.head or each.head == head), None)

    def __iter__(self) -> Iterator[Correction]:
        yield from (each for same in self.by_id.values() for each in same)
        yield from self.by_text.values()


def _number(name: str) -> str:
    """An id as the number that a spreadsheet shows for it, 1.23457E+18; empty where it is none."""
    try:
        return f"{float(name):.5E}"
    except ValueError:
        return ""


_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_BETWEEN = r"(?:[-/. ]+|(?<=[a-z])(?=[0-9])|(?<=[0-9])(?=[a-z]))"
_DATE = re.compile(
    rf"(?:[0-9]{{1,4}}|[a-z]{{3,9}})(?:{_BETWEEN}(?:[0-9]{{1,4}}|[a-z]{{3,9}})){{1,2}}"
)


def _date(name: str) -> set[int]:
    """The numbers of an id that a spreadsheet takes for a date: of 3-4 it makes 2026-04-03, 03-Apr.

    Without the century, a month's name as its number; none where it is no such id.
    """
    name = name.casefold().replace("t00:00:00", "").removesuffix(" 00:00:00")
    if not _DATE.fullmatch(name):
        return set()
    words = re.findall("[a-z]+", name)
    if len(words) > 1 or any(word[:3] not in _MONTHS for word in words):
        return set()
    months = [_MONTHS.index(word[:3]) + 1 for word in words]
    return {*months, *(int(number) % 100 for number in re.findall("[0-9]+", name))}


@dataclass
class Applied:
    """What became of the corrections: rows of the table by who decided them, and what is left."""

    corrections: Corrections
    rows: int = 0
    person: int = 0
    overruled: int = 0  # of those, where the person says otherwise than the model
    model: int = 0
    other_text: int = 0  # rows with the id of a correction, and another text
    rejected: int = 0
    where: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """It for a person, a fact a line."""
        given = self.corrections
        unused = [each for each in given if not each.rows]
        out = [
            f"{self.rows:,} rows: {self.person:,} decided by a person (otherwise than the model: "
            f"{self.overruled:,}), {self.model:,} by the model, "
            f"{self.rows - self.person - self.model:,} by nobody"
        ]
        if given.skipped:
            out.append(
                f"{given.source}: {counted(given.skipped, 'row', 'rows')} without a role left out"
            )
        if given.changed:
            out.append(
                f"{given.source}: {counted(given.changed, 'ad has', 'ads have')} another role "
                "further down: the last counts"
            )
        if self.other_text:
            out.append(
                f"{counted(self.other_text, 'row has', 'rows have')} the id of a correction but "
                "another text: left to the model"
            )
        if unused:
            out.append(
                f"warning: {counted(len(unused), 'correction is', 'corrections are')} of no ad in "
                f"the table, the first in row {min(each.row for each in unused):,} of "
                f"{given.source}; is it the table that the page was made of?"
            )
        if self.rejected:
            cannot = counted(self.rejected, "row that", "rows that")
            out += [f"rejected {cannot} cannot be parsed", *self.where]
        return out


def apply_corrections(
    reader: TableReader,
    output: str | Path,
    found: Columns,
    corrections: Corrections,
    *,
    progress: Callable[[int], None] = lambda rows: None,
    name: str = "judged",
) -> Applied:
    """Write an open table with a person's verdicts: all its rows and values, two columns more.

    ``final_role`` is the person's role where there is one and else the table's; ``decided_by`` is
    ``person``, ``model``, or empty where an ad was not judged and nobody decided. Rows that cannot
    be parsed go to `output` with ``.rejected`` after it; a database gets a table of the `name`.
    Raises InputError where the table has no
    verdicts, or the columns already.
    """
    reader.see_all_names()
    given = verdict_columns(reader.names)
    if not given:
        raise InputError(
            f"{reader.source}: has no verdicts to correct; judge it first: rolenlp label"
        )
    if taken := [column.name for column in FINAL if column.name in reader.names]:
        raise InputError(
            f'{reader.source}: has a column "{taken[0]}" already; apply corrections to the table '
            "that `rolenlp label` wrote"
        )
    done = Applied(corrections)
    with ExitStack() as stack:
        rejects = stack.enter_context(RejectsFile(output, reader))
        writer = stack.enter_context(open_output(output, reader, FINAL, table=name))
        for batch in unchanged(reader):
            roles = texts_of(batch, given["role"])
            final, by = _decided(batch, found, roles, done)
            writer.write(batch, {"final_role": final, "decided_by": by})
            rejects.take()
            progress(len(batch))
        rejects.finish(done.rows, "written")
    done.rejected, done.where = rejects.count, rejects.lines()
    return done


def _decided(
    batch: Batch, found: Columns, roles: Sequence[str], done: Applied
) -> tuple[list[str], list[str]]:
    """Final roles and who decided them; `done` counts them."""
    final, by = [], []
    names = texts_of(batch, found.identifier)
    for ad, name, role in zip(found.postings(batch), names, roles, strict=True):
        name, role = name.strip(), role.strip()
        correction = done.corrections.of(ad, name)
        done.rows += 1
        if correction is not None:
            correction.rows += 1
            done.person += 1
            done.overruled += correction.role != role
            role = correction.role
        else:
            done.model += bool(role)
            done.other_text += name in done.corrections.by_id
        final.append(role)
        by.append("person" if correction else "model" if role else "")
    return final, by


def read_corrections(reader: TableReader, **columns: str | None) -> Corrections:
    """What the review page wrote, or a tool exported; `columns` as those of `columns_of`.

    Ids alone will do. Raises InputError where the table is neither, has roles that are none, or no
    verdict at all.
    """
    names, batches = unwrapped(reader)
    at_role = find_column(names, None, LABEL_NAMES, "", reader.source)
    if at_role is None or (verdict_columns(names) and not are_corrections(names)):
        plain = set(map(plain_name, names))
        missing = [name for name in CORRECTIONS if plain_name(name) not in plain]
        raise InputError(
            f"{reader.source}: is not what a review page downloads, nor what a tool exports that "
            f'was given tasks of a review: it has no column "{missing[0]}"; give corrections.csv '
            "first and the judged table second"
        )
    out, labels = Corrections(reader.source), Labels()
    at_id = find_column(names, columns.get("identifier"), ID_NAMES, "--id-column", reader.source)
    first = next(batches, None)
    found: Columns | None = None
    try:
        found = find_columns(
            names,
            text=columns.get("text"),
            title=columns.get("title"),
            identifier=columns.get("identifier"),
            source=reader.source,
            values=first.columns.__getitem__ if first else None,
        )
    except InputError:
        if at_id is None:
            raise
    for batch in chain([first] if first else [], batches):
        ads = [Posting("")] * len(batch) if found is None else found.postings(batch)
        ids = texts_of(batch, at_id)
        roles = texts_of(batch, at_role)
        for row, (given, ad, name) in enumerate(zip(roles, ads, ids, strict=True), batch.first_row):
            role = labels.role(given, f"{reader.source}: row {row:,}")
            if role:
                out.add(role, row, ad, name.strip())
            else:
                out.skipped += 1
    labels.refuse_unknown(can_map=False)
    if not any(True for _ in out):
        raise InputError(f"{reader.source}: no row has a role: nothing was decided on the page")
    return out
