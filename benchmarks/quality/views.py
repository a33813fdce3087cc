"""What a contender is shown of an ad, and what it learns from."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.data import Ads

__all__ = [
    "DUTIES",
    "LEARNED",
    "ROLES",
    "TITLED",
    "VIEWS",
    "from_title",
    "learned_roles",
    "weights",
]

ROLES = ("hybrid", "other", "product", "project")  # columns of every table of probabilities
TITLED, DUTIES = "title + text", "duties only"
VIEWS: dict[str, Callable[[Ads], Ads]] = {
    TITLED: lambda ads: ads,
    DUTIES: Ads.duties_only,
    "title only": Ads.titles_only,
}
LEARNED = ("titles", "duties")  # what the training labels were read from
_UNSURE = 0.5  # the weight of a label that its annotator was not sure of


def from_title(ads: Ads) -> np.ndarray:
    """The role that each title names; titles that name none, or leave it open, are `other`."""
    return np.where(ads.title_labels == "ambiguous", "other", ads.title_labels)


def learned_roles(ads: Ads, learned: str) -> np.ndarray:
    """The roles to train on."""
    return from_title(ads) if learned == "titles" else ads.roles


def weights(ads: Ads, learned: str) -> np.ndarray:
    """How much each of these roles counts in training."""
    sure = np.ones(len(ads), bool) if learned == "titles" else ads.sure.astype(bool)
    return np.where(sure, 1.0, _UNSURE)
