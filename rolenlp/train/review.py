"""The doubtful ads of a judged table, on a page or in a tool where a person settles them."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from rolenlp.errors import InputError
from rolenlp.files.atomic import write_whole
from rolenlp.files.use import Read, check_files, review_files
from rolenlp.label.workers import Options, judge_all
from rolenlp.schema import JUDGED_STATUS, ROLES, Posting, Prediction
from rolenlp.tables import Batch, TableReader, as_text
from rolenlp.tables.column_names import plain_name
from rolenlp.tables.columns import Columns, find_column, texts_of
from rolenlp.tables.values import writable
from rolenlp.train.active_learning import Candidate, Shortlist, choose
from rolenlp.train.labelled import CORRECTIONS, SOURCE_NAMES
from rolenlp.train.review_page import as_review_page
from rolenlp.train.tasks import as_files
from rolenlp.verdicts.columns import verdict_columns

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

COMPANY_NAMES = (
    "company",
    "company_name",
    "employer",
    "employer_name",
    "organisation",
    "organization",
    "hiring_organization",
)
_RENAMED = "original_"
_TRAIN = "rolenlp train base.csv corrections.csv -o new.joblib"
_APPLY = "rolenlp apply corrections.csv {} -o final.csv"


@dataclass(frozen=True)
class Reviewed:
    """What is to be settled; `renamed` names columns by what a page's corrections call them."""

    rows: int
    judged: int  # of the rows
    marked: int  # of those judged, for review
    chosen: int
    repeats: int  # of those judged, not chosen because they nearly repeat others; 0 at the limit
    from_table: bool  # whether the verdicts stood in the table
    renamed: Mapping[str, str]

    def lines(self) -> list[str]:
        """It for a person, a fact a line."""
        whose = "the table's" if self.from_table else "the model's, as the table has none"
        return [
            f"verdicts: {whose}",
            *(f'column "{old}" is "{new}" in the corrections' for old, new in self.renamed.items()),
            f"{self.chosen:,} ads to settle, of {self.rows:,} ({self.judged:,} judged, "
            f"{self.marked:,} of them marked for review)"
            + (f"; left out as near-duplicates: {self.repeats:,}" if self.repeats else ""),
        ]


def review_table(
    reader: TableReader,
    output: str | Path,
    found: Columns,
    model: RoleClassifier,
    *,
    tool: str | None = None,
    source: str | None = None,
    limit: int = 200,
    progress: Callable[[int], None] = lambda rows: None,
) -> Reviewed:
    """Write a page with the ads of an open table that most need a person, or tasks for a `tool`.

    Verdicts are the table's where `rolenlp label` has added them, and else the model's, which
    finds the evidence in both cases. Raises InputError where the table has no ad to settle or the
    files cannot be written.
    """
    check_files([Read("the table", reader.path)], review_files(output, tool))
    reader.see_all_names()
    names = list(reader.names)
    given = verdict_columns(names)
    at_source = find_column(names, source, SOURCE_NAMES, "--source-column", reader.source)
    at_company = find_column(names, None, COMPANY_NAMES, "", "")
    shown = (at_source, found.identifier, at_company)
    shortlist = Shortlist(limit)
    rows = judged = marked = 0
    for batch in reader:
        ads = found.postings(batch)
        if given:
            verdicts = list(_verdicts(batch, given, reader.source))
        else:
            verdicts = list(judge_all(model, ads, Options()))
        about = zip(*(texts_of(batch, at) for at in shown), strict=True)
        every = zip(ads, verdicts, about, zip(*batch.columns, strict=True), strict=True)
        for row, (ad, verdict, (board, name, company), cells) in enumerate(every, batch.first_row):
            if verdict.status in JUDGED_STATUS:
                judged += 1
                marked += verdict.review
                doubtful = Candidate(
                    row, ad.title, ad.text, board, verdict, name.strip(), company, cells
                )
                shortlist.add(doubtful)
        rows += len(batch)
        progress(len(batch))
    chosen = choose(list(shortlist), limit)
    if not chosen:
        raise InputError(f"{reader.source}: no ad to settle: none of its {rows:,} could be judged")
    chosen = list(_with_evidence(chosen, model))
    renamed: dict[str, str] = {}
    if tool:
        files = as_files(tool, chosen, output)
    else:
        kept = [at for at in range(len(names)) if at not in given.values()]
        new_names = correction_names([names[at] for at in kept])
        for_page = [
            replace(ad, cells=[writable(as_text(ad.cells[at])) for at in kept]) for ad in chosen
        ]
        page = as_review_page(for_page, [*new_names, *CORRECTIONS], _then(reader, given))
        files = {Path(output): page}
        columns = zip(kept, new_names, strict=True)
        renamed = {names[at]: new for at, new in columns if names[at] != new}
    for path, text in files.items():
        write_whole(path, text.encode("utf-8"))
    repeats = judged - len(chosen) if len(chosen) < limit else 0
    return Reviewed(rows, judged, marked, len(chosen), repeats, bool(given), renamed)


def _then(reader: TableReader, given: Mapping[str, int]) -> list[str]:
    """The commands that take the corrections; a table without verdicts is to be judged first."""
    judged = reader.path if given and reader.path != "-" else "judged.csv"
    return [_APPLY.format(shlex.quote(judged)), _TRAIN]


def correction_names(names: Sequence[str]) -> list[str]:
    """The names of a table's columns in the corrections: one that would be taken for a column
    that is added, as `rolenlp train` compares names, gets another."""
    added = set(map(plain_name, CORRECTIONS))
    out = []
    for name in names:
        new = name
        while plain_name(new) in added or (new != name and new in names):
            new = _RENAMED + new
        out.append(new)
    return out


def _verdicts(batch: Batch, given: Mapping[str, int], source: str) -> Iterator[Prediction]:
    """The verdicts that stand in rows, without evidence."""
    rows = zip(*(texts_of(batch, at) for at in given.values()), strict=True)
    for number, row in enumerate(rows, batch.first_row):
        cells = {name: cell.strip() for name, cell in zip(given, row, strict=True)}
        status = cells["status"]
        if status not in JUDGED_STATUS:
            yield Prediction(status=status)
            continue
        try:
            shares = {role: float(cells[f"p_{role}"]) for role in ROLES}
            confidence = float(cells["confidence"])
        except ValueError:
            shares, confidence = {}, 0.0
        if cells["role"] not in shares or not all(0 <= p <= 1 for p in shares.values()):
            raise InputError(
                f"{source}: row {number}: its verdict is not as `rolenlp label` wrote it; "
                "judge the table again"
            )
        yield Prediction(
            role=cells["role"],
            confidence=confidence,
            probabilities=shares,
            title_role=cells["title_role"],
            review=cells["review"].lower() == "true",
            conflict=cells["conflict"].lower() == "true",
            status=status,
        )


def _with_evidence(chosen: Sequence[Candidate], model: RoleClassifier) -> Iterator[Candidate]:
    found = judge_all(model, [Posting(each.text, each.title) for each in chosen], Options())
    for each, judged in zip(chosen, found, strict=True):
        verdict = replace(each.verdict, evidence=judged.evidence, stray=judged.stray)
        yield replace(each, verdict=verdict)
