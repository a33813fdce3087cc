"""rolenlp in the benchmark, by what its users call: fit, predict_proba, predict_many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np

from benchmarks.data import GROUPS, Ads, families, group_of
from benchmarks.quality.views import DUTIES, ROLES, TITLED, VIEWS, learned_roles, weights
from rolenlp import Posting, RoleClassifier
from rolenlp.model import ReadAds, read_ads
from rolenlp.predict import Prediction, predict_many

__all__ = [
    "MIN_PRECISION",
    "SPOKEN",
    "Judged",
    "fit",
    "held_out",
    "phrases_alone",
    "probabilities",
]

MIN_PRECISION = 0.95
SPOKEN = (TITLED, DUTIES)  # the views in which an ad has a text


@dataclass(frozen=True)
class Judged:
    """Ads judged by fits without their source.

    `probabilities` are of `ROLES`, by view; `verdicts` are what a user gets to see.
    """

    ads: Ads
    probabilities: dict[str, np.ndarray]
    verdicts: dict[str, list[Prediction]]

    def where(self, rows: np.ndarray) -> Judged:
        """The ads for which `rows`, an array of truths, is true."""
        return Judged(
            self.ads.where(rows),
            {view: every[rows] for view, every in self.probabilities.items()},
            {view: list(compress(every, rows)) for view, every in self.verdicts.items()},
        )


def postings(ads: Ads) -> list[Posting]:
    """The ads as rolenlp takes them."""
    return [Posting(text, title) for title, text in zip(ads.titles, ads.texts, strict=True)]


def fit(
    ads: Ads,
    learned: str = "duties",
    *,
    read: ReadAds | None = None,
    by_source: bool = True,
    model: RoleClassifier | None = None,
) -> RoleClassifier:
    """rolenlp, fitted on the ads with one kind of labels; `read` are the ads where they were read.

    As the model that ships: calibrated on ads drawn as they come, told the themes of duties.
    """
    told = learned == "duties"
    return (model or RoleClassifier()).fit(
        postings(ads) if read is None else read,
        [str(role) for role in learned_roles(ads, learned)],
        sources=families(ads.sources) if by_source else None,
        sample_weight=list(weights(ads, learned)),
        calibration_weight=list(ads.as_they_come.astype(float)) if told else None,
        themes=[cell.split(";") if cell else [] for cell in ads.themes] if told else None,
    )


def probabilities(model: RoleClassifier, ads: Ads) -> np.ndarray:
    """Probabilities of `ROLES`, a row an ad."""
    return in_order(model, model.predict_proba(postings(ads)))


def in_order(model: RoleClassifier, by_class: np.ndarray) -> np.ndarray:
    """Probabilities of `ROLES` from those of the classes that a model has seen."""
    out = np.zeros((len(by_class), len(ROLES)))
    out[:, [ROLES.index(role) for role in model.classes_]] = by_class
    return out


def phrases_alone(gold: Ads) -> dict[str, np.ndarray]:
    """Probabilities by view from a model that has seen no ad at all."""
    model = RoleClassifier().fit([], [])
    return {view: probabilities(model, shown(gold)) for view, shown in VIEWS.items()}


def held_out(labels: Ads, tables: Sequence[Ads], learned: str) -> list[Judged]:
    """Every table judged group by group of sources, each by a fit on the ads of the others."""
    shown = [{view: show(ads) for view, show in VIEWS.items()} for ads in tables]
    out = [
        Judged(
            ads,
            {view: np.zeros((len(ads), len(ROLES))) for view in VIEWS},
            {view: [Prediction()] * len(ads) for view in SPOKEN},
        )
        for ads in tables
    ]
    read, group = read_ads(postings(labels)), group_of(labels.sources)
    for number in range(len(GROUPS)):
        rows = np.flatnonzero(group != number)
        model = fit(labels.where(rows), learned, read=read[rows])
        for views, judged in zip(shown, out, strict=True):
            rows = np.flatnonzero(group_of(judged.ads.sources) == number)
            for view, ads in views.items():
                judged.probabilities[view][rows] = probabilities(model, ads.where(rows))
            for view, verdicts in judged.verdicts.items():
                asked = postings(views[view].where(rows))
                answers = predict_many(asked, model=model, min_precision=MIN_PRECISION)
                for row, verdict in zip(rows, answers, strict=True):
                    verdicts[row] = verdict
    return out
