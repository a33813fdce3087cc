"""The occupations that a role stands for in ESCO, ISCO and SOC: candidates, the likeliest first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from rolenlp.schema import OPPOSITE, Posting, Prediction
from rolenlp.text.clean import clean
from rolenlp.verdicts.columns import OCCUPATION_NAMES, Verdicts

TAXONOMIES = ("esco", "soc", "isco")
_IN_THE_TITLE = 3  # words of the duties are worth one of the title's
_ENOUGH = 3  # a field that so much speaks for is one
_MOST_WORDS = 5  # shown of those that speak for a candidate
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Occupation:
    """A candidate, and the words of the ad that speak for it: none where the role alone does."""

    code: str
    title: str
    words: tuple[str, ...] = ()


def occupations(
    verdict: Prediction, text: str, title: str = "", taxonomy: str = "esco"
) -> list[Occupation]:
    """The occupations that a verdict on an ad may stand for, the likeliest first.

    A role alone fixes no code, so words of the title and of the text decide: those of IT, of
    construction, and titles of programme managers. A hybrid has the candidates of both roles, the
    more probable role's first. There are none for ``other``, for an ad that was not judged, and
    where the `taxonomy`, ``esco``, ``soc`` or ``isco``, has no sure code.

    Raises ValueError for another taxonomy.

    Example:
        >>> verdict = Prediction("project", 0.9)
        >>> occupations(verdict, "Plan the rollout.", "IT Project Manager")[0]
        Occupation(code='1330.7', title='ICT project manager', words=('IT',))
    """
    roles = _roles(verdict.role, verdict.probabilities)
    return list(_candidates(roles, clean(text).text, title, taxonomy))


def with_occupations(verdicts: Verdicts, ads: Sequence[Posting], taxonomy: str) -> Verdicts:
    """The same verdicts with the columns of their occupations, empty where there is none."""
    values = verdicts.values
    found = []
    for at, (ad, role) in enumerate(zip(ads, values["role"], strict=True)):
        roles = _roles(role, {pole: values[f"p_{pole}"][at] for pole in OPPOSITE})
        text = verdicts.evidence[at].cleaned.text
        found.append(list(_candidates(roles, text, ad.title, taxonomy)))
    first = [each[0] if each else Occupation("", "") for each in found]
    columns = (
        [each.code for each in first],
        [each.title for each in first],
        ["; ".join(map(_shown, each)) for each in found],
    )
    return replace(verdicts, values={**values, **dict(zip(OCCUPATION_NAMES, columns, strict=True))})


def _shown(each: Occupation) -> str:
    words = f" ({', '.join(each.words[:_MOST_WORDS])})" if each.words else ""
    return f"{each.code} {each.title}{words}"


def _roles(role: str, shares: Mapping[str, float]) -> list[str]:
    """The roles whose occupations are candidates: both for a hybrid, the more probable first."""
    if role == "hybrid":
        return sorted(OPPOSITE, key=lambda pole: -shares.get(pole, 0))
    return [role] if role in OPPOSITE else []


def _candidates(roles: Sequence[str], text: str, title: str, taxonomy: str) -> Iterator[Occupation]:
    data = _data()
    if taxonomy not in data["taxonomies"]:
        raise ValueError(f"taxonomies are {', '.join(TAXONOMIES)}, not {taxonomy!r}")
    if not roles:
        return
    spoken = [(field, *_words_for(words, text, title)) for field, words in data["fields"].items()]
    spoken = sorted((each for each in spoken if each[1] >= _ENOUGH), key=lambda each: -each[1])
    given: set[str] = set()
    for field, _, words in [*spoken, ("", 0, ())]:
        for role in roles:
            entry = data["occupations"].get((role, field), {}).get(taxonomy)
            if entry and entry["code"] not in given:
                given.add(entry["code"])
                yield Occupation(entry["code"], entry["title"], words)


def _words_for(
    words: Mapping[str, Sequence[str]], text: str, title: str
) -> tuple[int, tuple[str, ...]]:
    """How much an ad speaks for a field, and by which of the field's words."""
    in_title, in_text = _found(words["title"], title), _found(words["text"], text)
    return _IN_THE_TITLE * len(in_title) + len(in_text), tuple(dict.fromkeys(in_title + in_text))


def _found(words: Sequence[str], text: str) -> list[str]:
    line = f" {' '.join(_WORD.findall(text))} "
    small = line.casefold()
    return [
        word
        for word in words
        for where in [line if word.isupper() else small]
        if f" {word} " in where or f" {word}s " in where
    ]


@cache
def _data() -> dict[str, Any]:
    text = files("rolenlp.verdicts").joinpath("taxonomies.toml").read_text("utf-8")
    data = tomllib.loads(text)
    return {**data, "occupations": {(e["role"], e["field"]): e for e in data["occupations"]}}
