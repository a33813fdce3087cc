"""Which columns hold the ad's text, its title and its id: by name given, or by the usual names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rolenlp.errors import InputError
from rolenlp.schema import Posting
from rolenlp.tables.base import Batch
from rolenlp.tables.values import as_text

# In order of preference. Compared without case and separators: "Job Description" and
# "jobDescription" are both "job_description".
TEXT_NAMES = (
    "job_description",
    "full_description",
    "description",
    "description_plain",
    "description_text",
    "description_html",
    "job_description_text",
    "job_description_html",
    "job_desc",
    "jd",
    "posting",
    "posting_text",
    "job_posting",
    "job_ad",
    "ad_text",
    "advert",
    "advert_text",
    "job_text",
    "full_text",
    "text",
    "body",
    "content",
    "job_details",
    "details",
    "duties",
    "job_duties",
    "responsibilities",
    "job_responsibilities",
    "job_summary",
    "summary",
)
TITLE_NAMES = (
    "job_title",
    "title",
    "position_title",
    "posting_title",
    "title_raw",
    "job_name",
    "position",
    "position_name",
    "role_title",
    "vacancy_title",
    "designation",
)
ID_NAMES = (
    "job_id",
    "posting_id",
    "job_posting_id",
    "ad_id",
    "vacancy_id",
    "id",
    "uniq_id",
    "unique_id",
    "uuid",
    "identifier",
    "job_reference",
    "reference",
)

_LISTED = 12  # columns named in an error
_LONGEST = 40  # characters of a name in an error: a file without a header has ad text there


@dataclass(frozen=True)
class Columns:
    """Positions of the columns, counted from 0; None where a table has no such column."""

    text: int
    title: int | None = None
    identifier: int | None = None

    def describe(self, names: Sequence[str]) -> str:
        """Say in one line which columns were taken: ``columns: text="body", no title, no id``."""
        places = {"text": self.text, "title": self.title, "id": self.identifier}
        said = (
            f"no {use}" if position is None else f"{use}={_quoted(names[position])}"
            for use, position in places.items()
        )
        return "columns: " + ", ".join(said)

    def postings(self, batch: Batch) -> list[Posting]:
        """The ads of a batch."""
        return list(map(Posting, texts_of(batch, self.text), texts_of(batch, self.title)))


def texts_of(batch: Batch, column: int | None) -> list[str]:
    """A column of a batch as text; that of no column is empty."""
    return [""] * len(batch) if column is None else list(map(as_text, batch.columns[column]))


def find_columns(
    names: Sequence[str],
    *,
    text: str | None = None,
    title: str | None = None,
    identifier: str | None = None,
    source: str,
) -> Columns:
    """Find the columns of the table ``source`` that has the columns ``names``.

    A name that is given must be there; the others are looked for among the usual names.

    Raises:
        InputError: a name that was given is not there, or no column holds the text.
    """
    text_at = find_column(names, text, TEXT_NAMES, "--text-column", source)
    if text_at is None:
        raise InputError(
            f"{source}: no column of text found among {_listed(names)}; "
            "name the one that holds the ads with --text-column"
        )
    title_at = find_column(names, title, TITLE_NAMES, "--title-column", source)
    if title is None and title_at == text_at:
        title_at = None
    identifier_at = find_column(names, identifier, ID_NAMES, "--id-column", source)
    return Columns(text_at, title_at, identifier_at)


def find_column(
    names: Sequence[str], wanted: str | None, usual: Sequence[str], option: str, source: str
) -> int | None:
    """Position of the column ``wanted``, or of the first of the ``usual`` names that is there.

    ``wanted`` matches exactly, or else without regard to case if that leaves one column. Of
    several columns with one name the first is taken. None where nothing was wanted and no usual
    name is there.

    Raises:
        InputError: there is no column ``wanted``; the line names ``option`` and ``source``.
    """
    if wanted is None:
        plain = [plain_name(name) for name in names]
        places = (plain.index(plain_name(name)) for name in usual if plain_name(name) in plain)
        return next(places, None)
    if wanted in names:
        return names.index(wanted)
    alike = [at for at, name in enumerate(names) if name.casefold() == wanted.casefold()]
    if len(alike) == 1:
        return alike[0]
    raise InputError(
        f"{source}: no column is named {_quoted(wanted)}; give {option} one of {_listed(names)}"
    )


def plain_name(name: str) -> str:
    """A name without case and separators, as the usual names are compared."""
    return "".join(character for character in name.casefold() if character.isalnum())


def _quoted(name: str) -> str:
    line = " ".join(name.split())
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[:_LONGEST]}…"'


def _listed(names: Sequence[str]) -> str:
    listed = ", ".join(_quoted(name) for name in names[:_LISTED])
    more = len(names) - _LISTED
    return f"{listed} and {more} more" if more > 0 else listed or "no columns at all"
