"""What the phrases of the priors are worth on labelled ads: which help, and which mislead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from rolenlp.evaluate.predictions import Trial
from rolenlp.metrics import Figure, proportion
from rolenlp.schema import OPPOSITE, POLES

_FEWEST = 3  # ads that hold a phrase, for it to be called misleading


@dataclass(frozen=True)
class PhraseUse:
    """A phrase, the ads that hold it, and the share of them that is of its pole, or hybrid.

    `base` is that share of all ads; `conflicts` counts the ads of the opposite pole's role.
    """

    theme: str
    phrase: str
    weight: float
    ads: int
    of_its_pole: Figure
    base: float
    conflicts: int


def phrase_uses(trial: Trial) -> tuple[PhraseUse, ...]:
    """The use of each phrase that an ad holds, in the order of the priors."""
    phrase, ad = trial.held.T
    out = []
    for number, entry in enumerate(trial.model.reader_.priors.phrases):
        held = ad[phrase == number]
        if not len(held):
            continue
        pole = POLES[entry.theme]
        ours = np.isin(trial.truth, (pole, "hybrid"))
        out.append(
            PhraseUse(
                entry.theme,
                entry.text,
                entry.weight,
                len(held),
                proportion(int(ours[held].sum()), len(held)),
                float(ours.mean()),
                int(np.sum(trial.truth[held] == OPPOSITE[pole])),
            )
        )
    return tuple(out)


def helping(uses: Iterable[PhraseUse], most: int = 10) -> list[PhraseUse]:
    """Phrases whose ads are surely more often of the pole than ads are: the surest first."""
    found = [use for use in uses if use.of_its_pole.low > use.base]
    return sorted(found, key=lambda use: (use.base - use.of_its_pole.low, -use.ads))[:most]


def misleading(uses: Iterable[PhraseUse], most: int = 10) -> list[PhraseUse]:
    """Phrases whose ads are less often of the pole than ads are: the surest first."""
    found = [use for use in uses if use.of_its_pole.value < use.base and use.ads >= _FEWEST]
    return sorted(found, key=lambda use: (use.of_its_pole.high - use.base, -use.ads))[:most]
