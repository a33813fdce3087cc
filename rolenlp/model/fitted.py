"""What a fit, or a model file, gives: the fitted half of a `RoleClassifier`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.themes import ThemeOdds
from rolenlp.reading.reader import Reader


@dataclass(frozen=True)
class View:
    """A classifier of ads that are seen in one way, and its inverse temperature."""

    classifier: Any
    inverse_temperature: float = 1.0


@dataclass(frozen=True)
class HeldOut:
    """Probabilities that training ads got from fits without them: duties alone, and with title.

    `rows` numbers the ads; `duties` and `both` have shape (n_rows, n_classes).
    """

    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    duties: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    both: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True)
class Fitted:
    """The fitted attributes of a `RoleClassifier`, each by its name there without the underscore.

    `roles` says what role each of `classes` stands for, "" for none; `role_mix`, shape
    (n_classes,), the shares that the views' probabilities hold for. `phrase_effects`, shape
    (n_phrases,), is how far a phrase of density 1 moves the log-odds of product against project.
    `thresholds` has shape (2, n_classes, n_precisions), without and with a title. A model from a
    file has nothing in `held_out`. `ads_seen` are the hashes of the ads, see
    `rolenlp.model.ads_seen`; None where a file does not tell.
    """

    classes: NDArray[Any]
    roles: tuple[str, ...]
    n_postings: int
    reader: Reader
    features: Any
    views: Mapping[str, View]
    themes: ThemeOdds | None
    role_mix: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    phrase_effects: NDArray[np.float64]
    held_out: HeldOut = field(default_factory=HeldOut, repr=False)
    ads_seen: NDArray[np.uint64] | None = field(default=None, repr=False)
