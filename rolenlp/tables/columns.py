"""Which columns hold the ad's text, its title and its id: by name given, or by name and content.

Names say which columns may hold them, the first rows which of these do: a teaser is no ad, a count
no title, and an ad may stand in parts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from rolenlp.errors import InputError
from rolenlp.schema import ROLES, Posting, ad_text
from rolenlp.tables.base import Batch, TableReader
from rolenlp.tables.column_names import (
    ID_NAMES,
    PART_NAMES,
    TEXT_NAMES,
    TITLE_NAMES,
    TITLE_ORDER,
    TITLE_WORDS,
    WEAK_TITLE_NAMES,
    plain_name,
)
from rolenlp.tables.names import listed, place_of
from rolenlp.tables.values import as_text
from rolenlp.text.clean import clean

_LONGEST = 40  # characters of a name in an error: a file without a header has ad text there
_NO_NAME = 100  # letters; a longer name is a row of what should stand below the names
_MOST_LOOKED_INTO = 200  # columns, where no name tells
_ALIKE = 0.5  # a column with so much of the most that another has is as good; its name decides
_AN_AD = 40  # words; a text of fewer is hardly a whole ad
_MUCH_MORE = 4  # times the words of a teaser, of a column whose name says nothing
_MOST_TITLE_WORDS = 15
_PART_WORDS = 4  # words that a part of an ad has
_NO_AD = ("company", "employer", "benefit", "perk", "skill", "review", "reject", "evidence", "url")
_COMPARED = 50  # rows in which a part is looked for in a whole
_HEAD = 60  # letters by which a part is known in a whole


@dataclass(frozen=True)
class Content:
    """What the first rows say of a column: the share that is filled, and the median of words."""

    filled: float = 0.0
    words: float = 0.0


@dataclass(frozen=True)
class Columns:
    """Positions of the columns, counted from 0; None where a table has no such column.

    A `title` that is one of the texts stands in the objects there, under a usual name.
    `parts` are columns of text that are read after `text`, where an ad stands in several; `titles`
    are read where `title` is empty: of several tables one may call it otherwise;
    `contents` says what was seen of some columns, by position, and `unread` which columns of duties
    are not taken.
    """

    text: int
    title: int | None = None
    identifier: int | None = None
    parts: tuple[int, ...] = ()
    contents: tuple[tuple[int, Content], ...] = ()
    unread: tuple[int, ...] = ()
    titles: tuple[int, ...] = ()

    @property
    def texts(self) -> tuple[int, ...]:
        """All columns of text, in the order in which they are read."""
        return self.text, *self.parts

    def describe(self, names: Sequence[str]) -> str:
        """Say in one line which columns were taken: ``columns: text="body", no title, no id``."""
        quoted = list(map(_quoted, names))
        title, identifier = "no title", "no id"
        if self.title is not None:
            sign = " within " if self.title in self.texts else "="
            titles = " or ".join(quoted[at] for at in (self.title, *self.titles))
            title = f"title{sign}{titles}"
        if self.identifier is not None:
            identifier = f"id={quoted[self.identifier]}"
        line = f"columns: text={' + '.join(quoted[at] for at in self.texts)}, {title}, {identifier}"
        looked = [
            f"{seen.filled:.0%} have {quoted[at]} ({seen.words:.0f} words)"
            for at, seen in self.contents
            if at in (*self.texts, self.title)
        ]
        if looked:
            line += f"; of the first rows {', '.join(looked)}"
        if self.unread:
            line += f"; not read: {', '.join(quoted[at] for at in self.unread)}"
        return line

    def postings(self, batch: Batch) -> list[Posting]:
        """The ads of a batch; where they stand in parts, a blank line is between these."""
        columns = [_ad_texts(batch.columns[at]) for at in self.texts]
        texts = ["\n\n".join(filter(None, parts)) for parts in zip(*columns, strict=True)]
        if self.title is None:
            return list(map(Posting, texts))
        columns = [_ad_texts(map(_title, batch.columns[at])) for at in (self.title, *self.titles)]
        titles = [next(filter(None, some), "") for some in zip(*columns, strict=True)]
        return list(map(Posting, texts, titles))


def _ad_texts(values: Iterable[Any]) -> list[str]:
    return [ad_text(_flat(value)) for value in values]


def _flat(value: Any) -> str:
    """A value as text; one that is nested, as the texts within it, a line each."""
    return "\n".join(_leaves(value)) if isinstance(value, dict | list | tuple) else as_text(value)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list | tuple):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _leaves(each)
    elif text := ad_text(as_text(value)):
        yield text


def _title(value: Any) -> Any:
    """The title within an object, its own before those of objects in it; else the value."""
    held = [value] if isinstance(value, dict) else []
    while held:
        for name in TITLE_ORDER:
            for each in held:
                for key, inner in each.items():
                    if plain_name(key) == name and isinstance(inner, str) and ad_text(inner):
                        return inner
        held = [inner for each in held for inner in each.values() if isinstance(inner, dict)]
    return value


def texts_of(batch: Batch, column: int | None) -> list[str]:
    """A column of a batch as text; that of no column is empty."""
    return [""] * len(batch) if column is None else list(map(as_text, batch.columns[column]))


def columns_of(
    reader: TableReader,
    *,
    text: str | Sequence[str] | None = None,
    title: str | None = None,
    identifier: str | None = None,
) -> Columns:
    """The columns of a table, found by its names and its first rows, which it gives out later.

    Raises InputError as `find_columns` does, and as reading does.
    """
    batch = reader.first()
    found = find_columns(
        reader.names,
        text=text,
        title=title,
        identifier=identifier,
        source=reader.source,
        values=batch.columns.__getitem__ if batch else None,
    )
    places = {name: at for at, name in enumerate(reader.names)}
    for own in reader.tables:  # of several, one may have others in place of those that were found
        look = _Look(own)
        there = {places[name] for name in own}
        at = look.title(())
        titles = [each for each in (found.title, *found.titles) if each is not None]
        if title is None and at is not None and there.isdisjoint(titles):
            first, *others = *titles, places[own[at]]
            found = replace(found, title=first, titles=tuple(others))
        if not text and there.isdisjoint(found.texts):
            parts = (*found.parts, *(places[own[at]] for at in look.texts()))
            found = replace(found, parts=parts)
    return found


def find_columns(
    names: Sequence[str],
    *,
    text: str | Sequence[str] | None = None,
    title: str | None = None,
    identifier: str | None = None,
    source: str,
    values: Callable[[int], Sequence[Any]] | None = None,
    taken: Collection[int] = (),
    option: str = "--{}-column",
) -> Columns:
    """Find the columns of the table ``source`` that has the columns ``names``.

    A name that is given must be there; of several for the text, all are read, one after another.
    The others are looked for among the usual names, and, where ``values`` gives a column's first
    rows by its position, by what these hold. Columns that are ``taken`` hold something else.

    Raises:
        InputError: a name that was given is not there, or no column holds the text.
    """
    look = _Look(names, values, taken)
    given = [text] if isinstance(text, str) else list(text or ())
    if given:
        wanted = [find_column(names, each, (), option.format("text"), source) for each in given]
        texts = tuple(dict.fromkeys(at for at in wanted if at is not None))
        unread = look.parts(texts)
    else:
        texts, unread = look.texts(), ()
    if not texts and any(len(plain_name(name)) >= _NO_NAME for name in names):
        raise InputError(
            f"{source}: its first row holds an ad and names no columns; put a row of names above it"
        )
    if not texts:
        raise InputError(
            f"{source}: no column of text found among {_listed(names)}; "
            f"name the one that holds the ads with {option.format('text')}"
        )
    if title is None:
        title_at = look.title(texts)
        if title_at is None:
            title_at = next(filter(look.has_titles_within, texts), None)
    else:
        title_at = find_column(names, title, (), option.format("title"), source)
    identifier_at = find_column(names, identifier, ID_NAMES, option.format("id"), source)
    seen = [at for at in dict.fromkeys((*texts, title_at)) if at is not None and look.rows(at)]
    contents = tuple((at, look.content(at)) for at in seen)
    return Columns(texts[0], title_at, identifier_at, texts[1:], contents, unread)


class _Look:
    """A look at a table's names and first rows."""

    def __init__(
        self,
        names: Sequence[str],
        values: Callable[[int], Sequence[Any]] | None = None,
        taken: Collection[int] = (),
    ) -> None:
        self._names = [plain_name(name) for name in names]
        self._blind = values is None
        self._values = values or (lambda at: ())
        self._taken = taken
        self._seen: dict[int, list[str]] = {}

    def rows(self, at: int) -> list[str]:
        """The first rows of a column as text."""
        if at not in self._seen:
            self._seen[at] = _ad_texts(self._values(at))
        return self._seen[at]

    def content(self, at: int) -> Content:
        """What a column holds."""
        rows = self.rows(at)
        words = [len(text.split()) for text in rows if text.strip()]
        return Content(len(words) / len(rows), median(words)) if words else Content()

    def much(self, at: int) -> float:
        """Words that the first rows have of a column, in the mean of them all."""
        content = self.content(at)
        return content.filled * content.words

    def filled(self, at: int) -> float:
        """The share of the first rows that have something in a column."""
        return self.content(at).filled

    def named(self, usual: Sequence[str]) -> list[int]:
        """Positions of columns with these names, the preferred first; twins as they stand."""
        ranks = {name: rank for rank, name in enumerate(dict.fromkeys(map(plain_name, usual)))}
        found = [at for at, name in enumerate(self._names) if name in ranks]
        free = [at for at in found if at not in self._taken]
        return sorted(free, key=lambda at: ranks[self._names[at]])

    def texts(self) -> tuple[int, ...]:
        """The columns that hold the ads."""
        among = self.named(TEXT_NAMES)
        best = _first_of_most(among, self.much)
        titled = self.title(()) is not None
        if best is not None and self._names[best] == "text" and not titled and self.parts(()):
            # Lever's `text` is the title, where other columns hold what it is about.
            among = [at for at in among if at != best]
            best = _first_of_most(among, self.much) if self.much(best) < _MOST_TITLE_WORDS else best
        parts = self.parts(() if best is None else (best,))
        if (best is None or self.much(best) < _AN_AD) and not parts:
            longest = max(self._unnamed(), key=self.much, default=None)
            least = _MOST_TITLE_WORDS if best is None else max(_MUCH_MORE * self.much(best), _AN_AD)
            if longest is not None and self.much(longest) > least:
                return (longest,)
        return tuple(sorted([*([] if best is None else [best]), *parts]))

    def title(self, texts: Collection[int]) -> int | None:
        """The column of titles, if any."""

        def fit(named: Iterable[int]) -> list[int]:
            return [at for at in named if at not in texts and self._may_be_titles(at)]

        among = fit(self.named(TITLE_NAMES))
        if not among and texts:
            among = fit(filter(self.filled, self.named(WEAK_TITLE_NAMES)))
        if not among and texts:
            alike = (at for at in self._unnamed() if any(w in self._names[at] for w in TITLE_WORDS))
            among = fit(filter(self.filled, alike))
        return _first_of_most(among, self.filled)

    def has_titles_within(self, at: int) -> bool:
        """Whether a column holds objects that have titles."""
        return any(_title(each) is not each for each in self._values(at))

    def parts(self, texts: Sequence[int]) -> tuple[int, ...]:
        """The columns that hold parts of ads which these texts lack, in the table's order."""
        among = [at for at in self.named(PART_NAMES) if at not in texts]
        if self._blind:
            return () if texts else tuple(sorted(among))
        found: list[int] = []
        for at in among:
            if self._adds(at, [*texts, *found]):
                found.append(at)
        return tuple(sorted(found))

    def _adds(self, part: int, texts: Sequence[int]) -> bool:
        """Whether most rows of a part are not in the texts already."""
        if self.content(part).words < _PART_WORDS:
            return False
        rows = [row for row, text in enumerate(self.rows(part)) if text][:_COMPARED]
        within = 0
        for row in rows:
            head = _letters(self.rows(part)[row])[:_HEAD]
            within += any(head in _letters(self.rows(at)[row]) for at in texts)
        return within <= _ALIKE * len(rows)

    def _may_be_titles(self, at: int) -> bool:
        """Whether nothing in a column speaks against it: it holds no verdicts and no numbers."""
        rows = [text for text in self.rows(at) if text]
        return not rows or (
            median(len(text.split()) for text in rows) <= _MOST_TITLE_WORDS
            and sum(any(map(str.isalpha, text)) for text in rows) > _ALIKE * len(rows)
            and not {text.strip().casefold() for text in rows} <= {*ROLES}
        )

    def _holds_rows(self, at: int) -> bool:
        """Whether a column holds lists of objects or lists: tables, and no ads."""
        lists = (each for each in self._values(at) if isinstance(each, list))
        return any(isinstance(one, dict | list) for each in lists for one in each)

    def _unnamed(self) -> list[int]:
        """Columns whose names do not tell, and do not tell of something else either."""
        usual = {*map(plain_name, (*TITLE_NAMES, *ID_NAMES))}
        return [
            at
            for at, name in enumerate(self._names[:_MOST_LOOKED_INTO])
            if at not in self._taken
            and name not in usual
            and len(name) < _NO_NAME
            and not any(word in name for word in _NO_AD)
            and not self._holds_rows(at)
        ]


def _first_of_most(among: Sequence[int], measure: Callable[[int], float]) -> int | None:
    """The first that has nearly as much as any."""
    most = max(map(measure, among), default=0.0)
    return next((at for at in among if measure(at) >= _ALIKE * most), None)


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, clean(text).text.casefold()))


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
        return next(iter(_Look(names).named(usual)), None)
    if (at := place_of(wanted, names)) is not None:
        return at
    raise InputError(
        f"{source}: no column is named {_quoted(wanted)}; give {option} one of {_listed(names)}"
    )


def _quoted(name: str) -> str:
    line = " ".join(name.split())
    return f'"{line}"' if len(line) <= _LONGEST else f'"{line[:_LONGEST]}…"'


def _listed(names: Sequence[str]) -> str:
    return listed(list(map(_quoted, names))) or "no columns at all"
