"""What a fit, or a model file, gives: all that judging takes, in one value that does not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rolenlp.model.calibration import Calibrator
from rolenlp.model.features import Grams
from rolenlp.model.heads import Heads, LogOdds
from rolenlp.reading.reader import Reader

__all__ = ["Calibrators", "Fitted", "HeldOut"]


@dataclass(frozen=True)
class HeldOut:
    """Probabilities that training ads got from fits without them: duties alone, and with title.

    `rows` numbers the ads; `duties` and `both` have shape (n_rows, 4).
    """

    rows: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    duties: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    both: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))


@dataclass(frozen=True)
class Calibrators:
    """One for each of what an ad can have: duties, both, a title alone."""

    by_duties: Calibrator
    by_both: Calibrator
    by_title: Calibrator

    def probabilities(self, answers: LogOdds) -> NDArray[np.float64]:
        """The roles by duties and title, or by one of them where the other is not there."""
        titled = np.where(
            answers.has_duties[:, None],
            self.by_both.probabilities(answers.both),
            self.by_title.probabilities(answers.title),
        )
        by_duties = self.by_duties.probabilities(answers.duties)
        return np.where(answers.has_title[:, None], titled, by_duties)


@dataclass(frozen=True)
class Fitted:
    """The fitted attributes of a `RoleClassifier`, each by its name there without the underscore.

    A model from a file has nothing in `held_out`.
    """

    classes: NDArray[np.str_]
    n_postings: int
    reader: Reader
    lemmas: Mapping[str, str]
    body_grams: Grams
    title_grams: Grams
    heads: Heads
    theme_heads: NDArray[np.float64] | None
    calibrators: Calibrators
    thresholds: NDArray[np.float64]
    held_out: HeldOut = field(default_factory=HeldOut)
