"""Labelled tables in: ads with a role each, from one or more files; an ad that comes twice."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import chain
from pathlib import Path
from typing import Any

from rolenlp.errors import InputError
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.pipeline import english_lemmas
from rolenlp.reading.priors import Priors
from rolenlp.reading.reader import MAX_CHARACTERS, Reader
from rolenlp.schema import ROLES, Posting
from rolenlp.tables import open_table
from rolenlp.tables.column_names import plain_name
from rolenlp.tables.columns import find_column, find_columns, texts_of
from rolenlp.text.clean import clean
from rolenlp.text.personal import mask_personal
from rolenlp.train.exports import unwrapped
from rolenlp.train.labels import Labels, label_of

LABEL_NAMES = (
    "role",
    "label",
    "labels",
    "true_role",
    "gold_role",
    "gold_label",
    "rolle",
    "étiquette",
    "etiqueta",
    "class",
    "target",
    "choice",
    "choices",
    "sentiment",  # as the template of Label Studio calls its choices
)
CORRECTIONS = ("role", "model_role", "reviewed_at")  # columns of what the review page wrote
_NO_LETTER = re.compile(r"[\W_]+")
# A spreadsheet cuts long cells and changes white space; by so many letters an id is the same ad's.
_HEAD = 200
SOURCE_NAMES = ("source", "board", "site", "job_board")


def are_corrections(names: Sequence[str]) -> bool:
    """Whether these are columns of what the review page wrote, though a person headed them anew."""
    return set(map(plain_name, CORRECTIONS)) <= set(map(plain_name, names))


_Key = tuple[str, str]


@dataclass(frozen=True)
class TableOptions:
    """Which columns to read; None finds them. `reading` is for `open_table`.

    `label_map` says what labels mean.
    """

    text: str | Sequence[str] | None = None
    title: str | None = None
    label: str | None = None
    source: str | None = None
    identifier: str | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)
    label_map: Mapping[str, str] | None = None


@dataclass
class Labelled:
    """Ads with their roles, sources and ids ("" for none).

    `told` says whether a column told an ad's source, which is its file's name otherwise, and
    `reviewed` whether its label comes from the review page; where these or `ids` are not given, all
    are told, none is reviewed, and none has an id. `unlabelled` counts the rows without a label,
    and those whose label is left out.
    """

    postings: list[Posting] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    told: list[bool] = field(default_factory=list)
    reviewed: list[bool] = field(default_factory=list)
    unlabelled: int = 0
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ids = self.ids or [""] * len(self.roles)
        self.told = self.told or [True] * len(self.roles)
        self.reviewed = self.reviewed or [False] * len(self.roles)

    def counts(self) -> dict[str, dict[str, int]]:
        """Source -> role -> number of ads; what is personal in the names of sources is masked."""
        names = {source: mask_personal(source) for source in set(self.sources)}
        pairs = Counter(zip(map(names.__getitem__, self.sources), self.roles, strict=True))
        return {
            source: {role: pairs[source, role] for role in ROLES if pairs[source, role]}
            for source in sorted(set(names.values()))
        }

    def sha256(self) -> str:
        """A fingerprint of all ads and roles, in order."""
        digest = hashlib.sha256()
        for posting, role in zip(self.postings, self.roles, strict=True):
            for part in (posting.title, posting.text, role):
                digest.update(part.encode("utf-8", "replace") + b"\0")
        return digest.hexdigest()


def read_labelled(
    paths: Iterable[str | Path], options: TableOptions, *, from_title: bool = False
) -> Labelled:
    """The rows of labelled tables, one table after the other; see `read_tables`."""
    out = Labelled()
    for table in read_tables(paths, options, from_title=from_title):
        for part in fields(Labelled):
            setattr(out, part.name, getattr(out, part.name) + getattr(table, part.name))
    return out


def read_tables(
    paths: Iterable[str | Path], options: TableOptions, *, from_title: bool = False
) -> list[Labelled]:
    """Read labelled tables.

    With `from_title` a row's role is what its title names, and rows whose title names none of
    the two roles, or both, are ``other`` and ``hybrid``. Rows with an empty label are counted
    and left out. Raises InputError for labels that stand for no role: all of them in all tables,
    each with its number of rows and its first file and row.
    """
    paths = list(paths)
    labels = Labels(options.label_map)
    tables = [_read(path, options, from_title, labels) for path in paths]
    labels.refuse_unknown()
    tables[-1].notes += labels.notes()
    if not any(table.roles for table in tables):
        raise InputError(f"{', '.join(map(str, paths))}: no labelled row")
    return tables


def _read(path: str | Path, options: TableOptions, from_title: bool, roles: Labels) -> Labelled:
    out = Labelled()
    with open_table(path, **options.reading) as reader:
        names, batches = unwrapped(reader)
        label = None if from_title else _label_column(names, options, reader.source)
        first = next(batches, None)
        found = find_columns(
            names,
            text=options.text,
            title=options.title,
            identifier=options.identifier,
            source=reader.source,
            values=first.columns.__getitem__ if first else None,
            taken=() if label is None else (label,),
        )
        if from_title and found.title is None:
            raise InputError(f"{reader.source}: has no title column; name it: --title-column")
        source = find_column(names, options.source, SOURCE_NAMES, "--source-column", reader.source)
        out.notes.append(f"{reader.source}: {found.describe(names)}")
        reviewed = are_corrections(names)
        rejected: list[int] = []
        for batch in chain([first] if first else [], batches):
            rejected += [reject.line for reject in reader.take_rejects()]
            ads = found.postings(batch)
            if label is None:
                labels = roles_from_titles([ad.title for ad in ads])
            else:
                labels = list(map(label_of, batch.columns[label]))
            boards, ids = texts_of(batch, source), texts_of(batch, found.identifier)
            rows = zip(labels, ads, boards, ids, strict=True)
            for row, (given, ad, board, name) in enumerate(rows, batch.first_row):
                role = roles.role(given, f"{reader.source}: row {row:,}")
                if not role:
                    out.unlabelled += 1
                    continue
                out.postings.append(ad)
                out.roles.append(role)
                out.sources.append(board or Path(str(path)).name)
                out.ids.append(name.strip())
                out.told.append(bool(board))
                out.reviewed.append(reviewed)
        rejected += [reject.line for reject in reader.take_rejects()]
        if rejected:
            out.notes.append(
                f"{reader.source}: {len(rejected):,} rows that cannot be parsed were left out, "
                f"the first at line {rejected[0]:,}"
            )
    return out


def _label_column(names: Sequence[str], options: TableOptions, source: str) -> int:
    """Where the labels stand; in what the review page wrote, where the reviewer's do."""
    wanted = None if are_corrections(names) else options.label
    label = find_column(names, wanted, LABEL_NAMES, "--label-column", source)
    if label is None:
        raise InputError(
            f"{source}: no column of labels found; name it with "
            "--label-column, or label by titles with --label-from-title"
        )
    return label


