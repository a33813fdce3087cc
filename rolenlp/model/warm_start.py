"""Going on from a fitted model: what it learned is where the coefficients of the new one start.

A model file holds coefficients and vocabulary, but no ads. So those coefficients become the prior
means of a fit on new ads, in place of the phrases' weights and zeros. Its n-grams are kept, with
their inverse document frequencies, and those that the new ads bring come in at zero. Where the new
ads are few, calibration and thresholds stay those of the base.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.features import Grams, words_of_keys
from rolenlp.model.heads import Heads, Scales
from rolenlp.reading.lexicon import Lexicon
from rolenlp.text.personal import is_address

if TYPE_CHECKING:
    from rolenlp.model.classifier import RoleClassifier

__all__ = ["FEWEST_TO_CALIBRATE", "Start", "held"]

FEWEST_TO_CALIBRATE = 50  # ads held out; below, the base's calibration is kept

HELD = 0.5  # of the deviations of a first fit: what was learned is surer than what was guessed


def held(scales: Scales) -> Scales:
    """How far new ads can move what a base learned."""
    return Scales(*(HELD * scale for scale in astuple(scales)))


@dataclass(frozen=True)
class Start:
    """The n-grams of a base and of new ads, and where the coefficients over them start."""

    body: Grams
    titles: Grams
    heads: Heads
    theme_heads: NDArray[np.float64] | None

    @classmethod
    def of(cls, base: RoleClassifier, lexicon: Lexicon, body: Grams, titles: Grams) -> Self:
        """From a base, with the n-grams of new ads, whose words `lexicon` numbers."""
        new_id = np.array([lexicon.id(word) for word in base.reader_.lexicon.words], np.int64)
        dropped = np.array([is_address(word) for word in lexicon.words])
        bodies, order, places = _together(base.body_grams_, new_id, body, dropped)
        titled, title_order, title_places = _together(base.title_grams_, new_id, titles, dropped)

        def moved(coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
            return _moved(coefficients, len(base.body_grams_), order, places, len(bodies))

        return cls(
            bodies,
            titled,
            Heads(
                moved(base.heads_.duties),
                _moved(
                    base.heads_.title,
                    len(base.title_grams_),
                    title_order,
                    title_places,
                    len(titled),
                ),
            ),
            None if base.theme_heads_ is None else moved(base.theme_heads_),
        )


def _together(
    old: Grams, new_id: NDArray[np.int64], new: Grams, dropped: NDArray[np.bool_]
) -> tuple[Grams, NDArray[np.int64], NDArray[np.int64]]:
    """All n-grams, the order that the old ones had, and the places that they now have.

    Of the old ones those go that hold a word, by its new number, that is dropped.
    """
    kept, order = old.renumbered(new_id)
    words = words_of_keys(kept.keys)
    stays = ~(dropped[words[:, 0]] | ((words[:, 1] >= 0) & dropped[words[:, 1]]))
    kept, order = Grams(kept.keys[stays], kept.idf[stays]), order[stays]
    added = ~np.isin(new.keys, kept.keys)
    keys = np.concatenate((kept.keys, new.keys[added]))
    idf = np.concatenate((kept.idf, new.idf[added]))
    by_key = np.argsort(keys)
    together = Grams(keys[by_key], idf[by_key])
    return together, order, np.searchsorted(together.keys, kept.keys)


def _moved(
    coefficients: NDArray[np.float64],
    n_old: int,
    order: NDArray[np.int64],
    places: NDArray[np.int64],
    n_grams: int,
) -> NDArray[np.float64]:
    """Coefficients with those of the n-grams, which come first, at their new places.

    Of the `n_old` n-grams that there were, `order` has those that stay.
    """
    grams = np.zeros((len(coefficients), n_grams))
    grams[:, places] = coefficients[:, order]
    return np.hstack((grams, coefficients[:, n_old:]))
