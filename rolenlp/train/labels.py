"""From what stands in a column of labels to roles, and what a set of labels cannot tell."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from rolenlp.errors import InputError
from rolenlp.metrics import JUDGED, judged_roles
from rolenlp.schema import ROLE_ORDER, ROLES
from rolenlp.tables import as_text
from rolenlp.text.personal import mask_personal

_ENTRY = re.compile(rf"\s*(.+?)\s*=\s*({'|'.join(ROLES)}|)\s*(?:,|\Z)", re.IGNORECASE | re.DOTALL)
_WHOLE = re.compile(r"(-?\d+)\.0+")
_LISTED = 12  # labels named in an error
_LONGEST = 40  # characters of one
_FEW = 30  # ads


def parse_label_map(texts: Iterable[str]) -> dict[str, str]:
    """Label -> role, "" for one whose rows are left out, from ``LABEL=ROLE,LABEL=ROLE``.

    A label may hold commas. Raises ValueError for what is no such list, and for a label that is
    given two roles.

    Example:
        >>> parse_label_map(["PM=product,PO=product", "unsure="])
        {'PM': 'product', 'PO': 'product', 'unsure': ''}
    """
    out: dict[str, str] = {}
    for text in texts:
        at = 0
        while at < len(text):
            entry = _ENTRY.match(text, at)
            if entry is None:
                raise ValueError(
                    f"{text[at:]!r} is no LABEL=ROLE; roles are {', '.join(ROLE_ORDER)}, or "
                    "nothing to leave the label's rows out"
                )
            label, role, at = entry[1], entry[2].lower(), entry.end()
            if out.setdefault(label, role) != role:
                raise ValueError(f"{label!r} is given two roles")
    return out


def label_of(value: Any) -> str:
    """A cell of a column of labels as one label, "" for none.

    It may be a list, as annotation tools write them, also as JSON or as Python shows it: of one
    label that label, of several all of them: ``product + project``.

    Example:
        >>> label_of("['PM']"), label_of('{"choices": ["a", "b"]}'), label_of("2.0"), label_of(None)
        ('PM', 'a + b', '2', '')
    """
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{"):
        for read in (json.loads, ast.literal_eval):  # as pandas writes lists: ['PM']
            with suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                value = read(value)
                break
    if isinstance(value, dict) and "choices" in value:
        value = value["choices"]
    if isinstance(value, list | tuple):
        return " + ".join(dict.fromkeys(filter(None, map(label_of, value))))
    if value != value:  # NaN
        return ""
    text = " ".join(as_text(value).split())
    whole = _WHOLE.fullmatch(text)  # as pandas writes a column of numbers with gaps
    return whole[1] if whole else text


def _key(label: str) -> str:
    return unicodedata.normalize("NFKC", label_of(label)).casefold()


class Labels:
    """What labels stand for, and which were met that stand for nothing.

    Roles stand for themselves, in any case, unless `label_map` says otherwise.
    """

    def __init__(self, label_map: Mapping[str, str] | None = None) -> None:
        self._given = dict(label_map or {})
        self._roles = dict(zip(ROLES, ROLES, strict=True))
        self._roles |= {_key(label): role for label, role in self._given.items()}
        self._met: set[str] = set()
        self._unknown: Counter[str] = Counter()
        self._first: dict[str, tuple[str, str]] = {}  # as shown, and where

    def role(self, label: str, place: str) -> str:
        """The role of a label, "" for none and for one that is not known; `place` is its row."""
        key = _key(label)
        self._met.add(key)
        if not key or key in self._roles:
            return self._roles.get(key, "")
        if key not in self._first:
            self._first[key] = _shown(label), place
        self._unknown[key] += 1
        return ""

    def refuse_unknown(self, *, can_map: bool = True) -> None:
        """Raise InputError where labels are not known: each, how often, and where first."""
        if not self._unknown:
            return
        most = self._unknown.most_common()
        said = []
        for key, n in most[:_LISTED]:
            label, place = self._first[key]
            said.append(f'"{label}" {n:,} (first: {place})')
        more = len(most) - _LISTED
        if more > 0:
            said.append(f"and {more:,} more")
        example = ",".join(f"{self._first[key][0]}=ROLE" for key, _ in most[:3])
        advice = "mend them"
        if can_map:
            advice = (
                f"say what they are, like --label-map '{example}', mend them, or name another "
                "--label-column"
            )
        raise InputError(
            f"{self._unknown.total():,} label{'s are' if self._unknown.total() > 1 else ' is'} "
            f"none of {', '.join(ROLE_ORDER)}: "
            f"{', '.join(said)}; {advice}"
        )

    def notes(self) -> list[str]:
        """The labels that were mapped and did not occur."""
        missing = [label for label in self._given if _key(label) not in self._met]
        listed = ", ".join(f'"{_shown(label)}"' for label in missing)
        return [f"--label-map: no row has the label {listed}"] if missing else []


def _shown(label: str) -> str:
    text = mask_personal(label)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def limits(counts: Mapping[str, int]) -> Iterator[str]:
    """What figures cannot tell that are from so many ads of each role, a sentence each."""
    n = sum(counts.values())
    occurring = [role for role in ROLE_ORDER if counts.get(role)]
    absent = [role for role in ROLE_ORDER if not counts.get(role)]
    if n < _FEW:
        yield (
            f"{n:,} {'ad is' if n == 1 else 'ads are'} few: one more or less right moves a share "
            f"by {100 / max(1, n):.0f} points, so read the intervals and not the figures"
        )
    if len(occurring) == 1:
        yield (
            f"all ads are {occurring[0]}: accuracy is the share of them that was found; nothing "
            "says how often other ads would be taken for them, and kappa means nothing"
        )
    elif absent:
        yield (
            f"no ad is {' or '.join(absent)}: how well such ads are told apart, and how often "
            "others are taken for them, the figures cannot say"
        )
    over = judged_roles(occurring)
    if over and over != JUDGED:
        yield f"macro-F1 is over the roles that occur: {', '.join(over)}"
