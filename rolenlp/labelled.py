"""Labelled tables in: ads with a role each, from one or more files."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rolenlp.calibrate import ROLES
from rolenlp.columns import find_column, find_columns
from rolenlp.errors import InputError
from rolenlp.lexicon import Lexicon
from rolenlp.postings import Posting
from rolenlp.priors import Priors
from rolenlp.reading import Reader
from rolenlp.tables import as_text, open_table
from rolenlp.tokens import english_lemmas

__all__ = ["Labelled", "TableOptions", "read_labelled", "roles_from_titles"]

LABEL_NAMES = ("role", "label", "true_role", "gold_role", "class", "target")
SOURCE_NAMES = ("source", "board", "site", "job_board")


@dataclass(frozen=True)
class TableOptions:
    """Which columns and encoding to read; None finds them."""

    text: str | None = None
    title: str | None = None
    label: str | None = None
    source: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass
class Labelled:
    """Ads with their roles and sources; `unlabelled` counts the rows whose label was empty."""

    postings: list[Posting] = field(default_factory=list)
    roles: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    unlabelled: int = 0
    notes: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, dict[str, int]]:
        """Source -> role -> number of ads."""
        pairs = Counter(zip(self.sources, self.roles, strict=True))
        return {
            source: {role: pairs[source, role] for role in ROLES if pairs[source, role]}
            for source in sorted(set(self.sources))
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
    """Read labelled tables, one after the other.

    With `from_title` a row's role is what its title names, and rows whose title names none of
    the two roles, or both, are ``other`` and ``hybrid``. Rows with an empty label are counted
    and left out. Raises InputError for a label that is not a role, naming file and row.
    """
    out = Labelled()
    for path in paths:
        with open_table(path, encoding=options.encoding, delimiter=options.delimiter) as reader:
            found = find_columns(
                reader.names, text=options.text, title=options.title, source=reader.source
            )
            label = None
            if from_title:
                if found.title is None:
                    raise InputError(
                        f"{reader.source}: has no title column; name it: --title-column"
                    )
            else:
                label = find_column(
                    reader.names, options.label, LABEL_NAMES, "--label-column", reader.source
                )
                if label is None:
                    raise InputError(
                        f"{reader.source}: no column of labels found; name it with "
                        "--label-column, or label by titles with --label-from-title"
                    )
            source = find_column(
                reader.names, options.source, SOURCE_NAMES, "--source-column", reader.source
            )
            out.notes.append(f"{reader.source}: {found.describe(reader.names)}")
            rejected: list[int] = []
            for batch in reader:
                rejected += [reject.line for reject in reader.take_rejects()]
                columns = batch.columns
                texts = [as_text(v) for v in columns[found.text]]
                empty = [""] * len(texts)
                titles = (
                    empty if found.title is None else [as_text(v) for v in columns[found.title]]
                )
                sources = empty if source is None else [as_text(v) for v in columns[source]]
                labels = (
                    roles_from_titles(titles)
                    if label is None
                    else [as_text(v).strip().lower() for v in columns[label]]
                )
                for offset, role in enumerate(labels):
                    if not role:
                        out.unlabelled += 1
                        continue
                    if role not in ROLES:
                        raise InputError(
                            f"{reader.source}: row {batch.first_row + offset}: the label is not "
                            f"one of {', '.join(ROLES)}; name another --label-column or mend it"
                        )
                    out.postings.append(Posting(texts[offset], titles[offset]))
                    out.roles.append(role)
                    out.sources.append(sources[offset] or Path(str(path)).name)
            rejected += [reject.line for reject in reader.take_rejects()]
            if rejected:
                out.notes.append(
                    f"{reader.source}: {len(rejected):,} rows that cannot be parsed were left out, "
                    f"the first at line {rejected[0]:,}"
                )
    if not out.roles:
        raise InputError(f"{', '.join(map(str, paths))}: no labelled row")
    return out


def roles_from_titles(titles: Sequence[str]) -> list[str]:
    """The role that each title names: weak labels, often wrong about the duties."""
    priors = Priors.default()
    reading = Reader(priors, Lexicon(priors.words()), english_lemmas(), {}).read(
        [Posting("", title) for title in titles]
    )
    names = {(False, False): "other", (True, False): "product", (False, True): "project"}
    return [names.get((bool(a), bool(b)), "hybrid") for a, b in reading.title_hits]
