"""Which ads of a judged table most need a person.

Ads are sorted into kinds, by the two roles that each verdict is torn between. The kinds take turns,
so that the rare ones get as many reviews as the common one, and each gives the ad that it is most
in doubt of. An ad that nearly repeats one that was taken is passed over.
"""

from __future__ import annotations

import re
import zlib
from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.schema import Prediction

_SPARE = 8  # ads of a kind that are kept for one that may be taken: the others may be repeats
_CONFLICT = 0.1  # so much of the margin is forgiven where title and duties disagree
_SOURCE = 0.05  # so much is added for each ad of the same kind and source that was taken
_WORDS = 4  # of a shingle
_ALIKE = 0.6  # the share of shingles in common from which ads are near-duplicates
_PRIME = (1 << 31) - 1
_RANDOM = np.random.default_rng(0)
_FACTORS = _RANDOM.integers(1, _PRIME, (2, 128), dtype=np.uint64)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An ad that a person could settle: its place in the table, what is shown of it, its verdict.

    `row` is its number in the table, `name` its id, `cells` are the values of its row.
    """

    row: int
    title: str
    text: str
    source: str
    verdict: Prediction
    name: str = ""
    company: str = ""
    cells: Sequence[Any] = ()


def kind(verdict: Prediction) -> tuple[str, ...]:
    """The two most probable roles, in the order of the alphabet."""
    shares = verdict.probabilities
    return tuple(sorted(sorted(shares, key=lambda role: (-shares[role], role))[:2]))


def doubt(verdict: Prediction) -> float:
    """The less, the more a person is needed: the margin between the two most probable roles."""
    first, second = sorted(verdict.probabilities.values(), reverse=True)[:2]
    return first - second - _CONFLICT * bool(verdict.conflict)


class Shortlist:
    """The ads of each kind that are most in doubt, as many as may be needed, of a table of any
    length. An ad that stands in the table again word for word counts once."""

    def __init__(self, limit: int) -> None:
        self._most = _SPARE * limit
        self._kinds: dict[tuple[str, ...], list[Candidate]] = {}
        self._seen: set[int] = set()

    def add(self, candidate: Candidate) -> None:
        """Consider an ad."""
        kept = self._kinds.setdefault(kind(candidate.verdict), [])
        if len(kept) == self._most and _order(candidate) > _order(kept[-1]):
            return
        words = hash((candidate.title, candidate.text))
        if words not in self._seen:
            self._seen.add(words)
            insort(kept, candidate, key=_order)
            del kept[self._most :]

    def __iter__(self) -> Any:
        return (candidate for kept in self._kinds.values() for candidate in kept)


def _order(candidate: Candidate) -> tuple[float, int]:
    return doubt(candidate.verdict), candidate.row


def choose(candidates: Sequence[Candidate], limit: int) -> list[Candidate]:
    """At most `limit` of the ads, those that teach most first; the same each time."""
    waiting: dict[tuple[str, ...], list[Candidate]] = {}
    for candidate in sorted(candidates, key=_order):
        waiting.setdefault(kind(candidate.verdict), []).append(candidate)
    chosen: list[Candidate] = []
    signatures: list[NDArray[np.uint64]] = []
    taken: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)  # by kind and source
    while waiting and len(chosen) < limit:
        for name in sorted(waiting, key=lambda name: _order(waiting[name][0])):
            found = _take(waiting[name], taken[name], signatures)
            if found and len(chosen) < limit:
                chosen.append(found)
                taken[name][found.source] += 1
            if not waiting[name]:
                del waiting[name]
    return chosen


def _take(
    waiting: list[Candidate], taken: Counter[str], signatures: list[NDArray[np.uint64]]
) -> Candidate | None:
    """Remove the ad that costs least and repeats none; those on the way to it that do go too.

    `signatures` are those of the ads removed that repeat none.
    """
    while waiting:
        costs = [doubt(each.verdict) + _SOURCE * taken[each.source] for each in waiting]
        candidate = waiting.pop(costs.index(min(costs)))
        mine = signature(f"{candidate.title} {candidate.text}")
        if not signatures or (np.stack(signatures) == mine).mean(axis=1).max() < _ALIKE:
            signatures.append(mine)
            return candidate
    return None


def signature(text: str) -> NDArray[np.uint64]:
    """Shape (128,): texts with a share s of their shingles in common agree in about s of it.

    The least hash of all shingles, of each of 128 hashes (Broder, 1997, "On the resemblance and
    containment of documents").
    """
    words = _WORD.findall(text.lower())
    shingles = {" ".join(words[i : i + _WORDS]) for i in range(max(1, len(words) - _WORDS + 1))}
    hashes = np.array([zlib.crc32(shingle.encode("utf-8", "replace")) for shingle in shingles])
    spread = hashes.astype(np.uint64)[:, None] % _PRIME * _FACTORS[0] + _FACTORS[1]
    return np.asarray((spread % _PRIME).min(axis=0))