def roles_from_titles(titles: Sequence[str]) -> list[str]:
    """The role that each title names: weak labels, often wrong about the duties."""
    priors = Priors.default()
    reading = Reader(priors, Lexicon(priors.words()), english_lemmas(), {}).read(
        [Posting("", title) for title in titles]
    )
    names = {(False, False): "other", (True, False): "product", (False, True): "project"}
    return [names.get((bool(a), bool(b)), "hybrid") for a, b in reading.title_hits]


def merged(tables: Sequence[Labelled]) -> Labelled:
    """The ads of all tables, each once and in the place where it first stood.

    Two rows are one ad where their ids are equal and their texts begin alike, or, where one of
    them has no id, where title and text are equal but for white space, signs and case. The notes
    say how many ads are in an earlier table too, how many of their labels changed, how many rows
    repeat an ad of their own table and how many of these contradict it.
    """
    out = Labelled()
    by_id: dict[_Key, int] = {}
    by_text: dict[_Key, int] = {}
    for table in tables:
        before = list(out.roles)
        seen: set[int] = set()  # places of ads that this table has
        contrary: set[int] = set()
        lists = (table.postings, table.roles, table.sources, table.ids, table.told, table.reviewed)
        for posting, role, source, name, told, reviewed in zip(*lists, strict=True):
            head, whole = ad_keys(posting, name)
            place = by_id.get(head) if name else None
            if place is None and whole[1]:
                place = by_text.get(whole)
                if place is not None and name and out.ids[place]:
                    place = None  # another id: the same ad, posted again
            if place is None:
                place = len(out.roles)
                out.postings.append(posting)
                out.roles.append(role)
                out.sources.append(source)
                out.ids.append(name)
                out.told.append(told)
                out.reviewed.append(reviewed)  # an ad that was there before was not chosen
            elif place in seen and out.roles[place] != role:
                contrary.add(place)
            seen.add(place)
            out.roles[place] = role
            by_id.setdefault(head, place)
            by_text.setdefault(whole, place)
        earlier = [place for place in seen if place < len(before)]
        changed = sum(out.roles[place] != before[place] for place in earlier)
        out.unlabelled += table.unlabelled
        out.notes += table.notes
        out.notes += _said(len(earlier), changed, len(table.roles) - len(seen), len(contrary))
    return out


def ad_keys(posting: Posting, name: str) -> tuple[_Key, _Key]:
    """What an ad is known by: its id with the start of its text, and its title with all of it.

    Of the text as it is judged: an annotation tool is given it without markup.
    """
    body = clean(posting.text[:MAX_CHARACTERS]).text
    text, title = (_NO_LETTER.sub("", part.casefold()) for part in (body, posting.title))
    return (name, text[:_HEAD]), (title, text)


def _said(earlier: int, changed: int, repeated: int, contrary: int) -> list[str]:
    out = []
    if earlier:
        out.append(
            f"{counted(earlier, 'ad is', 'ads are')} in an earlier table too; "
            f"{counted(changed, 'label', 'labels')} changed"
        )
    if repeated:
        out.append(
            f"{counted(repeated, 'row repeats an ad', 'rows repeat an ad')} of the same table; "
            f"{counted(contrary, 'ad has', 'ads have')} labels that contradict each other, and the "
            "last counts"
        )
    return out


def counted(n: int, one: str, many: str) -> str:
    """A number with its noun: ``1 ad``, ``2 ads``."""
    return f"{n:,} {one if n == 1 else many}"
