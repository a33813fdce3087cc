"""Keyword priors: the article's distinction as phrases, and where an ad's text states them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.errors import InputError
from rolenlp.reading.lexicon import Lexicon
from rolenlp.reading.phrases import Found, PhraseFinder, words_of
from rolenlp.reading.streams import Stream, ranges
from rolenlp.schema import THEMES

__all__ = ["Hits", "Phrase", "PriorFinder", "Priors"]


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
        return cls.from_toml(files("rolenlp.reading").joinpath("priors.toml").read_text("utf-8"))

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
                    phrase
                    for theme, table in themes.items()
                    for phrase in _weighed(table["phrases"], theme)
                ),
                neighbours=_weighed(data.get("neighbours", {}).get("phrases", ()), ""),
                exceptions=tuple(
                    (theme, context)
                    for theme, table in themes.items()
                    for context in _checked(table.get("except", ()))
                ),
                names=_checked(data["names"]["phrases"]),
                titles={role: _checked(data["titles"][role]) for role in ("product", "project")},
                title_exceptions=_checked(data["titles"].get("except", ())),
                source=text,
            )
        except tomllib.TOMLDecodeError as error:
            raise InputError(f"priors: not valid TOML: {error}") from None
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(
                "priors: [names] and each theme need phrases = [...], [titles] needs product = "
                f"[...] and project = [...], as in rolenlp/reading/priors.toml: {error}"
            ) from None

    def words(self) -> list[str]:
        """Every word that the priors look for, each once."""
        texts = [phrase.text for phrase in (*self.phrases, *self.neighbours)]
        texts += [context for _, context in self.exceptions] + list(self.names)
        texts += [*self.titles["product"], *self.titles["project"], *self.title_exceptions]
        every = [word for text in texts for word in words_of(text)]
        return list(dict.fromkeys(every))


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
    """Finds the phrases that count in a stream whose masked words are unknown."""

    def __init__(self, priors: Priors, lexicon: Lexicon) -> None:
        self.priors = priors
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

    def find(self, stream: Stream) -> tuple[Hits, Hits]:
        """The phrases that count in a masked stream: those of the themes, those of neighbours.

        Of phrases of one theme that share a word, the heaviest counts, then the shortest, then
        the first; so it is among neighbours. A phrase in one of its theme's exceptions does not
        count.
        """
        found = self._phrases.find(stream)
        theme = self.themes[found.phrase]
        length = found.end - found.start
        first = theme * len(stream.ids) + found.start  # every theme has a row of all words
        taken = np.zeros((len(THEMES) + 1) * len(stream.ids), bool)
        excepted = found.phrase >= self._n_phrases
        taken[ranges(first[excepted], length[excepted])] = True
        rest = np.flatnonzero(~excepted)
        weight = self.weights[found.phrase[rest]]
        order = rest[np.lexsort((found.start[rest], length[rest], -weight))]
        chosen = np.sort(order[_chosen(first[order], length[order], taken)])
        n_themed = len(self.priors.phrases)
        themed = found.phrase[chosen] < n_themed
        return _hits(found, chosen[themed], stream, 0), _hits(
            found, chosen[~themed], stream, n_themed
        )


def _chosen(
    first: NDArray[np.int64], length: NDArray[np.int64], taken: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The runs ``first:first + length`` that, looked at in order, share nothing with one before.

    `taken` marks what is gone before any is looked at, and is filled further.
    """
    every = np.arange(len(first))
    run, places = np.repeat(every, length), ranges(first, length)
    earliest = np.empty(len(taken), np.int64)  # of the runs that hold a place
    earliest[places[::-1]] = run[::-1]
    blocked = np.bincount(run, taken[places], len(first)) > 0
    behind = np.bincount(run, earliest[places] < run, len(first)) > 0
    kept = [every[~blocked & ~behind]]
    taken[places[~blocked[run] & ~behind[run]]] = True
    # Few are left, and each hangs on those before it.
    for number in every[~blocked & behind].tolist():
        place = slice(first[number], first[number] + length[number])
        if not taken[place].any():
            taken[place] = True
            kept.append(every[number : number + 1])
    return np.concatenate(kept)


def _weighed(entries: Sequence[Mapping[str, Any]], theme: str) -> tuple[Phrase, ...]:
    texts = _checked(entry["phrase"] for entry in entries)
    return tuple(
        Phrase(text, theme, float(entry["weight"]))
        for text, entry in zip(texts, entries, strict=True)
    )


def _hits(found: Found, chosen: NDArray[np.int64], stream: Stream, first: int) -> Hits:
    """The chosen ones, their phrases numbered from `first`."""
    start = found.start[chosen]
    text = np.searchsorted(stream.bounds, start, side="right") - 1
    return Hits(found.phrase[chosen] - first, text, start, found.end[chosen])


def _checked(phrases: Iterable[Any]) -> tuple[str, ...]:
    """Phrases that can be looked for, each once; any other would silently never be found."""
    seen = {}
    for phrase in phrases:
        words = [part.split("|") for part in str(phrase).split()]
        gaps = [part == ["~"] for part in words]
        in_a_row = any(map(all, pairwise(gaps)))
        if not words or any("" in part for part in words) or gaps[0] or gaps[-1] or in_a_row:
            raise InputError(
                f"priors: {phrase!r} is no phrase: it needs words parted by spaces, a|b for either "
                "word, and ~ for others only between two words"
            )
        same = " ".join(str(phrase).split())
        if same in seen:
            raise InputError(f"priors: {phrase!r} stands twice in one list; once is enough")
        seen[same] = str(phrase)
    return tuple(seen.values())
