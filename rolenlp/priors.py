"""Keyword priors: the article's distinction as phrases, and where an ad's text states them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.errors import InputError
from rolenlp.phrases import Found, PhraseFinder, words_of
from rolenlp.tokens import BREAK_ID, UNKNOWN_ID, Lexicon, Stream

__all__ = ["POLES", "THEMES", "Hits", "Phrase", "PriorFinder", "Priors"]

POLES = {
    "risk": "project",
    "resource": "project",
    "scope": "project",
    "customer": "product",
    "vision": "product",
    "crossfunctional": "product",
}
THEMES = tuple(POLES)

NEGATIONS = frozenset(("not", "no", "never", "without", "neither", "nor"))
AFFIRMED = frozenset(("only", "just"))  # "not only" negates nothing
NEGATION_REACH = 3  # a negation this many words before a phrase, in its sentence, undoes it


@dataclass(frozen=True)
class Phrase:
    """One phrase of the priors, its theme ("" for a neighbour's) and the weight it starts with."""

    text: str
    theme: str
    weight: float


@dataclass(frozen=True)
class Priors:
    """The phrases, the contexts in which a theme's phrases do not count, and the roles' names.

    `neighbours` are phrases of the jobs next to both roles: they speak for ``other``.
    """

    phrases: tuple[Phrase, ...]
    neighbours: tuple[Phrase, ...]
    exceptions: tuple[tuple[str, str], ...]  # (theme, context)
    names: tuple[str, ...]
    titles: Mapping[str, tuple[str, ...]]  # role -> phrases by which a title claims it
    title_exceptions: tuple[str, ...]
    source: str  # the TOML text that they came from

    @classmethod
    def default(cls) -> Priors:
        """The priors that ship with rolenlp."""
        return cls.from_toml(files("rolenlp").joinpath("priors.toml").read_text("utf-8"))

    @classmethod
    def from_toml(cls, text: str) -> Priors:
        """Priors written like ``priors.toml``; `InputError` says what is wrong in it."""
        try:
            data: dict[str, Any] = tomllib.loads(text)
            themes: Mapping[str, Any] = data["themes"]
            if unknown := set(themes) - set(THEMES):
                raise InputError(
                    f"priors: no theme is called {min(unknown)!r}; "
                    f"the themes are {', '.join(THEMES)}"
                )
            return cls(
                phrases=tuple(
                    _phrase(entry, theme)
                    for theme, table in themes.items()
                    for entry in table["phrases"]
                ),
                neighbours=tuple(
                    _phrase(entry, "") for entry in data.get("neighbours", {}).get("phrases", ())
                ),
                exceptions=tuple(
                    (theme, _checked(context))
                    for theme, table in themes.items()
                    for context in table.get("except", ())
                ),
                names=tuple(map(_checked, data["names"]["phrases"])),
                titles={
                    role: tuple(map(_checked, data["titles"][role]))
                    for role in ("product", "project")
                },
                title_exceptions=tuple(map(_checked, data["titles"].get("except", ()))),
                source=text,
            )
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"priors: not valid TOML: {error}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "priors: [names] and each theme need phrases = [...], [titles] needs product = "
                f"[...] and project = [...], as in rolenlp/priors.toml: {error}"
            ) from None

    def words(self) -> list[str]:
        """Every word that the priors look for, each once."""
        texts = [phrase.text for phrase in (*self.phrases, *self.neighbours)]
        texts += [context for _, context in self.exceptions] + list(self.names)
        texts += [*self.titles["product"], *self.titles["project"], *self.title_exceptions]
        every = [word for text in texts for word in words_of(text)]
        return list(dict.fromkeys([*every, *sorted(NEGATIONS), *sorted(AFFIRMED)]))


@dataclass(frozen=True)
class Hits:
    """Phrases that count, in reading order: arrays of one length.

    ``phrase`` numbers `Priors.phrases`, or `Priors.neighbours`; a hit covers
    ``stream.ids[start:end]`` of text ``text``.
    """

    phrase: NDArray[np.int64]
    text: NDArray[np.int64]
    start: NDArray[np.int64]
    end: NDArray[np.int64]


