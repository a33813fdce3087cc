"""The same ad in several labelled tables, or twice in one: it counts once, the last label wins."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rolenlp.schema import Posting
from rolenlp.train.labelled import Labelled

_NO_LETTER = re.compile(r"[\W_]+")
# A spreadsheet cuts long cells and changes white space; by so many letters an id is the same ad's.
_HEAD = 200

Key = tuple[str, str]


def merged(tables: Sequence[Labelled]) -> Labelled:
    """The ads of all tables, each once and in the place where it first stood.

    Two rows are one ad where their ids are equal and their texts begin alike, or, where one of
    them has no id, where title and text are equal but for white space, signs and case. The notes
    say how many ads are in an earlier table too, how many of their labels changed, how many rows
    repeat an ad of their own table and how many of these contradict it.
    """
    out = Labelled()
    by_id: dict[Key, int] = {}
    by_text: dict[Key, int] = {}
    for table in tables:
        before = list(out.roles)
        seen: set[int] = set()  # places of ads that this table has
        contrary: set[int] = set()
        for posting, role, source, name, told, reviewed in _rows(table):
            head, whole = _keys(posting, name)
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


def _rows(table: Labelled) -> Iterator[tuple[Posting, str, str, str, bool, bool]]:
    n = len(table.roles)
    return zip(
        table.postings,
        table.roles,
        table.sources,
        table.ids or [""] * n,
        table.told or [True] * n,
        table.reviewed or [False] * n,
        strict=True,
    )


def _keys(posting: Posting, name: str) -> tuple[Key, Key]:
    text, title = (_NO_LETTER.sub("", part.casefold()) for part in (posting.text, posting.title))
    return (name, text[:_HEAD]), (title, text)


def _said(earlier: int, changed: int, repeated: int, contrary: int) -> list[str]:
    out = []
    if earlier:
        out.append(
            f"{_count(earlier, 'ad is', 'ads are')} in an earlier table too; "
            f"{_count(changed, 'label', 'labels')} changed"
        )
    if repeated:
        out.append(
            f"{_count(repeated, 'row repeats an ad', 'rows repeat an ad')} of the same table; "
            f"{_count(contrary, 'ad has', 'ads have')} labels that contradict each other, and the "
            "last counts"
        )
    return out


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"