class PriorFinder:
    """Masks the roles' names in a stream, then finds the phrases that count in it."""

    def __init__(self, priors: Priors, lexicon: Lexicon) -> None:
        self.priors = priors
        self._names = PhraseFinder(priors.names, lexicon)
        phrases = [*priors.phrases, *priors.neighbours]
        contexts = [context for _, context in priors.exceptions]
        self._phrases = PhraseFinder([p.text for p in phrases] + contexts, lexicon)
        self._n_phrases = len(phrases)
        groups = (*THEMES, "")  # neighbours are a group of their own
        self.themes = np.array(
            [groups.index(p.theme) for p in phrases]
            + [groups.index(theme) for theme, _ in priors.exceptions],
            np.int64,
        )
        self.weights = np.array([p.weight for p in phrases])
        self._negations = _known(NEGATIONS, lexicon)
        self._affirmed = _known(AFFIRMED, lexicon)

    def mask(self, stream: Stream) -> Stream:
        """The stream with every word of a role's name unknown."""
        found = self._names.find(stream)
        covered = _covered(found, len(stream.ids))
        return Stream(np.where(covered, np.int32(UNKNOWN_ID), stream.ids), stream.bounds)

    def find(self, stream: Stream) -> tuple[Hits, Hits]:
        """The phrases that count in a masked stream: those of the themes, those of neighbours.

        Of phrases of one theme that share a word, the heaviest counts, then the shortest, then
        the first; so it is among neighbours. A phrase in one of its theme's exceptions or under a
        negation does not count.
        """
        found = self._phrases.find(stream)
        theme = self.themes[found.phrase]
        taken = np.zeros((len(THEMES) + 1, len(stream.ids)), bool)
        excepted = found.phrase >= self._n_phrases
        for i in np.flatnonzero(excepted):
            taken[theme[i], found.start[i] : found.end[i]] = True
        rest = np.flatnonzero(~excepted & ~self._negated(stream)[found.start])
        length = found.end[rest] - found.start[rest]
        order = rest[np.lexsort((found.start[rest], length, -self.weights[found.phrase[rest]]))]
        kept = []
        for i, t, start, end in zip(
            order.tolist(),
            theme[order].tolist(),
            found.start[order].tolist(),
            found.end[order].tolist(),
            strict=True,
        ):
            row = taken[t, start:end]
            if not row.any():
                row[:] = True
                kept.append(i)
        chosen = np.array(sorted(kept), np.int64)
        n_themed = len(self.priors.phrases)
        themed = found.phrase[chosen] < n_themed
        return _hits(found, chosen[themed], stream, 0), _hits(
            found, chosen[~themed], stream, n_themed
        )

    def _negated(self, stream: Stream) -> NDArray[np.bool_]:
        """For every place, whether a negation stands shortly before it in the same sentence."""
        reach = np.zeros(len(stream.ids), bool)
        negation = np.isin(stream.ids, self._negations)
        negation[:-1] &= ~np.isin(stream.ids[1:], self._affirmed)
        open_ = negation
        for _ in range(NEGATION_REACH):
            shifted = np.zeros(len(reach), bool)
            shifted[1:] = open_[:-1]
            shifted[stream.bounds[:-1][stream.bounds[:-1] < len(reach)]] = False
            open_ = shifted & (stream.ids != BREAK_ID)
            reach |= open_
        return reach


def _phrase(entry: Mapping[str, Any], theme: str) -> Phrase:
    return Phrase(_checked(entry["phrase"]), theme, float(entry["weight"]))


def _hits(found: Found, chosen: NDArray[np.int64], stream: Stream, first: int) -> Hits:
    """The chosen ones, their phrases numbered from `first`."""
    start = found.start[chosen]
    text = np.searchsorted(stream.bounds, start, side="right") - 1
    return Hits(found.phrase[chosen] - first, text, start, found.end[chosen])


def _checked(phrase: Any) -> str:
    """A phrase that can be looked for; any other would silently never be found."""
    words = [part.split("|") for part in str(phrase).split()]
    gaps = [part == ["~"] for part in words]
    in_a_row = any(map(all, pairwise(gaps)))
    if not words or any("" in part for part in words) or gaps[0] or gaps[-1] or in_a_row:
        raise InputError(
            f"priors: {phrase!r} is no phrase: it needs words parted by spaces, a|b for either "
            "word, and ~ for others only between two words"
        )
    return str(phrase)


def _known(words: Iterable[str], lexicon: Lexicon) -> NDArray[np.int32]:
    """The numbers of the words that a lexicon holds."""
    return np.array(sorted({lexicon.id(word) for word in words} - {UNKNOWN_ID}), np.int32)


def _covered(found: Found, n: int) -> NDArray[np.bool_]:
    edges = np.zeros(n + 1, np.int64)
    np.add.at(edges, found.start, 1)
    np.add.at(edges, found.end, -1)
    return np.cumsum(edges)[:n] > 0
